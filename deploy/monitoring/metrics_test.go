package monitoring_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/deploy/monitoring"
)

func TestMetrics(t *testing.T) {
	for _, tt := range []struct {
		name, expr string
		want       []string
	}{
		{"a gauge", `kaohe_up{org="450703"}`, []string{"kaohe_up"}},
		{"each once and sorted, in ranges and subqueries as well",
			`b - on (org) group_left (name) a / max_over_time(c[5m]) + max_over_time((b > 0)[1h:1m] offset 1d)`, []string{"a", "b", "c"}},
		{"a name in the braces", `rate({__name__="a", job="kaohe"}[5m])`, []string{"a"}},
		{"a recorded metric", `absent(job:a:sum)`, []string{"job:a:sum"}},
		{"no metric at all", `vector(1)`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := monitoring.Metrics(tt.expr)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Metrics(%s) (-want +got):\n%s", tt.expr, diff)
			}
		})
	}
}

func TestMetricsThatCannotBeTold(t *testing.T) {
	for _, tt := range []struct{ name, expr, want string }{
		{"no PromQL", `sum(`, "parse"},
		{"a variable of Grafana that nobody replaced", `a[$__rate_interval]`, "parse"},
		{"names by a pattern", `a + {__name__=~"kaohe_.+"}`, "names no metric"},
		{"labels without a name", `sum({job="kaohe"})`, "names no metric"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := monitoring.Metrics(tt.expr)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Metrics(%s) = %v, %v, want an error with %q", tt.expr, got, err, tt.want)
			}
		})
	}
}
