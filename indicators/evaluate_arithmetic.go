package indicators

import "math/big"

// zero is the number nought, which is known, unlike the zero Number.
var zero = NewNumber(0, 0)

// apply computes with two numbers; a null in gives a null out.
func apply(op func(z, x, y *big.Rat) *big.Rat, a, b Number) Number {
	if a.r == nil || b.r == nil {
		return Number{}
	}
	return Number{op(new(big.Rat), a.r, b.r)}
}

func (n Number) add(o Number) Number { return apply((*big.Rat).Add, n, o) }
func (n Number) sub(o Number) Number { return apply((*big.Rat).Sub, n, o) }
func (n Number) mul(o Number) Number { return apply((*big.Rat).Mul, n, o) }

// quo divides; nothing divided by nought is known.
func (n Number) quo(o Number) Number {
	if o.Sign() == 0 {
		return Number{}
	}
	return apply((*big.Rat).Quo, n, o)
}

// cmp compares two numbers that are known.
func (n Number) cmp(o Number) int { return n.r.Cmp(o.r) }

func (n Number) abs() Number {
	if n.r == nil {
		return n
	}
	return Number{new(big.Rat).Abs(n.r)}
}

// ceil returns the least whole number that is not smaller.
func (n Number) ceil() Number {
	if n.r == nil || n.r.IsInt() {
		return n
	}
	q := new(big.Int).Div(n.r.Num(), n.r.Denom()) // rounds down, as the denominator is positive
	return Number{new(big.Rat).SetInt(q.Add(q, big.NewInt(1)))}
}

// or returns the number, or the other where it is null.
func (n Number) or(o Number) Number {
	if n.r == nil {
		return o
	}
	return n
}
