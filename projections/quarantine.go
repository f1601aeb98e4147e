package projections

import (
	"errors"
	"slices"
	"sync"

	"github.com/kaohe/kaohe/events"
)

// Quarantined is something in the log that a fold could not use. It was counted and skipped: the fold goes on.
type Quarantined struct {
	At     events.Position // of the event; index 0 if the whole commit is meant
	Whole  bool            // the commit as a whole
	Reason Reason
	Detail string
}

// Reason says why something was quarantined; it is a label of a metric.
type Reason string

// The reasons.
const (
	BadCommit  Reason = "commit" // not laid out as a commit
	BadChain   Reason = "chain"  // does not follow the commit before; itself it is folded all the same
	BadLine    Reason = "line"   // not a canonical event
	BadType    Reason = "type"   // a type or version of one that the plan does not have
	BadOrg     Reason = "org"    // a unit that the plan does not have
	BadContent Reason = "content"
)

// Reasons lists all of them.
func Reasons() []Reason {
	return []Reason{BadCommit, BadChain, BadLine, BadType, BadOrg, BadContent}
}

// reasonOf sorts the errors of [Fold.Apply].
func reasonOf(err error) Reason {
	switch {
	case errors.Is(err, events.ErrLine):
		return BadLine
	case errors.Is(err, ErrType), errors.Is(err, ErrSchema):
		return BadType
	case errors.Is(err, ErrOrg):
		return BadOrg
	}
	return BadContent
}

// quarantine keeps the most recent of what was quarantined, for a person to look at.
type quarantine struct {
	mu   sync.Mutex
	list []Quarantined
}

const quarantineSize = 1000

func (q *quarantine) add(item Quarantined) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.list) == quarantineSize {
		q.list = slices.Delete(q.list, 0, 1)
	}
	q.list = append(q.list, item)
}

func (q *quarantine) all() []Quarantined {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Clone(q.list)
}
