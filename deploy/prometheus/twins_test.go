package prometheus_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/deploy/monitoring"
)

// twins are warnings that hold whenever a critical alert does, by that alert, which inhibits them.
var twins = map[string]string{"KaoheIndicatorBehind": "KaoheIndicatorCritical"}

// apart are the other pairs of a warning and a critical alert that look at the same metric, and why neither says what the other does.
var apart = map[[2]string]string{
	{"KaoheTargetOutOfReach", "KaoheIndicatorCritical"}: "where it will end is more than where it stands",
	{"KaoheTargetMissing", "KaoheReportOverdue"}:        "one asks for a target, the other for a report",
	{"KaoheReportDue", "KaoheReportOverdue"}:            "the cut-off either comes or has passed",
}

func TestWarningsWithACriticalTwinAreListed(t *testing.T) {
	got := map[string]string{}
	for _, w := range alerts(t) {
		for _, c := range alerts(t) {
			pair := [2]string{w.Alert, c.Alert}
			if w.Labels["severity"] == "warning" && c.Labels["severity"] == "critical" && shareMetric(t, w, c) && apart[pair] == "" {
				got[w.Alert] = c.Alert
			}
		}
	}
	if diff := cmp.Diff(twins, got); diff != "" {
		t.Errorf("warnings with a critical twin (-want +got):\n%s", diff)
	}
}

// shareMetric tells whether two alerts look at the same metric of kaohe; what is recorded holds names and dates.
func shareMetric(tb testing.TB, a, b monitoring.Rule) bool {
	tb.Helper()
	of := func(r monitoring.Rule) []string {
		names, err := monitoring.Metrics(r.Expr)
		if err != nil {
			tb.Fatal(err)
		}
		return slices.DeleteFunc(names, func(name string) bool { return strings.Contains(name, ":") })
	}
	return slices.ContainsFunc(of(a), func(name string) bool { return slices.Contains(of(b), name) })
}

func TestTwinsAreInhibited(t *testing.T) {
	var config struct {
		Inhibit []struct {
			Source []string `yaml:"source_matchers"`
			Target []string `yaml:"target_matchers"`
			Equal  []string `yaml:"equal"`
		} `yaml:"inhibit_rules"`
	}
	mustRead(t, "../alertmanager/alertmanager.yml", &config)
	for warning, critical := range twins {
		found := false
		for _, rule := range config.Inhibit {
			slices.Sort(rule.Equal)
			found = found || slices.Contains(rule.Source, `alertname="`+critical+`"`) && slices.Contains(rule.Target, `alertname="`+warning+`"`) &&
				slices.Equal(rule.Equal, []string{"indicator", "job", "org"})
		}
		if !found {
			t.Errorf("no rule of the Alertmanager lets %s inhibit %s", critical, warning)
		}
	}
}

// A critical alert without its warning would be no twin: in each scenario both fire at the same time.
func TestTwinsFireTogether(t *testing.T) {
	for _, s := range scenarios(t) {
		fires := map[string]map[string]bool{}
		asked := map[[2]string]bool{}
		for _, c := range s.Alerts {
			asked[[2]string{c.At, c.Alert}] = true
			if len(c.Want) > 0 {
				if fires[c.At] == nil {
					fires[c.At] = map[string]bool{}
				}
				fires[c.At][c.Alert] = true
			}
		}
		for at, names := range fires {
			for warning, critical := range twins {
				if names[critical] && asked[[2]string{at, warning}] && !names[warning] {
					t.Errorf("%s, %s: at %s %s fires without %s", s.File, s.Name, at, critical, warning)
				}
			}
		}
	}
}
