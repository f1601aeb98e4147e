// Package alertmanager_test holds the configuration of Alertmanager against what it speaks of: the offices of the default
// plan, the alerts of deploy/prometheus, its own receivers, time intervals and templates. It needs Go alone; .ci/amtool asks
// the real amtool the rest.
package alertmanager_test

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/deploy/monitoring"
)

// config is the format of Alertmanager, as far as we use it.
type config struct {
	Global        map[string]any `yaml:"global"`
	Templates     []string       `yaml:"templates"`
	Route         route          `yaml:"route"`
	InhibitRules  []inhibition   `yaml:"inhibit_rules"`
	TimeIntervals []interval     `yaml:"time_intervals"`
	Receivers     []receiver     `yaml:"receivers"`
}

type route struct {
	Receiver       string   `yaml:"receiver"`
	Matchers       []string `yaml:"matchers"`
	GroupBy        []string `yaml:"group_by"`
	GroupWait      string   `yaml:"group_wait"`
	GroupInterval  string   `yaml:"group_interval"`
	RepeatInterval string   `yaml:"repeat_interval"`
	Active         []string `yaml:"active_time_intervals"`
	Mute           []string `yaml:"mute_time_intervals"`
	Continue       bool     `yaml:"continue"`
	Routes         []route  `yaml:"routes"`
}

type inhibition struct {
	Source []string `yaml:"source_matchers"`
	Target []string `yaml:"target_matchers"`
	Equal  []string `yaml:"equal"`
}

type receiver struct {
	Name    string           `yaml:"name"`
	Webhook []map[string]any `yaml:"webhook_configs"`
	Mail    []map[string]any `yaml:"email_configs"`
	WeCom   []map[string]any `yaml:"wechat_configs"`
}

func mustRead(tb testing.TB, file string) string {
	tb.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

func mustConfig(tb testing.TB, file string) config {
	tb.Helper()
	var c config
	if err := yaml.NewDecoder(bytes.NewReader([]byte(mustRead(tb, file))), yaml.Strict()).Decode(&c); err != nil {
		tb.Fatalf("%s: %v", file, err)
	}
	return c
}

// all returns a route and the routes below it.
func (r route) all() []route {
	routes := []route{r}
	for _, below := range r.Routes {
		routes = append(routes, below.all()...)
	}
	return routes
}

// mustOffices returns the offices of the default plan.
func mustOffices(tb testing.TB) map[string]bool {
	tb.Helper()
	var indicators []struct {
		Office string `yaml:"office"`
	}
	if err := yaml.Unmarshal([]byte(mustRead(tb, "../plan/indicators.yaml")), &indicators); err != nil {
		tb.Fatal(err)
	}
	offices := map[string]bool{}
	for _, i := range indicators {
		offices[i.Office] = true
	}
	return offices
}

func TestEveryOfficeOfThePlanHasItsRoutes(t *testing.T) {
	want := mustOffices(t)
	got := map[string][]string{}
	for _, r := range mustConfig(t, "alertmanager.yml").Route.all() {
		for _, m := range r.Matchers {
			if office, ok := strings.CutPrefix(m, "office="); ok {
				office = strings.Trim(office, `"`)
				got[office] = append(got[office], r.Receiver)
			}
		}
	}
	for office := range want {
		if r := got[office]; len(r) != 2 || r[0] != r[1] || r[0] == "office-other" {
			t.Errorf("%s goes to %q, want one receiver of its own, for critical alerts and for the others", office, r)
		}
	}
	for office := range got {
		if !want[office] {
			t.Errorf("there is a route for %s, which is no office of the plan", office)
		}
	}
}

func TestRoutesNameWhatThereIs(t *testing.T) {
	c := mustConfig(t, "alertmanager.yml")
	var receivers, intervals []string
	for _, r := range c.Route.all() {
		receivers = append(receivers, r.Receiver)
		intervals = append(intervals, slices.Concat(r.Active, r.Mute)...)
	}
	sameNames(t, "receivers", receivers, names(c.Receivers, func(r receiver) string { return r.Name }))
	sameNames(t, "time intervals", intervals, names(c.TimeIntervals, func(i interval) string { return i.Name }))
	example := mustConfig(t, "receivers.example.yml")
	sameNames(t, "receivers of the example", receivers, names(example.Receivers, func(r receiver) string { return r.Name }))
}

func names[T any](items []T, name func(T) string) []string {
	var all []string
	for _, i := range items {
		all = append(all, name(i))
	}
	return all
}

// sameNames reports what is used and not there, and what is there and not used.
func sameNames(t *testing.T, what string, used, there []string) {
	t.Helper()
	used = slices.Compact(slices.Sorted(slices.Values(used)))
	there = slices.Sorted(slices.Values(there))
	if diff := cmp.Diff(used, there); diff != "" {
		t.Errorf("%s (-used +there):\n%s", what, diff)
	}
}

func TestMachineAlertsAreNeverMuted(t *testing.T) {
	root := mustConfig(t, "alertmanager.yml").Route
	muted := 0
	for _, r := range root.Routes {
		business := slices.Contains(r.Matchers, `indicator=~".+"`)
		for _, below := range r.all() {
			times := len(below.Active) + len(below.Mute)
			muted += times
			if !business && times > 0 {
				t.Errorf("%s of machine alerts has time intervals", below.Receiver)
			}
		}
	}
	if muted == 0 || len(root.Active)+len(root.Mute) > 0 {
		t.Error("want the routes of business alerts to have time intervals, and no other")
	}
}

var (
	alertname = regexp.MustCompile(`^alertname!?="(.+)"$`)
	notEmpty  = regexp.MustCompile(`^(.+)!=""$`)
)

func TestInhibitionsNameAlertsThatThereAre(t *testing.T) {
	groups, err := monitoring.Rules("../prometheus/rules")
	if err != nil {
		t.Fatal(err)
	}
	alerts := map[string]bool{}
	for _, g := range groups {
		for _, r := range g.Rules {
			alerts[r.Alert] = true
		}
	}
	rules := mustConfig(t, "alertmanager.yml").InhibitRules
	if len(rules) == 0 {
		t.Fatal("no inhibitions")
	}
	for _, r := range rules {
		for _, m := range slices.Concat(r.Source, r.Target) {
			if name := alertname.FindStringSubmatch(m); name != nil && !alerts[name[1]] {
				t.Errorf("inhibition by %s: there is no alert %s", r.Source[0], name[1])
			}
		}
	}
}

// TestInhibitionsNeedTheLabelsThatAreEqual: to Alertmanager two alerts that both lack a label are equal in it.
func TestInhibitionsNeedTheLabelsThatAreEqual(t *testing.T) {
	for _, r := range mustConfig(t, "alertmanager.yml").InhibitRules {
		var needed []string
		for _, m := range r.Source {
			if label := notEmpty.FindStringSubmatch(m); label != nil {
				needed = append(needed, label[1])
			}
		}
		if diff := cmp.Diff(r.Equal, needed); diff != "" {
			t.Errorf("inhibition by %s (-equal +needed):\n%s", r.Source[0], diff)
		}
	}
}

// TestTheTableOfRoutesHasEverySeverity: .ci/amtool asks where the alerts of the table go; here is whether one is missing.
func TestTheTableOfRoutesHasEverySeverity(t *testing.T) {
	table := mustRead(t, "tests/routes.txt")
	for office := range mustOffices(t) {
		for _, severity := range []string{"critical", "warning", "info"} {
			row := regexp.MustCompile(`(?m)^alertname=Kaohe\w+ severity=` + severity + ` .*office=` + office + ` => `)
			if !row.MatchString(table) {
				t.Errorf("tests/routes.txt has no %s of %s", severity, office)
			}
		}
	}
}
