package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators/api"
	"github.com/kaohe/kaohe/projections"
)

// targets sets targets, one a commit: day, unit and the data without its closing brace.
func targets(tb testing.TB, lines ...string) *projections.Fold {
	tb.Helper()
	fold := mustFold(tb)
	for i, line := range lines {
		f := strings.SplitN(line, " ", 3)
		var data map[string]any
		if err := json.Unmarshal([]byte(f[2]), &data); err != nil {
			tb.Fatal(err)
		}
		canonical, err := json.Marshal(data) // sorted by name
		if err != nil {
			tb.Fatal(err)
		}
		e := events.Event{Type: "TargetSet", Source: "kaohe:" + f[1], ID: fmt.Sprint(i), Time: f[0] + "T00:00:00+08:00", Org: f[1], Schema: "TargetSet.v1", Data: canonical}
		var s events.Stored
		if err := s.ParseLine(e.AppendLine(nil)); err != nil {
			tb.Fatal(err)
		}
		if err := fold.Apply(&s, events.At(uint64(i+1), 0)); err != nil {
			tb.Fatal(err)
		}
		fold.Advance(events.Head{Seq: uint64(i + 1)}, mustTime(tb, f[0]+"T10:00:00+08:00"))
	}
	return fold
}

func someTargets(tb testing.TB) *projections.Fold {
	return targets(tb,
		`2018-01-10 450703 {"indicator":"conversions","year":2018,"value":"4","basis":"flow","document":"12号文"}`,
		`2018-01-10 450700 {"indicator":"conversions","year":2018,"value":"40","basis":"flow"}`,
		`2018-02-20 450703 {"indicator":"conversions","year":2018,"value":"3","basis":"flow","quarterly_plan":["0","1","2","3"],"effective_from":"2018-02-01","illustrative":true,"reason":"汛情"}`,
		`2018-02-21 450703 {"indicator":"subsidies_disbursed","year":2018,"value":"8.5","basis":"growth"}`,
		`2017-01-10 450703 {"indicator":"conversions","year":2017,"value":"2","basis":"flow"}`)
}

func TestTargetsTellTheirHistory(t *testing.T) {
	rec := ask(t, options(t, someTargets(t)), "/v1/targets?indicator=conversions", "")
	want := fmt.Sprintf(`{
  "org": "450703",
  "org_name": {
    "zh": "钦北区",
    "en": "Qinbei"
  },
  "year": 2018,
  "as_of": "2018-03-31",
  "plan": %q,
  "targets": [
    {
      "org": "450703",
      "org_name": {
        "zh": "钦北区",
        "en": "Qinbei"
      },
      "indicator": "conversions",
      "name": {
        "zh": "科技成果转化",
        "en": "Achievements converted"
      },
      "units": {
        "zh": "项",
        "en": "items"
      },
      "money": false,
      "set": "2018-01-10",
      "effective_from": "2018-01-01",
      "in_force": false,
      "position": "1-0",
      "value": "4",
      "basis": "flow",
      "before": null,
      "illustrative": false,
      "document": "12号文",
      "by": "kaohe:450703",
      "source": "kaohe:450703",
      "id": "0"
    },
    {
      "org": "450703",
      "org_name": {
        "zh": "钦北区",
        "en": "Qinbei"
      },
      "indicator": "conversions",
      "name": {
        "zh": "科技成果转化",
        "en": "Achievements converted"
      },
      "units": {
        "zh": "项",
        "en": "items"
      },
      "money": false,
      "set": "2018-02-20",
      "effective_from": "2018-02-01",
      "in_force": true,
      "position": "3-0",
      "value": "3",
      "basis": "flow",
      "quarterly_plan": [
        "0",
        "1",
        "2",
        "3"
      ],
      "before": {
        "position": "1-0",
        "value": "4",
        "basis": "flow"
      },
      "illustrative": true,
      "reason": "汛情",
      "by": "kaohe:450703",
      "source": "kaohe:450703",
      "id": "2"
    }
  ]
}
`, mustPlan(t).Hash)
	if diff := cmp.Diff(want, rec.Body.String()); diff != "" || rec.Code != http.StatusOK {
		t.Errorf("status %d, targets (-want +got):\n%s", rec.Code, diff)
	}
}

func TestTargetsThatAreAskedFor(t *testing.T) {
	for _, tt := range []struct{ name, query, want string }{
		{"the default unit and year", "", "2018 as of 2018-03-31: 1-0 3-0* 4-0*"},
		{"the unit above, alone", "?org=450700", "2018 as of 2018-03-31: 2-0*"},
		{"the unit above and those below", "?org=450700&below=true", "2018 as of 2018-03-31: 2-0* 1-0 3-0* 4-0*"},
		{"below can be denied", "?org=450700&below=false", "2018 as of 2018-03-31: 2-0*"},
		{"one indicator", "?indicator=subsidies_disbursed", "2018 as of 2018-03-31: 4-0*"},
		{"another year, as of its end", "?year=2017", "2017 as of 2017-12-31: 5-0*"},
		{"the year of the day", "?as_of=2017-02-01", "2017 as of 2017-02-01: 5-0*"},
		{"a day before the change", "?as_of=2018-01-31", "2018 as of 2018-01-31: 1-0* 3-0 4-0*"},
		{"a year without targets", "?year=2020", "2020 as of 2018-03-31:"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rec := ask(t, options(t, someTargets(t)), "/v1/targets"+tt.query, "")
			var got api.Targets
			if err := json.Unmarshal(rec.Body.Bytes(), &got); err != nil || rec.Code != http.StatusOK || got.Targets == nil {
				t.Fatalf("status %d, %v: %s", rec.Code, err, rec.Body)
			}
			line := fmt.Sprintf("%d as of %s:", got.Year, got.AsOf)
			for _, target := range got.Targets {
				line += " " + target.Position + map[bool]string{true: "*"}[target.InForce]
			}
			if line != tt.want {
				t.Errorf("got %s, want %s (* is in force)", line, tt.want)
			}
		})
	}
}

func TestTargetsRefuseWhatMakesNoSense(t *testing.T) {
	for _, tt := range []struct{ query, parameter, say string }{
		{"year=18", "year", "expected a year like 2018"},
		{"year=0000", "year", "expected a year like 2018"},
		{"below=yes", "below", "expected true or false"},
		{"indicator=conversion", "indicator", "did you mean conversions?"},
		{"indicator=科技成果转化", "indicator", "did you mean conversions?"},
		{"org=4507", "org", "the code of a unit of the plan"},
		{"quarter=2018Q1", "quarter", "one of the parameters org, below, year, indicator, as_of, known_at, plan, at_least"},
	} {
		rec := ask(t, options(t, mustFold(t)), "/v1/targets?"+tt.query, "en")
		var p api.Problem
		if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || rec.Code != http.StatusBadRequest || p.Parameter != tt.parameter || !strings.Contains(p.Detail, tt.say) {
			t.Errorf("%s: status %d, %v: %s, want parameter %s and %q", tt.query, rec.Code, err, rec.Body, tt.parameter, tt.say)
		}
	}
}
