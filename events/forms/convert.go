package forms

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// Converted is a value as it goes into an event, with a note if it is not what the user typed.
type Converted struct {
	Value any         // string, json.Number, bool, nil or []any of these
	Note  string      // 13万元 = 130 000.00 元; the same in both languages
	Fault events.Text // why the text cannot be read as such a value, and what to write; the Value is the text then
}

// OK reports whether the text could be read.
func (c *Converted) OK() bool { return c.Fault == events.Text{} }

// Convert turns what was typed into a value of the field's kind. It only translates ways of writing; what it does not
// understand goes out as text, and the server refuses it with the reason.
func Convert(f *Field, s string) Converted { return ConvertIn(f, s, Unit{}) }

// ConvertIn is Convert for a cell of a column whose numbers stand in a unit. A unit in the cell itself wins.
func ConvertIn(f *Field, s string, unit Unit) Converted {
	if f == nil {
		return Converted{Value: s}
	}
	if f.Nullable && slices.Contains(unknown, strings.ToLower(strings.TrimSpace(s))) {
		return Converted{Note: noteOther(s, "null")}
	}
	switch f.Kind {
	case "integer", "money", "decimal":
		return convertNumber(f, s, unit)
	case "boolean":
		if b, ok := parseBool(s); ok {
			return Converted{Value: b}
		}
		return Converted{Value: s, Fault: quoted(s, "看不出是或否；请写“是”或“否”", "is neither yes nor no; write yes or no")}
	case "date":
		return convertDate(s)
	case "array":
		return convertList(f.Items, s)
	case "string":
		return convertText(f, s)
	}
	return Converted{Value: s}
}

// unknown are the ways to say that a number is not known, where that may be said.
var unknown = []string{"", "null", "不详", "未知", "不明", "unknown"}

func convertNumber(f *Field, s string, unit Unit) Converted {
	n, ok := parseNumber(s, unit)
	if !ok || f.Kind != "decimal" && n.percent || f.Kind == "integer" && n.yuan || f.Kind == "money" && n.counted {
		return Converted{Value: s, Fault: wrongNumber(f, s)}
	}
	typed := strings.TrimSpace(s)
	if unit.Zeros > 0 && !n.own() {
		typed += unit.after()
	}
	switch f.Kind {
	case "money":
		plain := canonicalMoney(n.plain)
		return Converted{Value: plain, Note: noteMoney(typed, plain)}
	case "decimal":
		plain := canonicalDecimal(n.plain)
		return Converted{Value: plain, Note: noteOther(typed, plain)}
	}
	plain := trimZeros(n.plain)
	return Converted{Value: json.Number(plain), Note: noteOther(typed, plain)}
}

func wrongNumber(f *Field, s string) events.Text {
	switch f.Kind {
	case "money":
		return quoted(s, "不是金额；请写成 1800万元 或 18000000.00", "is no amount; write it as 1800万元 or 18000000.00")
	case "integer":
		return quoted(s, "不是整数；请只写数字，如 246", "is no whole number; write digits only, such as 246")
	}
	return quoted(s, "不是数；请只写数字，如 0.35", "is no number; write digits only, such as 0.35")
}

// quoted makes a fault of what was typed and what is wrong with it.
func quoted(s, zh, en string) events.Text {
	return events.Text{ZH: "“" + shorten(s) + "”" + zh, EN: strconv.Quote(shorten(s)) + " " + en}
}

func convertDate(s string) Converted {
	d, fault := readDate(s)
	if fault != (events.Text{}) {
		if serial, ok := Serial(halfWidth(s), false); ok {
			return Converted{Value: serial, Note: noteOther(s, serial)}
		}
		return Converted{Value: s, Fault: fault}
	}
	return Converted{Value: d, Note: noteOther(strings.TrimSpace(s), d)}
}

// codeLength is how many characters the numbers and codes may have that things are known by. Names and texts may have more.
const codeLength = 64

func convertText(f *Field, s string) Converted {
	if len(f.Enum) == 0 && f.MaxLength > 0 && f.MaxLength <= codeLength {
		code := narrow(s)
		return Converted{Value: code, Note: noteOther(s, code)}
	}
	if len(f.Enum) == 0 || s == "" {
		return Converted{Value: s}
	}
	if v, ok := choose(f, s); ok {
		return Converted{Value: v}
	}
	return Converted{Value: s, Fault: noChoice(f, s)}
}

// narrow turns full-width letters and digits, and what joins them, into their ASCII twins: Ｅ－１７ and E-17 are one code,
// and nobody sees the difference. Brackets stay: 桂科（2018）1号 is written so.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' || r >= 'Ａ' && r <= 'Ｚ' || r >= 'ａ' && r <= 'ｚ' || strings.ContainsRune("－．／＿", r) {
			return r - 0xfee0
		}
		return r
	}, s)
}

// convertList splits a list at commas; what holds a comma itself is given item by item, as field.0=...
func convertList(items *Field, s string) Converted {
	return ConvertItems(items, strings.Split(strings.ReplaceAll(s, "，", ","), ","), Unit{})
}

// ConvertItems converts the items of a list. Blank ones are left out.
func ConvertItems(items *Field, list []string, unit Unit) Converted {
	c := Converted{}
	values := []any{}
	var notes []string
	for _, s := range list {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		item := ConvertIn(items, s, unit)
		values = append(values, item.Value)
		if item.Note != "" {
			notes = append(notes, item.Note)
		}
		if c.OK() {
			c.Fault = item.Fault
		}
	}
	c.Value, c.Note = values, strings.Join(notes, ", ")
	return c
}
