package indicators

import (
	"cmp"
	"context"
	"fmt"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections"
)

// Restate leads from what a closing published to what is known now. It folds the log up to the closing and on from there,
// by the plans of then and now. It fails with [ErrScorecard], [ErrNoIndicator] or an error of the past.
func Restate(ctx context.Context, past Past, req RestateRequest) (*Restatement, error) {
	w, err := newRestating(req)
	if err != nil {
		return nil, err
	}
	if err := w.before(ctx, past); err != nil {
		return nil, err
	}
	follow := func(s projections.Step) error { return w.event(ctx, s) }
	if err := past.Walk(ctx, w.plan.Rules(), w.closing.Through, w.out.Through, follow); err != nil {
		return nil, fmt.Errorf("follow the log from commit %d on: %w", w.closing.Through, err)
	}
	w.finish()
	return w.out, nil
}

// restating is a walk from published figures to current ones.
type restating struct {
	reading
	then    *Plan
	closing projections.Closing
	quarter Quarter
	on      events.Day
	max     int
	reach   *reach
	at      []figures // of each row, after the steps taken so far
	out     *Restatement
}

func newRestating(req RestateRequest) (*restating, error) {
	c := req.Closing
	published, err := readPublished(c.Scorecard)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrScorecard, err)
	}
	unit, quarter := req.Plan.Orgs.Org(c.Org), Quarter{c.Year, c.Quarter}
	w := &restating{
		reading: reading{req.View, req.Plan}, then: req.Then, closing: c, quarter: quarter, on: min(req.AsOf, quarter.Last()),
		max: cmp.Or(req.MaxEvents, DefaultMaxEvents),
	}
	w.out = &Restatement{
		Org: unit.Code, OrgName: unit.Name, Quarter: quarter, Closing: c, AsOf: w.on, Through: req.View.Head().Seq, Plan: req.Plan.Hash,
	}
	w.number()
	w.addRows(published, req.Indicator)
	if len(w.out.Rows) == 0 && req.Indicator != "" {
		return nil, fmt.Errorf("%w: %s", ErrNoIndicator, req.Indicator)
	}
	w.reach = newReach(&req, w.on, w.out.Rows)
	return w, nil
}

// number finds which of the closings it is.
func (w *restating) number() {
	closings := w.view.Closings(w.closing.Org, w.quarter.Year, w.quarter.N)
	w.out.Revisions = len(closings)
	for i := range closings {
		if closings[i].At == w.closing.At {
			w.out.Revision = i + 1
		}
	}
}

// addRows begins with what was published: of the plan's indicators in order, then of those that are gone.
func (w *restating) addRows(published []publishedRow, only string) {
	by := make(map[string]*publishedRow, len(published))
	for i := range published {
		by[published[i].ID] = &published[i]
	}
	for _, d := range w.plan.Indicators {
		row := RestatedRow{ID: d.ID, Name: d.Name, Unit: d.Unit, Decimals: d.Decimals, Money: d.money()}
		w.addRow(row, by[d.ID], only)
	}
	for i := range published {
		if p := &published[i]; by[p.ID] == p && w.part(p.ID) == nil {
			w.addRow(RestatedRow{ID: p.ID, Name: p.Name, Gone: true}, p, only)
		}
	}
}

func (w *restating) addRow(row RestatedRow, published *publishedRow, only string) {
	if only != "" && row.ID != only {
		return
	}
	var start figures
	if row.New = published == nil; !row.New {
		start = figuresOf(published.Quarter, published.Year)
	}
	row.Figures = make(map[Followed]*RestatedFigure, len(start))
	for i, name := range FollowedFigures {
		row.Figures[name] = &RestatedFigure{Published: start[i], Causes: make(map[Cause]Number)}
	}
	w.out.Rows, w.at = append(w.out.Rows, row), append(w.at, start)
}

// before takes the steps that are no events.
func (w *restating) before(ctx context.Context, past Past) error {
	asOf := cmp.Or(w.closing.AsOf, w.quarter.Last())
	org, known := 0, false
	if w.then != nil {
		org, known = w.then.Orgs.Index(w.out.Org)
	}
	if w.out.PlanUnreadable = !known; known {
		then, err := past.View(ctx, w.then.Rules(), w.closing.Through)
		if err != nil {
			return fmt.Errorf("look at commit %d by the plan of then: %w", w.closing.Through, err)
		}
		w.stepAll(BySoftware, &evaluation{reading: reading{then, w.then}, quarter: w.quarter, org: org, on: asOf})
	}
	now, err := past.View(ctx, w.plan.Rules(), w.closing.Through)
	if err != nil {
		return fmt.Errorf("look at commit %d: %w", w.closing.Through, err)
	}
	w.stepAll(ByDefinition, w.evaluation(now, asOf))
	w.stepAll(ByCutoff, w.evaluation(now, w.on))
	return nil
}

// evaluation evaluates by today's plan.
func (w *restating) evaluation(v *projections.View, on events.Day) *evaluation {
	return &evaluation{reading: reading{v, w.plan}, quarter: w.quarter, org: w.closing.Org, on: min(on, w.quarter.Last())}
}

func (w *restating) stepAll(cause Cause, e *evaluation) {
	for i := range w.out.Rows {
		w.step(i, cause, e.followed(w.out.Rows[i].ID))
	}
}

// followed returns the figures of an indicator; all are null if the plan does not have it.
func (e *evaluation) followed(id string) figures {
	d := e.part(id)
	if d == nil {
		return figures{}
	}
	row := e.row(d)
	return figuresOf(row.Quarter, row.Year)
}

// step moves a row to the figures after a cause, and returns what has changed.
func (w *restating) step(i int, cause Cause, now figures) []FigureChange {
	var changes []FigureChange
	for k, name := range FollowedFigures {
		was := w.at[i][k]
		if now[k].Equal(was) {
			continue
		}
		by := now[k].or(zero).sub(was.or(zero))
		changes = append(changes, FigureChange{name, by, now[k]})
		causes := w.out.Rows[i].Figures[name].Causes
		causes[cause] = causes[cause].or(zero).add(by)
	}
	w.at[i] = now
	return changes
}

// event takes the step of one event, if it can be one: to look costs more than to read.
func (w *restating) event(ctx context.Context, s projections.Step) error {
	if s.At == w.closing.At {
		return nil
	}
	w.out.Events++
	cause, rows, err := w.reach.of(ctx, s.Event)
	if err != nil || len(rows) == 0 {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	moved, now := false, w.evaluation(s.View(), w.on)
	for _, i := range rows {
		row := &w.out.Rows[i]
		changes := w.step(i, cause, now.followed(row.ID))
		if len(changes) == 0 {
			continue
		}
		if moved = true; len(row.Events) >= w.max {
			row.More++
			continue
		}
		row.Events = append(row.Events, RestatingEvent{
			At: s.At, Source: string(s.Event.Source), ID: string(s.Event.ID), Type: string(s.Event.Type), Day: s.Event.Day(), Cause: cause, Changes: changes,
		})
	}
	if moved {
		w.out.Moving++
	}
	return nil
}

// finish holds where the steps led to against what everybody is shown.
func (w *restating) finish() {
	now := w.evaluation(w.view, w.on)
	for i := range w.out.Rows {
		row := &w.out.Rows[i]
		current := now.followed(row.ID)
		for k, name := range FollowedFigures {
			f := row.Figures[name]
			f.Current, f.Difference = current[k], current[k].or(zero).sub(f.Published.or(zero))
			if arrived := w.at[i][k]; !arrived.Equal(f.Current) {
				f.Unexplained = f.Current.or(zero).sub(arrived.or(zero))
			}
			for cause, by := range f.Causes {
				if by.Sign() == 0 {
					delete(f.Causes, cause)
				}
			}
		}
	}
}

// rounded returns the number as it is written.
func (n Number) rounded() Number {
	if n.r == nil {
		return n
	}
	written, _ := ParseNumber(n.String())
	return written
}
