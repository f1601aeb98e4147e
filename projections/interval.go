package projections

import (
	"slices"

	"github.com/kaohe/kaohe/events"
)

// fillInterval reads the pair, the thing and the end of a stock's event. An event that names neither a pair nor a thing
// stands for count things that nobody will close.
func (f *Fold) fillInterval(o *op, b *binding, count int64) (bool, error) {
	key, whole, err := o.pairKey(b)
	if err != nil {
		return false, err
	}
	if o.in.Role == Closes {
		o.pair = f.symbols.number(key)
		return whole, nil
	}
	if err := o.fillEnd(b); err != nil {
		return false, err
	}
	thing, err := o.thingName(b)
	if err != nil {
		return false, err
	}
	if thing == nil && whole {
		thing = key
	}
	if !whole && thing != nil {
		key = append([]byte{0}, thing...) // no closing event has a pair that begins with NUL
	}
	o.unnamed = count
	if thing != nil {
		o.pair, o.things, o.unnamed = f.symbols.number(key), append(o.things, f.symbols.number(thing)), count-1
	}
	return true, nil
}

// pairKey joins the fields that pair opens with closes; whole tells whether all are there.
func (o *op) pairKey(b *binding) (key []byte, whole bool, err error) {
	for i, field := range o.in.pair {
		raw := b.value(field)
		if isNull(raw) {
			return nil, false, nil
		}
		part, err := scalar(raw)
		if err != nil {
			return nil, false, b.fault(field, err)
		}
		if len(o.in.pair) == 1 {
			return part, true, nil
		}
		if i > 0 {
			key = append(key, 0)
		}
		key = append(key, part...)
	}
	return key, len(key) > 0, nil
}

func (o *op) thingName(b *binding) ([]byte, error) {
	raw := b.value(o.in.thing)
	if isNull(raw) {
		return nil, nil
	}
	name, err := scalar(raw)
	if err != nil {
		return nil, b.fault(o.in.thing, err)
	}
	return name, nil
}

// fillEnd works out the last day in force.
func (o *op) fillEnd(b *binding) error {
	switch until, ends := b.value(o.in.until), b.value(o.in.ends); {
	case !isNull(until):
		day, err := date(until)
		if err != nil {
			return b.fault(o.in.until, err)
		}
		o.end = day
	case !isNull(ends):
		day, err := date(ends)
		if err != nil {
			return b.fault(o.in.ends, err)
		}
		o.end = day - 1
	case o.in.Valid > 0:
		from := o.day
		if raw := b.value(o.in.from); !isNull(raw) {
			day, err := date(raw)
			if err != nil {
				return b.fault(o.in.from, err)
			}
			from = day
		}
		o.end = lastOfTerm(from, o.in.Valid)
	}
	if o.in.Early > 0 && o.end != forEver {
		o.end = o.end.AddMonths(-o.in.Early)
	}
	return nil
}

// lastOfTerm returns the last day of a term of months: the day before the same day that many months later. Where that month
// has no such day the term ends with the month (Civil Code of the PRC, art. 202).
func lastOfTerm(from events.Day, months int) events.Day {
	last := from.AddMonths(months)
	_, _, day := from.Date()
	if _, _, d := last.Date(); d < day {
		return last
	}
	return last - 1
}

// changeStock carries out the op of a stock.
func (f *Fold) changeStock(o *op, sign int) {
	f.addAll(o, int32(sign), 0)
	if o.in.Role == Closes {
		if f.sites.at(o.site, anywhere) { // a close acts wherever its pair is open: of the same one from two sources the first
			f.closePair(o.in.measure, o.pair, o.day, int32(sign))
		}
		return
	}
	if o.unnamed > 0 && o.day <= o.end {
		f.addUnnamed(o, int64(sign))
	}
	if len(o.things) > 0 {
		f.openPair(o, sign)
	}
}

// addUnnamed puts in force what an event counts beyond the thing it names. The event itself is counted with that, or here if
// it names none.
func (f *Fold) addUnnamed(o *op, n int64) {
	opens := n
	if len(o.things) > 0 {
		opens = 0
	}
	for _, org := range f.sites.path(o.site) {
		for _, s := range o.slots {
			f.inForce(o.in.measure, org, s, period{o.day, o.end}, n*o.unnamed, opens)
		}
	}
}

// openPair puts an interval in force, or takes it out.
func (f *Fold) openPair(o *op, sign int) {
	s := &f.stocks[o.in.measure]
	opened := open{day: o.day, until: o.end, site: o.site, thing: o.things[0], slots: s.slotSet(o.slots), n: int32(sign)}
	if sign < 0 {
		s.addOpen(o.pair, opened)
	}
	if in, ok := s.pairs[o.pair].effective(&opened); ok {
		f.shift(o.in.measure, &opened, in, int64(sign))
	}
	if sign > 0 {
		s.addOpen(o.pair, opened)
	}
	s.forget(o.pair)
}

// closePair notes a close, or takes one out. The intervals that it cuts are taken out whole and put back as they are then.
func (f *Fold) closePair(m int, key uint32, day events.Day, n int32) {
	s := &f.stocks[m]
	p := s.pair(key)
	var cut []open
	for i := range p.opens {
		if o := p.opens[i]; o.day <= day && day <= o.until {
			cut = append(cut, o)
		}
	}
	for _, o := range cut {
		in, ok := p.effective(&o)
		taken := o
		taken.n = -o.n
		s.addOpen(key, taken)
		if ok {
			f.shift(m, &o, in, -1)
		}
	}
	p.closes = addDay(p.closes, day, n)
	for _, o := range cut {
		if in, ok := p.effective(&o); ok {
			f.shift(m, &o, in, 1)
		}
		s.addOpen(key, o)
	}
	s.forget(key)
}

// shift changes the cells of a stock, and of the coverages it is part of, by one interval that the state does not hold: one
// about to be added or just taken out. A thing is in force from then on, or no longer, on the days that none of its other
// intervals has.
func (f *Fold) shift(m int, o *open, in period, sign int64) {
	s := &f.stocks[m]
	for _, org := range f.sites.path(o.site) {
		for _, sl := range s.slots[o.slots] {
			f.inForce(m, org, sl, in, 0, sign*abs(int64(o.n)))
			gaps := f.uncovered(m, o.thing, org, sl, in)
			for _, gap := range gaps {
				f.inForce(m, org, sl, gap, sign, 0)
			}
			if sl.dim < 0 {
				f.listed(m, o.thing, org, gaps, sign)
			}
		}
	}
	if f.sites.at(o.site, anywhere) {
		f.covering(m, o.thing, in, sign)
	}
}

// listed changes the coverages of a stock whose thing comes to, or leaves, a unit's list on some days.
func (f *Fold) listed(m int, thing uint32, org int, days []period, sign int64) {
	for _, c := range f.covers[m] {
		if len(days) > 0 && f.covered[c].of == m {
			for _, both := range overlap(days, f.runs(f.covered[c].on, thing, anywhere)) {
				f.inForce(c, org, totalSlot, both, sign, 0)
			}
		}
	}
}

// covering changes the coverages that a stock covers, at every unit that lists the thing.
func (f *Fold) covering(m int, thing uint32, in period, sign int64) {
	for _, c := range f.covers[m] {
		if f.covered[c].on != m {
			continue
		}
		days, of := f.uncovered(m, thing, anywhere, totalSlot, in), f.covered[c].of
		if len(days) == 0 {
			continue
		}
		for _, org := range f.orgsOf(of, thing) {
			for _, both := range overlap(days, f.runs(of, thing, org)) {
				f.inForce(c, org, totalSlot, both, sign, 0)
			}
		}
	}
}

// orgsOf lists the units that have intervals of a thing, themselves or below.
func (f *Fold) orgsOf(m int, thing uint32) (orgs []int) {
	for o := range f.stocks[m].opens(thing) {
		for _, org := range f.sites.path(o.site) {
			if !slices.Contains(orgs, org) {
				orgs = append(orgs, org)
			}
		}
	}
	return orgs
}

// anywhere stands for all units together. What counts there counts at a root: of the same fact from two sources the first.
const anywhere = -1

// runs returns when a thing is in force at a unit and below.
func (f *Fold) runs(m int, thing uint32, org int) (days []period) {
	for o, in := range f.stocks[m].opens(thing) {
		if f.sites.at(o.site, org) {
			days = append(days, in)
		}
	}
	return merge(days)
}

// uncovered returns the days of a period on which no interval of a thing is in force, at a unit and below, in a slot. The
// result is valid until the next call.
func (f *Fold) uncovered(m int, thing uint32, org int, sl slot, within period) []period {
	s := &f.stocks[m]
	f.taken = f.taken[:0]
	for o, in := range s.opens(thing) {
		if in.last < within.first || in.first > within.last || !f.sites.at(o.site, org) ||
			(sl.dim >= 0 && !slices.Contains(s.slots[o.slots], sl)) {
			continue
		}
		if in.first <= within.first && in.last >= within.last {
			return nil
		}
		f.taken = append(f.taken, in)
	}
	f.free = f.free[:0]
	for _, taken := range merge(f.taken) {
		if taken.first > within.first {
			f.free = append(f.free, period{within.first, taken.first - 1})
		}
		if taken.last >= within.last {
			return f.free
		}
		within.first = taken.last + 1
	}
	return append(f.free, within)
}

// inForce changes a level, and the number of opening events it rests on, for the days of a period.
func (f *Fold) inForce(m, org int, sl slot, in period, things, opens int64) {
	if things == 0 && opens == 0 {
		return
	}
	c := f.cell(m, org, sl)
	c.main.add(f.epoch, in.first, 0, things)
	c.side.add(f.epoch, in.first, 0, opens)
	if in.last != forEver {
		c.main.add(f.epoch, in.last+1, 0, -things)
		c.side.add(f.epoch, in.last+1, 0, -opens)
	}
}
