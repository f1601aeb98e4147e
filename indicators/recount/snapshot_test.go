package recount_test

import (
	"context"
	"os"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections"
	"github.com/kaohe/kaohe/projections/snapshots"
)

// counting is a log that notes which commits are read in a row. Looking at a single one again is not reading.
type counting struct {
	events.Log
	mu   sync.Mutex
	read []uint64 // guarded by mu
}

func (c *counting) Read(ctx context.Context, after uint64, fn func(events.Commit) error) error {
	return c.Log.Read(ctx, after, func(commit events.Commit) error {
		c.mu.Lock()
		c.read = append(c.read, commit.Seq)
		c.mu.Unlock()
		return fn(commit)
	})
}

// first returns the first commit that was read, 0 if none was.
func (c *counting) first() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.read) == 0 {
		return 0
	}
	return slices.Min(c.read)
}

// keeping opens an archive of a log with snapshots in a directory.
func keeping(tb rapid.TB, log events.Log, dir string) *projections.Archive {
	store, err := snapshots.Open(dir)
	if err != nil {
		tb.Fatal(err)
	}
	a, err := projections.OpenArchive(context.Background(), projections.ArchiveOptions{Log: log, Store: store})
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

// directory makes a directory for one case.
func directory(tb rapid.TB, in string) string {
	dir, err := os.MkdirTemp(in, "case")
	if err != nil {
		tb.Fatal(err)
	}
	return dir
}

// TestAnySnapshotPoint: who stops anywhere and goes on from a snapshot has the same figures, and reads the tail only.
func TestAnySnapshotPoint(t *testing.T) {
	t.Parallel()
	w, in := larger(), t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		log := drawLog(t, w.units, logSize)
		commits := written(log, drawLayout(t, log))
		dir := directory(t, in)
		defer os.RemoveAll(dir)
		memory, done, kept := logOf(t, nil), 0, uint64(0)
		var v *projections.View
		for _, stop := range append(drawStops(t, len(commits)), len(commits)) {
			appendTo(t, memory, commits[done:stop])
			counted := &counting{Log: memory}
			archive := keeping(t, counted, dir)
			r := follow(t, projections.RunnerOptions{Log: counted, IDs: archive.IDs(), Archive: archive, Rules: w.plan.Rules(), SnapshotEvery: 150})
			v = r.await(t, uint64(stop))
			saves := stop > 0 && rapid.Bool().Draw(t, "saves")
			if saves {
				if err := archive.Save(context.Background(), w.plan.Rules(), uint64(stop), v.Pinned()); err != nil {
					t.Error(err)
				}
			}
			r.stop(t)
			if first := counted.first(); first != 0 && first <= kept {
				t.Errorf("commit %d was read again, the snapshot has %d", first, kept)
			}
			done = stop
			if kept = latest(t, dir); saves && kept != uint64(stop) {
				t.Errorf("the latest snapshot is of commit %d, want %d", kept, stop)
			}
		}
		alike(t, w, v, folded(t, w, commits), questions(t, w, 2))
	})
}

// latest returns the commit of the latest snapshot.
func latest(tb rapid.TB, dir string) (seq uint64) {
	store, err := snapshots.Open(dir)
	if err != nil {
		tb.Fatal(err)
	}
	for _, m := range store.List() {
		if m.Kind == snapshots.Fold {
			seq = max(seq, m.Head.Seq)
		}
	}
	return seq
}

// drawStops draws the commits after which to stop, most often one.
func drawStops(t *rapid.T, n int) (stops []int) {
	for range one(t, "stops", 1, 1, 2) {
		stops = append(stops, one(t, "stop", places[:n+1]...))
	}
	slices.Sort(stops)
	return stops
}
