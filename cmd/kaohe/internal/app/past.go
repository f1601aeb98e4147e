package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
	"github.com/kaohe/kaohe/projections"
)

// known answers what was known at a point of the log, by the plan in force then or by today's.
func (a *App) known(ctx context.Context, at api.KnownAt, currentPlan bool) (api.Known, error) {
	v, plan := a.figures()
	if v == nil {
		return api.Known{}, errors.New("the log is still being read")
	}
	seq, err := a.point(ctx, v, at)
	if err != nil {
		return api.Known{}, err
	}
	if then, ok := v.PlanAt(seq); ok && !currentPlan {
		if plan, err = a.plans.of(ctx, then); err != nil {
			return api.Known{}, err
		}
	}
	view, err := a.archive.View(ctx, plan.Rules(), seq)
	if err != nil {
		return api.Known{}, err
	}
	known := api.Known{View: view, Plan: plan, Day: events.DayOf(view.Recorded().In(plan.Zone))}
	if !at.Time.IsZero() {
		known.Day = events.DayOf(at.Time.In(plan.Zone))
	}
	return known, nil
}

// point returns the commit that is meant.
func (a *App) point(ctx context.Context, v *projections.View, at api.KnownAt) (uint64, error) {
	seq := at.Seq
	if !at.Time.IsZero() {
		var err error
		if seq, err = a.archive.SeqAt(ctx, v, at.Time); err != nil {
			return 0, err
		}
	}
	if seq == 0 || seq > v.Head().Seq {
		return 0, fmt.Errorf("commit %d of %d: %w", seq, v.Head().Seq, api.ErrNoSuchPoint)
	}
	return seq, nil
}

// errFormer says that figures are still those of the plan that was in force before.
var errFormer = fmt.Errorf("figures by the present plan are still being computed: %w", intake.ErrUnavailable)

// closing draws up what a unit hands in for a quarter.
func (a *App) closing(ctx context.Context, head events.Head, c intake.CloseRequest) (intake.Closing, *intake.Refusal, error) {
	if err := a.awaitFigures(ctx, head.Seq); err != nil {
		return intake.Closing{}, nil, err
	}
	v, plan := a.figures()
	if v == nil || plan != a.plan {
		return intake.Closing{}, nil, errFormer
	}
	org, ok := plan.Orgs.Index(c.Org)
	quarter, err := indicators.ParseQuarter(c.Quarter)
	if !ok || err != nil {
		return intake.Closing{}, nil, fmt.Errorf("close %s of %s: the plan has no such unit or quarter", c.Quarter, c.Org) // it was checked
	}
	asOf := min(a.Today(), quarter.Last())
	if c.Cutoff > asOf {
		return intake.Closing{}, &intake.Refusal{Code: intake.CodeInvalid, Text: events.Text{
			ZH: fmt.Sprintf("截止日 %s 晚于业务日期 %s", c.Cutoff, a.Today()),
			EN: fmt.Sprintf("the cut-off, %s, comes after the business date, %s", c.Cutoff, a.Today()),
		}}, nil
	}
	if c.Cutoff != 0 {
		asOf = c.Cutoff
	}
	if asOf < quarter.First() {
		return intake.Closing{}, &intake.Refusal{Code: intake.CodeInvalid, Text: events.Text{
			ZH: fmt.Sprintf("%s 在业务日期 %s 尚未开始，不能锁定", quarter, a.Today()),
			EN: fmt.Sprintf("%s has not begun by the business date, %s: it cannot be closed", quarter, a.Today()),
		}}, nil
	}
	card, err := json.Marshal(indicators.Evaluate(v, plan, quarter, org, asOf).ToPublish())
	if err != nil {
		return intake.Closing{}, nil, err
	}
	return intake.Closing{AsOf: asOf, Scorecard: card, Plan: plan.Hash}, nil, nil
}
