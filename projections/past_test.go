package projections_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections"
	"github.com/kaohe/kaohe/projections/snapshots"
)

// TestPlansOfOtherTrees: which plan was in force is known whatever the present plan knows of the unit that recorded it.
func TestPlansOfOtherTrees(t *testing.T) {
	h := newHouse(t)
	activated := func(org, hash string) {
		e := events.Event{Type: "PlanActivated", Source: "s", ID: "plan-" + hash, Time: "2018-01-01T00:00:00+08:00", Org: org, Schema: "PlanActivated.v7",
			Data: fmt.Appendf(nil, `{"archive":"aGFzaA==","hash":%q}`, hash)}
		h.append(string(events.AppendBatch(nil, [][]byte{e.AppendLine(nil)})))
	}
	activated("somewhere", "one")
	h.fill(2)
	activated("450703", "two")
	r, _, stop := h.start(nil)
	v := h.await(r)
	var got []string
	for seq := range uint64(5) {
		p, _ := v.PlanAt(seq)
		got = append(got, p.Hash)
	}
	if diff := cmp.Diff([]string{"", "one", "one", "one", "two"}, got); diff != "" || v.LeftOut() != 0 {
		t.Errorf("plans in force (-want +got), %d left out:\n%s", v.LeftOut(), diff)
	}
	stop()
	_, a, _ := h.start(nil)
	p, ok := a.PlanInForce()
	if packed, err := a.PlanArchive(t.Context(), p.At); !ok || p.Hash != "two" || err != nil || string(packed) != "hash" {
		t.Errorf("in force: %+v, its archive %q, %v", p, packed, err)
	}
}

// TestKnownAt: a view of the past is the fold of the first commits, from a snapshot or not, and times name commits.
func TestKnownAt(t *testing.T) {
	h := newHouse(t)
	h.fill(200)
	r, a, _ := h.start(nil)
	now := h.await(r)
	for _, seq := range []uint64{1, 9, 64, 65, 128, 200, 9} {
		v, err := a.View(t.Context(), testRules(t, "a"), seq)
		if err != nil {
			t.Fatal(err)
		}
		if got := pool(v); got != int64(seq) || v.Head().Seq != seq {
			t.Errorf("known at %d: the pool is %d, the head %d", seq, got, v.Head().Seq)
		}
	}
	var got, want []uint64
	for seq := range uint64(202) { // one commit an hour
		at := time.Date(2018, 1, 1, 0, 30, 0, 0, time.UTC).Add(time.Duration(seq) * time.Hour)
		n, err := a.SeqAt(t.Context(), now, at)
		if err != nil {
			t.Fatal(err)
		}
		got, want = append(got, n), append(want, min(seq, 200))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("SeqAt (-want +got):\n%s", diff)
	}
}

// TestSnapshotsAreMadeWhileFolding, some of them; the older ones go.
func TestSnapshotsAreMadeWhileFolding(t *testing.T) {
	h := newHouse(t)
	r, a, stop := h.start(nil)
	for range 5 {
		h.fill(20)
		v := h.await(r)
		if err := a.Save(t.Context(), testRules(t, "a"), v.Head().Seq, nil); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	store, err := snapshots.Open(h.dir)
	if err != nil {
		t.Fatal(err)
	}
	folds := 0
	for _, m := range store.List() {
		if m.Kind == snapshots.Fold {
			folds++
		}
	}
	if folds < 2 || folds > 3 { // the latest two, and perhaps the last of the month
		t.Errorf("%d folds are kept, want 2 or 3", folds)
	}
}

// FuzzDecodeFold: no bytes make the decoder panic, and what it takes can be folded on.
func FuzzDecodeFold(f *testing.F) {
	rules := testRules(f, "a")
	fold, err := projections.NewFold(rules)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(fold.Encode())
	for i := range 12 {
		e := incubated(fmt.Sprint(i), fmt.Sprint(i%3), "2018-02-01")
		if err := fold.Take(mustStored(f, e.AppendLine(nil)), at(i), events.NewIDs().Lookup); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(fold.Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		fold, err := projections.DecodeFold(rules, b)
		if err != nil {
			return
		}
		fold.View()
		fold.Encode()
	})
}
