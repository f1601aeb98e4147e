package indicators_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/indicators"
)

func TestEvaluateDates(t *testing.T) {
	w := newWorld(t).
		target("2018-01-15", "450703", "guidances", "120", "flow", "").
		happen(`2018-02-28 450703 EnvoyServiceRecorded {"kind":"guidance","count":30}
			2018-04-01 450703 EnvoyServiceRecorded {"kind":"guidance","count":7}`)
	tests := []struct{ name, quarter, asOf, effective, wantQuarter, wantYear string }{
		{
			"a day after the quarter counts as its last", "2018Q1", "2018-11-11", "2018-03-31",
			"value 30 base 0 target 30 expected 30 gap 0 completion 1 pace 1 achieved",
			"value 30 base 0 target 120 expected 30 gap 90 completion 0.25 pace 1 on_track",
		},
		{
			"facts after the day do not count", "2018Q1", "2018-02-27", "2018-02-27",
			"value 0 base 0 target 30 expected 10 gap 30 completion 0 pace 0 critical",
			"value 0 base 0 target 120 expected 10 gap 120 completion 0 pace 0 critical",
		},
		{
			"before the quarter begins its span is null", "2018Q2", "2018-03-31", "2018-03-31",
			"null",
			"value 30 base 0 target 120 expected 30 gap 90 completion 0.25 pace 1 on_track",
		},
		{
			"on its first day it is there", "2018Q2", "2018-04-01", "2018-04-01",
			"value 7 base 0 target 30 expected 0 gap 23 completion 0.2333 pace null too_early",
			"value 37 base 0 target 120 expected 30 gap 83 completion 0.3083 pace 1.2333 on_track",
		},
		{"before the year begins both are null", "2018Q2", "2017-12-31", "2017-12-31", "null", "null"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			card := w.card(tt.quarter, "450703", tt.asOf)
			if card.AsOf.String() != tt.effective {
				t.Errorf("as of %s, want %s", card.AsOf, tt.effective)
			}
			row, _ := card.Row("guidances")
			checkFigure(t, "quarter", row.Quarter, tt.wantQuarter)
			checkFigure(t, "year", row.Year, tt.wantYear)
			if row.Year == nil && row.Status != "" {
				t.Errorf("status %q without a year, want none", row.Status)
			}
		})
	}
}

func TestEvaluateTargets(t *testing.T) {
	w := newWorld(t).
		target("2018-02-15", "450703", "guidances", "240", "flow", `,"illustrative":true`).
		target("2018-07-01", "450703", "guidances", "360", "flow", "").
		target("2018-02-15", "450703", "grants", "10", "growth", `,"illustrative":true`).
		target("2018-02-15", "450703", "pool", "10", "stock", "")
	t.Run("the first holds from 1 January", func(t *testing.T) {
		row := w.row("2018Q1", "450703", "2018-01-31", "guidances")
		if got := row.Year.Target.String(); got != "240" || !row.TargetIllustrative || row.FirstTarget.Known() {
			t.Errorf("target %s, illustrative %t, first %s", got, row.TargetIllustrative, row.FirstTarget)
		}
	})
	t.Run("the second from its day, and the first stays visible", func(t *testing.T) {
		row := w.row("2018Q3", "450703", "2018-07-01", "guidances")
		if got := row.Year.Target.String(); got != "360" || row.TargetIllustrative || row.FirstTarget.String() != "240" {
			t.Errorf("target %s, illustrative %t, first %s", got, row.TargetIllustrative, row.FirstTarget)
		}
	})
	t.Run("growth on nothing has no base", func(t *testing.T) {
		row := w.row("2018Q1", "450703", "2018-03-31", "grants")
		if row.TargetProblem != indicators.NoBase || row.Status != indicators.NoTarget || row.Year.Target.Known() {
			t.Errorf("problem %q, status %s, target %s", row.TargetProblem, row.Status, row.Year.Target)
		}
	})
	t.Run("a level is no target for what adds up", func(t *testing.T) {
		row := w.row("2018Q1", "450703", "2018-03-31", "pool")
		if row.TargetProblem != indicators.BasisRefused || row.Status != indicators.NoTarget {
			t.Errorf("problem %q, status %s", row.TargetProblem, row.Status)
		}
	})
	t.Run("targets neither roll up nor are inherited", func(t *testing.T) {
		for _, org := range []string{"450700", "450000", "450702"} {
			if row := w.row("2018Q1", org, "2018-03-31", "guidances"); row.Status != indicators.NoTarget {
				t.Errorf("status at %s is %s, want no_target", org, row.Status)
			}
		}
	})
	t.Run("a target is of one year", func(t *testing.T) {
		if row := w.row("2019Q1", "450703", "2019-03-31", "guidances"); row.Status != indicators.NoTarget {
			t.Errorf("status in 2019 is %s, want no_target", row.Status)
		}
	})
}

func TestEvaluateRollUp(t *testing.T) {
	w := newWorld(t).happen(`
		2018-02-28 450703 EnvoyServiceRecorded {"kind":"guidance","count":64}
		2018-02-28 450702 EnvoyServiceRecorded {"kind":"guidance","count":6,"level":"city"}
		2018-01-10 450703 EnterpriseIncubated {"enterprise_id":"A","pool":"hnte"}
		2018-01-11 450702 EnterpriseIncubated {"enterprise_id":"A","pool":"hnte"}
		2018-03-01 450702 ReferenceValueSet {"key":"population","value":"300000"}
		2018-03-02 450703 ReferenceValueSet {"key":"population","value":"400000"}
		2018-03-03 450703 ReferenceValueSet {"key":"intensity","value":"0.4"}
		2018-03-03 450702 ReferenceValueSet {"key":"intensity","value":"0.5"}`)
	tests := []struct {
		name, indicator, org, want string
		events                     int64
		reporting                  *indicators.Reporting
	}{
		{"a sum is the sum of the units below", "guidances", "450700", "70", 2, &indicators.Reporting{Have: 2, Due: 2}},
		{"and of those below them", "guidances", "450000", "70", 2, &indicators.Reporting{Have: 2, Due: 3}},
		{"a unit with none below has nobody to wait for", "guidances", "450703", "64", 1, nil},
		{"a distinct thing counts once at each level", "pool", "450700", "1", 2, &indicators.Reporting{Have: 2, Due: 2}},
		{"a latest that rolls up is a sum", "population", "450700", "700000", 2, &indicators.Reporting{Have: 2, Due: 2}},
		{"and null as long as one below lacks it", "population", "450000", "null", 2, &indicators.Reporting{Have: 2, Due: 3}},
		{"another latest belongs to its own unit", "intensity", "450703", "0.4", 1, nil},
		{"and not to the one above", "intensity", "450700", "null", 0, &indicators.Reporting{Have: 2, Due: 2}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			row := w.row("2018Q1", tt.org, "2018-03-31", tt.indicator)
			if got := row.Quarter.Value.String(); got != tt.want {
				t.Errorf("value = %s, want %s", got, tt.want)
			}
			if row.Quarter.Events != tt.events {
				t.Errorf("events = %d, want %d", row.Quarter.Events, tt.events)
			}
			if diff := cmp.Diff(tt.reporting, row.Reporting); diff != "" {
				t.Errorf("reporting (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReportingIsOfTheQuarter(t *testing.T) {
	w := newWorld(t).happen(`2018-02-28 450703 EnvoyServiceRecorded {"kind":"guidance","count":64}`)
	row := w.row("2018Q2", "450700", "2018-06-30", "guidances")
	if diff := cmp.Diff(&indicators.Reporting{Have: 0, Due: 2}, row.Reporting); diff != "" {
		t.Errorf("reporting (-want +got):\n%s", diff)
	}
}

func TestMoneyIsMarked(t *testing.T) {
	money := map[string]bool{"requested": true, "paid": true, "last_payment": true}
	for _, row := range newWorld(t).card("2018Q1", "450703", "2018-03-31").Rows {
		if row.Money != money[row.ID] {
			t.Errorf("%s is money: %t", row.ID, row.Money)
		}
	}
}
