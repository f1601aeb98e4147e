package spool

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/kaohe/kaohe/events/durable"
)

// tail is the end of the spool.
type tail struct {
	name string // the last segment, or the one to make
	size int64  // what it has; -1: there is none
	cut  int64  // what it must have before something is added
	open bool   // the last line lacks its end
	next uint64 // number of the next entry
}

// Add keeps entries, in their order behind all others. When it returns without an error they are on disk. With an error
// some may have been kept all the same, as when a process is killed in the middle: adding all of them again is safe. It
// returns how many entries wait.
func (s *Spool) Add(ctx context.Context, entries ...Entry) (waiting int, err error) {
	for i := range entries {
		if entries[i], err = entries[i].check(); err != nil {
			return 0, fmt.Errorf("entry %d: %w", i+1, err)
		}
	}
	err = s.exclusive(ctx, func() error {
		if err := s.add(entries); err != nil {
			s.tail = tail{}
			return err
		}
		waiting, err = s.waiting()
		return err
	})
	return waiting, err
}

func (s *Spool) add(entries []Entry) error {
	names, err := segments(s.Dir)
	if err != nil {
		return err
	}
	if err := s.room(entries); err != nil {
		return err
	}
	for len(entries) > 0 {
		end, err := s.end(names)
		if err != nil {
			return err
		}
		var b []byte
		if end.open {
			b = append(b, '\n')
		}
		for len(entries) > 0 && end.cut+int64(len(b)) < segmentSize {
			entries[0].N = end.next
			b = entries[0].appendLine(b)
			entries = entries[1:]
			end.next++
		}
		if err := s.write(end, b); err != nil {
			return fmt.Errorf("keep events in the spool: %w", err)
		}
		if end.size < 0 {
			names = append(names, end.name)
		}
		size := end.cut + int64(len(b))
		s.tail = tail{name: end.name, size: size, cut: size, next: end.next}
	}
	return nil
}

// room returns ErrFull if the entries would take the spool over its limit. What was refused counts, so that somebody looks
// at it at last.
func (s *Spool) room(entries []Entry) error {
	const line = 48 // bytes that a line has beside the entry
	n := int64(0)
	for _, e := range entries {
		n += int64(len(e.Event) + len(e.Draft) + line)
	}
	list, err := os.ReadDir(s.Dir)
	if err != nil {
		return err
	}
	for _, entry := range list {
		if info, err := entry.Info(); err == nil {
			n += info.Size()
		}
	}
	if n > s.limit {
		return ErrFull
	}
	return nil
}

// end finds where the next entry goes.
func (s *Spool) end(names []string) (tail, error) {
	if len(names) == 0 {
		first := readMark(s.path(markName)) + 1
		return tail{name: nameOf(first), size: -1, next: first}, nil
	}
	name := names[len(names)-1]
	info, err := os.Stat(s.path(name))
	if err != nil {
		return tail{}, err
	}
	t := s.tail
	closed := false
	if t.name != name || t.size != info.Size() {
		seg, err := readSegment(s.Dir, name)
		if err != nil {
			return tail{}, err
		}
		t = tail{name: name, size: seg.size, cut: seg.cut, open: seg.open, next: seg.next()}
		if closed = seg.closed; !closed {
			s.tail = t
		}
	}
	t.next = max(t.next, readMark(s.path(markName))+1)
	if closed || t.cut >= segmentSize {
		return tail{name: nameOf(t.next), size: -1, next: t.next}, nil
	}
	return t, nil
}

// write adds lines to a segment, or makes one of them. What it fails to write whole it takes back.
func (s *Spool) write(t tail, b []byte) (err error) {
	flag := os.O_WRONLY
	if t.size < 0 {
		flag |= os.O_CREATE | os.O_EXCL
	}
	f, err := os.OpenFile(s.path(t.name), flag, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Truncate(t.cut), f.Close())
		}
	}()
	if t.size > t.cut {
		if err := f.Truncate(t.cut); err != nil {
			return err
		}
	}
	if _, err := f.WriteAt(b, t.cut); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if t.cut == 0 { // nobody may have made its name durable yet
		if err := durable.SyncDir(s.Dir); err != nil {
			return err
		}
	}
	return f.Close()
}

func numberOf(name string) uint64 {
	n, _ := strconv.ParseUint(name[:20], 10, 64)
	return n
}
