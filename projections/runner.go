package projections

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kaohe/kaohe/events"
)

// RunnerOptions are what a [Runner] needs. Log, IDs and Rules must be given.
type RunnerOptions struct {
	Log   events.Log
	IDs   *events.IDs // filled with all that is read; the intake's
	Rules Rules
	// Archive has the snapshots from which to go on, and keeps new ones; nil folds the whole log. IDs are its own then.
	Archive *Archive
	// Former are the rules that were in force before. Their figures are shown until the log is folded by Rules, if there is
	// a snapshot of them and none of Rules. TookOver is then told of the last view by them and the first by Rules.
	Former   *Rules
	TookOver func(before, after *View)
	// Lost says what the log is known to have held after its end; empty if nothing. Figures then lack it.
	Lost string
	// SnapshotEvery is after how many events another snapshot is made; 100,000 if 0, which are read again in a moment.
	SnapshotEvery int64

	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

const defaultSnapshotEvery = 100_000

func (o *RunnerOptions) validate() error {
	switch {
	case o.Log == nil:
		return errors.New("runner: Log is missing")
	case o.IDs == nil:
		return errors.New("runner: IDs is missing")
	case o.Archive != nil && o.Archive.IDs() != o.IDs:
		return errors.New("runner: IDs are not those of Archive")
	case o.SnapshotEvery < 0:
		return errors.New("runner: SnapshotEvery is negative")
	}
	if err := o.Rules.validate(); err != nil {
		return fmt.Errorf("runner: %w", err)
	}
	if o.SnapshotEvery == 0 {
		o.SnapshotEvery = defaultSnapshotEvery
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return nil
}

// Runner follows a log: it catches up with what is there, then folds each commit as it comes, and publishes views.
type Runner struct {
	opts    RunnerOptions
	metrics *runnerMetrics
	keeper  *keeper

	view     atomic.Pointer[View]
	mu       sync.Mutex
	shown    *follower     // whose views are published; guarded by mu
	changed  chan struct{} // closed when a new view is published; guarded by mu
	caughtUp chan struct{}
	telling  sync.WaitGroup // of a takeover
}

// NewRunner returns a runner that has read nothing yet. Its view is that of the empty log.
func NewRunner(opts RunnerOptions) (*Runner, error) {
	if err := opts.validate(); err != nil {
		return nil, err
	}
	fold, err := NewFold(opts.Rules)
	if err != nil {
		return nil, err
	}
	r := &Runner{opts: opts, changed: make(chan struct{}), caughtUp: make(chan struct{})}
	r.metrics = newRunnerMetrics(r)
	r.keeper = newKeeper(&r.opts)
	if opts.Registerer != nil {
		if err := opts.Registerer.Register(r.metrics); err != nil {
			return nil, fmt.Errorf("register metrics of the runner: %w", err)
		}
	}
	r.view.Store(fold.View())
	return r, nil
}

// View returns the present view.
func (r *Runner) View() *View { return r.view.Load() }

// CaughtUp is closed once everything has been folded that was in the log when Run began.
func (r *Runner) CaughtUp() <-chan struct{} { return r.caughtUp }

// Quarantine returns the most recent of what could not be used.
func (r *Runner) Quarantine() []Quarantined { return r.View().Quarantine() }

// Await returns once a view that includes the commit with the sequence is published, with the head of that view.
func (r *Runner) Await(ctx context.Context, seq uint64) (events.Head, error) {
	for {
		r.mu.Lock()
		changed := r.changed
		r.mu.Unlock()
		if head := r.View().Head(); head.Seq >= seq {
			return head, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return events.Head{}, fmt.Errorf("wait for commit %d to be folded: %w", seq, ctx.Err())
		}
	}
}

// Amended tells what voids and corrections of the commits folded so far made of an event.
func (r *Runner) Amended(k events.Key) (events.Amendment, bool) { return r.View().Amended(k) }

// Run follows the log until ctx ends, which is no error, or until the log cannot be read any more. It must be called once.
func (r *Runner) Run(ctx context.Context) error {
	end, err := r.opts.Log.End(ctx)
	if err != nil && ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find the end of the log: %w", err)
	}
	followers, err := r.begin(ctx, end)
	if err != nil {
		return err
	}
	present := followers[len(followers)-1]
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var working sync.WaitGroup
	for _, f := range followers {
		following, stop := context.WithCancel(ctx)
		defer stop()
		f.stop = stop
		working.Go(func() {
			if err := f.run(following); err != nil && following.Err() == nil {
				fail(&followError{err})
			}
			if f != present {
				f.fold, f.reader = nil, nil // as large as the other, and shown no more
			}
		})
	}
	working.Go(func() { r.keeper.run(ctx) })
	working.Wait()
	r.telling.Wait()
	if !present.reader.partial {
		r.keeper.last(present.fold)
	}
	var failed *followError
	if errors.As(context.Cause(ctx), &failed) {
		return failed
	}
	return nil
}

// followError is why the log cannot be followed any more.
type followError struct{ err error }

func (e *followError) Error() string { return "follow the log: " + e.err.Error() }
func (e *followError) Unwrap() error { return e.err }

// begin returns who is to follow the log: the one who folds by the present rules last, before it perhaps one by the former.
func (r *Runner) begin(ctx context.Context, end uint64) ([]*follower, error) {
	archive := r.opts.Archive
	var f, former *Fold
	if archive != nil && archive.opts.Store != nil {
		// The identities of all that a fold includes must be known before anybody sees it.
		upTo := min(end, archive.through)
		f = archive.loadFold(ctx, r.opts.Rules, upTo)
		if f == nil && r.opts.Former != nil {
			former = archive.loadFold(ctx, *r.opts.Former, upTo)
		}
	}
	if f == nil && former == nil && r.opts.Former != nil { // the log is short, or both fold it from its beginning
		var err error
		if former, err = NewFold(*r.opts.Former); err != nil {
			return nil, err
		}
	}
	var err error
	if f == nil {
		if f, err = NewFold(r.opts.Rules); err != nil {
			return nil, err
		}
	}
	for _, fold := range []*Fold{f, former} {
		if fold != nil && r.opts.Lost != "" {
			fold.lose(end, r.opts.Lost)
		}
	}
	r.keeper.begin(f)
	present, err := newFollower(r, f, end)
	if err != nil {
		return nil, err
	}
	if f.head.Seq == 0 && !r.keeper.idle() {
		present.lacks = archive.lacking(r.opts.Rules)
	}
	if former == nil {
		r.shown = present
		return []*follower{present}, nil
	}
	r.opts.Logger.Info("the plan has changed: folding the log anew, showing figures by the former plan meanwhile")
	if r.shown, err = newFollower(r, former, end); err != nil {
		return nil, err
	}
	r.view.Store(former.View())
	return []*follower{r.shown, present}, nil
}

// show publishes the state of a follower, if it is the one to be shown. One by the present rules that has got as far as the
// one shown takes its place, for good.
func (r *Runner) show(f *follower) {
	r.mu.Lock()
	before, after := r.View(), f.fold.View()
	takesOver := f != r.shown && f.reached && f.fold.rules.Hash == r.opts.Rules.Hash && after.Head().Seq >= before.Head().Seq
	if takesOver {
		r.shown.stop()
		r.shown = f
	}
	if f == r.shown {
		r.view.Store(after)
		r.metrics.duplicates.Store(f.reader.Duplicates())
		close(r.changed)
		r.changed = make(chan struct{})
	}
	r.mu.Unlock()
	if takesOver {
		r.opts.Logger.Info("the log is folded by the present plan, whose figures are shown from now on", "commit", after.Head().Seq)
		if r.opts.TookOver != nil {
			r.telling.Go(func() { r.opts.TookOver(before, after) })
		}
	}
	if f.reached && f.fold.rules.Hash == r.opts.Rules.Hash {
		r.keeper.note(after)
	}
}

// reached notes that a follower has folded all that was in the log at the start.
func (r *Runner) reached(f *follower) {
	if f.lacks != "" && f.fold.read >= r.opts.SnapshotEvery/10 { // a log so long should have left one
		r.opts.Archive.unusable(f.lacks, "any", fmt.Errorf("all of the log was read, %d events", f.fold.read))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if f != r.shown {
		return
	}
	select {
	case <-r.caughtUp:
	default:
		close(r.caughtUp)
		r.opts.Logger.Info("caught up with the log", "commit", f.fold.Head().Seq, "events", f.fold.applied)
	}
}

// report counts and keeps what could not be used, and logs it: the first of each reason one by one, then only at each power
// of ten, since a plan that lacks a type leaves out all its events.
func (r *Runner) report(q Quarantined) {
	n := r.metrics.quarantined[q.Reason].Add(1)
	if q.Reason == BadChain {
		r.opts.Logger.Error("the log is damaged", "detail", q.Detail)
		return
	}
	if n <= 10 || isPowerOfTen(n) {
		r.opts.Logger.Warn("quarantined", "position", q.At, "whole_commit", q.Whole, "reason", q.Reason, "detail", q.Detail, "so_far", n)
	}
}

func isPowerOfTen(n int64) bool {
	for n > 1 && n%10 == 0 {
		n /= 10
	}
	return n == 1
}

// Closed returns the last closing of a day's quarter by a unit or one above it, in the commits folded so far. The units are
// those of the present rules, also while figures by the former ones are shown.
func (r *Runner) Closed(org string, day events.Day) (at events.Position, ok bool) {
	v := r.View()
	if len(v.closings) == 0 {
		return 0, false
	}
	i, known := r.opts.Rules.Orgs.Index(org)
	if !known {
		return 0, false
	}
	year, month, _ := day.Date()
	for _, o := range r.opts.Rules.Orgs.Path(i) {
		unit, known := v.rules.Orgs.Index(r.opts.Rules.Orgs.Org(o).Code)
		if list := v.Closings(unit, year, (int(month)+2)/3); known && len(list) > 0 {
			at = max(at, list[len(list)-1].At)
		}
	}
	return at, at != 0
}
