package quality_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/deploy"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/quality"
)

func reference(key, value, day string) fact {
	return fact{typ: "ReferenceValueSet", day: day, data: `{"key":"` + key + `","value":"` + value + `"}`}
}

func TestPartsAndWhole(t *testing.T) {
	north, south := at("450703", reference("population", "300000", "2018-01-01")), at("450702", reference("population", "200000", "2018-06-30"))
	city := func(value string) fact { return at("450700", reference("population", value, "2018-12-31")) }
	checkRule(t, treePlan(), "DQ-18", []ruleCase{
		{name: "the sum", facts: []fact{north, south, city("500000")}},
		{name: "rounded", facts: []fact{north, south, city("502000")}},
		{"more than rounding explains", []fact{north, south, city("503000")}, []string{"total_differs warn 450700: 2 0 1"}, "population of 2018 is 503000, those of the units below add up to 500000"},
		{name: "a district is missing", facts: []fact{north, city("900000")}},
		{name: "of another year", facts: []fact{north, at("450702", reference("population", "200000", "2017-06-30")), city("900000")}},
		{"the last value of the year", []fact{north, south, at("450702", reference("population", "210000", "2018-12-31")), city("500000")}, []string{"total_differs warn 450700: 3 0 2"}, ""},
		{"the later one of a day", []fact{north, south, at("450702", reference("population", "210000", "2018-06-30")), city("500000")}, []string{"total_differs warn 450700: 3 0 2"}, ""},
		{name: "what does not add up over units", facts: []fact{reference("gdp_yuan", "300000", "2018-01-01"), at("450702", reference("gdp_yuan", "1", "2018-01-01")), at("450700", reference("gdp_yuan", "5", "2018-01-01"))}},
		{name: "a key of no indicator", facts: []fact{reference("cows", "300000", "2018-01-01"), at("450702", reference("cows", "1", "2018-01-01")), at("450700", reference("cows", "5", "2018-01-01"))}},
	})
}

func target(org, indicator, weight string) fact {
	f := fact{typ: "TargetSet", day: "2018-01-01", org: org, data: `{"indicator":"` + indicator + `","year":2018,"value":"10","basis":"flow"`}
	if weight != "" {
		f.data += `,"weight":"` + weight + `"`
	}
	f.data += "}"
	return f
}

func TestEvidence(t *testing.T) {
	grant, model := granted("ZL201810012345.6", "invention", ""), granted("ZL201820012345.6", "utility", "")
	checkRule(t, treePlan(), "DQ-20", []ruleCase{
		{name: "no weight", facts: []fact{grant, target("450703", "invention_patents_granted", "")}},
		{name: "a weight of 0", facts: []fact{grant, target("450703", "invention_patents_granted", "0")}},
		{"a weight", []fact{grant, model, grant, target("450703", "invention_patents_granted", "5")}, []string{"missing warn 450703: 0 2"},
			"2 facts of 2018 (Patent granted) have no evidence, though invention_patents_granted has a weight"},
		{"a weight at the city", []fact{target("450700", "invention_patents_granted", "0.5"), grant, at("450702", grant)}, []string{"missing warn 450703: 1", "missing warn 450702: 2"}, ""},
		{name: "a weight of the other district", facts: []fact{target("450702", "invention_patents_granted", "5"), grant}},
		{name: "with evidence", facts: []fact{target("450703", "invention_patents_granted", "5"), granted("ZL201810012345.6", "invention", `,"evidence":["证书"]`)}},
		{"an empty list is none", []fact{target("450703", "invention_patents_granted", "5"), granted("ZL201810012345.6", "invention", `,"evidence":[]`)}, []string{"missing warn 450703: 1"}, ""},
		{name: "another year", facts: []fact{target("450703", "invention_patents_granted", "5"), on("2017-12-31", grant)}},
		{"what a ratio is made of", []fact{target("450703", "inventions_per_10k", "5"), grant, reference("population", "1", "2018-01-01")}, []string{"missing warn 450703: 1", "missing warn 450703: 2"}, ""},
		{"what a coverage is made of", []fact{target("450703", "envoy_coverage", "5"), village("poverty_13fyp", "listed", "2018-01-01", ""), village("other", "listed", "2018-01-01", "")}, []string{"missing warn 450703: 1"}, ""},
		{name: "what no indicator counts", facts: []fact{target("450703", "invention_patents_granted", "5"), {typ: "EnterpriseRenamed", day: "2018-01-10", data: `{"enterprise_id":"z","new_name":"卓能","kind":"alias"}`}}},
	})
}

// A plan may count pool entries as recognitions by mistake; the seed's firm would be a high-tech firm then.
func TestPoolCountedAsRecognition(t *testing.T) {
	text, err := fs.ReadFile(deploy.Plan(), "indicators.yaml")
	if err != nil {
		t.Fatal(err)
	}
	mixed := string(text) + `
- id: hightech_or_soon
  name: {zh: 高企及入库, en: High-tech firms and soon}
  unit: {zh: 家, en: firms}
  office: 高新科
  distinct: {event: [HighTechRecognized, EnterpriseIncubated], of: data.enterprise_id}
- id: pool_only
  name: {zh: 入库, en: Pool}
  unit: {zh: 家, en: firms}
  office: 高新科
  distinct: {event: EnterpriseIncubated, of: data.enterprise_id}
`
	r := newRig(t, planWith(t, map[string]string{"orgs.yaml": orgsYAML, "indicators.yaml": mixed}))
	want := []string{"DQ-16/pool_counted error 450000:", "DQ-16/pool_counted error 440000:"}
	got := r.shorts()
	slices.Sort(got)
	slices.Sort(want)
	if !cmp.Equal(got, want) {
		t.Errorf("findings = %q, want %q", got, want)
	}
	if f := r.findings()[0]; !strings.Contains(f.Text.EN, "hightech_or_soon") {
		t.Errorf("says %q", f.Text.EN)
	}
}

func TestSettingsOfThePlan(t *testing.T) {
	facts := []fact{
		{typ: "EnvoyTrainingHeld", day: "2018-02-28", data: `{"attendees":101}`}, requested("C", "99.00"), code("91110000600037341K"),
	}
	for _, tt := range []struct {
		name, settings string
		want           []string
	}{
		{"the default ones", "{}", []string{"DQ-01/check_digit warn 450703: 2", "DQ-09/amount_small warn 450703: 1", "DQ-02/place info 450703: 2"}},
		{"rules that are off", "{off: [DQ-09, DQ-02]}", []string{"DQ-01/check_digit warn 450703: 2"}},
		{"other bounds", "{off: [DQ-01, DQ-02], max_attendees: 100, least_yuan: 99}", []string{"DQ-12/attendees_many warn 450703: 0"}},
		{"no bound for amounts", "{off: [DQ-01, DQ-02], least_yuan: 0}", []string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, planWith(t, map[string]string{"plan.yaml": settings(t, tt.settings)}))
			r.record(facts...)
			if got := r.shorts(); !cmp.Equal(got, tt.want) {
				t.Errorf("findings (-want +got):\n%s", cmp.Diff(tt.want, got))
			}
		})
	}
}

// The rules that a plan may switch off are those that this package has.
func TestRulesAreThoseOfThePlan(t *testing.T) {
	var ids []string
	for _, r := range quality.Rules() {
		ids = append(ids, r.ID)
		if r.Title.ZH == "" || r.Title.EN == "" {
			t.Errorf("%s has no title", r.ID)
		}
	}
	if want := indicators.QualityRules(); !cmp.Equal(ids, want) {
		t.Errorf("Rules() = %v, want %v", ids, want)
	}
}
