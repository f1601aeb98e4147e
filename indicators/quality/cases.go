package quality

import (
	"cmp"
	"slices"

	"github.com/kaohe/kaohe/events"
)

// What a caseFact tells.
const (
	caseSubmitted uint8 = iota // a project or a subsidy was applied for
	caseDecided                // its stage changed
	casePaid                   // a part was paid
)

// caseFact is a step of something that is applied for, decided and paid: a project, or a subsidy.
type caseFact struct {
	place
	day         events.Day
	content     uint32
	money, year events.Money // the amount, and of it that of the year; -1 if the event does not say
	part        int32        // which part was paid; 0 if the event does not say
	what, stage uint8
}

func (f caseFact) where() place { return f.place }

// stages of a case, in their order; those of one number are alternatives.
var stages = map[string]uint8{
	"proposal": 1, "application": 2, "review": 3, "approved": stageApproved, "rejected": stageRejected, "in_progress": 6, "accepted": 7, "terminated": stageTerminated,
}

const (
	stageApproved   = 4
	stageRejected   = 5
	stageTerminated = 8
)

// rank is where a stage stands in the order.
func rank(stage uint8) uint8 {
	switch stage {
	case stageRejected:
		return stageApproved
	case stageTerminated:
		return stageTerminated - 1
	}
	return stage
}

func (r *reading) amountOf(field string) events.Money {
	m, ok := r.data.money(field)
	if !ok {
		return -1
	}
	return m
}

// byDay puts facts in the order in which they happened.
func byDay(facts []caseFact) []caseFact {
	return slices.SortedFunc(slices.Values(facts), func(x, y caseFact) int { return cmp.Or(cmp.Compare(x.day, y.day), cmp.Compare(x.at, y.at)) })
}

// asked returns the largest amount that was applied for, and by which event.
func asked(facts []caseFact) (most *caseFact) {
	for i := range facts {
		if f := &facts[i]; f.what == caseSubmitted && f.money >= 0 && (most == nil || f.money > most.money) {
			most = f
		}
	}
	return most
}

// first returns the first fact that tells something, in the order given.
func first(facts []caseFact, is func(*caseFact) bool) *caseFact {
	for i := range facts {
		if is(&facts[i]) {
			return &facts[i]
		}
	}
	return nil
}
