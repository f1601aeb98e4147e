package spool

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// segmentSize is how many bytes a segment has about when the next is begun. A segment is read whole.
const segmentSize = 4 << 20

var segmentName = regexp.MustCompile(`^[0-9]{20}\.ndjson$`)

// piece is a part of a segment: an entry with its line, or what cannot be read.
type piece struct {
	raw   []byte // with the end of the line
	entry Entry
	ok    bool // it is an entry
}

// segment is what a file of the spool holds.
type segment struct {
	name   string
	first  uint64 // the number in its name
	size   int64  // of the file
	pieces []piece
	cut    int64 // where the file must end before something is added to it: before an unfinished line
	open   bool  // the last line lacks its end, and nothing else
	closed bool  // it ends with damage: nothing must be added to it
}

// Damage is a part of the spool that cannot be read.
type Damage struct {
	File   string
	Offset int64
	Bytes  int
}

func nameOf(first uint64) string { return fmt.Sprintf("%020d.ndjson", first) }

// segments lists the segments of a directory by their numbers.
func segments(dir string) (names []string, err error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, entry := range list {
		if segmentName.MatchString(entry.Name()) {
			names = append(names, entry.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

func readSegment(dir, name string) (*segment, error) {
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	return parseSegment(name, b), nil
}

// parseSegment reads what a file holds, whatever became of it.
func parseSegment(name string, b []byte) *segment {
	first, _ := strconv.ParseUint(name[:20], 10, 64)
	s := &segment{name: name, first: first, size: int64(len(b)), cut: int64(len(b))}
	for len(b) > 0 {
		line, rest, ended := bytes.Cut(b, []byte("\n"))
		raw := b[:len(b)-len(rest)]
		b = rest
		entry, ok := parseLine(line)
		switch {
		case ok:
			s.pieces = append(s.pieces, piece{raw, entry, true})
			s.open = !ended
		case !ended && unfinished(line):
			s.cut -= int64(len(line))
		default:
			s.pieces = append(s.pieces, salvage(raw)...)
			s.closed = !ended
		}
	}
	return s
}

// salvage takes a line apart that is none, as two become if the end of the first one is damaged.
func salvage(raw []byte) (list []piece) {
	from := 0
	for from < len(raw) {
		to := len(raw)
		if next := bytes.Index(raw[from+1:], []byte(lineStart)); next >= 0 {
			to = from + 1 + next
		}
		part := raw[from:to]
		entry, ok := parseLine(part[:len(part)-1])
		if last := len(list) - 1; !ok && last >= 0 && !list[last].ok {
			list[last].raw = raw[from-len(list[last].raw) : to]
		} else {
			list = append(list, piece{part, entry, ok})
		}
		from = to
	}
	return list
}

// next is the number for the entry that comes after all that the segment holds, readable or not.
func (s *segment) next() uint64 {
	next := s.first
	for _, p := range s.pieces {
		if next++; p.ok {
			next = max(next, p.entry.N+1)
		}
	}
	return next
}

// after returns the entries with numbers above n.
func (s *segment) after(n uint64) (list []Entry) {
	for _, p := range s.pieces {
		if p.ok && p.entry.N > n {
			list, n = append(list, p.entry), p.entry.N
		}
	}
	return list
}

// damage lists what cannot be read.
func (s *segment) damage() (list []Damage) {
	at := int64(0)
	for _, p := range s.pieces {
		if !p.ok {
			list = append(list, Damage{s.name, at, len(p.raw)})
		}
		at += int64(len(p.raw))
	}
	return list
}
