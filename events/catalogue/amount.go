package catalogue

import (
	"strconv"
)

// integer brings a whole number into its normal form. It reports whether the number is whole.
func (c *checker) integer(i int32) bool {
	n := &c.tree.nodes[i]
	if len(n.text) < 16 && n.text[0] != '-' && allDigits(n.text) {
		return true
	}
	v, whole, exact := parseDecimal(n.text, c.digits[:0]).integer()
	if !whole {
		return false
	}
	if !exact {
		c.refuse(i, CodeNumber, want("a whole number of at most 9007199254740991", "绝对值不超过 9007199254740991 的整数"), phrase{})
		return true
	}
	n.text = c.tree.own(strconv.AppendInt(c.digits[:0], v, 10))
	return true
}

// amount brings money or a decimal into its normal form, a string. It reports whether it is an amount or has its fault.
func (c *checker) amount(i int32, r *rule) bool {
	n := &c.tree.nodes[i]
	text := n.text
	if n.kind == kindNumber {
		text = plainNumber(text)
	}
	places, limit, signed := r.kind.scale()
	v, fault := parseAmount(text, places, limit, signed)
	if fault == amountOK && r.unsigned && v < 0 {
		fault = amountNegative
	}
	if fault != amountOK {
		c.amountFault(i, r.kind, fault)
		return true
	}
	n.kind, n.plain, n.money = kindString, true, r.kind == Money
	if r.kind == Money {
		n.text = c.tree.own(appendMoney(c.digits[:0], v))
	} else {
		n.text = c.tree.own(appendShortest(c.digits[:0], v))
	}
	return true
}

// plainNumber writes a JSON number without an exponent, which some programs use for round numbers (1e+05).
func plainNumber(lit []byte) []byte {
	for _, b := range lit {
		if b == 'e' || b == 'E' {
			if plain, ok := parseDecimal(lit, nil).appendPlain(nil); ok {
				return plain
			}
			return lit
		}
	}
	return lit
}

func (c *checker) amountFault(i int32, k FieldKind, fault amountFault) {
	money := k == Money
	pick := func(m, d string) string {
		if money {
			return m
		}
		return d
	}
	w, hint := wantDecimal, phrase{}
	if money {
		w = wantMoney
	}
	code := ""
	switch fault {
	case amountNegative:
		code = pick(CodeMoneyNegative, CodeDecimalNegative)
		hint = want("it must not be negative", "不能为负数")
	case amountPlaces:
		code = pick(CodeMoneyPlaces, CodeDecimalPlaces)
		hint = want("it has too many decimal places", "小数位数过多")
	case amountRange:
		code = pick(CodeMoneyRange, CodeDecimalRange)
		hint = want("it is too large", "数值过大")
	default:
		code = pick(CodeMoneyFormat, CodeDecimalFormat)
		hint = amountHint(c.tree.nodes[i].text, money)
	}
	c.refuse(i, code, w, hint)
}

// number brings a number that no schema describes into the form of RFC 8785, if that says the same number.
func (c *checker) number(i int32) {
	n := &c.tree.nodes[i]
	if len(n.text) < 16 && n.text[0] != '-' && allDigits(n.text) {
		return
	}
	f, err := strconv.ParseFloat(string(n.text), 64)
	short := appendES6(c.digits[:0], f)
	if err != nil || !sameNumber(n.text, short) {
		c.refuse(i, CodeNumber, want("a number of at most 15 digits", "不超过 15 位有效数字的数"), want("write it as a string", "请写成字符串"))
		return
	}
	n.text = c.tree.own(short)
}

func sameNumber(a, b []byte) bool {
	x, y := parseDecimal(a, nil), parseDecimal(b, nil)
	return x.exp == y.exp && string(x.digits) == string(y.digits) && (x.negative == y.negative || len(x.digits) == 0)
}

// appendES6 writes a number as ECMAScript does, which RFC 8785 demands.
func appendES6(dst []byte, f float64) []byte {
	if f == 0 {
		return append(dst, '0')
	}
	abs := max(f, -f)
	if abs >= 1e-6 && abs < 1e21 {
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
	// ES6 writes e-7 where Go writes e-07.
	if n := len(dst); dst[n-2] == '0' && (dst[n-3] == '-' || dst[n-3] == '+') {
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}
