package intake_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/intake"
)

func TestNotReadyUntilTheLogWasRead(t *testing.T) {
	log := memory()
	first := start(t, log)
	first.emit(t, training("a", 1))
	state := newReader(log) // does not read yet
	in, err := intake.New(options(t, log, state))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(eventtest.Context(t))
	var running sync.WaitGroup
	running.Go(func() { _ = in.Run(ctx) })
	defer running.Wait()
	defer cancel()
	if _, err := in.Emit(ctx, intake.Request{Events: [][]byte{training("a", 1)}, By: access.Local}); !errors.Is(err, intake.ErrNotReady) || in.Ready() {
		t.Errorf("Emit() before the log was read = %v, want ErrNotReady", err)
	}
	running.Go(func() { state.run(ctx) })
	awaitReady(t, in)
	receipt, err := in.Emit(ctx, intake.Request{Events: [][]byte{training("a", 1)}, By: access.Local})
	if err != nil || statuses(receipt) != "recorded 1-0" {
		t.Errorf("then %s, %v, want recorded 1-0", statuses(receipt), err)
	}
}

// flaky is a log that fails now and then to be read.
type flaky struct {
	events.Log
	mu   sync.Mutex
	ends int // calls of End yet to fail
	gets int // calls of Get yet to fail
}

var errFlaky = errors.New("no route to host")

func (f *flaky) failing(n *int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	*n--
	return *n >= 0
}

func (f *flaky) End(ctx context.Context) (uint64, error) {
	if f.failing(&f.ends) {
		return 0, errFlaky
	}
	return f.Log.End(ctx)
}

func (f *flaky) Get(ctx context.Context, seq uint64) (events.Commit, error) {
	if f.failing(&f.gets) {
		return events.Commit{}, errFlaky
	}
	return f.Log.Get(ctx, seq)
}

func TestALogThatCannotBeReadIsAnErrorAndHeals(t *testing.T) {
	log := memory()
	other := start(t, log)
	other.emit(t, training("a", 1))
	f := &flaky{Log: log, ends: 1, gets: 1}
	r := start(t, f) // tries again after the End that fails
	ctx := eventtest.Context(t)
	if _, err := r.Emit(ctx, intake.Request{Events: [][]byte{training("a", 1)}, By: access.Local}); !errors.Is(err, intake.ErrUnavailable) {
		t.Errorf("Emit() of a repeat that cannot be compared = %v, want ErrUnavailable", err)
	}
	if got, want := statuses(r.emit(t, training("a", 1))), "recorded 1-0"; got != want {
		t.Errorf("again: %s, want %s", got, want)
	}
	other.emit(t, training("b", 1))
	f.mu.Lock()
	f.ends = 1
	f.mu.Unlock()
	// The log has grown by b, and where it ends cannot be asked.
	if _, err := r.Emit(ctx, intake.Request{Events: [][]byte{training("c", 1)}, By: access.Local}); !errors.Is(err, intake.ErrUnavailable) {
		t.Errorf("Emit() to a log that has moved = %v, want ErrUnavailable", err)
	}
	fresh, recorded, _ := r.emit(t, training("c", 1)).Counts()
	if fresh != 1 || len(stored(t, log)) != 3 {
		t.Errorf("then %d new, %d recorded, %d in the log, want c once", fresh, recorded, len(stored(t, log)))
	}
}
