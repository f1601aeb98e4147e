package monitoring

import (
	"fmt"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// Metrics returns the names of the metrics that an expression of PromQL selects, sorted, each once. It fails if the
// expression does not parse, and if a selector does not say one name: what that selects could not be checked.
func Metrics(expr string) ([]string, error) {
	tree, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
	if err != nil {
		return nil, fmt.Errorf("parse %q: %w", expr, err)
	}
	var names []string
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		selector, ok := node.(*parser.VectorSelector)
		if !ok || err != nil {
			return err
		}
		name := metricName(selector)
		if name == "" {
			err = fmt.Errorf("%s names no metric", selector)
		}
		names = append(names, name)
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// metricName is the name that a selector asks for, before the braces or as __name__ in them.
func metricName(selector *parser.VectorSelector) string {
	for _, m := range selector.LabelMatchers {
		if m.Name == model.MetricNameLabel && m.Type == labels.MatchEqual {
			return m.Value
		}
	}
	return selector.Name
}
