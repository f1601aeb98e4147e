package indicators_test

import (
	"context"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

// commitsOf encodes facts of the mix as commits of a size, chained as a log has them.
func commitsOf(n, size int) []events.Commit {
	mix := eventtest.NewMix(1)
	var head events.Head
	var commits []events.Commit
	for left := n; left > 0; left -= size {
		var lines [][]byte
		for range min(size, left) {
			e := mix.Next()
			lines = append(lines, e.AppendLine(nil))
		}
		c := events.Commit{
			Seq: head.Seq + 1, ID: "mix", Prev: head.HashHex(), Recorded: time.Unix(int64(head.Seq), 0),
			Body: events.AppendBatch(nil, lines),
		}
		commits = append(commits, c)
		head = c.Head()
	}
	return commits
}

func mustPlan(tb testing.TB) *indicators.Plan {
	tb.Helper()
	plan, mistakes := indicators.Load(os.DirFS("../deploy/plan"))
	for _, m := range mistakes {
		tb.Fatal(m.In(events.English))
	}
	return plan
}

func mustFold(tb testing.TB) *projections.Fold {
	tb.Helper()
	plan := mustPlan(tb)
	fold, err := projections.NewFold(plan.Rules())
	if err != nil {
		tb.Fatal(err)
	}
	return fold
}

func mustParser(tb testing.TB, ids *events.IDs) *projections.Parser {
	tb.Helper()
	parser, err := projections.NewParser(mustPlan(tb).Rules(), ids)
	if err != nil {
		tb.Fatal(err)
	}
	return parser
}

// BenchmarkFold follows a log of commits of 1,000 events in memory with the default plan: reading, chain, decoding,
// identities, figures and views. It reports events a second, and how that compares to hashing the same commits, which
// checking the chain takes at least.
func BenchmarkFold(b *testing.B) {
	const n = 200_000
	commits := commitsOf(n, 1000)
	log := eventtest.NewMemory(time.Now)
	var head events.Head
	for _, c := range commits {
		stored := eventtest.MustAppend(b, log, head, c.ID, c.Body)
		head = stored.Head()
	}
	var hashing time.Duration
	plan := mustPlan(b)
	b.ReportAllocs()
	for b.Loop() {
		follow(b, plan, log, head.Seq)
		b.StopTimer()
		start := time.Now()
		for i := range commits {
			commits[i].Head()
		}
		hashing += time.Since(start)
		b.StartTimer()
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(b.Elapsed().Seconds()/hashing.Seconds(), "times-hashing")
}

// follow runs a runner until it has read the log to a commit.
func follow(b *testing.B, plan *indicators.Plan, log events.Log, seq uint64) {
	runner, err := projections.NewRunner(projections.RunnerOptions{
		Log: log, IDs: events.NewIDs(), Rules: plan.Rules(),
	})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error)
	go func() { done <- runner.Run(ctx) }()
	if _, err := runner.Await(ctx, seq); err != nil {
		b.Fatal(err)
	}
	cancel()
	if err := <-done; err != nil {
		b.Fatal(err)
	}
	if q := runner.Quarantine(); len(q) > 0 {
		b.Fatalf("quarantined: %+v", q[0])
	}
}

// TestFoldStaysCheap guards what BenchmarkFold and BenchmarkFoldMemory measure by counts, which no other load on the machine
// changes: allocations and heap growth an event.
func TestFoldStaysCheap(t *testing.T) {
	const n = 50_000
	commits := commitsOf(n, 1000)
	fold, ids := mustFold(t), events.NewIDs()
	parser := mustParser(t, ids)
	reader := projections.NewReader(fold, ids, nil, func(q projections.Quarantined) { t.Fatalf("quarantined: %s", q.Detail) })
	var parsed *projections.Parsed
	var before, after runtime.MemStats
	grown := heap()
	runtime.ReadMemStats(&before)
	for _, c := range commits {
		parsed = parser.Parse(c, parsed)
		if err := reader.Take(parsed); err != nil {
			t.Fatal(err)
		}
		fold.View()
	}
	runtime.ReadMemStats(&after)
	if got := float64(after.Mallocs-before.Mallocs) / n; got > 6 {
		t.Errorf("%.1f allocations an event, want at most 6", got)
	}
	if got := float64(heap()-grown) / n; got > 150 {
		t.Errorf("the heap grows by %.0f bytes an event in the first %d, want at most 150", got, n)
	}
	runtime.KeepAlive(reader)
	runtime.KeepAlive(commits)
}

// BenchmarkFoldMemory reports how much the heap grows an event, identities included, at a million events.
func BenchmarkFoldMemory(b *testing.B) {
	const n = 1_000_000
	commits := commitsOf(n, 1000)
	for b.Loop() {
		fold, ids := mustFold(b), events.NewIDs()
		parser := mustParser(b, ids)
		before := heap()
		reader := projections.NewReader(fold, ids, nil, func(q projections.Quarantined) { b.Fatalf("quarantined: %s", q.Detail) })
		for _, c := range commits {
			if err := reader.Take(parser.Parse(c, nil)); err != nil {
				b.Fatal(err)
			}
		}
		view := fold.View()
		b.ReportMetric(float64(heap()-before)/n, "B/event")
		runtime.KeepAlive(reader)
		runtime.KeepAlive(view)
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
