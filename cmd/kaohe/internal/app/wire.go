package app

import (
	"context"
	"fmt"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/events/natslog"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
	"github.com/kaohe/kaohe/indicators/metrics"
	"github.com/kaohe/kaohe/projections"
)

func (a *App) openLog(ctx context.Context) (*natslog.Log, error) {
	opts := natslog.NewOptions(a.opts.Data)
	opts.Logger = a.opts.Logger.With("part", "log")
	opts.Registerer = a.registry
	opts.Now = a.opts.Now
	opts.Salvage = a.opts.Salvage
	return natslog.Open(ctx, opts)
}

func (a *App) newRunner() (*projections.Runner, error) {
	a.ids = events.NewIDs()
	return projections.NewRunner(projections.RunnerOptions{
		Log: a.log, IDs: a.ids, Orgs: a.opts.Plan.Orgs, Catalogue: a.opts.Plan.Catalogue, Measures: a.opts.Plan.Measures,
		Logger: a.opts.Logger.With("part", "runner"), Registerer: a.registry,
	})
}

func (a *App) newIntake() (*intake.Intake, error) {
	plan := a.opts.Plan
	return intake.New(intake.Options{
		Log: a.log, IDs: a.ids, Catalogue: plan.Catalogue, Orgs: plan.Orgs, DefaultOrg: plan.DefaultOrg, Zone: plan.Zone,
		Now: a.opts.Now, NewID: a.opts.NewID, State: a.runner, Durability: a.log.Durability(),
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
		Check:  planChecks(plan),
		Logger: a.opts.Logger.With("part", "intake"), Registerer: a.registry,
	})
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

// figures returns the present view, or nil as long as what was in the log at the start has not all been folded: the views
// before lack part of the facts, and nobody could tell.
func (a *App) figures() *projections.View {
	if !a.caughtUp() {
		return nil
	}
	return a.runner.View()
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
		Plan: a.opts.Plan, View: a.figures, Today: a.Today, End: a.log.End, Await: a.awaitFigures,
		Event: a.event, Find: a.ids.Lookup, Quarantine: a.runner.Quarantine,
	})
}

// registerScorecard offers the figures of the business date as metrics.
func (a *App) registerScorecard() error {
	collector, err := metrics.New(metrics.Options{
		View: a.figures, Plan: func() *indicators.Plan { return a.opts.Plan }, Today: a.Today,
	})
	if err != nil {
		return err
	}
	return a.registry.Register(collector)
}
