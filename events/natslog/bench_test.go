package natslog_test

import (
	"fmt"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
)

var sizes = []int{1, 32, 1000}

// BenchmarkAppend appends one commit after the other, each fsynced before the next. One op is one commit.
func BenchmarkAppend(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprintf("%d", n), func(b *testing.B) {
			log := mustOpen(b, options(b))
			body := eventtest.Batch("e", n, 350)
			var head events.Head
			for i := 0; b.Loop(); i++ {
				c, err := log.Append(b.Context(), head, fmt.Sprintf("commit-%d", i), body)
				if err != nil {
					b.Fatal(err)
				}
				head = c.Head()
			}
			reportEvents(b, n*b.N)
		})
	}
}

// BenchmarkRead reads a log of 1,000 to 10,000 commits from its beginning, without checking the chain. One op is the
// whole log.
func BenchmarkRead(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprintf("%d", n), func(b *testing.B) {
			total := min(1_000_000, n*10_000)
			log := mustOpen(b, options(b))
			body := eventtest.Batch("e", n, 350)
			var head events.Head
			for i := range total / n {
				c := eventtest.MustAppend(b, log, head, fmt.Sprint(i), body)
				head = c.Head()
			}
			b.ResetTimer()
			for range b.N {
				mustReadAll(b, log, head.Seq)
			}
			reportEvents(b, total*b.N)
		})
	}
}

// BenchmarkOpen opens a log of 250 MB, which is read to see that it is whole.
func BenchmarkOpen(b *testing.B) {
	opts := options(b)
	log := mustOpen(b, opts)
	body := eventtest.Batch("e", 1000, 350)
	var head events.Head
	for i := range 700 {
		c := eventtest.MustAppend(b, log, head, fmt.Sprint(i), body)
		head = c.Head()
	}
	mustClose(b, log)
	b.SetBytes(int64(700 * len(body)))
	for b.Loop() {
		mustClose(b, mustOpen(b, opts))
	}
}

func mustReadAll(b *testing.B, log events.Log, to uint64) {
	b.Helper()
	enough := fmt.Errorf("read up to %d", to)
	err := log.Read(b.Context(), 0, func(c events.Commit) error {
		if c.Seq == to {
			return enough
		}
		return nil
	})
	if err != enough {
		b.Fatal(err)
	}
}

func reportEvents(b *testing.B, n int) {
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
}
