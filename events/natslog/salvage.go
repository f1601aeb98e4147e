package natslog

import (
	"context"
	"errors"

	"github.com/kaohe/kaohe/events"
)

// errFound ends the reading of a block.
var errFound = errors.New("found")

// Damage tells what is wrong with a log that was opened with Options.Salvage; nil if nothing is. Other logs are whole.
func (l *Log) Damage() *DamageError { return l.damage }

// read gives each commit after the sequence that can still be read, then waits for ctx, as the reader of a log that
// nobody writes to. It reads the files only; there is no server that could change them.
func (s *survey) read(ctx context.Context, after uint64, fn func(events.Commit) error) error {
	var reader blockReader
	for _, b := range s.blocks {
		if b.last <= after {
			continue
		}
		_, err := reader.read(ctx, b, func(r *record) error {
			if r.seq <= after {
				return nil
			}
			after = r.seq
			if err := fn(r.commit()); err != nil {
				return err
			}
			return context.Cause(ctx)
		})
		if err != nil {
			return err
		}
	}
	<-ctx.Done()
	return context.Cause(ctx)
}

// get returns the commit at a sequence.
func (s *survey) get(ctx context.Context, seq uint64) (c events.Commit, err error) {
	var reader blockReader
	for _, b := range s.blocks {
		if b.last < seq {
			continue
		}
		_, err := reader.read(ctx, b, func(r *record) error {
			if r.seq != seq {
				return nil
			}
			c = r.commit()
			return errFound
		})
		if errors.Is(err, errFound) {
			return c, nil
		}
		if err != nil {
			return c, err
		}
	}
	return c, events.ErrNotFound
}
