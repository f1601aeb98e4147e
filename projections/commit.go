package projections

import (
	"context"
	"errors"
	"fmt"

	"github.com/kaohe/kaohe/events"
)

// Reader takes the commits of a log into a fold, whole and in order: it checks the chain, knows duplicates, and leaves out
// what cannot be used.
type Reader struct {
	fold       *Fold
	known      func(events.Key) (events.Position, bool)
	fetch      Fetch
	report     func(Quarantined)
	duplicates int64
	partial    bool // the fold has taken in part of a commit only
}

// Fetch returns the line at a position of the log that was read before.
type Fetch func(at events.Position) ([]byte, error)

// FetchFrom returns a Fetch from a log. It keeps the commit read last: what is withdrawn came together, as a rule.
func FetchFrom(ctx context.Context, log events.Log) Fetch {
	var c events.Commit
	return func(at events.Position) ([]byte, error) {
		if c.Seq != at.Seq() {
			read, err := log.Get(ctx, at.Seq())
			if err != nil {
				return nil, fmt.Errorf("read event %v once more: %w", at, err)
			}
			c = read
		}
		lines, err := c.Lines()
		if err != nil {
			return nil, fmt.Errorf("read event %v once more: %w", at, err)
		}
		for i, line := range lines {
			if i == at.Index() {
				return line, nil
			}
		}
		return nil, fmt.Errorf("read event %v once more: %w", at, events.ErrNotFound)
	}
}

// NewReader returns a reader into a fold. The ids are those that the commits were parsed with; fetch reads again what the fold
// must know once more, and report is told of everything that is left out.
func NewReader(fold *Fold, ids *events.IDs, fetch Fetch, report func(Quarantined)) *Reader {
	return &Reader{fold: fold, known: ids.Lookup, fetch: fetch, report: report}
}

// Duplicates returns how many events were left out because they stand in the log twice.
func (r *Reader) Duplicates() int64 { return r.duplicates }

// Take folds the next commit. An error means that something could not be fetched: the fold is of no use then, since it has
// taken in part of the commit.
func (r *Reader) Take(p *Parsed) error { return r.each(p, nil) }

// each folds the next commit, and calls took, unless it is nil, after each event that the fold took.
func (r *Reader) each(p *Parsed, took func(at events.Position, e *events.Stored)) error {
	seq := p.commit.Seq
	if before := r.fold.Head(); !p.commit.Follows(before) {
		r.leave(Quarantined{At: events.At(seq, 0), Whole: true, Reason: BadChain, Detail: broken(before.Seq, seq)})
	}
	r.fold.Begin(p.commit.Recorded)
	for _, bad := range p.bad {
		r.leave(bad)
	}
	for i := range p.stored {
		at := events.At(seq, p.index[i])
		if p.first[i] != at {
			r.duplicates++
			r.fold.postEvent(&p.stored[i], at)
			continue
		}
		unusable, err := r.take(&p.stored[i], &p.readings[i], at)
		r.fold.read++
		switch {
		case err != nil:
			r.partial = true
			return err
		case unusable != nil:
			r.leaveEvent(at, string(p.stored[i].Type), unusable)
		case took != nil:
			took(at, &p.stored[i])
		}
	}
	r.fold.Advance(p.head, p.commit.Recorded)
	return nil
}

// take lets the fold take in an event, and fetches what it must know for that.
func (r *Reader) take(e *events.Stored, read *reading, at events.Position) (unusable, failed error) {
	for {
		err := r.fold.take(e, read, at, r.known)
		if err == nil {
			return nil, nil
		}
		var need *NeedError
		if !errors.As(err, &need) {
			return err, nil
		}
		line, err := r.fetch(need.At)
		if err != nil {
			return nil, err
		}
		r.fold.Supply(need.At, line)
	}
}

// leave counts and reports what the figures leave out.
func (r *Reader) leave(q Quarantined) {
	r.fold.leave(q, false)
	r.report(q)
}

// leaveEvent counts and reports an event that cannot be used, or the one that it is about.
func (r *Reader) leaveEvent(at events.Position, typ string, err error) {
	q := Quarantined{At: at, Reason: reasonOf(err), Detail: err.Error()}
	fact := typ != events.TypeVoided && typ != events.TypeCorrected
	var version *VersionError
	if errors.As(err, &version) {
		q.At, fact = version.At, true
	}
	r.fold.leave(q, fact)
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
