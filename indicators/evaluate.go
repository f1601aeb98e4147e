package indicators

import (
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections"
)

// Evaluate says how a unit stands in a quarter and in its year, as of a day: what a view holds (its figures), what was
// wanted (its targets) and what is due by then (the plan's paces). It is a pure function of its arguments. A day after
// the quarter's end counts as its last day. What was published when the quarter was closed stands beside the figures,
// whatever the day.
//
// org is the unit's index in the plan's tree; the view must be one of a fold of the same plan. An indicator whose measure
// the view lacks has no value.
func Evaluate(v *projections.View, p *Plan, q Quarter, org int, asOf events.Day) *Scorecard {
	e := evaluation{reading: reading{v, p}, quarter: q, org: org, on: min(asOf, q.Last()), leaves: p.leavesBelow(org)}
	unit := p.Orgs.Org(org)
	card := &Scorecard{
		Org: unit.Code, OrgName: unit.Name, Quarter: q, AsOf: e.on, Plan: p.Hash, LeftOut: v.LeftOut(), Breaks: v.Breaks(), Rows: make([]Row, 0, len(p.Indicators)),
	}
	for _, d := range p.Indicators {
		card.Rows = append(card.Rows, e.row(d))
	}
	card.Duties = e.duties(card)
	e.closing(card)
	return card
}

// evaluation is the making of one scorecard.
type evaluation struct {
	reading
	quarter Quarter
	org     int
	on      events.Day
	leaves  []int
}

func (e *evaluation) row(d *Definition) Row {
	r := Row{
		ID: d.ID, Name: d.Name, Kind: d.Kind, Unit: d.Unit, Office: d.Office, Direction: d.Direction,
		Decimals: d.Decimals, Money: d.money(), LastEvent: e.last(d, e.org, e.on),
	}
	base := e.base(d, e.org, e.quarter.Year)
	g := e.goal(d, base, &r)
	if e.on >= e.quarter.YearFirst() {
		r.Year = e.year(d, base, g)
		r.Status, r.Reported = r.Year.Status, r.Year.Reported
		r.FirstGap = d.Direction.short(r.Year.Value, r.FirstTarget)
	}
	if e.on >= e.quarter.First() {
		r.Quarter = e.quarterly(d, base, g)
		r.Reported = r.Quarter.Reported
		r.Reporting = e.reporting(d)
	}
	return r
}

// money reports whether the indicator's values are yuan: nothing else is kept with two places.
func (d *Definition) money() bool { return d.Places == 2 }

// goal finds the target that holds on the day, and notes in the row what there is to say about it.
func (e *evaluation) goal(d *Definition, base Number, r *Row) goal {
	targets := e.view.Targets(e.org, d.ID, e.quarter.Year)
	t, ok := inForce(targets, e.on)
	if !ok {
		return goal{year: e.quarter.Year, start: base.or(zero)}
	}
	g, problem := newGoal(d, t, base, e.lastYear(d))
	r.TargetIllustrative, r.TargetProblem = t.Illustrative, problem
	if t.At != targets[0].At {
		first, _ := newGoal(d, targets[0], base, e.lastYear(d))
		r.FirstTarget = first.value
		r.TargetEased = e.eased(d, base, targets)
	}
	return g
}

// lastYear returns how to find the indicator's figure of the year before.
func (e *evaluation) lastYear(d *Definition) func() Number {
	return func() Number { return e.value(d, e.org, yearTo(Quarter{e.quarter.Year - 1, 4}.Last())) }
}

// year holds the value to date against the year's target.
func (e *evaluation) year(d *Definition, base Number, g goal) *Figure {
	f := e.figure(d, yearTo(e.on))
	f.Base, f.Target, f.Expected = base, g.value, g.expected(e.on)
	f.judge(d.Direction, e.plan.Thresholds)
	return f
}

// quarterly holds a level against the one that is due at the quarter's end. What adds up is held against what is to be
// added within the quarter.
func (e *evaluation) quarterly(d *Definition, base Number, g goal) *Figure {
	f := e.figure(d, quarterTo(e.on))
	f.Base, f.Target, f.Expected = base, g.expected(e.quarter.Last()), g.expected(e.on)
	if !d.Kind.Level() {
		before := g.expected(e.quarter.First() - 1)
		f.Target, f.Expected = f.Target.sub(before), f.Expected.sub(before)
	}
	f.judge(d.Direction, e.plan.Thresholds)
	return f
}

// figure reads what the view says of a span.
func (e *evaluation) figure(d *Definition, w window) *Figure {
	return &Figure{
		Value:     e.value(d, e.org, w),
		Reported:  e.reported(d, e.org, w),
		Events:    e.events(d, e.org, w),
		Breakdown: e.breakdown(d, e.org, w),
	}
}

func (e *evaluation) reporting(d *Definition) *Reporting {
	if len(e.leaves) == 0 {
		return nil
	}
	r := &Reporting{Due: len(e.leaves)}
	for _, leaf := range e.leaves {
		if e.reported(d, leaf, quarterTo(e.on)) {
			r.Have++
		}
	}
	return r
}
