package projections

import (
	"cmp"
	"math/big"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// number is exact. It counts ten-thousandths, which holds all amounts and decimals of the schemas; what does not fit, such as
// a third, is a fraction.
type number struct {
	n    int64
	frac *big.Rat // nil if n says it all
}

const unit = 10_000

func whole(n int) number {
	if n := int64(n); n > -1<<40 && n < 1<<40 {
		return number{n: n * unit}
	}
	return number{frac: new(big.Rat).SetInt64(int64(n))}
}

// maxDigits bounds a number in a filter or in an event: what is longer is nobody's amount, and would cost time.
const maxDigits = 40

// parseNumber reads a plain decimal number.
func parseNumber(s string) (number, bool) {
	if d, err := events.ParseDecimal(s); err == nil {
		return number{n: int64(d)}, true
	}
	if len(s) > maxDigits || strings.Trim(s, "-.0123456789") != "" {
		return number{}, false
	}
	r, ok := new(big.Rat).SetString(s)
	return number{frac: r}, ok
}

func (x number) rat() *big.Rat {
	if x.frac != nil {
		return x.frac
	}
	return big.NewRat(x.n, unit)
}

func (x number) compare(y number) int {
	if x.frac == nil && y.frac == nil {
		return cmp.Compare(x.n, y.n)
	}
	return x.rat().Cmp(y.rat())
}

func (x number) negate() number {
	if x.frac == nil && -x.n != x.n {
		return number{n: -x.n}
	}
	return number{frac: new(big.Rat).Neg(x.rat())}
}

func (x number) add(y number) number {
	if x.frac == nil && y.frac == nil {
		if n, ok := events.AddExact(x.n, y.n); ok {
			return number{n: n}
		}
	}
	return number{frac: new(big.Rat).Add(x.rat(), y.rat())}
}

func (x number) multiply(y number) number {
	return number{frac: new(big.Rat).Mul(x.rat(), y.rat())}
}

// divide and remainder fail for a zero divisor. The remainder has the sign of x, as in Go.
func (x number) divide(y number) (number, bool) {
	if y.rat().Sign() == 0 {
		return number{}, false
	}
	return number{frac: new(big.Rat).Quo(x.rat(), y.rat())}, true
}

func (x number) remainder(y number) (number, bool) {
	q, ok := x.divide(y)
	if !ok {
		return number{}, false
	}
	times := new(big.Int).Quo(q.frac.Num(), q.frac.Denom())
	taken := number{frac: new(big.Rat).SetInt(times)}.multiply(y)
	return x.add(taken.negate()), true
}
