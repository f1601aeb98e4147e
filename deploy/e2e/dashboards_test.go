package e2e

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kaohe/kaohe/deploy/monitoring"
)

// question is what a dashboard asks Prometheus for.
type question struct {
	place string // the file and the panel
	expr  string
	label string // whose values a variable lists; empty for a panel
}

// questions are those of all dashboards.
func questions(t *testing.T) (all []question) {
	t.Helper()
	dashboards, err := monitoring.Dashboards("../grafana/dashboards")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dashboards {
		labels := make(map[string]string)
		for _, v := range d.Templating.List {
			if label := lastArgument.FindStringSubmatch(v.Text()); label != nil {
				labels["variable "+v.Name] = label[1]
			} else if v.Type == "query" {
				t.Errorf("%s: variable %s lists nothing by label_values", d.File, v.Name)
			}
		}
		for _, e := range d.Expressions() {
			all = append(all, question{d.File + ": " + e.Panel, e.Expr, labels[e.Panel]})
		}
	}
	return all
}

var lastArgument = regexp.MustCompile(`^label_values\(.*,\s*(\w+)\)$`)

// drawsDashboards waits until every expression on a dashboard has had data within the run, and every variable has values.
func (w *world) drawsDashboards(t *testing.T) {
	t.Helper()
	left := questions(t)
	eventually(t, fmt.Sprintf("%d expressions of dashboards to have data", len(left)), func() error {
		var empty []question
		var names []string
		for _, q := range left {
			n, err := w.answers(t, q)
			if err != nil {
				t.Fatalf("%s: %v", q.place, err)
			}
			if n == 0 {
				empty = append(empty, q)
				names = append(names, q.place+": "+q.expr)
			}
		}
		if left = empty; len(left) > 0 {
			return fmt.Errorf("no data for %d:\n%s", len(left), strings.Join(names, "\n"))
		}
		return nil
	})
}

// answers says how many samples or values there are for a question.
func (w *world) answers(t *testing.T, q question) (int, error) {
	if q.label == "" {
		return w.prometheus.samples(t.Context(), q.expr, w.begun, time.Now(), time.Second)
	}
	var values []string
	err := w.prometheus.ask(t.Context(), "label/"+q.label+"/values", url.Values{"match[]": {q.expr}}, &values)
	return len(values), err
}
