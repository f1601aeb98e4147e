package projections

import (
	"errors"

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

// quarantineSize is how many of the latest a fold keeps, for a person to look at.
const quarantineSize = 1000

// leave notes what the figures leave out. A commit that does not follow the one before is folded all the same; facts are
// counted by themselves, for one that cannot be used today may be corrected tomorrow.
func (f *Fold) leave(q Quarantined, fact bool) {
	switch {
	case q.Reason == BadChain:
		f.breaks++
	case !fact:
		f.leftOut++
	}
	f.quarantined = append(f.quarantined, q)
	if n := len(f.quarantined) - quarantineSize; n > 0 {
		f.quarantined = f.quarantined[n:]
	}
}

// lose notes that the log has lost what came after its end.
func (f *Fold) lose(end uint64, detail string) {
	f.leave(Quarantined{At: events.At(end+1, 0), Whole: true, Reason: BadChain, Detail: detail}, false)
}

// Quarantine returns the latest of what the figures leave out, in the order of the log. The caller must not change it.
func (v *View) Quarantine() []Quarantined { return v.quarantined }
