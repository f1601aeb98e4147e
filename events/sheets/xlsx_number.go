package sheets

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// decimalNumber is a number as a workbook keeps it, the shortest decimal of a binary one: 0.30000000000000004, 9.14507E+17.
var decimalNumber = regexp.MustCompile(`^([+-]?)(\d{1,40})(?:\.(\d{0,40}))?(?:[eE]([+-]?\d{1,3}))?$`)

// plainDecimal writes a number of a workbook without an exponent and as it is shown, to 15 digits: what is behind them is
// noise of binary arithmetic, and 13.1 yuan are not 13.100000000000001. It moves and rounds digits and is exact otherwise.
func plainDecimal(s string, shift int) (string, bool) {
	m := decimalNumber.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return "", false
	}
	exp, _ := strconv.Atoi(m[4])
	digits, point := m[2]+m[3], len(m[2])+exp+shift
	kept := strings.TrimLeft(digits, "0")
	point -= len(digits) - len(kept)
	if digits, up := rounded(kept); up {
		kept, point = digits, point+1
	} else {
		kept = digits
	}
	kept = strings.TrimRight(kept, "0")
	if kept == "" {
		return "0", true
	}
	if point > 40 || point < -40 {
		return "", false
	}
	switch {
	case point <= 0:
		s = "0." + strings.Repeat("0", -point) + kept
	case point >= len(kept):
		s = kept + strings.Repeat("0", point-len(kept))
	default:
		s = kept[:point] + "." + kept[point:]
	}
	if m[1] == "-" {
		s = "-" + s
	}
	return s, true
}

// rounded rounds digits half up to the 15 that are shown. grown says that the first digit is a new one, as in 999 to 1000.
func rounded(digits string) (out string, grown bool) {
	if len(digits) <= maxDigits {
		return digits, false
	}
	b := []byte(digits[:maxDigits])
	if digits[maxDigits] < '5' {
		return string(b), false
	}
	for i := len(b) - 1; i >= 0; i-- {
		if b[i]++; b[i] <= '9' {
			return string(b), false
		}
		b[i] = '0'
	}
	return "1" + string(b), true
}

// lastSerial is the serial number of 9999-12-31.
const lastSerial = 2_958_465

// serialDay returns the day with a serial number. Workbooks of the usual kind have a 29 February 1900, which never was, as
// day 60.
func serialDay(plain string, from1904 bool) (events.Day, bool) {
	whole, _, _ := strings.Cut(plain, ".")
	n, err := strconv.Atoi(whole)
	if err != nil || n < 0 || n > lastSerial {
		return 0, false
	}
	switch {
	case from1904:
		return events.NewDay(1904, 1, 1) + events.Day(n), true
	case n < 60:
		return events.NewDay(1899, 12, 31) + events.Day(n), true
	}
	return events.NewDay(1899, 12, 30) + events.Day(n), true
}
