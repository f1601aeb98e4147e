package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
)

// guidance is the line of the event that the tests fold for a day.
func guidance(day string) []byte {
	e := events.Event{
		Type: "EnvoyServiceRecorded", Source: "test", ID: day, Time: day + "T00:00:00+08:00", Org: "450703",
		Schema: "EnvoyServiceRecorded.v1", Data: []byte(`{"count":1,"kind":"guidance"}`),
	}
	return e.AppendLine(nil)
}

// guidances is a log of guidances, one a commit.
func guidances(days ...string) commits {
	return func(_ context.Context, seq uint64) (events.Commit, error) {
		if seq == 0 || seq > uint64(len(days)) {
			return events.Commit{}, fmt.Errorf("commit %d: %w", seq, events.ErrNotFound)
		}
		return events.Commit{Seq: seq, Body: events.AppendBatch(nil, [][]byte{guidance(days[seq-1])})}, nil
	}
}

// commits are those of a log, as Options.Commit gives them.
type commits func(ctx context.Context, seq uint64) (events.Commit, error)

func askExplain(tb testing.TB, opts api.Options, of commits, query, lang string) *httptest.ResponseRecorder {
	tb.Helper()
	opts.Commit = of
	return ask(tb, opts, "/v1/explain?"+query, lang)
}

var guided = []string{"2018-01-10", "2018-02-10", "2017-11-10", "2018-03-10", "2018-03-20"}

func TestExplainListsEvents(t *testing.T) {
	for _, tt := range []struct{ name, query, want string }{
		{"the quarter of the business date", "", "2018Q1 quarter as of 2018-03-31: 4 = 1-0:1 2-0:1 4-0:1 5-0:1"},
		{"the year", "span=year", "2018Q1 year as of 2018-03-31: 4 = 1-0:1 2-0:1 4-0:1 5-0:1"},
		{"an earlier quarter", "quarter=2017Q4", "2017Q4 quarter as of 2017-12-31: 1 = 3-0:1"},
		{"an earlier day", "as_of=2018-03-15", "2018Q1 quarter as of 2018-03-15: 3 = 1-0:1 2-0:1 4-0:1 5-0:0 outside_span"},
		{"a page", "limit=2", "2018Q1 quarter as of 2018-03-31: 4 = 1-0:1 2-0:1 next 2-0"},
		{"the page after", "limit=2&after=2-0", "2018Q1 quarter as of 2018-03-31: 4 = 4-0:1 5-0:1"},
		{"a unit above", "org=450700&limit=1", "2018Q1 quarter as of 2018-03-31: 4 = 1-0:1 next 1-0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rec := askExplain(t, options(t, mustFold(t, guided...)), guidances(guided...), "indicator=envoy_guidances&"+tt.query, "")
			var x indicators.Explanation
			if err := json.Unmarshal(rec.Body.Bytes(), &x); err != nil || rec.Code != http.StatusOK || x.Value == nil {
				t.Fatalf("status %d, %v: %s", rec.Code, err, rec.Body)
			}
			got := fmt.Sprintf("%s %s as of %s: %s =", x.Quarter, x.Span, x.AsOf, x.Value.Sum)
			for _, r := range x.Value.Events {
				if got += " " + r.Position + ":" + r.Contribution.String(); r.Verdict != "counted" {
					got += " " + string(r.Verdict)
				}
			}
			if x.Next != "" {
				got += " next " + x.Next
			}
			if got != tt.want || !x.Consistent {
				t.Errorf("got %s, consistent %t\nwant %s", got, x.Consistent, tt.want)
			}
		})
	}
}

func TestExplainKnowsWhatWasKnown(t *testing.T) {
	rec := askExplain(t, remember(t), guidances("2018-01-10", "2018-02-10", "2018-01-20", "2017-12-20"), "indicator=envoy_guidances&known_at=2", "")
	var x indicators.Explanation
	if err := json.Unmarshal(rec.Body.Bytes(), &x); err != nil || x.KnownAt == nil || x.KnownAt.Commit != 2 || x.Value.Sum.String() != "2" || !x.Consistent {
		t.Errorf("known at commit 2: %v, %s", err, rec.Body)
	}
}

// TestExplainKeepsItsShape: programs rely on the names.
func TestExplainKeepsItsShape(t *testing.T) {
	rec := askExplain(t, options(t, mustFold(t, "2018-01-10")), guidances("2018-01-10"), "indicator=envoy_guidances", "")
	var x map[string]any
	if err := json.Unmarshal(rec.Body.Bytes(), &x); err != nil {
		t.Fatal(err)
	}
	part := x["value"].(map[string]any)
	row := part["events"].([]any)[0].(map[string]any)
	delete(part, "events")
	delete(x, "value")
	for name, tt := range map[string]struct {
		got  map[string]any
		want string
	}{
		"explanation": {x, "arithmetic as_of consistent figure indicator org org_name plan quarter span"},
		"indicator":   {x["indicator"].(map[string]any), "decimals definition direction id kind money name office pace target_illustrative units"},
		"part":        {part, "consistent counted from indicator money name not_counted role sum to units value"},
		"event":       {row, "contribution day id org position rule says source type type_title verdict"},
	} {
		if diff := cmp.Diff(tt.want, strings.Join(sortedKeys(tt.got), " ")); diff != "" {
			t.Errorf("fields of the %s (-want +got):\n%s", name, diff)
		}
	}
}

func TestExplainRefusesWhatMakesNoSense(t *testing.T) {
	for _, tt := range []struct{ query, parameter, say string }{
		{"", "indicator", "the id of an indicator of the plan"},
		{"indicator=envoy_guidance", "indicator", "did you mean envoy_guidances?"},
		{"indicator=envoy_guidances&span=month", "span", "expected quarter or year"},
		{"indicator=envoy_guidances&limit=0", "limit", "a whole number from 1 to 10000"},
		{"indicator=envoy_guidances&limit=10001", "limit", "a whole number from 1 to 10000"},
		{"indicator=envoy_guidances&after=12", "after", "a position like 12-0"},
		{"indicator=envoy_guidances&org=1", "org", "the code of a unit of the plan"},
		{"indicator=envoy_guidances&year=2018", "year", "one of the parameters indicator, quarter, org, span"},
	} {
		rec := askExplain(t, options(t, mustFold(t)), guidances(), tt.query, "en")
		var p api.Problem
		if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || rec.Code != http.StatusBadRequest || p.Parameter != tt.parameter || !strings.Contains(p.Detail, tt.say) {
			t.Errorf("%s: status %d, %v: %s, want parameter %s and %q", tt.query, rec.Code, err, rec.Body, tt.parameter, tt.say)
		}
	}
}

func TestExplainSaysWhenTheLogCannotBeRead(t *testing.T) {
	for _, tt := range []struct {
		name    string
		commits commits
		status  int
		code    string
	}{
		{"a commit is gone", guidances(), http.StatusConflict, "log_damaged"},
		{"the log does not answer", func(context.Context, uint64) (events.Commit, error) { return events.Commit{}, errors.New("no route") },
			http.StatusServiceUnavailable, "unavailable"},
		{"it takes too long", func(context.Context, uint64) (events.Commit, error) { return events.Commit{}, context.DeadlineExceeded },
			http.StatusServiceUnavailable, "unavailable"},
	} {
		rec := askExplain(t, options(t, mustFold(t, "2018-01-10")), tt.commits, "indicator=envoy_guidances", "en")
		var p api.Problem
		if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || rec.Code != tt.status || p.Code != tt.code {
			t.Errorf("%s: status %d, %v: %s, want %d %s", tt.name, rec.Code, err, rec.Body, tt.status, tt.code)
		}
	}
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
