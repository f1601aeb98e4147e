package recount_test

import (
	"math/big"
	"slices"
	"time"
)

// goal is what is wanted of an indicator by the end of a year.
type goal struct {
	year  int
	start *big.Rat // where the way begins: the base, or 0
	value *big.Rat // absolute; nil if there is no target
	plan  []*big.Rat
	pace  pace
	due   time.Time
}

// targets lists what was set for an indicator of the unit and a year, in the order of the log. None is inherited or added up.
func (p *place) targets(d *indicator, year int) (list []fact) {
	for _, f := range p.facts {
		if f.Type == "TargetSet" && f.Org == p.unit && f.text("indicator") == d.id && f.amount("year").Cmp(big.NewRat(int64(year), 1)) == 0 {
			list = append(list, f)
		}
	}
	return list
}

// holding picks the target in force on a day: of those that hold by then the one since the latest day, of several the last
// (SEMANTICS 4.1).
func holding(targets []fact, year int, on time.Time) (t fact, ok bool) {
	var since time.Time
	for i, candidate := range targets {
		from := holdsFrom(candidate, year, i == 0)
		if !from.After(on) && (!ok || !from.Before(since)) {
			t, since, ok = candidate, from, true
		}
	}
	return t, ok
}

// holdsFrom is the day that the target names; or 1 January for the first of a year, and for others the day they were set,
// which, if that was before the year, comes to 1 January as well.
func holdsFrom(t fact, year int, first bool) time.Time {
	january := yearTo(yearsEnd(year)).from
	switch {
	case t.has("effective_from"):
		return date(t.text("effective_from"))
	case first || t.Day.Before(january):
		return january
	}
	return t.Day
}

// allowed are the bases in which a target may be worded, by kind (SEMANTICS 4.2).
func allowed(basis, kind string) bool {
	switch basis {
	case "flow":
		return slices.Contains([]string{"count", "sum", "distinct"}, kind)
	case "stock":
		return slices.Contains([]string{"stock", "latest", "ratio", "coverage", "milestone"}, kind)
	case "net":
		return kind == "stock" || kind == "net"
	}
	return kind != "milestone"
}

// goalOf makes an absolute value of a target; the problem says why there is none.
func (p *place) goalOf(d *indicator, t fact, year int) (g goal, problem string) {
	g = goal{year: year, start: known(p.base(d, year)), pace: d.pace, due: yearsEnd(year)}
	basis := t.text("basis")
	if !allowed(basis, d.kind) {
		return g, "basis_refused"
	}
	value := t.amount("value")
	switch {
	case basis == "growth":
		last := p.value(d, yearTo(yearsEnd(year-1)))
		if last == nil || last.Sign() <= 0 {
			return g, "no_base"
		}
		value = mul(last, quo(add(value, big.NewRat(100, 1)), big.NewRat(100, 1)))
		if d.whole() {
			value = roundedUp(value)
		}
	case basis == "net" && d.kind == "stock":
		value = add(g.start, value)
	}
	g.value = value
	if t.has("due") {
		g.due = date(t.text("due"))
	}
	ends, _ := t.Data["quarterly_plan"].([]any)
	for _, end := range ends {
		r, _ := new(big.Rat).SetString(end.(string))
		g.plan = append(g.plan, r)
	}
	return g, ""
}

// expected is what is due at the end of a day (SEMANTICS 4.4).
func (g goal) expected(on time.Time) *big.Rat {
	switch {
	case g.value == nil:
		return nil
	case on.Year() < g.year:
		return g.start
	case len(g.plan) == 4:
		return alongQuarters(g.start, g.plan, on)
	}
	return add(g.start, mul(sub(g.value, g.start), g.pace.share(g.due, on)))
}

// share is which part of the way is due at the end of a day of the year.
func (p pace) share(due, on time.Time) *big.Rat {
	one := big.NewRat(1, 1)
	switch p.kind {
	case "monthly":
		months := int64(on.Month())
		if on.AddDate(0, 0, 1).Month() == on.Month() { // not over yet
			months--
		}
		return big.NewRat(months, 12)
	case "daily":
		return big.NewRat(int64(on.YearDay()), int64(yearsEnd(on.Year()).YearDay()))
	case "stepped":
		var ends []*big.Rat
		for _, s := range p.shares {
			r, _ := new(big.Rat).SetString(s)
			ends = append(ends, r)
		}
		return alongQuarters(new(big.Rat), ends, on)
	case "hold":
		return one
	case "annual":
		due = yearsEnd(on.Year())
	case "none":
		return nil
	}
	if on.Before(due) {
		return new(big.Rat)
	}
	return one
}

// alongQuarters goes from value to value at the quarters' ends, by an equal part each day between.
func alongQuarters(start *big.Rat, ends []*big.Rat, on time.Time) *big.Rat {
	quarter := quarterTo(on)
	n := (int(on.Month()) - 1) / 3
	before := start
	if n > 0 {
		before = ends[n-1]
	}
	gone := days(quarter.from, on)
	whole := days(quarter.from, quarter.from.AddDate(0, 3, -1))
	return add(before, mul(sub(ends[n], before), big.NewRat(gone, whole)))
}

// days counts the days from one to another, both included.
func days(from, to time.Time) int64 { return int64(to.Sub(from).Hours())/24 + 1 }
