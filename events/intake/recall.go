package intake

import (
	"container/list"
	"context"
	"fmt"
	"sync"

	"github.com/kaohe/kaohe/events"
)

// recall reads back events that are in the log. It keeps the commits used last, since a repeated file repeats whole
// commits: 32 of them are at most 16 MiB.
type recall struct {
	log events.Log

	mu    sync.Mutex
	lines map[uint64]*list.Element // of entries
	used  *list.List               // latest first
}

type recalled struct {
	seq   uint64
	lines [][]byte
}

const recallCommits = 32

func newRecall(log events.Log) *recall {
	return &recall{log: log, lines: map[uint64]*list.Element{}, used: list.New()}
}

// line returns the canonical line at a position. It must not be changed.
func (r *recall) line(ctx context.Context, at events.Position) ([]byte, error) {
	lines, ok := r.get(at.Seq())
	if !ok {
		commit, err := r.log.Get(ctx, at.Seq())
		if err != nil {
			return nil, fmt.Errorf("read back %v: %w", at, err)
		}
		each, err := commit.Lines()
		if err != nil {
			return nil, fmt.Errorf("read back %v: %w", at, err)
		}
		for _, line := range each {
			lines = append(lines, line)
		}
		r.put(at.Seq(), lines)
	}
	if at.Index() >= len(lines) {
		return nil, fmt.Errorf("read back %v: %w: it has %d events", at, events.ErrBody, len(lines))
	}
	return lines[at.Index()], nil
}

func (r *recall) get(seq uint64) ([][]byte, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, ok := r.lines[seq]
	if !ok {
		return nil, false
	}
	r.used.MoveToFront(e)
	return e.Value.(recalled).lines, true
}

// put keeps the lines of a commit, which nobody may change from now on.
func (r *recall) put(seq uint64, lines [][]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.lines[seq]; ok {
		return
	}
	r.lines[seq] = r.used.PushFront(recalled{seq, lines})
	if r.used.Len() > recallCommits {
		oldest := r.used.Remove(r.used.Back()).(recalled)
		delete(r.lines, oldest.seq)
	}
}
