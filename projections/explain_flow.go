package projections

import (
	"math"

	"github.com/kaohe/kaohe/events"
)

// flow tells what was added up.
func (x *explainer) flow() error {
	a := x.within(x.types(x.q.Measure, Adds), x.q.Org, x.q.From, x.q.To)
	return x.walk(a, func(s *subject) error {
		return x.tell(s, x.weigh(s, a, func(e *Evidence, o *op) {
			e.Amount += o.amount
			if e.Members == nil {
				for _, sl := range o.slots[1:] {
					e.Members = append(e.Members, sl.name)
				}
			}
		}))
	})
}

// weigh judges an event of a span, and lets what it does be added to its evidence.
func (x *explainer) weigh(s *subject, a area, add func(*Evidence, *op)) Evidence {
	j := x.judge(s, x.q.Measure, a)
	if j.Verdict != "" {
		return Evidence{Verdict: j.Verdict, By: j.By}
	}
	if by, ok := x.rival(s, x.q.Org); ok {
		return Evidence{Verdict: SameFact, By: by}
	}
	if day := s.now.Day(); day < x.q.From || day > x.q.To {
		return Evidence{Verdict: OutsideSpan}
	}
	e := Evidence{Verdict: NoAmount}
	for _, in := range j.inputs {
		o, counts, err := x.op(s, in, j.count)
		if err != nil {
			return Evidence{Verdict: Unusable}
		}
		if counts {
			e.Verdict = Counted
			add(&e, o)
		}
	}
	return e
}

// distinct tells with which event each thing was counted: the first in the log that mentions it within the span.
func (x *explainer) distinct() error {
	a := x.within(x.types(x.q.Measure, Adds), x.q.Org, x.q.From, x.q.To)
	seen := make(map[uint32]events.Position)
	return x.walk(a, func(s *subject) error {
		e := x.weigh(s, a, func(e *Evidence, o *op) {
			e.Amount += o.unnamed
			for _, thing := range o.things {
				by, counted := seen[thing]
				if !counted {
					seen[thing] = s.at
					e.Amount++
				}
				if by == s.at { // by another input of the measure
					continue
				}
				e.Things = append(e.Things, Thing{Name: x.name(thing), By: by})
			}
		})
		if e.Verdict == Counted && e.Amount == 0 {
			e.Verdict, e.By = SameThing, e.Things[0].By
		}
		return x.tell(s, e)
	})
}

// latest tells which value of each unit holds: the one of the last day, of several of one day the one recorded last.
func (x *explainer) latest() error {
	units := x.q.Units
	types, own := x.types(x.q.Measure, Adds), make(map[int]bool)
	a := x.within(types, x.q.Org, x.q.To, x.q.To)
	if units == nil {
		units = []int{x.q.Org}
		a.reads = func(typ string, org int) bool { return types[typ] && org == x.q.Org }
	}
	a.first = math.MinInt32
	for _, u := range units {
		own[u] = true
	}
	holds := make(map[int]setting)
	err := x.walk(a, func(s *subject) error {
		best, any := holds[s.org]
		if x.value(s, a, own).Verdict == Counted && (!any || s.now.Day() >= best.day) {
			holds[s.org] = setting{day: s.now.Day(), at: s.at}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return x.walk(a, func(s *subject) error {
		e := x.value(s, a, own)
		if e.Verdict == Counted && holds[s.org].at != s.at {
			e.Verdict, e.By, e.Amount = Superseded, holds[s.org].at, 0
		}
		return x.tell(s, e)
	})
}

// value judges an event that sets a value.
func (x *explainer) value(s *subject, a area, own map[int]bool) Evidence {
	j := x.judge(s, x.q.Measure, a)
	if j.Verdict != "" {
		return Evidence{Verdict: j.Verdict, By: j.By}
	}
	if by, ok := x.rival(s, s.org); ok {
		return Evidence{Verdict: SameFact, By: by}
	}
	switch {
	case !own[s.org]:
		return Evidence{Verdict: OtherUnit}
	case s.now.Day() > x.q.To:
		return Evidence{Verdict: OutsideSpan}
	}
	e := Evidence{Verdict: NoAmount}
	for _, in := range j.inputs {
		o, counts, err := x.op(s, in, j.count)
		if err != nil {
			return Evidence{Verdict: Unusable}
		}
		if counts {
			e.Verdict, e.Amount = Counted, o.amount
		}
	}
	return e
}
