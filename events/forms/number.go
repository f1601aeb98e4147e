package forms

import (
	"strings"
	"unicode"

	"github.com/kaohe/kaohe/events"
)

// maxTyped is the longest text, in bytes, that is read as a number or a day.
const maxTyped = 200

// number is a number as it was written.
type number struct {
	plain   string // a plain decimal number: -130000.5
	yuan    bool   // it came with 元 or ¥
	counted bool   // it came with a word of measure
	percent bool   // it came with a percent sign
	scaled  bool   // it came with 万 or the like
}

// own reports whether the number says its unit itself, so that the column's does not change it.
func (n *number) own() bool { return n.yuan || n.counted || n.percent || n.scaled }

// parseNumber reads a number as people write it, with thousands separators, full-width digits, 万 or 亿, 元 or ¥, a word of
// measure, or in Chinese numerals. The conversion moves the point and nothing else, so it is exact.
func parseNumber(s string, unit Unit) (n number, ok bool) {
	if len(s) > maxTyped {
		return n, false
	}
	sign, s := cutSign(closeUp(halfWidth(s)))
	if s, n.yuan = cutCurrency(s); sign == "" {
		sign, s = cutSign(s)
	}
	if !n.yuan {
		if s, n.percent = strings.CutSuffix(s, "%"); !n.percent {
			rest := cutLast(s, counters)
			s, n.counted = rest, rest != s
		}
	}
	digits, zeros := cutTens(s)
	n.scaled = zeros > 0
	whole, frac, ok := plainDigits(digits)
	if !ok {
		if whole, ok = parseNumeral(s); !ok { // which reads its powers of ten itself
			return n, false
		}
		frac, zeros = "", 0
	}
	if !n.own() {
		zeros = unit.Zeros
	}
	n.plain = shift(whole, frac, zeros)
	if sign == "-" && strings.Trim(n.plain, "0.") != "" {
		n.plain = "-" + n.plain
	}
	return n, true
}

// plainNumber reads a number and returns it as a plain decimal number.
func plainNumber(s string) (string, bool) {
	n, ok := parseNumber(s, Unit{})
	return n.plain, ok
}

// closeUp takes out blanks of all widths but those between digits, which may separate groups, or two numbers.
func closeUp(s string) string {
	var b strings.Builder
	for i, field := range strings.FieldsFunc(s, func(r rune) bool { return r == '_' || r == '\'' || unicode.IsSpace(r) }) {
		if i > 0 && isDigit(field[0]) && isDigit(b.String()[b.Len()-1]) {
			b.WriteByte(' ')
		}
		b.WriteString(field)
	}
	return b.String()
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func cutSign(s string) (sign, rest string) {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		return s[:1], s[1:]
	}
	return "", s
}

// cutCurrency takes ¥ or 人民币 off the front and 元 off the end.
func cutCurrency(s string) (rest string, yuan bool) {
	rest = s
	for _, c := range [...]string{"人民币", "RMB", "CNY", "¥"} {
		rest = strings.TrimPrefix(rest, c)
	}
	rest = cutLast(rest, currency)
	return rest, rest != s
}

// plainDigits splits a number written in digits.
func plainDigits(s string) (whole, frac string, ok bool) {
	whole, frac, point := strings.Cut(s, ".")
	whole, ok = ungroup(whole)
	return whole, frac, ok && !(point && frac == "") && allDigits(frac)
}

// ungroup takes the separators out of 1,234,567, 1 234 567 and 123 4567. Elsewhere they separate other things: 1,5 is not
// 15, and 1800 40 not 180040.
func ungroup(s string) (string, bool) {
	for _, by := range [...]struct {
		separator string
		size      int
	}{{",", 3}, {" ", 3}, {" ", 4}} {
		if joined, ok := join(strings.Split(s, by.separator), by.size); ok {
			return joined, true
		}
	}
	return "", false
}

// join puts the groups of digits of a number together.
func join(groups []string, size int) (string, bool) {
	for i, g := range groups {
		if g == "" || !allDigits(g) || i > 0 && len(g) != size || i == 0 && len(groups) > 1 && len(g) > size {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

// shift moves the decimal point to the right.
func shift(whole, frac string, zeros int) string {
	if moved := zeros - len(frac); moved >= 0 {
		whole, frac = whole+frac+strings.Repeat("0", moved), ""
	} else {
		whole, frac = whole+frac[:zeros], frac[zeros:]
	}
	if zeros > 0 {
		frac = strings.TrimRight(frac, "0")
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if frac == "" {
		return whole
	}
	return whole + "." + frac
}

// halfWidth turns full-width digits and signs into their ASCII twins.
func halfWidth(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～': // U+FF01 to U+FF5E
			return r - 0xfee0
		case r == '\u3000':
			return ' '
		case r == '￥':
			return '¥'
		case r == '−', r == '–':
			return '-'
		case r == '\ufeff', r == '\u200b', r == '\u200e', r == '\u200f': // marks that nobody sees
			return -1
		}
		return r
	}, strings.TrimSpace(s))
}

func allDigits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

// canonicalMoney writes an amount with two places, as it is recorded. What is no amount stays: the server says why.
func canonicalMoney(plain string) string {
	if m, err := events.ParseMoney(trimZeros(plain)); err == nil {
		return m.String()
	}
	return plain
}

func canonicalDecimal(plain string) string {
	if d, err := events.ParseDecimal(trimZeros(plain)); err == nil {
		return d.String()
	}
	return plain
}

// trimZeros takes zeros off the end of the fraction: 3.0 is 3.
func trimZeros(plain string) string {
	if strings.Contains(plain, ".") {
		return strings.TrimSuffix(strings.TrimRight(plain, "0"), ".")
	}
	return plain
}

// noteMoney shows an amount as it is recorded: in yuan, with two places and blanks between thousands.
func noteMoney(typed, plain string) string {
	whole, frac, _ := strings.Cut(plain, ".")
	if len(frac) < 2 {
		frac += strings.Repeat("0", 2-len(frac))
	}
	return typed + " = " + thousands(whole) + "." + frac + " 元"
}

// noteOther shows what was typed in another way.
func noteOther(typed, plain string) string {
	if typed == plain {
		return ""
	}
	return typed + " = " + plain
}

// thousands puts blanks between groups of three digits.
func thousands(whole string) string {
	sign := ""
	if rest, ok := strings.CutPrefix(whole, "-"); ok {
		sign, whole = "-", rest
	}
	var b strings.Builder
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}
