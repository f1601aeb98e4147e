package intake_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/events/natslog"
)

// embedded opens a real log with faults between its writer and the server.
func embedded(tb testing.TB) (*natslog.Log, *eventtest.Faults) {
	tb.Helper()
	faults := eventtest.NewFaults(natslog.Subject)
	o := natslog.NewOptions(tb.TempDir())
	o.AckTimeout = 200 * time.Millisecond
	o.Wrap = func(r natslog.Role, c net.Conn) net.Conn {
		if r == natslog.Writer {
			return faults.Conn(c)
		}
		return c
	}
	log, err := natslog.Open(eventtest.Context(tb), o)
	if err != nil {
		tb.Fatalf("open log: %v", err)
	}
	tb.Cleanup(func() {
		if err := log.Close(context.Background()); err != nil {
			tb.Errorf("close log: %v", err)
		}
	})
	return log, faults
}

// Whatever happens between the writer and the server, each caller gets its true outcome, and the log holds each event
// once.
func TestFaultsBetweenTheWriterAndTheServer(t *testing.T) {
	log, faults := embedded(t)
	r := start(t, log)
	for i, fault := range []eventtest.Fault{
		eventtest.LosePublish, eventtest.LoseAck, eventtest.CutPublish, eventtest.CutAck,
	} {
		t.Run(fault.String(), func(t *testing.T) {
			faults.Script(fault)
			var all answers
			for j := range 20 {
				all.emit(eventtest.Context(t), r.Intake, j%2 == 0, training(fmt.Sprint(i, "-", j/2), 1), training(fmt.Sprint(i, "+", j), 1))
			}
			fresh, recorded, refused := all.counts()
			if fresh != 30 || recorded != 10 || refused != 0 || len(all.errs) > 0 {
				t.Errorf("%d new, %d recorded, %d refused, errors %v, want 30, 10, 0", fresh, recorded, refused, all.errs)
			}
			if n := len(stored(t, log)); n != 30*(i+1) {
				t.Errorf("the log holds %d events, want %d", n, 30*(i+1))
			}
			if faults.Pending() > 0 {
				t.Error("the fault did not happen")
			}
		})
	}
}

func TestTheSameIDWhileItsCommitIsInFlight(t *testing.T) {
	log, faults := embedded(t)
	r := start(t, log)
	faults.Script(eventtest.HoldAck)
	ctx := eventtest.Context(t)
	var first, repeats, other answers
	first.emit(ctx, r.Intake, false, training("a", 1))
	if err := faults.AwaitHeld(ctx); err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		repeats.emit(ctx, r.Intake, i%2 == 0, training("a", 1))
	}
	other.emit(ctx, r.Intake, false, training("a", 2))
	faults.Release()
	fresh, recorded, _ := first.counts()
	if fresh+recorded != 1 || len(first.errs) > 0 {
		t.Fatalf("first: %d new, errors %v", fresh, first.errs)
	}
	fresh2, recorded, refused := repeats.counts()
	if fresh+fresh2 != 1 || recorded != 10-fresh2 || refused != 0 || len(repeats.errs) > 0 {
		t.Errorf("repeats: %d new, %d recorded, %d refused, errors %v, want 10 recorded", fresh2, recorded, refused, repeats.errs)
	}
	if _, _, refused := other.counts(); refused != 1 {
		t.Errorf("other content: %d refused, errors %v, want 1", refused, other.errs)
	}
	if n := len(stored(t, log)); n != 1 {
		t.Errorf("the log holds %d events, want 1", n)
	}
}

func TestALogThatIsClosedIsAnErrorNotALie(t *testing.T) {
	log, _ := embedded(t)
	r := start(t, log)
	r.emit(t, training("a", 1))
	if err := log.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		_, err := r.Emit(eventtest.Context(t), intake.Request{Events: [][]byte{training("b", 1)}, By: access.Local})
		if err == nil {
			t.Fatal("Emit() on a closed log gave a receipt")
		}
		if errors.Is(err, intake.ErrOverloaded) {
			t.Errorf("Emit() = %v", err)
		}
	}
}
