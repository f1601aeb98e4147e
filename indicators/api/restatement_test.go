package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
	"github.com/kaohe/kaohe/projections"
)

// closed is a log in memory in which the district closed the first quarter of 2018.
type closed struct {
	tb      testing.TB
	log     *eventtest.Memory
	archive *projections.Archive
	head    events.Head
	plan    string // hash that closings name
}

// newClosed has a guidance, the closing, and a guidance that came late.
func newClosed(tb testing.TB) *closed {
	tb.Helper()
	log := eventtest.NewMemory(func() time.Time { return time.Date(2018, 4, 2, 1, 0, 0, 0, time.UTC) })
	archive, err := projections.OpenArchive(context.Background(), projections.ArchiveOptions{Log: log})
	if err != nil {
		tb.Fatal(err)
	}
	l := &closed{tb: tb, log: log, archive: archive, plan: mustPlan(tb).Hash}
	l.record("2018-03-01", "EnvoyServiceRecorded", `{"count":64,"kind":"guidance"}`)
	l.close("报表已报")
	l.record("2018-03-20", "EnvoyServiceRecorded", `{"count":4,"kind":"guidance"}`)
	return l
}

func (l *closed) record(day, typ, data string) {
	l.tb.Helper()
	e := events.Event{
		Type: typ, Source: "kaohe:450703", ID: fmt.Sprintf("e%d", l.head.Seq+1), Time: day + "T00:00:00+08:00", Org: "450703", Schema: typ + ".v1", Data: []byte(data),
	}
	c, err := l.log.Append(context.Background(), l.head, e.ID, events.AppendBatch(nil, [][]byte{e.AppendLine(nil)}))
	if err != nil {
		l.tb.Fatal(err)
	}
	l.head = c.Head()
}

func (l *closed) close(reason string) {
	l.tb.Helper()
	plan := mustPlan(l.tb)
	org, _ := plan.Orgs.Index("450703")
	card, err := json.Marshal(indicators.Evaluate(l.view(), plan, indicators.Quarter{Year: 2018, N: 1}, org, events.NewDay(2018, time.March, 31)).ToPublish())
	if err != nil {
		l.tb.Fatal(err)
	}
	l.closeWith(reason, string(card))
}

func (l *closed) closeWith(reason, card string) {
	l.tb.Helper()
	l.record("2018-04-02", "PeriodClosed", fmt.Sprintf(`{"as_of":"2018-03-31","plan":%q,"position":"%d-0","quarter":"2018Q1","reason":%q,"scorecard":%s}`,
		l.plan, l.head.Seq, reason, card))
}

func (l *closed) view() *projections.View {
	l.tb.Helper()
	v, err := l.archive.View(context.Background(), mustPlan(l.tb).Rules(), l.head.Seq)
	if err != nil {
		l.tb.Fatal(err)
	}
	return v
}

// event reads an event from the log: each has a commit of its own.
func (l *closed) event(ctx context.Context, at events.Position) ([]byte, error) {
	c, err := l.log.Get(ctx, at.Seq())
	if err != nil {
		return nil, err
	}
	lines, err := c.Lines()
	if err != nil {
		return nil, err
	}
	for _, line := range lines {
		return line, nil
	}
	return nil, events.ErrNotFound
}

// ask asks for a restatement; the plan of an activation is answered by planOf.
func (l *closed) ask(query, lang string, planOf func(context.Context, projections.Activation) (*indicators.Plan, error)) *httptest.ResponseRecorder {
	l.tb.Helper()
	opts := options(l.tb, mustFold(l.tb))
	view := l.view()
	opts.Figures = func() (*projections.View, *indicators.Plan) { return view, mustPlan(l.tb) }
	opts.Past, opts.Find, opts.Event = l.archive, l.archive.IDs().Lookup, l.event
	if planOf != nil {
		opts.PlanOf = planOf
	}
	return ask(l.tb, opts, "/v1/restatement?"+query, lang)
}

func (l *closed) answer(query string, planOf func(context.Context, projections.Activation) (*indicators.Plan, error)) api.Restatement {
	l.tb.Helper()
	rec := l.ask(query, "en", planOf)
	var r api.Restatement
	if err := json.Unmarshal(rec.Body.Bytes(), &r); err != nil || rec.Code != http.StatusOK {
		l.tb.Fatalf("%s: status %d, %v: %s", query, rec.Code, err, rec.Body)
	}
	return r
}

func TestRestatementShape(t *testing.T) {
	rec := newClosed(t).ask("quarter=2018Q1&indicator=envoy_guidances", "en", nil)
	hash := mustPlan(t).Hash
	same := func(n string) string {
		return fmt.Sprintf(`{"published": %s, "current": %s, "difference": "0", "causes": {}}`, n, n)
	}
	want := fmt.Sprintf(`{
  "org": "450703", "org_name": {"zh": "钦北区", "en": "Qinbei"}, "quarter": "2018Q1", "as_of": "2018-03-31", "through": 3, "plan": %q,
  "revision": 1, "revisions": 1,
  "closing": {"position": "2-0", "source": "kaohe:450703", "id": "e2", "day": "2018-04-02", "as_of": "2018-03-31", "through": 1, "plan": %[1]q,
    "reason": "报表已报", "by": "kaohe:450703"},
  "changed": true, "events": 1, "moving": 1,
  "indicators": [{
    "id": "envoy_guidances", "name": {"zh": "科技特派员技术指导", "en": "Technical guidance by envoys"}, "units": {"zh": "次", "en": "times"},
    "decimals": 0, "money": false, "changed": true,
    "figures": {
      "quarter_gap": %[2]s, "quarter_target": %[2]s,
      "quarter_value": {"published": "64", "current": "68", "difference": "4", "causes": {"late": "4"}},
      "year_target": %[2]s,
      "year_value": {"published": "64", "current": "68", "difference": "4", "causes": {"late": "4"}}
    },
    "events": [{
      "position": "3-0", "source": "kaohe:450703", "id": "e3", "type": "EnvoyServiceRecorded",
      "title": {"zh": "科技特派员服务记录", "en": "Envoy service recorded"}, "day": "2018-03-20", "cause": "late",
      "changes": {"quarter_value": {"by": "4", "after": "68"}, "year_value": {"by": "4", "after": "68"}}
    }]
  }]
}`, hash, same("null"))
	var got, wanted any
	if err := errors.Join(json.Unmarshal(rec.Body.Bytes(), &got), json.Unmarshal([]byte(want), &wanted)); err != nil || rec.Code != http.StatusOK {
		t.Fatalf("status %d, %v: %s", rec.Code, err, rec.Body)
	}
	if diff := cmp.Diff(wanted, got); diff != "" {
		t.Errorf("restatement (-want +got):\n%s", diff)
	}
}

func TestRestatementParameters(t *testing.T) {
	l := newClosed(t)
	l.close("补报")
	for _, tt := range []struct {
		query, asOf         string
		revision, rows      int
		published, restated string
	}{
		{"", "2018-03-31", 2, len(mustPlan(t).Indicators), "68", "0"},
		{"quarter=2018Q1&org=450703&revision=1", "2018-03-31", 1, len(mustPlan(t).Indicators), "64", "4"},
		{"revision=2&indicator=envoy_guidances", "2018-03-31", 2, 1, "68", "0"},
		{"revision=1&as_of=2018-02-28&indicator=envoy_guidances&quarter=2018Q1", "2018-02-28", 1, 1, "64", "-64"},
		{"as_of=2018-04-15&quarter=2018Q1&indicator=envoy_guidances", "2018-03-31", 2, 1, "68", "0"},
	} {
		t.Run(tt.query, func(t *testing.T) {
			r := l.answer(tt.query, nil)
			var f api.RestatedFigure
			for _, row := range r.Indicators {
				if row.ID == "envoy_guidances" {
					f = row.Figures["quarter_value"]
				}
			}
			if r.AsOf != tt.asOf || r.Revision != tt.revision || r.Revisions != 2 || len(r.Indicators) != tt.rows {
				t.Errorf("as of %s, revision %d of %d, %d indicators", r.AsOf, r.Revision, r.Revisions, len(r.Indicators))
			}
			if f.Published.String() != tt.published || f.Difference.String() != tt.restated || r.Changed != (tt.restated != "0") {
				t.Errorf("%+v, changed %t, want %s by %s", f, r.Changed, tt.published, tt.restated)
			}
		})
	}
}

// A target that was voided before the closing and is brought back after it changes figures as a target.
func TestRestatementFollowsVoidsToBeforeTheClosing(t *testing.T) {
	l := newClosed(t)
	l.record("2018-01-01", "TargetSet", `{"indicator":"envoy_guidances","year":2018,"value":"200","basis":"flow"}`)
	target := `{"data":{},"dataschema":"TargetSet.v1","org":"450703","time":"2018-01-01T00:00:00+08:00","type":"TargetSet"}`
	l.record("2018-04-02", "EventVoided", `{"reason":"r","target_id":"e4","target_source":"kaohe:450703","was":`+target+`}`)
	l.close("又报")
	l.record("2018-04-03", "EventVoided", `{"reason":"r","target_id":"e5","target_source":"kaohe:450703"}`)
	r := l.answer("indicator=envoy_guidances", nil)
	f := r.Indicators[0].Figures["year_target"]
	if by := f.Causes[indicators.ByTarget]; f.Current.String() != "200" || by.String() != "200" || len(f.Causes) != 1 {
		t.Errorf("year's target: %+v", f)
	}
}

func TestRestatementProblems(t *testing.T) {
	for _, tt := range []struct {
		query, lang, say string
		status           int
	}{
		{"quarter=2018Q2", "en", "not_closed: There are no published figures of 2018Q2 for 450703 to hold the current ones against. When they are handed in, close it: kaohe close 2018Q2 --org 450703 --reason '...'", 404},
		{"quarter=2018Q1&org=450700", "zh", "not_closed: 450700 的 2018Q1 没有报出的数可以对比；报出时用 kaohe close 2018Q1 --org 450700 --reason '...' 锁定", 404},
		{"revision=2", "en", "no_such_revision: The last revision of 2018Q1 of 450703 is 1; it is the one that is meant if none is named.", 404},
		{"revision=2", "zh", "no_such_revision: 450703 的 2018Q1 最后一版是第 1 版", 404},
		{"revision=0", "en", `parameter: revision: expected the number of a revision, from 1, got "0"`, 400},
		{"revision=last", "zh", "parameter: revision 应为第几版，从 1 起", 400},
		{"revison=1", "en", "did you mean revision?", 400},
		{"known_at=1", "en", "parameter: known_at: expected one of the parameters quarter, org, indicator, revision, as_of, at_least", 400},
		{"org=450799", "en", "parameter: org: ", 400},
		{"indicator=envoy_guidance", "en", "did you mean envoy_guidances?", 400},
	} {
		t.Run(tt.query+" "+tt.lang, func(t *testing.T) {
			rec := newClosed(t).ask(tt.query, tt.lang, nil)
			var p api.Problem
			if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || rec.Code != tt.status || !strings.Contains(p.Code+": "+p.Detail, tt.say) {
				t.Errorf("status %d, %v: %s, want %d and %q", rec.Code, err, rec.Body, tt.status, tt.say)
			}
		})
	}
}

func TestRestatementOfAScorecardThatCannotBeRead(t *testing.T) {
	l := newClosed(t)
	l.closeWith("r", `{"rows":[]}`)
	if rec := l.ask("", "en", nil); rec.Code != http.StatusConflict || !strings.Contains(rec.Body.String(), "the event itself is at /v1/events/4-0.") {
		t.Errorf("status %d: %s", rec.Code, rec.Body)
	}
}

// The plan of the closing is looked for among those that the log holds.
func TestRestatementByThePlanOfThen(t *testing.T) {
	l := newClosed(t)
	l.plan = "former"
	l.close("by another plan")
	if r := l.answer("", nil); !r.PlanUnreadable {
		t.Error("a plan that the log does not hold is not said to be unreadable")
	}
	l.record("2018-04-03", "PlanActivated", `{"archive":"UEsFBg==","hash":"former"}`)
	at := projections.Activation{}
	found := func(_ context.Context, a projections.Activation) (*indicators.Plan, error) {
		at = a
		return mustPlan(t), nil
	}
	if r := l.answer("", found); r.PlanUnreadable || at.At != events.At(5, 0) {
		t.Errorf("unreadable %t, looked for at %v", r.PlanUnreadable, at.At)
	}
	spoilt := func(context.Context, projections.Activation) (*indicators.Plan, error) {
		return nil, fmt.Errorf("load: %w", api.ErrPlanUnreadable)
	}
	if r := l.answer("", spoilt); !r.PlanUnreadable {
		t.Error("a plan that cannot be loaded is not said to be unreadable")
	}
	away := func(context.Context, projections.Activation) (*indicators.Plan, error) {
		return nil, errors.New("no answer")
	}
	if rec := l.ask("", "en", away); rec.Code != http.StatusServiceUnavailable || !strings.Contains(rec.Body.String(), "the log cannot be reached") {
		t.Errorf("a log that is away: status %d: %s", rec.Code, rec.Body)
	}
}
