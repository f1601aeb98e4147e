package events

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Money is an exact amount in fen, hundredths of a yuan. On the wire it is a decimal string of yuan with two places.
type Money int64

// MaxMoney is the largest amount one fact may carry: 9 999 999 999 999.99 yuan, which JSON numbers still hold exactly as
// fen (RFC 7493, 2^53) and of which a sum holds more than nine thousand.
const MaxMoney Money = 999_999_999_999_999

// ParseMoney reads a plain decimal amount of yuan, such as 130000, 130000.5 or 130000.00. More than two places, a sign,
// an exponent or more than [MaxMoney] are errors.
func ParseMoney(s string) (Money, error) {
	n, err := parseScaled(s, 2, int64(MaxMoney))
	return Money(n), err
}

// String writes the amount as yuan with two places: 130000.00.
func (m Money) String() string {
	return formatScaled(int64(m), 2)
}

// Decimal is an exact number in ten-thousandths: reference values such as a population, a GDP in yuan, a percentage.
type Decimal int64

// MaxDecimal bounds reference values at 99 999 999 999 999.9999.
const MaxDecimal Decimal = 999_999_999_999_999_999

// ParseDecimal reads a plain decimal number with at most four places and an optional minus sign.
func ParseDecimal(s string) (Decimal, error) {
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		n, err := parseScaled(rest, 4, int64(MaxDecimal))
		return Decimal(-n), err
	}
	n, err := parseScaled(s, 4, int64(MaxDecimal))
	return Decimal(n), err
}

// String writes the number without trailing zeros: 300000, 0.35.
func (d Decimal) String() string {
	sign, n := "", int64(d)
	if n < 0 {
		sign, n = "-", -n
	}
	s := formatScaled(n, 4)
	return sign + strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// Errors of [ParseMoney] and [ParseDecimal]; a refusal says in words which of them it was.
var (
	ErrNotDecimal    = errors.New("not a plain decimal number")
	ErrTooManyPlaces = errors.New("too many decimal places")
	ErrTooLarge      = errors.New("too large")
)

func parseScaled(s string, places int, limit int64) (int64, error) {
	whole, frac, point := strings.Cut(s, ".")
	if whole == "" || (point && frac == "") || !isDigits(whole) || !isDigits(frac) {
		return 0, fmt.Errorf("%q: %w", s, ErrNotDecimal)
	}
	if len(frac) > places {
		return 0, fmt.Errorf("%q: %w (%d allowed)", s, ErrTooManyPlaces, places)
	}
	n, err := strconv.ParseInt(whole+frac+strings.Repeat("0", places-len(frac)), 10, 64)
	if err != nil || n > limit {
		return 0, fmt.Errorf("%q: %w", s, ErrTooLarge)
	}
	return n, nil
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func formatScaled(n int64, places int) string {
	s := strconv.FormatInt(n, 10)
	if len(s) <= places {
		s = strings.Repeat("0", places+1-len(s)) + s
	}
	return s[:len(s)-places] + "." + s[len(s)-places:]
}

// AddExact adds two exact numbers, and reports whether the sum still fits.
func AddExact(a, b int64) (int64, bool) {
	if (b > 0 && a > math.MaxInt64-b) || (b < 0 && a < math.MinInt64-b) {
		return 0, false
	}
	return a + b, true
}
