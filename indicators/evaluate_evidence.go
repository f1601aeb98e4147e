package indicators

import (
	"slices"

	"github.com/kaohe/kaohe/events"
)

// reported tells a nought that somebody vouches for from silence (SEMANTICS 3.6): an event that counts covers the span, or
// a nil report does. What is in force keeps covering a stock; a value that was set keeps covering a latest.
func (r reading) reported(d *Definition, org int, w window) bool {
	return r.evident(d, org, w) || r.nilReported(d, org, w)
}

func (r reading) evident(d *Definition, org int, w window) bool {
	switch d.Kind {
	case Latest:
		return r.settings(d, org, w.to) > 0
	case Ratio, Coverage:
		return slices.ContainsFunc(r.parts(d), func(part *Definition) bool { return r.reported(part, org, w) })
	}
	cell, _ := r.cell(r.stocked(d).Measure, org)
	switch d.Kind {
	case Milestone:
		return cell.Events(events.FirstDay, w.to) > 0
	case Stock, Net:
		return cell.InForce(w.to) > 0 || cell.Events(w.from, w.to) > 0
	}
	return cell.Events(w.from, w.to) > 0
}

// nilReported looks for nil reports of the indicator itself or of a type that feeds it, in each quarter of the window.
func (r reading) nilReported(d *Definition, org int, w window) bool {
	names := append([]string{d.ID}, d.Types...)
	for q, last := QuarterOf(w.from), QuarterOf(w.to); q.N <= last.N; q.N++ {
		if slices.ContainsFunc(names, func(name string) bool { return r.view.NilReported(org, name, q.Year, q.N, w.to) }) {
			return true
		}
	}
	return false
}

// events counts the events that the value of a window rests on.
func (r reading) events(d *Definition, org int, w window) int64 {
	switch d.Kind {
	case Latest:
		return r.settings(d, org, w.to)
	case Ratio, Coverage:
		var n int64
		for _, part := range r.parts(d) {
			n += r.events(part, org, w.yearOf())
		}
		return n
	}
	cell, _ := r.cell(r.stocked(d).Measure, org)
	switch d.Kind {
	case Stock:
		return cell.InForce(w.to)
	case Milestone:
		return cell.Events(events.FirstDay, w.to)
	}
	return cell.Events(w.from, w.to)
}

// settings counts the values that a latest rests on: its own, or those of the units below.
func (r reading) settings(d *Definition, org int, on events.Day) int64 {
	below := r.plan.below[org]
	if !d.RollUp || len(below) == 0 {
		if r.latest(d, org, on).Known() {
			return 1
		}
		return 0
	}
	var n int64
	for _, child := range below {
		n += r.settings(d, child, on)
	}
	return n
}

// last returns the day of the last event that counts, on or before a day; 0 if there is none.
func (r reading) last(d *Definition, org int, on events.Day) events.Day {
	var last events.Day
	switch d.Kind {
	case Ratio, Coverage:
		for _, part := range r.parts(d) {
			last = max(last, r.last(part, org, on))
		}
		return last
	case Latest:
		if below := r.plan.below[org]; d.RollUp && len(below) > 0 {
			for _, child := range below {
				last = max(last, r.last(d, child, on))
			}
			return last
		}
	}
	cell, _ := r.cell(r.stocked(d).Measure, org)
	last, _ = cell.Last(on)
	return last
}

// parts returns the two indicators that a ratio or a coverage is made of.
func (r reading) parts(d *Definition) []*Definition {
	var parts []*Definition
	for _, id := range []string{d.Of, d.Per} {
		if part := r.part(id); part != nil {
			parts = append(parts, part)
		}
	}
	return parts
}

// breakdown returns the parts of the value that are not 0, by dimension and member; nil if there are none.
func (r reading) breakdown(d *Definition, org int, w window) map[string]map[string]Number {
	if len(d.By) == 0 { // as for all that has no measure of its own, and for stages
		return nil
	}
	amounts := make(map[[2]string]int64)
	for measure, sign := range map[string]int64{d.Measure: 1, d.Minus: -1} {
		m, ok := r.view.Measure(measure)
		if !ok {
			continue
		}
		for _, member := range r.view.Members(m, org) {
			amounts[[2]string{member.Dim, member.Name}] += sign * amount(d.Kind, member.Cell, w)
		}
	}
	return nested(amounts, d.Places)
}

// nested makes numbers of amounts by dimension and member, without those that are 0.
func nested(amounts map[[2]string]int64, places int) map[string]map[string]Number {
	var parts map[string]map[string]Number
	for key, n := range amounts {
		if n == 0 {
			continue
		}
		if parts == nil {
			parts = make(map[string]map[string]Number)
		}
		if parts[key[0]] == nil {
			parts[key[0]] = make(map[string]Number)
		}
		parts[key[0]][key[1]] = NewNumber(n, places)
	}
	return parts
}
