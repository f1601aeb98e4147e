package intake_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/intake"
)

func TestWriterCommitsInGroups(t *testing.T) {
	g := newGate()
	r := start(t, g)
	var all answers
	ctx := eventtest.Context(t)
	all.emit(ctx, r.Intake, false, training("first", 1))
	<-g.entered
	for i := range 100 {
		all.emit(ctx, r.Intake, i%2 == 0, training(fmt.Sprint(i), 1))
	}
	awaitQueued(t, r, 101)
	g.pass <- nil
	<-g.entered
	g.pass <- nil
	if fresh, _, _ := all.counts(); fresh != 101 || len(all.errs) > 0 {
		t.Errorf("%d new, errors %v, want 101", fresh, all.errs)
	}
	if end := eventtest.MustEnd(t, g.Log); end != 2 {
		t.Errorf("%d commits, want 2: what gathered while the first was in flight is the second", end)
	}
}

func TestARepeatOfAPendingIDGetsItsFate(t *testing.T) {
	for _, fail := range []bool{false, true} {
		t.Run(fmt.Sprintf("failed=%v", fail), func(t *testing.T) {
			g := newGate()
			r := start(t, g)
			ctx := eventtest.Context(t)
			var first, repeats, other answers
			first.emit(ctx, r.Intake, false, training("a", 1))
			<-g.entered
			for i := range 8 {
				repeats.emit(ctx, r.Intake, i == 0, training("a", 1))
			}
			other.emit(ctx, r.Intake, false, training("a", 2))
			awaitQueued(t, r, 10)
			if fail {
				g.pass <- events.ErrFull
				<-g.entered
				g.pass <- nil
				fresh, _, _ := first.counts()
				new2, recorded2, refused2 := repeats.counts()
				new3, _, refused3 := other.counts()
				if fresh != 0 || len(first.errs) != 1 || !errors.Is(first.errs[0], events.ErrFull) {
					t.Errorf("first: %d new, errors %v, want ErrFull", fresh, first.errs)
				}
				if new2+new3 != 1 || (new2 == 1 && (recorded2 != 7 || refused3 != 1)) || (new3 == 1 && refused2 != 8) {
					t.Errorf("then %d+%d new, %d recorded, %d+%d refused, want one to be first and the others to see it", new2, new3, recorded2, refused2, refused3)
				}
			} else {
				g.pass <- nil
				fresh, _, _ := first.counts()
				fresh2, recorded, _ := repeats.counts()
				_, _, refused := other.counts()
				if fresh != 1 || fresh2 != 0 || recorded != 8 || refused != 1 {
					t.Errorf("%d new, then %d new, %d recorded, %d refused, want 1, 0, 8, 1", fresh, fresh2, recorded, refused)
				}
			}
			if n := len(stored(t, g.Log)); n != 1 {
				t.Errorf("the log holds %d events, want 1", n)
			}
		})
	}
}

func TestManyCallersOneID(t *testing.T) {
	r := start(t, memory())
	ctx := eventtest.Context(t)
	var all answers
	for i := range 200 {
		all.emit(ctx, r.Intake, i%3 == 0, training("x", 1), training(fmt.Sprint(i%7), i%7))
	}
	fresh, recorded, refused := all.counts()
	if fresh != 8 || recorded != 392 || refused != 0 || len(all.errs) > 0 {
		t.Errorf("%d new, %d recorded, %d refused, errors %v, want 8, 392, 0", fresh, recorded, refused, all.errs)
	}
	if n := len(stored(t, r.log)); n != 8 {
		t.Errorf("the log holds %d events, want 8", n)
	}
}

func TestQueueIsBounded(t *testing.T) {
	g := newGate()
	r := start(t, g, func(o *intake.Options) { o.Queue = intake.Limits{Events: 3} })
	ctx := eventtest.Context(t)
	var all answers
	all.emit(ctx, r.Intake, false, training("a", 1))
	<-g.entered
	all.emit(ctx, r.Intake, false, training("b", 1), training("c", 1), training("d", 1), training("e", 1))
	awaitQueued(t, r, 5)
	if _, err := r.Emit(ctx, intake.Request{Events: [][]byte{training("f", 1)}, By: access.Local}); !errors.Is(err, intake.ErrOverloaded) {
		t.Errorf("Emit() to a full queue = %v, want ErrOverloaded", err)
	}
	g.pass <- nil
	<-g.entered
	g.pass <- nil
	if fresh, _, _ := all.counts(); fresh != 5 {
		t.Errorf("%d new, want 5", fresh)
	}
	if queued(t, r) != 0 {
		t.Errorf("%d events still count as queued", queued(t, r))
	}
}
