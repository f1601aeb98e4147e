package indicators

import (
	"fmt"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections"
)

// planWords says in words what a plan defines.
type planWords struct {
	plan     *Plan
	measures map[string]*projections.Measure
}

func newPlanWords(p *Plan) *planWords {
	w := &planWords{plan: p, measures: make(map[string]*projections.Measure, len(p.Measures))}
	for i := range p.Measures {
		w.measures[p.Measures[i].Name] = &p.Measures[i]
	}
	return w
}

// definition says how an indicator arises.
func (w *planWords) definition(d *Definition) events.Text {
	switch d.Kind {
	case Net:
		return both("%s在当日的数减去时段开始前一天的数", "%s on the day, less what it was before the span began", w.part(d.Of))
	case Ratio:
		return w.quotient(d, "%s ÷ %s × %s", "%s / %s × %s")
	case Coverage:
		return w.quotient(d, "%s中当日也在%s中的份额 × %s", "the share of %s that is also among %s on the day, × %s")
	case Stock:
		return w.stock(d)
	}
	inputs := w.measures[d.Measure].Inputs
	feeds := w.feeds(d, inputs, projections.Adds)
	switch d.Kind {
	case Sum:
		return join(w.field(inputs, inputs[0].Amount), both("之和：%s", " added up, of %s", feeds))
	case Distinct:
		return join(both("不同的%s有多少，同一对象在一个时段内只计一次：%s", "how many different %s, each once within a span: %s", w.field(inputs, inputs[0].Thing), feeds))
	case Latest:
		text := both("最近一次登记的%s：%s", "the last %s that was set: %s", w.field(inputs, inputs[0].Amount), feeds)
		if d.RollUp {
			text = join(text, events.Text{ZH: "；上级为下级之和", EN: "; a unit above has the sum of those below"})
		}
		return text
	case Milestone:
		stages := strings.Join(d.Stages, " < ")
		return both("到达的最远阶段的序号（%s）：%s", "the place of the furthest stage reached (%s): %s", same(stages), feeds)
	}
	return both("次数，按 data.count 相加，没有的每条计 1：%s", "how often: data.count added up, 1 each without it, of %s", feeds)
}

func (w *planWords) quotient(d *Definition, zh, en string) events.Text {
	return both(zh, en, w.part(d.Of), w.part(d.Per), same(fmt.Sprint(d.Scale)))
}

// stock says what is in force, from when, until when.
func (w *planWords) stock(d *Definition) events.Text {
	inputs := w.measures[d.Measure].Inputs
	open := inputs[0]
	text := both("当日有效的%s有多少。开始：%s", "how many %s are in force on the day. Opened by %s", w.field(inputs[:1], open.Thing), w.feeds(d, inputs, projections.Opens))
	if closed := w.feeds(d, inputs, projections.Closes); closed.ZH != "" {
		text = join(text, both("。终止：%s", ". Closed by %s", closed))
	}
	text = join(text, both("。按 %s 配对", ". Paired by %s", same("data."+strings.Join(open.Pair, ", data."))), w.term(&open))
	if minus := w.measures[d.Minus]; minus != nil {
		months := same(fmt.Sprint(minus.Inputs[0].Early))
		text = join(text, both("。只数此后 %s 个月内将不再有效的", ". Only those that will no longer be in force %s months later", months))
	}
	return text
}

// term says how long an interval holds.
func (w *planWords) term(in *projections.Input) events.Text {
	var parts []events.Text
	if in.Until != "" {
		parts = append(parts, both("到 %s 为止", "until %s", same("data."+in.Until)))
	}
	if in.Ends != "" {
		parts = append(parts, both("到 %s 的前一天为止", "until the day before %s", same("data."+in.Ends)))
	}
	if in.Valid > 0 {
		from := events.Text{ZH: "开始之日", EN: "the opening"}
		if in.ValidFrom != "" {
			from = events.Text{ZH: "data." + in.ValidFrom + "（没有则开始之日）", EN: "data." + in.ValidFrom + ", or else the opening"}
		}
		parts = append(parts, both("自%s起 %s 个月", "for %[2]s months from %[1]s", from, same(fmt.Sprint(in.Valid))))
	}
	if len(parts) == 0 {
		return events.Text{ZH: "。没有期限", EN: ". Without a term"}
	}
	return join(events.Text{ZH: "。期限：", EN: ". Holds "}, list(parts, events.Text{ZH: "，否则", EN: ", or else "}))
}

// feeds lists the event types of a role with the filters that their events must pass.
func (w *planWords) feeds(d *Definition, inputs []projections.Input, role projections.Role) events.Text {
	var parts []events.Text
	for _, in := range inputs {
		if in.Role != role {
			continue
		}
		name := same(in.Type)
		if t, ok := w.plan.Catalogue.Type(in.Type); ok {
			name = events.Text{ZH: t.Title.In(events.Chinese) + "（" + in.Type + "）", EN: t.Title.In(events.English) + " (" + in.Type + ")"}
		}
		if in.Where != nil {
			name = join(name, both("，条件 %s", " where %s", same(in.Where.String())))
		}
		parts = append(parts, name)
	}
	return list(parts, events.Text{ZH: "、", EN: "; "})
}

// field names a field of data with its title.
func (w *planWords) field(inputs []projections.Input, name string) events.Text {
	t, ok := w.plan.Catalogue.Type(inputs[0].Type)
	if !ok {
		return same("data." + name)
	}
	f, ok := t.Field(name)
	if !ok {
		return same("data." + name)
	}
	return events.Text{ZH: f.Title.In(events.Chinese) + "（data." + name + "）", EN: "data." + name + " (" + f.Title.In(events.English) + ")"}
}

func (w *planWords) part(id string) events.Text {
	d, ok := w.plan.Indicator(id)
	if !ok {
		return same(id)
	}
	return events.Text{ZH: d.Name.In(events.Chinese) + "（" + id + "）", EN: d.Name.In(events.English) + " (" + id + ")"}
}

// paces say which share of the year's target is due on a day.
var paces = map[PaceKind]events.Text{
	Monthly: {ZH: "按月：已过完的月数 ÷ 12", EN: "monthly: months complete / 12"},
	Daily:   {ZH: "按日：已过天数 ÷ 全年天数", EN: "daily: days gone / days of the year"},
	Hold:    {ZH: "全年每天都应达到", EN: "the whole target on every day"},
	Annual:  {ZH: "年底一次", EN: "all at the year's end"},
	AtDue:   {ZH: "到目标写明的期限为止", EN: "all on the day that the target names"},
	NoPace:  {ZH: "不设进度", EN: "none"},
}

func (w *planWords) pace(p Pace) events.Text {
	if p.Kind != Stepped {
		return paces[p.Kind]
	}
	shares := make([]string, len(p.Shares))
	for i, s := range p.Shares {
		shares[i] = s.String()
	}
	text := both("四个季度末累计 %s", "cumulative shares at the quarters' ends: %s", same(strings.Join(shares, " / ")))
	if p.Jump {
		return join(text, events.Text{ZH: "，季度末一次到位", EN: ", in steps"})
	}
	return join(text, events.Text{ZH: "，其间按日", EN: ", by day between them"})
}

// both puts parts into a sentence of each language.
func both(zh, en string, parts ...events.Text) events.Text {
	inZH, inEN := make([]any, len(parts)), make([]any, len(parts))
	for i, p := range parts {
		inZH[i], inEN[i] = p.ZH, p.EN
	}
	return events.Text{ZH: fmt.Sprintf(zh, inZH...), EN: fmt.Sprintf(en, inEN...)}
}

// same is what reads alike in both languages.
func same(s string) events.Text { return events.Text{ZH: s, EN: s} }

func join(parts ...events.Text) (all events.Text) {
	return list(parts, events.Text{})
}

func list(parts []events.Text, between events.Text) (all events.Text) {
	for i, p := range parts {
		if i > 0 {
			all.ZH, all.EN = all.ZH+between.ZH, all.EN+between.EN
		}
		all.ZH, all.EN = all.ZH+p.ZH, all.EN+p.EN
	}
	return all
}
