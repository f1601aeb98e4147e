package natslog

import (
	"bytes"
	"context"
	"slices"

	"github.com/kaohe/kaohe/events"
)

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

// get returns the commit at a sequence. The block that it lies in stays in memory: whoever asks for one asks for the next.
func (s *survey) get(ctx context.Context, seq uint64) (events.Commit, error) {
	i := slices.IndexFunc(s.blocks, func(b *block) bool { return b.last >= seq })
	if i < 0 {
		return events.Commit{}, events.ErrNotFound
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held != s.blocks[i] {
		if err := s.hold(ctx, s.blocks[i]); err != nil {
			return events.Commit{}, err
		}
	}
	c, ok := s.commits[seq]
	if !ok {
		return c, events.ErrNotFound
	}
	c.Body = bytes.Clone(c.Body) // the caller may keep it, and shall not keep the block
	return c, nil
}

// hold reads a block in place of the one in memory.
func (s *survey) hold(ctx context.Context, b *block) error {
	var reader blockReader
	commits := make(map[uint64]events.Commit)
	if _, err := reader.read(ctx, b, func(r *record) error {
		commits[r.seq] = r.commit()
		return nil
	}); err != nil {
		return err
	}
	s.held, s.commits = b, commits
	return nil
}
