package quality_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/indicators/quality"
)

// mixed is a log of the mix, of which no event was amended, and the identities of all of it.
func mixed(tb testing.TB, n int) (*eventtest.Memory, *events.IDs, uint64) {
	tb.Helper()
	mix, log, ids := eventtest.NewMix(1), eventtest.NewMemory(func() time.Time { return time.Unix(0, 0) }), events.NewIDs()
	var head events.Head
	for left := n; left > 0; left -= 1000 {
		var lines [][]byte
		for i := range min(left, 1000) {
			e := mix.Next()
			ids.Record(e.Key(), events.At(head.Seq+1, i))
			lines = append(lines, e.AppendLine(nil))
		}
		c := eventtest.MustAppend(tb, log, head, fmt.Sprint(head.Seq), events.AppendBatch(nil, lines))
		head = c.Head()
	}
	return log, ids, head.Seq
}

// watched reads a log with a watch.
func watched(tb testing.TB, log events.Log, ids *events.IDs, seq uint64) *quality.Watch {
	tb.Helper()
	ready := make(chan struct{})
	close(ready)
	w, err := quality.New(quality.Options{Plan: treePlan(), Log: log, IDs: ids, State: &slowState{ready}, CaughtUp: ready})
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	if err := w.Await(context.Background(), seq); err != nil {
		tb.Fatal(err)
	}
	cancel()
	if err := <-done; err != nil {
		tb.Fatal(err)
	}
	return w
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestWatchStaysSmall guards by counts, which no other load on the machine changes, what a watch keeps an event: with the mix,
// in which every other event is odd, since chance knows no villages and no envoys.
func TestWatchStaysSmall(t *testing.T) {
	const n = 50_000
	log, ids, seq := mixed(t, n)
	treePlan()
	before := heap()
	w := watched(t, log, ids, seq)
	perEvent := float64(heap()-before) / n
	p, err := w.List(quality.Query{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, c := range p.Counts {
		found += c
	}
	t.Logf("%.0f bytes an event, %d findings", perEvent, found)
	if perEvent > 170 {
		t.Errorf("%.0f bytes an event, want at most 170", perEvent)
	}
	runtime.KeepAlive(w)
	runtime.KeepAlive(log)
	runtime.KeepAlive(ids)
}

// TestNoticeOfWhatNoRuleLooksAtIsCheap: by counts, too.
func TestNoticeOfWhatNoRuleLooksAtIsCheap(t *testing.T) {
	r := newRig(t, treePlan())
	r.record(requested("C", "18.00"))
	r.findings()
	list := []events.Event{newEvent(t, target("450703", "conversions", ""), "x")}
	if n := testing.AllocsPerRun(100, func() { r.watch.Notice(list) }); n > 40 {
		t.Errorf("%v allocations, want at most 40", n)
	}
}

// BenchmarkRead reports how fast a watch reads, and how much it keeps an event.
func BenchmarkRead(b *testing.B) {
	const n = 200_000
	log, ids, seq := mixed(b, n)
	for b.Loop() {
		before := heap()
		w := watched(b, log, ids, seq)
		b.ReportMetric(float64(heap()-before)/n, "B/event")
		runtime.KeepAlive(w)
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkNotice reports what it takes to look at an event of the mix beside 200,000 others.
func BenchmarkNotice(b *testing.B) {
	log, ids, seq := mixed(b, 200_000)
	w := watched(b, log, ids, seq)
	mix := eventtest.NewMix(2)
	for i := 0; b.Loop(); i++ {
		e := mix.Next()
		e.ID += "-new"
		w.Notice([]events.Event{e})
	}
}
