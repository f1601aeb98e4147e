package access

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/kaohe/kaohe/events"
)

// Create makes a token, and returns its text, which nobody can find out later. It fails with an [InvalidError] if the token
// cannot be so, and changes nothing then.
func (s *Store) Create(n NewToken) (secret string, t Token, err error) {
	now := s.now().UTC().Truncate(time.Second)
	if n.Random == nil {
		return "", Token{}, errors.New("access: NewToken.Random is missing")
	}
	if err := n.validate(now); err != nil {
		return "", Token{}, err
	}
	err = s.change(func(entries []entry) ([]entry, error) {
		e, given, err := n.entry(entries, now)
		if err != nil {
			return nil, err
		}
		secret, t = text(e.ID, given), e.Token
		return append(entries, e), nil
	})
	if err != nil {
		return "", Token{}, err
	}
	return secret, t, nil
}

// entry makes the token beside those that there are.
func (n *NewToken) entry(others []entry, now time.Time) (e entry, secret string, err error) {
	if len(others) >= maxTokens {
		return entry{}, "", fmt.Errorf("there are %d tokens, and no more can be made", maxTokens)
	}
	if n.Name != "" && taken(others, n.Name) {
		return entry{}, "", &InvalidError{Field: "name", Got: n.Name, Want: events.Text{
			ZH: "从未用过的名称；名称随事件记录在案，撤销后也不再使用", EN: "a name that no token has had: names are recorded with events, so that none is given twice"}}
	}
	e.Token = Token{Name: n.Name, Org: n.Org, Can: n.Can, Created: now, Expires: n.Expires.UTC()}
	for i := 1; e.Name == ""; i++ {
		if name := defaultName(n.Org, i); !taken(others, name) {
			e.Name = name
		}
	}
	for e.ID == "" || e.ID == e.Name || taken(others, e.ID) {
		if e.ID, err = random(n.Random, idBytes); err != nil {
			return entry{}, "", err
		}
	}
	if secret, err = random(n.Random, secretBytes); err != nil {
		return entry{}, "", err
	}
	e.hash = sha256.Sum256([]byte(secret))
	return e, secret, nil
}

// defaultName is the name of the i-th token of a unit for which nobody named one.
func defaultName(org string, i int) string {
	if org == Everywhere {
		org = "all"
	}
	if i == 1 && len(org) <= MaxName {
		return org
	}
	return org[:min(len(org), MaxName-8)] + "-" + strconv.Itoa(i)
}

// taken reports whether a text is a token's name or id.
func taken(entries []entry, s string) bool {
	return slices.ContainsFunc(entries, func(e entry) bool { return e.Name == s || e.ID == s })
}

// Revoke makes a token let nobody in any more. It fails with [ErrNoSuchToken]. Of a token that is revoked it returns since
// when.
func (s *Store) Revoke(nameOrID string) (t Token, err error) {
	err = s.change(func(entries []entry) ([]entry, error) {
		for i := range entries {
			if e := &entries[i]; e.Name == nameOrID || e.ID == nameOrID {
				if e.Revoked.IsZero() {
					e.Revoked = s.now().UTC().Truncate(time.Second)
				}
				t = e.Token
				return entries, nil
			}
		}
		return nil, ErrNoSuchToken
	})
	return t, err
}

// change replaces the file by what fn makes of the tokens in it.
func (s *Store) change(fn func([]entry) ([]entry, error)) (err error) {
	l, err := takeLock(s.path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.release()) }()
	r := s.current()
	var unreadable *UnreadableError
	if errors.As(r.err, &unreadable) && !unreadable.Gone {
		return r.err
	}
	entries, err := fn(slices.Clone(r.entries))
	if err != nil {
		return err
	}
	b, err := encode(entries)
	if err != nil {
		return err
	}
	// The note comes first: whoever is cut off between the two has shut the door, and does not leave it open.
	if err := l.note(); err != nil {
		return err
	}
	return replace(s.path, b)
}
