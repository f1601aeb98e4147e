package indicators_test

import (
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

func mustFold(tb testing.TB) *projections.Fold {
	tb.Helper()
	plan, mistakes := indicators.Load(os.DirFS("../deploy/plan"))
	for _, m := range mistakes {
		tb.Fatal(m.In(events.English))
	}
	fold, err := projections.NewFold(plan.Orgs, plan.Catalogue, plan.Measures)
	if err != nil {
		tb.Fatal(err)
	}
	return fold
}

func takeAll(tb testing.TB, fold *projections.Fold, commits []events.Commit) {
	tb.Helper()
	reader := projections.NewReader(fold, events.NewIDs(), func(q projections.Quarantined) {
		tb.Fatalf("quarantined %v: %s", q.At, q.Detail)
	})
	for _, c := range commits {
		reader.Take(c)
		if c.Seq%4 == 0 {
			fold.View() // as the runner does every few thousand events
		}
	}
}

// BenchmarkFold folds encoded commits of 1,000 events in memory with the default plan: chain, decoding, identity, figures.
func BenchmarkFold(b *testing.B) {
	const n = 200_000
	commits := commitsOf(n, 1000)
	b.ReportAllocs()
	for b.Loop() {
		takeAll(b, mustFold(b), commits)
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkFoldMemory reports how much the heap grows an event, identities included, at a million events.
func BenchmarkFoldMemory(b *testing.B) {
	const n = 1_000_000
	commits := commitsOf(n, 1000)
	for b.Loop() {
		fold, ids := mustFold(b), events.NewIDs()
		before := heap()
		reader := projections.NewReader(fold, ids, func(q projections.Quarantined) { b.Fatalf("quarantined: %s", q.Detail) })
		for _, c := range commits {
			reader.Take(c)
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
