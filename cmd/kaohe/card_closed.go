package main

import (
	"slices"
	"strings"

	"github.com/kaohe/kaohe/indicators"
)

// quarterColumn is the column of the quarter's value in the table of a scorecard.
const quarterColumn = 5

// addPublished puts what was published beside the quarter's value, if the quarter was closed.
func (c *cli) addPublished(g *grid, card *indicators.Scorecard, rows []indicators.Row) {
	if card.Closed == nil || card.Closed.Unreadable {
		return
	}
	at := quarterColumn + 1
	g.head, g.right = slices.Insert(g.head, at, c.say("已报出", "published")), slices.Insert(g.right, at, true)
	for i := range g.rows {
		g.rows[i] = slices.Insert(g.rows[i], at, c.published(&rows[i]))
	}
	g.spare = slices.DeleteFunc(g.spare, func(column int) bool { return column == quarterColumn }) // what is compared stays
	for i := range g.spare {
		if g.spare[i] >= at {
			g.spare[i]++
		}
	}
}

func (c *cli) published(r *indicators.Row) string {
	if r.Published == nil {
		return indicators.Unknown
	}
	s := c.value(r, r.Published.Quarter)
	if r.Restated {
		s += "≠"
	}
	return s
}

// showClosed says below the table when the quarter was closed and what has changed since.
func (c *cli) showClosed(card *indicators.Scorecard) {
	closed := card.Closed
	if closed == nil {
		return
	}
	line := c.sayf("已于 %s 锁定，第 %d 版（%s），数据截至 %s", "closed on %s as revision %d (%s), with figures as of %s", closed.Day, closed.Revision, closed.At, closed.AsOf)
	if closed.Reason != "" {
		line += c.sayf(": %s", ": %s", closed.Reason)
	}
	c.line(c.stdout, line)
	if closed.Unreadable {
		c.line(c.stdout, c.say("注意: 报出的记分卡已无法读取", "WARNING: the published scorecard cannot be read any more"))
	}
	if restated := c.restated(card); len(restated) > 0 {
		c.line(c.stdout, c.sayf("≠ 报出后有变动（报出的数不改）: %s", "≠ restated since, while the published figures stay: %s", strings.Join(restated, c.say("、", "; "))))
	}
	if len(closed.Gone) > 0 {
		names := make([]string, len(closed.Gone))
		for i, gone := range closed.Gone {
			names[i] = gone.Name.In(c.lang)
		}
		c.line(c.stdout, c.sayf("报出时有、方案中已无的指标: %s", "published, but no longer in the plan: %s", strings.Join(names, c.say("、", "; "))))
	}
}

// restated lists the indicators whose figures have changed, each with the figure that did: the quarter's, or else the
// year's.
func (c *cli) restated(card *indicators.Scorecard) []string {
	var list []string
	for i := range card.Rows {
		r := &card.Rows[i]
		if !r.Restated || r.Published == nil {
			continue
		}
		then, now, of := r.Published.Quarter, r.Quarter, ""
		if sameValue(then, now) {
			then, now, of = r.Published.Year, r.Year, c.say("累计 ", "to date ")
		}
		list = append(list, c.sayf("%s（%s%s → %s）", "%s (%s%s → %s)", r.Name.In(c.lang), of, c.value(r, then), c.value(r, now)))
	}
	return list
}

func sameValue(a, b *indicators.Figure) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Value.String() == b.Value.String()
}
