package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/deploy/monitoring"
)

// elsewhere are the metrics that a daemon offers only in some circumstances, with what these are. What a test daemon does
// offer must not be listed here.
var elsewhere = map[string]string{
	"kaohe_tls_certificate_expiry_timestamp_seconds": "with a certificate",
	"kaohe_tls_reload_failures_total":                "with a certificate",
	"kaohe_nats_request_duration_seconds":            "once something was asked over NATS",
	"kaohe_snapshot_recorded_timestamp_seconds":      "once there is a snapshot",
	"kaohe_plan_replaced":                            "with --nats",
}

// use is a metric that something in deploy/ selects.
type use struct{ metric, where string }

func TestDeployUsesTheMetrics(t *testing.T) {
	groups, err := monitoring.Rules("../../deploy/prometheus/rules")
	if err != nil {
		t.Fatal(err)
	}
	dashboards, err := monitoring.Dashboards("../../deploy/grafana/dashboards")
	if err != nil {
		t.Fatal(err)
	}
	exported := exportedMetrics(t)
	for metric, when := range elsewhere {
		if exported[metric] {
			t.Errorf("%s is offered in any case, and not only %s", metric, when)
		}
		exported[metric] = true
	}
	for _, mistake := range mismatches(usesOf(t, groups, dashboards), recordedBy(groups), exported) {
		t.Error(mistake)
	}
}

// The sentences of an alert ask for metrics, too, in the actions of their templates.
var (
	templateAction = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	ourMetric      = regexp.MustCompile(`(?:[a-z_]+:)?kaohe_[a-z_]+(?::[a-z]+)?`)
)

// usesOf lists what rules and dashboards select.
func usesOf(t *testing.T, groups []monitoring.Group, dashboards []monitoring.Dashboard) (all []use) {
	t.Helper()
	add := func(where, expr string) {
		metrics, err := monitoring.Metrics(expr)
		if err != nil {
			t.Errorf("%s: %v", where, err)
		}
		for _, metric := range metrics {
			all = append(all, use{metric, where})
		}
	}
	for _, g := range groups {
		for _, r := range g.Rules {
			where := fmt.Sprintf("rule %s%s in %s", r.Alert, r.Record, g.File)
			add(where, r.Expr)
			for _, text := range r.Annotations {
				for _, action := range templateAction.FindAllString(text, -1) {
					for _, metric := range ourMetric.FindAllString(action, -1) {
						all = append(all, use{metric, where})
					}
				}
			}
		}
	}
	for _, d := range dashboards {
		for _, e := range d.Expressions() {
			add(fmt.Sprintf("panel %q of %s", e.Panel, d.File), e.Expr)
		}
	}
	return all
}

func recordedBy(groups []monitoring.Group) map[string]bool {
	recorded := make(map[string]bool)
	for _, g := range groups {
		for _, r := range g.Rules {
			if r.Record != "" {
				recorded[r.Record] = true
			}
		}
	}
	return recorded
}

// mismatches are metrics that are used and not offered, recorded and not used, or offered and not used, each in a sentence.
func mismatches(uses []use, recorded, exported map[string]bool) (mistakes []string) {
	used := make(map[string]bool)
	for _, u := range uses {
		metric := family(u.metric, exported)
		used[metric] = true
		if !exported[metric] && !recorded[metric] && !foreign(metric) {
			mistakes = append(mistakes, fmt.Sprintf("%s selects %s, which nobody offers", u.where, u.metric))
		}
	}
	for _, metric := range slices.Sorted(maps.Keys(exported)) {
		if !used[metric] {
			mistakes = append(mistakes, fmt.Sprintf("%s is offered, and no rule or dashboard uses it", metric))
		}
	}
	for _, metric := range slices.Sorted(maps.Keys(recorded)) {
		if !used[metric] {
			mistakes = append(mistakes, fmt.Sprintf("%s is recorded and not used", metric))
		}
	}
	return mistakes
}

// family is the metric that a series belongs to: those of a histogram have names of their own.
func family(series string, exported map[string]bool) string {
	for _, suffix := range []string{"_bucket", "_sum", "_count"} {
		if name, ok := strings.CutSuffix(series, suffix); ok && exported[name] {
			return name
		}
	}
	return series
}

// foreign reports whether somebody else offers a metric: Prometheus itself, or the libraries that the daemon is made with.
func foreign(metric string) bool {
	return slices.Contains([]string{"up", "scrape_duration_seconds", "scrape_samples_scraped", "ALERTS"}, metric) ||
		slices.ContainsFunc([]string{"go_", "process_", "promhttp_metric_handler_"}, func(prefix string) bool { return strings.HasPrefix(metric, prefix) })
}

func TestMismatchesAreFound(t *testing.T) {
	got := mismatches(
		[]use{{"kaohe_b_bucket", "x"}, {"kaohe_c_bucket", "x"}, {"kaohe_gone", "y"}, {"a:b:max", "y"}, {"a:c:max", "z"}, {"up", "z"}, {"go_threads", "z"}},
		map[string]bool{"a:b:max": true, "a:d:max": true},
		map[string]bool{"kaohe_b": true, "kaohe_forgotten": true})
	want := []string{
		"x selects kaohe_c_bucket, which nobody offers",
		"y selects kaohe_gone, which nobody offers",
		"z selects a:c:max, which nobody offers",
		"kaohe_forgotten is offered, and no rule or dashboard uses it",
		"a:d:max is recorded and not used",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mismatches (-want +got):\n%s", diff)
	}
}
