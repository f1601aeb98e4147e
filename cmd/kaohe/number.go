package main

import (
	"strings"
)

// Units of ten in which amounts are written, by the number of zeros they stand for. Longer ones come first.
var tens = []struct {
	word  string
	zeros int
}{{"万亿", 12}, {"亿", 8}, {"千万", 7}, {"百万", 6}, {"十万", 5}, {"万", 4}}

// plainNumber reads a number as people write it, with thousands separators, full-width digits, 万 or 亿, 元 or ¥, and
// returns it as a plain decimal number. The conversion moves the point and nothing else, so it is exact.
func plainNumber(s string) (string, bool) {
	s = halfWidth(s)
	s = strings.NewReplacer(" ", "", "_", "", "\u00a0", "", "\u202f", "").Replace(s)
	s = strings.TrimPrefix(strings.TrimPrefix(s, "¥"), "人民币")
	s = strings.TrimSuffix(s, "元")
	sign := ""
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		sign, s = "-", rest
	}
	zeros := 0
	for _, t := range tens {
		if rest, ok := strings.CutSuffix(s, t.word); ok {
			s, zeros = rest, t.zeros
			break
		}
	}
	s, ok := ungroup(s)
	if !ok {
		return "", false
	}
	whole, frac, point := strings.Cut(s, ".")
	if whole == "" || point && frac == "" || !allDigits(whole) || !allDigits(frac) {
		return "", false
	}
	return sign + shift(whole, frac, zeros), true
}

// ungroup takes the thousands separators out of 1,234,567.8. Commas elsewhere are not separators, and 1,5 is not 15.
func ungroup(s string) (string, bool) {
	whole, frac, point := strings.Cut(s, ".")
	if groups := strings.Split(whole, ","); len(groups) > 1 {
		for i, g := range groups {
			if i > 0 && len(g) != 3 || i == 0 && (g == "" || len(g) > 3) {
				return "", false
			}
		}
		whole = strings.Join(groups, "")
	}
	if strings.Contains(frac, ",") {
		return "", false
	}
	if point {
		return whole + "." + frac, true
	}
	return whole, true
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
		case r == '−':
			return '-'
		}
		return r
	}, strings.TrimSpace(s))
}

func allDigits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

// noteMoney shows an amount as it is recorded: in yuan, with two places and blanks between thousands.
func noteMoney(typed, plain string) string {
	whole, frac, _ := strings.Cut(plain, ".")
	if len(frac) < 2 {
		frac += strings.Repeat("0", 2-len(frac))
	}
	return typed + " = " + thousands(whole) + "." + frac + " 元"
}

// noteNumber shows a number that was typed in another way.
func noteNumber(typed, plain string) string {
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
