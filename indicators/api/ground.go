package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

// KnownAt is a point of the log that somebody asks about: a commit, or if Seq is 0 all commits recorded at or before a time.
type KnownAt struct {
	Seq  uint64
	Time time.Time
}

// Known is what was known at a point of the log.
type Known struct {
	View *projections.View
	Plan *indicators.Plan // what the view was folded by
	Day  events.Day       // of the point, in the plan's zone: the day that figures are of unless another is asked for
}

var (
	// ErrNoSuchPoint says that the log does not reach a point, or begins after it. Whoever asks must name another one.
	ErrNoSuchPoint = errors.New("no such point in the log")
	// ErrPlanUnreadable says that the plan in force at a point of the log cannot be read any more. By today's plan it can
	// still be shown what was recorded by then.
	ErrPlanUnreadable = errors.New("plan in the log cannot be read")
)

// ground is what an answer rests on: the state of the figures, and the plan that they follow.
type ground struct {
	view  *projections.View
	plan  *indicators.Plan
	today events.Day          // the day that figures are of unless another is asked for
	known *indicators.KnownAt // the point of the log that was asked for; nil for all that is known
}

// ground finds what the answer to a question rests on.
func (a *API) ground(ctx context.Context, q question, lang events.Lang) (ground, *Problem) {
	if problem := a.wait(ctx, q.atLeast, lang); problem != nil {
		return ground{}, problem
	}
	view, plan := a.Figures()
	if view == nil {
		p := unread(lang)
		return ground{}, &p
	}
	if q.known == "" {
		return ground{view: view, plan: plan, today: a.Today()}, nil
	}
	known, err := a.lookBack(ctx, q, plan.Zone)
	if err != nil {
		p := notKnown(err, view, plan.Zone, lang)
		return ground{}, &p
	}
	return ground{
		view: known.View, plan: known.Plan,
		today: min(known.Day, a.Today()), // a business date that was set holds for all questions
		known: &indicators.KnownAt{Commit: known.View.Head().Seq, Recorded: known.View.Recorded().In(known.Plan.Zone)},
	}, nil
}

// lookBack finds what was known at the point that a question names. The point may hang on a zone: it is taken in the one
// given, and once more in that of the plan of then if that makes it another point.
func (a *API) lookBack(ctx context.Context, q question, zone *time.Location) (Known, error) {
	at := parsePoint(q.known, zone)
	known, err := a.Known(ctx, *at, q.currentPlan)
	if err != nil {
		return known, err
	}
	if then := parsePoint(q.known, known.Plan.Zone); !then.Time.Equal(at.Time) {
		return a.Known(ctx, *then, q.currentPlan)
	}
	return known, nil
}

// notKnown is the problem of a point of the log that cannot be shown; the present view says how far the log goes.
func notKnown(err error, now *projections.View, zone *time.Location, lang events.Lang) Problem {
	switch {
	case errors.Is(err, ErrNoSuchPoint):
		return NewProblem(http.StatusNotFound, "no_such_point", events.Text{ZH: "日志里没有这一点", EN: "no such point in the log"}, extent(now, zone), lang)
	case errors.Is(err, ErrPlanUnreadable):
		p := NewProblem(http.StatusConflict, "plan_unreadable", events.Text{ZH: "当时的方案已无法读取", EN: "the plan of that time cannot be read any more"}, events.Text{
			ZH: "可按现在的方案看当时已登记的内容: plan=current", EN: "What was recorded by then can be shown by today's plan: plan=current."}, lang)
		p.Parameter, p.Hint = "plan", "plan=current"
		return p
	case errors.Is(err, context.DeadlineExceeded):
		return unavailable(events.Text{ZH: "把日志重算到这一点用时太长，请稍后再试", EN: "folding the log up to that point takes too long at the moment, try again later"}, lang)
	}
	return unavailable(events.Text{ZH: "日志暂时无法访问", EN: "the log cannot be reached at the moment"}, lang)
}

// extent says how far the log goes.
func extent(now *projections.View, zone *time.Location) events.Text {
	last := now.Head().Seq
	if last == 0 {
		return events.Text{ZH: "日志还是空的", EN: "The log is still empty."}
	}
	recorded := now.Recorded().In(zone).Format(time.RFC3339)
	return events.Text{
		ZH: fmt.Sprintf("日志到提交 %d 为止，记录于 %s；请给出不大于 %[1]d 的提交，或不早于首次提交的时间", last, recorded),
		EN: fmt.Sprintf("The log goes up to commit %d, recorded at %s; ask for a commit up to %[1]d, or for a time not before the first one.", last, recorded),
	}
}

// day returns the day that figures are of.
func (g *ground) day(q question) events.Day {
	if q.asOf != nil {
		return *q.asOf
	}
	return g.today
}

// org finds a unit by its code.
func (g *ground) org(code string) (int, *badParameter) {
	if i, ok := g.plan.Orgs.Index(code); ok {
		return i, nil
	}
	bad := &badParameter{name: "org", got: code, expected: events.Text{ZH: "方案中的单位代码", EN: "the code of a unit of the plan"}}
	var codes []string
	for i := range g.plan.Orgs.Len() {
		org := g.plan.Orgs.Org(i)
		if org.Name.ZH == code || org.Name.EN == code {
			bad.hint = didYouMean(org.Code)
			return 0, bad
		}
		codes = append(codes, org.Code)
	}
	bad.hint = didYouMean(events.Suggest(code, codes))
	return 0, bad
}

// indicator checks the id of an indicator.
func (g *ground) indicator(id string) *badParameter {
	if _, ok := g.plan.Indicator(id); ok {
		return nil
	}
	bad := &badParameter{name: "indicator", got: id, expected: events.Text{ZH: "方案中的指标", EN: "the id of an indicator of the plan"}}
	var ids []string
	for _, d := range g.plan.Indicators {
		if d.Name.ZH == id || d.Name.EN == id {
			bad.hint = didYouMean(d.ID)
			return bad
		}
		ids = append(ids, d.ID)
	}
	bad.hint = didYouMean(events.Suggest(id, ids))
	return bad
}

func didYouMean(name string) events.Text {
	if name == "" {
		return events.Text{}
	}
	return events.Text{ZH: "是不是 " + name + "？", EN: "did you mean " + name + "?"}
}
