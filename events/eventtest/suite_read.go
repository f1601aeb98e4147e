package eventtest

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kaohe/kaohe/events"
)

func testMiddle(t *testing.T, log events.Log) {
	all := MustFill(t, log, events.Head{}, 10)
	for _, after := range []uint64{0, 1, 5, 9} {
		if diff := cmp.Diff(all[after:], MustRead(t, log, after, 10), asAppended); diff != "" {
			t.Errorf("Read(after %d) differs (-want +got):\n%s", after, diff)
		}
	}
}

func testFollowed(t *testing.T, log events.Log) {
	head := MustFill(t, log, events.Head{}, 2)[1].Head()
	got := follow(Context(t), log, 0)
	for want := uint64(1); want <= 2; want++ {
		if c := <-got; c.Seq != want {
			t.Fatalf("Read() gave commit %d, want %d", c.Seq, want)
		}
	}
	for range 5 { // the reader has nothing left to read, each time
		c := MustFill(t, log, head, 1)[0]
		head = c.Head()
		if diff := cmp.Diff(c, <-got, asAppended); diff != "" {
			t.Fatalf("Read() differs (-want +got):\n%s", diff)
		}
	}
}

// follow reads in the background until ctx ends.
func follow(ctx context.Context, log events.Log, after uint64) <-chan events.Commit {
	got := make(chan events.Commit)
	go func() {
		defer close(got)
		log.Read(ctx, after, func(c events.Commit) error {
			c.Body = append([]byte(nil), c.Body...)
			select {
			case got <- c:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	return got
}

func testGrowing(t *testing.T, log events.Log) {
	const n = 300
	ctx := Context(t)
	errs := make(chan error)
	starts := []uint64{0, 0, n / 2}
	for _, after := range starts {
		go func() { errs <- inOrder(follow(ctx, log, after), after, n) }()
	}
	MustFill(t, log, events.Head{}, n)
	for range starts {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// inOrder checks that a reader gets all commits after one sequence up to another.
func inOrder(got <-chan events.Commit, after, to uint64) error {
	for want := after + 1; want <= to; want++ {
		if c := <-got; c.Seq != want {
			return errors.New("a reader that follows missed a commit")
		}
	}
	return nil
}

func testStopped(t *testing.T, log events.Log) {
	MustFill(t, log, events.Head{}, 5)
	stop := errors.New("stop")
	calls := 0
	err := log.Read(Context(t), 0, func(c events.Commit) error {
		if calls++; c.Seq == 3 {
			return stop
		}
		return nil
	})
	if err != stop || calls != 3 {
		t.Errorf("Read() = %v after %d calls, want the function's own error after 3", err, calls)
	}
}

func testCancelledRead(t *testing.T, log events.Log) {
	MustFill(t, log, events.Head{}, 5)
	ctx, cancel := context.WithCancel(Context(t))
	calls := 0
	err := log.Read(ctx, 0, func(c events.Commit) error {
		if calls++; c.Seq == 2 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || calls != 2 {
		t.Errorf("Read() = %v after %d calls, want context.Canceled after 2", err, calls)
	}
	idle, stop := context.WithCancel(Context(t))
	done := make(chan error)
	go func() { done <- log.Read(idle, 5, func(events.Commit) error { return errors.New("nothing to read") }) }()
	stop()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Read() at the end = %v, want context.Canceled", err)
	}
}
