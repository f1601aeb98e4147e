// Package app is the daemon as a value: New, Start, Addr, Stop.
//
// It wires the parts together, in the direction in which facts go:
//
//	HTTP POST --> intake --> natslog --> runner --> view --> read API, metrics, HTTP GET
//
// and takes them down in the opposite one: first nobody is let in any more and open requests are answered, then the
// intake writes what it has accepted, then the reader stops, and the log is closed last. Stop may be called at any time
// and any number of times, and takes no longer than its context allows.
//
// Requests that come by NATS become such of HTTP and go the same way. What was recorded is announced there, too.
//
// The log may be in a cluster of NATS servers, which several daemons share: each folds what all have written, and each may
// write. Requests are not answered there, for nobody could tell who asks: tokens are known at the door of an embedded server
// alone. Announcements are made there, and whom they reach is for the cluster's accounts to say.
package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/natsapi"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/events/natslog"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/quality"
	"github.com/kaohe/kaohe/projections"
)

// App is one daemon. Make it with New.
type App struct {
	opts     Options
	registry *prometheus.Registry

	tokens      *access.Store // who may do what
	certificate *certificate  // nil: no TLS
	announcer   *announcer    // nil: nobody can listen
	service     *natsapi.Service
	answers     http.Handler // answers whose principal is in the context
	paths       *http.ServeMux

	log      *natslog.Log
	pulse    *pulse
	archive  *projections.Archive
	plan     *indicators.Plan // by which events are checked
	plans    *plans
	runner   *projections.Runner
	quality  *quality.Watch
	intake   *intake.Intake
	server   *http.Server
	backfill *backfill // the past, for a new Prometheus
	listener net.Listener
	lag      lag

	runs    []*running // in the order of their start; stopped in the opposite one
	stop    sync.Once
	stopErr error

	failOnce sync.Once
	failed   chan struct{}
	failure  error // written before failed is closed
}

// New returns a daemon that is not running yet.
func New(opts Options) (*App, error) {
	if err := opts.validate(); err != nil {
		return nil, err
	}
	a := &App{opts: opts, registry: newRegistry(opts.Version), failed: make(chan struct{})}
	if err := a.openTokens(); err != nil {
		return nil, err
	}
	if err := opts.checkAddresses(a.tokens.Guarded()); err != nil {
		return nil, err
	}
	return a, nil
}

// Start takes the address, opens the log and begins to read it. It returns once requests are answered; facts are taken and shown
// as soon as the log has been read ([App.Ready]). The context bounds the start only. An App starts once.
func (a *App) Start(ctx context.Context) error {
	err := a.start(ctx)
	if err != nil {
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.opts.Grace)
		defer cancel()
		err = errors.Join(err, a.Stop(stop))
	}
	return err
}

func (a *App) start(ctx context.Context) error {
	if err := a.readAccess(); err != nil {
		return err
	}
	if err := a.listen(); err != nil {
		return err
	}
	handler, err := a.assemble(ctx)
	if err != nil {
		return err
	}
	if a.listener != nil {
		if err := a.log.Announce(a.URL()); err != nil {
			return fmt.Errorf("announce the address: %w", err)
		}
	}
	a.run("token watch", a.watchTokens)
	a.run("pulse", a.pulse.run)
	a.run("runner", a.runner.Run)
	a.run("checks of facts", a.quality.Run)
	if a.opts.Cluster != nil {
		a.run("plan watch", a.watchPlan)
	}
	if a.announcer != nil {
		a.run("announcer", a.announcer.run)
	}
	a.run("intake", a.intake.Run)
	if err := a.serveNATS(); err != nil {
		return err
	}
	if a.listener != nil {
		a.serve(handler)
	}
	return nil
}

// assemble opens the log and puts the parts together. None of them works yet.
func (a *App) assemble(ctx context.Context) (handler http.Handler, err error) {
	if a.log, err = a.openLog(ctx); err != nil {
		return nil, err
	}
	if a.pulse, err = a.newPulse(); err != nil {
		return nil, err
	}
	if a.archive, err = a.openArchive(ctx); err != nil {
		return nil, err
	}
	former, err := a.choosePlan(ctx)
	if err != nil {
		return nil, err
	}
	if a.announcer, err = a.newAnnouncer(); err != nil {
		return nil, err
	}
	if a.runner, err = a.newRunner(ctx, former); err != nil {
		return nil, err
	}
	if a.quality, err = a.newQuality(); err != nil {
		return nil, err
	}
	if a.intake, err = a.newIntake(); err != nil {
		return nil, err
	}
	return a.handler()
}

// listen takes the address, if there is one to listen at. It comes before the log, so that a daemon that cannot have its
// address leaves nothing behind.
func (a *App) listen() (err error) {
	if a.opts.Listen == "" {
		return nil
	}
	if a.listener, err = net.Listen("tcp", a.opts.Listen); err == nil {
		return nil
	}
	err = fmt.Errorf("listen on %s: %w", a.opts.Listen, err)
	if holder := a.locked(); holder != nil {
		return holder // whoever starts a daemon twice shall read that, and not that another port would do
	}
	return err
}

// locked returns a LockedError if another process has the data directory, else nil.
func (a *App) locked() error {
	if _, err := os.Stat(a.opts.Data); err != nil {
		return nil
	}
	ended, end := context.WithCancel(context.Background())
	end() // the log is not wanted: nothing is read once the lock has been tried
	opts := natslog.NewOptions(a.opts.Data)
	opts.Salvage = true
	log, err := natslog.Open(ended, opts)
	if err == nil {
		return log.Close(context.Background()) // cannot be: it was not read
	}
	var locked *natslog.LockedError
	if errors.As(err, &locked) {
		return err
	}
	return nil
}

// Addr returns the address at which the daemon listens, host:port, or "" if it does not.
func (a *App) Addr() string {
	if a.listener == nil {
		return ""
	}
	return a.listener.Addr().String()
}

// URL returns where the daemon answers: http://host:port, or https. It is "" if it does not listen.
func (a *App) URL() string {
	switch addr := a.Addr(); {
	case addr == "":
		return ""
	case a.certificate != nil:
		return "https://" + addr
	default:
		return "http://" + addr
	}
}

// Failed is closed when a part of the daemon cannot go on; [App.Failure] says why. The daemon should be stopped then.
func (a *App) Failed() <-chan struct{} { return a.failed }

// Failure returns why a part cannot go on. It may be called after Failed was closed.
func (a *App) Failure() error { return a.failure }

// Caught waits until all that was in the log at the start has been read and the intake takes events: until [App.Ready]
// has nothing to wait for any more. Either of the two may come first.
func (a *App) Caught(ctx context.Context) error {
	caughtUp, poll := a.runner.CaughtUp(), time.NewTicker(pollReady)
	defer poll.Stop()
	for caughtUp != nil || !a.intake.Ready() {
		select {
		case <-caughtUp:
			caughtUp = nil
		case <-poll.C:
		case <-a.failed:
			return a.failure
		case <-ctx.Done():
			return fmt.Errorf("read the log: %w", ctx.Err())
		}
	}
	return nil
}

// pollReady is how often the intake, which has no channel for it, is asked whether it is ready.
const pollReady = 2 * time.Millisecond

// Emit records events as a request over HTTP would; each is one structured CloudEvent in JSON.
func (a *App) Emit(ctx context.Context, raw [][]byte) (intake.Receipt, error) {
	return a.intake.Emit(ctx, intake.Request{Events: raw, By: access.Local})
}

// Damage says what is wrong with a log that was opened with Options.Salvage; nil if nothing is.
func (a *App) Damage() *natslog.DamageError { return a.log.Damage() }

// End returns the sequence of the last commit of the log.
func (a *App) End(ctx context.Context) (uint64, error) { return a.log.End(ctx) }

// Scorecard evaluates a quarter by all that the log holds at this moment.
func (a *App) Scorecard(ctx context.Context, q indicators.Quarter, org int, asOf events.Day) (*indicators.Scorecard, error) {
	end, err := a.log.End(ctx)
	if err != nil {
		return nil, fmt.Errorf("find the end of the log: %w", err)
	}
	if err := a.awaitFigures(ctx, end); err != nil {
		return nil, err
	}
	view, plan := a.figures()
	return indicators.Evaluate(view, plan, q, org, asOf), nil
}

// Today returns the business date: the one that was set, else the day of the clock in the plan's zone.
func (a *App) Today() events.Day {
	if a.opts.AsOf != 0 {
		return a.opts.AsOf
	}
	return events.DayOf(a.opts.Now().In(a.plan.Zone))
}
