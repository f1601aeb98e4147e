package catalogue_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// The fast parser of amounts must take and say what package events does.
func TestAmountsAreThoseOfPackageEvents(t *testing.T) {
	digits := rapid.StringMatching(`-?0{0,2}[0-9]{0,16}(\.[0-9]{0,6})?`)
	other := rapid.StringMatching(`[-+]?[0-9.e, ]{0,6}`)
	large := rapid.StringMatching(`[0-9]{13,20}(\.[0-9]{1,5})?`)
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.OneOf(digits, digits, large, other).Draw(rt, "s")
		got, ok := catalogue.Amount(s, catalogue.Decimal)
		want, err := events.ParseDecimal(s)
		if ok != (err == nil) || ok && (got != int64(want) || string(catalogue.AppendShortest(nil, got)) != want.String()) {
			rt.Errorf("decimal %q = %d, %v (%s), want %d, %v", s, got, ok, catalogue.AppendShortest(nil, got), want, err)
		}
		if strings.Trim(s, "-0.") == "" {
			return // a zero with a sign is a zero, while ParseMoney has no signs at all
		}
		got, ok = catalogue.Amount(s, catalogue.Money)
		yuan, err := events.ParseMoney(s)
		if ok != (err == nil) || ok && (got != int64(yuan) || string(catalogue.AppendMoney(nil, got)) != yuan.String()) {
			rt.Errorf("money %q = %d, %v (%s), want %d, %v", s, got, ok, catalogue.AppendMoney(nil, got), yuan, err)
		}
	})
}

func TestNormalForms(t *testing.T) {
	typ := sample(t)
	for _, test := range []struct{ name, field, in, want string }{
		{"a round amount as a number", "fee_yuan", `130000`, `"130000.00"`},
		{"an amount as a number with a place", "fee_yuan", `130000.5`, `"130000.50"`},
		{"an amount that a float would spoil", "fee_yuan", `9999999999999.99`, `"9999999999999.99"`},
		{"an amount with an exponent", "fee_yuan", `1e+05`, `"100000.00"`},
		{"fen with an exponent", "fee_yuan", `1234e-2`, `"12.34"`},
		{"a small amount with an exponent", "fee_yuan", `5E-2`, `"0.05"`},
		{"an amount as text", "fee_yuan", `" 130000 "`, `"130000.00"`},
		{"an amount with zeros in front", "fee_yuan", `"007.5"`, `"7.50"`},
		{"no money", "fee_yuan", `0`, `"0.00"`},
		{"zero with a sign", "fee_yuan", `-0.0`, `"0.00"`},
		{"no amount at all", "fee_yuan", `null`, `null`},
		{"a decimal as a number", "share", `0.350`, `"0.35"`},
		{"a negative decimal", "share", `"-12.3400"`, `"-12.34"`},
		{"a negative zero", "share", `-0`, `"0"`},
		{"the largest decimal", "share", `99999999999999.9999`, `"99999999999999.9999"`},
		{"a whole number with a fraction of nothing", "size", `10.0`, `10`},
		{"a whole number with an exponent", "size", `1.2e2`, `120`},
		{"a negative whole number", "size", `-5`, `-5`},
		{"a negative zero as a whole number", "size", `-0`, `0`},
		{"text with blanks around it", "text", `"　 a b\t"`, `"a b"`},
		{"text to compose", "text", `"cafe\u0301"`, `"café"`},
		{"text to compose, unescaped", "text", "\"cafe\u0301\"", `"café"`},
		{"text with what must be escaped", "text", `"\u0022\/\\\n"`, `"\"/\\"`},
		{"text with a line feed and a tab within", "text", `"a\nb\u0009c"`, `"a\nb\tc"`},
		{"a character beyond the basic plane", "text", `"\ud83d\ude00"`, `"😀"`},
		{"a day with blanks around it", "on", `" 2016-02-29 "`, `"2016-02-29"`},
		{"members in any order", "free", `{"b":1,"a":{"d":[ 1 , 2 ],"c":null}}`, `{"a":{"c":null,"d":[1,2]},"b":1}`},
		{"names sorted by UTF-16", "free", `{"ﬁ":1,"😀":2,"z":3}`, `{"z":3,"😀":2,"ﬁ":1}`},
		{"numbers as ECMAScript has them", "free", `{"a":[1.50,1e-7,1e21,0.000001,100000000000000000000]}`, `{"a":[1.5,1e-7,1e+21,0.000001,100000000000000000000]}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			base := `{"kind":"design","size":20,`
			if test.field == "size" || test.field == "text" {
				base = `{"kind":"utility",`
			}
			if test.field == "size" {
				base += `"text":"t",`
			}
			d := mustNormalise(t, typ, base+`"`+test.field+`":`+test.in+`}`)
			if want := `"` + test.field + `":` + test.want; !strings.Contains(string(d.JSON()), want) {
				t.Errorf("%s = %s, want %s", test.in, d.JSON(), want)
			}
		})
	}
}
