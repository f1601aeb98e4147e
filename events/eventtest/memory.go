package eventtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/kaohe/kaohe/events"
)

// Memory is a log in memory. It keeps all rules of [events.Log] but durability.
type Memory struct {
	now func() time.Time

	mu      sync.Mutex
	commits []events.Commit
	grown   chan struct{} // closed and replaced at each append
}

var _ events.Log = (*Memory)(nil)

// NewMemory returns an empty log that takes the recording times of its commits from now.
func NewMemory(now func() time.Time) *Memory {
	return &Memory{now: now, grown: make(chan struct{})}
}

// Append stores a copy of body. As in any log, what it returns has no recording time.
func (m *Memory) Append(ctx context.Context, head events.Head, id string, body []byte) (events.Commit, error) {
	c := events.Commit{Seq: head.Seq + 1, ID: id, Prev: head.HashHex(), Body: body}
	if err := m.append(ctx, c); err != nil {
		return events.Commit{}, fmt.Errorf("append commit %d: %w", c.Seq, err)
	}
	return c, nil
}

func (m *Memory) append(ctx context.Context, c events.Commit) error {
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case c.ID == "":
		return errors.New("the commit has no id")
	case len(c.Body) > events.MaxCommit:
		return fmt.Errorf("the commit has %d bytes, at most %d are allowed", len(c.Body), events.MaxCommit)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	switch end := uint64(len(m.commits)); {
	case c.Seq <= end:
		return m.standing(c)
	case c.Seq > end+1:
		return fmt.Errorf("the log ends at commit %d", end)
	}
	c.Body = bytes.Clone(c.Body)
	c.Recorded = m.now().UTC()
	m.commits = append(m.commits, c)
	close(m.grown)
	m.grown = make(chan struct{})
	return nil
}

// standing decides about a commit whose place is taken: it may stand there itself, sent a second time.
func (m *Memory) standing(c events.Commit) error {
	if there := m.commits[c.Seq-1]; there.ID != c.ID || there.Prev != c.Prev {
		return events.ErrMoved
	}
	return nil
}

// Read calls fn with each commit after the sequence.
func (m *Memory) Read(ctx context.Context, after uint64, fn func(events.Commit) error) error {
	for {
		commits, grown := m.since(after)
		for _, c := range commits {
			if ctx.Err() != nil {
				break
			}
			if err := fn(c); err != nil {
				return err
			}
			after = c.Seq
		}
		if len(commits) > 0 && ctx.Err() == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("read log: %w", context.Cause(ctx))
		case <-grown:
		}
	}
}

// since returns the commits after a sequence, and a channel that is closed when there are more.
func (m *Memory) since(after uint64) ([]events.Commit, <-chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.commits[min(after, uint64(len(m.commits))):], m.grown
}

// Get returns the commit at a sequence.
func (m *Memory) Get(ctx context.Context, seq uint64) (events.Commit, error) {
	if ctx.Err() != nil {
		return events.Commit{}, fmt.Errorf("get commit %d: %w", seq, context.Cause(ctx))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if seq == 0 || seq > uint64(len(m.commits)) {
		return events.Commit{}, fmt.Errorf("get commit %d: %w", seq, events.ErrNotFound)
	}
	return m.commits[seq-1], nil
}

// End returns the sequence of the last commit.
func (m *Memory) End(ctx context.Context) (uint64, error) {
	if ctx.Err() != nil {
		return 0, fmt.Errorf("ask for the end of the log: %w", context.Cause(ctx))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return uint64(len(m.commits)), nil
}
