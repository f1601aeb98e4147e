package grafana_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/kaohe/kaohe/deploy/monitoring"
	"github.com/kaohe/kaohe/indicators"
)

// queryRules are about what a dashboard asks Prometheus for.
var queryRules = []rule{
	{"expressions parse and name their metrics", checkParses},
	{"rates over $__rate_interval, sums over $__range", checkRates},
	{"what is chosen at the top is heeded", checkHeeded},
	{"two instances of one log count once", checkOnce},
	{"figures over time are one a day", checkDaily},
	{"values that are asked for exist", checkValues},
}

func checkParses(_ *world, d monitoring.Dashboard) (mistakes []string) {
	for _, e := range d.Expressions() {
		if _, err := monitoring.Metrics(e.Expr); err != nil {
			mistakes = append(mistakes, fmt.Sprintf("%s: %v", e.Panel, err))
		} else if strings.Contains(e.Expr, "$") {
			mistakes = append(mistakes, fmt.Sprintf("%s: %s has a variable that nobody knows", e.Panel, e.Expr))
		}
	}
	return mistakes
}

// fixedRate is a rate over a time that does not follow the resolution of the panel.
var fixedRate = regexp.MustCompile(`\b(?:i?rate|increase|i?delta|deriv)\s*\([^\[]*\[([^\]]*)\]`)

func checkRates(_ *world, d monitoring.Dashboard) (mistakes []string) {
	for _, p := range pictures(d) {
		for _, t := range p.Targets {
			for _, found := range fixedRate.FindAllStringSubmatch(t.Expr, -1) {
				if found[1] != "$__rate_interval" && found[1] != "$__range" {
					mistakes = append(mistakes, fmt.Sprintf("panel %q has a rate over [%s]", p.Title, found[1]))
				}
			}
		}
	}
	return mistakes
}

func checkHeeded(_ *world, d monitoring.Dashboard) (mistakes []string) {
	for _, p := range pictures(d) {
		for _, t := range p.Targets {
			selected(t.Expr, func(s *parser.VectorSelector, _ []parser.Node) {
				if strings.Contains(s.Name, ":") || s.Name == "ALERTS" {
					return
				}
				for _, name := range []string{"job", "instance"} {
					if !slices.ContainsFunc(s.LabelMatchers, func(m *labels.Matcher) bool {
						return m.Name == name && m.Type == labels.MatchRegexp && m.Value == "$"+name
					}) {
						mistakes = append(mistakes, fmt.Sprintf(`panel %q asks for %s without %s=~"$%s"`, p.Title, s.Name, name, name))
					}
				}
			})
		}
	}
	return mistakes
}

// business reports whether a metric is a figure, which each instance that serves a log offers alike.
func business(metric string) bool {
	for _, prefix := range []string{"kaohe_indicator_", "kaohe_quarter_", "kaohe_year_", "kaohe_report_", "kaohe_business_", "kaohe_org_info"} {
		if strings.HasPrefix(metric, prefix) {
			return true
		}
	}
	return metric == "kaohe_findings"
}

func checkOnce(_ *world, d monitoring.Dashboard) (mistakes []string) {
	for _, p := range pictures(d) {
		for _, t := range p.Targets {
			selected(t.Expr, func(s *parser.VectorSelector, above []parser.Node) {
				if business(s.Name) && !once(s, above) {
					mistakes = append(mistakes, fmt.Sprintf("panel %q: %s is to be aggregated with max, min or group first", p.Title, s.Name))
				}
			})
		}
	}
	return mistakes
}

// once reports whether it makes no difference by how many instances a selector is offered: what is above it takes one of
// equals, counts groups whatever they hold, or only says which others are kept.
func once(s parser.Node, above []parser.Node) bool {
	below := s
	counted := false
	for _, node := range slices.Backward(above) {
		switch node := node.(type) {
		case *parser.BinaryExpr:
			if node.RHS == below && (node.Op == parser.LAND || node.Op == parser.LUNLESS) {
				return true
			}
		case *parser.AggregateExpr:
			if slices.Contains(node.Grouping, "instance") != node.Without {
				break // instances stay apart
			}
			if !counted && takesOne(node) || counted && node.Op == parser.COUNT {
				return true
			}
			if counted = !counted && node.Op == parser.COUNT; !counted {
				return false
			}
		}
		below = node
	}
	return false
}

// takesOne reports whether an aggregation of equals is one of them.
func takesOne(a *parser.AggregateExpr) bool {
	one, isNumber := a.Param.(*parser.NumberLiteral)
	return slices.Contains([]parser.ItemType{parser.MAX, parser.MIN, parser.GROUP}, a.Op) ||
		(a.Op == parser.TOPK || a.Op == parser.BOTTOMK) && isNumber && one.Val == 1
}

// History has one sample a day, at its beginning: what draws a course looks back for a day.
func checkDaily(_ *world, d monitoring.Dashboard) (mistakes []string) {
	for _, p := range pictures(d) {
		if !slices.Contains([]string{"timeseries", "state-timeline", "status-history", "trend"}, p.Type) {
			continue
		}
		for _, t := range p.Targets {
			selected(t.Expr, func(s *parser.VectorSelector, above []parser.Node) {
				if !t.Instant && business(s.Name) && s.Name != "kaohe_findings" && !overDay(above) {
					mistakes = append(mistakes, fmt.Sprintf("panel %q draws %s without last_over_time(...[1d])", p.Title, s.Name))
				}
			})
		}
	}
	return mistakes
}

func overDay(above []parser.Node) bool {
	if len(above) < 2 {
		return false
	}
	span, isRange := above[len(above)-1].(*parser.MatrixSelector)
	call, isCall := above[len(above)-2].(*parser.Call)
	if !isCall && len(above) >= 3 { // arguments are a node of their own
		call, isCall = above[len(above)-3].(*parser.Call)
	}
	return isRange && isCall && span.Range == 24*time.Hour && call.Func.Name == "last_over_time"
}

func checkValues(w *world, d monitoring.Dashboard) (mistakes []string) {
	known := map[string]func(string) bool{
		"indicator": func(v string) bool { return w.indicators[v] },
		"status":    func(v string) bool { return slices.Contains(indicators.Statuses, indicators.Status(v)) },
		"span":      func(v string) bool { return v == "year" || v == "quarter" },
	}
	for _, e := range d.Expressions() {
		selected(e.Expr, func(s *parser.VectorSelector, _ []parser.Node) {
			for _, m := range s.LabelMatchers {
				if is := known[m.Name]; is != nil && strings.HasPrefix(s.Name, "kaohe_") && !strings.ContainsAny(m.Value, ".*+") {
					for value := range strings.SplitSeq(m.Value, "|") {
						if !is(value) {
							mistakes = append(mistakes, fmt.Sprintf("%s asks for %s=%q, which there is not", e.Panel, m.Name, value))
						}
					}
				}
			}
		})
	}
	return mistakes
}

// variableTime is the beginning of a range whose length is a variable.
var variableTime = regexp.MustCompile(`\[\$\w+`)

// selected calls fn for each selector of an expression with what stands above it, the outermost first. Times that are
// variables count as a minute: of what does not parse another rule tells.
func selected(expr string, fn func(*parser.VectorSelector, []parser.Node)) {
	expr = variableTime.ReplaceAllString(expr, "[1m")
	tree, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
	if err != nil {
		return
	}
	parser.Inspect(tree, func(node parser.Node, above []parser.Node) error {
		if s, ok := node.(*parser.VectorSelector); ok {
			fn(s, above)
		}
		return nil
	})
}

// numbersIn are the numbers in an expression, among them the results of what is calculated of numbers alone.
func numbersIn(tb testing.TB, expr string) (numbers []float64) {
	tb.Helper()
	tree, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
	if err != nil {
		tb.Fatal(err)
	}
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		if e, ok := node.(parser.Expr); ok {
			if n, ok := constant(e); ok {
				numbers = append(numbers, n)
			}
		}
		return nil
	})
	return numbers
}

func constant(e parser.Expr) (float64, bool) {
	switch e := e.(type) {
	case *parser.NumberLiteral:
		return e.Val, true
	case *parser.ParenExpr:
		return constant(e.Expr)
	case *parser.BinaryExpr:
		a, isA := constant(e.LHS)
		b, isB := constant(e.RHS)
		if e.Op == parser.MUL && isA && isB {
			return a * b, true
		}
	}
	return 0, false
}
