package prometheus_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

// scenario is a test of promtool: series, and what alerts make of them.
type scenario struct {
	File   string
	Name   string `yaml:"name"`
	Alerts []struct {
		At    string `yaml:"eval_time"`
		Alert string `yaml:"alertname"`
		Want  []struct {
			Labels      map[string]string `yaml:"exp_labels"`
			Annotations map[string]string `yaml:"exp_annotations"`
		} `yaml:"exp_alerts"`
	} `yaml:"alert_rule_test"`
}

// verdicts are what a scenario says about one alert.
type verdicts struct {
	fires  bool // at some time
	early  bool // it does not yet, at some time before
	silent bool // it never does
}

func TestEveryAlertIsTried(t *testing.T) {
	tests := scenarios(t)
	for _, a := range alerts(t) {
		var pending, never bool
		for _, s := range tests {
			v := s.verdicts(a.Alert)
			pending = pending || v.fires && v.early
			never = never || v.silent
		}
		if !pending {
			t.Errorf("%s: no promtool case in which it waits as `for` says and then fires", a.Alert)
		}
		if !never {
			t.Errorf("%s: no promtool case in which it must not fire", a.Alert)
		}
	}
}

func (s scenario) verdicts(alert string) (v verdicts) {
	asked := false
	for _, c := range s.Alerts {
		if c.Alert != alert {
			continue
		}
		asked = true
		v.early = v.early || len(c.Want) == 0 && !v.fires
		v.fires = v.fires || len(c.Want) > 0
	}
	v.silent = asked && !v.fires
	return v
}

func TestScenariosSayAllOfAnAlert(t *testing.T) {
	severity := map[string]string{}
	for _, a := range alerts(t) {
		severity[a.Alert] = a.Labels["severity"]
	}
	for _, s := range scenarios(t) {
		for _, c := range s.Alerts {
			if severity[c.Alert] == "" {
				t.Errorf("%s, %s: there is no alert %q", s.File, s.Name, c.Alert)
			}
			for _, want := range c.Want {
				if got := want.Labels["severity"]; got != severity[c.Alert] {
					t.Errorf("%s, %s: %s with severity %q, want %q", s.File, s.Name, c.Alert, got, severity[c.Alert])
				}
				if diff := cmp.Diff(annotations, slices.Sorted(maps.Keys(want.Annotations))); diff != "" {
					t.Errorf("%s, %s: annotations of %s (-want +got):\n%s", s.File, s.Name, c.Alert, diff)
				}
			}
		}
	}
}

// An English sentence says all in English, units and the names of units of the tree as well. (The office has a Chinese name
// only, and stands in no sentence.)
func TestEnglishSentencesAreEnglish(t *testing.T) {
	asked := 0
	for _, s := range scenarios(t) {
		for _, c := range s.Alerts {
			for _, want := range c.Want {
				asked++
				text := strings.ReplaceAll(want.Annotations["description_en"], want.Labels["office"], "")
				if isChinese(text) || fullWidth.MatchString(text) {
					t.Errorf("%s, %s: %s says %q, want no Chinese", s.File, s.Name, c.Alert, text)
				}
				if m := oneOfMany.FindString(text); m != "" {
					t.Errorf("%s, %s: %s says %q", s.File, s.Name, c.Alert, m)
				}
			}
		}
	}
	if asked == 0 {
		t.Error("no alert fires in any scenario")
	}
}

var (
	fullWidth = regexp.MustCompile(`[，。：；（）、！？％]`)
	// oneOfMany finds "1 days". A fraction, "1.0 days", is in order.
	oneOfMany = regexp.MustCompile(`(^|[^.,0-9])1 (commits|days|events|firms|items|minutes|patents|sessions|units)\b`)
)

// more are labels that an alert has beside the usual ones.
var more = map[string]string{"KaoheQuarterRestated": "quarter", "KaoheEventsRefused": "reason"}

// What the Alertmanager routes and groups by.
func TestAlertsHaveTheLabelsToRouteBy(t *testing.T) {
	figures := map[string]bool{}
	for _, g := range groups(t) {
		for _, r := range g.Rules {
			figures[r.Alert] = g.File != "machine.yml"
		}
	}
	for _, s := range scenarios(t) {
		for _, c := range s.Alerts {
			want := []string{"instance", "job", "severity"}
			if figures[c.Alert] {
				want = []string{"indicator", "job", "office", "org", "severity"}
			} else if c.Alert == "KaoheMetricsAbsent" {
				want = []string{"job", "severity"}
			}
			if label := more[c.Alert]; label != "" {
				want = append(want, label)
				slices.Sort(want)
			}
			for _, fires := range c.Want {
				if diff := cmp.Diff(want, slices.Sorted(maps.Keys(fires.Labels))); diff != "" {
					t.Errorf("%s, %s: labels of %s (-want +got):\n%s", s.File, s.Name, c.Alert, diff)
				}
			}
		}
	}
}

// scenarios reads the tests of promtool, as far as they concern alerts.
func scenarios(tb testing.TB) (list []scenario) {
	tb.Helper()
	files, err := filepath.Glob("tests/*.yml")
	if err != nil || len(files) == 0 {
		tb.Fatalf("tests of promtool: %q, %v", files, err)
	}
	for _, path := range files {
		var file struct {
			Tests []scenario `yaml:"tests"`
		}
		mustRead(tb, path, &file)
		for _, s := range file.Tests {
			s.File = path
			list = append(list, s)
		}
	}
	return list
}

func mustRead(tb testing.TB, path string, into any) {
	tb.Helper()
	text, err := os.ReadFile(path)
	if err == nil {
		err = yaml.Unmarshal(text, into)
	}
	if err != nil {
		tb.Fatalf("read %s: %v", path, err)
	}
}
