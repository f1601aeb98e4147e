package projections

import (
	"github.com/kaohe/kaohe/events"
)

// Reader takes the commits of a log into a fold, whole and in order: it checks the chain, splits the commits, knows
// duplicates, and leaves out what cannot be used.
type Reader struct {
	fold *Fold
	ids  *events.IDs

	// Report is told of everything that is left out. It must not be nil.
	Report func(Quarantined)

	stored     []events.Stored
	index      []int
	keys       []events.Key
	first      []events.Position
	duplicates int64
}

// NewReader returns a reader into a fold. The ids are those of the whole log and may be shared.
func NewReader(fold *Fold, ids *events.IDs, report func(Quarantined)) *Reader {
	return &Reader{fold: fold, ids: ids, Report: report}
}

// Duplicates returns how many events were left out because they stand in the log twice.
func (r *Reader) Duplicates() int64 { return r.duplicates }

// Take folds the next commit.
func (r *Reader) Take(c events.Commit) {
	if !c.Follows(r.fold.Head()) {
		r.Report(Quarantined{At: events.At(c.Seq, 0), Whole: true, Reason: BadChain,
			Detail: "the commit does not name the one that was read before it: one is missing, damaged or foreign"})
	}
	r.split(c)
	r.record(c.Seq)
	for i := range r.stored {
		at := events.At(c.Seq, r.index[i])
		if r.first[i] != at {
			r.duplicates++
			continue
		}
		if err := r.fold.Apply(&r.stored[i], at); err != nil {
			r.Report(Quarantined{At: at, Reason: reasonOf(err), Detail: err.Error()})
		}
	}
	r.fold.Advance(c.Head(), c.Recorded)
}

// split finds the events of a commit.
func (r *Reader) split(c events.Commit) {
	r.stored, r.index, r.keys = r.stored[:0], r.index[:0], r.keys[:0]
	lines, err := c.Lines()
	if err != nil {
		r.Report(Quarantined{At: events.At(c.Seq, 0), Whole: true, Reason: BadCommit, Detail: err.Error()})
		return
	}
	for i, line := range lines {
		var s events.Stored
		if err := s.ParseLine(line); err != nil {
			r.Report(Quarantined{At: events.At(c.Seq, i), Reason: BadLine, Detail: err.Error()})
			continue
		}
		r.stored, r.index, r.keys = append(r.stored, s), append(r.index, i), append(r.keys, s.Key())
	}
}

// record notes the identities, and where each stands first.
func (r *Reader) record(seq uint64) {
	r.first = append(r.first[:0], make([]events.Position, len(r.keys))...)
	r.ids.RecordAll(r.keys, seq, r.index, r.first)
}
