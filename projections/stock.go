package projections

import (
	"iter"
	"slices"

	"github.com/kaohe/kaohe/events"
)

// stockState keeps the intervals of a stock. A pair (a certificate, an envoy at a village) is opened and closed; a thing
// (a firm, a village) is in force while one of its pairs is. Opens and closes may come in any order.
type stockState struct {
	pairs   map[uint32]*pair
	things  map[uint32][]uint32 // the pairs of a thing, other than the one that has its very name
	members map[string]uint32   // sets of slots by their names
	slots   [][]slot
}

// pair is what is known of one pair.
type pair struct {
	opens  []open
	closes []dayCount // in order
}

// open is one opening event, or several equal ones.
type open struct {
	day   events.Day
	until events.Day // last day in force, were it not closed
	site  int32
	thing uint32
	slots uint32 // index into stockState.slots
	n     int32
}

// dayCount is a day and how often something happened on it.
type dayCount struct {
	day events.Day
	n   int32
}

func (s *stockState) init(k Kind) {
	if k == Stock {
		s.pairs, s.things, s.members = make(map[uint32]*pair), make(map[uint32][]uint32), make(map[string]uint32)
	}
}

// slotSet gives the slots of an open a number: there are few different ones.
func (s *stockState) slotSet(slots []slot) uint32 {
	var key []byte
	for _, sl := range slots[1:] {
		key = append(append(key, sl.name...), 0)
	}
	n, ok := s.members[string(key)]
	if !ok {
		n = uint32(len(s.slots))
		s.members[string(key)] = n
		s.slots = append(s.slots, slices.Clone(slots))
	}
	return n
}

// effective returns when an open is in force: from its day to the day before the first close on or after it, at most until
// its end.
func (p *pair) effective(o *open) (period, bool) {
	in := period{o.day, o.until}
	if p == nil || len(p.closes) == 0 {
		return in, in.first <= in.last
	}
	i, _ := slices.BinarySearchFunc(p.closes, o.day, func(c dayCount, day events.Day) int { return int(c.day) - int(day) })
	if i < len(p.closes) {
		in.last = min(in.last, p.closes[i].day-1)
	}
	return in, in.first <= in.last
}

// pair returns a pair, made if it was never seen.
func (s *stockState) pair(key uint32) *pair {
	p := s.pairs[key]
	if p == nil {
		p = &pair{}
		s.pairs[key] = p
	}
	return p
}

// addOpen notes an open, or takes one out that has a negative n.
func (s *stockState) addOpen(key uint32, o open) {
	p := s.pair(key)
	for i := range p.opens {
		same := p.opens[i]
		same.n = o.n
		if same != o {
			continue
		}
		if p.opens[i].n += o.n; p.opens[i].n == 0 {
			p.opens = slices.Delete(p.opens, i, i+1)
			s.unlink(key, o.thing)
		}
		return
	}
	p.opens = append(p.opens, o)
	if o.thing != key && !slices.Contains(s.things[o.thing], key) {
		s.things[o.thing] = append(s.things[o.thing], key)
	}
}

// unlink drops a pair from those of a thing that it no longer opens.
func (s *stockState) unlink(key, thing uint32) {
	if thing == key || slices.ContainsFunc(s.pairs[key].opens, func(o open) bool { return o.thing == thing }) {
		return
	}
	s.things[thing] = slices.DeleteFunc(s.things[thing], func(k uint32) bool { return k == key })
	if len(s.things[thing]) == 0 {
		delete(s.things, thing)
	}
}

// forget drops a pair of which nothing is left.
func (s *stockState) forget(key uint32) {
	if p := s.pairs[key]; p != nil && len(p.opens) == 0 && len(p.closes) == 0 {
		delete(s.pairs, key)
	}
}

// addDay changes how often something happened on a day, in a list in order of days.
func addDay(days []dayCount, day events.Day, n int32) []dayCount {
	i, found := slices.BinarySearchFunc(days, day, func(d dayCount, day events.Day) int { return int(d.day) - int(day) })
	if !found {
		return slices.Insert(days, i, dayCount{day, n})
	}
	if days[i].n += n; days[i].n == 0 {
		days = slices.Delete(days, i, i+1)
	}
	return days
}

// opens yields all opens of a thing with the days on which they are in force.
func (s *stockState) opens(thing uint32) iter.Seq2[*open, period] {
	return func(yield func(*open, period) bool) {
		if !s.pairs[thing].yield(thing, yield) {
			return
		}
		for _, key := range s.things[thing] {
			if !s.pairs[key].yield(thing, yield) {
				return
			}
		}
	}
}

func (p *pair) yield(thing uint32, yield func(*open, period) bool) bool {
	if p == nil {
		return true
	}
	for i := range p.opens {
		if o := &p.opens[i]; o.thing == thing {
			if in, ok := p.effective(o); ok && !yield(o, in) {
				return false
			}
		}
	}
	return true
}

// merge puts periods in order and joins those that overlap or follow each other without a day between.
func merge(periods []period) []period {
	if len(periods) < 2 {
		return periods
	}
	slices.SortFunc(periods, func(a, b period) int { return int(a.first) - int(b.first) })
	merged := periods[:1]
	for _, p := range periods[1:] {
		if last := &merged[len(merged)-1]; p.first <= last.last+1 {
			last.last = max(last.last, p.last)
		} else {
			merged = append(merged, p)
		}
	}
	return merged
}

// overlap returns the days that are in both lists, each merged.
func overlap(a, b []period) (both []period) {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		p := period{max(a[i].first, b[j].first), min(a[i].last, b[j].last)}
		if p.first <= p.last {
			both = append(both, p)
		}
		if a[i].last < b[j].last {
			i++
		} else {
			j++
		}
	}
	return both
}
