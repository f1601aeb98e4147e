package app

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
	"github.com/kaohe/kaohe/projections"
)

// PlanError says that a plan in the log cannot be read by this program. The log is sound; another plan may be brought into
// force, or the version of the program be used that recorded it.
type PlanError struct {
	At       events.Position
	Hash     string
	Mistakes []events.Mistake // what loading finds wrong with it; empty if it cannot be unpacked
	Err      error            // why it cannot be unpacked
}

func (e *PlanError) Error() string {
	if len(e.Mistakes) > 0 {
		return fmt.Sprintf("the plan %.12s of position %v has %d mistakes for this version of the program, the first: %s", e.Hash, e.At, len(e.Mistakes), e.Mistakes[0].In(events.English))
	}
	return fmt.Sprintf("the plan %.12s of position %v cannot be unpacked: %v", e.Hash, e.At, e.Err)
}

func (e *PlanError) Unwrap() error { return errors.Join(e.Err, api.ErrPlanUnreadable) }

// plans are the plans that the log holds, loaded when they are asked for.
type plans struct {
	archive *projections.Archive

	mu     sync.Mutex
	byHash map[string]*indicators.Plan // guarded by mu
}

// of returns the plan that an activation brought into force.
func (p *plans) of(ctx context.Context, a projections.Activation) (*indicators.Plan, error) {
	if plan := p.loaded(a.Hash); plan != nil {
		return plan, nil
	}
	plan, err := p.load(ctx, a) // without the lock: whoever asks for figures waits for nobody who looks back
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if other := p.byHash[a.Hash]; other != nil {
		return other, nil
	}
	p.byHash[a.Hash] = plan
	return plan, nil
}

func (p *plans) loaded(hash string) *indicators.Plan {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.byHash[hash]
}

func (p *plans) load(ctx context.Context, a projections.Activation) (*indicators.Plan, error) {
	packed, err := p.archive.PlanArchive(ctx, a.At)
	switch {
	case errors.Is(err, projections.ErrNoPlan):
		return nil, &PlanError{At: a.At, Hash: a.Hash, Err: err}
	case err != nil:
		return nil, err
	}
	files, err := indicators.Unpack(packed)
	if err != nil {
		return nil, &PlanError{At: a.At, Hash: a.Hash, Err: err}
	}
	plan, mistakes := indicators.Load(files)
	switch {
	case len(mistakes) > 0:
		return nil, &PlanError{At: a.At, Hash: a.Hash, Mistakes: mistakes}
	case plan.Hash != a.Hash:
		return nil, &PlanError{At: a.At, Hash: a.Hash, Err: fmt.Errorf("%w: it holds another plan, %.12s", indicators.ErrArchive, plan.Hash)}
	}
	return plan, nil
}

// choosePlan decides by which plan to work: the one that was given, or, where that is only for a new log, the one in force.
// It returns the one in force before if that is another.
func (a *App) choosePlan(ctx context.Context) (former *indicators.Plan, err error) {
	a.plan = a.opts.Plan
	a.plans = &plans{archive: a.archive, byHash: map[string]*indicators.Plan{a.plan.Hash: a.plan}}
	inForce, ok := a.archive.PlanInForce()
	if end, err := a.log.End(ctx); !ok && a.opts.KeepPlan && err == nil && end > 0 {
		a.opts.Logger.Warn("the log was written before plans were recorded in it: the built-in one comes into force. If it had another, start again with --plan", "commits", end)
	}
	if !ok || inForce.Hash == a.plan.Hash {
		return nil, nil
	}
	former, err = a.plans.of(ctx, inForce)
	if a.opts.KeepPlan {
		a.plan = former
		return nil, err
	}
	if err != nil { // the new one takes its place; there are no figures by the old one to show meanwhile
		a.opts.Logger.Warn("the plan in force cannot be read any more", "error", err)
		return nil, nil
	}
	return former, nil
}

// Plan returns the plan that events are checked by. It may be called once the daemon has started.
func (a *App) Plan() *indicators.Plan { return a.plan }

// planOf returns the plan that a view was folded by.
func (a *App) planOf(v *projections.View) *indicators.Plan {
	return a.plans.loaded(v.Rules().Hash)
}

// tookOver says which indicators a new plan changes: those of today, for all units.
func (a *App) tookOver(before, after *projections.View) {
	then, now, today := a.planOf(before), a.plan, a.Today()
	quarter, changed := indicators.QuarterOf(today), 0
	for org := range now.Orgs.Len() {
		unit := now.Orgs.Org(org)
		former, ok := then.Orgs.Index(unit.Code)
		if !ok {
			continue
		}
		was := indicators.Evaluate(before, then, quarter, former, today)
		is := indicators.Evaluate(after, now, quarter, org, today)
		for i := range is.Rows {
			row := &is.Rows[i]
			old, ok := was.Row(row.ID)
			if ok && sameValue(old.Quarter, row.Quarter) && sameValue(old.Year, row.Year) {
				continue
			}
			if changed++; changed <= listedChanges {
				a.opts.Logger.Info("the plan changes an indicator", "indicator", row.ID, "org", unit.Code, "new", !ok,
					"quarter_before", valueOf(old, ok, true), "quarter", valueOf(row, true, true),
					"year_before", valueOf(old, ok, false), "year", valueOf(row, true, false))
			}
		}
	}
	for _, d := range then.Indicators {
		if _, kept := now.Indicator(d.ID); !kept {
			a.opts.Logger.Info("the plan drops an indicator", "indicator", d.ID)
		}
	}
	for i := range then.Orgs.Len() {
		if _, kept := now.Orgs.Index(then.Orgs.Org(i).Code); !kept {
			a.opts.Logger.Info("the plan drops a unit", "org", then.Orgs.Org(i).Code)
		}
	}
	a.opts.Logger.Info("the plan has taken over", "plan", now.Hash, "changed_values", changed, "listed", min(changed, listedChanges))
}

// listedChanges bounds how many changed values are logged one by one.
const listedChanges = 200

func sameValue(a, b *indicators.Figure) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Value.Equal(b.Value)
}

func valueOf(r *indicators.Row, known, quarter bool) string {
	switch {
	case !known:
		return "none"
	case quarter && r.Quarter != nil:
		return r.Quarter.Value.String()
	case !quarter && r.Year != nil:
		return r.Year.Value.String()
	}
	return "none"
}
