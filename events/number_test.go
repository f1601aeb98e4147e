package events_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events"
)

func TestParseMoney(t *testing.T) {
	for _, tt := range []struct {
		text string
		fen  events.Money
		err  error
	}{
		{"130000", 13000000, nil},
		{"130000.5", 13000050, nil},
		{"130000.05", 13000005, nil},
		{"0", 0, nil},
		{"0.00", 0, nil},
		{"007", 700, nil},
		{"9999999999999.99", events.MaxMoney, nil},
		{"10000000000000.00", 0, events.ErrTooLarge},
		{"99999999999999999999999", 0, events.ErrTooLarge},
		{"1.234", 0, events.ErrTooManyPlaces},
		{"-1", 0, events.ErrNotDecimal},
		{"+1", 0, events.ErrNotDecimal},
		{"1e3", 0, events.ErrNotDecimal},
		{"1,000", 0, events.ErrNotDecimal},
		{".5", 0, events.ErrNotDecimal},
		{"5.", 0, events.ErrNotDecimal},
		{"", 0, events.ErrNotDecimal},
		{"十", 0, events.ErrNotDecimal},
	} {
		fen, err := events.ParseMoney(tt.text)
		if !errors.Is(err, tt.err) || (err == nil && fen != tt.fen) {
			t.Errorf("ParseMoney(%q) = %d, %v, want %d, %v", tt.text, fen, err, tt.fen, tt.err)
		}
	}
}

// TestNumbersComeBack: what is written is read again as the same number, and is the number it says.
func TestNumbersComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := events.Money(rapid.Int64Range(0, int64(events.MaxMoney)).Draw(t, "fen"))
		if got, err := events.ParseMoney(m.String()); err != nil || got != m {
			t.Fatalf("ParseMoney(%s) = %d, %v", m, got, err)
		}
		d := events.Decimal(rapid.Int64Range(-int64(events.MaxDecimal), int64(events.MaxDecimal)).Draw(t, "decimal"))
		if got, err := events.ParseDecimal(d.String()); err != nil || got != d {
			t.Fatalf("ParseDecimal(%s) = %d, %v", d, got, err)
		}
		exact, _ := new(big.Rat).SetString(d.String())
		if exact.Cmp(big.NewRat(int64(d), 10000)) != 0 {
			t.Fatalf("%d ten-thousandths are written as %s", d, d)
		}
	})
}

func TestDecimalString(t *testing.T) {
	for d, want := range map[events.Decimal]string{0: "0", 3500: "0.35", -1: "-0.0001", 10000: "1", 3000000000: "300000", 100: "0.01"} {
		if got := d.String(); got != want {
			t.Errorf("Decimal(%d) = %s, want %s", d, got, want)
		}
	}
}

func TestAddExact(t *testing.T) {
	for _, tt := range []struct {
		a, b, sum int64
		ok        bool
	}{
		{1, 2, 3, true}, {math.MaxInt64, 0, math.MaxInt64, true}, {math.MaxInt64, 1, 0, false},
		{math.MinInt64, -1, 0, false}, {math.MinInt64, math.MaxInt64, -1, true},
	} {
		if sum, ok := events.AddExact(tt.a, tt.b); sum != tt.sum || ok != tt.ok {
			t.Errorf("AddExact(%d, %d) = %d, %v, want %d, %v", tt.a, tt.b, sum, ok, tt.sum, tt.ok)
		}
	}
}
