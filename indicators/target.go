package indicators

import (
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections"
)

// The bases in which a target may be worded (SEMANTICS 4.2).
const (
	BasisFlow   = "flow"   // so much within the year
	BasisStock  = "stock"  // a level to be reached
	BasisNet    = "net"    // so much more than on 31 December before
	BasisGrowth = "growth" // so many percent more than last year
)

// TargetProblem says why a target that was set cannot be used. The indicator then has none.
type TargetProblem string

// The problems of targets.
const (
	NoBase       TargetProblem = "no_base"       // growth on a year that has no figure, or nought
	BasisRefused TargetProblem = "basis_refused" // the indicator's kind does not go with the target's basis
)

// AllowsBasis reports whether a target for an indicator of the kind may be worded so.
func (k Kind) AllowsBasis(basis string) bool {
	switch basis {
	case BasisFlow:
		return k == Count || k == Sum || k == Distinct
	case BasisStock:
		return k.Level()
	case BasisNet:
		return k == Stock || k == Net
	case BasisGrowth:
		return k != Milestone
	}
	return false
}

// goal is a target as the year's figures are held against it: always an absolute value.
type goal struct {
	year  int
	start Number // what the way to the target begins with: the base, or 0 where none is known
	value Number // null if there is no target
	plan  []Number
	pace  Pace
	due   events.Day
}

// newGoal normalises a target. last gives the indicator's figure of the year before.
func newGoal(d *Definition, t projections.Target, base Number, last func() Number) (goal, TargetProblem) {
	g := goal{year: t.Year, start: base.or(zero), pace: d.Pace, due: t.Due}
	if !d.Kind.AllowsBasis(t.Basis) {
		return g, BasisRefused
	}
	g.value, g.plan = NumberOf(t.Value), numbersOf(t.Plan)
	switch {
	case t.Basis == BasisGrowth:
		figure := last()
		if figure.Sign() <= 0 {
			return goal{year: t.Year, start: g.start}, NoBase
		}
		g.value = figure.mul(g.value.add(NewNumber(100, 0))).quo(NewNumber(100, 0))
		if d.whole() {
			g.value = g.value.ceil()
		}
	case t.Basis == BasisNet && d.Kind == Stock:
		g.value = g.start.add(g.value) // but not a plan's values, which are absolute whatever the basis
	}
	return g, ""
}

// whole reports whether the indicator counts, so that its values are whole numbers.
func (d *Definition) whole() bool {
	switch d.Kind {
	case Count, Distinct, Stock, Net:
		return true
	case Sum:
		return d.Places == 0
	}
	return false
}

// expected returns the value that is due at the end of a day. At the end of the year before that is the start.
func (g goal) expected(on events.Day) Number {
	year := Quarter{Year: g.year, N: 4}
	switch {
	case !g.value.Known():
		return Number{}
	case on < year.YearFirst():
		return g.start
	case len(g.plan) == 4:
		return g.pace.curve(g.start, g.plan, min(on, year.Last()))
	}
	return g.start.add(g.value.sub(g.start).mul(g.pace.Share(g.year, g.due, on)))
}

// inForce picks from the targets of a year, in order of position, the one that holds on a day: the one with the latest
// day from which it is effective, of several the last one set.
func inForce(targets []projections.Target, on events.Day) (t projections.Target, ok bool) {
	var since events.Day
	for i, candidate := range targets {
		from := effectiveFrom(candidate, i == 0)
		if from <= on && (!ok || from >= since) {
			t, since, ok = candidate, from, true
		}
	}
	return t, ok
}

// effectiveFrom returns the day from which a target holds: the day it names, be it before the year; else 1 January for the
// first of the year and the day it was set for the others, of which one revised before its year began holds from 1 January
// too.
func effectiveFrom(t projections.Target, first bool) events.Day {
	january := Quarter{Year: t.Year, N: 1}.First()
	switch {
	case t.EffectiveFrom != 0:
		return t.EffectiveFrom
	case first:
		return january
	}
	return max(t.Day, january)
}
