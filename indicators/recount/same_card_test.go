package recount_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

// questions draws several questions about one unit each.
func questions(t *rapid.T, w *world, n int) (list []question) {
	for range n {
		list = append(list, drawQuestion(t, w))
	}
	return list
}

// alike holds the answers of two folds against each other. Where a closing stands in the log is left out: that may differ.
func alike(tb rapid.TB, w *world, got, want *projections.View, list []question) {
	for _, q := range list {
		g, want := bare(ask(w, got, q)), bare(ask(w, want, q))
		if reflect.DeepEqual(g, want) {
			continue
		}
		if g, want := asJSON(g), asJSON(want); g != want {
			tb.Errorf("%s in %s as of %s:\n got %s\nwant %s", q.unit, quarterOf(q.first), q.asOf.Format(time.DateOnly), g, want)
		}
	}
	if got.LeftOut() != want.LeftOut() || got.Breaks() != want.Breaks() {
		tb.Errorf("left out %d, %d breaks, want %d, %d", got.LeftOut(), got.Breaks(), want.LeftOut(), want.Breaks())
	}
}

// bare returns a scorecard without the places of closings.
func bare(card *indicators.Scorecard) *indicators.Scorecard {
	if card.Closed != nil {
		card.Closed.At, card.Closed.Through = 0, 0
	}
	return card
}

func asJSON(card *indicators.Scorecard) string {
	b, err := json.Marshal(card)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// TestAnySplitIntoCommits: how events are gathered in commits changes nothing.
func TestAnySplitIntoCommits(t *testing.T) {
	t.Parallel()
	w := larger()
	rapid.Check(t, func(t *rapid.T) {
		log := drawLog(t, w.units, logSize)
		whole := folded(t, w, written(log, together(log, 1000)))
		parts := folded(t, w, written(log, drawLayout(t, log)))
		if whole.Events() != parts.Events() {
			t.Errorf("%d events, want %d", parts.Events(), whole.Events())
		}
		alike(t, w, parts, whole, questions(t, w, 2))
	})
}

// drawLayout draws a split into commits: of one event each, or of sizes that change.
func drawLayout(t *rapid.T, log []record) layout {
	if rapid.Bool().Draw(t, "one by one") {
		return together(log, 1)
	}
	l, seq, left := make(layout, len(log)), uint64(0), 0
	for i := range log {
		if left == 0 || log[i].kind == "plan" || log[i-1].kind == "plan" {
			seq, left = seq+1, one(t, "a commit", 1, 2, 3, 10, 60, 1000)
		}
		l[i], left = seq, left-1
	}
	return l
}

// TestViewsStandStill: what was published goes on saying the same, however the log goes on.
func TestViewsStandStill(t *testing.T) {
	t.Parallel()
	w := larger()
	rapid.Check(t, func(t *rapid.T) {
		log := drawLog(t, w.units, logSize)
		commits := written(log, drawLayout(t, log))
		n := one(t, "commits", places[:len(commits)+1]...)
		memory := logOf(t, commits[:n])
		r := follow(t, projections.RunnerOptions{Log: memory, IDs: events.NewIDs(), Rules: w.plan.Rules()})
		defer r.stop(t)
		v := r.await(t, uint64(n))
		appendTo(t, memory, commits[n:])
		alike(t, w, r.await(t, uint64(len(commits))), folded(t, w, commits), questions(t, w, 2))
		alike(t, w, v, folded(t, w, commits[:n]), questions(t, w, 2))
	})
}
