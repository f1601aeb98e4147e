package sheets

import (
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
)

// How much is said of types that may be meant.
const (
	shownTypes  = 4
	shownDoubts = 3
)

// notClear begins what is said of a sheet whose type is not known.
var notClear = events.Text{ZH: "看不出记录的是哪一类事件：", EN: "which type of event this records is not clear: "}

// noTitles says that a sheet has no titles of any type.
func (t *table) noTitles() *events.Text {
	text := sentence(notClear, events.Text{
		ZH: "前 30 行里没有一行有两个方案认得的列名；kaohe template 可写出列名正确的表格，列名与方案不同的见 kaohe help mapping",
		EN: "no line of the first 30 names two columns that the plan knows; kaohe template writes sheets with the right titles, and where titles are others see kaohe help mapping",
	})
	if t.sheet != "" {
		text = sentence(text, events.Text{ZH: "；不是数据的工作表请隐藏，或用 --sheet 只读要导入的那张", EN: "; if it holds no facts hide the sheet, or read another one alone by --sheet"})
	}
	return &text
}

// unclear says which types may be meant, and what to do.
func (t *table) unclear(best *candidate, list []candidate) *events.Text {
	like := []*forms.Type{best.typ}
	for i := range list[1:] {
		if c := &list[i+1]; c.bound == best.bound && c.lacking == best.lacking {
			like = append(like, c.typ)
		}
	}
	rivals := t.rivals(best, list)
	var text events.Text
	switch {
	case len(rivals) > 0 && t.file.options.Mapping.covers(best.matcher, &best.header):
		s := named(append([]*forms.Type{best.typ}, rivals...))
		text = sentence(events.Text{ZH: "这些列可能是 " + s.ZH + "的", EN: "its columns may be those of " + s.EN}, t.wayOut(nil))
	case len(like) > 1:
		s := named(like)
		text = sentence(events.Text{ZH: "列名像 " + s.ZH, EN: "its columns look like " + s.EN}, t.wayOut(nil))
	default:
		text = best.doubts()
		if best.lacking > 0 {
			text = sentence(text, events.Text{ZH: "；请补上缺少的列", EN: "; add what is missing"})
		}
		if best.lacking == 0 || len(best.wrong) > best.lacking {
			text = sentence(text, t.wayOut(best.typ))
		}
	}
	text = sentence(notClear, text, events.Text{ZH: "；列名与方案不同的见 kaohe help mapping", EN: "; where titles are not those of the plan see kaohe help mapping"})
	return &text
}

// sentence puts texts together.
func sentence(parts ...events.Text) (text events.Text) {
	for _, p := range parts {
		text.ZH += p.ZH
		text.EN += p.EN
	}
	return text
}

// doubts says what the columns look like, and what speaks against it.
func (c *candidate) doubts() events.Text {
	name := named([]*forms.Type{c.typ})
	if len(c.wrong) == 0 { // a type that is never recognised
		return events.Text{ZH: "这些列是 " + name.ZH + "的，但这类事件收不回，要写明", EN: "its columns are those of " + name.EN + ", but such events cannot be taken back and must be named"}
	}
	var zh, en []string
	for i, w := range c.wrong {
		if i == shownDoubts {
			zh, en = append(zh, "等等"), append(en, "and so on")
			break
		}
		zh, en = append(zh, w.ZH), append(en, w.EN)
	}
	return events.Text{ZH: "列名像 " + name.ZH + "，但" + strings.Join(zh, "，"), EN: "its columns look like " + name.EN + ", but " + strings.Join(en, ", ")}
}

// stranger says that a title is none of the type's.
func (c *candidate) stranger(h *heading) events.Text {
	if field, _, _ := h.match(c.matcher); field != noColumn {
		return events.Text{ZH: "“" + shorten(h.text) + "”与别的列重复", EN: quote(h.text) + " says the same as another column"}
	}
	text := events.Text{ZH: "“" + shorten(h.text) + "”不是它的列", EN: quote(h.text) + " is none of its columns"}
	if near := c.near(&h.ways[0]); near != "" {
		text.ZH += "（是不是“" + near + "”？）"
		text.EN += " (did you mean " + quote(near) + "?)"
	}
	return text
}

// calledOtherwise says that a column has another title in the plan.
func calledOtherwise(h *heading, c *Column) events.Text {
	return events.Text{
		ZH: "“" + shorten(h.text) + "”在方案里叫“" + c.Title.ZH + "”",
		EN: quote(h.text) + " is called " + quote(c.Title.EN) + " by the plan",
	}
}

// named lists types by their names and titles.
func named(types []*forms.Type) (text events.Text) {
	for i, typ := range types {
		sep := events.Text{ZH: "、", EN: ", "}
		switch {
		case i == 0:
			sep = events.Text{}
		case i == shownTypes:
			return events.Text{ZH: text.ZH + "等", EN: text.EN + " or another"}
		case i == len(types)-1:
			sep = events.Text{ZH: "或 ", EN: " or "}
		}
		text.ZH += sep.ZH + typ.Name + "（" + typ.Title.ZH + "）"
		text.EN += sep.EN + typ.Name + " (" + typ.Title.EN + ")"
	}
	return text
}

// wayOut says how to say the type: typ if that is meant, else whichever it is. All sheets of a workbook would have the type
// of the command line, so that goes with one sheet.
func (t *table) wayOut(typ *forms.Type) events.Text {
	text := events.Text{ZH: "；请写明是哪一类：", EN: "; say which: "}
	name := events.Text{ZH: "类型", EN: "TYPE"}
	if typ != nil {
		text = events.Text{ZH: "；确是这一类，就写明：", EN: "; if that is what it records, say so: "}
		name = events.Text{ZH: typ.Name, EN: typ.Name}
	}
	switch {
	case t.sheet != "":
		text.ZH += "把工作表改名为 " + name.ZH + "，或用 --type " + name.ZH + " --sheet " + quote(t.sheet)
		text.EN += "name the sheet " + name.EN + ", or give --type " + name.EN + " --sheet " + quote(t.sheet)
	case t.file.name != "":
		text.ZH += "用 --type " + name.ZH + "，或把文件改名为 " + name.ZH + ".csv"
		text.EN += "give --type " + name.EN + ", or name the file " + name.EN + ".csv"
	default:
		text.ZH += "用 --type " + name.ZH
		text.EN += "give --type " + name.EN
	}
	return text
}
