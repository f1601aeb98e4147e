package projections

import (
	"slices"
	"sort"

	"github.com/kaohe/kaohe/events"
)

// distinctState keeps, for each thing that a distinct measure counts, the days and sites of its mentions. The cells count
// on each day the things first mentioned in its quarter, or in its year, at the cell's unit or below.
type distinctState struct {
	slots    map[slot]uint32
	mentions map[mentionKey]mention
}

type mentionKey struct {
	slot, thing uint32
}

// mention is where and when a thing was mentioned. Most things are mentioned on one day only, and take no more than this.
type mention struct {
	one  mentionDay
	many *[]mentionDay // all of them, in order of day and site, if there are several
}

type mentionDay struct {
	day  events.Day
	site int32
	n    int32
}

func (d *distinctState) init(k Kind) {
	if k == Distinct {
		d.slots, d.mentions = make(map[slot]uint32), make(map[mentionKey]mention)
	}
}

func (d *distinctState) slot(s slot) uint32 {
	n, ok := d.slots[s]
	if !ok {
		n = uint32(len(d.slots))
		d.slots[s] = n
	}
	return n
}

// mentionAll notes the mentions of an op in all its slots. Unnamed things are first mentioned wherever they are.
func (f *Fold) mentionAll(o *op, sign int) {
	d := &f.distinct[o.in.measure]
	for _, s := range o.slots {
		for _, thing := range o.things {
			f.mention(o, s, mentionKey{d.slot(s), thing}, sign)
		}
		if o.unnamed > 0 {
			for _, org := range f.sites.path(o.site) {
				f.fresh(o.in.measure, org, s, o.day, int64(sign)*o.unnamed, int64(sign)*o.unnamed)
			}
		}
	}
}

func (f *Fold) fresh(m, org int, s slot, day events.Day, quarter, year int64) {
	c := f.cell(m, org, s)
	c.main.add(f.epoch, day, 0, quarter)
	c.side.add(f.epoch, day, 0, year)
}

// mention adds or takes out one mention, and moves the first mention of the quarter and of the year, at each unit, to where
// it is then.
func (f *Fold) mention(o *op, s slot, key mentionKey, sign int) {
	d, path, within := &f.distinct[o.in.measure], f.sites.path(o.site), f.calendar.spans(o.day)
	m := d.mentions[key]
	f.firsts = f.firsts[:0]
	for _, org := range path {
		f.firsts = append(f.firsts, m.first(f.sites, org, within.quarter), m.first(f.sites, org, within.year))
	}
	m.add(mentionDay{o.day, o.site, int32(sign)})
	if m.empty() {
		delete(d.mentions, key)
	} else {
		d.mentions[key] = m
	}
	for i, org := range path {
		c := f.cell(o.in.measure, org, s)
		f.moveFirst(&c.main, f.firsts[2*i], m.first(f.sites, org, within.quarter))
		f.moveFirst(&c.side, f.firsts[2*i+1], m.first(f.sites, org, within.year))
	}
}

// noDay stands for the first mention of what is not mentioned.
const noDay events.Day = -1 << 31

func (f *Fold) moveFirst(in *series, from, to events.Day) {
	if from == to {
		return
	}
	if from != noDay {
		in.add(f.epoch, from, 0, -1)
	}
	if to != noDay {
		in.add(f.epoch, to, 0, 1)
	}
}

func (m *mention) empty() bool { return m.many == nil && m.one.n == 0 }

// add notes one more mention on a day, or one less.
func (m *mention) add(d mentionDay) {
	switch {
	case m.empty():
		m.one = d
		return
	case m.many == nil && m.one.day == d.day && m.one.site == d.site:
		m.one.n += d.n
		return
	case m.many == nil:
		m.many = &[]mentionDay{m.one}
	}
	days := *m.many
	i, found := slices.BinarySearchFunc(days, d, compareMentions)
	if !found {
		*m.many = slices.Insert(days, i, d)
		return
	}
	if days[i].n += d.n; days[i].n == 0 {
		days = slices.Delete(days, i, i+1)
		*m.many = days
	}
	if len(days) == 1 {
		m.one, m.many = days[0], nil
	}
}

func compareMentions(a, b mentionDay) int {
	if a.day != b.day {
		return int(a.day) - int(b.day)
	}
	return int(a.site) - int(b.site)
}

// first returns the first day within a period on which the thing was mentioned at a unit or below it, or noDay.
func (m *mention) first(at *sites, org int, within period) events.Day {
	if m.many == nil {
		if d := m.one; d.n > 0 && d.day >= within.first && d.day <= within.last && at.at(d.site, org) {
			return d.day
		}
		return noDay
	}
	days := *m.many
	i := sort.Search(len(days), func(i int) bool { return days[i].day >= within.first })
	for ; i < len(days) && days[i].day <= within.last; i++ {
		if at.at(days[i].site, org) {
			return days[i].day
		}
	}
	return noDay
}
