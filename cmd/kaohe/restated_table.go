package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
)

// restatementTable prints what has become of the published figures, and below the events that changed them.
func (c *cli) restatementTable(r *api.Restatement) {
	c.line(c.stdout, c.sayf("%s（%s） %s 报出的数与现数，现数截至 %s", "%s (%s) %s as published and now, as of %s", r.OrgName.In(c.lang), r.Org, r.Quarter, r.AsOf))
	line := c.sayf("报出: 第 %d 版（共 %d 版），%s 锁定（%s），数据截至 %s", "published: revision %d of %d, closed on %s (%s), with figures as of %s",
		r.Revision, r.Revisions, r.Closing.Day, r.Closing.Position, r.Closing.AsOf)
	if r.Closing.Reason != "" {
		line += ": " + r.Closing.Reason
	}
	c.line(c.stdout, line)
	c.warnUnexplained(r)
	changed := changedIndicators(r)
	if len(changed) > 0 {
		c.restatedFigures(changed)
	}
	c.restatementSummary(r, len(changed))
	c.restatingEvents(changed)
}

func changedIndicators(r *api.Restatement) []*api.RestatedIndicator {
	var changed []*api.RestatedIndicator
	for i := range r.Indicators {
		if r.Indicators[i].Changed {
			changed = append(changed, &r.Indicators[i])
		}
	}
	return changed
}

// warnUnexplained says where the steps do not add up, which never happens unless the program is wrong.
func (c *cli) warnUnexplained(r *api.Restatement) {
	var names []string
	for i := range r.Indicators {
		for _, f := range r.Indicators[i].Figures {
			if f.Unexplained.Known() {
				names = append(names, r.Indicators[i].Name.In(c.lang))
				break
			}
		}
	}
	if len(names) > 0 {
		c.line(c.stdout, c.sayf("注意: 以下指标的变动未能全部说明，请报告这个程序错误: %s", "WARNING: not all changes of these could be explained, please report this defect: %s", strings.Join(names, c.say("、", "; "))))
	}
}

// restatedFigures prints a line for each figure that changed, with a column for each cause that there is.
func (c *cli) restatedFigures(changed []*api.RestatedIndicator) {
	causes := causesOf(changed)
	g := grid{
		head:  []string{c.say("指标", "indicator"), c.say("单位", "unit"), c.say("数", "figure"), c.say("报出", "published")},
		right: []bool{false, false, false, true},
		spare: []int{1},
	}
	for _, cause := range causes {
		g.head, g.right = append(g.head, causeWords[cause].word.In(c.lang)), append(g.right, true)
	}
	g.head, g.right = append(g.head, c.say("现数", "now")), append(g.right, true)
	for _, ind := range changed {
		w := c.writing(ind)
		for _, name := range indicators.FollowedFigures {
			f := ind.Figures[name]
			if !moved(ind, name) {
				continue
			}
			row := []string{c.restatedName(ind), ind.Units.In(c.lang), figureWords[name].In(c.lang), w.number(f.Published)}
			for _, cause := range causes {
				cell := ""
				if by, ok := f.Causes[cause]; ok {
					cell = w.change(by)
				}
				row = append(row, cell)
			}
			g.rows = append(g.rows, append(row, w.number(f.Current)))
		}
	}
	g.write(c.stdout, c.color, c.width())
	for _, cause := range causes {
		c.line(c.stdout, "  "+causeWords[cause].word.In(c.lang)+c.say("：", ": ")+causeWords[cause].means.In(c.lang))
	}
}

// moved reports whether a figure changed, if only for a while.
func moved(ind *api.RestatedIndicator, name indicators.Followed) bool {
	f := ind.Figures[name]
	if len(f.Causes) > 0 || f.Published.String() != f.Current.String() {
		return true
	}
	return slices.ContainsFunc(ind.Events, func(e api.RestatingEvent) bool {
		_, changes := e.Changes[name]
		return changes
	})
}

// causesOf returns the causes that there are, in the order of the steps.
func causesOf(changed []*api.RestatedIndicator) []indicators.Cause {
	var causes []indicators.Cause
	for _, cause := range indicators.Causes {
		if slices.ContainsFunc(changed, func(ind *api.RestatedIndicator) bool {
			for _, f := range ind.Figures {
				if _, ok := f.Causes[cause]; ok {
					return true
				}
			}
			return false
		}) {
			causes = append(causes, cause)
		}
	}
	return causes
}

func (c *cli) restatedName(ind *api.RestatedIndicator) string {
	switch name := ind.Name.In(c.lang); {
	case ind.Gone:
		return name + c.say("（方案中已无）", " (no longer in the plan)")
	case ind.New:
		return name + c.say("（报出时没有）", " (was not published)")
	default:
		return name
	}
}

func (c *cli) restatementSummary(r *api.Restatement, changed int) {
	rest := len(r.Indicators) - changed
	switch {
	case changed == 0 && len(r.Indicators) == 1:
		c.line(c.stdout, c.sayf("%s：现数与报出的一致", "%s: the figures are as they were published", r.Indicators[0].Name.In(c.lang)))
	case changed == 0:
		c.line(c.stdout, c.sayf("%d 项指标的现数都与报出的一致", "the figures of all %d indicators are as they were published", rest))
	case rest > 0:
		c.line(c.stdout, c.sayf("其余 %d 项与报出的一致", "as they were published: %d more", rest))
	}
	c.line(c.stdout, c.sayf("此后登记的事件 %d 个，其中影响以上数字的 %d 个", "events recorded since: %d, of which changed these figures: %d", r.Events, r.Moving))
	if r.PlanUnreadable {
		c.line(c.stdout, c.say("注意: 报出时的方案已不能用来重算，“口径”的变动里包括程序的变动",
			"NOTE: the figures cannot be computed any more by the plan of that time; what the definition changed includes what the software did"))
	}
}

// restatingEvents prints the events that changed figures, in the order of the log.
func (c *cli) restatingEvents(changed []*api.RestatedIndicator) {
	type line struct {
		at    events.Position
		cells []string
	}
	var lines []line
	more := 0
	for _, ind := range changed {
		w := c.writing(ind)
		more += ind.More
		for i := range ind.Events {
			e := &ind.Events[i]
			at, _ := events.ParsePosition(e.Position)
			lines = append(lines, line{at, []string{
				e.Position, e.Day, cmp.Or(e.Title.In(c.lang), e.Type), causeWords[e.Cause].word.In(c.lang), ind.Name.In(c.lang), c.restatedChanges(w, e), e.Source + " " + e.ID,
			}})
		}
	}
	if len(lines) == 0 {
		return
	}
	slices.SortStableFunc(lines, func(a, b line) int { return cmp.Compare(a.at, b.at) })
	g := grid{
		head: []string{c.say("位置", "position"), c.say("日期", "day"), c.say("事件", "event"), c.say("原因", "cause"), c.say("指标", "indicator"),
			c.say("变动", "change"), c.say("来源与编号", "source and id")},
		spare: []int{6, 3},
	}
	for _, l := range lines {
		g.rows = append(g.rows, l.cells)
	}
	fmt.Fprintln(c.stdout)
	g.write(c.stdout, c.color, c.width())
	if more > 0 {
		c.line(c.stdout, c.sayf("另有 %d 条变动未列出，已计入上表", "%d more changes are not listed; the table above has them", more))
	}
}

// restatedChanges writes what an event did: the figure, by how much, and what it came to.
func (c *cli) restatedChanges(w writing, e *api.RestatingEvent) string {
	var parts []string
	for _, name := range indicators.FollowedFigures {
		if change, ok := e.Changes[name]; ok {
			parts = append(parts, fmt.Sprintf("%s %s → %s", figureWords[name].In(c.lang), w.change(change.By), w.number(change.After)))
		}
	}
	return strings.Join(parts, c.say("，", ", "))
}
