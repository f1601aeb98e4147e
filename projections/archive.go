package projections

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections/snapshots"
)

// ArchiveOptions are what an [Archive] needs. Log must be given.
type ArchiveOptions struct {
	Log        events.Log
	Store      *snapshots.Store // nil keeps no snapshots
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// Archive knows the past of a log: the identities of its events, the plans that were in force, and the state of a fold after
// any commit. It folds anew up to there, from the nearest snapshot on, with the code that follows the log. One such fold is
// made at a time, beside a [Archive.Replay] that gives way to it, and the views asked for last are kept.
type Archive struct {
	opts    ArchiveOptions
	ids     *events.IDs
	through uint64 // the commit up to which ids were loaded; what comes after is recorded by who follows the log
	plans   []Activation
	metrics *archiveMetrics
	turn    chan struct{} // holds a token while a fold is made
	waiting atomic.Int64  // how many wait for their turn

	mu    sync.Mutex
	views []keptView // latest used last; guarded by mu
}

type keptView struct {
	hash string
	seq  uint64
	view *View
}

// keptViews is how many views of the past are kept: whoever asks for one asks again, for another unit or quarter.
const keptViews = 4

// OpenArchive loads the identities of all events from the latest sound index, and finds the plans that were in force.
func OpenArchive(ctx context.Context, opts ArchiveOptions) (*Archive, error) {
	if opts.Log == nil {
		return nil, errors.New("archive: Log is missing")
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	a := &Archive{opts: opts, ids: events.NewIDs(), turn: make(chan struct{}, 1)}
	a.metrics = newArchiveMetrics(a)
	if opts.Registerer != nil {
		if err := opts.Registerer.Register(a.metrics); err != nil {
			return nil, fmt.Errorf("register metrics of the archive: %w", err)
		}
	}
	end, err := opts.Log.End(ctx)
	if err != nil {
		return nil, fmt.Errorf("find the end of the log: %w", err)
	}
	if opts.Store != nil {
		a.lookOver(end)
		a.loadIndex(ctx, end)
	}
	return a, a.findPlans(ctx, end)
}

// IDs returns the identities of all events up to a commit that the archive has loaded; whoever follows the log adds to them.
func (a *Archive) IDs() *events.IDs { return a.ids }

// PlanInForce returns the plan that was activated last when the archive was opened.
func (a *Archive) PlanInForce() (p Activation, ok bool) {
	if len(a.plans) == 0 {
		return p, false
	}
	return a.plans[len(a.plans)-1], true
}

// PlanArchive returns the files of a plan, packed, as the event at a position holds them, or [ErrNoPlan].
func (a *Archive) PlanArchive(ctx context.Context, at events.Position) ([]byte, error) {
	line, err := FetchFrom(ctx, a.opts.Log)(at)
	if err != nil {
		return nil, err
	}
	e, err := parseLine(line)
	if err != nil {
		return nil, fmt.Errorf("read the plan of %v: %w: %w", at, ErrNoPlan, err)
	}
	_, archive, err := readPlan(e, at)
	if err != nil {
		return nil, fmt.Errorf("read the plan of %v: %w", at, err)
	}
	return archive, nil
}

// errEnough ends reading a log.
var errEnough = errors.New("read far enough")

// each calls fn with the commits after one and through another.
func (a *Archive) each(ctx context.Context, after, through uint64, fn func(events.Commit) error) error {
	if after >= through {
		return nil
	}
	err := a.opts.Log.Read(ctx, after, func(c events.Commit) error {
		if c.Seq > through { // the last one wanted is missing
			return errEnough
		}
		if err := fn(c); err != nil {
			return err
		}
		if c.Seq >= through {
			return errEnough
		}
		return nil
	})
	if err == nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// planMark is how a commit with an activated plan begins: the writer gives such an event a commit of its own.
var planMark = []byte(`[` + "\n" + `{"specversion":"1.0","type":"` + planType + `",`)

// findPlans looks for plans activated after those that the index knows.
func (a *Archive) findPlans(ctx context.Context, end uint64) error {
	seen := make(map[events.Key]bool)
	err := a.each(ctx, a.through, end, func(c events.Commit) error {
		if !bytes.HasPrefix(c.Body, planMark) {
			return nil
		}
		lines, err := c.Lines()
		if err != nil {
			return nil // whoever folds it says so
		}
		for i, line := range lines {
			var e events.Stored
			if e.ParseLine(line) != nil {
				continue
			}
			at := events.At(c.Seq, i)
			if first, known := a.ids.Lookup(e.Key()); known && first != at || seen[e.Key()] {
				continue // the same once more
			}
			if p, _, err := readPlan(&e, at); err == nil {
				seen[e.Key()], p.Recorded = true, c.Recorded
				a.plans = append(a.plans, p)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("look for the plan in the log: %w", err)
	}
	return nil
}

// SeqAt returns the last commit recorded at or before a time, 0 if there is none, of those that a view includes.
func (a *Archive) SeqAt(ctx context.Context, v *View, t time.Time) (uint64, error) {
	after, through := v.Around(t)
	last := after
	err := a.each(ctx, after, through, func(c events.Commit) error {
		if c.Recorded.After(t) {
			return errEnough
		}
		last = c.Seq
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("find what was recorded by %v: %w", t, err)
	}
	return last, nil
}

// View returns the state after a commit by rules. The commit must have been read by whoever follows the log.
func (a *Archive) View(ctx context.Context, rules Rules, seq uint64) (*View, error) {
	if v := a.kept(rules.Hash, seq); v != nil {
		return v, nil
	}
	if err := a.wait(ctx); err != nil {
		return nil, err
	}
	defer a.leave()
	v := a.kept(rules.Hash, seq) // somebody may have asked the same meanwhile
	if v != nil {
		return v, nil
	}
	err := a.fold(ctx, rules, seq, func(f *Fold, _ *Reader) error {
		v = f.View()
		return nil
	})
	if err != nil {
		return nil, err
	}
	a.keep(rules.Hash, seq, v)
	return v, nil
}

func (a *Archive) kept(hash string, seq uint64) *View {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.IndexFunc(a.views, func(k keptView) bool { return k.hash == hash && k.seq == seq })
	if i < 0 {
		return nil
	}
	k := a.views[i]
	a.views = append(slices.Delete(a.views, i, i+1), k)
	return k.view
}

func (a *Archive) keep(hash string, seq uint64, v *View) {
	if hash == "" {
		return // rules without a name cannot be asked for again
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.views = append(a.views, keptView{hash, seq, v}); len(a.views) > keptViews {
		a.views = slices.Delete(a.views, 0, 1)
	}
}

// wait returns once no other fold is being made; leave lets the next one be.
func (a *Archive) wait(ctx context.Context) error {
	a.waiting.Add(1)
	defer a.waiting.Add(-1)
	select {
	case a.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for another look into the past: %w", context.Cause(ctx))
	}
}

func (a *Archive) leave() { <-a.turn }

// withFold calls fn with a fold of the log up to a commit, once no other is being made.
func (a *Archive) withFold(ctx context.Context, rules Rules, seq uint64, fn func(*Fold, *Reader) error) error {
	if err := a.wait(ctx); err != nil {
		return err
	}
	defer a.leave()
	return a.fold(ctx, rules, seq, fn)
}

// fold calls fn with a fold of the log up to a commit.
func (a *Archive) fold(ctx context.Context, rules Rules, seq uint64, fn func(*Fold, *Reader) error) error {
	switch end, err := a.opts.Log.End(ctx); {
	case err != nil:
		return fmt.Errorf("find the end of the log: %w", err)
	case seq > end:
		return fmt.Errorf("fold the log up to commit %d: it ends with %d: %w", seq, end, events.ErrNotFound)
	}
	fold, err := a.restore(ctx, rules, seq)
	if err != nil {
		return err
	}
	parser, err := NewParser(rules, a.ids)
	if err != nil {
		return err
	}
	reader := NewReader(fold, a.ids, FetchFrom(ctx, a.opts.Log), func(Quarantined) {}) // it was said when it was first read
	var parsed *Parsed
	err = a.each(ctx, fold.Head().Seq, seq, func(c events.Commit) error {
		parsed = parser.Parse(c, parsed)
		return reader.Take(parsed)
	})
	if err != nil {
		return fmt.Errorf("fold the log up to commit %d: %w", seq, err)
	}
	return fn(fold, reader)
}

// restore returns a fold from the nearest sound snapshot up to a commit, or the fold of no events.
func (a *Archive) restore(ctx context.Context, rules Rules, seq uint64) (*Fold, error) {
	if a.opts.Store != nil {
		if f := a.loadFold(ctx, rules, seq); f != nil {
			return f, nil
		}
	}
	return NewFold(rules)
}

// Step is an event that a fold has just taken in.
type Step struct {
	At    events.Position
	Event *events.Stored // valid until the next one
	View  func() *View   // the state after it; making a view costs something
}

// Walk folds on from the state after one commit through another, and calls step after each event that was taken in.
func (a *Archive) Walk(ctx context.Context, rules Rules, after, through uint64, step func(Step) error) error {
	parser, err := NewParser(rules, a.ids)
	if err != nil {
		return err
	}
	return a.withFold(ctx, rules, after, func(f *Fold, r *Reader) error {
		return a.each(ctx, f.Head().Seq, through, func(c events.Commit) error {
			var stopped error
			err := r.each(parser.Parse(c, nil), func(at events.Position, e *events.Stored) {
				if stopped == nil {
					stopped = step(Step{at, e, f.View})
				}
			})
			return errors.Join(err, stopped)
		})
	})
}
