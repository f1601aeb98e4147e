package projections

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// RunnerOptions are what a [Runner] needs. All but Logger and Registerer must be given.
type RunnerOptions struct {
	Log        events.Log
	IDs        *events.IDs // filled with all that is read; the intake's
	Orgs       *events.Orgs
	Catalogue  *catalogue.Catalogue
	Measures   []Measure
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

func (o *RunnerOptions) validate() error {
	switch {
	case o.Log == nil:
		return errors.New("runner: Log is missing")
	case o.IDs == nil:
		return errors.New("runner: IDs is missing")
	case o.Orgs == nil:
		return errors.New("runner: Orgs is missing")
	case o.Catalogue == nil:
		return errors.New("runner: Catalogue is missing")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return nil
}

// Runner follows a log: it catches up with what is there, then folds each commit as it comes, and publishes views.
type Runner struct {
	opts       RunnerOptions
	fold       *Fold
	reader     *Reader
	quarantine quarantine
	metrics    *runnerMetrics

	view     atomic.Pointer[View]
	mu       sync.Mutex
	changed  chan struct{} // closed when a new view is published; guarded by mu
	caughtUp chan struct{}
}

// NewRunner returns a runner that has read nothing yet. Its view is that of the empty log.
func NewRunner(opts RunnerOptions) (*Runner, error) {
	if err := opts.validate(); err != nil {
		return nil, err
	}
	fold, err := NewFold(opts.Orgs, opts.Catalogue, opts.Measures)
	if err != nil {
		return nil, err
	}
	r := &Runner{opts: opts, fold: fold, changed: make(chan struct{}), caughtUp: make(chan struct{})}
	r.reader = NewReader(fold, opts.IDs, r.report)
	r.metrics = newRunnerMetrics(r)
	if opts.Registerer != nil {
		if err := opts.Registerer.Register(r.metrics); err != nil {
			return nil, fmt.Errorf("register metrics of the runner: %w", err)
		}
	}
	r.publish()
	return r, nil
}

// View returns the present view.
func (r *Runner) View() *View { return r.view.Load() }

// CaughtUp is closed once everything has been folded that was in the log when Run began.
func (r *Runner) CaughtUp() <-chan struct{} { return r.caughtUp }

// Quarantine returns the most recent of what could not be used.
func (r *Runner) Quarantine() []Quarantined { return r.quarantine.all() }

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

// waiting is how many commits may wait to be folded: enough to keep reading and folding busy at the same time, few enough
// that memory stays bounded.
const waiting = 16

// Run follows the log until ctx ends, which is no error, or until the log cannot be read any more. One goroutine reads and
// parses, the other folds.
func (r *Runner) Run(ctx context.Context) error {
	end, err := r.opts.Log.End(ctx)
	if err != nil {
		return fmt.Errorf("find the end of the log: %w", err)
	}
	r.opts.Logger.Info("folding the log", "from", r.fold.Head().Seq, "to", end)
	parsed, used := make(chan *Parsed, waiting), make(chan *Parsed, waiting+2)
	var folding sync.WaitGroup
	folding.Go(func() { r.follow(parsed, used, end) })
	err = r.opts.Log.Read(ctx, r.fold.Head().Seq, func(c events.Commit) error {
		c.Body = bytes.Clone(c.Body)
		select {
		case parsed <- Parse(c, r.opts.IDs, spare(used)):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	close(parsed)
	folding.Wait()
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("follow the log: %w", err)
	}
	return nil
}

// spare returns a parsed commit that is used no more, or nil.
func spare(used <-chan *Parsed) *Parsed {
	select {
	case p := <-used:
		return p
	default:
		return nil
	}
}

// publishAfter bounds how many events are folded before a view shows them, while there is more to fold: a few
// milliseconds' worth.
const publishAfter = 4096

// follow folds commits as they come, and hands back their memory.
func (r *Runner) follow(parsed <-chan *Parsed, used chan<- *Parsed, end uint64) {
	caughtUp := false
	for published := int64(0); ; {
		if !caughtUp && r.fold.Head().Seq >= end {
			caughtUp = true
			r.publish()
			close(r.caughtUp)
			r.opts.Logger.Info("caught up with the log", "commit", r.fold.Head().Seq, "events", r.fold.applied)
		}
		p, ok := <-parsed
		if !ok {
			return
		}
		r.reader.Take(p)
		select {
		case used <- p:
		default:
		}
		if len(parsed) == 0 || r.fold.applied-published >= publishAfter {
			published = r.fold.applied
			r.publish()
		}
	}
}

// publish shows the present state and wakes all who wait for it.
func (r *Runner) publish() {
	r.view.Store(r.fold.View())
	r.metrics.duplicates.Store(r.reader.Duplicates())
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.changed)
	r.changed = make(chan struct{})
}

// report counts and keeps what could not be used, and logs it: the first of each reason one by one, then only at each power
// of ten, since a plan that lacks a type leaves out all its events.
func (r *Runner) report(q Quarantined) {
	n := r.metrics.quarantined[q.Reason].Add(1)
	r.quarantine.add(q)
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
