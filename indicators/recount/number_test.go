package recount_test

import "math/big"

// Arithmetic in which nil stands for what is not known: what is made of it is not known, nor is a division by nought.

func apply(op func(z, x, y *big.Rat) *big.Rat, a, b *big.Rat) *big.Rat {
	if a == nil || b == nil {
		return nil
	}
	return op(new(big.Rat), a, b)
}

func add(a, b *big.Rat) *big.Rat { return apply((*big.Rat).Add, a, b) }
func sub(a, b *big.Rat) *big.Rat { return apply((*big.Rat).Sub, a, b) }
func mul(a, b *big.Rat) *big.Rat { return apply((*big.Rat).Mul, a, b) }

func quo(a, b *big.Rat) *big.Rat {
	if b == nil || b.Sign() == 0 {
		return nil
	}
	return apply((*big.Rat).Quo, a, b)
}

// known returns the number, or nought where it is not known.
func known(a *big.Rat) *big.Rat {
	if a == nil {
		return new(big.Rat)
	}
	return a
}

// roundedUp returns the least whole number that is not smaller.
func roundedUp(a *big.Rat) *big.Rat {
	n := new(big.Rat).SetInt(new(big.Int).Quo(a.Num(), a.Denom()))
	if n.Cmp(a) < 0 {
		n.Add(n, big.NewRat(1, 1))
	}
	return n
}
