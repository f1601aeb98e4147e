package recount_test

import (
	"math/big"
	"slices"
	"time"
)

// place is one unit, and the facts that its figures rest on.
type place struct {
	plan     *plan
	unit     string
	facts    []fact // all live ones
	here     []fact // that count at the unit
	anywhere []fact // that count at the top
	leaves   []*place
}

func placeOf(p *plan, facts []fact, unit string) *place {
	at := &place{plan: p, unit: unit, facts: facts, here: countedAt(facts, p.units, unit), anywhere: countedAnywhere(facts, p.units)}
	for _, leaf := range p.units.leaves(unit) {
		at.leaves = append(at.leaves, placeOf(p, facts, leaf))
	}
	return at
}

// span is the days from one to another, both included.
type span struct{ from, to time.Time }

func yearTo(day time.Time) span {
	return span{time.Date(day.Year(), time.January, 1, 0, 0, 0, 0, time.UTC), day}
}

func quarterTo(day time.Time) span {
	first := day.Month() - (day.Month()-1)%3
	return span{time.Date(day.Year(), first, 1, 0, 0, 0, 0, time.UTC), day}
}

func yearsEnd(year int) time.Time { return time.Date(year, time.December, 31, 0, 0, 0, 0, time.UTC) }

// value is what an indicator comes to in a span, or, if it is a level, at its end; nil if that is not known.
func (p *place) value(d *indicator, s span) *big.Rat {
	switch d.kind {
	case "count", "sum":
		return total(p.counting(d, s), d)
	case "distinct":
		return big.NewRat(different(p.counting(d, s), d.of), 1)
	case "stock":
		return big.NewRat(p.standing(d, s.to), 1)
	case "net":
		of := p.plan.indicator(d.of)
		return big.NewRat(p.standing(of, s.to)-p.standing(of, s.from.AddDate(0, 0, -1)), 1)
	case "latest":
		return p.latest(d, s.to)
	case "ratio":
		of, per := p.value(p.plan.indicator(d.of), yearTo(s.to)), p.value(p.plan.indicator(d.per), yearTo(s.to))
		return quo(mul(of, big.NewRat(d.scale, 1)), per)
	case "coverage":
		return p.coverage(d, s.to)
	case "milestone":
		return big.NewRat(p.stage(d, s.to), 1)
	}
	panic("no kind " + d.kind)
}

// base is the level on 31 December before, 0 for what adds up (SEMANTICS 4.3).
func (p *place) base(d *indicator, year int) *big.Rat {
	if !d.level() {
		return new(big.Rat)
	}
	return p.value(d, yearTo(yearsEnd(year-1)))
}

// counting lists the facts that an indicator counts in a span, an amount to be added up being given.
func (p *place) counting(d *indicator, s span) (list []fact) {
	for _, f := range p.here {
		if _, known := f.count(); known && f.within(s.from, s.to) && p.concerns(d, f) {
			list = append(list, f)
		}
	}
	return list
}

// concerns reports whether an indicator is about a fact.
func (p *place) concerns(d *indicator, f fact) bool {
	switch d.kind {
	case "stock":
		return d.stock.opens(f) || d.stock.closes(f)
	case "sum":
		return d.counts(f) && (d.of == "count" || f.has(d.of))
	}
	return d.counts(f)
}

func total(facts []fact, d *indicator) *big.Rat {
	sum := new(big.Rat)
	for _, f := range facts {
		if d.kind == "sum" && d.of != "count" {
			sum.Add(sum, f.amount(d.of))
			continue
		}
		n, _ := f.count()
		sum.Add(sum, big.NewRat(n, 1))
	}
	return sum
}

// different counts what is named once, and each of the others that facts stand for.
func different(facts []fact, field string) int64 {
	named, unnamed := map[string]bool{}, int64(0)
	for _, f := range facts {
		n, _ := f.count()
		if f.has(field) {
			named[f.text(field)] = true
			n--
		}
		unnamed += n
	}
	return int64(len(named)) + unnamed
}

// latest is the value that a unit itself set last; of one that is rolled up the sum over the units below, if all have one
// (SEMANTICS 3.4).
func (p *place) latest(d *indicator, on time.Time) *big.Rat {
	sum := new(big.Rat)
	for _, unit := range p.setters(d) {
		f, ok := lastSet(p.facts, d, unit, on)
		if !ok {
			return nil
		}
		sum.Add(sum, f.amount(d.of))
	}
	return sum
}

// setters lists the units whose values a latest is made of.
func (p *place) setters(d *indicator) []string {
	if below := p.plan.units.leaves(p.unit); d.rollUp && len(below) > 0 {
		return below
	}
	return []string{p.unit}
}

// lastSet finds the value of the latest day, of several of one day the one recorded last.
func lastSet(facts []fact, d *indicator, unit string, on time.Time) (last fact, ok bool) {
	for _, f := range facts { // in the order of the log
		if f.Org == unit && d.counts(f) && !f.Day.After(on) && (!ok || !f.Day.Before(last.Day)) {
			last, ok = f, true
		}
	}
	return last, ok
}

// stage is the place of the furthest stage reached by a day, from 1.
func (p *place) stage(d *indicator, on time.Time) (furthest int64) {
	for _, f := range p.counting(d, span{time.Time{}, on}) {
		furthest = max(furthest, int64(slices.Index(d.stages, f.text(d.of))+1))
	}
	return furthest
}

// breakdown is the parts of the value that are not 0, by field and its value, "none" where a fact lacks it.
func (p *place) breakdown(d *indicator, s span) map[string]map[string]*big.Rat {
	parts := map[string]map[string]*big.Rat{}
	for _, field := range d.by {
		for member := range p.members(d, field) {
			part := *p
			part.here = nil
			for _, f := range p.here {
				if f.member(field) == member {
					part.here = append(part.here, f)
				}
			}
			if v := part.value(d, s); v.Sign() != 0 {
				if parts[field] == nil {
					parts[field] = map[string]*big.Rat{}
				}
				parts[field][member] = v
			}
		}
	}
	return parts
}

func (p *place) members(d *indicator, field string) map[string]bool {
	members := map[string]bool{}
	for _, f := range p.here {
		if p.concerns(d, f) {
			members[f.member(field)] = true
		}
	}
	return members
}

func (f fact) member(field string) string {
	if !f.has(field) {
		return "none"
	}
	return f.text(field)
}
