package recount_test

import (
	"math/big"
	"time"
)

// row is what the recount says of one indicator, at one unit in one quarter as of one day.
type row struct {
	id, status                  string
	reported                    bool
	last                        time.Time
	illustrative                bool
	problem                     string
	first, firstGap             *big.Rat
	leaves, leavesWhichReported int
	quarter, year               *figure
}

// figure is what an indicator comes to in one span, held against its target.
type figure struct {
	value, base, target, expected, gap, completion, paceRatio *big.Rat
	status                                                    string
	reported                                                  bool
	events                                                    int64
	parts                                                     map[string]map[string]*big.Rat
}

// question is what is asked: how a unit stands in a quarter, as of a day.
type question struct {
	unit  string
	first time.Time // of the quarter
	asOf  time.Time
}

func (q question) on() time.Time {
	if end := q.first.AddDate(0, 3, -1); q.asOf.After(end) {
		return end
	}
	return q.asOf
}

// row answers a question for one indicator.
func (p *place) row(d *indicator, q question) row {
	on, year := q.on(), q.first.Year()
	r := row{id: d.id, last: p.last(d, on)}
	g := goal{year: year, start: known(p.base(d, year))}
	targets := p.targets(d, year)
	if t, ok := holding(targets, year, on); ok {
		g, r.problem = p.goalOf(d, t, year)
		r.illustrative = t.text("illustrative") == "true"
		if t.place != targets[0].place {
			first, _ := p.goalOf(d, targets[0], year)
			r.first = first.value
		}
	}
	if on.Year() == year {
		r.year = p.figure(d, g, yearTo(on))
		r.year.target, r.year.expected = g.value, g.expected(on)
		r.year.judge(d, p.plan)
		r.status, r.reported = r.year.status, r.year.reported
		r.firstGap = short(d, r.year.value, r.first)
	}
	if !on.Before(q.first) {
		r.quarter = p.figure(d, g, quarterTo(on))
		r.quarter.target, r.quarter.expected = g.expected(q.first.AddDate(0, 3, -1)), g.expected(on)
		if !d.level() { // what is to be added within the quarter
			before := g.expected(q.first.AddDate(0, 0, -1))
			r.quarter.target, r.quarter.expected = sub(r.quarter.target, before), sub(r.quarter.expected, before)
		}
		r.quarter.judge(d, p.plan)
		r.reported = r.quarter.reported
		p.reporting(d, &r, quarterTo(on))
	}
	return r
}

func (p *place) figure(d *indicator, g goal, s span) *figure {
	return &figure{
		value: p.value(d, s), base: p.base(d, g.year), reported: p.reported(d, s), events: p.events(d, s), parts: p.breakdown(d, s),
	}
}

// reporting counts the units at the bottom of the tree, and those that have reported (SEMANTICS 3.6).
func (p *place) reporting(d *indicator, r *row, s span) {
	for _, leaf := range p.leaves {
		r.leaves++
		if leaf.reported(d, s) {
			r.leavesWhichReported++
		}
	}
}

// short is by how much a value misses another one.
func short(d *indicator, value, of *big.Rat) *big.Rat {
	if d.down {
		return sub(value, of)
	}
	return sub(of, value)
}

// judge works out gap, completion, pace ratio and status (SEMANTICS 4.6, 4.7).
func (f *figure) judge(d *indicator, p *plan) {
	start := known(f.base)
	f.gap = short(d, f.value, f.target)
	f.completion = quo(f.value, f.target)
	f.paceRatio = f.pace(d, start)
	f.status = f.judged(d, p, start)
}

// pace is the way gone over the way due. Where the target is on the wrong side of the base, as for what is to be kept low
// and adds up, it is what is expected over the value, or the other way round where more is better.
func (f *figure) pace(d *indicator, start *big.Rat) *big.Rat {
	due := sub(f.expected, start)
	switch {
	case due == nil || due.Sign() == 0 || f.value == nil:
		return nil
	case d.down && due.Sign() > 0:
		return lessIsWorse(f.expected, f.value)
	case !d.down && due.Sign() < 0:
		return lessIsWorse(f.value, f.expected)
	}
	return quo(sub(f.value, start), due)
}

// lessIsWorse divides two numbers so that the result is below 1 just where the first is below the second; where no quotient
// can say that there is none.
func lessIsWorse(a, b *big.Rat) *big.Rat {
	switch {
	case b.Sign() > 0:
		return quo(a, b)
	case a.Sign() < 0:
		return quo(b, a)
	}
	return nil
}

func (f *figure) judged(d *indicator, p *plan, start *big.Rat) string {
	switch {
	case f.target == nil:
		return "no_target"
	case f.value == nil:
		return "" // not known
	case f.gap.Sign() <= 0:
		return "achieved"
	case f.expected == nil:
		return "too_early"
	case f.expected.Cmp(start) == 0 && short(d, f.value, start).Sign() > 0:
		return "attention"
	case f.expected.Cmp(start) == 0:
		return "too_early"
	case f.paceRatio == nil:
		return "on_track"
	}
	for i, status := range []string{"on_track", "attention", "behind"} {
		if f.paceRatio.Cmp(p.thresholds[i]) >= 0 {
			return status
		}
	}
	return "critical"
}
