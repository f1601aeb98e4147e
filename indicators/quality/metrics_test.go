package quality_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/kaohe/kaohe/indicators/quality"
)

func gathered(tb testing.TB, w *quality.Watch) *prometheus.Registry {
	tb.Helper()
	registry := prometheus.NewPedanticRegistry()
	if err := registry.Register(w); err != nil {
		tb.Fatal(err)
	}
	return registry
}

func TestMetrics(t *testing.T) {
	all := []string{"DQ-01", "DQ-02", "DQ-03", "DQ-04", "DQ-05", "DQ-06", "DQ-07", "DQ-08", "DQ-11", "DQ-12", "DQ-13", "DQ-14", "DQ-16", "DQ-17", "DQ-18", "DQ-19"}
	plan := planWith(t, map[string]string{"orgs.yaml": orgsYAML, "plan.yaml": settings(t, "{off: [DQ-09, DQ-20]}")})
	r := newRig(t, plan)
	r.record(requested("C", "18.00"), service("2018-01-01", ""), service("2018-01-02", ""), at("450702", service("2017-12-31", "")), at("440000", assigned("2018-01-01", "")))
	r.record(void("e1"))
	r.findings()
	want := map[string]int{"450702 DQ-08": 1, "450700 DQ-08": 1, "450000 DQ-08": 1, "440000 DQ-07": 1}
	var text strings.Builder
	text.WriteString("# HELP kaohe_findings Findings about the facts of a unit and of the units below it, by rule of data quality; 0 is shown as well. A rule that is switched off has no series.\n# TYPE kaohe_findings gauge\n")
	for _, org := range []string{"450000", "450700", "450703", "450702", "440000"} {
		for _, rule := range all {
			fmt.Fprintf(&text, "kaohe_findings{org=%q,rule=%q} %d\n", org, rule, want[org+" "+rule])
		}
	}
	text.WriteString("# HELP kaohe_findings_sequence Sequence of the last commit whose events were checked. Where it stays behind kaohe_fold_sequence, findings are out of date.\n# TYPE kaohe_findings_sequence gauge\nkaohe_findings_sequence 2\n")
	if err := testutil.GatherAndCompare(gathered(t, r.watch), strings.NewReader(text.String())); err != nil {
		t.Error(err)
	}
	if problems, err := testutil.GatherAndLint(gathered(t, r.watch)); err != nil || len(problems) > 0 {
		t.Errorf("lint: %v, %v", problems, err)
	}
}

func TestMetricsAreBounded(t *testing.T) {
	for _, tt := range []struct {
		expose string
		want   int
	}{
		{"{depth: 2, quarters: 4, max_series: 50000}", 5 * 18}, {"{depth: 1, quarters: 4, max_series: 50000}", 3 * 18},
		{"{depth: 2, quarters: 4, max_series: 89}", 3 * 18}, {"{depth: 2, quarters: 4, max_series: 1}", 0},
	} {
		text := strings.Replace(settings(t, "{}"), "expose: {depth: 2, quarters: 4, max_series: 50000}", "expose: "+tt.expose, 1)
		r := newRig(t, planWith(t, map[string]string{"orgs.yaml": orgsYAML, "plan.yaml": text}))
		r.record(requested("C", "18.00"))
		r.findings()
		if n, err := testutil.GatherAndCount(gathered(t, r.watch), "kaohe_findings"); err != nil || n != tt.want {
			t.Errorf("%s: %d series, %v, want %d", tt.expose, n, err, tt.want)
		}
	}
}

// Before anything is known there is nothing to count; a 0 would say that all is well.
func TestMetricsBeforeTheFactsAreChecked(t *testing.T) {
	r := newRig(t, treePlan())
	w, err := quality.New(quality.Options{Plan: r.plan, Log: r.log, IDs: r.ids, State: &slowState{}, CaughtUp: make(chan struct{})})
	if err != nil {
		t.Fatal(err)
	}
	if err := testutil.GatherAndCompare(gathered(t, w), strings.NewReader(""), "kaohe_findings"); err != nil {
		t.Error(err)
	}
}
