package intake_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/intake"
)

func TestCallerThatStopsWaitingIsToldTheOutcomeIsUnknown(t *testing.T) {
	g := newGate()
	r := start(t, g)
	ctx, cancel := context.WithCancelCause(eventtest.Context(t))
	var flying, waiting answers
	flying.emit(ctx, r.Intake, false, training("a", 1))
	<-g.entered
	waiting.emit(ctx, r.Intake, false, training("b", 1))
	awaitQueued(t, r, 2)
	gone := errors.New("the user went home")
	cancel(gone)
	flying.wg.Wait()
	waiting.wg.Wait()
	for _, a := range []*answers{&flying, &waiting} {
		if len(a.errs) != 1 || !errors.Is(a.errs[0], events.ErrUnknown) || !errors.Is(a.errs[0], gone) {
			t.Errorf("receipts %v, errors %v, want ErrUnknown and its cause", a.receipts, a.errs)
		}
	}
	g.pass <- nil // the writer went on with what was in flight; the rest it drops
	var again answers
	again.emit(eventtest.Context(t), r.Intake, false, training("a", 1), training("b", 1))
	<-g.entered
	g.pass <- nil
	again.wg.Wait()
	if len(again.errs) > 0 {
		t.Fatal(again.errs)
	}
	if got, want := statuses(again.receipts[0]), "recorded 1-0, new 2-0"; got != want {
		t.Errorf("the same again: %s, want %s", got, want)
	}
}

func TestStopAnswersEveryone(t *testing.T) {
	g := newGate()
	r := start(t, g)
	ctx := eventtest.Context(t)
	var all answers
	all.emit(ctx, r.Intake, false, training("first", 1))
	<-g.entered
	for i := range 20 {
		all.emit(ctx, r.Intake, false, training(fmt.Sprint(i), 1))
	}
	awaitQueued(t, r, 21)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		r.stop()
	}()
	g.pass <- nil
	<-g.entered
	g.pass <- nil // within the grace the queue is committed
	<-stopped
	if fresh, _, _ := all.counts(); fresh != 21 || len(all.errs) > 0 {
		t.Errorf("%d new, errors %v, want 21", fresh, all.errs)
	}
	if _, err := r.Emit(ctx, intake.Request{Events: [][]byte{training("late", 1)}, By: access.Local}); !errors.Is(err, intake.ErrStopped) || r.Ready() {
		t.Errorf("Emit() after the stop = %v, Ready() = %v", err, r.Ready())
	}
}

func TestStopWithoutGraceSaysWhatIsUnknown(t *testing.T) {
	g := newGate()
	r := start(t, g, func(o *intake.Options) { o.Grace = 1 })
	ctx := eventtest.Context(t)
	var flying, waiting answers
	flying.emit(ctx, r.Intake, false, training("a", 1))
	<-g.entered
	waiting.emit(ctx, r.Intake, false, training("b", 1))
	awaitQueued(t, r, 2)
	r.stop() // the append in flight never comes back
	flying.wg.Wait()
	waiting.wg.Wait()
	if len(flying.errs) != 1 || !errors.Is(flying.errs[0], events.ErrUnknown) {
		t.Errorf("in flight: %v, want ErrUnknown", flying.errs)
	}
	if len(waiting.errs) != 1 || !errors.Is(waiting.errs[0], intake.ErrStopped) {
		t.Errorf("waiting: %v, want ErrStopped", waiting.errs)
	}
}
