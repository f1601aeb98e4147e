package app

import (
	"context"
	"fmt"

	"github.com/kaohe/kaohe/events"
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
		Logger: a.opts.Logger.With("part", "intake"), Registerer: a.registry,
	})
}

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

func (a *App) newAPI() (*api.API, error) {
	return api.New(api.Options{
		Plan: a.opts.Plan, View: a.figures, Today: a.Today, End: a.log.End, Await: a.awaitFigures, Quarantine: a.runner.Quarantine,
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
