package sheets

import (
	"strings"
	"unicode"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
)

// numberFormat is how a format of cells shows a number. People go by what they see: 0.00"万元" shows 13 as 13.00万元, 0!.0,
// shows 130000 as 13.0 and 000000 shows 12 as 000012.
type numberFormat struct {
	cellFormat
	shift int        // places that the point is moved to the left
	zeros int        // digits that are shown at least, where nothing but digits is
	unit  forms.Unit // that stands behind
	words bool       // something stands beside the digits that is no unit: E-0012
	scale bool       // and it speaks of 万, so that nobody knows how much it is
}

// plain reports whether a number is shown as it is.
func (f *numberFormat) plain() bool {
	return f == nil || f.shift == 0 && f.zeros < 2 && f.unit == (forms.Unit{}) && !f.words
}

// formatScan takes a format apart.
type formatScan struct {
	before, behind        strings.Builder // what is shown as it stands, before the digits and since the last of them
	digits, zeros, commas int
	cut                   int  // commas right before the decimal point
	places                int  // digits behind a point that is shown and means nothing, as in 0!.0
	point, split, torn    bool // there is a decimal point; one that means nothing; something else between digits
}

// maxFormat is the longest format, in bytes, that is taken apart: more than any program writes.
const maxFormat = 1 << 10

// readFormat reads the first section of a format, which is for positive numbers.
func readFormat(code string) numberFormat {
	f := numberFormat{cellFormat: formatOf(code)}
	if f.cellFormat != plainFormat || len(code) > maxFormat {
		return f
	}
	var s formatScan
	for rest := []rune(code); len(rest) > 0 && rest[0] != ';'; {
		rest = rest[s.step(rest):]
	}
	f.shift = 3*(s.commas+s.cut) + s.places
	if s.zeros == s.digits && !s.point && !s.split {
		f.zeros = s.zeros
	}
	behind := strings.TrimSpace(s.behind.String())
	var ok bool
	if f.unit, ok = forms.ParseUnit(behind); !ok {
		f.unit = forms.Unit{}
		f.words = strings.ContainsFunc(behind, speaks)
	}
	f.words = f.words || s.torn || strings.ContainsFunc(strings.NewReplacer("RMB", "", "CNY", "", "人民币", "").Replace(s.before.String()), speaks)
	f.scale = f.words && strings.ContainsAny(behind, "百千万亿")
	return f
}

func speaks(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// step takes in what comes next, and returns how many characters that are.
func (s *formatScan) step(rest []rune) int {
	quoted := func(end rune) (string, int) {
		for i, r := range rest[1:] {
			if r == end {
				return string(rest[1 : i+1]), i + 2
			}
		}
		return string(rest[1:]), len(rest)
	}
	for _, general := range [...]string{"general", "g/通用格式"} {
		if n := len([]rune(general)); len(rest) >= n && strings.EqualFold(string(rest[:n]), general) {
			s.digit('#')
			return n
		}
	}
	switch r := rest[0]; r {
	case '"':
		text, n := quoted('"')
		s.literal(text)
		return n
	case '\\', '!':
		s.literal(string(rest[1:min(2, len(rest))]))
		return min(2, len(rest))
	case '_', '*':
		return min(2, len(rest))
	case '[':
		text, n := quoted(']')
		if currency, ok := strings.CutPrefix(text, "$"); ok { // [$¥-804]
			currency, _, _ = strings.Cut(currency, "-")
			s.literal(currency)
		}
		return n
	case '0', '#', '?':
		s.digit(r)
	case ',':
		s.commas++
	case '.':
		s.point, s.cut, s.commas = true, s.cut+s.commas, 0
	case 'E', 'e': // an exponent, which changes what is seen of a number and not what it is
		if len(rest) > 1 && (rest[1] == '+' || rest[1] == '-') {
			return 2
		}
	default:
		s.literal(string(r))
	}
	return 1
}

// digit takes in a place for a digit. A comma before it stood between thousands.
func (s *formatScan) digit(r rune) {
	between := s.behind.String()
	s.behind.Reset()
	switch {
	case s.digits == 0 || !s.split && strings.Trim(between, " ") == "":
	case between == "." && !s.point && !s.split:
		s.split = true
	case between != "":
		s.torn = s.torn || strings.ContainsFunc(between, func(r rune) bool { return r != ' ' && r != '/' })
	}
	if s.split {
		s.places++
	}
	if s.digits++; r == '0' {
		s.zeros++
	}
	s.commas = 0
}

func (s *formatScan) literal(text string) {
	if s.digits == 0 {
		s.before.WriteString(text)
	} else {
		s.behind.WriteString(text)
	}
}

// number reads a number of a workbook as it is shown.
func (t *table) number(c *Column, unit forms.Unit, from cell) forms.Converted {
	f := from.format
	if from.kind != numberCell || f.plain() {
		return forms.ConvertIn(c.Field, from.text, unit)
	}
	if f.unit != (forms.Unit{}) {
		unit = f.unit
	}
	shown, ok := plainDecimal(from.text, -f.shift)
	if !ok || f.scale || f.shift != 0 && f.shift != unit.Zeros {
		return forms.Converted{Value: from.text, Fault: events.Text{
			ZH: "单元格里是 " + from.text + "，按格式显示的却是另一个数，看不出哪个对；请把格式改为“常规”，再照实际的数填写",
			EN: "the cell holds " + from.text + ", and its format shows another number; set the format to General and write the number as it is",
		}}
	}
	return forms.ConvertIn(c.Field, shown, unit)
}

// digits reads a number of a workbook as a text: 12 that is shown as 000012 is 000012.
func digits(from cell) forms.Converted {
	f := from.format
	switch {
	case f.plain():
		return forms.Converted{Value: from.text}
	case f.zeros > 1 && !f.words && f.shift == 0 && f.unit == (forms.Unit{}):
		return forms.Converted{Value: strings.Repeat("0", max(0, f.zeros-len(from.text))) + from.text}
	}
	return forms.Converted{Value: from.text, Fault: events.Text{
		ZH: "单元格里是 " + from.text + "，显示的却不是它；请把这一列设为文本格式，照原样填写",
		EN: "the cell holds " + from.text + " and shows something else; make the column text and write it as it is",
	}}
}
