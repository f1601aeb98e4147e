package intake_test

import (
	"context"
	"sync"
	"testing"

	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/intake"
)

// answers collects what concurrent callers got.
type answers struct {
	wg       sync.WaitGroup
	mu       sync.Mutex
	receipts []intake.Receipt
	errs     []error
}

func (a *answers) emit(ctx context.Context, in *intake.Intake, atomic bool, raw ...[]byte) {
	a.wg.Go(func() {
		receipt, err := in.Emit(ctx, intake.Request{Events: raw, By: access.Local, Atomic: atomic})
		a.mu.Lock()
		defer a.mu.Unlock()
		if err != nil {
			a.errs = append(a.errs, err)
			return
		}
		a.receipts = append(a.receipts, receipt)
	})
}

func (a *answers) counts() (fresh, recorded, refused int) {
	a.wg.Wait()
	for _, r := range a.receipts {
		n, m, k := r.Counts()
		fresh, recorded, refused = fresh+n, recorded+m, refused+k
	}
	return fresh, recorded, refused
}

// awaitQueued waits until so many events are queued or in flight.
func awaitQueued(tb testing.TB, r *rig, n int) {
	tb.Helper()
	ctx := eventtest.Context(tb)
	for queued(tb, r) < n {
		if ctx.Err() != nil {
			tb.Fatalf("%d events are queued, want %d", queued(tb, r), n)
		}
	}
}

func queued(tb testing.TB, r *rig) int {
	tb.Helper()
	families, err := r.registry.Gather()
	if err != nil {
		tb.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "kaohe_intake_queue_events" {
			return int(f.GetMetric()[0].GetGauge().GetValue())
		}
	}
	tb.Fatal("no metric kaohe_intake_queue_events")
	return 0
}
