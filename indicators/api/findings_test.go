package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
	"github.com/kaohe/kaohe/indicators/quality"
	"github.com/kaohe/kaohe/projections"
)

// odd are facts of which all but the last are odd: unit, type and data, each in a commit of its own.
var odd = []struct{ org, typ, data string }{
	{"450703", "AchievementConverted", `{"achievement_id":"A1","amount_yuan":"18.00","owner_id":"f1"}`},
	{"450703", "EnvoyAssigned", `{"envoy_id":"e1","village_id":"v1"}`},
	{"450700", "EnvoyTrainingHeld", `{"attendees":0}`},
	{"450703", "PatentGranted", `{"kind":"design","patent_no":"X1"}`},
	{"450700", "AchievementConverted", `{"achievement_id":"A1","amount_yuan":"500000.00","owner_id":"f2"}`},
	{"450703", "EnvoyTrainingHeld", `{"attendees":20}`},
}

// checked answers from a log of facts that is really read.
func checked(tb testing.TB) api.Options {
	tb.Helper()
	log, ids, head := eventtest.NewMemory(time.Now), events.NewIDs(), events.Head{}
	for i, f := range odd {
		e := events.Event{Type: f.typ, Source: "test", ID: fmt.Sprintf("e%d", i+1), Time: "2018-03-01T00:00:00+08:00", Org: f.org, Schema: f.typ + ".v1", Data: []byte(f.data)}
		c := eventtest.MustAppend(tb, log, head, e.ID, events.AppendBatch(nil, [][]byte{e.AppendLine(nil)}))
		head = c.Head()
	}
	plan := mustPlan(tb)
	runner, err := projections.NewRunner(projections.RunnerOptions{Log: log, IDs: ids, Rules: plan.Rules()})
	if err != nil {
		tb.Fatal(err)
	}
	watch, err := quality.New(quality.Options{Plan: plan, Log: log, IDs: ids, State: runner, CaughtUp: runner.CaughtUp()})
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = runner.Run(ctx) })
	running.Go(func() { _ = watch.Run(ctx) })
	tb.Cleanup(func() { cancel(); running.Wait() })
	if err := watch.Await(eventtest.Context(tb), head.Seq); err != nil {
		tb.Fatal(err)
	}
	opts := options(tb, mustFold(tb))
	opts.Figures = func() (*projections.View, *indicators.Plan) { return runner.View(), plan }
	opts.Await = func(ctx context.Context, seq uint64) error { _, err := runner.Await(ctx, seq); return err }
	opts.End, opts.Commit, opts.Findings = log.End, log.Get, watch.Findings
	return opts
}

// list asks for findings, and writes them as rule, unit and positions.
func list(tb testing.TB, opts api.Options, query string) (page api.Findings, lines []string) {
	tb.Helper()
	rec := ask(tb, opts, "/v1/findings"+query, "")
	if err := json.Unmarshal(rec.Body.Bytes(), &page); err != nil || rec.Code != http.StatusOK {
		tb.Fatalf("status %d, %v: %s", rec.Code, err, rec.Body)
	}
	for _, f := range page.Findings {
		line := fmt.Sprintf("%s %s %s:", f.Rule, f.Severity, f.Org)
		for _, e := range f.Events {
			line += " " + strings.Join([]string{e.Position, e.Source, e.ID, e.Type}, "/")
		}
		lines = append(lines, line)
	}
	return page, lines
}

func TestFindingsOfAUnitAndThoseBelow(t *testing.T) {
	opts := checked(t)
	village := "DQ-07 error 450703: 2-0/test/e2/EnvoyAssigned"
	twice := "DQ-13 error 450700: 5-0/test/e5/AchievementConverted 1-0/test/e1/AchievementConverted"
	small, none := "DQ-09 warn 450703: 1-0/test/e1/AchievementConverted", "DQ-12 warn 450700: 3-0/test/e3/EnvoyTrainingHeld"
	unfiled := "DQ-19 info 450703: 4-0/test/e4/PatentGranted"
	for _, tt := range []struct {
		query  string
		counts api.FindingCounts
		want   []string
	}{
		{"", api.FindingCounts{Error: 1, Warn: 1, Info: 1}, []string{village, small, unfiled}},
		{"?org=450700&at_least=end", api.FindingCounts{Error: 2, Warn: 2, Info: 1}, []string{village, twice, small, none, unfiled}},
		{"?org=450700&severity=warn", api.FindingCounts{Warn: 2}, []string{small, none}},
		{"?org=450700&rule=dq-13", api.FindingCounts{Error: 1}, []string{twice}},
		{"?rule=DQ-13&at_least=6-0", api.FindingCounts{}, nil},
	} {
		page, got := list(t, opts, tt.query)
		if diff := cmp.Diff(tt.want, got); diff != "" || page.Counts != tt.counts || page.Through != 6 || page.Next != "" || page.Plan != mustPlan(t).Hash || len(page.Off) > 0 {
			t.Errorf("%s: %+v (-want +got):\n%s", tt.query, page, diff)
		}
	}
	page, _ := list(t, opts, "?rule=DQ-09")
	f := page.Findings[0]
	if f.Title.EN != "yuan or ten thousand yuan" || f.Check != "amount_small" || f.OrgName.EN != "Qinbei" || !strings.Contains(f.Text.EN, "did you mean 180,000.00 yuan") || f.Hint.ZH == "" || !strings.HasPrefix(f.ID, "DQ-09-") {
		t.Errorf("finding %+v", f)
	}
}

func TestFindingsPageByPage(t *testing.T) {
	opts := checked(t)
	_, want := list(t, opts, "?org=450700")
	var got []string
	for after := ""; ; {
		page, lines := list(t, opts, "?org=450700&limit=2&after="+after)
		if got = append(got, lines...); len(lines) > 2 || page.Counts != (api.FindingCounts{Error: 2, Warn: 2, Info: 1}) {
			t.Errorf("page %+v", page)
		}
		if after = page.Next; after == "" {
			break
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pages (-list +pages):\n%s", diff)
	}
}

func TestQuestionsAboutFindingsThatMakeNoSense(t *testing.T) {
	opts := checked(t)
	for _, tt := range []struct{ query, lang, parameter, say string }{
		{"rule=DQ-9", "en", "rule", "did you mean DQ-09?"},
		{"rule=DQ-10", "en", "rule", "the id of a rule that looks at facts"},
		{"rule=x", "zh", "rule", "rule 应为规则编号，如 DQ-09"},
		{"severity=bad", "en", "severity", "one of error, warn, info"},
		{"limit=0", "en", "limit", "a whole number from 1 to 1000"},
		{"limit=1001", "en", "limit", "a whole number from 1 to 1000"},
		{"after=12-0", "en", "after", "next of the page before"},
		{"org=450799", "en", "org", "the code of a unit of the plan"},
		{"quarter=2018Q1", "en", "quarter", "one of the parameters org, rule, severity, limit, after, at_least"},
		{"at_least=soon", "en", "at_least", "a position like 12-0"},
	} {
		rec := ask(t, opts, "/v1/findings?"+tt.query, tt.lang)
		var p api.Problem
		if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || rec.Code != http.StatusBadRequest || p.Parameter != tt.parameter || !strings.Contains(p.Detail, tt.say) {
			t.Errorf("%s: status %d, %v, %+v, want %q", tt.query, rec.Code, err, p, tt.say)
		}
	}
}

func TestFindingsThatAreNotThereYet(t *testing.T) {
	for _, tt := range []struct {
		name   string
		err    error
		status int
		say    string
	}{
		{"facts are being read", quality.ErrNotReady, 503, "not_ready: The list would lack findings"},
		{"behind", context.DeadlineExceeded, 503, "unavailable: the checks have not reached what was asked for"},
	} {
		opts := checked(t)
		opts.Findings = func(context.Context, uint64, quality.Query) (quality.Page, error) { return quality.Page{}, tt.err }
		rec := ask(t, opts, "/v1/findings?at_least=1", "en")
		var p api.Problem
		if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || rec.Code != tt.status || !strings.HasPrefix(p.Code+": "+p.Detail, tt.say) || rec.Header().Get("Retry-After") != "1" {
			t.Errorf("%s: status %d, %v: %s", tt.name, rec.Code, err, rec.Body)
		}
	}
	opts := checked(t)
	opts.Commit = func(context.Context, uint64) (events.Commit, error) { return events.Commit{}, events.ErrNotFound }
	if rec := ask(t, opts, "/v1/findings", "en"); rec.Code != http.StatusConflict || !strings.Contains(rec.Body.String(), "log_damaged") {
		t.Errorf("a commit that is gone: status %d: %s", rec.Code, rec.Body)
	}
	opts.Commit = func(context.Context, uint64) (events.Commit, error) { return events.Commit{}, errors.New("no disk") }
	if rec := ask(t, opts, "/v1/findings", "en"); rec.Code != http.StatusServiceUnavailable {
		t.Errorf("a log that is away: status %d: %s", rec.Code, rec.Body)
	}
}

// Findings are for who may read the unit. One that has to do with other units belongs to a unit above both.
func TestFindingsInScope(t *testing.T) {
	opts := checked(t)
	district := access.Principal{Name: "qinbei", Org: "450703", Can: access.Read}
	rec := askAs(t, opts, district, "/v1/findings", "")
	if strings.Contains(rec.Body.String(), "A1 is recorded already") || !strings.Contains(rec.Body.String(), `"org": "450703"`) || rec.Code != http.StatusOK {
		t.Errorf("the district's own: status %d: %s", rec.Code, rec.Body)
	}
	if rec := askAs(t, opts, district, "/v1/findings?org=450700", ""); rec.Code != http.StatusForbidden {
		t.Errorf("the city's, asked for by a district: status %d", rec.Code)
	}
	if rec := askAs(t, opts, access.Principal{Name: "x", Org: "450703", Can: access.Emit}, "/v1/findings", ""); rec.Code != http.StatusForbidden {
		t.Errorf("by who may not read: status %d", rec.Code)
	}
}

// An event that a correction has moved was recorded at a unit that the asker may not read: it has no name then.
func TestEventsOfOtherUnitsHaveNoName(t *testing.T) {
	opts := checked(t)
	opts.Findings = func(context.Context, uint64, quality.Query) (quality.Page, error) {
		return quality.Page{Findings: []quality.Finding{{ID: "x", Rule: "DQ-12", Org: "450703", Events: []events.Position{events.At(3, 0), events.At(1, 0)}}}}, nil
	}
	rec := askAs(t, opts, access.Principal{Name: "qinbei", Org: "450703", Can: access.Read}, "/v1/findings", "")
	var page api.Findings
	if err := json.Unmarshal(rec.Body.Bytes(), &page); err != nil || len(page.Findings) != 1 {
		t.Fatalf("status %d, %v: %s", rec.Code, err, rec.Body)
	}
	want := []api.FindingEvent{{Position: "3-0"}, {Position: "1-0", Source: "test", ID: "e1", Type: "AchievementConverted"}}
	if diff := cmp.Diff(want, page.Findings[0].Events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}
