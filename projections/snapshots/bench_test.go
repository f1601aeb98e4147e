package snapshots_test

import (
	"testing"

	"github.com/kaohe/kaohe/projections/snapshots"
)

const benchSize = 60 << 20

// BenchmarkSave writes 60 MiB, durable at the end of each op.
func BenchmarkSave(b *testing.B) {
	for _, c := range contents {
		b.Run(c.name, func(b *testing.B) {
			s := mustOpen(b, b.TempDir())
			payload := c.make(benchSize)
			b.SetBytes(benchSize)
			for b.Loop() {
				mustSave(b, s, fold(1), payload)
			}
		})
	}
}

// BenchmarkLoad reads the 60 MiB back.
func BenchmarkLoad(b *testing.B) {
	for _, c := range contents {
		b.Run(c.name, func(b *testing.B) {
			s := mustOpen(b, b.TempDir())
			mustSave(b, s, fold(1), c.make(benchSize))
			b.SetBytes(benchSize)
			var read int64
			for b.Loop() {
				var err error
				if _, read, err = s.Load(fold(1)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(read)/(1<<20), "MiB-read")
		})
	}
}

// BenchmarkOpen lists a directory of fifty snapshots.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	s := mustOpen(b, dir)
	for i := range uint64(50) {
		mustSave(b, s, fold(i+1), contents[1].make(1<<20))
	}
	for b.Loop() {
		if s, err := snapshots.Open(dir); err != nil || len(s.List()) != 50 {
			b.Fatalf("Open() = %v, want a store that lists 50", err)
		}
	}
}
