// Package prometheus_test checks what Prometheus is given: the rules, their promtool tests and the runbook. promtool sees whether
// a rule works; here is checked that nothing is missing, and that nothing points to what is not there. It needs Go alone.
package prometheus_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"

	"github.com/kaohe/kaohe/deploy/monitoring"
)

var (
	alertName  = regexp.MustCompile(`^Kaohe([A-Z][a-z]+)+$`)
	recordName = regexp.MustCompile(`^[a-z_]+:[a-z_]+:[a-z_]+$`)
	// clock are the functions that ask what time it is on the machine.
	clock = regexp.MustCompile(`\b(time|minute|hour|day_of_week|day_of_month|day_of_year|days_in_month|month|year)\s*\(\s*\)`)

	severities  = []string{"critical", "info", "warning"}
	annotations = []string{"dashboard_url", "description", "description_en", "runbook_url", "summary"}
)

func TestAlertsAreNamedAndLabelled(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range alerts(t) {
		if !alertName.MatchString(a.Alert) {
			t.Errorf("%s: want CamelCase with the prefix Kaohe", a.Alert)
		}
		if seen[a.Alert] {
			t.Errorf("%s: there are two of that name", a.Alert)
		}
		seen[a.Alert] = true
		if !slices.Contains(severities, a.Labels["severity"]) {
			t.Errorf("%s: severity %q, want one of %q", a.Alert, a.Labels["severity"], severities)
		}
		for label, value := range a.Labels {
			if label != "severity" && value != "" {
				t.Errorf("%s: label %s=%q; besides the severity labels come from the series, and are only taken away here", a.Alert, label, value)
			}
		}
		if wait, err := model.ParseDuration(a.For); err != nil || time.Duration(wait) < time.Minute {
			t.Errorf("%s: for %q, want a minute at least (%v)", a.Alert, a.For, err)
		}
	}
}

// What is not seen any more has not come right: alerts about figures outlast an outage, those about the machine end when it does.
func TestAlertsAboutFiguresOutlastAnOutage(t *testing.T) {
	for _, g := range groups(t) {
		for _, r := range g.Rules {
			if r.Alert == "" {
				continue
			}
			want := "1h"
			if g.File == "machine.yml" {
				want = ""
			}
			if r.Keep != want {
				t.Errorf("%s: keep_firing_for %q, want %q", r.Alert, r.Keep, want)
			}
		}
	}
}

func TestAlertsSayWhatIsTheMatter(t *testing.T) {
	for _, a := range alerts(t) {
		if diff := cmp.Diff(annotations, slices.Sorted(maps.Keys(a.Annotations))); diff != "" {
			t.Errorf("%s: annotations (-want +got):\n%s", a.Alert, diff)
		}
		zh, en, both := strings.Cut(a.Annotations["summary"], " / ")
		if !both || !isChinese(zh) || isChinese(en) || strings.Contains(zh+en, "{{") {
			t.Errorf("%s: summary %q, want a fixed sentence, Chinese / English", a.Alert, a.Annotations["summary"])
		}
		for name, chinese := range map[string]bool{"description": true, "description_en": false} {
			text := a.Annotations[name]
			if fixed := template.ReplaceAllString(text, ""); isChinese(fixed) != chinese || !strings.Contains(text, "$labels.") {
				t.Errorf("%s: %s = %q, want a sentence in its language that names what it is about", a.Alert, name, text)
			}
		}
	}
}

// template is what is filled in when an alert fires.
var template = regexp.MustCompile(`(?s)\{\{.*?\}\}`)

func isChinese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

func TestExpressionsParse(t *testing.T) {
	for _, g := range groups(t) {
		for _, r := range g.Rules {
			if names, err := monitoring.Metrics(r.Expr); err != nil || len(names) == 0 {
				t.Errorf("%s: rule %s%s: metrics %q, %v", g.File, r.Alert, r.Record, names, err)
			}
		}
	}
}

func TestRecordedMetricsAreNamedByLevelMetricAndOperation(t *testing.T) {
	for _, g := range groups(t) {
		for _, r := range g.Rules {
			if r.Record != "" && !recordName.MatchString(r.Record) {
				t.Errorf("%s: %s, want level:metric:operation", g.File, r.Record)
			}
		}
	}
}

// colon finds recorded metrics in expressions, and in the questions that annotations ask.
var colon = regexp.MustCompile(`\b[a-z_]+:[a-z_]+:[a-z_]+\b`)

func TestRecordedMetricsAreUsedAndUsedOnesRecorded(t *testing.T) {
	recorded, used := map[string]bool{}, map[string]bool{}
	for _, g := range groups(t) {
		for _, r := range g.Rules {
			if r.Record != "" {
				recorded[r.Record] = true
			}
			for _, text := range append(slices.Collect(maps.Values(r.Annotations)), r.Expr) {
				for _, name := range colon.FindAllString(text, -1) {
					used[name] = true
				}
			}
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(recorded)), slices.Sorted(maps.Keys(used))); diff != "" {
		t.Errorf("recorded, and used by a rule (-recorded +used):\n%s", diff)
	}
}

func TestFiguresKeepTheBusinessDate(t *testing.T) {
	for _, g := range groups(t) {
		if g.File == "machine.yml" {
			continue // certificates do expire by the machine's clock
		}
		for _, r := range g.Rules {
			for _, text := range append(slices.Collect(maps.Values(r.Annotations)), r.Expr) {
				if found := clock.FindString(text); found != "" {
					t.Errorf("%s: rule %s%s asks %s: days come from what is exported", g.File, r.Alert, r.Record, found)
				}
			}
		}
	}
}

func groups(tb testing.TB) []monitoring.Group {
	tb.Helper()
	groups, err := monitoring.Rules("rules")
	if err != nil {
		tb.Fatal(err)
	}
	return groups
}

// alerts are the rules that alert, in the order of the files.
func alerts(tb testing.TB) (list []monitoring.Rule) {
	tb.Helper()
	for _, g := range groups(tb) {
		for _, r := range g.Rules {
			if r.Alert != "" {
				list = append(list, r)
			}
		}
	}
	return list
}
