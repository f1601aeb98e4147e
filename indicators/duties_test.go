package indicators_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

// dutiful has the default plan's types, and units with duties.
func dutiful(tb testing.TB, settings string) *world {
	tb.Helper()
	files := fstest.MapFS{
		"plan.yaml": {Data: []byte("name: {zh: 测试, en: Test}\ntime_zone: Asia/Shanghai\n" + settings + `
duties:
  - {org: "450703", indicators: [paid, grants]}
  - {org: "450700", indicators: [grants]}
`)},
		"orgs.yaml": {Data: []byte(`
- {code: "450700", name: {zh: 钦州市, en: Qinzhou}}
- {code: "450702", name: {zh: 钦南区, en: Qinnan}, parent: "450700"}
- {code: "450703", name: {zh: 钦北区, en: Qinbei}, parent: "450700"}
`)},
		"indicators.yaml": {Data: []byte(`
- {id: grants, name: {zh: 授权, en: "S&T <grants>"}, unit: {zh: 件, en: patents}, count: {event: PatentGranted}}
- {id: paid, name: {zh: 拨付, en: Paid}, unit: {zh: 元, en: yuan}, sum: {event: SubsidyDisbursed, of: data.amount_yuan}}
`)},
	}
	entries, err := os.ReadDir("../deploy/plan/events")
	if err != nil {
		tb.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile("../deploy/plan/events/" + e.Name())
		if err != nil {
			tb.Fatal(err)
		}
		files["events/"+e.Name()] = &fstest.MapFile{Data: data}
	}
	plan := mustLoad(tb, files)
	fold, err := projections.NewFold(plan.Rules())
	if err != nil {
		tb.Fatal(err)
	}
	return &world{tb: tb, plan: plan, fold: fold}
}

func TestDuties(t *testing.T) {
	const (
		grant   = `2018-02-05 450703 PatentGranted {"kind":"invention"}`
		nothing = `2018-03-20 450703 NilReported {"indicator":"paid","quarter":"2018Q1"}`
	)
	w := dutiful(t, "report_day: 25").happen(grant+"\n"+nothing).
		target("2018-03-01", "450703", "grants", "8", "flow", `,"effective_from":"2018-03-01"`).
		target("2018-01-01", "450703", "paid", "10", "stock", "")
	tests := []struct{ name, org, quarter, asOf, want string }{
		{"a target that cannot be used is none, a nil is a report", "450703", "2018Q1", "2018-03-31", `{"report_by":"2018-03-25","no_target":["paid"],"not_reported":[]}`},
		{"a target not in force yet, a nil not reported yet", "450703", "2018Q1", "2018-02-28", `{"report_by":"2018-03-25","no_target":["paid","grants"],"not_reported":["paid"]}`},
		{"a report of the quarter before is none", "450703", "2018Q2", "2018-06-30", `{"report_by":"2018-06-25","no_target":["paid"],"not_reported":["paid","grants"]}`},
		{"before the quarter no report is due", "450703", "2018Q4", "2018-06-30", `{"report_by":"2018-12-25","no_target":["paid"],"not_reported":[]}`},
		{"before the year nothing is", "450703", "2018Q1", "2017-12-31", `{"report_by":"2018-03-25","no_target":[],"not_reported":[]}`},
		{"a unit above, reported by the one below", "450700", "2018Q1", "2018-03-31", `{"report_by":"2018-03-25","no_target":["grants"],"not_reported":[]}`},
		{"a unit without duties", "450702", "2018Q1", "2018-03-31", `null`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			card := w.card(tt.quarter, tt.org, tt.asOf)
			text := mustJSON(t, card)
			if got := mustJSON(t, card.Duties); got != tt.want || strings.Contains(text, `"duties"`) != (tt.want != "null") {
				t.Errorf("duties\n got %s\nwant %s\n in %s", got, tt.want, text)
			}
			var back indicators.Scorecard
			if err := json.Unmarshal([]byte(text), &back); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(card.Duties, back.Duties); diff != "" {
				t.Errorf("after a round trip (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDutiesWithoutADay(t *testing.T) {
	duties := dutiful(t, "").card("2018Q1", "450700", "2018-03-31").Duties
	if got, want := mustJSON(t, duties), `{"report_by":null,"no_target":["grants"],"not_reported":["grants"]}`; got != want {
		t.Errorf("duties = %s, want %s", got, want)
	}
}

// The demonstration has a target for each duty of its district, and some that nobody reported.
func TestDutiesOfTheSeedQuarter(t *testing.T) {
	w := seedWorld(t)
	want := `{"report_by":"2018-03-25","no_target":[],"not_reported":["invention_patents_granted","hightech_firms","conversions","incubators"]}`
	if got := mustJSON(t, w.card("2018Q1", "450703", "2018-03-31").Duties); got != want {
		t.Errorf("duties\n got %s\nwant %s", got, want)
	}
}

// Names stand in the JSON as people wrote them.
func TestScorecardJSONIsPlain(t *testing.T) {
	text := mustJSON(t, dutiful(t, "").card("2018Q1", "450703", "2018-03-31"))
	if !strings.Contains(text, `"en":"S&T <grants>"`) {
		t.Errorf("no plain name in %s", text)
	}
}

func mustJSON(tb testing.TB, v any) string {
	tb.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		tb.Fatal(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
