package spool

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/kaohe/kaohe/events/durable"
)

// RefusedName is the file of what the server refused. It has one line for each, which people may read, change and remove:
//
//	{"n":12,"refused":{"code":"invalid",...},"event":{...}}
const RefusedName = "refused.ndjson"

// Refused is an entry that the server refused.
type Refused struct {
	Entry
	Reason json.RawMessage // what the server said, as JSON
}

// refusedLine is a line of the file.
type refusedLine struct {
	N      uint64          `json:"n"`
	Reason json.RawMessage `json:"refused"`
	Event  json.RawMessage `json:"event,omitempty"`
	Draft  json.RawMessage `json:"draft,omitempty"`
}

// identity tells lines apart: numbers begin anew if the file that counts them is lost.
func (l refusedLine) identity() string { return fmt.Sprint(l.N, string(l.Event), string(l.Draft)) }

// refuse writes what was refused to its file, durably and each once.
func (s *Spool) refuse(list []Refused) error {
	if len(list) == 0 {
		return nil
	}
	if err := s.readRefused(); err != nil {
		return err
	}
	f, err := os.OpenFile(s.path(RefusedName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	b, err := s.refusedLines(list)
	if err == nil {
		err = appendWhole(f, b)
	}
	return errors.Join(err, f.Close(), durable.SyncDir(s.Dir))
}

func (s *Spool) refusedLines(list []Refused) (b []byte, err error) {
	for _, r := range list {
		line := refusedLine{r.N, r.Reason, r.Event, r.Draft}
		if s.refused[line.identity()] {
			continue
		}
		text, err := marshal(line)
		if err != nil {
			return nil, err
		}
		b = append(b, text...)
		s.refused[line.identity()] = true
	}
	return b, nil
}

// marshal writes JSON on one line with its end, and with what people wrote as they wrote it.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return b.Bytes(), err
}

// appendWhole adds lines to a file. A last line that lacks its end gets it, or is cut off if a killed process has left it.
func appendWhole(f *os.File, b []byte) error {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	var last [1]byte
	if size > 0 {
		if _, err := f.ReadAt(last[:], size-1); err != nil {
			return err
		}
	}
	if size > 0 && last[0] != '\n' {
		all := make([]byte, size)
		if _, err := f.ReadAt(all, 0); err != nil {
			return err
		}
		if tail := all[bytes.LastIndexByte(all, '\n')+1:]; bytes.HasPrefix(tail, []byte(`{"n":`)) && !json.Valid(tail) {
			size -= int64(len(tail))
		} else {
			b = append([]byte{'\n'}, b...)
		}
	}
	if err := f.Truncate(size); err != nil {
		return err
	}
	if _, err := f.WriteAt(b, size); err != nil {
		return errors.Join(err, f.Truncate(size))
	}
	return f.Sync()
}

// readRefused reads, once, what was refused before: it may be refused again by whoever was killed before he noted it.
func (s *Spool) readRefused() error {
	if s.refused != nil {
		return nil
	}
	seen, mark := map[string]bool{}, readMark(s.path(markName))
	err := s.eachRefused(func(l refusedLine, _ int, err error) error {
		if err == nil && l.N > mark {
			seen[l.identity()] = true
		}
		return nil
	})
	s.refused = seen
	return err
}

// eachRefused reads the file line by line. What a line lacks is told to fn.
func (s *Spool) eachRefused(fn func(l refusedLine, number int, err error) error) error {
	f, err := os.Open(s.path(RefusedName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 8*MaxEntry)
	number := 0
	for lines.Scan() {
		if number++; len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var l refusedLine
		err := json.Unmarshal(lines.Bytes(), &l)
		if err == nil && (l.Event == nil) == (l.Draft == nil) {
			err = errors.New(`no "event"`)
		}
		if err := fn(l, number, err); err != nil {
			return err
		}
	}
	return lines.Err()
}

// Refusals returns how many refused entries there are.
func (s *Spool) Refusals(ctx context.Context) (n int, err error) {
	err = s.exclusive(ctx, func() error {
		return s.eachRefused(func(refusedLine, int, error) error { n++; return nil })
	})
	return n, err
}

// LineError says that a line of the file of the refused cannot be read. Put it right, or remove it.
type LineError struct {
	Line int
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("%s, line %d: %v", RefusedName, e.Line, e.Err) }
func (e *LineError) Unwrap() error { return e.Err }

// Again puts what was refused behind all that waits, and returns how much that is. Only who is [Spool.Sending] may.
// It changes nothing if a line cannot be read.
func (s *Spool) Again(ctx context.Context) (n int, err error) {
	err = s.exclusive(ctx, func() error {
		err := s.eachRefused(func(l refusedLine, number int, err error) error {
			_, fault := Entry{Event: l.Event, Draft: l.Draft}.check()
			if err = cmp.Or(err, fault); err != nil {
				return &LineError{number, err}
			}
			n++
			return nil
		})
		if err != nil || n == 0 {
			return err
		}
		if err := s.addRefused(); err != nil {
			s.tail = tail{}
			return err
		}
		s.refused = nil
		return errors.Join(os.Remove(s.path(RefusedName)), durable.SyncDir(s.Dir))
	})
	return n, err
}

// addRefused adds the entries of the file, which was checked, to those that wait.
func (s *Spool) addRefused() error {
	const portion = 1000
	var list []Entry
	err := s.eachRefused(func(l refusedLine, _ int, _ error) (err error) {
		e, _ := Entry{Event: l.Event, Draft: l.Draft}.check()
		if list = append(list, e); len(list) == portion {
			err, list = s.add(list), nil
		}
		return err
	})
	if err != nil || len(list) == 0 {
		return err
	}
	return s.add(list)
}
