package natslog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"github.com/kaohe/kaohe/events"
)

// survey is what the blocks of a log hold.
type survey struct {
	blocks []*block
	last   uint64 // sequence of the last commit that can be read
	gaps   gaps   // what is missing before it
	tail   int    // bytes behind the last good record

	mu      sync.Mutex
	held    *block                   // guarded by mu
	commits map[uint64]events.Commit // of the block held; guarded by mu
}

// surveyBlocks reads all blocks of the log and changes nothing.
func surveyBlocks(ctx context.Context, dir string) (*survey, error) {
	blocks, err := findBlocks(dir)
	if err != nil {
		return nil, err
	}
	s := &survey{blocks: blocks}
	var reader blockReader
	for _, b := range blocks {
		s.tail, err = reader.read(ctx, b, func(r *record) error {
			if r.seq > s.last {
				s.gaps.add(s.last+1, r.seq-1)
				s.last = r.seq
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		b.last = s.last
	}
	return s, nil
}

// damage says what is wrong with the log if it should hold all commits up to a sequence; nil if nothing is. A crash may
// have cut short the one record that nobody had been told of.
func (s *survey) damage(dir string, to uint64) *DamageError {
	e := &DamageError{Dir: dir, Last: max(s.last, to)}
	all := s.gaps
	all.add(s.last+1, to)
	e.Missing, e.Lost = all.ranges, all.lost
	switch {
	case len(s.blocks) == 0 && to > 0:
		e.Reason = "its messages are gone"
	case all.lost > 0:
		e.Reason = "commits are missing or do not match their checksums"
	case s.tail > maxTail:
		e.Reason = fmt.Sprintf("the last %d bytes cannot be read", s.tail)
	default:
		return nil
	}
	return e
}

// sync makes the blocks durable that hold commits after a sequence, whoever has written them. The server may have removed
// one in which there was nothing whole.
func (s *survey) sync(after uint64) error {
	for _, b := range s.blocks {
		if b.last <= after {
			continue
		}
		f, err := os.OpenFile(b.path, os.O_RDWR, 0)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}
