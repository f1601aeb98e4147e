package metrics_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/common/expfmt"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/metrics"
	"github.com/kaohe/kaohe/projections"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// scene is what a collector reads; tests change it between scrapes.
type scene struct {
	view  *projections.View
	plan  *indicators.Plan
	today events.Day
}

func (s *scene) collector(tb testing.TB) *metrics.Collector {
	tb.Helper()
	c, err := metrics.New(metrics.Options{
		Figures: func() (*projections.View, *indicators.Plan) { return s.view, s.plan },
		Today:   func() events.Day { return s.today },
	})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func newScene(tb testing.TB, depth, quarters, maxSeries int) *scene {
	tb.Helper()
	plan := mustPlan(tb, depth, quarters, maxSeries)
	return &scene{mustView(tb, plan), plan, mustDate(tb, "2018-03-31")}
}

// exposition scrapes a collector through a registry that checks every series.
func exposition(tb testing.TB, c prometheus.Collector) string {
	tb.Helper()
	reg := prometheus.NewPedanticRegistry()
	reg.MustRegister(c)
	families, err := reg.Gather()
	if err != nil {
		tb.Fatal(err)
	}
	var b bytes.Buffer
	for _, f := range families {
		if _, err := expfmt.MetricFamilyToText(&b, f); err != nil {
			tb.Fatal(err)
		}
	}
	return b.String()
}

// series keeps the lines of an exposition that are series, those of one family if it is named.
func series(text, family string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") && (family == "" || strings.HasPrefix(line, family+"{") || strings.HasPrefix(line, family+" ")) {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

func TestExposition(t *testing.T) {
	golden(t, "exposition.txt", exposition(t, newScene(t, 2, 2, 50000).collector(t)))
}

// golden holds a text against the one that is kept in a file, or keeps it there.
func golden(tb testing.TB, file, got string) {
	tb.Helper()
	file = filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		tb.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestExpositionSays(t *testing.T) {
	s := newScene(t, 2, 2, 50000)
	text := exposition(t, s.collector(t))
	const guidances = `{indicator="guidances",org="450703",span="year"} `
	for _, want := range []string{
		"kaohe_indicator_value" + guidances + "64",
		"kaohe_indicator_target" + guidances + "200",
		"kaohe_indicator_expected" + guidances + "50",
		"kaohe_indicator_gap" + guidances + "136",
		"kaohe_indicator_completion_ratio" + guidances + "0.32",
		"kaohe_indicator_pace_ratio" + guidances + "1.28",
		"kaohe_indicator_reported" + guidances + "1",
		"kaohe_indicator_events" + guidances + "1",
		`kaohe_indicator_status{indicator="guidances",org="450703",span="year",status="on_track"} 1`,
		`kaohe_indicator_status{indicator="guidances",org="450703",span="year",status="critical"} 0`,
		`kaohe_indicator_status{indicator="guidances",org="450703",span="quarter",status="achieved"} 1`,
		`kaohe_indicator_value{indicator="guidances",org="450000",span="quarter"} 64`,
		`kaohe_indicator_reported{indicator="guidances",org="450702",span="quarter"} 0`,
		`kaohe_indicator_value{indicator="guidances",org="450702",span="quarter"} 0`,
		`kaohe_indicator_target_illustrative{indicator="guidances",org="450703"} 1`,
		`kaohe_indicator_target_illustrative{indicator="intensity",org="450703"} 0`,
		// midnight of 2018-02-28 and of 2018-03-31 in China
		`kaohe_indicator_last_event_timestamp_seconds{indicator="guidances",org="450703"} 1.5197472e+09`,
		`kaohe_business_date_timestamp_seconds 1.5224256e+09`,
		`kaohe_quarter_remaining_seconds 0`,
		`kaohe_year_remaining_seconds 2.376e+07`, // 275 days
		`kaohe_quarter_value{indicator="guidances",org="450703",quarter="2017Q4"} 50`,
		`kaohe_quarter_value{indicator="guidances",org="450703",quarter="2018Q1"} 64`,
		`kaohe_quarter_target{indicator="guidances",org="450703",quarter="2018Q1"} 50`,
		// closed twice, and restated since
		`kaohe_quarter_value{indicator="guidances",org="450702",quarter="2017Q4"} 3`,
		`kaohe_quarter_closed_value{indicator="guidances",org="450702",quarter="2017Q4"} 2`,
		`kaohe_quarter_revisions{org="450702",quarter="2017Q4"} 2`,
		`kaohe_org_info{name="钦北区",name_en="Qinbei",org="450703",parent="450700"} 1`,
		`kaohe_indicator_base{indicator="guidances",org="450703",span="year"} 0`,
		`kaohe_indicator_breakdown{dimension="kind",indicator="guidances",member="guidance",org="450703",span="quarter"} 64`,
		`kaohe_indicator_duty{indicator="intensity",org="450703"} 1`,
		`kaohe_indicator_units_reported{indicator="guidances",org="450700"} 1`,
		`kaohe_indicator_units_due{indicator="guidances",org="450700"} 2`,
		// lowered when nothing had been done, and on its pace
		`kaohe_indicator_target_lowered{indicator="guidances",org="450702"} 100`,
		`kaohe_indicator_first_target{indicator="guidances",org="450702"} 400`,
		`kaohe_indicator_first_gap{indicator="guidances",org="450702"} 400`,
		`kaohe_indicator_target_lowered{indicator="guidances",org="450703"} 0`,
		`kaohe_quarter_elapsed_seconds 7.776e+06`, // 90 days
		`kaohe_year_elapsed_seconds 7.776e+06`,
		`kaohe_report_remaining_seconds -518400`, // 6 days ago
		`kaohe_series_limit 50000`,
		`kaohe_units_omitted 0`,
		`kaohe_series_omitted 0`,
	} {
		if !strings.Contains(text, "\n"+want+"\n") {
			t.Errorf("missing: %s", want)
		}
	}
	if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
		t.Error("the exposition has a NaN or an infinity")
	}
	if lines := series(text, "kaohe_indicator_value"); strings.Contains(strings.Join(lines, "\n"), "intensity") {
		t.Errorf("what is not known has a series:\n%s", strings.Join(lines, "\n"))
	}
	if strings.Contains(text, `indicator="intensity",org="450703",span="year",status=`) {
		t.Error("a status that is not known has a series")
	}
	for _, family := range []string{"kaohe_quarter_closed_value", "kaohe_quarter_revisions"} {
		if lines := series(text, family); len(lines) != 1 {
			t.Errorf("%s of other quarters than the one that was closed:\n%s", family, strings.Join(lines, "\n"))
		}
	}
	if strings.Contains(text, "2017Q3") {
		t.Error("more quarters than the plan exposes")
	}
}

// The number of series is told, this one included.
func TestSeriesAreCounted(t *testing.T) {
	text := exposition(t, newScene(t, 2, 2, 50000).collector(t))
	want := fmt.Sprintf("kaohe_series %d", len(series(text, "")))
	if got := series(text, "kaohe_series"); len(got) != 1 || got[0] != want {
		t.Errorf("%v, want %s", got, want)
	}
}

func TestLint(t *testing.T) {
	c := newScene(t, 2, 4, 50000).collector(t)
	problems, err := testutil.CollectAndLint(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed; its rules were checked without it")
	}
	cmd := exec.Command(promtool, "check", "metrics")
	cmd.Stdin = strings.NewReader(exposition(t, c))
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("promtool check metrics: %v\n%s", err, out)
	}
}

// Each status series of a span is 0 but one.
func TestOneStatus(t *testing.T) {
	sum := make(map[string]int)
	for _, line := range series(exposition(t, newScene(t, 2, 1, 50000).collector(t)), "kaohe_indicator_status") {
		name, value, _ := strings.Cut(line, "} ")
		span, _, _ := strings.Cut(name, ",status=")
		sum[span] += strings.Count(value, "1")
	}
	if len(sum) == 0 {
		t.Fatal("no status series")
	}
	for span, n := range sum {
		if n != 1 {
			t.Errorf("%s} has %d statuses, want 1", span, n)
		}
	}
}

func TestBound(t *testing.T) {
	full := len(series(exposition(t, newScene(t, 2, 2, 50000).collector(t)), ""))
	tests := []struct {
		name             string
		depth, maxSeries int
		orgs             int
		omitted          string
	}{
		{"all fit exactly", 2, full, 4, "0"},
		{"one too many leaves out the deepest level, both units of it", 2, full - 1, 2, "2"},
		{"nothing fits", 2, 1, 0, "4"},
		{"the plan exposes the root only", 0, 50000, 1, "0"},
		{"a plan deeper than the tree", 9, 50000, 4, "0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := exposition(t, newScene(t, tt.depth, 2, tt.maxSeries).collector(t))
			if got := len(series(text, "kaohe_org_info")); got != tt.orgs {
				t.Errorf("%d units are shown, want %d", got, tt.orgs)
			}
			if got := series(text, "kaohe_units_omitted"); len(got) != 1 || got[0] != "kaohe_units_omitted "+tt.omitted {
				t.Errorf("%v, want %s", got, tt.omitted)
			}
			none := series(text, "kaohe_series_omitted")[0] == "kaohe_series_omitted 0"
			if none != (tt.omitted == "0") {
				t.Errorf("series omitted: none %t, with %s units left out", none, tt.omitted)
			}
			if got := len(series(text, "")); tt.maxSeries > 20 && got > tt.maxSeries {
				t.Errorf("%d series, more than %d", got, tt.maxSeries)
			}
		})
	}
}

func TestFollows(t *testing.T) {
	s := newScene(t, 2, 1, 50000)
	c := s.collector(t)
	before := exposition(t, c)
	if again := exposition(t, c); again != before {
		t.Error("two scrapes of one view differ")
	}
	t.Run("the business date", func(t *testing.T) {
		s.today = mustDate(t, "2018-04-30")
		text := exposition(t, c)
		for _, want := range []string{
			`kaohe_quarter_value{indicator="guidances",org="450703",quarter="2018Q2"} 0`,
			`kaohe_indicator_value{indicator="intensity",org="450702",span="year"} 0.4`,
			`kaohe_quarter_remaining_seconds 5.2704e+06`, // 61 days
		} {
			if !strings.Contains(text, want+"\n") {
				t.Errorf("missing: %s", want)
			}
		}
	})
	t.Run("the view", func(t *testing.T) {
		fold, err := projections.NewFold(s.plan.Rules())
		if err != nil {
			t.Fatal(err)
		}
		s.view = fold.View()
		if text := exposition(t, c); !strings.Contains(text, `kaohe_indicator_value{indicator="guidances",org="450703",span="year"} 0`+"\n") {
			t.Error("the value of the old view is still shown")
		}
	})
	t.Run("no view", func(t *testing.T) {
		s.view = nil
		if text := exposition(t, c); text != "" {
			t.Errorf("shown without a view:\n%s", text)
		}
	})
}

func TestScrapesAtOnce(t *testing.T) {
	c := newScene(t, 2, 4, 50000).collector(t)
	want := testutil.CollectAndCount(c)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got := testutil.CollectAndCount(c); got != want {
				t.Errorf("%d series, want %d", got, want)
			}
		})
	}
	wg.Wait()
}

func TestOptions(t *testing.T) {
	good := metrics.Options{
		Figures: func() (*projections.View, *indicators.Plan) { return nil, nil }, Today: func() events.Day { return 0 },
	}
	for field, bad := range map[string]metrics.Options{"Figures": {Today: good.Today}, "Today": {Figures: good.Figures}} {
		if _, err := metrics.New(bad); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("without %s: %v", field, err)
		}
	}
	if _, err := metrics.New(good); err != nil {
		t.Error(err)
	}
}
