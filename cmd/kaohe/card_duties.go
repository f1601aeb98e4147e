package main

import (
	"strings"

	"github.com/kaohe/kaohe/indicators"
)

// showDuties says what the unit must have and lacks: targets to be set, figures to be reported. What is not a duty may
// stay open.
func (c *cli) showDuties(card *indicators.Scorecard) {
	d := card.Duties
	if d == nil {
		return
	}
	if len(d.NoTarget) > 0 {
		c.line(c.stdout, c.sayf("职责内缺目标: %s", "duties without a target: %s", c.names(card, d.NoTarget)))
	}
	if len(d.NotReported) > 0 {
		by := ""
		if d.ReportBy != 0 {
			by = c.sayf("（应于 %s 前报）", " (due by %s)", d.ReportBy)
		}
		c.line(c.stdout, c.sayf("职责内未报%s: %s", "duties not reported%s: %s", by, c.names(card, d.NotReported)))
	}
}

// names lists indicators by their names, which may hold commas.
func (c *cli) names(card *indicators.Scorecard, ids []string) string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = id
		if row, ok := card.Row(id); ok {
			list[i] = row.Name.In(c.lang)
		}
	}
	return strings.Join(list, c.say("、", "; "))
}
