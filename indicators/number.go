package indicators

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// Number is an exact fraction, or null where a figure is not known. The zero Number is null; what is computed from a null
// is null. Rounding happens only when a number is written (SEMANTICS 4.8), so that a status never hangs on it.
type Number struct {
	r *big.Rat // never changed once set
}

// jsonPlaces is how many decimals a number has in JSON.
const jsonPlaces = 4

// NewNumber returns n with the last places digits behind the point: NewNumber(13000050, 2) is 130000.5.
func NewNumber(n int64, places int) Number {
	return Number{new(big.Rat).SetFrac(big.NewInt(n), tenTo(places))}
}

// NumberOf returns a decimal as a number.
func NumberOf(d events.Decimal) Number { return NewNumber(int64(d), 4) }

// ParseNumber reads a plain decimal number with an optional minus sign.
func ParseNumber(s string) (Number, error) {
	whole, frac, point := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if whole == "" || point && frac == "" || strings.Trim(whole+frac, "0123456789") != "" {
		return Number{}, fmt.Errorf("%q: %w", s, events.ErrNotDecimal)
	}
	r, _ := new(big.Rat).SetString(s)
	return Number{r}, nil
}

// Known reports whether the number is not null.
func (n Number) Known() bool { return n.r != nil }

// Sign returns -1, 0 or 1; 0 for null.
func (n Number) Sign() int {
	if n.r == nil {
		return 0
	}
	return n.r.Sign()
}

// Equal reports whether both are the same number, or both null.
func (n Number) Equal(o Number) bool {
	if n.r == nil || o.r == nil {
		return n.r == o.r
	}
	return n.r.Cmp(o.r) == 0
}

// Float64 returns the nearest floating-point number, and false for null.
func (n Number) Float64() (float64, bool) {
	if n.r == nil {
		return 0, false
	}
	f, _ := n.r.Float64()
	return f, true
}

// String writes the number with at most four decimals, half away from zero, without trailing zeros; null as "null".
func (n Number) String() string {
	if n.r == nil {
		return "null"
	}
	return trimZeros(n.fixed(jsonPlaces))
}

// Unknown is how text shows a number that is null.
const Unknown = "—"

// Text writes the number for people: so many decimals, half away from zero. English groups the digits by thousands,
// Chinese does not.
func (n Number) Text(decimals int, lang events.Lang) string {
	if n.r == nil {
		return Unknown
	}
	return grouped(n.fixed(decimals), lang)
}

// MoneyText writes an amount of yuan as reports do. In Chinese that is 万元 with up to four decimals, and from one hundred
// million yuan on 亿元 with up to two; in English yuan, and from one million or billion on these with up to four decimals.
func (n Number) MoneyText(lang events.Lang) string {
	if n.r == nil {
		return Unknown
	}
	size := new(big.Rat).Abs(n.r)
	from := func(exponent int) bool { return size.Cmp(new(big.Rat).SetInt(tenTo(exponent))) >= 0 }
	unit, exponent, places := "万元", 4, 4
	switch {
	case lang == events.Chinese && n.Sign() == 0:
		unit, exponent = "元", 0
	case lang == events.Chinese && from(8):
		unit, exponent, places = "亿元", 8, 2
	case lang != events.Chinese && from(9):
		unit, exponent = " billion yuan", 9
	case lang != events.Chinese && from(6):
		unit, exponent = " million yuan", 6
	case lang != events.Chinese:
		unit, exponent, places = " yuan", 0, 2
	}
	scaled := Number{new(big.Rat).Quo(n.r, new(big.Rat).SetInt(tenTo(exponent)))}
	return grouped(trimZeros(scaled.fixed(places)), lang) + unit
}

// MarshalJSON writes the number as a string, because JSON numbers lose digits, or as null.
func (n Number) MarshalJSON() ([]byte, error) {
	if n.r == nil {
		return []byte("null"), nil
	}
	return []byte(`"` + n.String() + `"`), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (n *Number) UnmarshalJSON(b []byte) error {
	*n = Number{}
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	var err error
	*n, err = ParseNumber(s)
	return err
}

// fixed writes the number with exactly so many decimals, half away from zero, and never as minus zero.
func (n Number) fixed(places int) string {
	s := n.r.FloatString(places)
	if strings.Trim(s, "-0.") == "" {
		return strings.TrimPrefix(s, "-")
	}
	return s
}

// trimZeros takes the trailing zeros off a number with decimals.
func trimZeros(s string) string {
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// grouped puts a comma before every third digit of the whole part.
func grouped(s string, lang events.Lang) string {
	if lang == events.Chinese {
		return s
	}
	whole, _, _ := strings.Cut(s, ".")
	first := len(whole) - len(strings.TrimPrefix(whole, "-"))
	for i := len(whole) - 3; i > first; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func tenTo(n int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}
