package access

import (
	"errors"
	"fmt"

	"github.com/kaohe/kaohe/events"
)

// Why somebody is not let in. Whether a token is revoked or has expired is said only to who has its secret.
var (
	// ErrUnknownToken says that what was given is no token of this daemon. Ask whoever runs it for one.
	ErrUnknownToken = errors.New("unknown token")
	// ErrRevoked says that the token was revoked. Ask for another one.
	ErrRevoked = errors.New("the token was revoked")
	// ErrExpired says that the token's last day is over. Ask for another one.
	ErrExpired = errors.New("the token has expired")
)

// ErrUnreadable says that the tokens cannot be read, so that nobody is let in: the file is damaged, cannot be opened, or is
// gone although there were tokens. It comes in an [UnreadableError]. Put the file back from a copy. If there is none, remove
// it and make new tokens; those given out before are unknown then.
var ErrUnreadable = errors.New("the tokens cannot be read")

// UnreadableError is what is wrong with a file of tokens.
type UnreadableError struct {
	File string
	Gone bool // there is none, but there was one
	Err  error
}

func (e *UnreadableError) Error() string {
	return fmt.Sprintf("%v: %s: %v", ErrUnreadable, e.File, e.Err)
}

func (e *UnreadableError) Unwrap() []error { return []error{ErrUnreadable, e.Err} }

var errGone = errors.New("the file is gone, but there were tokens in it")

// ErrNoSuchToken says that no token has a name or id.
var ErrNoSuchToken = errors.New("no such token")

// ErrBusy says that another process has been changing the tokens for long. Try again.
var ErrBusy = errors.New("another process is changing the tokens")

// InvalidError says what a token cannot be.
type InvalidError struct {
	Field string // name, org, can, expires
	Got   string
	Want  events.Text
}

func (e *InvalidError) Error() string {
	return fmt.Sprintf("%s cannot be %q, expected %s", e.Field, e.Got, e.Want.EN)
}
