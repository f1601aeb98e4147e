package projections

import (
	"slices"

	"github.com/kaohe/kaohe/events"
)

// pageDays is the most days a page holds: enough that a year has six, few enough that copying one is cheap.
const pageDays = 64

// spareDays is how many days a page that is copied can take before it must be copied again.
const spareDays = 4

// change is what a series records of one day.
type change struct {
	day   events.Day
	n     int32 // events
	value int64
}

// page holds up to pageDays changes in order of their days, and their sums.
type page struct {
	epoch   uint32
	changes []change
	n       int64
	value   int64
}

func (p *page) first() events.Day { return p.changes[0].day }
func (p *page) last() events.Day  { return p.changes[len(p.changes)-1].day }

// series is a sparse series of changes by day. The header belongs to the cell that holds it, the pages to their epochs.
type series struct {
	pages []*page
}

// add changes the figures of a day. A day on which nothing is left is forgotten, so that an event and its withdrawal
// leave no trace.
func (s *series) add(epoch uint32, day events.Day, n int32, value int64) {
	if n == 0 && value == 0 {
		return
	}
	i := s.find(day)
	if i < 0 || (day > s.pages[i].last() && len(s.pages[i].changes) >= pageDays) {
		s.pages = slices.Insert(s.pages, i+1, &page{epoch: epoch})
		i++
	}
	p := s.pages[i].owned(epoch)
	s.pages[i] = p
	p.add(day, n, value)
	switch {
	case len(p.changes) == 0:
		s.pages = slices.Delete(s.pages, i, i+1)
	case len(p.changes) > pageDays:
		s.pages = slices.Insert(s.pages, i+1, p.split())
	}
}

// find returns the page a day belongs to: the last one that begins on or before it, or else the first. It returns -1 if
// there is none.
func (s *series) find(day events.Day) int {
	last := len(s.pages) - 1
	if last <= 0 || s.pages[last].first() <= day {
		return last
	}
	if s.pages[last-1].first() <= day { // most days are recent ones
		return last - 1
	}
	lo, hi := 0, last-1 // pages[hi] begins after the day
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); s.pages[mid].first() <= day {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return max(lo-1, 0)
}

func (p *page) owned(epoch uint32) *page {
	if p.epoch == epoch {
		return p
	}
	c := *p
	c.epoch = epoch
	c.changes = make([]change, len(p.changes), len(p.changes)+spareDays)
	copy(c.changes, p.changes)
	return &c
}

func (p *page) add(day events.Day, n int32, value int64) {
	p.n += int64(n)
	p.value += value
	i := p.search(day)
	if i == len(p.changes) || p.changes[i].day != day {
		p.changes = slices.Insert(p.changes, i, change{day, n, value})
		return
	}
	c := &p.changes[i]
	c.n += n
	c.value += value
	if c.n == 0 && c.value == 0 {
		p.changes = slices.Delete(p.changes, i, i+1)
	}
}

// search returns the index of the first change on or after a day.
func (p *page) search(day events.Day) int {
	if n := len(p.changes); n == 0 || p.changes[n-1].day < day {
		return n
	}
	lo, hi := 0, len(p.changes)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if p.changes[mid].day < day {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// split moves the later half of the changes to a new page.
func (p *page) split() *page {
	half := len(p.changes) / 2
	later := &page{epoch: p.epoch, changes: slices.Clone(p.changes[half:])}
	for _, c := range later.changes {
		later.n += int64(c.n)
		later.value += c.value
	}
	p.changes = p.changes[:half:half]
	p.n -= later.n
	p.value -= later.value
	return later
}

// upTo adds up all changes on or before a day.
func (s *series) upTo(day events.Day) (n, value int64) {
	for _, p := range s.pages {
		if p.last() <= day {
			n += p.n
			value += p.value
			continue
		}
		for _, c := range p.changes {
			if c.day > day {
				break
			}
			n += int64(c.n)
			value += c.value
		}
		break
	}
	return n, value
}

// within adds up the changes from one day to another, both included.
func (s *series) within(from, to events.Day) (n, value int64) {
	if to < from {
		return 0, 0
	}
	n, value = s.upTo(to)
	n0, value0 := s.upTo(from - 1)
	return n - n0, value - value0
}

// lastEvent returns the latest day on or before a day with an event.
func (s *series) lastEvent(day events.Day) (events.Day, bool) {
	for i := len(s.pages) - 1; i >= 0; i-- {
		changes := s.pages[i].changes
		for j := len(changes) - 1; j >= 0; j-- {
			if changes[j].day <= day && changes[j].n > 0 {
				return changes[j].day, true
			}
		}
	}
	return 0, false
}
