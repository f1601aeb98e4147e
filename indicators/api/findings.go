// What is odd about facts that were recorded is listed by
//
//	GET /v1/findings?org=450703&rule=DQ-09&severity=warn&limit=100&after=...
//
// The answer has the findings of a unit and the units below it, the worst first, and counts all of them; "through" is the last
// commit whose events were checked, "next" what to ask on after, and "off" the rules that the plan has switched off. A finding
// belongs to the lowest unit that all its events happened at or below; its id stays the same as long as it concerns the same
// events. As long as the facts of the log have not all been checked there is no list: 503 and a Retry-After then.
package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/quality"
)

// Bounds of a page of findings, which is smaller than one of events: to name events takes reading them.
const (
	DefaultFindings = 100
	MaxFindings     = 1000
)

// Findings is a page of what is odd about the facts of a unit and of the units below it.
type Findings struct {
	Org      string        `json:"org"`
	OrgName  events.Text   `json:"org_name"`
	Plan     string        `json:"plan"`    // hash of the plan whose rules hold
	Through  uint64        `json:"through"` // the last commit whose events were checked
	Off      []string      `json:"off"`     // rules that the plan has switched off
	Counts   FindingCounts `json:"counts"`  // of all that was asked for, on all pages
	Findings []Finding     `json:"findings"`
	Next     string        `json:"next,omitempty"` // what to ask on after; absent on the last page
}

// FindingCounts is how many findings there are.
type FindingCounts struct {
	Error int `json:"error"`
	Warn  int `json:"warn"`
	Info  int `json:"info"`
}

// Finding is something odd about facts that were recorded.
type Finding struct {
	ID       string           `json:"id"`
	Rule     string           `json:"rule"`
	Title    events.Text      `json:"title"`    // of the rule
	Check    string           `json:"check"`    // which of the things that the rule looks at
	Severity quality.Severity `json:"severity"` // error, warn or info
	Org      string           `json:"org"`
	OrgName  events.Text      `json:"org_name"`
	Text     events.Text      `json:"text"` // what is odd
	Hint     events.Text      `json:"hint"` // what to do
	Events   []FindingEvent   `json:"events"`
	More     int              `json:"more"` // events that are concerned as well and not listed
}

// FindingEvent is an event that a finding concerns: where it stands and who it is. Of one that was recorded at a unit that is
// not for the asker to read, and was moved by a correction, there is the position only.
type FindingEvent struct {
	Position string `json:"position"`
	Source   string `json:"source,omitempty"`
	ID       string `json:"id,omitempty"`
	Type     string `json:"type,omitempty"`
}

func (a *API) findings(w http.ResponseWriter, r *http.Request) {
	lang, values := intake.LangOf(r), r.URL.Query()
	q, g, org, ok := a.asked(w, r, "org", "rule", "severity", "limit", "after", "at_least")
	if !ok {
		return
	}
	ask, bad := readFindings(values)
	code := g.plan.Orgs.Org(org).Code
	if ask.Org, ok = a.Plan.Orgs.Index(code); !ok && bad == nil { // the figures are still those of a plan that has it
		bad = &badParameter{name: "org", got: code, expected: events.Text{ZH: "方案中的单位代码", EN: "the code of a unit of the plan"}}
	}
	if bad != nil {
		bad.problem(lang).Write(w, lang)
		return
	}
	page, problem := a.findingsOf(r.Context(), q.atLeast, ask, lang)
	if problem != nil {
		problem.Write(w, lang)
		return
	}
	answer, err := a.findingsPage(r.Context(), page, ask.Org)
	if err != nil {
		notExplained(err, lang).Write(w, lang)
		return
	}
	writeJSON(w, "application/json", http.StatusOK, answer)
}

// readFindings reads the parameters that only findings have.
func readFindings(values url.Values) (ask quality.Query, bad *badParameter) {
	ask = quality.Query{Rule: strings.ToUpper(values.Get("rule")), Severity: quality.Severity(values.Get("severity")), After: values.Get("after"), Limit: DefaultFindings}
	ids := indicators.QualityRules()
	if ask.Rule != "" && !slices.Contains(ids, ask.Rule) {
		return ask, &badParameter{name: "rule", got: values.Get("rule"), hint: didYouMean(events.Suggest(ask.Rule, ids)), expected: events.Text{
			ZH: "规则编号，如 DQ-09", EN: "the id of a rule that looks at facts, such as DQ-09"}}
	}
	if ask.Severity != "" && !slices.Contains(quality.Severities(), ask.Severity) {
		return ask, &badParameter{name: "severity", got: string(ask.Severity), expected: events.Text{ZH: " error、warn、info 之一", EN: "one of error, warn, info"}}
	}
	if s := values.Get("limit"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > MaxFindings {
			return ask, &badParameter{name: "limit", got: s, expected: events.Text{
				ZH: " 1 到 " + strconv.Itoa(MaxFindings) + " 的整数", EN: "a whole number from 1 to " + strconv.Itoa(MaxFindings)}}
		}
		ask.Limit = n
	}
	return ask, nil
}

// findingsOf asks for the findings, once they include what the client must see.
func (a *API) findingsOf(ctx context.Context, atLeast string, ask quality.Query, lang events.Lang) (quality.Page, *Problem) {
	var seq uint64
	if atLeast != "" {
		read, err := a.sequence(ctx, atLeast)
		if err != nil || read == nil { // the figures have found it a moment ago
			p := unavailable(events.Text{ZH: "日志暂时无法访问", EN: "the log cannot be reached at the moment"}, lang)
			return quality.Page{}, &p
		}
		seq = *read
	}
	waiting, cancel := context.WithTimeout(ctx, a.Wait)
	defer cancel()
	page, err := a.Findings(waiting, seq, ask)
	switch {
	case errors.Is(err, quality.ErrNotReady):
		p := NewProblem(http.StatusServiceUnavailable, "not_ready", events.Text{ZH: "正在检查已登记的事件", EN: "still checking the facts"}, events.Text{
			ZH: "检查完之前的清单不完整，所以不提供；请稍候再试", EN: "The list would lack findings before all facts have been checked, so none is shown; try again shortly."}, lang)
		return page, &p
	case errors.Is(err, quality.ErrAfter):
		return page, (&badParameter{name: "after", got: ask.After, expected: events.Text{ZH: "上一页的 next", EN: "next of the page before"}}).problem(lang)
	case err != nil:
		p := unavailable(events.Text{ZH: "检查尚未到达所要的位置，请稍后再试", EN: "the checks have not reached what was asked for, try again shortly"}, lang)
		return page, &p
	}
	return page, nil
}

// findingsPage writes findings in the shape of the API.
func (a *API) findingsPage(ctx context.Context, page quality.Page, org int) (Findings, error) {
	unit := a.Plan.Orgs.Org(org)
	answer := Findings{
		Org: unit.Code, OrgName: unit.Name, Plan: a.Plan.Hash, Through: page.Through, Off: append([]string{}, a.Plan.Quality.Off...),
		Counts:   FindingCounts{page.Counts[quality.Error], page.Counts[quality.Warn], page.Counts[quality.Info]},
		Findings: []Finding{}, Next: page.Next,
	}
	named, err := a.nameEvents(ctx, page.Findings)
	if err != nil {
		return Findings{}, err
	}
	for _, f := range page.Findings {
		out := Finding{
			ID: f.ID, Rule: f.Rule, Title: f.Title, Check: f.Check, Severity: f.Severity, Org: f.Org, Text: f.Text, Hint: f.Hint, Events: []FindingEvent{}, More: f.More,
		}
		if i, ok := a.Plan.Orgs.Index(f.Org); ok {
			out.OrgName = a.Plan.Orgs.Org(i).Name
		}
		for _, at := range f.Events {
			out.Events = append(out.Events, named[at])
		}
		answer.Findings = append(answer.Findings, out)
	}
	return answer, nil
}

// nameEvents reads who the events of findings are, each commit once.
func (a *API) nameEvents(ctx context.Context, list []quality.Finding) (map[events.Position]FindingEvent, error) {
	named := map[events.Position]FindingEvent{}
	var at []events.Position
	for _, f := range list {
		at = append(at, f.Events...)
	}
	slices.Sort(at)
	at = slices.Compact(at)
	for len(at) > 0 {
		seq := at[0].Seq()
		n := 0
		for n < len(at) && at[n].Seq() == seq {
			n++
		}
		commit, err := a.Commit(ctx, seq)
		if err != nil {
			return nil, err
		}
		lines, err := commit.Lines()
		if err != nil {
			return nil, err
		}
		for i, line := range lines {
			if _, wanted := slices.BinarySearch(at[:n], events.At(seq, i)); wanted {
				named[events.At(seq, i)] = a.nameEvent(ctx, events.At(seq, i), line)
			}
		}
		at = at[n:]
	}
	return named, nil
}

func (a *API) nameEvent(ctx context.Context, at events.Position, line []byte) FindingEvent {
	f := FindingEvent{Position: at.String()}
	var e events.Stored
	if e.ParseLine(line) == nil && a.mayRead(ctx, string(e.Org)) {
		f.Source, f.ID, f.Type = string(e.Source), string(e.ID), string(e.Type)
	}
	return f
}
