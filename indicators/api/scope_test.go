package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/kaohe/kaohe/deploy"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
	"github.com/kaohe/kaohe/projections"
)

// cityReader reads the city and what is below it.
var cityReader = access.Principal{Name: "city", Org: "450700", Can: access.Read}

// planOfApart is the built-in plan in which the district does not belong to the city but to the region.
func planOfApart(tb testing.TB) *indicators.Plan {
	tb.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(deploy.Plan(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(deploy.Plan(), name)
		if name == "orgs.yaml" {
			content = []byte(strings.Replace(string(content), `Qinbei}, parent: "450700"`, `Qinbei}, parent: "450000"`, 1))
		}
		files[name] = &fstest.MapFile{Data: content}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	plan, mistakes := indicators.Load(files)
	if len(mistakes) > 0 {
		tb.Fatal(mistakes)
	}
	return plan
}

var allPaths = []string{
	"/v1/scorecard", "/v1/scorecard?org=450703", "/v1/explain?indicator=conversions", "/v1/targets", "/v1/targets?below=true", "/v1/restatement?quarter=2018Q1",
	"/v1/catalogue", "/v1/quarantine", "/v1/events/1-0", "/v1/events/by-id?source=s&id=a",
}

// TestNobodyIsToldNothing: where whoever asks was not found out, nothing is answered.
func TestNobodyIsToldNothing(t *testing.T) {
	opts := options(t, mustFold(t, "2018-01-10"))
	opts.Event = func(context.Context, events.Position) ([]byte, error) {
		e := events.Event{Type: "X", Source: "s", ID: "a", Time: "2018-01-10T00:00:00+08:00", Org: "450703", Schema: "X.v1", Data: []byte(`{}`)}
		return e.AppendLine(nil), nil
	}
	opts.Find = func(events.Key) (events.Position, bool) { return events.At(1, 0), true }
	for _, path := range allPaths {
		for name, by := range map[string]access.Principal{
			"nobody": {}, "nobody, who may all": {Can: access.All}, "somebody who may nothing": {Name: "x", Org: access.Everywhere},
		} {
			rec := askAs(t, opts, by, path, "")
			want := http.StatusForbidden
			if strings.HasPrefix(path, "/v1/events/") {
				want = http.StatusNotFound
			}
			if catalogue := path == "/v1/catalogue"; rec.Code != want && !(catalogue && by.Can != 0) {
				t.Errorf("GET %s by %s: status %d, want %d: %s", path, name, rec.Code, want, rec.Body)
			}
		}
		if rec := ask(t, opts, path, ""); rec.Code == http.StatusForbidden || strings.HasPrefix(path, "/v1/events/") && rec.Code != http.StatusOK {
			t.Errorf("GET %s on this machine: status %d: %s", path, rec.Code, rec.Body)
		}
	}
}

// TestDenialsAreReported: the door hears of each, and of nothing else.
func TestDenialsAreReported(t *testing.T) {
	a, err := api.New(options(t, mustFold(t, "2018-01-10")))
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	a.Register(mux)
	by := access.Principal{Name: "qinbei", Org: "450703", Can: access.Read}
	for path, want := range map[string]string{
		"/v1/scorecard?org=450700": "[{qinbei read 450700}]", "/v1/quarantine": "[{qinbei read *}]",
		"/v1/scorecard": "[]", "/v1/scorecard?org=450704": "[]", "/v1/events/1-0": "[]", // the last two are not there
	} {
		var got []access.Denial
		ctx := access.WithReport(access.NewContext(t.Context(), by), func(d access.Denial) { got = append(got, d) })
		mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil).WithContext(ctx))
		if fmt.Sprint(got) != want {
			t.Errorf("GET %s: the door is told %v, want %s", path, got, want)
		}
	}
}

// TestBothPlansMustPlaceTheUnit: who may read a unit is decided by the tree of today, and by that of the answer.
func TestBothPlansMustPlaceTheUnit(t *testing.T) {
	fold := someTargets(t) // by the built-in plan, in which the district is the city's
	apart := planOfApart(t)
	was, is := options(t, fold), options(t, fold)
	was.Plan = apart // the district was the city's, and is no more
	fresh, err := projections.NewFold(apart.Rules())
	if err != nil {
		t.Fatal(err)
	}
	is.Figures = func() (*projections.View, *indicators.Plan) { return fresh.View(), apart } // it is now, and was not
	for _, tt := range []struct {
		name   string
		opts   api.Options
		path   string
		status int
	}{
		{"the city itself, that had the district", was, "/v1/scorecard?org=450700", http.StatusOK},
		{"the district that was the city's", was, "/v1/scorecard?org=450703", http.StatusForbidden},
		{"the district that was not", is, "/v1/scorecard?org=450703", http.StatusForbidden},
		{"the region", was, "/v1/scorecard?org=450000", http.StatusForbidden},
		{"the city where both have it", options(t, fold), "/v1/scorecard?org=450703", http.StatusOK},
	} {
		if rec := askAs(t, tt.opts, cityReader, tt.path, ""); rec.Code != tt.status {
			t.Errorf("%s: status %d, want %d: %s", tt.name, rec.Code, tt.status, rec.Body)
		}
	}
	for name, tt := range map[string]struct {
		opts api.Options
		want int
	}{"the city's district": {options(t, fold), 4}, "no more": {was, 1}} {
		var h api.Targets
		rec := askAs(t, tt.opts, cityReader, "/v1/targets?org=450700&below=true", "")
		if err := json.Unmarshal(rec.Body.Bytes(), &h); err != nil || len(h.Targets) != tt.want {
			t.Errorf("%s: targets below: %d, %v, want %d: %s", name, len(h.Targets), err, tt.want, rec.Body)
		}
	}
}

// TestEventsWhoseUnitsNobodyKnows are for those who may read everything.
func TestEventsWhoseUnitsNobodyKnows(t *testing.T) {
	opts := options(t, mustFold(t))
	opts.Event = func(context.Context, events.Position) ([]byte, error) {
		e := events.Event{Type: events.TypeVoided, Source: "s", ID: "v", Time: "2018-01-10T00:00:00+08:00", Org: "450703", Schema: "EventVoided.v1",
			Data: []byte(`{"target_id":"gone","target_source":"s"}`)}
		return e.AppendLine(nil), nil
	}
	for by, want := range map[access.Principal]int{cityReader: http.StatusNotFound, {Org: access.Everywhere, Can: access.Read}: http.StatusOK} {
		if rec := askAs(t, opts, by, "/v1/events/1-0", ""); rec.Code != want {
			t.Errorf("by %q: status %d, want %d", by.Org, rec.Code, want)
		}
	}
}

func TestDenialInBothLanguages(t *testing.T) {
	for lang, want := range map[string]string{
		"zh": "令牌 city 不能为 450000 查看(read)；它只能为 450700 及其下级 查看(read)", "en": "the token city may not read for 450000; it may read for 450700 and below",
	} {
		var p api.Problem
		rec := askAs(t, options(t, mustFold(t)), cityReader, "/v1/scorecard?org=450000", lang)
		if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || p.Code != "out_of_scope" || p.Detail != want || p.Status != http.StatusForbidden {
			t.Errorf("%s: %s, want %s", lang, rec.Body, want)
		}
	}
}
