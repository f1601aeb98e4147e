package events

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Event is one fact in canonical form: it was validated and normalised, and has all its defaults.
type Event struct {
	Type      string // plain PascalCase name of the catalogue
	Source    string // who emitted it, a URI reference
	ID        string // unique within the source
	Time      string // RFC 3339 in the plan's zone; the day is its first ten characters
	Org       string // code of the unit
	Principal string // who was authenticated; empty where nobody had to be
	Schema    string // dataschema: PatentGranted.v1
	Data      []byte // canonical JSON object (RFC 8785)
}

// Day returns the calendar day on which the event happened.
func (e *Event) Day() Day {
	d, _ := parseDay([]byte(e.Time[:min(10, len(e.Time))]))
	return d
}

// Key names the occurrence.
func (e *Event) Key() Key { return KeyOf(e.Source, e.ID) }

// AppendLine appends the event as its canonical line, without a newline.
func (e *Event) AppendLine(dst []byte) []byte {
	dst = append(dst, `{"specversion":"1.0","type":`...)
	dst = appendString(dst, e.Type)
	for _, f := range [...]struct{ name, value string }{
		{`,"source":`, e.Source}, {`,"id":`, e.ID}, {`,"time":`, e.Time},
		{`,"org":`, e.Org}, {`,"principal":`, e.Principal}, {`,"dataschema":`, e.Schema},
	} {
		if f.value == "" && f.name == `,"principal":` {
			continue
		}
		dst = append(dst, f.name...)
		dst = appendString(dst, f.value)
	}
	dst = append(dst, `,"data":`...)
	dst = append(dst, e.Data...)
	return append(dst, '}')
}

// SameContent reports whether two events with one identity say the same; who sent them does not matter.
func (e *Event) SameContent(o *Event) bool {
	return e.Type == o.Type && e.Time == o.Time && e.Org == o.Org && e.Schema == o.Schema && bytes.Equal(e.Data, o.Data)
}

// appendString writes a JSON string as RFC 8785 does: only what must be escaped is.
func appendString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c == '\r':
			dst = append(dst, '\\', 'r')
		case c == '\t':
			dst = append(dst, '\\', 't')
		case c == '\b':
			dst = append(dst, '\\', 'b')
		case c == '\f':
			dst = append(dst, '\\', 'f')
		case c < 0x20:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

// Stored is an event as it stands in a commit: slices into the commit's body, valid as long as that is.
type Stored struct {
	Type, Source, ID, Time, Org, Principal, Schema, Data []byte
}

// ErrLine says that a line of a commit is not a canonical event. The reader quarantines it.
var ErrLine = errors.New("not a canonical event")

// ParseLine reads a canonical line. It checks the layout of the envelope and that the data is one JSON object; what the
// data must look like is the catalogue's matter, and was checked at the intake.
func (s *Stored) ParseLine(line []byte) error {
	*s = Stored{}
	rest, ok := bytes.CutPrefix(line, []byte(`{"specversion":"1.0","type":`))
	if !ok {
		return fmt.Errorf("%w: no specversion and type", ErrLine)
	}
	if s.Type, rest, ok = takeString(rest); !ok || len(s.Type) == 0 {
		return fmt.Errorf("%w: type", ErrLine)
	}
	for _, f := range [...]struct {
		name     string
		into     *[]byte
		optional bool
	}{
		{`,"source":`, &s.Source, false}, {`,"id":`, &s.ID, false}, {`,"time":`, &s.Time, false},
		{`,"org":`, &s.Org, false}, {`,"principal":`, &s.Principal, true}, {`,"dataschema":`, &s.Schema, false},
	} {
		if len(rest) < len(f.name) || string(rest[:len(f.name)]) != f.name {
			if f.optional {
				continue
			}
			return fmt.Errorf("%w: %s is missing or not in its place", ErrLine, f.name[2:len(f.name)-2])
		}
		if *f.into, rest, ok = takeString(rest[len(f.name):]); !ok || len(*f.into) == 0 {
			return fmt.Errorf("%w: %s", ErrLine, f.name[2:len(f.name)-2])
		}
	}
	const data = `,"data":`
	if len(rest) < len(data)+3 || string(rest[:len(data)]) != data || rest[len(rest)-1] != '}' {
		return fmt.Errorf("%w: no data", ErrLine)
	}
	s.Data = rest[len(data) : len(rest)-1]
	if s.Data[0] != '{' || s.Data[len(s.Data)-1] != '}' {
		return fmt.Errorf("%w: data is not an object", ErrLine)
	}
	if _, ok := parseDay(s.Time[:min(10, len(s.Time))]); !ok {
		return fmt.Errorf("%w: time %q does not begin with a day", ErrLine, s.Time)
	}
	return nil
}

// Day returns the calendar day on which the event happened.
func (s *Stored) Day() Day {
	d, _ := parseDay(s.Time[:10])
	return d
}

// Key names the occurrence.
func (s *Stored) Key() Key {
	var h [2 * MaxName]byte
	buf := append(h[:0], s.Source...)
	buf = append(buf, 0)
	return keyOf(append(buf, s.ID...))
}

// Event copies the stored event out of its commit.
func (s *Stored) Event() Event {
	return Event{
		Type: string(s.Type), Source: string(s.Source), ID: string(s.ID), Time: string(s.Time), Org: string(s.Org),
		Principal: string(s.Principal), Schema: string(s.Schema), Data: bytes.Clone(s.Data),
	}
}

// takeString reads a JSON string off the front. Without escapes, as nearly all are, the result is a slice of b.
func takeString(b []byte) (value, rest []byte, ok bool) {
	if len(b) < 2 || b[0] != '"' {
		return nil, b, false
	}
	end := bytes.IndexByte(b[1:], '"') + 1
	if end == 0 {
		return nil, b, false
	}
	if bytes.IndexByte(b[1:end], '\\') < 0 {
		return b[1:end], b[end+1:], utf8.Valid(b[1:end])
	}
	for end = 1; end < len(b) && b[end] != '"'; end++ {
		if b[end] == '\\' {
			end++
		}
	}
	var s string
	if end >= len(b) || json.Unmarshal(b[:end+1], &s) != nil {
		return nil, b, false
	}
	return []byte(s), b[end+1:], true
}

// Key is the identity of an event, (source, id), as 128 bits of its SHA-256: short enough to keep for every event ever
// recorded, and no two have been found to collide.
type Key [16]byte

// MaxName is the largest source or id in bytes.
const MaxName = 512

// KeyOf returns the identity of (source, id). Neither holds a NUL, which the intake refuses, so that no two pairs run
// into each other.
func KeyOf(source, id string) Key {
	var h [2 * MaxName]byte
	buf := append(h[:0], source...)
	buf = append(buf, 0)
	return keyOf(append(buf, id...))
}

func keyOf(b []byte) Key {
	sum := sha256.Sum256(b)
	return Key(sum[:16])
}
