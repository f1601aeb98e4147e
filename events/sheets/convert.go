package sheets

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
)

// convert reads a cell as a value of a column.
func (d *draft) convert(c *Column, unit forms.Unit, from cell) forms.Converted {
	switch {
	case c.Path == pathTime:
		return d.table.day(from)
	case c.Path == pathOrg:
		return d.table.file.org(from)
	case c.Many && c.Field != nil:
		return d.table.list(c, unit, from)
	}
	return d.table.value(c, unit, from)
}

// list reads a cell with several values. Those of records keep the places that were left empty.
func (t *table) list(c *Column, unit forms.Unit, from cell) forms.Converted {
	var out forms.Converted
	values, notes := []any{}, []string{}
	for _, s := range splitList(from.text) {
		if blank(s) {
			if c.Group != (events.Text{}) {
				values = append(values, nil)
			}
			continue
		}
		one := from
		one.text = s
		v := t.value(c, unit, one)
		values = append(values, v.Value)
		if v.Note != "" {
			notes = append(notes, v.Note)
		}
		if out.OK() {
			out.Fault = v.Fault
		}
	}
	out.Value, out.Note = values, strings.Join(notes, ", ")
	return out
}

// value reads one value. What kind of cell it came from tells more than its text alone.
func (t *table) value(c *Column, unit forms.Unit, from cell) forms.Converted {
	switch c.Kind {
	case "string":
		return t.text(c, from)
	case "date":
		return t.date(c, from)
	case "boolean":
		return forms.Convert(c.Field, from.text)
	}
	switch from.kind {
	case dateCell, monthCell, boolCell:
		return forms.Converted{Value: from.text, Fault: events.Text{
			ZH: "这里要填数，但单元格是“" + from.text + "”（日期或逻辑值）；请改单元格格式后重填",
			EN: "a number is wanted here, but the cell is a date or a truth value, " + from.text + "; change its format and write it again",
		}}
	}
	return t.number(c, unit, from)
}

// text reads a text, which spreadsheets like to take for numbers and days.
func (t *table) text(c *Column, from cell) forms.Converted {
	s := norm.NFC.String(from.text)
	switch {
	case from.kind == numberCell && digitsBeforePoint(s) > maxDigits, shortened.MatchString(s):
		return forms.Converted{Value: s, Fault: events.Text{
			ZH: "“" + s + "”已被电子表格改坏：它只保留 15 位数字；请把这一列设为文本格式，再重新填写",
			EN: quote(s) + " was damaged by the spreadsheet, which keeps 15 digits; make the column text and write it again",
		}}
	case from.kind == dateCell, from.kind == monthCell:
		return c.dayAsText(s)
	case len(s) <= longTotal && !c.isRemark() && !c.isChoice() && totalRow.MatchString(forms.Fold(s)):
		return forms.Converted{Value: s, Fault: events.Text{
			ZH: "“" + s + "”看起来是合计行，合计行不导入；请删去这一行，若确是一件事请换个写法",
			EN: quote(s) + " looks like a row of totals, which are not imported; remove the row, or word it in another way if it is a fact",
		}}
	case from.kind == numberCell:
		v := digits(from)
		if s, _ = v.Value.(string); !v.OK() {
			return v
		}
	}
	if c.Field == nil {
		return forms.Converted{Value: s}
	}
	return forms.Convert(c.Field, s)
}

// longText is how many characters a text may have that says something; shorter ones are names and numbers.
const longText = 500

// dayAsText reads a day where a text is wanted. A spreadsheet makes days of what looks like one: of the number 3-8 the day
// 2018-03-08, and what was written is gone.
func (c *Column) dayAsText(s string) forms.Converted {
	if c.isRemark() {
		return forms.Converted{Value: s, Note: "= " + s}
	}
	return forms.Converted{Value: s, Fault: events.Text{
		ZH: "单元格是日期 " + s + "，这里要填文字；可能是电子表格把填的内容当成了日期，请把这一列设为文本格式，再重新填写",
		EN: "the cell is a date, " + s + ", and a text is wanted here; the spreadsheet may have made a date of what was written: make the column text and write it again",
	}}
}

// longTotal is how many bytes the words for a total may have.
const longTotal = 60

// maxDigits is how many digits of a number a spreadsheet keeps.
const maxDigits = 15

// shortened is a number as a spreadsheet shows it when it finds it too long: 9.14507E+17.
var shortened = regexp.MustCompile(`^[1-9](\.\d+)?[eE]\+\d{2,}$`)

func digitsBeforePoint(s string) int {
	whole, _, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	return len(whole)
}

// date reads the day of a field.
func (t *table) date(c *Column, from cell) forms.Converted {
	switch from.kind {
	case dateCell:
		return forms.Converted{Value: from.text}
	case monthCell:
		return forms.Convert(dateField, from.text) // says that it is a month
	case numberCell:
		if day, ok := forms.Serial(from.text, t.from1904); ok {
			return forms.Converted{Value: day, Note: from.text + " = " + day}
		}
	case textCell:
		if _, serial := forms.Serial(from.text, true); t.from1904 && serial {
			return forms.Converted{Value: from.text, Fault: events.Text{
				ZH: "“" + from.text + "”是文字，看不出是从 1900 年还是 1904 年数起的第几天；请写成 2018-03-05",
				EN: quote(from.text) + " is a text, and nobody can tell whether it counts days from 1900 or from 1904; write it as 2018-03-05",
			}}
		}
	}
	return forms.Convert(dateField, from.text)
}

var dateField = &forms.Field{Kind: "date"}

// day reads the day of an event, which may also be a time with its zone.
func (t *table) day(from cell) forms.Converted {
	if from.kind == textCell {
		if at, err := time.Parse(time.RFC3339, from.text); err == nil {
			v := forms.Converted{Value: from.text}
			if day := at.In(t.file.equal.zone).Format(time.DateOnly); day != from.text[:len(day)] {
				v.Note = from.text + " = " + day
			}
			return v
		}
	}
	return t.date(nil, from)
}

// org reads the unit, by its code or by its name in either language.
func (f *File) org(from cell) forms.Converted {
	folded := forms.Fold(from.text)
	var names []string
	for i := range f.options.Catalogue.Orgs {
		o := &f.options.Catalogue.Orgs[i]
		if from.text == o.Code {
			return forms.Converted{Value: o.Code}
		}
		for _, name := range [...]string{o.Name.ZH, o.Name.EN} {
			if name != "" && forms.Fold(name) == folded {
				return forms.Converted{Value: o.Code, Note: from.text + " = " + o.Code}
			}
		}
		names = append(names, o.Code, o.Name.ZH, o.Name.EN)
	}
	fault := events.Text{ZH: "没有“" + shorten(from.text) + "”这个单位；请填单位代码或名称", EN: quote(from.text) + " is no unit of the plan; write its code or its name"}
	if near := events.Suggest(from.text, names); near != "" {
		fault.ZH += "，是不是 " + near + "？"
		fault.EN += ", did you mean " + near + "?"
	}
	return forms.Converted{Value: from.text, Fault: fault}
}

// unknownType says that there is no such type of event.
func (f *File) unknownType(name string) events.Text {
	var names []string
	for i := range f.options.Catalogue.Types {
		t := &f.options.Catalogue.Types[i]
		names = append(names, t.Name, t.Title.ZH, t.Title.EN)
	}
	text := events.Text{ZH: "没有“" + shorten(name) + "”这类事件", EN: "there is no type of event " + quote(name)}
	if near := events.Suggest(name, names); near != "" {
		text.ZH += "，是不是 " + near + "？"
		text.EN += ", did you mean " + near + "?"
	}
	return text
}

// shorten keeps a text that is repeated in a message readable.
func shorten(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

func quote(s string) string { return strconv.Quote(shorten(s)) }
