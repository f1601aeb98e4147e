package indicators

import (
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections"
)

// window is a span up to a day.
type window struct {
	span     projections.Span
	from, to events.Day
}

func quarterTo(on events.Day) window {
	return window{projections.QuarterSpan, QuarterOf(on).First(), on}
}

func yearTo(on events.Day) window {
	return window{projections.YearSpan, QuarterOf(on).YearFirst(), on}
}

// yearOf returns the year up to the window's last day. A ratio and a coverage are levels: their parts are taken since the
// year began, whatever the span.
func (w window) yearOf() window { return yearTo(w.to) }

// reading reads indicators off a view. Units are given by index.
type reading struct {
	view *projections.View
	plan *Plan
}

// value returns what an indicator comes to in a window, or, if it is a level, at its end.
func (r reading) value(d *Definition, org int, w window) Number {
	switch d.Kind {
	case Latest:
		return r.latest(d, org, w.to)
	case Ratio:
		of, per := r.part(d.Of), r.part(d.Per)
		if of == nil || per == nil {
			return Number{}
		}
		w = w.yearOf()
		return r.value(of, org, w).mul(NewNumber(d.Scale, 0)).quo(r.value(per, org, w))
	case Coverage:
		return r.coverage(d, org, w)
	case Milestone:
		return r.stage(d, org, w.to)
	}
	return r.counted(d, org, w)
}

// base returns the level on 31 December of the year before, or 0 for what adds up.
func (r reading) base(d *Definition, org, year int) Number {
	if !d.Kind.Level() {
		return zero
	}
	return r.value(d, org, yearTo(Quarter{year - 1, 4}.Last()))
}

// part returns an indicator that another one is made of; nil if the plan has none, which loading a plan rules out.
func (r reading) part(id string) *Definition {
	d, _ := r.plan.Indicator(id)
	return d
}

// cell returns the figure of a measure at a unit.
func (r reading) cell(measure string, org int) (projections.Cell, bool) {
	m, ok := r.view.Measure(measure)
	if !ok {
		return projections.Cell{}, false
	}
	return r.view.Total(m, org), true
}

// stocked returns the definition whose measures hold the figure: the indicator's own, for a net that of its stock.
func (r reading) stocked(d *Definition) *Definition {
	if d.Kind == Net {
		if stock := r.part(d.Of); stock != nil {
			return stock
		}
	}
	return d
}

// counted returns what was added up or stands in a measure, less what its second measure says.
func (r reading) counted(d *Definition, org int, w window) Number {
	holder := r.stocked(d)
	cell, ok := r.cell(holder.Measure, org)
	if !ok {
		return Number{}
	}
	n := amount(d.Kind, cell, w)
	if holder.Minus != "" {
		minus, ok := r.cell(holder.Minus, org)
		if !ok {
			return Number{}
		}
		n -= amount(d.Kind, minus, w)
	}
	return NewNumber(n, d.Places)
}

// amount reads a cell as an indicator's kind asks for.
func amount(k Kind, c projections.Cell, w window) int64 {
	switch k {
	case Distinct:
		return c.Fresh(w.span, w.from, w.to)
	case Stock:
		return c.Level(w.to)
	case Net:
		return c.Level(w.to) - c.Level(w.from-1)
	}
	return c.Sum(w.from, w.to)
}

// latest returns the value of a unit itself; one that rolls up is the sum over the units below, and not known as long as
// it is not known of each.
func (r reading) latest(d *Definition, org int, on events.Day) Number {
	if below := r.plan.below[org]; d.RollUp && len(below) > 0 {
		sum := zero
		for _, child := range below {
			sum = sum.add(r.latest(d, child, on))
		}
		return sum
	}
	cell, _ := r.cell(d.Measure, org)
	value, ok := cell.Latest(on)
	if !ok {
		return Number{}
	}
	return NewNumber(int64(value), d.Places)
}

// coverage returns how much of a stock is covered, of a unit's own list; null where there is nothing to cover.
func (r reading) coverage(d *Definition, org int, w window) Number {
	of := r.part(d.Of)
	cell, ok := r.cell(d.Measure, org)
	if of == nil || !ok {
		return Number{}
	}
	covered := NewNumber(cell.Level(w.to), 0)
	return covered.mul(NewNumber(d.Scale, 0)).quo(r.value(of, org, w))
}

// stage returns the furthest stage that was reached by a day, as its place from 1; 0 for none.
func (r reading) stage(d *Definition, org int, on events.Day) Number {
	m, ok := r.view.Measure(d.Measure)
	if !ok {
		return Number{}
	}
	reached := make(map[string]bool)
	for _, member := range r.view.Members(m, org) {
		reached[member.Name] = member.Cell.Sum(events.FirstDay, on) > 0
	}
	for i := len(d.Stages); i > 0; i-- {
		if reached[d.Stages[i-1]] {
			return NewNumber(int64(i), 0)
		}
	}
	return zero
}
