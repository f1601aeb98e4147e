package grafana_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/kaohe/kaohe/deploy/monitoring"
	"github.com/kaohe/kaohe/indicators"
)

// shownRules are about how figures look.
var shownRules = []rule{
	{"each panel has a unit that Grafana knows", checkUnits},
	{"thresholds of paces are the plan's", checkPaces},
	{"other thresholds are those of alerts", checkThresholds},
	{"statuses are all named", checkStatuses},
}

// units are those ids of Grafana that we use, of the many that it knows. One that it does not know it shows behind the figure.
var units = []string{"none", "short", "locale", "percentunit", "bytes", "Bps", "s", "d", "eps", "cps", "reqps", "dateTimeAsIso"}

func checkUnits(_ *world, d monitoring.Dashboard) (mistakes []string) {
	known := func(unit string) bool {
		kind, rest, made := strings.Cut(unit, ":")
		return slices.Contains(units, unit) || made && rest != "" && slices.Contains([]string{"time", "suffix", "currency"}, kind)
	}
	for _, p := range pictures(d) {
		fields, _ := p.Fields()
		for i, f := range fields {
			if (i == 0 || f.Unit != "") && !known(f.Unit) {
				mistakes = append(mistakes, fmt.Sprintf("panel %q has the unit %q", p.Title, f.Unit))
			}
		}
	}
	return mistakes
}

// paces are the steps by which a pace is judged, from the plan.
func (w *world) paces() (steps []float64) {
	t := w.plan.Thresholds
	for _, d := range []fmt.Stringer{t.Behind, t.Attention, t.OnTrack} {
		step, err := strconv.ParseFloat(d.String(), 64)
		if err != nil {
			panic(err) // a decimal is a number
		}
		steps = append(steps, step)
	}
	return steps
}

func checkPaces(w *world, d monitoring.Dashboard) (mistakes []string) {
	for _, p := range pictures(d) {
		if !slices.Contains(asked(d, p), "kaohe_indicator_pace_ratio") {
			continue
		}
		fields, _ := p.Fields()
		if !slices.ContainsFunc(fields, func(f monitoring.Field) bool { return slices.Equal(values(f), w.paces()) }) {
			mistakes = append(mistakes, fmt.Sprintf("panel %q shows a pace without the plan's steps %v", p.Title, w.paces()))
		}
	}
	return mistakes
}

func checkThresholds(w *world, d monitoring.Dashboard) (mistakes []string) {
	for _, p := range pictures(d) {
		metrics := asked(d, p)
		fields, _ := p.Fields()
		for _, f := range fields {
			if slices.Contains(metrics, "kaohe_indicator_pace_ratio") && slices.Equal(values(f), w.paces()) {
				continue
			}
			for _, v := range values(f) {
				if !w.alerted(metrics, v) {
					mistakes = append(mistakes, fmt.Sprintf("panel %q changes colour at %v, and no alert on %q does", p.Title, v, metrics))
				}
			}
			if f.Thresholds.Mode != "" && (f.Thresholds.Mode != "absolute" || len(f.Thresholds.Steps) == 0 || f.Thresholds.Steps[0].Value != nil) {
				mistakes = append(mistakes, fmt.Sprintf("panel %q has thresholds that are not absolute, or do not begin with null", p.Title))
			}
		}
	}
	return mistakes
}

// alerted reports whether an alert changes at a value, too. Alerts say > 5 where a count changes colour at 6. A colour from 1
// on, or from the least bit above 0, only says that there is something at all.
func (w *world) alerted(metrics []string, v float64) bool {
	if v == 1 || v > 0 && v < 1e-6 {
		return true
	}
	for _, metric := range metrics {
		if numbers := w.alerts[metric]; slices.Contains(numbers, v) || slices.Contains(numbers, v-1) {
			return true
		}
	}
	return false
}

// values are the steps but for the first, which has none.
func values(f monitoring.Field) (steps []float64) {
	for _, s := range f.Thresholds.Steps {
		if s.Value != nil {
			steps = append(steps, *s.Value)
		}
	}
	return steps
}

// asked are the metrics that a panel selects.
func asked(d monitoring.Dashboard, p monitoring.Panel) (all []string) {
	for _, t := range p.Targets {
		selected(t.Expr, func(s *parser.VectorSelector, _ []parser.Node) { all = append(all, s.Name) })
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func checkStatuses(_ *world, d monitoring.Dashboard) (mistakes []string) {
	for _, p := range pictures(d) {
		named := make(map[string]bool)
		for _, t := range p.Targets {
			selected(t.Expr, func(s *parser.VectorSelector, _ []parser.Node) {
				for _, m := range s.LabelMatchers {
					if s.Name == "kaohe_indicator_status" && m.Name == "status" && m.Type == labels.MatchEqual {
						named[m.Value] = true
					}
				}
			})
		}
		if len(named) >= 3 { // it tells them apart
			mistakes = append(mistakes, missing(p, "queries", named)...)
		}
		fields, _ := p.Fields()
		for _, f := range fields {
			texts := mapped(f)
			if texts["behind"] || texts["on_track"] { // critical alone may be the severity of an alert
				mistakes = append(mistakes, missing(p, "value mappings", texts)...)
			}
		}
	}
	return mistakes
}

func missing(p monitoring.Panel, where string, named map[string]bool) (mistakes []string) {
	for _, s := range indicators.Statuses {
		if !named[string(s)] {
			mistakes = append(mistakes, fmt.Sprintf("the %s of panel %q lack the status %s", where, p.Title, s))
		}
	}
	return mistakes
}

// mapped are the values that have words of their own.
func mapped(f monitoring.Field) map[string]bool {
	texts := make(map[string]bool)
	for _, m := range f.Mappings {
		var options map[string]json.RawMessage
		if m.Type == "value" && json.Unmarshal(m.Options, &options) == nil {
			for value := range options {
				texts[value] = true
			}
		}
	}
	return texts
}
