package spool

import (
	"bytes"
	"context"
)

// Each calls fn for each entry that waits, in order, until it returns false.
func (s *Spool) Each(ctx context.Context, fn func(Entry) bool) error {
	return s.exclusive(ctx, func() error {
		names, err := segments(s.Dir)
		if err != nil {
			return err
		}
		mark := readMark(s.path(markName))
		for _, name := range names {
			seg, err := s.read(name)
			if err != nil {
				return err
			}
			for _, e := range seg.after(mark) {
				if mark = e.N; !fn(e) {
					return nil
				}
			}
		}
		return nil
	})
}

// Recent reports whether an equal event is among those that were added last.
func (s *Spool) Recent(ctx context.Context, event []byte) (equal bool, err error) {
	e, err := Entry{Event: event}.check()
	if err != nil {
		return false, err
	}
	err = s.exclusive(ctx, func() error {
		names, err := segments(s.Dir)
		if err != nil || len(names) == 0 {
			return err
		}
		seg, err := s.read(names[len(names)-1])
		if err != nil {
			return err
		}
		for _, waits := range seg.after(readMark(s.path(markName))) {
			equal = equal || bytes.Equal(waits.Event, e.Event)
		}
		return nil
	})
	return equal, err
}
