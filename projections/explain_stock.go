package projections

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// holdings is what of a stock is in force on a day at a unit, or anywhere: with the event that each thing is counted with.
type holdings struct {
	m, org int
	on     events.Day
	closes map[uint32][]ending        // by pair, in order of day and position
	first  map[uint32]events.Position // of each thing in force: the first event in the log by which it is
}

// ending is a closing event, and the first opening event that it ended.
type ending struct {
	day       events.Day
	at, ended events.Position
}

// holdings reads the closing events of a stock, which act wherever a pair is open, and then the opening ones.
func (x *explainer) holdings(m, org int) (*holdings, error) {
	h := &holdings{m: m, org: org, on: x.q.To, closes: make(map[uint32][]ending), first: make(map[uint32]events.Position)}
	if closing := x.types(m, Closes); len(closing) > 0 {
		a := x.upTo(closing, anywhere)
		if err := x.walk(a, func(s *subject) error { x.close(h, s, a); return nil }); err != nil {
			return nil, err
		}
	}
	a := x.upTo(x.types(m, Opens), org)
	return h, x.walk(a, func(s *subject) error { x.open(h, s, a); return nil })
}

// upTo is an area of some types up to the quarter of the day.
func (x *explainer) upTo(types map[string]bool, org int) area {
	a := x.within(types, org, x.q.To, x.q.To)
	a.first = math.MinInt32
	return a
}

// close notes a closing event that counts.
func (x *explainer) close(h *holdings, s *subject, a area) {
	j := x.judge(s, h.m, a)
	if j.Verdict != "" {
		return
	}
	for _, in := range j.inputs {
		o, ok := x.acts(s, in, j.count, anywhere)
		if !ok || in.Role != Closes || o.day > h.on {
			continue
		}
		list := h.closes[o.pair]
		i, _ := slices.BinarySearchFunc(list, ending{day: o.day, at: s.at}, func(a, b ending) int {
			return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.at, b.at))
		})
		h.closes[o.pair] = slices.Insert(list, i, ending{day: o.day, at: s.at})
	}
}

// acts resolves what an event does by an input, and reports whether it does it at a unit, or anywhere.
func (x *explainer) acts(s *subject, in *input, count int64, org int) (*op, bool) {
	if _, rival := x.rival(s, org); rival {
		return nil, false
	}
	o, counts, err := x.op(s, in, count)
	return o, counts && err == nil
}

// open notes what is in force by an opening event.
func (x *explainer) open(h *holdings, s *subject, a area) {
	j := x.judge(s, h.m, a)
	if j.Verdict != "" {
		return
	}
	for _, in := range j.inputs {
		o, ok := x.acts(s, in, j.count, h.org)
		if !ok || in.Role != Opens || len(o.things) == 0 {
			continue
		}
		if e := h.ending(o); e != nil && e.ended == 0 {
			e.ended = o.at
		}
		if verdict, _ := h.state(o); verdict == "" {
			if _, counted := h.first[o.things[0]]; !counted {
				h.first[o.things[0]] = o.at
			}
		}
	}
}

// ending returns the event that ends the interval of a pair before its time, nil if none does by the day.
func (h *holdings) ending(o *op) *ending {
	list := h.closes[o.pair]
	i, _ := slices.BinarySearchFunc(list, o.day, func(e ending, day events.Day) int { return cmp.Compare(e.day, day) })
	if i == len(list) || list[i].day > o.end {
		return nil
	}
	return &list[i]
}

// state says why what an opening event names is not in force on the day; empty if it is.
func (h *holdings) state(o *op) (Verdict, events.Position) {
	if o.day > h.on {
		return NotYet, 0
	}
	if e := h.ending(o); e != nil {
		return Closed, e.at
	}
	return h.term(o), 0
}

// term is the state of what nobody can end.
func (h *holdings) term(o *op) Verdict {
	switch {
	case o.day > h.on:
		return NotYet
	case o.end < h.on:
		return Lapsed
	}
	return ""
}

// stock tells what is in force on the day.
func (x *explainer) stock() error {
	h, err := x.holdings(x.q.Measure, x.q.Org)
	if err != nil {
		return err
	}
	var less, cover *holdings
	if x.q.Less != None {
		if less, err = x.holdings(x.q.Less, x.q.Org); err != nil {
			return err
		}
	}
	if x.q.CoveredBy != None {
		if cover, err = x.holdings(x.q.CoveredBy, anywhere); err != nil {
			return err
		}
	}
	own := x.upTo(x.types(h.m, Opens, Closes), h.org)
	t := telling{h: h, near: own, opens: own, opened: func(s *subject, o *op) (Evidence, bool) {
		e := x.standing(h, less, s, o)
		if cover != nil && len(o.things) > 0 {
			e.Things[0].Covered = cover.first[o.things[0]]
		}
		return e, false
	}}
	return x.tellStock(&t)
}

// coverage tells which things on a unit's list are covered, and by which events.
func (x *explainer) coverage() error {
	of, on := x.view.index[x.measure.Of], x.view.index[x.measure.On]
	listed, err := x.holdings(of, x.q.Org)
	if err != nil {
		return err
	}
	h, err := x.holdings(on, anywhere)
	if err != nil {
		return err
	}
	types := x.types(on, Opens, Closes)
	t := telling{h: h, near: x.upTo(types, x.q.Org), opens: x.upTo(types, anywhere), opened: func(s *subject, o *op) (Evidence, bool) {
		e := x.standing(h, nil, s, o)
		if len(o.things) == 0 || listed.first[o.things[0]] == 0 {
			if e.Verdict == Counted {
				e.Verdict = NotListed
			}
			e.Amount = 0
			return e, false
		}
		e.Amount, e.Verdict, e.By = h.named(nil, o)
		return e, true
	}}
	return x.tellStock(&t)
}

// telling is how the events of a stock are told of.
type telling struct {
	h     *holdings
	near  area // what is told of in any case
	opens area // where an opening event counts
	// opened says of an opening event what it contributes, and whether it is told of wherever it is.
	opened func(*subject, *op) (e Evidence, told bool)
}

// tellStock tells of the events that are near, and of those elsewhere that had to do with what is here: a closing event acts
// wherever its pair is open.
func (x *explainer) tellStock(t *telling) error {
	closing, all := x.types(t.h.m, Closes), t.opens
	all.reads = func(typ string, org int) bool { return closing[typ] || t.opens.reads(typ, org) }
	return x.walk(all, func(s *subject) error {
		near := t.near.has(s.b.name, s.org, s.now.Day()) || t.near.has(s.b.name, s.wasOrg, s.was.Day())
		e, told := x.acted(t, s, all)
		if !near && !told {
			return nil
		}
		return x.tell(s, e)
	})
}

// acted says what an event does to a stock. One that does several things is told of by the one for which it counts.
func (x *explainer) acted(t *telling, s *subject, all area) (e Evidence, told bool) {
	j := x.judge(s, t.h.m, all)
	e = Evidence{Verdict: j.Verdict, By: j.By}
	for i, in := range j.inputs {
		next, tell := x.act(t, s, in, j.count)
		if told = told || tell; i == 0 || next.rank() > e.rank() {
			e = next
		}
	}
	return e, told
}

func (x *explainer) act(t *telling, s *subject, in *input, count int64) (e Evidence, told bool) {
	org := t.h.org
	if in.Role == Closes {
		org = anywhere
	}
	e = Evidence{Role: in.Role}
	o, counts, err := x.op(s, in, count)
	by, rival := x.rival(s, org)
	switch {
	case err != nil:
		e.Verdict = Unusable
	case in.Role == Opens && !t.opens.has(s.b.name, s.org, s.now.Day()):
		e.Verdict, e.By = CorrectedUnit, s.lastCorrection()
	case rival:
		e.Verdict, e.By = SameFact, by
	case !counts:
		e.Verdict = NamesNone
	case in.Role == Opens:
		return t.opened(s, o)
	default:
		e = t.h.closed(s, o)
		told = e.Verdict == Ends && t.h.org != anywhere
	}
	return e, told
}

// closed says what a closing event ended.
func (h *holdings) closed(s *subject, o *op) Evidence {
	e := Evidence{Role: Closes, Verdict: EndsNothing}
	if o.day > h.on {
		e.Verdict = OutsideSpan
	}
	for _, end := range h.closes[o.pair] {
		if end.at == s.at && end.ended != 0 {
			e.Verdict, e.By = Ends, end.ended
		}
	}
	return e
}

// rank puts what an event counts for before what it ended, and that before the reasons.
func (e *Evidence) rank() int {
	switch e.Verdict {
	case Counted:
		return 2
	case Ends:
		return 1
	}
	return 0
}

// standing says what an opening event contributes to a level: the thing that it names, and those that it does not.
func (x *explainer) standing(h, less *holdings, s *subject, o *op) Evidence {
	e := Evidence{Role: Opens}
	unnamed := h.term(o)
	if unnamed == "" && less != nil {
		unnamed = x.stays(less, s)
	}
	if unnamed == "" {
		e.Amount = o.unnamed
	}
	e.Verdict = unnamed
	if len(o.things) > 0 {
		var named int64
		named, e.Verdict, e.By = h.named(less, o)
		thing := Thing{Name: x.name(o.things[0])}
		if e.Verdict == SameThing {
			thing.By = e.By
		}
		e.Amount, e.Things = e.Amount+named, []Thing{thing}
	}
	if e.Amount > 0 {
		e.Verdict, e.By = Counted, 0
	}
	return e
}

// named says whether an opening event contributes the thing that it names.
func (h *holdings) named(less *holdings, o *op) (int64, Verdict, events.Position) {
	thing := o.things[0]
	if verdict, by := h.state(o); verdict != "" {
		return 0, verdict, by
	}
	if by := h.first[thing]; by != o.at {
		return 0, SameThing, by
	}
	if less != nil {
		if by, ok := less.first[thing]; ok {
			return 0, HoldsLater, by
		}
	}
	return 1, Counted, 0
}

// stays says of what an event does not name whether it is in force in the second stock, too.
func (x *explainer) stays(less *holdings, s *subject) Verdict {
	count, _, _ := s.b.eventCount() // it was read for the first stock
	for _, in := range x.passed(s, less.m, &s.now) {
		if o, counts, err := x.op(s, in, count); err == nil && counts && in.Role == Opens && less.term(o) == "" {
			return HoldsLater
		}
	}
	return ""
}

// name is the name of a thing. That of one that is known by its pair alone has several parts.
func (x *explainer) name(thing uint32) string {
	return strings.ReplaceAll(string(x.fold.symbols.text(thing)), "\x00", " ")
}
