package prometheus_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/deploy/monitoring"
)

const (
	runbook    = "../runbook.md"
	runbookURL = "https://github.com/kaohe/kaohe/blob/main/deploy/runbook.md#"
)

// parts are what each section of the runbook says, in this order.
var parts = []string{"**含义 Meaning**", "**影响 Impact**", "**查看 Look at**", "**处理 Do**"}

func TestEveryAlertHasItsSectionInTheRunbook(t *testing.T) {
	sections := runbookSections(t)
	var headings, names []string
	for _, s := range sections {
		headings = append(headings, s.heading)
	}
	for _, a := range alerts(t) {
		names = append(names, a.Alert)
		if want := runbookURL + strings.ToLower(a.Alert); a.Annotations["runbook_url"] != want {
			t.Errorf("%s: runbook_url %q, want %q", a.Alert, a.Annotations["runbook_url"], want)
		}
	}
	slices.Sort(headings)
	slices.Sort(names)
	if diff := cmp.Diff(names, headings); diff != "" {
		t.Errorf("alerts, and headings of the runbook (-alerts +headings):\n%s", diff)
	}
}

func TestSectionsOfTheRunbookAreComplete(t *testing.T) {
	for _, s := range runbookSections(t) {
		rest := s.text
		for i, part := range parts {
			_, after, found := strings.Cut(rest, part)
			if !found || strings.Count(s.text, part) != 1 {
				t.Errorf("%s: want %q once, after what comes before it", s.heading, part)
				continue
			}
			rest = after
			said := rest
			if i+1 < len(parts) {
				said, _, _ = strings.Cut(rest, parts[i+1])
			}
			if !isChinese(said) || !english.MatchString(said) {
				t.Errorf("%s: %s says %q, want Chinese and English", s.heading, part, said)
			}
		}
	}
}

// english finds three words in a row.
var english = regexp.MustCompile(`[A-Za-z]+[,;]?( [A-Za-z'-]+[,;]?){2}`)

// blocks are the questions to Prometheus in the runbook, one a line.
var blocks = regexp.MustCompile("(?s)```promql\n(.*?)```")

func TestQuestionsOfTheRunbookParse(t *testing.T) {
	for _, s := range runbookSections(t) {
		if !strings.Contains(s.text, "```") {
			t.Errorf("%s: no command and no question to look at", s.heading)
		}
		for _, block := range blocks.FindAllStringSubmatch(s.text, -1) {
			for expr := range strings.Lines(block[1]) {
				if names, err := monitoring.Metrics(expr); err != nil || len(names) == 0 {
					t.Errorf("%s: %q selects %q, %v", s.heading, expr, names, err)
				}
			}
		}
	}
}

// The shares that the runbook names are those of the plan; the alerts themselves name none, they follow the status.
func TestTheRunbookNamesThePlansShares(t *testing.T) {
	var plan struct {
		Status struct {
			Attention float64 `yaml:"attention"`
			Behind    float64 `yaml:"behind"`
		} `yaml:"status"`
	}
	mustRead(t, "../plan/plan.yaml", &plan)
	share := regexp.MustCompile(`([0-9]+) ?%`)
	want := map[string]float64{"KaoheIndicatorBehind": plan.Status.Attention, "KaoheIndicatorCritical": plan.Status.Behind}
	for _, s := range runbookSections(t) {
		meaning, _, _ := strings.Cut(s.text, parts[1])
		found := share.FindAllStringSubmatch(meaning, -1)
		if w, ok := want[s.heading]; ok {
			if len(found) != 2 {
				t.Errorf("%s: %q are named, want one share in each language", s.heading, found)
			}
			for _, m := range found {
				if got := fmt.Sprintf("%.0f", 100*w); m[1] != got {
					t.Errorf("%s: says %s, want %s %% as in plan.yaml", s.heading, m[0], got)
				}
			}
		}
	}
	for _, g := range groups(t) {
		for _, r := range g.Rules {
			if g.File != "machine.yml" && regexp.MustCompile(`\b0\.[68]\b`).MatchString(r.Expr) {
				t.Errorf("%s%s: %s has a share of its own", r.Alert, r.Record, r.Expr)
			}
		}
	}
}

func TestDashboardsOfAlertsExist(t *testing.T) {
	uids := dashboardUIDs(t)
	link := regexp.MustCompile(`^/d/([a-z-]+)\?`)
	for _, a := range alerts(t) {
		m := link.FindStringSubmatch(a.Annotations["dashboard_url"])
		if m == nil || !slices.Contains(uids, m[1]) {
			t.Errorf("%s: dashboard_url %q, want /d/ and one of %q", a.Alert, a.Annotations["dashboard_url"], uids)
		}
	}
}

func dashboardUIDs(tb testing.TB) (uids []string) {
	tb.Helper()
	files, err := filepath.Glob("../grafana/dashboards/*.json")
	if err != nil || len(files) == 0 {
		tb.Fatalf("dashboards: %q, %v", files, err)
	}
	for _, path := range files {
		var dashboard struct {
			UID string `json:"uid"`
		}
		text, err := os.ReadFile(path)
		if err == nil {
			err = json.Unmarshal(text, &dashboard)
		}
		if err != nil {
			tb.Fatalf("read %s: %v", path, err)
		}
		uids = append(uids, dashboard.UID)
	}
	return uids
}

type section struct{ heading, text string }

// runbookSections are those about alerts.
func runbookSections(tb testing.TB) (list []section) {
	tb.Helper()
	text, err := os.ReadFile(runbook)
	if err != nil {
		tb.Fatal(err)
	}
	for _, s := range strings.Split("\n"+string(text), "\n## ")[1:] {
		heading, body, _ := strings.Cut(s, "\n")
		if strings.HasPrefix(heading, "Kaohe") {
			list = append(list, section{heading, body})
		}
	}
	return list
}
