package indicators_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/natslog"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
	"github.com/kaohe/kaohe/projections/snapshots"
)

// metered counts the bytes of the commits read from a log.
type metered struct {
	events.Log
	read atomic.Int64
}

func (m *metered) Read(ctx context.Context, after uint64, fn func(events.Commit) error) error {
	return m.Log.Read(ctx, after, func(c events.Commit) error {
		m.read.Add(int64(len(c.Body)))
		return fn(c)
	})
}

// BenchmarkRestart starts the fold of a durable log of a million events from its snapshot, with a tail of a thousand, and
// again without a snapshot, in the same run. It reports both times, what was read each time, and how many times longer the
// full rebuild takes.
func BenchmarkRestart(b *testing.B) {
	const n, tail = 1_000_000, 1000
	dir := b.TempDir()
	log, err := natslog.Open(b.Context(), natslog.NewOptions(filepath.Join(dir, "log")))
	if err != nil {
		b.Fatal(err)
	}
	defer log.Close(context.Background())
	plan, store := mustPlan(b), filepath.Join(dir, "snapshots")
	head := fill(b, log, events.Head{}, commitsOf(n+tail, 1000)[:n/1000])
	startFold(b, plan, log, store, head.Seq)
	head = fill(b, log, head, commitsOf(n+tail, 1000)[n/1000:])
	var fromSnapshot, rebuild time.Duration
	var tailBytes, allBytes, snapshotBytes int64
	for b.Loop() {
		meter := &metered{Log: log}
		fromSnapshot += timeFold(b, plan, meter, store, head.Seq)
		tailBytes = meter.read.Swap(0)
		rebuild += timeFold(b, plan, meter, "", head.Seq)
		allBytes = meter.read.Load()
	}
	files, err := filepath.Glob(filepath.Join(store, "*.snap"))
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range files {
		if info, err := os.Stat(f); err == nil {
			snapshotBytes += info.Size()
		}
	}
	b.ReportMetric(float64(fromSnapshot.Milliseconds())/float64(b.N), "ms-restart")
	b.ReportMetric(float64(rebuild.Milliseconds())/float64(b.N), "ms-rebuild")
	b.ReportMetric(rebuild.Seconds()/fromSnapshot.Seconds(), "times-longer")
	b.ReportMetric(float64(tailBytes)/1e6, "MB-log-restart")
	b.ReportMetric(float64(allBytes)/1e6, "MB-log-rebuild")
	b.ReportMetric(float64(snapshotBytes)/1e6, "MB-snapshots")
}

// fill appends the bodies of commits.
func fill(b *testing.B, log events.Log, head events.Head, commits []events.Commit) events.Head {
	for _, c := range commits {
		stored := eventtest.MustAppend(b, log, head, c.ID, c.Body)
		head = stored.Head()
	}
	return head
}

// startFold folds a log and leaves a snapshot.
func startFold(b *testing.B, plan *indicators.Plan, log events.Log, dir string, seq uint64) {
	beginFold(b, plan, log, dir, seq)()
}

// timeFold returns how long a start takes until all is folded.
func timeFold(b *testing.B, plan *indicators.Plan, log events.Log, dir string, seq uint64) time.Duration {
	runtime.GC() // what the start before has left behind is not its matter
	begin := time.Now()
	stop := beginFold(b, plan, log, dir, seq)
	took := time.Since(begin)
	stop()
	return took
}

func beginFold(b *testing.B, plan *indicators.Plan, log events.Log, dir string, seq uint64) (stop func()) {
	opts := projections.ArchiveOptions{Log: log}
	if dir != "" {
		store, err := snapshots.Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		opts.Store = store
	}
	archive, err := projections.OpenArchive(b.Context(), opts)
	if err != nil {
		b.Fatal(err)
	}
	runner, err := projections.NewRunner(projections.RunnerOptions{Log: log, IDs: archive.IDs(), Rules: plan.Rules(), Archive: archive, SnapshotEvery: 2_000_000})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- runner.Run(ctx) }()
	if _, err := runner.Await(ctx, seq); err != nil {
		b.Fatal(err)
	}
	return func() {
		cancel()
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
}
