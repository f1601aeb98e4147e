package indicators

import (
	"slices"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// standing is an event type that every plan has: the fold reads it by its name, whatever the indicators are. Its schema may
// say more, but what is read must be there as it is read, or the intake would take events that no figure can take in.
type standing struct {
	name   string
	use    events.Text // what it is for
	fields []standingField
}

type standingField struct {
	name   string
	kind   catalogue.FieldKind
	needed bool // required, and never null
}

var standingTypes = []standing{
	{"TargetSet", events.Text{ZH: "年度目标用这种事件下达", EN: "targets are set by such events"}, []standingField{
		{"indicator", catalogue.String, true}, {"year", catalogue.Integer, true}, {"value", catalogue.Decimal, true}, {"basis", catalogue.String, true},
		{"quarterly_plan", catalogue.Array, false}, {"effective_from", catalogue.Date, false}, {"due", catalogue.Date, false},
		{"weight", catalogue.Decimal, false}, {"illustrative", catalogue.Boolean, false}, {"reason", catalogue.String, false}, {"document", catalogue.String, false},
	}},
	{"NilReported", events.Text{ZH: "零报告用这种事件,与未报相区别", EN: "such events say that there was nothing, which is not the same as silence"}, []standingField{
		{"indicator", catalogue.String, false}, {"event_type", catalogue.String, false}, {"quarter", catalogue.String, true},
	}},
}

// closing is the event type that closes a quarter. A plan may do without; where it has it, this much must be in it, and what
// the writer of the log fills in may not be asked of the sender.
var (
	closing = standing{"PeriodClosed", events.Text{ZH: "季度锁定用这种事件", EN: "quarters are closed by such events"}, []standingField{
		{"quarter", catalogue.String, true}, {"reason", catalogue.String, true}, {"cutoff", catalogue.Date, false},
	}}
	filledIn = []string{"as_of", "scorecard", "position", "plan"}
)

// isStanding reports whether the fold reads events of the type itself, so that no indicator may count them: they would
// never come to it.
func isStanding(name string) bool {
	return slices.ContainsFunc(standingTypes, func(s standing) bool { return s.name == name })
}

// checkStanding makes sure that the plan has the types that every fold reads, in a form that can be read.
func (l *loader) checkStanding() {
	if l.blind {
		return
	}
	for _, s := range standingTypes {
		if l.broken[s.name] {
			continue
		}
		file := catalogue.Folder + "/" + s.name + ".v1.json"
		t, ok := l.types.Type(s.name)
		if !ok {
			l.mistakes = append(l.mistakes, events.Mistake{File: file,
				Text: events.Text{ZH: "缺少事件类型 " + s.name + ":" + s.use.ZH, EN: "the event type " + s.name + " is missing: " + s.use.EN},
				Hint: events.Text{ZH: "`kaohe init 目录` 写出的默认方案中有这个文件", EN: "the plan that `kaohe init DIR` writes out has this file"}})
			continue
		}
		for _, f := range s.fields {
			l.checkStandingField(catalogue.Folder+"/"+t.Schema()+".json", t, f)
		}
	}
	l.checkClosing()
}

// checkClosing makes sure that quarters can be closed, if the plan knows of closing at all.
func (l *loader) checkClosing() {
	t, ok := l.types.Type(closing.name)
	if !ok || l.broken[closing.name] {
		return
	}
	file := catalogue.Folder + "/" + t.Schema() + ".json"
	for _, f := range closing.fields {
		l.checkStandingField(file, t, f)
	}
	for _, name := range filledIn {
		if f, ok := t.Field(name); ok && f.Required {
			l.mistakes = append(l.mistakes, events.Mistake{File: file,
				Text: events.Text{ZH: closing.name + " 的字段 " + name + " 由系统填写,不能是必填", EN: "the field " + name + " of " + closing.name + " is filled in when the event is recorded and cannot be required"},
				Hint: events.Text{ZH: "`kaohe init 目录` 写出的默认方案中有现行的写法", EN: "the plan that `kaohe init DIR` writes out has it as it is now"}})
		}
	}
}

func (l *loader) checkStandingField(file string, t *catalogue.Type, want standingField) {
	f, ok := t.Field(want.name)
	if !ok && !want.needed || ok && f.Kind == want.kind && (!want.needed || f.Required && !f.Nullable) && readable(f) {
		return
	}
	zh, en := kindsZH[want.kind], want.kind.String()
	if want.needed {
		zh, en = "必填且不为空的"+zh, en+", required and never null"
	}
	l.mistakes = append(l.mistakes, events.Mistake{File: file, Text: events.Text{
		ZH: t.Name + " 的字段 " + want.name + " 应为" + zh, EN: "the field " + want.name + " of " + t.Name + " must be of the kind " + en}})
}

// readable reports whether a list is one of decimals; the standing types have no others.
func readable(f *catalogue.Field) bool {
	return f.Kind != catalogue.Array || f.Items.Kind == catalogue.Decimal && !f.Items.Nullable
}

var kindsZH = map[catalogue.FieldKind]string{
	catalogue.String: "文本", catalogue.Integer: "整数", catalogue.Decimal: "小数", catalogue.Date: "日期",
	catalogue.Boolean: "真假值", catalogue.Array: "小数的列表",
}
