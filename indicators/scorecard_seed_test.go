package indicators_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

// seedWorld has the default plan and the facts of its demonstration: a district's first quarter of 2018.
func seedWorld(tb testing.TB) *world {
	tb.Helper()
	const dir = "../deploy/plan"
	plan, mistakes := indicators.Load(os.DirFS(dir))
	for _, m := range mistakes {
		tb.Fatal(m.In(events.English))
	}
	fold, err := projections.NewFold(plan.Rules())
	if err != nil {
		tb.Fatal(err)
	}
	w := &world{tb: tb, plan: plan, fold: fold}
	for _, name := range []string{"facts", "targets"} {
		b, err := os.ReadFile(dir + "/demo/" + name + ".ndjson")
		if err != nil {
			tb.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			var e struct {
				Type, Time, Org string
				Data            json.RawMessage
			}
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				tb.Fatal(err)
			}
			w.apply(e.Time[:10], e.Org, e.Type, string(e.Data))
		}
	}
	return w
}

func TestSeedQuarter(t *testing.T) {
	w := seedWorld(t)
	want := map[string]string{
		"hightech_pool_entries": "1", "hightech_firms": "0", "projects_submitted": "6", "project_funds_requested": "18400000",
		"subsidy_applications": "3", "subsidies_requested": "230000", "subsidies_disbursed": "0", "envoy_coverage": "100",
		"envoy_guidances": "64", "envoy_trainings": "9", "envoy_attendances": "246", "key_technologies_solved": "8",
		"technologies_promoted": "4", "invention_patents_granted": "0", "conversions": "0", "incubators": "0",
		"enterprise_visits": "0",
	}
	for _, org := range []string{"450703", "450700", "450000"} {
		t.Run(org, func(t *testing.T) {
			card := w.card("2018Q1", org, "2018-03-31")
			for id, value := range want {
				row, ok := card.Row(id)
				if !ok {
					t.Fatalf("no indicator %s", id)
				}
				if q, y := row.Quarter.Value.String(), row.Year.Value.String(); q != value || y != value {
					t.Errorf("%s = %s in the quarter, %s in the year, want %s", id, q, y, value)
				}
			}
		})
	}
	t.Run("nobody knows how many visits there were, but that nothing was paid", func(t *testing.T) {
		card := w.card("2018Q1", "450703", "2018-03-31")
		visits, _ := card.Row("enterprise_visits")
		paid, _ := card.Row("subsidies_disbursed")
		if visits.Reported || visits.Quarter.Events != 0 || !paid.Reported {
			t.Errorf("visits reported %t (%d events), payments %t", visits.Reported, visits.Quarter.Events, paid.Reported)
		}
	})
	t.Run("exactly the families that the source names lag", func(t *testing.T) {
		var lagging []string
		for _, row := range w.card("2018Q1", "450703", "2018-03-31").Rows {
			if row.Status.Lagging() {
				lagging = append(lagging, row.ID)
			}
			if row.Year.Target.Known() && !row.TargetIllustrative {
				t.Errorf("the target of %s is not marked as illustrative", row.ID)
			}
		}
		if diff := cmp.Diff([]string{"invention_patents_granted", "hightech_firms", "conversions", "incubators"}, lagging); diff != "" {
			t.Errorf("lagging (-want +got):\n%s", diff)
		}
	})
	t.Run("no targets above", func(t *testing.T) {
		for _, org := range []string{"450700", "450000"} {
			for _, row := range w.card("2018Q1", org, "2018-03-31").Rows {
				if row.Status != indicators.NoTarget {
					t.Errorf("%s at %s is %s", row.ID, org, row.Status)
				}
			}
		}
	})
	t.Run("parts", func(t *testing.T) {
		card := w.card("2018Q1", "450703", "2018-03-31")
		got := make(map[string]string)
		for _, id := range []string{"projects_submitted", "subsidies_requested", "envoy_guidances"} {
			row, _ := card.Row(id)
			b, err := json.Marshal(row.Quarter.Breakdown)
			if err != nil {
				t.Fatal(err)
			}
			got[id] = string(b)
		}
		if diff := cmp.Diff(map[string]string{
			"projects_submitted":  `{"level":{"city":"3","region":"3"}}`,
			"subsidies_requested": `{"kind":{"conversion":"130000","hnte_rerecognition":"100000"}}`,
			"envoy_guidances":     `{"level":{"none":"64"}}`,
		}, got); diff != "" {
			t.Errorf("breakdowns (-want +got):\n%s", diff)
		}
	})
}

// BenchmarkEvaluate makes the scorecard of the seed quarter, open and closed: what each unit costs a scrape.
func BenchmarkEvaluate(b *testing.B) {
	w := seedWorld(b)
	quarter, asOf := mustQuarter(b, "2018Q1"), mustDate(b, "2018-03-31")
	district, _ := w.plan.Orgs.Index("450703")
	for _, closed := range []bool{false, true} {
		if closed {
			w.close("2018-04-02", "2018Q1", "450703", w.card("2018Q1", "450703", "2018-03-31"))
		}
		b.Run(fmt.Sprintf("closed=%t", closed), func(b *testing.B) {
			view := w.fold.View()
			for b.Loop() {
				indicators.Evaluate(view, w.plan, quarter, district, asOf)
			}
		})
	}
}
