package catalogue

import (
	"bytes"
	"strconv"

	"github.com/kaohe/kaohe/events"
)

// maxInteger is the largest whole number that a JSON number holds exactly (RFC 7493).
const maxInteger = 1<<53 - 1

// decimal is a number as it was written: digits x 10^exp, without zeros at either end of the digits.
type decimal struct {
	negative bool
	digits   []byte // empty for zero
	exp      int
}

// maxExp bounds exponents where nothing is representable any more.
const maxExp = 1 << 20

// parseDecimal takes a JSON number apart. The literal is well-formed.
func parseDecimal(lit []byte, scratch []byte) decimal {
	var d decimal
	if lit[0] == '-' {
		d.negative = true
		lit = lit[1:]
	}
	if at := bytes.IndexAny(lit, "eE"); at >= 0 {
		e, err := strconv.Atoi(string(lit[at+1:]))
		if err != nil || e > maxExp || e < -maxExp {
			e = maxExp
			if lit[at+1] == '-' {
				e = -maxExp
			}
		}
		d.exp = e
		lit = lit[:at]
	}
	whole, frac, _ := bytes.Cut(lit, []byte{'.'})
	d.digits = append(append(scratch, whole...), frac...)
	d.exp -= len(frac)
	n := len(d.digits)
	d.digits = bytes.TrimRight(d.digits, "0")
	d.exp += n - len(d.digits)
	d.digits = bytes.TrimLeft(d.digits, "0")
	if len(d.digits) == 0 {
		d.exp = 0
	}
	return d
}

// integer returns the number if it is whole and held exactly.
func (d decimal) integer() (n int64, whole, exact bool) {
	if d.exp < 0 {
		return 0, false, false
	}
	if len(d.digits)+d.exp > 16 {
		return 0, true, false
	}
	for _, c := range d.digits {
		n = n*10 + int64(c-'0')
	}
	for range d.exp {
		n *= 10
	}
	if d.negative {
		n = -n
	}
	return n, true, n <= maxInteger && n >= -maxInteger
}

// appendPlain writes the number without an exponent, or reports that it would be too long to be anything sensible.
func (d decimal) appendPlain(dst []byte) ([]byte, bool) {
	if d.exp > 20 || d.exp < -40 || len(d.digits) > 60 {
		return dst, false
	}
	if d.negative && len(d.digits) > 0 {
		dst = append(dst, '-')
	}
	digit := func(i int) byte {
		if i < 0 || i >= len(d.digits) {
			return '0'
		}
		return d.digits[i]
	}
	whole := len(d.digits) + d.exp // digits before the point
	if whole <= 0 {
		dst = append(dst, '0')
	}
	for i := range max(whole, 0) {
		dst = append(dst, digit(i))
	}
	if d.exp < 0 {
		dst = append(dst, '.')
		for i := whole; i < len(d.digits); i++ {
			dst = append(dst, digit(i))
		}
	}
	return dst, true
}

// Reasons for which a text is not an amount.
type amountFault uint8

const (
	amountOK amountFault = iota
	amountFormat
	amountNegative
	amountPlaces
	amountRange
)

// parseAmount reads a plain decimal number, as [events.ParseMoney] and [events.ParseDecimal] do, without an allocation.
func parseAmount(s []byte, places int, limit int64, signed bool) (int64, amountFault) {
	negative := len(s) > 0 && s[0] == '-'
	if negative {
		s = s[1:]
	}
	point := bytes.IndexByte(s, '.')
	whole, frac := s, []byte(nil)
	if point >= 0 {
		whole, frac = s[:point], s[point+1:]
	}
	if len(whole) == 0 || point >= 0 && len(frac) == 0 || !allDigits(whole) || !allDigits(frac) {
		return 0, amountFormat
	}
	n, fits := int64(0), true
	for i := 0; i < len(whole)+places && fits; i++ {
		digit := int64(0)
		if i < len(whole) {
			digit = int64(whole[i] - '0')
		} else if i-len(whole) < len(frac) {
			digit = int64(frac[i-len(whole)] - '0')
		}
		if fits = n <= (limit-digit)/10; fits {
			n = n*10 + digit
		}
	}
	switch {
	case negative && !signed && (n != 0 || !fits || len(bytes.Trim(frac, "0")) > 0):
		return 0, amountNegative
	case len(frac) > places:
		return 0, amountPlaces
	case !fits:
		return 0, amountRange
	case negative:
		return -n, amountOK
	}
	return n, amountOK
}

func allDigits(s []byte) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// appendMoney writes an amount as [events.Money.String] does.
func appendMoney(dst []byte, fen int64) []byte {
	dst = strconv.AppendInt(dst, fen/100, 10)
	return append(dst, '.', byte('0'+fen/10%10), byte('0'+fen%10))
}

// appendShortest writes a number as [events.Decimal.String] does.
func appendShortest(dst []byte, n int64) []byte {
	if n < 0 {
		dst = append(dst, '-')
		n = -n
	}
	dst = strconv.AppendInt(dst, n/10_000, 10)
	frac := n % 10_000
	if frac == 0 {
		return dst
	}
	dst = append(dst, '.')
	for unit := int64(1000); frac > 0; unit /= 10 {
		dst = append(dst, byte('0'+frac/unit))
		frac %= unit
	}
	return dst
}

// scale returns what an amount of the kind allows.
func (k FieldKind) scale() (places int, limit int64, signed bool) {
	if k == Money {
		return 2, int64(events.MaxMoney), false
	}
	return 4, int64(events.MaxDecimal), true
}
