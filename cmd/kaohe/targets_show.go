package main

import (
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
)

// basisWords say what a target's number means.
var basisWords = map[string]events.Text{
	indicators.BasisFlow:   {ZH: "全年完成", EN: "in the year"},
	indicators.BasisStock:  {ZH: "总量达到", EN: "level"},
	indicators.BasisNet:    {ZH: "净增", EN: "net increase"},
	indicators.BasisGrowth: {ZH: "增长", EN: "growth"},
}

func (c *cli) targetsTable(h *api.Targets) {
	title := c.sayf("%s（%s） %d 年目标，标“有效”的为 %s 所用", "%s (%s) targets for %d, in force as of %s", h.OrgName.In(c.lang), h.Org, h.Year, h.AsOf)
	c.line(c.stdout, title+c.knownAt(h.KnownAt))
	if len(h.Targets) == 0 {
		c.line(c.stdout, c.say("没有下达过目标；用 kaohe emit TargetSet 下达", "no target was set; kaohe emit TargetSet sets one"))
		return
	}
	g := grid{
		head: []string{c.say("指标", "indicator"), c.say("单位", "unit"), c.say("原定", "before"), c.say("目标", "target"), c.say("口径", "basis"), c.say("季度累计计划", "quarterly plan"),
			c.say("有效", "in force"), c.say("下达", "set"), c.say("起算", "from"), c.say("下达人", "by"), c.say("位置", "position"), c.say("依据", "why")},
		right: []bool{false, false, true, true},
		spare: []int{10, 5, 1, 8, 9}, // position, plan, unit, from, by: what changed, when and why stays
	}
	illustrative := false
	for i := range h.Targets {
		t := &h.Targets[i]
		g.rows = append(g.rows, c.targetRow(h, t))
		illustrative = illustrative || t.Illustrative
	}
	g.write(c.stdout, c.color, c.width())
	if illustrative {
		c.line(c.stdout, c.say("* 示例目标，并非下达的目标", "* illustrative target; nobody issued it"))
	}
}

func (c *cli) targetRow(h *api.Targets, t *api.Target) []string {
	before, now := "", c.worded(t, t.Wording)
	if t.Before != nil {
		before = c.worded(t, *t.Before)
	}
	if t.Illustrative {
		now += "*"
	}
	name := t.Name.In(c.lang)
	if t.Org != h.Org {
		name = t.OrgName.In(c.lang) + c.say("：", ": ") + name
	}
	force := ""
	if t.InForce {
		force = c.say("有效", "yes")
	}
	return []string{
		name, t.Units.In(c.lang), before, now, basisWords[t.Basis].In(c.lang), c.quarterlyPlan(t), force, t.Set, t.From, t.By, t.Position, c.grounds(t),
	}
}

// worded writes a target's number as it was set, whatever the decimals of its indicator.
func (c *cli) worded(t *api.Target, w api.Wording) string {
	switch {
	case w.Basis == indicators.BasisGrowth:
		return c.decimals(w.Value) + "%"
	case t.Money:
		return w.Value.MoneyText(c.lang)
	}
	return c.decimals(w.Value)
}

func (c *cli) decimals(n indicators.Number) string {
	_, frac, _ := strings.Cut(n.String(), ".")
	return n.Text(len(frac), c.lang)
}

func (c *cli) quarterlyPlan(t *api.Target) string {
	parts := make([]string, len(t.QuarterlyPlan))
	for i, n := range t.QuarterlyPlan {
		parts[i] = c.decimals(n)
		if t.Money {
			parts[i] = n.MoneyText(c.lang)
		}
	}
	return strings.Join(parts, " / ")
}

// grounds are the document and the reason, either of which may be missing, and how the target was corrected since.
func (c *cli) grounds(t *api.Target) string {
	var parts []string
	for _, s := range []string{t.Document, t.Reason} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	for _, k := range t.Corrections {
		parts = append(parts, c.sayf("%s 由 %s 更正（%s，原为 %s）：%s", "corrected %s by %s (%s, was %s): %s", k.Day, k.By, k.Position, c.worded(t, k.Wording), k.Reason))
	}
	return strings.Join(parts, c.say("；", "; "))
}

// corrections are those of a target in one cell of a CSV: position, day, who, the value before, why.
func corrections(t *api.Target) string {
	var parts []string
	for _, k := range t.Corrections {
		parts = append(parts, strings.Join([]string{k.Position, k.Day, k.By, k.Value.String(), k.Reason}, " "))
	}
	return strings.Join(parts, "; ")
}

// targetsHead are the columns of the CSV, the same in both languages; new ones are added at the end.
var targetsHead = []string{
	"org", "org_name_zh", "org_name_en", "year", "indicator", "name_zh", "name_en", "unit_zh", "unit_en", "position", "set", "effective_from", "in_force",
	"value", "basis", "quarterly_plan", "before_position", "before_value", "before_basis", "due", "illustrative", "by", "source", "id", "document", "reason",
	"corrections",
}

func (c *cli) targetsCSV(h *api.Targets, bom bool) error {
	return c.writeCSV(bom, targetsHead, func(row func(cells ...any)) {
		for i := range h.Targets {
			row(targetCells(h.Year, &h.Targets[i])...)
		}
	})
}

func targetCells(year int, t *api.Target) []any {
	before := api.Wording{}
	if t.Before != nil {
		before = *t.Before
	}
	return []any{
		t.Org, t.OrgName.ZH, t.OrgName.EN, year, t.Indicator, t.Name.ZH, t.Name.EN, t.Units.ZH, t.Units.EN, t.Position, t.Set, t.From, t.InForce,
		t.Value, t.Basis, t.QuarterlyPlan, before.Position, before.Value, before.Basis, t.Due, t.Illustrative, t.By, t.Source, t.ID, t.Document, t.Reason,
		corrections(t),
	}
}
