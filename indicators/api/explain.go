// An indicator explains itself:
//
//	GET /v1/explain?indicator=conversions&quarter=2018Q1&org=450703&span=quarter&after=12-0&limit=1000
//
// The answer is an Explanation of package indicators: the indicator and its definition in words, the scorecard's figure, its arithmetic
// step by step, and under "value" the parts that the figure is computed from. A part without parts of its own has "events": all
// that were considered, in the order of the log, each with its position, source, id, day, unit, contribution, a "verdict"
// (counted, or the rule that leaves it out), the position of another event that the rule names in "by", the closing that it
// came too late for in "late", and its corrections. A part's contributions sum to its value; "consistent" says whether they do.
//
// A page has up to limit events of each part, and "next" is the position to ask on after. Counts and sums are of all events on
// every page. span is quarter, unless year is asked for; as_of, known_at, plan and at_least mean what they mean for a
// scorecard. Fields keep their meaning; more may be added.
package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

// Bounds of a page.
const (
	DefaultPage = 1000
	MaxPage     = 10_000
)

func (a *API) explain(w http.ResponseWriter, r *http.Request) {
	lang, values := intake.LangOf(r), r.URL.Query()
	q, bad := a.question(values, "indicator", "quarter", "org", "span", "as_of", "known_at", "plan", "after", "limit", "at_least")
	ask, also := readPage(values)
	if bad == nil {
		bad = also
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
	if ask.Org, problem = a.unit(r.Context(), &g, q.org, lang); problem == nil {
		if bad := g.indicator(q.indicator); bad != nil {
			problem = bad.problem(lang)
		}
	}
	if problem != nil {
		problem.Write(w, lang)
		return
	}
	ask.Indicator, ask.AsOf = q.indicator, g.day(q)
	if ask.Quarter = indicators.QuarterOf(ask.AsOf); q.quarter != nil {
		ask.Quarter = *q.quarter
	}
	x, err := indicators.Explain(r.Context(), projections.Source{Commit: a.Commit, First: a.Find}, g.view, g.plan, ask)
	if err != nil {
		notExplained(err, lang).Write(w, lang)
		return
	}
	x.KnownAt = g.known
	a.hide(r.Context(), x.Value)
	writeJSON(w, "application/json", http.StatusOK, x)
}

// readPage reads the parameters that only explanations have.
func readPage(values url.Values) (ask indicators.ExplainAsk, bad *badParameter) {
	ask = indicators.ExplainAsk{Span: values.Get("span"), Limit: DefaultPage}
	switch ask.Span {
	case "":
		ask.Span = indicators.SpanQuarter
	case indicators.SpanQuarter, indicators.SpanYear:
	default:
		return ask, &badParameter{name: "span", got: ask.Span, expected: events.Text{ZH: " quarter（本季）或 year（本年累计）", EN: "quarter or year"}}
	}
	if s := values.Get("limit"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > MaxPage {
			return ask, &badParameter{name: "limit", got: s, expected: events.Text{
				ZH: " 1 到 " + strconv.Itoa(MaxPage) + " 的整数", EN: "a whole number from 1 to " + strconv.Itoa(MaxPage)}}
		}
		ask.Limit = n
	}
	if s := values.Get("after"); s != "" {
		at, err := events.ParsePosition(s)
		if err != nil {
			return ask, &badParameter{name: "after", got: s, expected: events.Text{ZH: "位置，如 12-0", EN: "a position like 12-0"}}
		}
		ask.After = at
	}
	return ask, nil
}

// notExplained is the problem of a log that could not be read again.
func notExplained(err error, lang events.Lang) Problem {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return unavailable(events.Text{ZH: "要读的事件太多，用时太长，请稍后再试", EN: "there is much to be read for it, and that takes too long at the moment; try again later"}, lang)
	case errors.Is(err, events.ErrNotFound), errors.Is(err, events.ErrBody):
		p := NewProblem(http.StatusConflict, "log_damaged", events.Text{ZH: "日志里缺少计入的事件", EN: "events that were counted are missing from the log"}, events.Text{
			ZH: "数字所依据的提交已读不到，请从备份恢复: " + err.Error(), EN: "A commit that the figure rests on cannot be read any more; restore a backup: " + err.Error()}, lang)
		p.Lasting = true
		return p
	}
	return unavailable(events.Text{ZH: "日志暂时无法访问", EN: "the log cannot be reached at the moment"}, lang)
}
