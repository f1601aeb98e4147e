package intake_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
)

func TestAtomicRequestLooksAgainAfterARace(t *testing.T) {
	g := newGate()
	r := start(t, g)
	ctx := eventtest.Context(t)
	var first, second, third answers
	first.emit(ctx, r.Intake, false, training("a", 1), training("b", 1))
	<-g.entered
	second.emit(ctx, r.Intake, true, training("a", 1), training("c", 1)) // a will be there, and the same
	third.emit(ctx, r.Intake, true, training("b", 99), training("d", 1)) // b will be there, and another
	awaitQueued(t, r, 6)
	g.pass <- nil
	<-g.entered
	g.pass <- nil
	for _, a := range []*answers{&first, &second, &third} {
		a.wg.Wait()
		if len(a.errs) > 0 {
			t.Fatal(a.errs)
		}
	}
	if got, want := statuses(second.receipts[0]), "recorded 1-0, new 2-0"; got != want {
		t.Errorf("second: %s, want %s", got, want)
	}
	if got, want := statuses(third.receipts[0]), "refused id_conflict, refused not_committed"; got != want {
		t.Errorf("third: %s, want %s", got, want)
	}
}

// Two intakes on one log, each with a reader of its own: whoever comes second reads what the first wrote, and nothing is
// lost or doubled.
func TestTwoIntakesOnOneLog(t *testing.T) {
	log := memory()
	one, two := start(t, log), start(t, log)
	ctx := eventtest.Context(t)
	var all answers
	for i := range 300 {
		in := []*rig{one, two}[i%2]
		all.emit(ctx, in.Intake, i%5 == 0, training(fmt.Sprint("own", i), 1), training(fmt.Sprint("shared", i/3), 2))
	}
	fresh, recorded, refused := all.counts()
	if fresh != 400 || recorded != 200 || refused != 0 || len(all.errs) > 0 {
		t.Errorf("%d new, %d recorded, %d refused, errors %v, want 400, 200, 0", fresh, recorded, refused, all.errs)
	}
	held := stored(t, log)
	if len(held) != 400 {
		t.Errorf("the log holds %d events, want 400", len(held))
	}
	for _, r := range all.receipts {
		for _, o := range r.Events {
			if e := held[o.Position.String()]; e.ID != o.ID || e.Source != o.Source {
				t.Errorf("%s is said to be at %v, where %s is", o.ID, o.Position, e.ID)
			}
		}
	}
}

// moved is a log into which somebody else writes just before a commit.
type moved struct {
	events.Log
	intrude func(ctx context.Context, head events.Head)
}

func (m *moved) Append(ctx context.Context, head events.Head, id string, body []byte) (events.Commit, error) {
	m.intrude(ctx, head)
	return m.Log.Append(ctx, head, id, body)
}

func TestMovedLogIsReadBeforeTheNextTry(t *testing.T) {
	log := memory()
	in := offline(t)
	var script []string // ids of the events that somebody else writes, one a try
	m := &moved{Log: log, intrude: func(ctx context.Context, head events.Head) {
		if len(script) == 0 {
			return
		}
		e, refusal := in.Prepare(training(script[0], 1))
		if refusal != nil {
			panic(refusal.Text.EN)
		}
		body := events.AppendBatch(nil, [][]byte{e.AppendLine(nil)})
		if _, err := log.Append(ctx, head, "other-"+script[0], body); err != nil {
			panic(err)
		}
		script = script[1:]
	}}
	r := start(t, m)
	script = []string{"x1", "x2", "x3"}
	receipt := r.emit(t, training("a", 1), training("x1", 1), training("x2", 2), training("x9", 1))
	if got, want := statuses(receipt), "new 4-0, recorded 1-0, refused id_conflict, new 4-1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	script = []string{"x4"}
	receipt = r.emitAtomic(t, training("b", 1), training("x4", 1))
	if got, want := statuses(receipt), "new 6-0, recorded 5-0"; got != want {
		t.Errorf("atomic: %s, want %s", got, want)
	}
	script = []string{"x5"}
	receipt = r.emitAtomic(t, training("c", 1), training("x5", 2))
	if got, want := statuses(receipt), "refused not_committed, refused id_conflict"; got != want {
		t.Errorf("atomic in conflict: %s, want %s", got, want)
	}
	if n := len(stored(t, log)); n != 8 {
		t.Errorf("the log holds %d events, want 8", n)
	}
}

func TestAtomicRequestIsNotMixedWithAnotherOfItsIDs(t *testing.T) {
	g := newGate()
	r := start(t, g)
	ctx := eventtest.Context(t)
	var first, plain, atomic answers
	first.emit(ctx, r.Intake, false, training("first", 1))
	<-g.entered
	plain.emit(ctx, r.Intake, false, training("a", 1))
	awaitQueued(t, r, 2)
	atomic.emit(ctx, r.Intake, true, training("a", 2), training("c", 1)) // would share a commit with the other a
	awaitQueued(t, r, 4)
	g.pass <- nil
	<-g.entered
	g.pass <- nil
	for _, a := range []*answers{&first, &plain, &atomic} {
		a.wg.Wait()
		if len(a.errs) > 0 {
			t.Fatal(a.errs)
		}
	}
	if got, want := statuses(atomic.receipts[0]), "refused id_conflict, refused not_committed"; got != want {
		t.Errorf("atomic: %s, want %s", got, want)
	}
	if n := len(stored(t, g.Log)); n != 2 {
		t.Errorf("the log holds %d events, want first and a", n)
	}
}
