package main

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

// statusWords are what a clerk calls the statuses, with a mark that also stands out in plain text, and the colours.
var statusWords = map[indicators.Status]struct {
	mark  string
	word  events.Text
	paint text.Colors
	rank  int // worst first
}{
	indicators.Critical:  {"!!", events.Text{ZH: "严重滞后", EN: "critical"}, text.Colors{text.FgHiRed, text.Bold}, 0},
	indicators.Behind:    {"!", events.Text{ZH: "滞后", EN: "behind"}, text.Colors{text.FgHiYellow, text.Bold}, 1},
	"":                   {"?", events.Text{ZH: "数值不明", EN: "unknown"}, text.Colors{text.FgHiYellow}, 2},
	indicators.Attention: {"~", events.Text{ZH: "关注", EN: "attention"}, text.Colors{text.FgYellow}, 3},
	indicators.OnTrack:   {"", events.Text{ZH: "正常", EN: "on track"}, nil, 4},
	indicators.Achieved:  {"", events.Text{ZH: "已完成", EN: "achieved"}, text.Colors{text.FgGreen}, 5},
	indicators.TooEarly:  {"", events.Text{ZH: "尚早", EN: "too early"}, nil, 6},
	indicators.NoTarget:  {"", events.Text{ZH: "无目标", EN: "no target"}, text.Colors{text.Faint}, 7},
}

// showTable prints the scorecard with the worst first, and says below what the table cannot.
func (c *cli) showTable(card *indicators.Scorecard, all bool) {
	rows, hidden := visible(card.Rows, all)
	title := c.sayf("%s（%s） %s 截至 %s", "%s (%s) %s as of %s", card.OrgName.In(c.lang), card.Org, card.Quarter, card.AsOf)
	c.line(c.stdout, title+c.knownAt(card.KnownAt))
	g := grid{
		head: []string{"", c.say("指标", "indicator"), c.say("单位", "unit"), c.say("科室", "office"), c.say("年度目标", "target"), c.say("本季", "quarter"),
			c.say("本年累计", "to date"), c.say("序时应完成", "due by now"), c.say("尚差", "gap"), c.say("完成率", "done"), c.say("状态", "status"), c.say("最近", "last event")},
		right: []bool{false, false, false, false, true, true, true, true, true, true, false, false},
		spare: []int{3, 2, 11, 9, 5, 7}, // office, unit, last event, done, quarter, expected: the target, the gap and the status stay
	}
	for i := range rows {
		g.rows = append(g.rows, c.cardRow(&rows[i]))
		g.paint = append(g.paint, statusWords[rows[i].Status].paint)
	}
	c.addPublished(&g, card, rows)
	g.write(c.stdout, c.color, c.width())
	c.showSummary(card, hidden)
}

// visible sorts the rows, worst first, and leaves out those that nobody has anything to say about.
func visible(all []indicators.Row, everything bool) (rows []indicators.Row, hidden int) {
	for _, r := range all {
		if !everything && r.Status == indicators.NoTarget && !r.Reported && r.LastEvent == 0 && r.TargetProblem == "" {
			hidden++
			continue
		}
		rows = append(rows, r)
	}
	slices.SortStableFunc(rows, func(a, b indicators.Row) int {
		if d := statusWords[a.Status].rank - statusWords[b.Status].rank; d != 0 {
			return d
		}
		return compareNumbers(pace(&a), pace(&b))
	})
	return rows, hidden
}

func pace(r *indicators.Row) indicators.Number {
	if r.Year == nil || statusWords[r.Status].rank > statusWords[indicators.OnTrack].rank {
		return indicators.Number{}
	}
	return r.Year.PaceRatio
}

// compareNumbers orders by size; what is not known comes last.
func compareNumbers(a, b indicators.Number) int {
	switch {
	case !a.Known() && !b.Known():
		return 0
	case !a.Known():
		return 1
	case !b.Known():
		return -1
	}
	return rational(a).Cmp(rational(b))
}

func (c *cli) cardRow(r *indicators.Row) []string {
	status := statusWords[r.Status]
	row := []string{status.mark, r.Name.In(c.lang), r.Unit.In(c.lang), r.Office}
	row = append(row, c.target(r), c.value(r, r.Quarter), c.value(r, r.Year), c.expected(r), c.gap(r), c.completion(r), status.word.In(c.lang))
	last := ""
	if r.LastEvent != 0 {
		last = r.LastEvent.String()
	}
	return append(row, last)
}

// number writes a figure of an indicator: money as reports do, everything else with the indicator's decimals.
func (c *cli) number(r *indicators.Row, n indicators.Number) string {
	if r.Money {
		return n.MoneyText(c.lang)
	}
	return n.Text(r.Decimals, c.lang)
}

// exact writes a figure with as many decimals as the target has, if that is more than the indicator: whoever set 5.5 or
// 99.95 must not read 6 or 100.
func (c *cli) exact(r *indicators.Row, n, target indicators.Number) string {
	if r.Money {
		return c.number(r, n)
	}
	_, frac, _ := strings.Cut(target.String(), ".")
	return n.Text(max(r.Decimals, len(frac)), c.lang)
}

func (c *cli) target(r *indicators.Row) string {
	if r.Year == nil || !r.Year.Target.Known() {
		return indicators.Unknown
	}
	s := c.exact(r, r.Year.Target, r.Year.Target)
	if r.TargetIllustrative {
		s += "*"
	}
	if remarkable(r) {
		s += "†"
	}
	return s
}

// value tells silence from zero: nobody reported is not nothing happened.
func (c *cli) value(r *indicators.Row, f *indicators.Figure) string {
	if f == nil {
		return indicators.Unknown
	}
	if !f.Reported && f.Value.Sign() == 0 {
		return c.say("未报", "not reported")
	}
	return c.number(r, f.Value)
}

func (c *cli) expected(r *indicators.Row) string {
	if r.Year == nil || !r.Year.Expected.Known() {
		return indicators.Unknown
	}
	n := r.Year.Expected
	if whole := !strings.Contains(n.String(), "."); !whole && !r.Money && r.Decimals == 0 {
		return n.Text(1, c.lang) // half a patent is due: say so rather than round it away
	}
	return c.number(r, n)
}

func (c *cli) gap(r *indicators.Row) string {
	if r.Year == nil || !r.Year.Gap.Known() {
		return indicators.Unknown
	}
	if r.Year.Gap.Sign() < 0 {
		over := strings.TrimPrefix(c.exact(r, r.Year.Gap, r.Year.Target), "-")
		return c.sayf("超 %s", "%s over", over)
	}
	return c.exact(r, r.Year.Gap, r.Year.Target)
}

// completion is computed anew from the value and the target: the ratio of the JSON is rounded already, and rounding it
// again would make 12.4 % of 12.345 %.
func (c *cli) completion(r *indicators.Row) string {
	if r.Year == nil || !r.Year.Completion.Known() {
		return indicators.Unknown
	}
	ratio := rational(r.Year.Completion)
	if value, target := rational(r.Year.Value), rational(r.Year.Target); value != nil && target != nil && target.Sign() != 0 {
		ratio = value.Quo(value, target)
	}
	return ratio.Mul(ratio, big.NewRat(100, 1)).FloatString(max(r.Decimals, 1)) + "%"
}

// rational returns a number as the JSON has it, nil if it is not known.
func rational(n indicators.Number) *big.Rat {
	if !n.Known() {
		return nil
	}
	r, _ := new(big.Rat).SetString(n.String())
	return r
}

// showSummary counts the statuses and explains the marks that were used.
func (c *cli) showSummary(card *indicators.Scorecard, hidden int) {
	counts := map[indicators.Status]int{}
	illustrative, unreported := false, 0
	for i := range card.Rows {
		r := &card.Rows[i]
		counts[r.Status]++
		illustrative = illustrative || r.TargetIllustrative
		if !r.Reported && r.Status != indicators.NoTarget {
			unreported++
		}
	}
	lagging := counts[indicators.Critical] + counts[indicators.Behind]
	good := counts[indicators.OnTrack] + counts[indicators.Achieved]
	parts := []string{
		c.sayf("滞后 %d 项", "%d lagging", lagging), c.sayf("正常 %d 项", "%d on track", good), c.sayf("无目标 %d 项", "%d without a target", counts[indicators.NoTarget]),
	}
	if n := counts[indicators.Attention]; n > 0 {
		parts = slices.Insert(parts, 1, c.sayf("关注 %d 项", "%d need attention", n))
	}
	if n := counts[""] + counts[indicators.TooEarly]; n > 0 {
		parts = append(parts, c.sayf("尚早或不明 %d 项", "%d too early or unknown", n))
	}
	if unreported > 0 {
		parts = append(parts, c.sayf("有目标而未报 %d 项", "%d with a target not reported", unreported))
	}
	c.line(c.stdout, strings.Join(parts, c.say("，", ", ")))
	c.showDuties(card)
	c.showFootnotes(card, illustrative, hidden)
}

func (c *cli) showFootnotes(card *indicators.Scorecard, illustrative bool, hidden int) {
	if illustrative {
		c.line(c.stdout, c.say("* 示例目标，并非下达的目标", "* illustrative target; nobody issued it"))
	}
	c.showChanged(card)
	c.showClosed(card)
	for i := range card.Rows {
		if p := card.Rows[i].TargetProblem; p != "" {
			c.line(c.stdout, c.sayf("目标无法使用: %s（%s）", "target cannot be used: %s (%s)", card.Rows[i].Name.In(c.lang), string(p)))
		}
	}
	if hidden > 0 {
		c.line(c.stdout, c.say("另有 "+strconv.Itoa(hidden)+" 项既无目标也从未报过，用 --all 列出", strconv.Itoa(hidden)+" more have no target and were never reported; --all lists them"))
	}
}
