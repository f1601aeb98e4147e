package spool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/kaohe/kaohe/events/durable"
)

// Batch returns the entries that go next, in order: events up to a number of entries and about a number of bytes, at least
// one; or one draft. It is empty if nothing waits. The entries must not be changed.
func (s *Spool) Batch(ctx context.Context, most, size int) (list []Entry, err error) {
	err = s.exclusive(ctx, func() error {
		waiting, err := s.head()
		for i, e := range waiting {
			if i == most || i > 0 && (e.Draft != nil || len(e.Event) > size) {
				break
			}
			list = append(list, e)
			if size -= len(e.Event); e.Draft != nil {
				break
			}
		}
		return err
	})
	return list, err
}

// head returns what waits in the first segment that has something waiting. Those before it are done with.
func (s *Spool) head() ([]Entry, error) {
	names, err := segments(s.Dir)
	if err != nil {
		return nil, err
	}
	mark := readMark(s.path(markName))
	for _, name := range names {
		seg, err := s.read(name)
		if err != nil {
			return nil, err
		}
		if waiting := seg.after(mark); len(waiting) > 0 {
			return waiting, nil
		}
		if err := s.retire(seg, mark); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// read returns a segment, as it was read last if nothing was added since. One that ended with an unfinished line is read
// again: what takes the place of that may have its size.
func (s *Spool) read(name string) (*segment, error) {
	info, err := os.Stat(s.path(name))
	if err != nil {
		return nil, err
	}
	if c := s.current; c != nil && c.name == name && c.size == info.Size() && c.cut == c.size {
		return c, nil
	}
	seg, err := readSegment(s.Dir, name)
	if err != nil {
		return nil, err
	}
	s.current = seg
	if damage := seg.damage(); len(damage) > 0 {
		s.damage[name] = damage
	}
	return seg, nil
}

// retire removes a segment of which nothing waits any more. One that could not be read whole is put aside for people.
func (s *Spool) retire(seg *segment, mark uint64) error {
	if seg.size == 0 {
		return nil // about to be written, or left by one who failed to
	}
	if err := writeMark(s.path(markName), mark, true); err != nil {
		return err
	}
	if s.current == seg {
		s.current = nil
	}
	if len(seg.damage()) > 0 {
		return os.Rename(s.path(seg.name), s.path("damaged-"+seg.name))
	}
	return os.Remove(s.path(seg.name))
}

// Sent notes that all entries up to a number are answered for. Those that were refused go to the file of the refused
// before.
func (s *Spool) Sent(ctx context.Context, upTo uint64, refused ...Refused) error {
	return s.exclusive(ctx, func() error {
		if err := s.refuse(refused); err != nil {
			return fmt.Errorf("keep what was refused: %w", err)
		}
		if mark := readMark(s.path(markName)); upTo <= mark {
			return nil
		}
		if err := writeMark(s.path(markName), upTo, false); err != nil {
			return fmt.Errorf("note what was sent: %w", err)
		}
		_, err := s.head()
		return err
	})
}

// Complete makes events of the drafts in the segment that goes next. They are on disk when it returns. A draft of which
// convert makes nothing stays one.
func (s *Spool) Complete(ctx context.Context, convert func(draft []byte) (event []byte)) error {
	return s.exclusive(ctx, func() error {
		waiting, err := s.head()
		if err != nil || len(waiting) == 0 {
			return err
		}
		var b bytes.Buffer
		for _, p := range s.current.pieces {
			line := p.raw
			if p.ok && p.entry.Draft != nil {
				e, err := Entry{N: p.entry.N, Event: convert(p.entry.Draft)}.check()
				if err == nil {
					line = e.appendLine(nil)
				}
			}
			b.Write(line)
		}
		s.tail = tail{}
		name := s.current.name
		s.current = nil
		return replaceFile(s.Dir, name, b.Bytes())
	})
}

// replaceFile puts a file in the place of another, whole or not at all.
func replaceFile(dir, name string, b []byte) (err error) {
	path := filepath.Join(dir, name)
	f, err := os.OpenFile(path+".tmp", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+".tmp", path); err != nil {
		return err
	}
	return durable.SyncDir(dir)
}
