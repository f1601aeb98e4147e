package recount_test

import (
	"bytes"
	"context"
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

// past follows a log by the rules of a world to its end, and returns its archive and the last view.
func past(t *rapid.T, w *world, log events.Log, dir string) (*projections.Archive, *projections.View) {
	archive := keeping(t, log, dir)
	end, err := log.End(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	r := follow(t, projections.RunnerOptions{Log: log, IDs: archive.IDs(), Archive: archive, Rules: w.plan.Rules()})
	defer r.stop(t)
	return archive, r.await(t, end)
}

// TestKnownAt: what was known after a commit is the fold of the log up to there and no more, from whatever snapshot it is
// made, though the archive has read on.
func TestKnownAt(t *testing.T) {
	t.Parallel()
	w, in := larger(), t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		log := drawLog(t, w.units, logSize)
		commits := written(log, drawLayout(t, log))
		dir := directory(t, in)
		defer os.RemoveAll(dir)
		archive, _ := past(t, w, logOf(t, commits), dir)
		if len(commits) > 0 && rapid.Bool().Draw(t, "snapshot") {
			at := one(t, "snapshot at", places[1:len(commits)+1]...)
			if err := archive.Save(context.Background(), w.plan.Rules(), uint64(at), nil); err != nil {
				t.Error(err)
			}
		}
		n := one(t, "known at", places[:len(commits)+1]...)
		v, err := archive.View(context.Background(), w.plan.Rules(), uint64(n))
		if err != nil {
			t.Fatal(err)
		}
		alike(t, w, v, folded(t, w, commits[:n]), questions(t, w, 2))
		hold(t, w, v, live(flat(commits[:n])), drawQuestion(t, w))
	})
}

// TestKnownAtATime: a time means all commits recorded by then.
func TestKnownAtATime(t *testing.T) {
	t.Parallel()
	w := larger()
	rapid.Check(t, func(t *rapid.T) {
		log := drawLog(t, w.units, logSize)
		commits := written(log, together(log, 1))
		now := recordedAt
		var times []time.Time
		memory := eventtest.NewMemory(func() time.Time {
			now = now.Add(one(t, "later by", 0, time.Second, time.Minute))
			times = append(times, now)
			return now
		})
		appendTo(t, memory, commits)
		dir := directory(t, os.TempDir())
		defer os.RemoveAll(dir)
		archive, v := past(t, w, memory, dir)
		for range 5 {
			at := recordedAt.Add(-time.Second)
			if len(times) > 0 {
				at = one(t, "time", times...).Add(one[time.Duration](t, "about", 0, -1, 1))
			}
			var want uint64
			for _, recorded := range times {
				if !recorded.After(at) {
					want++
				}
			}
			if got, err := archive.SeqAt(context.Background(), v, at); err != nil || got != want {
				t.Errorf("by %v commit %d was recorded, %v; want %d", at, got, err, want)
			}
		}
	})
}

// TestFiguresByThePlanThenInForce: with its plan in the log, each point of it has the figures of the plan in force there,
// whatever the plan of today is.
func TestFiguresByThePlanThenInForce(t *testing.T) {
	t.Parallel()
	before, after, in := larger(), changed(), t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		log := withPlans(t, drawLog(t, before.units, logSize), before, after)
		commits := written(log, drawLayout(t, log))
		dir := directory(t, in)
		defer os.RemoveAll(dir)
		archive, today := past(t, after, logOf(t, commits), dir)
		n := one(t, "known at", places[:len(commits)+1]...)
		w := inForce(log, commits, n, before, after)
		if then, ok := today.PlanAt(uint64(n)); ok && then.Hash != w.plan.Hash || !ok && w != before {
			t.Fatalf("after commit %d plan %+v is in force, want %s", n, then, w.plan.Hash)
		}
		v, err := archive.View(context.Background(), w.plan.Rules(), uint64(n))
		if err != nil {
			t.Fatal(err)
		}
		hold(t, w, v, live(flat(commits[:n])), drawQuestion(t, w))
		hold(t, after, today, live(flat(commits)), drawQuestion(t, after))
	})
}

// withPlans puts one or two activations of a plan into a log.
func withPlans(t *rapid.T, log []record, plans ...*world) []record {
	n := len(log)
	order := append([]int(nil), places[:n]...)
	for i := range one(t, "plans", 1, 2) {
		hash := one(t, "plan", plans...).plan.Hash
		e := events.Event{Type: "PlanActivated", Source: "kaohe:plan", ID: hash + string(rune('a'+i)), Org: "450000", Schema: "PlanActivated.v1",
			Time: midnight("2018-06-01"), Data: canonical(object{"hash": hash, "archive": "AA=="})}
		log = append(log, record{kind: "plan", event: e})
		at := one(t, "place", places[:len(order)+1]...)
		order = append(order[:at], append([]int{n + i}, order[at:]...)...)
	}
	return arranged(log, order)
}

// inForce finds the plan activated last in the first n commits.
func inForce(log []record, commits [][][]byte, n int, first *world, others ...*world) *world {
	w := first
	for _, r := range log[:len(flat(commits[:n]))] {
		for _, other := range append(others, first) {
			if r.kind == "plan" && bytes.Contains(r.event.Data, []byte(other.plan.Hash)) {
				w = other
			}
		}
	}
	return w
}

// TestPlanComesOutOfTheLog: the plan by which an old point is counted again is read from the log itself.
func TestPlanComesOutOfTheLog(t *testing.T) {
	w := changed()
	e := events.Event{Type: "PlanActivated", Source: "kaohe:plan", ID: "1", Org: "450000", Schema: "PlanActivated.v1", Time: midnight("2018-06-01"),
		Data: canonical(object{"hash": w.plan.Hash, "archive": w.plan.Archive})}
	archive := keeping(t, logOf(t, [][][]byte{{e.AppendLine(nil)}}), t.TempDir())
	then, ok := archive.PlanInForce()
	if !ok || then.Hash != w.plan.Hash {
		t.Fatalf("in force: %+v, want %s", then, w.plan.Hash)
	}
	packed, err := archive.PlanArchive(context.Background(), then.At)
	if err != nil {
		t.Fatal(err)
	}
	files, err := indicators.Unpack(packed)
	if err != nil {
		t.Fatal(err)
	}
	if p, mistakes := indicators.Load(files); len(mistakes) > 0 || p.Hash != w.plan.Hash {
		t.Errorf("loaded from the log: %v, %v", p, mistakes)
	}
}
