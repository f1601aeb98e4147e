package recount_test

import (
	"math/big"
	"time"
)

// standing counts the things of a stock in force on a day. Of what expires soon it counts those that will no longer be in
// force so many months later.
func (p *place) standing(d *indicator, on time.Time) int64 {
	things, unnamed := p.inForce(d, p.here, on)
	if d.stock.expiring == 0 {
		return int64(len(things)) + unnamed
	}
	later := laterDay(on, d.stock.expiring)
	for _, f := range p.openOn(d, p.here, on) {
		if last, ends := lastDay(d.stock, f); !ends || !last.Before(later) {
			delete(things, thingOf(d.stock, f))
		}
	}
	return int64(len(things))
}

// inForce lists the things in force, of which several facts may tell, and counts those that have no name.
func (p *place) inForce(d *indicator, facts []fact, on time.Time) (things map[string]bool, unnamed int64) {
	things = map[string]bool{}
	for _, f := range p.openOn(d, facts, on) {
		n, _ := f.count()
		if thing := thingOf(d.stock, f); thing != "" {
			things[thing] = true
			n--
		}
		unnamed += n
	}
	return things, unnamed
}

// openOn lists the opening facts in force on a day: begun, not past their term, not closed by then (SEMANTICS 3.3).
func (p *place) openOn(d *indicator, facts []fact, on time.Time) (open []fact) {
	for _, f := range facts {
		if _, known := f.count(); !known || !d.stock.opens(f) || f.Day.After(on) {
			continue
		}
		if last, ends := lastDay(d.stock, f); (ends && on.After(last)) || p.closed(d, f, on) {
			continue
		}
		open = append(open, f)
	}
	return open
}

// closed reports whether a close of the fact's pair has come by a day, wherever it was recorded: of several same ones the
// first in the log acts. Its day is the first day out, and it ends what began on or before it.
func (p *place) closed(d *indicator, opened fact, on time.Time) bool {
	for _, f := range p.anywhere {
		if d.stock.closes(f) && f.within(opened.Day, on) && samePair(d.stock, opened, f) {
			return true
		}
	}
	return false
}

func samePair(s stock, a, b fact) bool {
	for _, field := range s.pair {
		if !a.has(field) || a.text(field) != b.text(field) {
			return false
		}
	}
	return true
}

// thingOf names what is counted, by the pair where it has no name of its own.
func thingOf(s stock, f fact) string {
	if f.has(s.thing) || len(s.pair) != 1 {
		return f.text(s.thing)
	}
	return f.text(s.pair[0])
}

// lastDay is the last day in force by the fact alone; ends is false where only a close ends it.
func lastDay(s stock, f fact) (last time.Time, ends bool) {
	switch {
	case f.has(s.until):
		return date(f.text(s.until)), true
	case f.has(s.ends):
		return date(f.text(s.ends)).AddDate(0, 0, -1), true
	case s.months == 0:
		return time.Time{}, false
	case f.has(s.from):
		return lastOfTerm(date(f.text(s.from)), s.months), true
	}
	return lastOfTerm(f.Day, s.months), true
}

// lastOfTerm is the day before the same day so many months later. A month without such a day ends the term with its last
// (Civil Code, art. 202).
func lastOfTerm(from time.Time, months int) time.Time {
	same := from.AddDate(0, months, 0)
	if same.Day() != from.Day() { // AddDate runs over into the next month
		return same.AddDate(0, 0, -same.Day())
	}
	return same.AddDate(0, 0, -1)
}

// laterDay is the same day so many months later, or the last day of a month that is shorter.
func laterDay(from time.Time, months int) time.Time {
	same := from.AddDate(0, months, 0)
	if same.Day() != from.Day() {
		return same.AddDate(0, 0, -same.Day())
	}
	return same
}

// coverage is how much of the unit's list is covered, by whatever unit's doing (SEMANTICS 3.4).
func (p *place) coverage(d *indicator, on time.Time) *big.Rat {
	of, by := p.plan.indicator(d.of), p.plan.indicator(d.per)
	list, unnamed := p.inForce(of, p.here, on)
	covering, _ := p.inForce(by, p.anywhere, on)
	var covered int64
	for thing := range list {
		if covering[thing] {
			covered++
		}
	}
	return quo(big.NewRat(covered*d.scale, 1), big.NewRat(int64(len(list))+unnamed, 1))
}
