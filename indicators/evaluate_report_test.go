package indicators_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

func TestReported(t *testing.T) {
	const guidance = `2018-02-28 450703 EnvoyServiceRecorded {"kind":"guidance","count":64}`
	nilOf := func(day, org, what string) string {
		return day + " " + org + " NilReported {" + what + `,"quarter":"2018Q1"}`
	}
	tests := []struct {
		name, facts, indicator, org, quarter, asOf string
		wantQuarter, wantYear                      bool
	}{
		{"silence", "", "guidances", "450703", "2018Q1", "2018-03-31", false, false},
		{"an event in the span", guidance, "guidances", "450703", "2018Q1", "2018-03-31", true, true},
		{"the event is of the quarter before", guidance, "guidances", "450703", "2018Q2", "2018-06-30", false, true},
		{"the event is of the year before", guidance, "guidances", "450703", "2019Q1", "2019-03-31", false, false},
		{"an event of a unit below", guidance, "guidances", "450000", "2018Q1", "2018-03-31", true, true},
		{"an event of another unit", guidance, "guidances", "450702", "2018Q1", "2018-03-31", false, false},
		{"an event that the indicator does not count", guidance, "assigned", "450703", "2018Q1", "2018-03-31", false, false},
		{"a nil of the indicator", nilOf("2018-03-31", "450703", `"indicator":"grants"`), "grants", "450703", "2018Q1", "2018-03-31", true, true},
		{"a nil of a type that feeds it", nilOf("2018-03-31", "450703", `"event_type":"PatentGranted"`), "grants", "450703", "2018Q1", "2018-03-31", true, true},
		{"a nil of another indicator", nilOf("2018-03-31", "450703", `"indicator":"pool"`), "grants", "450703", "2018Q1", "2018-03-31", false, false},
		{"a nil of the quarter before covers the year only", nilOf("2018-03-31", "450703", `"indicator":"grants"`), "grants", "450703", "2018Q2", "2018-06-30", false, true},
		{"a nil that was not reported yet", nilOf("2018-03-31", "450703", `"indicator":"grants"`), "grants", "450703", "2018Q1", "2018-03-30", false, false},
		{"a nil of a unit below", nilOf("2018-03-31", "450703", `"indicator":"grants"`), "grants", "450000", "2018Q1", "2018-03-31", true, true},
		{"a nil never spreads down", nilOf("2018-03-31", "450700", `"indicator":"grants"`), "grants", "450703", "2018Q1", "2018-03-31", false, false},
		{"what is in force covers later quarters", certificates, "firms", "450703", "2019Q2", "2019-06-30", true, true},
		{"what is no longer in force does not", certificates, "firms", "450703", "2022Q1", "2022-03-31", false, false},
		{"a close is an event too", `2022-02-01 450703 HighTechRevoked {"enterprise_id":"A","certificate_no":"a","reason":"other"}`, "firms", "450703", "2022Q1", "2022-03-31", true, true},
		{"a net is reported with its stock", certificates, "firms_net", "450703", "2018Q4", "2018-12-31", true, true},
		{"a nil of the type covers a net too", nilOf("2018-03-31", "450703", `"event_type":"HighTechRecognized"`), "firms_net", "450703", "2018Q1", "2018-03-31", true, true},
		{"a latest that holds", `2015-12-31 450703 ReferenceValueSet {"key":"intensity","value":"0.4"}`, "intensity", "450703", "2018Q1", "2018-03-31", true, true},
		{"what rolls up is reported by any unit below", `2015-12-31 450703 ReferenceValueSet {"key":"population","value":"700000"}`, "population", "450700", "2018Q1", "2018-03-31", true, true},
		{"or by none", `2015-12-31 450703 ReferenceValueSet {"key":"population","value":"700000"}`, "population", "450100", "2018Q1", "2018-03-31", false, false},
		{"a milestone that was reached before", `2015-12-31 450703 CarrierStageChanged {"carrier_id":"p","kind":"agri_park","to_stage":"planning"}`, "park", "450703", "2018Q1", "2018-03-31", true, true},
		{"the numerator of a ratio is enough", nilOf("2018-03-31", "450703", `"indicator":"paid"`), "paid_share", "450703", "2018Q1", "2018-03-31", true, true},
		{"and so is the denominator", `2018-02-01 450703 SubsidyApplied {"subsidy_id":"s","enterprise_id":"A","kind":"rd","requested_yuan":"9"}`, "paid_share", "450703", "2018Q1", "2018-03-31", true, true},
		{"no part of a ratio", nilOf("2018-03-31", "450703", `"indicator":"grants"`), "paid_share", "450703", "2018Q1", "2018-03-31", false, false},
		{"both parts are", nilOf("2018-03-31", "450703", `"indicator":"paid"`) + "\n" + nilOf("2018-03-31", "450703", `"indicator":"requested"`), "paid_share", "450703", "2018Q1", "2018-03-31", true, true},
		{"or the ratio itself", nilOf("2018-03-31", "450703", `"indicator":"paid_share"`), "paid_share", "450703", "2018Q1", "2018-03-31", true, true},
		{"a nil of a type that feeds one part only", nilOf("2018-03-31", "450703", `"event_type":"SubsidyDisbursed"`), "paid_share", "450703", "2018Q1", "2018-03-31", true, true},
		{"a coverage by its list", villages, "coverage", "450703", "2018Q3", "2018-09-30", true, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			row := newWorld(t).happen(tt.facts).row(tt.quarter, tt.org, tt.asOf, tt.indicator)
			if q, y := row.Quarter.Reported, row.Year.Reported; q != tt.wantQuarter || y != tt.wantYear {
				t.Errorf("reported = %t, %t, want %t, %t", q, y, tt.wantQuarter, tt.wantYear)
			}
		})
	}
}

func TestBreakdown(t *testing.T) {
	w := newWorld(t).happen(certificates + `
		2018-02-28 450703 EnvoyServiceRecorded {"kind":"guidance","count":60}
		2018-04-28 450703 EnvoyServiceRecorded {"kind":"guidance","count":4,"level":"city"}
		2018-02-01 450703 SubsidyApplied {"entities":[{"name":"甲"},{"name":"乙"}],"kind":"conversion","requested_yuan":"130000"}
		2018-02-01 450703 SubsidyApplied {"subsidy_id":"s","enterprise_id":"A","kind":"rd","requested_yuan":"0"}
		2018-01-10 450703 EnterpriseIncubated {"enterprise_id":"A","pool":"hnte"}
		2018-04-10 450703 EnterpriseIncubated {"enterprise_id":"A","pool":"sme"}`)
	type parts = map[string]map[string]string
	tests := []struct {
		name, indicator, quarter, asOf string
		wantQuarter, wantYear          parts
	}{
		{"a quarter's and a year's parts", "guidances", "2018Q2", "2018-06-30",
			parts{"level": {"city": "4"}}, parts{"level": {"city": "4", projections.NoMember: "60"}}},
		{"money is yuan, and a part of 0 is left out", "requested", "2018Q1", "2018-03-31",
			parts{"kind": {"conversion": "130000"}}, parts{"kind": {"conversion": "130000"}}},
		{"distinct things by pool", "pool", "2018Q2", "2018-06-30",
			parts{"pool": {"sme": "1"}}, parts{"pool": {"hnte": "1", "sme": "1"}}},
		{"a stock on the day", "firms", "2018Q2", "2018-06-30",
			parts{"kind": {"first": "2", "renewal": "1"}}, parts{"kind": {"first": "2", "renewal": "1"}}},
		{"what expires within a year", "expiring", "2018Q2", "2018-04-30",
			parts{"kind": {"first": "1"}}, parts{"kind": {"first": "1"}}},
		{"nothing to break down", "requested", "2018Q2", "2018-06-30", nil, parts{"kind": {"conversion": "130000"}}},
		{"no dimensions", "grants", "2018Q1", "2018-03-31", nil, nil},
		{"stages are no breakdown", "park", "2018Q1", "2018-03-31", nil, nil},
	}
	text := func(f *indicators.Figure) parts {
		var p parts
		for dim, members := range f.Breakdown {
			if p == nil {
				p = parts{}
			}
			p[dim] = map[string]string{}
			for name, n := range members {
				p[dim][name] = n.String()
			}
		}
		return p
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			row := w.row(tt.quarter, "450703", tt.asOf, tt.indicator)
			if diff := cmp.Diff(tt.wantQuarter, text(row.Quarter)); diff != "" {
				t.Errorf("quarter (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.wantYear, text(row.Year)); diff != "" {
				t.Errorf("year (-want +got):\n%s", diff)
			}
		})
	}
}

// A view of another plan has none of this plan's figures: they are not known, which is not the same as nought.
func TestEvaluateForeignView(t *testing.T) {
	w := newWorld(t)
	fold, err := projections.NewFold(projections.Rules{Orgs: w.plan.Orgs, Catalogue: w.plan.Catalogue})
	if err != nil {
		t.Fatal(err)
	}
	card := indicators.Evaluate(fold.View(), w.plan, mustQuarter(t, "2018Q1"), 0, mustDate(t, "2018-03-31"))
	for _, row := range card.Rows {
		if row.Quarter.Value.Known() || row.Quarter.Reported {
			t.Errorf("%s = %s, reported %t", row.ID, row.Quarter.Value, row.Quarter.Reported)
		}
	}
}
