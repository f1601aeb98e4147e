package app_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/kaohe/kaohe/indicators"
)

var update = flag.Bool("update", false, "write what came out as what is wanted")

// seedValues is what must come out for the seed quarter, at the district and at all units above it.
var seedValues = map[string]string{
	"hightech_pool_entries": "1", "hightech_firms": "0", "projects_submitted": "6", "project_funds_requested": "18400000",
	"subsidy_applications": "3", "subsidies_requested": "230000", "subsidies_disbursed": "0", "envoy_coverage": "100",
	"envoy_guidances": "64", "envoy_trainings": "9", "envoy_attendances": "246", "key_technologies_solved": "8",
	"technologies_promoted": "4", "invention_patents_granted": "0",
}

// seedParts are the breakdowns that the source states.
var seedParts = map[string]map[string]map[string]string{
	"projects_submitted":  {"level": {"region": "3", "city": "3"}},
	"subsidies_requested": {"kind": {"conversion": "130000", "hnte_rerecognition": "100000"}},
}

// TestSeedQuarter sends the events of the seed quarter over HTTP and reads what comes out, figure by figure, as JSON and
// as metrics.
func TestSeedQuarter(t *testing.T) {
	a := mustStart(t, options(t, t.TempDir()))
	mustPost(t, a, demoLines(t))
	_, body := get(t, a, "/v1/scorecard?at_least=end")
	golden(t, "seed_scorecard.json", strings.Replace(body, mustPlan(t).Hash, "HASH", 1)) // of the plan, which has nothing to do with the figures
	for _, org := range []string{"450703", "450700", "450000"} {
		_, body := get(t, a, "/v1/scorecard?quarter=2018Q1&as_of=2018-03-31&org="+org)
		var card indicators.Scorecard
		if err := json.Unmarshal([]byte(body), &card); err != nil {
			t.Fatal(err)
		}
		checkSeed(t, &card)
		checkLagging(t, &card)
	}
	_, exposition := get(t, a, "/metrics")
	golden(t, "seed_metrics.txt", business(exposition))
	checkExposition(t, exposition)
	problems, err := promlint.New(strings.NewReader(oneIndicator(exposition))).Lint()
	for _, p := range problems {
		t.Errorf("promlint: %s: %s", p.Metric, p.Text)
	}
	if err != nil {
		t.Error(err)
	}
}

// oneIndicator keeps one indicator of each family: the linter compares all series of a family with each other, and the
// registry has made sure that none is there twice.
func oneIndicator(exposition string) string {
	var keep strings.Builder
	for line := range strings.Lines(exposition) {
		if !strings.Contains(line, `{indicator="`) || strings.Contains(line, `{indicator="envoy_guidances"`) {
			keep.WriteString(line)
		}
	}
	return keep.String()
}

// checkExposition looks for each value at each level, for both spans.
func checkExposition(t *testing.T, exposition string) {
	t.Helper()
	for id, value := range seedValues {
		n, err := strconv.ParseFloat(value, 64)
		if err != nil {
			t.Fatal(err)
		}
		for _, org := range []string{"450703", "450700", "450000"} {
			for _, span := range []string{"quarter", "year"} {
				line := fmt.Sprintf("kaohe_indicator_value{indicator=%q,org=%q,span=%q} %s\n", id, org, span, strconv.FormatFloat(n, 'g', -1, 64))
				if !strings.Contains(exposition, line) {
					t.Errorf("/metrics lacks %s", line)
				}
			}
		}
	}
}

func checkSeed(t *testing.T, card *indicators.Scorecard) {
	t.Helper()
	for id, want := range seedValues {
		row, ok := card.Row(id)
		if !ok {
			t.Errorf("%s: no indicator %s", card.Org, id)
			continue
		}
		if q, y := row.Quarter.Value.String(), row.Year.Value.String(); q != want || y != want {
			t.Errorf("%s %s: quarter %s, year %s, want %s", card.Org, id, q, y, want)
		}
		if want, ok := seedParts[id]; ok {
			if diff := cmp.Diff(want, parts(row.Quarter)); diff != "" {
				t.Errorf("%s %s: breakdown (-want +got):\n%s", card.Org, id, diff)
			}
		}
	}
	if row, ok := card.Row("enterprise_visits"); !ok || row.Reported {
		t.Errorf("%s enterprise_visits: reported, but nobody knows how many there were", card.Org)
	}
}

func parts(f *indicators.Figure) map[string]map[string]string {
	out := map[string]map[string]string{}
	for dim, members := range f.Breakdown {
		out[dim] = map[string]string{}
		for name, n := range members {
			out[dim][name] = n.String()
		}
	}
	return out
}

// checkLagging holds what lags against what the source says: exactly four families. Where there is no target nothing
// lags.
func checkLagging(t *testing.T, card *indicators.Scorecard) {
	t.Helper()
	var want, got []string
	if card.Org == "450703" {
		want = []string{"invention_patents_granted", "hightech_firms", "conversions", "incubators"}
	}
	for _, r := range card.Rows {
		if r.Status.Lagging() {
			got = append(got, r.ID)
		}
		if r.Year.Target.Known() && !r.TargetIllustrative {
			t.Errorf("%s %s: a target of the demo is not marked as illustrative", card.Org, r.ID)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("%s: %v lag, want %v", card.Org, got, want)
	}
}

// business keeps what the exposition says of the indicators that the source speaks of: everything for the district, the
// values for the units above it.
func business(exposition string) string {
	var keep strings.Builder
	for line := range strings.Lines(exposition) {
		name, _, _ := strings.Cut(line, "{")
		_, indicator, ok := strings.Cut(line, `{indicator="`)
		indicator, _, _ = strings.Cut(indicator, `"`)
		_, seed := seedValues[indicator]
		if !ok || !seed && !slices.Contains(alsoShown, indicator) {
			continue
		}
		if strings.Contains(line, `org="450703"`) || name == "kaohe_indicator_value" || name == "kaohe_indicator_info" {
			keep.WriteString(line)
		}
	}
	return keep.String()
}

// alsoShown are indicators without a value in the source that are part of what it says: two families that lag, and the
// visits that nobody counted.
var alsoShown = []string{"conversions", "incubators", "enterprise_visits"}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s\nrefresh with -update if this is right", name, diff)
	}
}
