package projections

import (
	"slices"
	"time"

	"github.com/kaohe/kaohe/events"
)

// View is the state of a fold at one commit. It never changes and may be read by any number of goroutines.
type View struct {
	rules    Rules
	head     events.Head
	recorded time.Time
	events   int64
	read     int64
	measures []Measure
	index    map[string]int
	tables   []*table
	targets  map[targetKey][]Target
	nils     map[nilKey][]dayCount
	closings map[closingKey][]Closing

	amendments  keyed[events.Amendment]
	contested   keyed[[]claim]
	spoilt      keyed[struct{}]
	activations []Activation
	times       []timeMark
	postings    *postings
	leftOut     int64
	quarantined []Quarantined
	breaks      int64
}

// Rules returns what the view was folded by.
func (v *View) Rules() Rules { return v.rules }

// Head returns the last commit that the view includes.
func (v *View) Head() events.Head { return v.head }

// Recorded returns when the last commit was recorded. Recording time never goes back.
func (v *View) Recorded() time.Time { return v.recorded }

// Events returns how many events the view includes; duplicates and what is quarantined do not count.
func (v *View) Events() int64 { return v.events }

// LeftOut returns how many events and whole commits of the log the figures leave out because the plan cannot use them.
func (v *View) LeftOut() int64 { return v.leftOut }

// Breaks returns in how many places the chain of commits is broken: something is missing there or was put in.
func (v *View) Breaks() int64 { return v.breaks }

// Measure finds a measure by its name.
func (v *View) Measure(name string) (int, bool) {
	m, ok := v.index[name]
	return m, ok
}

// Total returns the figure of a measure at a unit: what happened there and below.
func (v *View) Total(m, org int) Cell {
	if b := v.tables[m].blocks[org]; b != nil {
		return Cell{b.total}
	}
	return Cell{}
}

// Member is the part of a figure that has one value in one breakdown.
type Member struct {
	Dim  string // the field of data
	Name string // its value; [NoMember] where the event has none
	Cell Cell
}

// NoMember is the name of the part of a breakdown whose events lack the field.
const NoMember = "none"

// Members returns the parts of a figure in order of the measure's breakdowns, then of their names.
func (v *View) Members(m, org int) []Member {
	b := v.tables[m].blocks[org]
	if b == nil {
		return nil
	}
	list := make([]Member, len(b.members))
	for i, p := range b.members {
		list[i] = Member{v.measures[m].By[p.dim], p.name, Cell{p.cell}}
	}
	return list
}

// Targets returns the targets set for an indicator, a unit and a year, in the order in which they were recorded. The
// caller must not change it.
func (v *View) Targets(org int, indicator string, year int) []Target {
	return v.targets[targetKey{org, indicator, year}]
}

// NilReported tells whether the unit or one below it has said by a day that in a quarter there was nothing to report
// of an indicator or an event type.
func (v *View) NilReported(org int, name string, year, quarter int, by events.Day) bool {
	days := v.nils[nilKey{org, name, year, quarter}]
	return len(days) > 0 && days[0].day <= by
}

// Amended tells what voids and corrections made of an event; ok is false if there are none.
func (v *View) Amended(k events.Key) (a events.Amendment, ok bool) {
	return v.amendments.get(k)
}

// Span is what distinct things are counted afresh in.
type Span uint8

// The spans.
const (
	QuarterSpan Span = iota
	YearSpan
)

// Cell is one figure over time. The zero Cell is that of no events.
type Cell struct {
	c *cell
}

// Sum returns the amount of a flow from one day to another, both included, at the scale of the measure's inputs.
func (c Cell) Sum(from, to events.Day) int64 {
	if c.c == nil {
		return 0
	}
	_, value := c.c.main.within(from, to)
	return value
}

// Fresh returns how many different things were mentioned from the first day of a span to a day of it.
func (c Cell) Fresh(s Span, from, to events.Day) int64 {
	if c.c == nil {
		return 0
	}
	fresh := &c.c.main
	if s == YearSpan {
		fresh = &c.c.side
	}
	_, value := fresh.within(from, to)
	return value
}

// Level returns how many things of a stock or coverage are in force on a day, by the events up to that day.
func (c Cell) Level(on events.Day) int64 {
	if c.c == nil {
		return 0
	}
	_, value := c.c.main.upTo(on)
	return value
}

// InForce returns how many opening events of a stock are in force on a day: those that its level rests on.
func (c Cell) InForce(on events.Day) int64 {
	if c.c == nil {
		return 0
	}
	_, value := c.c.side.upTo(on)
	return value
}

// Events returns how many counted events happened from one day to another, both included.
func (c Cell) Events(from, to events.Day) int64 {
	if c.c == nil {
		return 0
	}
	n, _ := c.c.main.within(from, to)
	return n
}

// Last returns the day of the last counted event on or before a day.
func (c Cell) Last(on events.Day) (events.Day, bool) {
	if c.c == nil {
		return 0, false
	}
	return c.c.main.lastEvent(on)
}

// Latest returns the value that was last set on or before a day; of several of one day the one recorded last.
func (c Cell) Latest(on events.Day) (events.Decimal, bool) {
	if c.c == nil {
		return 0, false
	}
	i, _ := slices.BinarySearchFunc(c.c.settings, on+1, func(s setting, day events.Day) int { return int(s.day - day) })
	if i == 0 {
		return 0, false
	}
	return c.c.settings[i-1].value, true
}
