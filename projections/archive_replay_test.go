package projections_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/kaohe/kaohe/projections"
)

// TestReplayGivesWay: whoever looks into the past meanwhile waits for a commit, not for all of them, and the replay goes on
// as if nothing had been.
func TestReplayGivesWay(t *testing.T) {
	h := newHouse(t)
	h.fill(20)
	r, a, stop := h.start(func(o *projections.RunnerOptions) { o.SnapshotEvery = 1000 }) // which would wait, too
	defer stop()
	want := h.await(r).Events()
	rules, looked, at := testRules(t, "b"), make(chan error, 1), 0
	last, err := a.Replay(t.Context(), rules, 0, h.head.Seq, func(time.Time, func() *projections.View) error {
		switch at++; at {
		case 3:
			go func() {
				_, err := a.View(context.Background(), testRules(t, "c"), 2)
				looked <- err
			}()
			for a.Waiting() == 0 {
				runtime.Gosched()
			}
		case 4:
			select {
			case err := <-looked:
				return err
			case <-time.After(30 * time.Second):
				return errors.New("the view was not made before the next commit")
			}
		}
		return nil
	})
	if err != nil || at != 20 || last.Events() != want {
		t.Errorf("Replay() = %d events after %d commits, %v, want %d after 20", last.Events(), at, err, want)
	}
	if _, err := a.View(t.Context(), testRules(t, "d"), 2); err != nil {
		t.Errorf("View() after the replay = %v", err)
	}
}

// TestReplayEndsWithItsContext, and leaves the turn to others.
func TestReplayEndsWithItsContext(t *testing.T) {
	h := newHouse(t)
	h.fill(5)
	r, a, stop := h.start(nil)
	defer stop()
	h.await(r)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := a.Replay(ctx, testRules(t, "b"), 0, h.head.Seq, func(time.Time, func() *projections.View) error {
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Replay() = %v, want that it was cancelled", err)
	}
	if _, err := a.View(t.Context(), testRules(t, "c"), 2); err != nil {
		t.Errorf("View() after that = %v", err)
	}
}
