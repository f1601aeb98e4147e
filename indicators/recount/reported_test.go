package recount_test

import (
	"fmt"
	"slices"
	"time"
)

// reported tells a nought that somebody vouches for from silence (SEMANTICS 3.6): something that the indicator counts covers
// the span, or somebody of the unit or below has said that there was nothing.
func (p *place) reported(d *indicator, s span) bool {
	return p.evident(d, s) || p.nothingToReport(d, s)
}

func (p *place) evident(d *indicator, s span) bool {
	switch d.kind {
	case "latest", "milestone": // a value that was set, a stage that was reached goes on
		return p.events(d, s) > 0
	case "ratio", "coverage":
		return p.reported(p.plan.indicator(d.of), s) || p.reported(p.plan.indicator(d.per), s)
	case "net":
		return p.evident(p.plan.indicator(d.of), s)
	case "stock": // what is in force goes on
		return len(p.openOn(d, p.here, s.to)) > 0 || len(p.acting(d, s)) > 0
	}
	return len(p.counting(d, s)) > 0
}

// acting lists the facts that open or close something in a span. A close that does not say what it closes is none.
func (p *place) acting(d *indicator, s span) (list []fact) {
	for _, f := range p.counting(d, s) {
		if d.stock.opens(f) || samePair(d.stock, f, f) {
			list = append(list, f)
		}
	}
	return list
}

// nothingToReport looks for a NilReported of the indicator or of a type that feeds it, for a quarter of the span.
func (p *place) nothingToReport(d *indicator, s span) bool {
	for _, f := range p.facts {
		if f.Type != "NilReported" || !p.plan.units.under(f.Org, p.unit) || f.Day.After(s.to) {
			continue
		}
		about := f.text("indicator") == d.id || slices.Contains(p.feeding(d), f.text("event_type"))
		if about && slices.Contains(quartersOf(s), f.text("quarter")) {
			return true
		}
	}
	return false
}

// feeding lists the types that feed an indicator, through its parts, too.
func (p *place) feeding(d *indicator) []string {
	types := slices.Clone(d.types)
	switch d.kind {
	case "ratio", "coverage":
		types = append(types, p.feeding(p.plan.indicator(d.per))...)
		fallthrough
	case "net":
		types = append(types, p.feeding(p.plan.indicator(d.of))...)
	}
	return types
}

// quartersOf lists the quarters that a span touches, such as 2018Q1.
func quartersOf(s span) (list []string) {
	for day := s.from; !day.After(s.to); day = day.AddDate(0, 0, 1) {
		if q := quarterOf(day); !slices.Contains(list, q) {
			list = append(list, q)
		}
	}
	return list
}

func quarterOf(day time.Time) string {
	return fmt.Sprintf("%dQ%d", day.Year(), (int(day.Month())+2)/3)
}

// events counts the events that the value of a span rests on.
func (p *place) events(d *indicator, s span) (n int64) {
	switch d.kind {
	case "latest":
		for _, unit := range p.setters(d) {
			if _, ok := lastSet(p.facts, d, unit, s.to); ok {
				n++
			}
		}
		return n
	case "ratio", "coverage":
		return p.events(p.plan.indicator(d.of), yearTo(s.to)) + p.events(p.plan.indicator(d.per), yearTo(s.to))
	case "stock":
		return int64(len(p.openOn(d, p.here, s.to)))
	case "net":
		return int64(len(p.acting(p.plan.indicator(d.of), s)))
	case "milestone":
		s.from = time.Time{}
	}
	return int64(len(p.counting(d, s)))
}

// last is the day of the last event that counts, by a day; the zero time if there is none.
func (p *place) last(d *indicator, on time.Time) (last time.Time) {
	var counted []fact
	switch d.kind {
	case "latest":
		for _, unit := range p.setters(d) {
			if f, ok := lastSet(p.facts, d, unit, on); ok {
				counted = append(counted, f)
			}
		}
	case "ratio", "coverage":
		last = p.last(p.plan.indicator(d.of), on)
		if per := p.last(p.plan.indicator(d.per), on); per.After(last) {
			last = per
		}
	case "net":
		return p.last(p.plan.indicator(d.of), on)
	case "stock":
		counted = p.acting(d, span{time.Time{}, on})
	default:
		counted = p.counting(d, span{time.Time{}, on})
	}
	for _, f := range counted {
		if f.Day.After(last) {
			last = f.Day
		}
	}
	return last
}
