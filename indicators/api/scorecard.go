package api

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators"
)

// question is what a scorecard is asked for.
type question struct {
	quarter indicators.Quarter
	org     int
	asOf    events.Day
	atLeast string // a position, a sequence, "end", or empty
}

func (a *API) scorecard(w http.ResponseWriter, r *http.Request) {
	lang := intake.LangOf(r)
	q, bad := a.question(r.URL.Query())
	if bad != nil {
		bad.in(lang).Write(w, lang)
		return
	}
	if problem := a.wait(r.Context(), q.atLeast, lang); problem != nil {
		problem.Write(w, lang)
		return
	}
	view := a.View()
	if view == nil {
		unread(lang).Write(w, lang)
		return
	}
	writeJSON(w, "application/json", http.StatusOK, indicators.Evaluate(view, a.Plan, q.quarter, q.org, q.asOf))
}

// question reads the parameters. Unknown ones are refused: a misspelt as_of must not silently mean today.
func (a *API) question(values url.Values) (q question, bad *badParameter) {
	for name, list := range values {
		if !isParameter(name) {
			return q, &badParameter{name: name, got: list[0], expected: parameterNames, hint: didYouMean(events.Suggest(name, parameters))}
		}
		if len(list) > 1 {
			return q, &badParameter{name: name, got: list[1], expected: events.Text{ZH: "只给一次", EN: "it once"}}
		}
	}
	q.asOf = a.Today()
	if s := values.Get("as_of"); s != "" {
		day, err := events.ParseDay(s)
		if err != nil {
			return q, &badParameter{name: "as_of", got: s, expected: events.Text{ZH: "日期，如 2018-03-31", EN: "a day like 2018-03-31"}}
		}
		q.asOf = day
	}
	q.quarter = indicators.QuarterOf(q.asOf)
	if s := values.Get("quarter"); s != "" {
		quarter, err := indicators.ParseQuarter(s)
		if err != nil {
			return q, &badParameter{name: "quarter", got: s, expected: events.Text{ZH: "季度，如 2018Q1", EN: "a quarter like 2018Q1"}}
		}
		q.quarter = quarter
	}
	q.atLeast = values.Get("at_least")
	if q.org, bad = a.org(values.Get("org")); bad != nil {
		return q, bad
	}
	return q, nil
}

var (
	parameters     = []string{"quarter", "org", "as_of", "at_least"}
	parameterNames = events.Text{ZH: "参数 quarter、org、as_of、at_least 之一", EN: "one of the parameters quarter, org, as_of, at_least"}
)

func isParameter(name string) bool {
	for _, p := range parameters {
		if p == name {
			return true
		}
	}
	return false
}

// org finds a unit by its code.
func (a *API) org(code string) (int, *badParameter) {
	expected := events.Text{ZH: "方案中的单位代码", EN: "the code of a unit of the plan"}
	if code == "" {
		code = a.Plan.DefaultOrg
	}
	if i, ok := a.Plan.Orgs.Index(code); ok {
		return i, nil
	}
	var codes []string
	for i := range a.Plan.Orgs.Len() {
		org := a.Plan.Orgs.Org(i)
		if org.Name.ZH == code || org.Name.EN == code {
			return 0, &badParameter{name: "org", got: code, expected: expected, hint: didYouMean(org.Code)}
		}
		codes = append(codes, org.Code)
	}
	return 0, &badParameter{name: "org", got: code, expected: expected, hint: didYouMean(events.Suggest(code, codes))}
}

func didYouMean(name string) events.Text {
	if name == "" {
		return events.Text{}
	}
	return events.Text{ZH: "是不是 " + name + "？", EN: "did you mean " + name + "?"}
}

// wait lets the view reach what the client must see.
func (a *API) wait(ctx context.Context, atLeast string, lang events.Lang) *Problem {
	if atLeast == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, a.Wait)
	defer cancel()
	seq, err := a.sequence(ctx, atLeast)
	if err != nil {
		p := unavailable(events.Text{ZH: "日志暂时无法访问", EN: "the log cannot be reached at the moment"}, lang)
		return &p
	}
	if seq == nil {
		p := (&badParameter{name: "at_least", got: atLeast, expected: events.Text{ZH: "位置（如 12-0）、提交序号（如 12）或 end", EN: "a position like 12-0, a commit's sequence like 12, or end"}}).in(lang)
		return &p
	}
	if err := a.Await(ctx, *seq); err != nil {
		if a.View() == nil {
			p := unread(lang)
			return &p
		}
		p := unavailable(events.Text{ZH: "读取日志尚未到达所要的位置，请稍后再试", EN: "the fold has not reached what was asked for, try again shortly"}, lang)
		return &p
	}
	return nil
}

// sequence reads at_least. It returns nil if that makes no sense, an error if the log does not answer.
func (a *API) sequence(ctx context.Context, atLeast string) (*uint64, error) {
	if atLeast == "end" {
		end, err := a.End(ctx)
		return &end, err
	}
	if p, err := events.ParsePosition(atLeast); err == nil {
		seq := p.Seq()
		return &seq, nil
	}
	if seq, err := strconv.ParseUint(atLeast, 10, 54); err == nil {
		return &seq, nil
	}
	return nil, nil
}
