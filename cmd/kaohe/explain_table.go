package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

// termWords name the steps of the arithmetic.
var termWords = map[string]events.Text{
	"value": {ZH: "数值", EN: "value"}, "base": {ZH: "起点", EN: "base"}, "target": {ZH: "目标", EN: "target"}, "expected": {ZH: "应完成", EN: "due"},
	"gap": {ZH: "差距", EN: "gap"}, "completion": {ZH: "完成率", EN: "completion"}, "pace_ratio": {ZH: "进度比", EN: "pace ratio"}, "status": {ZH: "状态", EN: "status"},
}

// roleWords name the parts that a figure is computed from.
var roleWords = map[indicators.Role]events.Text{
	indicators.RoleOf: {ZH: "分子", EN: "numerator"}, indicators.RolePer: {ZH: "分母", EN: "denominator"},
	indicators.RoleCovered: {ZH: "已覆盖", EN: "covered"}, indicators.RoleListed: {ZH: "名录", EN: "listed"},
	indicators.RoleNow: {ZH: "当日", EN: "on the day"}, indicators.RoleBefore: {ZH: "此前", EN: "before"},
}

// warnExplained says loudly what is wrong with an explanation and with what it rests on.
func (c *cli) warnExplained(w io.Writer, x *indicators.Explanation) {
	c.warnIncomplete(w, &indicators.Scorecard{Breaks: x.Breaks, LeftOut: x.LeftOut})
	if !x.Consistent {
		c.loud(w, c.say("注意: 计入的事件之和与数值不符，这个数不可用；请核对日志（kaohe serve 启动时会检查），并报告此问题",
			"WARNING: the events do not add up to the value, which cannot be relied on; check the log, and report this"))
	}
}

func (c *cli) explanationTable(x *indicators.Explanation) {
	d := &x.Indicator
	span := c.say("本季", "quarter")
	if x.Span == indicators.SpanYear {
		span = c.say("本年累计", "year to date")
	}
	title := c.sayf("%s（%s） %s（%s） %s %s 截至 %s", "%s (%s), %s (%s), %s, %s as of %s", d.Name.In(c.lang), d.ID, x.OrgName.In(c.lang), x.Org, x.Quarter, span, x.AsOf)
	c.line(c.stdout, title+c.knownAt(x.KnownAt))
	c.line(c.stdout, c.sayf("算法: %s", "definition: %s", d.Definition.In(c.lang)))
	direction := c.say("越多越好", "more is better")
	if d.Direction == indicators.Down {
		direction = c.say("越少越好", "less is better")
	}
	c.line(c.stdout, c.sayf("单位: %s；科室: %s；%s；序时进度: %s", "unit: %s; office: %s; %s; pace: %s", d.Units.In(c.lang), d.Office, direction, d.Pace.In(c.lang)))
	if x.Value == nil {
		c.line(c.stdout, c.say("这个时段在截至日期还没有开始", "the span has not begun on the as-of day"))
		return
	}
	c.arithmetic(x)
	c.parts(x.Value, len(x.Value.Parts) > 0)
	if x.Next != "" {
		c.line(c.stdout, c.sayf("后面还有: 接着看用 --after %s，全部列出用 --all", "there are more: --after %s goes on, --all lists all", x.Next))
	}
}

func (c *cli) arithmetic(x *indicators.Explanation) {
	g := grid{head: []string{"", c.say("算式", "numbers"), c.say("说明", "rule")}}
	for _, s := range x.Arithmetic {
		name, numbers := termWords[s.Term].In(c.lang), s.Numbers
		switch {
		case s.Term == "target" && x.Indicator.TargetIllustrative:
			name += "*"
		case s.Term == "status":
			numbers = statusWords[indicators.Status(numbers)].word.In(c.lang)
		}
		g.rows = append(g.rows, []string{name, numbers, s.Formula.In(c.lang)})
	}
	fmt.Fprintln(c.stdout)
	g.write(c.stdout, c.color, c.width())
	if x.Indicator.TargetIllustrative {
		c.line(c.stdout, c.say("* 示例目标，并非下达的目标", "* illustrative target; nobody issued it"))
	}
	if p := x.Indicator.TargetProblem; p != "" {
		c.line(c.stdout, c.sayf("目标无法使用: %s", "target cannot be used: %s", string(p)))
	}
}

// parts prints the events of each part, or of the figure itself if it has none; several have to be told apart by their names.
func (c *cli) parts(p *indicators.Part, named bool) {
	if len(p.Parts) > 0 {
		for _, part := range p.Parts {
			c.partFormula(part)
			c.parts(part, named)
		}
		return
	}
	fmt.Fprintln(c.stdout)
	if named {
		c.partTitle(p)
	}
	if len(p.Events) > 0 {
		g := c.evidence(p)
		g.write(c.stdout, c.color, c.width())
	}
	c.partSum(p)
}

// partFormula says how a part that is itself computed from parts comes about.
func (c *cli) partFormula(p *indicators.Part) {
	if p.Formula != "" {
		fmt.Fprintln(c.stdout)
		c.line(c.stdout, c.sayf("%s：%s（%s） %s", "%s: %s (%s) %s", roleWords[p.Role].In(c.lang), p.Name.In(c.lang), p.Indicator, p.Formula))
	}
}

func (c *cli) partTitle(p *indicators.Part) {
	days := c.sayf("%s 止", "up to %s", p.To)
	if p.From != "" {
		days = c.sayf("%s 至 %s", "%s to %s", p.From, p.To)
	}
	c.line(c.stdout, c.sayf("%s：%s（%s），%s", "%s: %s (%s), %s", roleWords[p.Role].In(c.lang), p.Name.In(c.lang), p.Indicator, days))
}

func (c *cli) partSum(p *indicators.Part) {
	line := c.sayf("合计 %s：计入 %d 条，未计 %d 条", "sum %s: %d counted, %d not", c.decimals(p.Sum), p.Counted, p.NotCounted)
	if p.Counted+p.NotCounted == 0 {
		line = c.sayf("合计 %s：没有有关的事件", "sum %s: no event has to do with it", c.decimals(p.Sum))
	}
	if len(p.Missing) > 0 {
		line += c.sayf("；缺数的单位: %s", "; units without a value: %s", strings.Join(p.Missing, c.say("、", ", ")))
	}
	c.line(c.stdout, line)
	if !p.Consistent {
		c.loud(c.stdout, c.sayf("注意: 应为 %s", "WARNING: it should be %s", c.decimals(p.Value)))
	}
}

func (c *cli) evidence(p *indicators.Part) grid {
	amount := c.say("计", "counts")
	if p.Money {
		amount = c.say("计（元）", "yuan")
	}
	g := grid{
		head: []string{c.say("位置", "position"), c.say("日期", "day"), amount, c.say("处理", "verdict"), c.say("内容", "what it says"),
			c.say("单位", "unit"), c.say("来源", "source"), c.say("编号", "id")},
		right: []bool{false, false, true},
		spare: []int{6, 7, 5, 4}, // source, id, unit, content: what counts, for how much and why stays
	}
	for i := range p.Events {
		r := &p.Events[i]
		g.rows = append(g.rows, []string{
			r.Position, r.Day, c.decimals(r.Contribution), c.verdict(p, r), r.TypeTitle.In(c.lang) + c.say("：", ": ") + r.Says.In(c.lang), r.Org, r.Source, r.ID,
		})
	}
	return g
}

// verdict says what became of an event, and what there is to know besides.
func (c *cli) verdict(p *indicators.Part, r *indicators.EvidenceRow) string {
	s := r.Rule.In(c.lang)
	if p.Role == indicators.RoleListed && r.Verdict == projections.Counted {
		if s += c.say("，未覆盖", ", NOT COVERED"); r.Covered() {
			s = c.sayf("计入，由 %s 覆盖", "counted, covered by %s", r.Things[0].CoveredBy)
		}
	}
	if len(r.CorrectedBy) > 0 && r.By != r.CorrectedBy[len(r.CorrectedBy)-1] {
		s += c.sayf("；经 %s 更正", "; corrected by %s", strings.Join(r.CorrectedBy, c.say("、", ", ")))
	}
	if r.Late != "" {
		s += c.sayf("；迟报，%s 锁定之后", "; late, after closing %s", r.Late)
	}
	return s
}
