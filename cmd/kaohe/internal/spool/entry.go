package spool

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strconv"
)

// MaxEntry is the largest entry in bytes: as large as an event that the server takes.
const MaxEntry = 1 << 20

// Errors of entries. They concern what was given, so that giving it again is of no use.
var (
	ErrNotObject = errors.New("not a JSON object")
	ErrTooLarge  = fmt.Errorf("more than %d bytes", MaxEntry)
)

// Entry is what waits to be sent: one of Event and Draft.
type Entry struct {
	N     uint64 // its number, rising by one; given by the spool
	Event []byte // a complete event in JSON
	Draft []byte // what was typed, in JSON
}

// A line is lineStart, the checksum, lineMiddle, the number, the kind, the entry and }.
const (
	lineStart  = `{"sum":"`
	lineMiddle = `","n":`
	kindEvent  = `,"event":`
	kindDraft  = `,"draft":`
	sumSize    = 8
	sumEnd     = len(lineStart) + sumSize
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// check returns the entry in the shape in which it is kept, without blanks.
func (e Entry) check() (Entry, error) {
	raw := &e.Event
	if e.Event == nil {
		raw = &e.Draft
	}
	var b bytes.Buffer
	if err := json.Compact(&b, *raw); err != nil || b.Len() == 0 || b.Bytes()[0] != '{' {
		return e, ErrNotObject
	}
	if b.Len() > MaxEntry {
		return e, ErrTooLarge
	}
	*raw = b.Bytes()
	return e, nil
}

// appendLine appends the entry as a line, with its end.
func (e Entry) appendLine(b []byte) []byte {
	start := len(b)
	b = append(b, lineStart+"00000000"+lineMiddle...)
	b = strconv.AppendUint(b, e.N, 10)
	if e.Event != nil {
		b = append(append(b, kindEvent...), e.Event...)
	} else {
		b = append(append(b, kindDraft...), e.Draft...)
	}
	b = append(b, '}')
	line := b[start:]
	copy(line[len(lineStart):], fmt.Sprintf("%08x", crc32.Checksum(line[sumEnd:], castagnoli)))
	return append(b, '\n')
}

// parseLine reads a line without its end. Any change of a line makes it unreadable.
func parseLine(line []byte) (e Entry, ok bool) {
	if len(line) < sumEnd || !bytes.HasPrefix(line, []byte(lineStart)) {
		return e, false
	}
	rest, sum := line[sumEnd:], fmt.Sprintf("%08x", crc32.Checksum(line[sumEnd:], castagnoli))
	if sum != string(line[len(lineStart):sumEnd]) {
		return e, false
	}
	rest, ok = bytes.CutPrefix(rest, []byte(lineMiddle))
	number, raw, found := bytes.Cut(rest, []byte(","))
	if !ok || !found || len(raw) == 0 || raw[len(raw)-1] != '}' {
		return e, false
	}
	e.N, _ = strconv.ParseUint(string(number), 10, 64)
	raw = raw[:len(raw)-1]
	if event, ok := bytes.CutPrefix(raw, []byte(kindEvent[1:])); ok {
		e.Event = event
	} else if draft, ok := bytes.CutPrefix(raw, []byte(kindDraft[1:])); ok {
		e.Draft = draft
	}
	// What is not as it would be written was not written here.
	if e.Event == nil && e.Draft == nil || !bytes.Equal(e.appendLine(nil), append(bytes.Clone(line), '\n')) {
		return Entry{}, false
	}
	return e, true
}

// unfinished reports whether b, which has no end of line, is the beginning of a line and not all of it. A line is one JSON
// object, and no beginning of an object is one. What is whole, or no JSON, is something else than a write cut short.
func unfinished(b []byte) bool {
	if !bytes.HasPrefix(b, []byte(lineStart)) && !bytes.HasPrefix([]byte(lineStart), b) {
		return false
	}
	var value json.RawMessage
	return errors.Is(json.NewDecoder(bytes.NewReader(b)).Decode(&value), io.ErrUnexpectedEOF)
}
