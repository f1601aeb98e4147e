package projections

import (
	"cmp"
	"slices"

	"github.com/kaohe/kaohe/events"
)

func (f *Fold) decodeTable(d *decoder, m int) {
	if d.count(1) != f.orgs.Len() {
		d.fail()
		return
	}
	for org := range f.orgs.Len() {
		if !d.flag() {
			continue
		}
		b := &block{epoch: f.epoch, total: f.decodeCell(d)}
		n := d.count(5)
		b.members = make([]member, 0, n)
		for range n {
			b.members = append(b.members, member{d.below(len(f.measures[m].By)), d.text(), f.decodeCell(d)})
		}
		if !slices.IsSortedFunc(b.members, func(a, b member) int {
			return cmp.Or(cmp.Compare(a.dim, b.dim), cmp.Compare(a.name, b.name))
		}) {
			d.fail()
		}
		f.tables[m].blocks[org] = b
	}
}

func (f *Fold) decodeCell(d *decoder) *cell {
	c := &cell{epoch: f.epoch, main: f.decodeSeries(d), side: f.decodeSeries(d)}
	n := d.count(3)
	c.settings = make([]setting, 0, n)
	for range n {
		c.settings = append(c.settings, setting{d.day(), events.Position(d.uint()), events.Decimal(d.int())})
	}
	return c
}

func (f *Fold) decodeSeries(d *decoder) (s series) {
	n := d.count(4)
	pages := make([]page, n)
	s.pages = make([]*page, n)
	before := events.Day(-1 << 31)
	for i := range pages {
		p := &pages[i]
		p.epoch = f.epoch
		changes := d.count(3)
		if changes == 0 || changes > pageDays {
			d.fail()
			return series{}
		}
		p.changes = make([]change, changes)
		last := events.Day(0)
		for j := range p.changes {
			c := change{last + d.day(), d.int32(), d.int()}
			if c.day <= before {
				d.fail()
				return series{}
			}
			p.changes[j], last, before = c, c.day, c.day
			p.n += int64(c.n)
			p.value += c.value
		}
		s.pages[i] = p
	}
	return s
}

func (f *Fold) decodeSlot(d *decoder, m int) slot {
	return slot{d.below(len(f.measures[m].By)+1) - 1, d.text()}
}

func (f *Fold) decodeDistinct(d *decoder, m int) {
	s := &f.distinct[m]
	slots, known := d.count(3), f.measures[m].Kind == Distinct
	if slots > 0 && !known {
		d.fail()
		return
	}
	for range slots {
		sl := f.decodeSlot(d, m)
		s.slots[sl] = uint32(d.below(slots))
	}
	n := d.count(6)
	if n > 0 && !known || len(s.slots) != slots {
		d.fail()
		return
	}
	if known {
		s.mentions = make(map[mentionKey]mention, n)
	}
	for range n {
		key := mentionKey{uint32(d.below(slots)), uint32(d.below(len(f.symbols.texts)))}
		var mn mention
		days := make([]mentionDay, d.count(3))
		last := events.Day(0)
		for i := range days {
			days[i] = mentionDay{last + d.day(), f.site(d), d.int32()}
			last = days[i].day
		}
		switch len(days) {
		case 0:
			d.fail()
			return
		case 1:
			mn.one = days[0]
		default:
			mn.many = &days
		}
		s.mentions[key] = mn
	}
}

func (f *Fold) decodeStock(d *decoder, m int) {
	s := &f.stocks[m]
	for range d.count(2) {
		set := make([]slot, 0, d.count(2))
		for range cap(set) {
			set = append(set, f.decodeSlot(d, m))
		}
		if len(set) == 0 || f.measures[m].Kind != Stock || int(s.slotSet(set)) != len(s.slots)-1 {
			d.fail()
			return
		}
	}
	n, opens, closes := d.count(3), d.count(6), d.count(2)
	if n > 0 && f.measures[m].Kind != Stock {
		d.fail()
		return
	}
	if n > 0 {
		s.pairs = make(map[uint32]*pair, n)
	}
	pairs, allOpens, allCloses := make([]pair, n), make([]open, opens), make([]dayCount, closes)
	for i := range pairs {
		key := uint32(d.below(len(f.symbols.texts)))
		p := &pairs[i]
		if p.opens, allOpens = part(d, allOpens); d.err != nil {
			return
		}
		for j := range p.opens {
			o := open{d.day(), d.day(), f.site(d), uint32(d.below(len(f.symbols.texts))), uint32(d.below(len(s.slots))), d.int32()}
			p.opens[j] = o
			if o.thing != key && !slices.Contains(s.things[o.thing], key) {
				s.things[o.thing] = append(s.things[o.thing], key)
			}
		}
		if p.closes, allCloses = part(d, allCloses); d.err != nil {
			return
		}
		for j := range p.closes {
			p.closes[j] = dayCount{d.day(), d.int32()}
		}
		s.pairs[key] = p
	}
}

// part reads how many items follow and takes them off the front of those that were made for all.
func part[T any](d *decoder, all []T) (these, rest []T) {
	n := d.below(len(all) + 1)
	return all[:n:n], all[n:]
}
