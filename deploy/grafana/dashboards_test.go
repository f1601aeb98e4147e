// Package grafana_test holds the dashboards and the provisioning of Grafana against what they must satisfy: rules that Grafana
// itself does not check, such as a threshold that differs from the alert's, a query that counts two instances twice, or a
// metric that nobody exports. Each rule is a function over a parsed dashboard and is tried on broken ones as well.
package grafana_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/deploy"
	"github.com/kaohe/kaohe/deploy/monitoring"
	"github.com/kaohe/kaohe/indicators"
)

// world is what a dashboard is held against.
type world struct {
	boards     map[string]monitoring.Dashboard // by uid
	alerts     map[string][]float64            // by metric, the numbers with which alerts compare it
	plan       *indicators.Plan
	indicators map[string]bool
}

// rule is one thing that a dashboard must satisfy. check returns a sentence for each place where it does not.
type rule struct {
	name  string
	check func(w *world, d monitoring.Dashboard) []string
}

var rules = slices.Concat(formRules, queryRules, shownRules)

func TestDashboards(t *testing.T) {
	w := mustWorld(t)
	var uids []string
	for _, d := range w.boards {
		uids = append(uids, d.UID)
		for _, r := range rules {
			for _, mistake := range r.check(w, d) {
				t.Errorf("%s: %s (%s)", d.File, mistake, r.name)
			}
		}
	}
	slices.Sort(uids)
	want := []string{"kaohe-indicator", "kaohe-machine", "kaohe-overview", "kaohe-pipeline", "kaohe-units"}
	if diff := cmp.Diff(want, uids); diff != "" {
		t.Errorf("uids (-want +got):\n%s", diff)
	}
}

// Files that are written alike can be compared after Grafana has exported one again.
func TestDashboardsAreIndentedAlike(t *testing.T) {
	files, err := filepath.Glob("dashboards/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var indented bytes.Buffer
		if err := json.Indent(&indented, bytes.TrimSpace(text), "", "  "); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		indented.WriteByte('\n')
		if !bytes.Equal(indented.Bytes(), text) {
			t.Errorf("%s is not indented by two spaces, or does not end in one line feed", file)
		}
	}
}

func mustWorld(tb testing.TB) *world {
	tb.Helper()
	dashboards, err := monitoring.Dashboards("dashboards")
	if err != nil {
		tb.Fatal(err)
	}
	plan, mistakes := indicators.Load(deploy.Plan())
	if plan == nil {
		tb.Fatal(mistakes)
	}
	w := &world{boards: make(map[string]monitoring.Dashboard), plan: plan, indicators: make(map[string]bool), alerts: mustAlerts(tb)}
	for _, d := range dashboards {
		if _, ok := w.boards[d.UID]; ok {
			tb.Errorf("%s: the uid %s is taken", d.File, d.UID)
		}
		w.boards[d.UID] = d
	}
	for _, i := range plan.Indicators {
		w.indicators[i.ID] = true
	}
	return w
}

// mustAlerts returns the numbers that stand in the expressions of alerts, by the metrics that these select. Where an alert
// selects what a rule has recorded, the numbers count for what was recorded, too.
func mustAlerts(tb testing.TB) map[string][]float64 {
	tb.Helper()
	groups, err := monitoring.Rules("../prometheus/rules")
	if err != nil {
		tb.Fatal(err)
	}
	recorded := make(map[string][]string)
	numbers := make(map[string][]float64)
	for _, record := range []bool{true, false} {
		for _, r := range slices.Concat(rulesOf(groups)...) {
			if (r.Record != "") != record {
				continue
			}
			metrics, err := monitoring.Metrics(r.Expr)
			if err != nil {
				tb.Fatal(err)
			}
			if record {
				recorded[r.Record] = metrics
				continue
			}
			for _, metric := range metrics {
				for _, name := range append(recorded[metric], metric) {
					numbers[name] = append(numbers[name], numbersIn(tb, r.Expr)...)
				}
			}
		}
	}
	return numbers
}

func rulesOf(groups []monitoring.Group) (all [][]monitoring.Rule) {
	for _, g := range groups {
		all = append(all, g.Rules)
	}
	return all
}

// pictures are the panels that show figures.
func pictures(d monitoring.Dashboard) (all []monitoring.Panel) {
	for _, p := range d.AllPanels() {
		if !slices.Contains([]string{"row", "text", "dashlist", "alertlist"}, p.Type) {
			all = append(all, p)
		}
	}
	return all
}

// board is the name of the file without its ending.
func board(d monitoring.Dashboard) string { return strings.TrimSuffix(d.File, ".json") }
