package forms

import (
	"strconv"
	"strings"
)

// numeralDigits are the Chinese digits, as they are written in a text and, so that nobody changes them, on a cheque.
var numeralDigits = map[rune]uint64{
	'〇': 0, '零': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9,
	'壹': 1, '贰': 2, '叁': 3, '肆': 4, '伍': 5, '陆': 6, '柒': 7, '捌': 8, '玖': 9,
}

var numeralPlaces = map[rune]uint64{'十': 10, '拾': 10, '百': 100, '佰': 100, '千': 1000, '仟': 1000}

// maxNumeral is the longest number in Chinese numerals, in bytes.
const maxNumeral = 96

// parseNumeral reads a whole number in Chinese numerals: 十三万, 壹拾叁万. The digits of a year
// are read as well. What leaves a place out without a 零 may mean two things (三百五 is 350 to most, 305 to some) and is not read.
func parseNumeral(s string) (string, bool) {
	if len(s) > maxNumeral {
		return "", false
	}
	if digits, ok := numeralRow(s); ok {
		return digits, true
	}
	var total uint64
	first := true
	for _, word := range [...]struct {
		rune  string
		worth uint64
	}{{"亿", 100_000_000}, {"万", 10_000}} {
		before, after, found := strings.Cut(s, word.rune)
		if !found {
			continue
		}
		n, ok := numeralSection(before, first)
		if !ok {
			return "", false
		}
		total += n * word.worth
		s, first = after, false
	}
	if s != "" || first {
		n, ok := numeralSection(s, first)
		if !ok {
			return "", false
		}
		total += n
	}
	return strconv.FormatUint(total, 10), true
}

// numeralSection reads a number from 1 to 9,999: 一千零五, 十三. One that is not the first of its number begins with its
// thousands or with 零.
func numeralSection(s string, first bool) (n uint64, ok bool) {
	last := uint64(10_000) // the place before
	var digit uint64       // that waits for its place
	zero := first
	for _, r := range s {
		if d, isDigit := numeralDigits[r]; isDigit {
			if digit > 0 {
				return 0, false
			}
			digit, zero = d, zero || d == 0
			continue
		}
		place, isPlace := numeralPlaces[r]
		switch {
		case !isPlace || place >= last || !zero && place*10 != last:
			return 0, false
		case digit == 0 && (place != 10 || last != 10_000): // 十三 does without its one
			return 0, false
		}
		n += max(digit, 1) * place
		last, digit, zero = place, 0, false
	}
	if digit > 0 && last != 10 && !zero {
		return 0, false
	}
	n += digit
	return n, n > 0
}

// numeralRow reads one digit, or the four and more of a year or a number: 二〇一八. Two or three in a row are none: 两三 is
// two or three.
func numeralRow(s string) (string, bool) {
	var b strings.Builder
	for _, r := range s {
		d, ok := numeralDigits[r]
		if !ok {
			return "", false
		}
		b.WriteByte('0' + byte(d))
	}
	return b.String(), b.Len() == 1 || b.Len() > 3
}
