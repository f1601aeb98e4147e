package projections

import (
	"fmt"

	"github.com/kaohe/kaohe/events"
)

// Parsed is a commit taken apart: its events, where each stands first in the log, and the head it makes. That much needs no
// fold, so that a commit can be parsed while the one before is being folded.
type Parsed struct {
	commit events.Commit
	head   events.Head
	stored []events.Stored
	index  []int // of each event in the commit; lines that are no events have none
	keys   []events.Key
	first  []events.Position
	bad    []Quarantined
}

// Parse takes the next commit apart and records the identities of its events in ids, which may be shared. It keeps slices into
// the commit's body and uses the memory of an earlier result, if given one.
func Parse(c events.Commit, ids *events.IDs, used *Parsed) *Parsed {
	if used == nil {
		used = &Parsed{}
	}
	p := used
	*p = Parsed{commit: c, head: c.Head(), stored: p.stored[:0], index: p.index[:0], keys: p.keys[:0], first: p.first[:0]}
	lines, err := c.Lines()
	if err != nil {
		p.bad = append(p.bad, Quarantined{At: events.At(c.Seq, 0), Whole: true, Reason: BadCommit, Detail: err.Error()})
		return p
	}
	for i, line := range lines {
		var s events.Stored
		if err := s.ParseLine(line); err != nil {
			p.bad = append(p.bad, Quarantined{At: events.At(c.Seq, i), Reason: BadLine, Detail: err.Error()})
			continue
		}
		p.stored, p.index, p.keys = append(p.stored, s), append(p.index, i), append(p.keys, s.Key())
	}
	p.first = append(p.first, make([]events.Position, len(p.keys))...)
	ids.RecordAll(p.keys, c.Seq, p.index, p.first)
	return p
}

// Reader takes the commits of a log into a fold, whole and in order: it checks the chain, knows duplicates, and leaves out
// what cannot be used.
type Reader struct {
	fold       *Fold
	known      func(events.Key) (events.Position, bool)
	report     func(Quarantined)
	duplicates int64
}

// NewReader returns a reader into a fold. The ids are those that the commits were parsed with; report is told of everything
// that is left out.
func NewReader(fold *Fold, ids *events.IDs, report func(Quarantined)) *Reader {
	return &Reader{fold: fold, known: ids.Lookup, report: report}
}

// Duplicates returns how many events were left out because they stand in the log twice.
func (r *Reader) Duplicates() int64 { return r.duplicates }

// Take folds the next commit.
func (r *Reader) Take(p *Parsed) {
	seq := p.commit.Seq
	if before := r.fold.Head(); !p.commit.Follows(before) {
		r.fold.breaks++
		r.report(Quarantined{At: events.At(seq, 0), Whole: true, Reason: BadChain, Detail: broken(before.Seq, seq)})
	}
	for _, bad := range p.bad {
		r.leave(bad)
	}
	for i := range p.stored {
		at := events.At(seq, p.index[i])
		if p.first[i] != at {
			r.duplicates++
			continue
		}
		if err := r.fold.Take(&p.stored[i], at, r.known); err != nil {
			r.leave(Quarantined{At: at, Reason: reasonOf(err), Detail: err.Error()})
		}
	}
	r.fold.Advance(p.head, p.commit.Recorded)
}

// leave counts and reports what the figures leave out.
func (r *Reader) leave(q Quarantined) {
	r.fold.leftOut++
	r.report(q)
}

// broken says what is wrong with the chain before a commit.
func broken(before, seq uint64) string {
	switch missing := seq - before - 1; missing {
	case 0:
		return fmt.Sprintf("commit %d does not name commit %d as it was read: one of them was changed or put in by somebody else", seq, before)
	case 1:
		return fmt.Sprintf("commit %d is missing", seq-1)
	default:
		return fmt.Sprintf("commits %d to %d are missing", before+1, seq-1)
	}
}
