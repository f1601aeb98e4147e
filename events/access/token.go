package access

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/kaohe/kaohe/events"
)

// Token is what is known of a token, without its secret.
type Token struct {
	ID      string
	Name    string // recorded with events, given once for ever
	Org     string // the unit at the top of what it may touch, or [Everywhere]
	Can     Ability
	Created time.Time
	Expires time.Time // the first moment at which it is not valid any more; zero: it does not expire
	Revoked time.Time // zero: it was not
}

// Principal is who the token's holder is.
func (t Token) Principal() Principal { return Principal{Name: t.Name, Org: t.Org, Can: t.Can} }

// State is whether a token lets in.
type State string

// The states of a token.
const (
	Live    State = "live"
	Expired State = "expired"
	Revoked State = "revoked"
)

// State returns whether the token lets in at a moment.
func (t Token) State(now time.Time) State {
	switch {
	case !t.Revoked.IsZero():
		return Revoked
	case !t.Expires.IsZero() && !now.Before(t.Expires):
		return Expired
	}
	return Live
}

// NewToken is what a token is to be.
type NewToken struct {
	Name    string // 1 to 64 bytes, printable, in NFC; empty: one is made of the unit
	Org     string // a unit's code, or [Everywhere]
	Can     Ability
	Expires time.Time // zero: never
	Random  io.Reader // where the secret comes from: crypto/rand.Reader
}

// Bounds of a name and of a unit's code, in bytes.
const (
	MaxName = 64
	maxOrg  = 64
)

// Sizes of what is random in a token, in bytes; both are whole in base32.
const (
	idBytes     = 5
	secretBytes = 20
	idLength    = idBytes * 8 / 5
	prefix      = "kaohe_"
	textLength  = len(prefix) + idLength + 1 + secretBytes*8/5
)

// letters is base32 as people can read it out: lower case, without padding.
var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func (n *NewToken) validate(now time.Time) error {
	switch {
	case n.Name != "" && !validName(n.Name):
		return &InvalidError{Field: "name", Got: n.Name, Want: events.Text{
			ZH: fmt.Sprintf("至多 %d 字节的可见字符，首尾没有空格", MaxName), EN: fmt.Sprintf("at most %d bytes of printable characters, no blank at either end", MaxName)}}
	case !validOrg(n.Org):
		return &InvalidError{Field: "org", Got: n.Org, Want: events.Text{ZH: "一个单位代码，或 *（全部单位）", EN: "the code of one unit, or * for all of them"}}
	case n.Can == 0 || n.Can&^All != 0:
		return &InvalidError{Field: "can", Got: n.Can.String(), Want: wantAbilities}
	case !n.Expires.IsZero() && !now.Before(n.Expires):
		return &InvalidError{Field: "expires", Got: n.Expires.Add(-time.Second).Format(time.DateTime), Want: events.Text{ZH: "尚未过去的一天", EN: "a day that is not over yet"}}
	}
	return nil
}

// validName reports whether a name can be shown and recorded as it is.
func validName(s string) bool {
	return len(s) >= 1 && len(s) <= MaxName && norm.NFC.IsNormalString(s) && strings.TrimSpace(s) == s && !strings.ContainsFunc(s, unprintable)
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }

func validOrg(s string) bool {
	return len(s) >= 1 && len(s) <= maxOrg && !strings.ContainsFunc(s, func(r rune) bool { return unprintable(r) || r == ' ' })
}

// hash is what is kept of a secret.
type hash [sha256.Size]byte

// matches reports whether it is the hash of a secret, in a time that tells nothing.
func (h *hash) matches(secret string) bool {
	sum := sha256.Sum256([]byte(secret))
	return subtle.ConstantTimeCompare(sum[:], h[:]) == 1
}

// text is the whole token, as its holder gets it.
func text(id, secret string) string { return prefix + id + "_" + secret }

// split takes a token apart.
func split(token string) (id, secret string, ok bool) {
	rest, ok := strings.CutPrefix(token, prefix)
	if !ok || len(token) != textLength || rest[idLength] != '_' {
		return "", "", false
	}
	return rest[:idLength], rest[idLength+1:], true
}

// random returns n random bytes as text.
func random(from io.Reader, n int) (string, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(from, b); err != nil {
		return "", fmt.Errorf("read random bytes: %w", err)
	}
	return letters.EncodeToString(b), nil
}
