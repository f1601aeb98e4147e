package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators"
)

// restatement answers what has become of a unit's published figures. The revision is the last one unless another is named. A
// quarter that was never closed is not found.
func (a *API) restatement(w http.ResponseWriter, r *http.Request) {
	lang := intake.LangOf(r)
	values := r.URL.Query()
	q, bad := a.question(values, "quarter", "org", "indicator", "revision", "as_of", "at_least")
	revision := 0
	if bad == nil {
		revision, bad = readRevision(values)
	}
	if bad != nil {
		bad.problem(lang).Write(w, lang)
		return
	}
	g, problem := a.ground(r.Context(), q, lang)
	if problem != nil {
		problem.Write(w, lang)
		return
	}
	org, problem := a.unit(r.Context(), &g, q.org, lang)
	var restated *indicators.Restatement
	if problem == nil {
		restated, problem = a.restate(r.Context(), &g, q, org, revision, lang)
	}
	if problem != nil {
		problem.Write(w, lang)
		return
	}
	answer := restatementOf(restated, g.plan)
	if err := a.hideMoving(r.Context(), &answer); err != nil {
		notKnown(err, g.view, g.plan.Zone, lang).Write(w, lang)
		return
	}
	writeJSON(w, "application/json", http.StatusOK, answer)
}

// readRevision reads which of several closings is meant; 0 is the last one.
func readRevision(values url.Values) (int, *badParameter) {
	s := values.Get("revision")
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(s, 10, 31)
	if err != nil || n == 0 {
		return 0, &badParameter{name: "revision", got: s, expected: events.Text{ZH: "第几版，从 1 起", EN: "the number of a revision, from 1"}}
	}
	return int(n), nil
}

func (a *API) restate(ctx context.Context, g *ground, q question, org, revision int, lang events.Lang) (*indicators.Restatement, *Problem) {
	day := g.day(q)
	quarter := indicators.QuarterOf(day)
	if q.quarter != nil {
		quarter = *q.quarter
	}
	closing, err := indicators.FindClosing(g.view, org, quarter, revision)
	if err != nil {
		return nil, notClosed(g, org, quarter, lang)
	}
	then, err := a.planThen(ctx, g, closing.Plan)
	var restated *indicators.Restatement
	if err == nil {
		restated, err = indicators.Restate(ctx, a.Past, indicators.RestateRequest{
			View: g.view, Plan: g.plan, Then: then, Line: a.line, Closing: closing, AsOf: day, Indicator: q.indicator,
		})
	}
	switch {
	case errors.Is(err, indicators.ErrNoIndicator):
		return nil, g.indicator(q.indicator).problem(lang)
	case errors.Is(err, indicators.ErrScorecard):
		return nil, unreadableScorecard(closing.At, lang)
	case err != nil:
		p := notKnown(err, g.view, g.plan.Zone, lang)
		return nil, &p
	}
	return restated, nil
}

// line reads the event with an identity.
func (a *API) line(ctx context.Context, k events.Key) ([]byte, error) {
	at, ok := a.Find(k)
	if !ok {
		return nil, events.ErrNotFound
	}
	return a.Event(ctx, at)
}

// planThen returns the plan with a hash; nil if the log has none that can be read.
func (a *API) planThen(ctx context.Context, g *ground, hash string) (*indicators.Plan, error) {
	if hash == g.plan.Hash {
		return g.plan, nil
	}
	for _, p := range slices.Backward(g.view.Activations()) {
		if p.Hash != hash {
			continue
		}
		plan, err := a.PlanOf(ctx, p)
		if errors.Is(err, ErrPlanUnreadable) {
			return nil, nil
		}
		return plan, err
	}
	return nil, nil
}

// notClosed is the problem of a closing that is not there.
func notClosed(g *ground, org int, quarter indicators.Quarter, lang events.Lang) *Problem {
	code, n := g.plan.Orgs.Org(org).Code, len(g.view.Closings(org, quarter.Year, quarter.N))
	if n > 0 {
		p := NewProblem(http.StatusNotFound, "no_such_revision", events.Text{ZH: "没有这一版", EN: "no such revision"}, events.Text{
			ZH: fmt.Sprintf("%s 的 %s 最后一版是第 %d 版；不给版次就是这一版", code, quarter, n),
			EN: fmt.Sprintf("The last revision of %s of %s is %d; it is the one that is meant if none is named.", quarter, code, n),
		}, lang)
		p.Parameter = "revision"
		return &p
	}
	command := fmt.Sprintf("kaohe close %s --org %s --reason '...'", quarter, code)
	p := NewProblem(http.StatusNotFound, "not_closed", events.Text{ZH: "这个季度没有锁定过", EN: "the quarter was never closed"}, events.Text{
		ZH: fmt.Sprintf("%s 的 %s 没有报出的数可以对比；报出时用 %s 锁定", code, quarter, command),
		EN: fmt.Sprintf("There are no published figures of %s for %s to hold the current ones against. When they are handed in, close it: %s", quarter, code, command),
	}, lang)
	p.Parameter, p.Hint = "quarter", command
	return &p
}

func unreadableScorecard(at events.Position, lang events.Lang) *Problem {
	p := NewProblem(http.StatusConflict, "scorecard_unreadable", events.Text{ZH: "报出的记分卡已无法读取", EN: "the published scorecard cannot be read any more"}, events.Text{
		ZH: fmt.Sprintf("这一版程序看不懂锁定事件里的记分卡；事件原文: /v1/events/%v", at),
		EN: fmt.Sprintf("This version of the program cannot read the scorecard in the closing; the event itself is at /v1/events/%v.", at),
	}, lang)
	return &p
}

// restatementOf writes a restatement in the shape of the API. Types of events have the titles that the plan gives them.
func restatementOf(r *indicators.Restatement, plan *indicators.Plan) Restatement {
	c := &r.Closing
	answer := Restatement{
		Org: r.Org, OrgName: r.OrgName, Quarter: r.Quarter, AsOf: r.AsOf.String(), Through: r.Through, Plan: r.Plan,
		Revision: r.Revision, Revisions: r.Revisions, PlanUnreadable: r.PlanUnreadable, Changed: r.Changed(), Events: r.Events, Moving: r.Moving,
		Closing: RestatedClosing{
			Position: c.At.String(), Source: c.Source, ID: c.ID, Day: c.Day.String(), AsOf: c.AsOf.String(), Cutoff: dayOrNone(c.Cutoff),
			Through: c.Through, Plan: c.Plan, Reason: c.Reason, By: cmp.Or(c.Principal, c.Source),
		},
		Indicators: make([]RestatedIndicator, len(r.Rows)),
	}
	for i := range r.Rows {
		answer.Indicators[i] = restatedIndicator(&r.Rows[i], plan)
	}
	return answer
}

func restatedIndicator(row *indicators.RestatedRow, plan *indicators.Plan) RestatedIndicator {
	ind := RestatedIndicator{
		ID: row.ID, Name: row.Name, Units: row.Unit, Decimals: row.Decimals, Money: row.Money, Gone: row.Gone, New: row.New, Changed: row.Changed(),
		Figures: make(map[indicators.Followed]RestatedFigure, len(row.Figures)), Events: make([]RestatingEvent, len(row.Events)), More: row.More,
	}
	for name, f := range row.Figures {
		ind.Figures[name] = RestatedFigure(*f)
	}
	for i := range row.Events {
		e := &row.Events[i]
		ind.Events[i] = RestatingEvent{
			Position: e.At.String(), Source: e.Source, ID: e.ID, Type: e.Type, Day: e.Day.String(), Cause: e.Cause,
			Changes: make(map[indicators.Followed]RestatedChange, len(e.Changes)),
		}
		if t, ok := plan.Catalogue.Type(e.Type); ok {
			ind.Events[i].Title = t.Title
		}
		for _, change := range e.Changes {
			ind.Events[i].Changes[change.Figure] = RestatedChange{change.By, change.After}
		}
	}
	return ind
}

func dayOrNone(d events.Day) string {
	if d == 0 {
		return ""
	}
	return d.String()
}
