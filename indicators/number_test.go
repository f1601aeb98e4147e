package indicators_test

import (
	"encoding/json"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

func mustNumber(tb testing.TB, s string) indicators.Number {
	tb.Helper()
	n, err := indicators.ParseNumber(s)
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

func TestNumberJSON(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"whole numbers have no point", "64", `"64"`},
		{"trailing zeros go", "1.2800", `"1.28"`},
		{"zeros before the point stay", "18400000.00", `"18400000"`},
		{"nought is known", "0", `"0"`},
		{"the fifth decimal is rounded half up", "0.00005", `"0.0001"`},
		{"below half it is cut", "0.000049999", `"0"`},
		{"negative halves go away from zero", "-0.00005", `"-0.0001"`},
		{"there is no minus zero", "-0.00001", `"0"`},
		{"rounding carries", "9.99995", `"10"`},
		{"large amounts keep every digit", "99999999999999.9999", `"99999999999999.9999"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := json.Marshal(mustNumber(t, tt.in))
			if err != nil || string(got) != tt.want {
				t.Errorf("Marshal(%s) = %s, %v, want %s", tt.in, got, err, tt.want)
			}
			var back indicators.Number
			if err := json.Unmarshal(got, &back); err != nil {
				t.Fatal(err)
			}
			if again, _ := json.Marshal(back); string(again) != tt.want {
				t.Errorf("marshalled again = %s, want %s", again, tt.want)
			}
		})
	}
}

func TestNumberNull(t *testing.T) {
	var n indicators.Number
	if b, err := json.Marshal(n); err != nil || string(b) != "null" {
		t.Errorf("Marshal(null) = %s, %v", b, err)
	}
	back := mustNumber(t, "1")
	if err := json.Unmarshal([]byte("null"), &back); err != nil || back.Known() {
		t.Errorf("Unmarshal(null) = %s, %v", back, err)
	}
	if _, ok := n.Float64(); ok {
		t.Error("Float64() of null is known")
	}
	if n.Equal(indicators.NewNumber(0, 0)) || !n.Equal(indicators.Number{}) {
		t.Error("null equals nought, or not itself")
	}
	if got := n.Text(2, events.Chinese); got != indicators.Unknown {
		t.Errorf("Text() = %q", got)
	}
	if got := n.MoneyText(events.Chinese); got != indicators.Unknown {
		t.Errorf("MoneyText() = %q", got)
	}
}

func TestParseNumberRefuses(t *testing.T) {
	for _, s := range []string{"", "-", ".5", "5.", "1/3", "1e9", "+1", "0x10", "1_000", "NaN", "--1", "1.-2", " 1"} {
		if n, err := indicators.ParseNumber(s); err == nil {
			t.Errorf("ParseNumber(%q) = %s, want an error", s, n)
		}
	}
	var n indicators.Number
	for _, s := range []string{`1.5`, `"1/3"`, `true`, `""`} {
		if err := json.Unmarshal([]byte(s), &n); err == nil {
			t.Errorf("Unmarshal(%s) = %s, want an error", s, n)
		}
	}
}

func TestNumberScales(t *testing.T) {
	if got := indicators.NewNumber(13000050, 2).String(); got != "130000.5" {
		t.Errorf("fen = %s, want 130000.5", got)
	}
	if got := indicators.NumberOf(-12345).String(); got != "-1.2345" {
		t.Errorf("decimal = %s, want -1.2345", got)
	}
	if f, ok := indicators.NewNumber(128, 2).Float64(); !ok || f != 1.28 {
		t.Errorf("Float64() = %v, %v, want 1.28", f, ok)
	}
}

func TestNumberText(t *testing.T) {
	tests := []struct {
		name, in string
		decimals int
		zh, en   string
	}{
		{"decimals are kept", "98.5", 2, "98.50", "98.50"},
		{"halves go up", "0.125", 2, "0.13", "0.13"},
		{"no decimals", "99.5", 0, "100", "100"},
		{"English groups thousands", "18400000", 0, "18400000", "18,400,000"},
		{"three digits are one group", "-400", 0, "-400", "-400"},
		{"negative numbers are grouped behind the sign", "-1234567.8", 1, "-1234567.8", "-1,234,567.8"},
		{"there is no minus zero", "-0.4", 0, "0", "0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := mustNumber(t, tt.in)
			if got := n.Text(tt.decimals, events.Chinese); got != tt.zh {
				t.Errorf("Chinese text = %s, want %s", got, tt.zh)
			}
			if got := n.Text(tt.decimals, events.English); got != tt.en {
				t.Errorf("English text = %s, want %s", got, tt.en)
			}
		})
	}
}

func TestMoneyText(t *testing.T) {
	tests := []struct{ in, zh, en string }{
		{"0", "0元", "0 yuan"},
		{"0.5", "0.0001万元", "0.5 yuan"},
		{"130000", "13万元", "130,000 yuan"},
		{"230000.00", "23万元", "230,000 yuan"},
		{"18400000", "1840万元", "18.4 million yuan"},
		{"99999999", "9999.9999万元", "100 million yuan"},
		{"100000000", "1亿元", "100 million yuan"},
		{"123456789012", "1234.57亿元", "123.4568 billion yuan"},
		{"-130000", "-13万元", "-130,000 yuan"},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			n := mustNumber(t, tt.in)
			if got := n.MoneyText(events.Chinese); got != tt.zh {
				t.Errorf("Chinese = %s, want %s", got, tt.zh)
			}
			if got := n.MoneyText(events.English); got != tt.en {
				t.Errorf("English = %s, want %s", got, tt.en)
			}
		})
	}
}
