package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kaohe/kaohe/deploy"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/forms"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
	"github.com/kaohe/kaohe/indicators/quality"
	"github.com/kaohe/kaohe/projections"
)

var loadPlan = sync.OnceValues(func() (*indicators.Plan, []events.Mistake) { return indicators.Load(deploy.Plan()) })

func mustPlan(tb testing.TB) *indicators.Plan {
	tb.Helper()
	plan, mistakes := loadPlan()
	if plan == nil {
		tb.Fatal(mistakes)
	}
	return plan
}

// mustFold folds guidances at the district, one a day of the days given, each in a commit of its own.
func mustFold(tb testing.TB, days ...string) *projections.Fold {
	tb.Helper()
	plan := mustPlan(tb)
	fold, err := projections.NewFold(plan.Rules())
	if err != nil {
		tb.Fatal(err)
	}
	for i, day := range days {
		guide(tb, fold, uint64(i+1), day)
	}
	return fold
}

func guide(tb testing.TB, fold *projections.Fold, seq uint64, day string) {
	tb.Helper()
	guideAt(tb, fold, seq, day, time.Date(2018, 4, 1, 0, 0, 0, 0, time.UTC))
}

func guideAt(tb testing.TB, fold *projections.Fold, seq uint64, day string, recorded time.Time) {
	tb.Helper()
	e := events.Event{
		Type: "EnvoyServiceRecorded", Source: "test", ID: day, Time: day + "T00:00:00+08:00", Org: "450703",
		Schema: "EnvoyServiceRecorded.v1", Data: []byte(`{"count":1,"kind":"guidance"}`),
	}
	var s events.Stored
	if err := s.ParseLine(e.AppendLine(nil)); err != nil {
		tb.Fatal(err)
	}
	if err := fold.Apply(&s, events.At(seq, 0)); err != nil {
		tb.Fatal(err)
	}
	fold.Advance(events.Head{Seq: seq}, recorded)
}

// options answer from a fold that stands still, on 31 March 2018.
func options(tb testing.TB, fold *projections.Fold) api.Options {
	tb.Helper()
	view := fold.View()
	return api.Options{
		Plan:    mustPlan(tb),
		Figures: func() (*projections.View, *indicators.Plan) { return view, mustPlan(tb) },
		Await: func(ctx context.Context, seq uint64) error {
			if view.Head().Seq >= seq {
				return nil
			}
			<-ctx.Done()
			return ctx.Err()
		},
		End:   func(context.Context) (uint64, error) { return view.Head().Seq, nil },
		Today: func() events.Day { return events.NewDay(2018, time.March, 31) },
		Wait:  10 * time.Millisecond,

		Commit:     func(context.Context, uint64) (events.Commit, error) { return events.Commit{}, events.ErrNotFound },
		Event:      func(context.Context, events.Position) ([]byte, error) { return nil, events.ErrNotFound },
		Find:       func(events.Key) (events.Position, bool) { return 0, false },
		Quarantine: func() []projections.Quarantined { return nil },
		Findings: func(context.Context, uint64, quality.Query) (quality.Page, error) {
			return quality.Page{}, errors.New("nobody should ask")
		},
		Known: func(context.Context, api.KnownAt, bool) (api.Known, error) {
			return api.Known{}, errors.New("nobody should ask")
		},
		Past: noPast{},
		PlanOf: func(context.Context, projections.Activation) (*indicators.Plan, error) {
			return nil, errors.New("nobody should ask")
		},
	}
}

// noPast is for those who do not look back.
type noPast struct{}

func (noPast) View(context.Context, projections.Rules, uint64) (*projections.View, error) {
	return nil, errors.New("nobody should ask")
}

func (noPast) Walk(context.Context, projections.Rules, uint64, uint64, func(projections.Step) error) error {
	return errors.New("nobody should ask")
}

func ask(tb testing.TB, opts api.Options, path, lang string) *httptest.ResponseRecorder {
	tb.Helper()
	return askAs(tb, opts, access.Local, path, lang)
}

func askAs(tb testing.TB, opts api.Options, by access.Principal, path, lang string) *httptest.ResponseRecorder {
	tb.Helper()
	a, err := api.New(opts)
	if err != nil {
		tb.Fatal(err)
	}
	mux := http.NewServeMux()
	a.Register(mux)
	req := httptest.NewRequest(http.MethodGet, path, nil)
	req = req.WithContext(access.NewContext(req.Context(), by))
	req.Header.Set("Accept-Language", lang)
	rec := httptest.NewRecorder()
	mux.ServeHTTP(rec, req)
	return rec
}

func TestScorecardDefaultsAndParameters(t *testing.T) {
	fold := mustFold(t, "2018-01-10", "2018-02-10", "2018-03-10", "2017-11-10")
	for _, tt := range []struct {
		name, query        string
		org, quarter, asOf string
		value              string
	}{
		{"nothing asked: the business date's quarter of the default unit", "", "450703", "2018Q1", "2018-03-31", "3"},
		{"an earlier day", "?as_of=2018-02-28", "450703", "2018Q1", "2018-02-28", "2"},
		{"an earlier quarter ends before the business date", "?quarter=2017Q4", "450703", "2017Q4", "2017-12-31", "1"},
		{"a unit above", "?org=450000&quarter=2018Q1", "450000", "2018Q1", "2018-03-31", "3"},
		{"a day decides the quarter", "?as_of=2017-12-01", "450703", "2017Q4", "2017-12-01", "1"},
		{"empty parameters are as good as none", "?org=&quarter=&as_of=&at_least=", "450703", "2018Q1", "2018-03-31", "3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rec := ask(t, options(t, fold), "/v1/scorecard"+tt.query, "")
			var card indicators.Scorecard
			if err := json.Unmarshal(rec.Body.Bytes(), &card); err != nil || rec.Code != http.StatusOK {
				t.Fatalf("status %d, %v: %s", rec.Code, err, rec.Body)
			}
			row, ok := card.Row("envoy_guidances")
			if !ok || row.Quarter == nil {
				t.Fatal("no envoy_guidances in the quarter")
			}
			if card.Org != tt.org || card.Quarter.String() != tt.quarter || card.AsOf.String() != tt.asOf || row.Quarter.Value.String() != tt.value {
				t.Errorf("got %s %s as of %s: %s, want %s %s as of %s: %s", card.Org, card.Quarter, card.AsOf, row.Quarter.Value,
					tt.org, tt.quarter, tt.asOf, tt.value)
			}
		})
	}
}

func TestBadParametersAreNamed(t *testing.T) {
	fold := mustFold(t)
	for _, tt := range []struct {
		query, lang         string
		parameter, got, say string
	}{
		{"quarter=2018Q5", "en", "quarter", "2018Q5", `quarter: expected a quarter like 2018Q1, got "2018Q5"`},
		{"as_of=2018-02-30", "en", "as_of", "2018-02-30", `as_of: expected a day like 2018-03-31, got "2018-02-30"`},
		{"as_of=2018-02-30", "zh-CN,zh;q=0.9", "as_of", "2018-02-30", "as_of 应为日期"},
		{"org=45070", "en", "org", "45070", "did you mean 450700?"},
		{"org=钦州市", "en", "org", "钦州市", "did you mean 450700?"},
		{"org=xyz", "en", "org", "xyz", "expected the code of a unit of the plan"},
		{"at_least=soon", "en", "at_least", "soon", "a position like 12-0"},
		{"asof=2018-03-31", "en", "asof", "2018-03-31", "did you mean as_of?"},
		{"org=450703&org=450700", "en", "org", "450700", "expected it once"},
		{"year=2018", "en", "year", "2018", "expected one of the parameters quarter, org, as_of, known_at, plan, at_least"},
		{"known_at=soon", "en", "known_at", "soon", "a time like 2018-04-02T10:00:00+08:00, a day like 2018-04-02, a position like 12-0"},
		{"known_at=0", "en", "known_at", "0", "a commit's sequence like 12"},
		{"known_at=2018-02-30", "zh", "known_at", "2018-02-30", "known_at 应为时间（如 2018-04-02T10:00:00+08:00）、日期"},
		{"known_at=2018-04-02T10:00:00+08:00", "en", "known_at", "2018-04-02T10:00:00 08:00", "is written %2B"},
		{"known_at=1&plan=old", "en", "plan", "old", "then (the plan of that time) or current (today's)"},
		{"plan=current", "en", "plan", "current", "expected it together with known_at"},
	} {
		t.Run(tt.query, func(t *testing.T) {
			rec := ask(t, options(t, fold), "/v1/scorecard?"+tt.query, tt.lang)
			var p api.Problem
			if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil {
				t.Fatal(err)
			}
			if rec.Code != http.StatusBadRequest || rec.Header().Get("Content-Type") != "application/problem+json" || p.Status != rec.Code {
				t.Errorf("status %d (%d in the body), %s", rec.Code, p.Status, rec.Header().Get("Content-Type"))
			}
			if p.Parameter != tt.parameter || p.Got != tt.got || p.Expected == "" || !strings.Contains(p.Detail, tt.say) {
				t.Errorf("problem %+v, want parameter %s, got %s, and %q", p, tt.parameter, tt.got, tt.say)
			}
		})
	}
}

func TestAtLeastWaitsForTheFold(t *testing.T) {
	fold := mustFold(t, "2018-01-10")
	opts := options(t, fold)
	before, changed := fold.View(), make(chan struct{})
	guide(t, fold, 2, "2018-02-10")
	after := fold.View()
	opts.Wait = time.Minute
	opts.Await = func(ctx context.Context, seq uint64) error {
		if seq == 2 {
			close(changed) // the fold catches up while the question waits
		}
		return nil
	}
	opts.Figures = func() (*projections.View, *indicators.Plan) {
		select {
		case <-changed:
			return after, mustPlan(t)
		default:
			return before, mustPlan(t)
		}
	}
	opts.End = func(context.Context) (uint64, error) { return 2, nil }
	for _, atLeast := range []string{"", "1", "end"} {
		rec := ask(t, opts, "/v1/scorecard?at_least="+atLeast, "")
		if rec.Code != http.StatusOK {
			t.Errorf("at_least=%s: status %d, want 200", atLeast, rec.Code)
		}
		seen := strings.Contains(rec.Body.String(), `"last_event": "2018-02-10"`)
		if want := atLeast == "end"; seen != want {
			t.Errorf("at_least=%s shows the second commit: %v, want %v", atLeast, seen, want)
		}
	}
}

func TestAtLeastGivesUp(t *testing.T) {
	fold := mustFold(t, "2018-01-10")
	lost := options(t, fold)
	lost.End = func(context.Context) (uint64, error) { return 0, errors.New("no answer") }
	for _, tt := range []struct {
		name, atLeast string
		opts          api.Options
		want          int
	}{
		{"what is there already", "1-0", options(t, fold), http.StatusOK},
		{"a position that does not come", "9-0", options(t, fold), http.StatusServiceUnavailable},
		{"a sequence that does not come", "9", options(t, fold), http.StatusServiceUnavailable},
		{"a log that does not answer", "end", lost, http.StatusServiceUnavailable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rec := ask(t, tt.opts, "/v1/scorecard?at_least="+tt.atLeast, "")
			if rec.Code != tt.want {
				t.Errorf("status %d, want %d: %s", rec.Code, tt.want, rec.Body)
			}
			if tt.want == http.StatusServiceUnavailable && rec.Header().Get("Retry-After") == "" {
				t.Error("503 without Retry-After")
			}
		})
	}
}

// Until the figures of a new plan are there those of the former one are shown, by their own plan; what may be recorded is
// the new plan's already.
func TestFiguresFollowTheirOwnPlan(t *testing.T) {
	opts := options(t, mustFold(t))
	former, view := *mustPlan(t), mustFold(t).View()
	former.Hash = "former"
	opts.Figures = func() (*projections.View, *indicators.Plan) { return view, &former }
	for path, want := range map[string]string{
		"/v1/scorecard": `"plan": "former"`, "/v1/targets": `"plan": "former"`, "/v1/catalogue": `"plan_hash": "` + mustPlan(t).Hash + `"`,
	} {
		if rec := ask(t, opts, path, ""); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), want) {
			t.Errorf("%s: status %d, want %s in %.300s", path, rec.Code, want, rec.Body)
		}
	}
}

func TestCatalogueDescribesTypesAndFields(t *testing.T) {
	rec := ask(t, options(t, mustFold(t)), "/v1/catalogue", "")
	var c forms.Catalogue
	if err := json.Unmarshal(rec.Body.Bytes(), &c); err != nil || rec.Code != http.StatusOK {
		t.Fatalf("status %d, %v", rec.Code, err)
	}
	if c.Today != "2018-03-31" || c.TimeZone != "Asia/Shanghai" || c.DefaultOrg != "450703" || len(c.Orgs) != 3 || c.PlanHash == "" {
		t.Errorf("catalogue of %s in %s, default %s, %d orgs, hash %q", c.Today, c.TimeZone, c.DefaultOrg, len(c.Orgs), c.PlanHash)
	}
	kinds := map[string]string{}
	for _, typ := range c.Types {
		if typ.Name == "SubsidyApplied" {
			for _, f := range typ.Fields {
				kinds[f.Name] = f.Kind
				if f.Items != nil {
					kinds[f.Name] += " of " + f.Items.Kind
				}
			}
		}
	}
	for name, want := range map[string]string{"requested_yuan": "money", "kind": "string", "count": "integer", "entities": "array of object"} {
		if kinds[name] != want {
			t.Errorf("SubsidyApplied.%s is %q, want %q", name, kinds[name], want)
		}
	}
}

func TestOptionsNameTheMissingField(t *testing.T) {
	for name, change := range map[string]func(*api.Options){
		"Plan": func(o *api.Options) { o.Plan = nil }, "Figures": func(o *api.Options) { o.Figures = nil },
		"Await": func(o *api.Options) { o.Await = nil }, "End": func(o *api.Options) { o.End = nil },
		"Today": func(o *api.Options) { o.Today = nil }, "Wait": func(o *api.Options) { o.Wait = -1 },
		"Quarantine": func(o *api.Options) { o.Quarantine = nil }, "Known": func(o *api.Options) { o.Known = nil },
	} {
		opts := options(t, mustFold(t))
		change(&opts)
		if _, err := api.New(opts); err == nil || !strings.Contains(err.Error(), "Options."+name) {
			t.Errorf("New() without %s = %v, want an error that names it", name, err)
		}
	}
}
