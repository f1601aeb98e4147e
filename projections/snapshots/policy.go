package snapshots

import (
	"cmp"
	"slices"
	"time"
)

// recent is how many of the latest are kept: should the last one be damaged, the one before it is not far.
const recent = 2

// Policy says which snapshots are worth their room on the disk.
type Policy struct {
	Rules   string          // hash of the plan in force
	Layouts map[Kind]uint32 // what the program can read
	Pinned  map[uint64]bool // commits at which folds are kept for ever: where a quarter was closed
}

// Keep returns those of the snapshots that are kept, newest first: the latest two folds by the plan in force, for a
// restart; the latest two indexes; of each month (UTC) the last fold by whatever plan, and the folds at pinned commits,
// for those who ask what was known then. What the program cannot read goes.
func (p Policy) Keep(all []Meta) []Meta {
	readable := slices.DeleteFunc(slices.Clone(all), func(m Meta) bool {
		layout, ok := p.Layouts[m.Kind]
		return !ok || layout != m.Layout
	})
	slices.SortFunc(readable, func(a, b Meta) int {
		return cmp.Or(byCommit(a, b), p.inForce(a, b), byRest(a, b))
	})
	folds, indexes, months := 0, 0, make(map[month]bool)
	return slices.DeleteFunc(readable, func(m Meta) bool {
		if m.Kind == Index {
			indexes++
			return indexes > recent
		}
		kept := p.Pinned[m.Head.Seq]
		if m.Rules == p.Rules {
			folds++
			kept = kept || folds <= recent
		}
		if in := monthOf(m.Recorded); !months[in] {
			months[in], kept = true, true
		}
		return !kept
	})
}

// inForce puts the plan in force first: where several plans have a fold at the last commit of a month, it is asked for most.
func (p Policy) inForce(a, b Meta) int {
	switch {
	case a.Rules == b.Rules:
		return 0
	case a.Rules == p.Rules:
		return -1
	case b.Rules == p.Rules:
		return 1
	}
	return 0
}

type month struct {
	year  int
	month time.Month
}

func monthOf(t time.Time) month {
	year, m, _ := t.UTC().Date()
	return month{year, m}
}
