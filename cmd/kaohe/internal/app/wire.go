package app

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/catalogue"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/events/natslog"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
	"github.com/kaohe/kaohe/indicators/metrics"
	"github.com/kaohe/kaohe/projections"
	"github.com/kaohe/kaohe/projections/snapshots"
)

func (a *App) openTokens() (err error) {
	a.tokens, err = access.Open(filepath.Join(a.opts.Data, access.File), a.opts.Now)
	return err
}

func (a *App) openLog(ctx context.Context) (*natslog.Log, error) {
	opts := natslog.NewOptions(a.opts.Data)
	opts.Logger = a.opts.Logger.With("part", "log")
	opts.Registerer = a.registry
	opts.Now = a.opts.Now
	opts.Salvage = a.opts.Salvage
	opts.Door = a.door(a.certificate.config())
	opts.Wrap = a.opts.wrap
	opts.Cluster = a.opts.Cluster
	return natslog.Open(ctx, opts)
}

// snapshotsFolder is where snapshots are kept, in the data directory.
const snapshotsFolder = "snapshots"

// openArchive finds what is known of the log from earlier runs. Where no snapshots can be kept the log is read instead; of a
// damaged log none are used, and nothing is written.
func (a *App) openArchive(ctx context.Context) (*projections.Archive, error) {
	opts := projections.ArchiveOptions{Log: a.log, Logger: a.opts.Logger.With("part", "archive"), Registerer: a.registry}
	if !a.opts.Salvage {
		store, err := snapshots.Open(filepath.Join(a.opts.Data, snapshotsFolder))
		if err != nil {
			a.opts.Logger.Warn("no snapshots are kept", "error", err)
		} else {
			opts.Store = store
		}
	}
	return projections.OpenArchive(ctx, opts)
}

// newRunner makes what follows the log. The figures of the former plan, if there is one, are shown until those of the
// present one are there.
func (a *App) newRunner(ctx context.Context, former *indicators.Plan) (*projections.Runner, error) {
	opts := projections.RunnerOptions{
		Log: a.log, IDs: a.archive.IDs(), Rules: a.plan.Rules(), Archive: a.archive, TookOver: a.tookOver, SnapshotEvery: a.opts.SnapshotEvery,
		Logger: a.opts.Logger.With("part", "runner"), Registerer: a.registry,
	}
	if damage := a.log.Damage(); damage != nil { // gaps show by themselves, a lost end does not
		end, err := a.log.End(ctx)
		if err != nil {
			return nil, err
		}
		if damage.Last > end {
			opts.Lost = fmt.Sprintf("commits %d to %d are missing at the end of the log", end+1, damage.Last)
		}
	}
	if former != nil {
		rules := former.Rules()
		opts.Former = &rules
	}
	return projections.NewRunner(opts)
}

func (a *App) newIntake() (*intake.Intake, error) {
	plan := a.plan
	opts := intake.Options{
		Log: a.log, IDs: a.archive.IDs(), Catalogue: plan.Catalogue, Orgs: plan.Orgs, DefaultOrg: plan.DefaultOrg, Zone: plan.Zone,
		Now: a.opts.Now, NewID: a.opts.NewID, State: a.runner, Durability: a.log.Durability(), Close: a.closing,
		Plan: a.planRecord(),
		Resolve: map[string]intake.Resolver{"indicator": {
			Known: func(id string) bool { _, ok := plan.Indicator(id); return ok },
			Names: func() []string {
				names := make([]string, len(plan.Indicators))
				for i, d := range plan.Indicators {
					names[i] = d.ID
				}
				return names
			},
		}},
		Check: planChecks(plan), Notice: a.notice,
		Logger: a.opts.Logger.With("part", "intake"), Registerer: a.registry,
	}
	if a.announcer != nil {
		opts.Committed = a.announcer.committed
	}
	return intake.New(opts)
}

// planRecord is the plan as the log is to have it. Nothing is written to a log that is only being salvaged.
func (a *App) planRecord() intake.PlanRecord {
	if a.opts.Salvage {
		return intake.PlanRecord{}
	}
	return intake.PlanRecord{Hash: a.plan.Hash, Archive: a.plan.Archive, InForce: a.inForce}
}

// inForce returns the hash of the plan that the log brought into force last.
func (a *App) inForce() (hash string, ok bool) {
	v := a.runner.View()
	p, ok := v.PlanAt(v.Head().Seq)
	return p.Hash, ok
}

// planChecks are what the plan alone can say of events.
func planChecks(plan *indicators.Plan) map[string]func(events.Event) []catalogue.Fault {
	checks := map[string]func(events.Event) []catalogue.Fault{}
	if _, ok := plan.Catalogue.Type(typeTarget); ok {
		checks[typeTarget] = plan.CheckTarget
	}
	return checks
}

// typeTarget is the type of the events that set targets. A plan may do without.
const typeTarget = "TargetSet"

// figures returns the present view and the plan that it follows, or nil as long as what was in the log at the start has not
// all been folded: the views before lack part of the facts, and nobody could tell.
func (a *App) figures() (*projections.View, *indicators.Plan) {
	if !a.caughtUp() {
		return nil, nil
	}
	v := a.runner.View()
	return v, a.planOf(v)
}

// awaitFigures returns once figures include a commit.
func (a *App) awaitFigures(ctx context.Context, seq uint64) error {
	if _, err := a.runner.Await(ctx, seq); err != nil {
		return err
	}
	select {
	case <-a.runner.CaughtUp():
		return nil
	case <-ctx.Done():
		return fmt.Errorf("read the log: %w", ctx.Err())
	}
}

// event returns the canonical line at a position. What stands in the log and is no event is not found.
func (a *App) event(ctx context.Context, at events.Position) ([]byte, error) {
	commit, err := a.log.Get(ctx, at.Seq())
	if err != nil {
		return nil, err
	}
	lines, err := commit.Lines()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", events.ErrNotFound, err)
	}
	for i, line := range lines {
		var stored events.Stored
		if i == at.Index() && stored.ParseLine(line) == nil {
			return line, nil
		}
	}
	return nil, fmt.Errorf("event %v: %w", at, events.ErrNotFound)
}

func (a *App) newAPI() (*api.API, error) {
	return api.New(api.Options{
		Plan: a.plan, Figures: a.figures, Today: a.Today, End: a.log.End, Await: a.awaitFigures, Known: a.known, Past: a.archive, PlanOf: a.plans.of,
		Commit: a.log.Get, Event: a.event, Find: a.archive.IDs().Lookup, Quarantine: a.runner.Quarantine, Findings: a.quality.Findings,
	})
}

// registerScorecard offers the figures of the business date as metrics.
func (a *App) registerScorecard() error {
	collector, err := metrics.New(metrics.Options{
		Figures: a.figures, Today: a.Today,
	})
	if err != nil {
		return err
	}
	return a.registry.Register(collector)
}
