package recount_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/projections"
)

// The tests here write one log in two ways that must come to the same.

// arranged puts the records of a log in another order, given as their places in it.
func arranged(log []record, order []int) []record {
	place := make([]int, len(log))
	for now, was := range order {
		place[was] = now
	}
	list := make([]record, len(order))
	for now, was := range order {
		if list[now] = log[was]; list[now].acts() {
			list[now].target = place[list[now].target]
		}
	}
	versions(list)
	return list
}

// without strikes out some records; nothing may be about them.
func without(log []record, struck func(int) bool) []record {
	var order []int
	for i := range log {
		if !struck(i) {
			order = append(order, i)
		}
	}
	return arranged(log, order)
}

// alone lists the facts that no record is about.
func alone(log []record) (list []int) {
	about := map[int]bool{}
	for i := range log {
		if log[i].acts() {
			about[log[i].target] = true
		}
	}
	for i := range log {
		if log[i].kind == "fact" && !about[i] {
			list = append(list, i)
		}
	}
	return list
}

// chosen draws about a fourth of a list.
func chosen(t *rapid.T, list []int) (some []int) {
	for _, i := range list {
		if one(t, "chosen", false, false, false, true) {
			some = append(some, i)
		}
	}
	return some
}

// fold folds a log written as it comes.
func fold(t *rapid.T, w *world, log []record) *projections.View {
	return folded(t, w, written(log, together(log, 3)))
}

// TestDuplicatesChangeNothing: a line that comes once more, wherever and however often, is not there.
func TestDuplicatesChangeNothing(t *testing.T) {
	t.Parallel()
	w := larger()
	rapid.Check(t, func(t *rapid.T) {
		log := drawLog(t, w.units, logSize)
		repeated := slices.Clone(log)
		for range one(t, "repeats", places[1:21]...) {
			of := one(t, "of", places[:len(repeated)+1]...)
			if of < len(repeated) && repeated[of].kind != "again" {
				repeated = append(repeated, record{kind: "again", target: of})
			}
		}
		order := scattered(t, repeated, len(log))
		alike(t, w, fold(t, w, arranged(repeated, order)), fold(t, w, log), questions(t, w, 2))
	})
}

// scattered draws an order in which the records from one on stand anywhere behind what they are about.
func scattered(t *rapid.T, log []record, from int) []int {
	order := slices.Clone(places[:from])
	for i := from; i < len(log); i++ {
		after := slices.Index(order, log[i].target)
		order = slices.Insert(order, one(t, "place", places[after+1:len(order)+1]...), i)
	}
	return order
}

// TestVoidedIsAsNeverThere: facts that are voided, sooner or later, leave no trace.
func TestVoidedIsAsNeverThere(t *testing.T) {
	t.Parallel()
	w := larger()
	rapid.Check(t, func(t *rapid.T) {
		log := drawLog(t, w.units, logSize)
		gone := map[int]bool{}
		voided := slices.Clone(log)
		for _, i := range chosen(t, alone(log)) {
			gone[i] = true
			voided = append(voided, record{kind: "void", target: i})
		}
		order := scattered(t, voided, len(log))
		never := without(log, func(i int) bool { return gone[i] })
		with, want := fold(t, w, arranged(voided, order)), fold(t, w, never)
		if with.Events() != want.Events() {
			t.Errorf("%d events count, want %d", with.Events(), want.Events())
		}
		alike(t, w, with, want, questions(t, w, 2))
	})
}

// TestCorrectedIsAsItsTwin: a fact that is corrected counts as if it had been recorded so in the first place.
func TestCorrectedIsAsItsTwin(t *testing.T) {
	t.Parallel()
	w := larger()
	rapid.Check(t, func(t *rapid.T) {
		log := drawLog(t, w.units, logSize)
		d := newDrawer(t, w.units)
		amended, twins := slices.Clone(log), slices.Clone(log)
		for _, i := range chosen(t, alone(log)) {
			now := log[i].event
			for range one(t, "corrections", 1, 2, 3) {
				patch := d.patch(now)
				amended = append(amended, record{kind: "correction", target: i, patch: patch})
				now = corrected(now, patch)
			}
			twins[i].event = now
		}
		order := slices.Clone(places[:len(amended)])
		if rapid.Bool().Draw(t, "later ones between") { // in their order
			order = interleaved(t, order, len(log), amended)
		}
		alike(t, w, fold(t, w, arranged(amended, order)), fold(t, w, twins), questions(t, w, 2))
	})
}

// interleaved moves the records from one on to the front, behind what they are about and behind one another.
func interleaved(t *rapid.T, order []int, from int, log []record) []int {
	moved := slices.Clone(order[:from])
	behind := map[int]int{} // by target: the record moved last
	for i := from; i < len(order); i++ {
		target := log[i].target
		after := slices.Index(moved, target)
		if last, ok := behind[target]; ok {
			after = slices.Index(moved, last)
		}
		moved = slices.Insert(moved, one(t, "place", places[after+1:len(moved)+1]...), i)
		behind[target] = i
	}
	return moved
}

// TestControlEventsMayComeFirst: a void or correction that stands before what it is about takes effect as if it stood behind.
func TestControlEventsMayComeFirst(t *testing.T) {
	t.Parallel()
	w := larger()
	rapid.Check(t, func(t *rapid.T) {
		log := drawLog(t, w.units, logSize)
		order := controlsFirst(t, log)
		alike(t, w, fold(t, w, arranged(log, order)), fold(t, w, log), questions(t, w, 2))
	})
}

// controlsFirst moves some control events to the front of the log, in their order. Facts keep their order, since of the same
// ones the first counts.
func controlsFirst(t *rapid.T, log []record) (order []int) {
	var rest []int
	moved := map[int]bool{}
	for i := range log {
		first := rapid.Bool().Draw(t, "first")
		switch r := &log[i]; {
		case r.kind == "again":
			first = moved[r.target]
		case r.kind == "void":
		case r.kind == "correction":
			first = first && !slices.ContainsFunc(rest, func(j int) bool { return log[j].kind == "correction" && log[j].target == r.target })
		default:
			first = false
		}
		if moved[i] = first; first {
			order = append(order, i)
		} else {
			rest = append(rest, i)
		}
	}
	return append(order, rest...)
}
