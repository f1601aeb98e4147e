package projections

import (
	"strings"

	"github.com/kaohe/kaohe/events"
)

var kindNames = map[kind]events.Text{
	isNil:    {ZH: " nil", EN: "nil"},
	isBool:   {ZH: "真假值", EN: "a truth value"},
	isNumber: {ZH: "数字", EN: "a number"},
	isString: {ZH: "文本", EN: "a text"},
	isDate:   {ZH: "日期", EN: "a date"},
	isList:   {ZH: "列表", EN: "a list"},
	isObject: {ZH: "对象", EN: "an object"},
}

func (s shape) kindName() events.Text { return kindNames[s.kind] }

// want refuses an operand of another kind. A date will do as a text.
func (c *compiler) want(x operand, k kind) operand {
	if x.unknown || x.kind == k || k == isString && x.kind == isDate {
		return x
	}
	want, got := kindNames[k], x.kindName()
	return c.fault(x.at, "这里要"+want.ZH+",得到的是"+got.ZH, want.EN+" is wanted here, this is "+got.EN, events.Text{})
}

// comparable refuses what could never be equal, or has no order where one is asked for.
func (c *compiler) comparable(at int, a, b operand, ordered bool) {
	switch {
	case a.unknown || b.unknown:
	case a.kind == isNil || b.kind == isNil:
		c.comparableToNil(at, a, b, ordered)
	case a.kind == isDate && b.kind == isString:
		c.dateLiteral(b)
	case b.kind == isDate && a.kind == isString:
		c.dateLiteral(a)
	case a.kind != b.kind:
		x, y := a.kindName(), b.kindName()
		c.fault(at, x.ZH+"不能与"+y.ZH+"比较", x.EN+" cannot be compared with "+y.EN, quoteHint(a, b))
	case a.kind == isList || a.kind == isObject || ordered && (a.kind == isBool || a.isEnum() || b.isEnum()):
		x := a.kindName()
		if a.isEnum() || b.isEnum() {
			x = events.Text{ZH: "选项", EN: "one of a set of values"}
		}
		c.fault(at, x.ZH+"不能这样比较", x.EN+" cannot be compared like this", events.Text{})
	case a.kind == isString:
		c.enumLiteral(a, b)
		c.enumLiteral(b, a)
	}
}

func (c *compiler) comparableToNil(at int, a, b operand, ordered bool) {
	if a.kind == isNil {
		a = b
	}
	switch {
	case ordered:
		c.fault(at, "nil 没有大小", "nothing is more or less than nil", events.Text{ZH: "用 == nil 或 != nil", EN: "use == nil or != nil"})
	case a.kind != isNil && !a.optional:
		c.neverNil(a)
	}
}

func (c *compiler) neverNil(x operand) {
	c.fault(x.at, "这一项不会是 nil", "this is never nil", events.Text{
		ZH: "必填字段总有值,删去这个比较", EN: "a required field always has a value; leave this out"})
}

func (c *compiler) dateLiteral(x operand) {
	if x.constant == nil {
		c.fault(x.at, "日期不能与文本字段比较", "a date cannot be compared with a text", events.Text{})
		return
	}
	if _, err := events.ParseDay(x.constant.str); err != nil {
		c.fault(x.at, quote(x.constant.str)+" 不是日期", quote(x.constant.str)+" is not a date",
			events.Text{ZH: "写成 \"2018-02-28\" 这样", EN: "write it like \"2018-02-28\""})
	}
}

func (s shape) isEnum() bool { return s.kind == isString && s.field != nil && len(s.field.Enum) > 0 }

// enumLiteral refuses a literal that the field it is compared with never has.
func (c *compiler) enumLiteral(x, lit operand) {
	if !x.isEnum() || lit.constant == nil {
		return
	}
	for _, known := range x.field.Enum {
		if known == lit.constant.str {
			return
		}
	}
	all := x.field.Enum
	hint := events.Text{ZH: "可用的有:" + strings.Join(all, "、"), EN: "it is one of " + strings.Join(all, ", ")}
	if near := events.Suggest(lit.constant.str, all); near != "" {
		hint = didYouMean(quote(near))
	}
	got := quote(lit.constant.str)
	c.fault(lit.at, x.field.Name+" 没有 "+got+" 这个选项", x.field.Name+" is never "+got, hint)
}

func quote(s string) string { return `"` + s + `"` }

// quoteHint helps with the commonest slip, quotes around a number.
func quoteHint(a, b operand) events.Text {
	if a.kind == isNumber && b.kind == isString && b.constant != nil || b.kind == isNumber && a.kind == isString && a.constant != nil {
		return events.Text{ZH: "数字不加引号", EN: "a number has no quotes"}
	}
	return events.Text{}
}
