package projections_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/projections"
	"github.com/kaohe/kaohe/projections/snapshots"
)

// counted is a log that counts the commits read from it.
type counted struct {
	events.Log
	read atomic.Int64
}

func (c *counted) Read(ctx context.Context, after uint64, fn func(events.Commit) error) error {
	return c.Log.Read(ctx, after, func(commit events.Commit) error {
		c.read.Add(1)
		return fn(commit)
	})
}

// house is a log with snapshots beside it, over several starts.
type house struct {
	tb   testing.TB
	log  *counted
	dir  string
	head events.Head
	reg  *prometheus.Registry // of the last start
}

func newHouse(tb testing.TB) *house {
	tb.Helper()
	clock := time.Date(2018, 1, 1, 0, 0, 0, 0, time.UTC)
	log := eventtest.NewMemory(func() time.Time { clock = clock.Add(time.Hour); return clock })
	return &house{tb: tb, log: &counted{Log: log}, dir: tb.TempDir()}
}

// fill appends commits of one event each, firms that enter the pool.
func (h *house) fill(n int) {
	h.tb.Helper()
	for range n {
		id := fmt.Sprintf("e%d", h.head.Seq)
		e := incubated(id, "firm-"+id, "2018-02-01")
		h.append(string(events.AppendBatch(nil, [][]byte{e.AppendLine(nil)})))
	}
}

func (h *house) append(body string) {
	h.tb.Helper()
	c, err := h.log.Append(h.tb.Context(), h.head, fmt.Sprint(h.head.Seq), []byte(body))
	if err != nil {
		h.tb.Fatal(err)
	}
	h.head = c.Head()
}

func testRules(tb testing.TB, hash string) projections.Rules {
	types := mustCatalogue(tb)
	return projections.Rules{Hash: strings.Repeat(hash, 64), Orgs: mustOrgs(tb), Catalogue: types, Measures: testMeasures(tb, types)}
}

// start runs a runner until stop; change may alter its options.
func (h *house) start(change func(*projections.RunnerOptions)) (r *projections.Runner, a *projections.Archive, stop func()) {
	h.tb.Helper()
	store, err := snapshots.Open(h.dir)
	if err != nil {
		h.tb.Fatal(err)
	}
	h.reg = prometheus.NewRegistry()
	a, err = projections.OpenArchive(h.tb.Context(), projections.ArchiveOptions{Log: h.log, Store: store, Registerer: h.reg})
	if err != nil {
		h.tb.Fatal(err)
	}
	opts := projections.RunnerOptions{Log: h.log, IDs: a.IDs(), Rules: testRules(h.tb, "a"), Archive: a, SnapshotEvery: 10, Registerer: h.reg}
	if change != nil {
		change(&opts)
	}
	if r, err = projections.NewRunner(opts); err != nil {
		h.tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			h.tb.Errorf("Run() = %v after its context ended, want nil", err)
		}
	}
	h.tb.Cleanup(stop)
	return r, a, stop
}

// await returns the view of everything.
func (h *house) await(r *projections.Runner) *projections.View {
	h.tb.Helper()
	ctx, cancel := context.WithTimeout(h.tb.Context(), 30*time.Second)
	defer cancel()
	if _, err := r.Await(ctx, h.head.Seq); err != nil {
		h.tb.Fatal(err)
	}
	return r.View()
}

// unusable returns how often a snapshot could not be used, by reason.
func (h *house) unusable() map[string]int {
	h.tb.Helper()
	families, err := h.reg.Gather()
	if err != nil {
		h.tb.Fatal(err)
	}
	found := map[string]int{}
	for _, f := range families {
		if f.GetName() != "kaohe_snapshot_unusable_total" {
			continue
		}
		for _, m := range f.GetMetric() {
			if n := int(m.GetCounter().GetValue()); n > 0 {
				found[m.GetLabel()[0].GetValue()] = n
			}
		}
	}
	return found
}

// TestRestartReadsTheTail: after a restart only what came after the snapshot is read, and figures are the same.
func TestRestartReadsTheTail(t *testing.T) {
	h := newHouse(t)
	h.fill(50)
	h.append("no commit")
	h.fill(50)
	r, _, stop := h.start(nil)
	if got := pool(h.await(r)); got != 100 {
		t.Fatalf("the pool is %d, want 100", got)
	}
	stop()
	h.fill(3)
	h.log.read.Store(0)
	r, a, stop := h.start(nil)
	v := h.await(r)
	if got := pool(v); got != 103 {
		t.Errorf("after a restart the pool is %d, want 103", got)
	}
	if n := h.log.read.Load(); n != 6 { // once for plans, once for figures
		t.Errorf("the restart read %d commits, want the 3 of the tail twice", n)
	}
	if list := v.Quarantine(); len(list) != 1 || list[0].At.Seq() != 51 || v.LeftOut() != 1 {
		t.Errorf("after a restart %+v is quarantined, want commit 51", list)
	}
	if _, known := a.IDs().Lookup(events.KeyOf("kaohe:450703", "e5")); !known {
		t.Error("an identity of before the snapshot is not known")
	}
	if got := h.unusable(); len(got) != 0 {
		t.Errorf("unusable snapshots: %v, want none", got)
	}
	if problems, err := testutil.GatherAndLint(h.reg); err != nil || len(problems) > 0 {
		t.Errorf("metrics: %v, %v", problems, err)
	}
	stop()
}

// TestUnusableSnapshots: whatever is wrong with a snapshot, the log is read instead and it is counted.
func TestUnusableSnapshots(t *testing.T) {
	each := func(tb testing.TB, h *house, fn func(path string)) {
		list, err := filepath.Glob(filepath.Join(h.dir, "*.snap"))
		if err != nil || len(list) == 0 {
			tb.Fatalf("no snapshots: %v, %v", list, err)
		}
		for _, path := range list {
			fn(path)
		}
	}
	rewrite := func(fn func([]byte) []byte) func(testing.TB, *house) {
		return func(tb testing.TB, h *house) {
			each(tb, h, func(path string) {
				b, err := os.ReadFile(path)
				if err != nil {
					tb.Fatal(err)
				}
				if err := os.WriteFile(path, fn(b), 0o600); err != nil {
					tb.Fatal(err)
				}
			})
		}
	}
	for _, tt := range []struct {
		name  string
		spoil func(testing.TB, *house)
		rules string
		want  string // the reason that is counted, "" if none
	}{
		{"missing", func(tb testing.TB, h *house) {
			each(tb, h, func(path string) {
				if err := os.Remove(path); err != nil {
					tb.Fatal(err)
				}
			})
		}, "a", "missing"},
		{"the index missing", remove("index-*"), "a", "missing"},
		{"the folds missing", remove("fold-*"), "a", "missing"},
		{"truncated", rewrite(func(b []byte) []byte { return b[:len(b)/2] }), "a", "damaged"},
		{"a bit flipped", rewrite(func(b []byte) []byte { b[len(b)-9] ^= 4; return b }), "a", "damaged"},
		{"empty", rewrite(func([]byte) []byte { return nil }), "a", "damaged"},
		{"by another plan", func(testing.TB, *house) {}, "b", "plan"},
		{"of another layout", resave(func(m snapshots.Meta) snapshots.Meta { m.Layout = 99; return m }), "a", "layout"},
		{"newer than the log", resave(func(m snapshots.Meta) snapshots.Meta { m.Head.Seq = 1000; return m }), "a", "ahead"},
		{"of another log", resave(func(m snapshots.Meta) snapshots.Meta { m.Head.Hash[0] ^= 1; return m }), "a", "diverged"},
		{"sound, but of another commit", resave(func(m snapshots.Meta) snapshots.Meta { return m }), "a", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHouse(t)
			h.fill(50)
			r, _, stop := h.start(nil)
			h.await(r)
			stop()
			tt.spoil(t, h)
			h.fill(1)
			r, a, _ := h.start(func(o *projections.RunnerOptions) { o.Rules = testRules(t, tt.rules) })
			<-r.CaughtUp()
			if n := a.IDs().Len(); n != 51 { // or what was recorded would be taken once more
				t.Errorf("%d identities are known when figures are shown, want 51", n)
			}
			if got := pool(h.await(r)); got != 51 {
				t.Errorf("the pool is %d, want 51", got)
			}
			got := h.unusable()
			if tt.want == "" && len(got) != 0 || tt.want != "" && got[tt.want] == 0 {
				t.Errorf("unusable: %v, want %q", got, tt.want)
			}
		})
	}
}

// remove removes some of the snapshots.
func remove(pattern string) func(testing.TB, *house) {
	return func(tb testing.TB, h *house) {
		list, err := filepath.Glob(filepath.Join(h.dir, pattern))
		if err != nil || len(list) == 0 {
			tb.Fatalf("no %s: %v", pattern, err)
		}
		for _, path := range list {
			if err := os.Remove(path); err != nil {
				tb.Fatal(err)
			}
		}
	}
}

// resave saves all snapshots under another name card, and removes what they were.
func resave(change func(snapshots.Meta) snapshots.Meta) func(testing.TB, *house) {
	return func(tb testing.TB, h *house) {
		store, err := snapshots.Open(h.dir)
		if err != nil {
			tb.Fatal(err)
		}
		for _, m := range store.List() {
			payload, _, err := store.Load(m)
			if err != nil {
				tb.Fatal(err)
			}
			if err := store.Drop(m); err != nil {
				tb.Fatal(err)
			}
			if err := store.Save(tb.Context(), change(m), payload); err != nil {
				tb.Fatal(err)
			}
		}
	}
}

// TestFormerRulesServeMeanwhile: with a snapshot of the former rules their figures are shown at once, and those of the new
// ones as soon as the log is folded by them; the takeover is told.
func TestFormerRulesServeMeanwhile(t *testing.T) {
	h := newHouse(t)
	h.fill(60)
	r, _, stop := h.start(nil)
	h.await(r)
	stop()
	h.fill(2)
	former, present := testRules(t, "a"), testRules(t, "b")
	for i := range present.Measures {
		if present.Measures[i].Name == "pool" { // counts nothing any more
			present.Measures[i].Inputs = present.Measures[0].Inputs
		}
	}
	type told struct{ before, after string }
	took := make(chan told, 1)
	r, _, _ = h.start(func(o *projections.RunnerOptions) {
		o.Rules, o.Former = present, &former
		o.TookOver = func(before, after *projections.View) {
			took <- told{fmt.Sprintf("%.1s%d", before.Rules().Hash, pool(before)), fmt.Sprintf("%.1s%d", after.Rules().Hash, pool(after))}
		}
	})
	got := <-took
	if got.after != "b0" || !strings.HasPrefix(got.before, "a6") {
		t.Errorf("took over from %s to %s, want from some 60 by a to none by b", got.before, got.after)
	}
	h.fill(1)
	if v := h.await(r); v.Rules().Hash != present.Hash || v.Events() != 63 {
		t.Errorf("afterwards %.1s with %d events is shown, want b with 63", v.Rules().Hash, v.Events())
	}
}
