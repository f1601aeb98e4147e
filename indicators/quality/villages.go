package quality

import (
	"cmp"
	"math"
	"slices"

	"github.com/kaohe/kaohe/events"
)

var (
	villageUnknown = newCheck("DQ-07", "village_unknown", Error,
		"核对村编号；若没错，用 VillageListed 登记该村。不在名录的村不计入覆盖率。",
		"Check the village's id; if it is right, record the village as VillageListed. A village on no list does not count for coverage.")
	villageOff = newCheck("DQ-07", "village_not_listed", Error,
		"核对选派日期和名录的列入、退出日期。",
		"Check the day of the assignment, and those on which the village came on and off its list.")
	villageTwice = newCheck("DQ-07", "two_lists", Warn,
		"核对该村是否确实同时属于两个名录。",
		"Check whether the village is on both lists at once.")
)

// What a villageFact tells.
const (
	villageListed uint8 = iota
	villageDelisted
	villageAssigned
)

// forever is the end of what has none.
const forever = events.Day(math.MaxInt32)

// villageFact is what a village's being on a list, and having an envoy, rests on.
type villageFact struct {
	place
	day, until events.Day // the last day, forever if there is none
	what       uint8
	list, name string
}

func (f villageFact) where() place { return f.place }

func readVillage(r *reading) {
	id := r.data.text("village_id")
	if id == "" {
		return
	}
	f := villageFact{place: r.place, day: r.day, until: forever, what: villageAssigned}
	if r.typ == "VillageListed" {
		f.what, f.list, f.name = villageListed, r.data.text("list"), r.data.text("name")
		if r.data.text("action") == "delisted" {
			f.what = villageDelisted
		}
		if end := r.data.day("delisted_on"); end != 0 { // the first day off the list
			f.until = end - 1
		}
	} else if end := r.data.day("to"); end != 0 {
		f.until = end
	}
	add(r, r.villages, id, f)
}

// onList is a time during which a village is on a list.
type onList struct {
	villageFact
	ended place // who ended it, if another event did; 0 otherwise
}

// judgeVillage holds the assignments of envoys against the lists of a village: DQ-07 of DOMAIN 4.4.
func judgeVillage(b *bench, id string, facts []villageFact) {
	lists := listsOf(facts)
	judgeLists(b, id, lists)
	for _, f := range facts {
		if f.what == villageAssigned {
			judgeAssignment(b, id, f, lists)
		}
	}
}

// listsOf returns when a village was on which list, in order of the first day.
func listsOf(facts []villageFact) []onList {
	var lists []onList
	off := map[string][]villageFact{}
	for _, f := range facts {
		switch f.what {
		case villageListed:
			lists = append(lists, onList{villageFact: f})
		case villageDelisted:
			off[f.list] = append(off[f.list], f)
		}
	}
	for i := range lists {
		l := &lists[i]
		for _, o := range off[l.list] {
			if o.day >= l.day && o.day-1 < l.until {
				l.until, l.ended = o.day-1, o.place
			}
		}
	}
	slices.SortFunc(lists, func(x, y onList) int { return cmp.Or(cmp.Compare(x.day, y.day), cmp.Compare(x.at, y.at)) })
	return lists
}

// judgeAssignment: lists are kept by a unit above as a rule, so that the finding is about the assignment alone then, for its own unit
// to see; what others have recorded is not told.
func judgeAssignment(b *bench, id string, f villageFact, lists []onList) {
	if len(lists) == 0 {
		b.about(villageUnknown, f.place, func() events.Text {
			return textf("村 %s 不在任何名录中，却在 %v 派了科技特派员", "village %s is on no list, but was assigned an envoy on %v", id, f.day)
		})
		return
	}
	last := &lists[0] // the last to end
	for i := range lists {
		l := &lists[i]
		if l.day <= max(f.until, f.day) && l.until >= max(f.day, l.day) {
			return
		}
		if l.until > last.until {
			last = l
		}
	}
	var others []place
	own := b.orgs.Under(int(last.org), int(f.org))
	if last.ended.at != 0 {
		if own = own && b.orgs.Under(int(last.ended.org), int(f.org)); own {
			others = append(others, last.ended)
		}
	}
	b.about(villageOff, f.place, func() events.Text {
		if own && last.until < f.day {
			return textf("村 %s（%s）自 %v 起已不在名录中，却在 %v 派了科技特派员", "village %s (%s) has been off its list since %v, but was assigned an envoy on %v",
				last.name, id, last.until+1, f.day)
		}
		return textf("村 %s 在 %v 派了科技特派员，而它在此期间不在名录中", "village %s was assigned an envoy on %v, and is on no list during the assignment", id, f.day)
	}, others...)
}

// judgeLists finds a village that is on two lists at once.
func judgeLists(b *bench, id string, lists []onList) {
	var long, other *onList // of those before, the one that holds longest, and the same of those on another list than it
	for i := range lists {
		l := &lists[i]
		o := long
		if o != nil && o.list == l.list {
			o = other
		}
		if o != nil && o.until >= l.day && l.until >= l.day {
			b.about(villageTwice, l.place, func() events.Text {
				return textf("村 %s（%s）同时在名录 %s 和 %s 中", "village %s (%s) is on the lists %s and %s at once", l.name, id, l.list, o.list)
			}, o.place)
		}
		switch {
		case long == nil || l.list == long.list:
			if long == nil || l.until > long.until {
				long = l
			}
		case l.until > long.until:
			long, other = l, long
		case other == nil || l.until > other.until:
			other = l
		}
	}
}
