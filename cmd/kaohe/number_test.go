package main

import "testing"

func TestNumbersAsPeopleWriteThem(t *testing.T) {
	for _, tt := range []struct {
		in, want string
		ok       bool
	}{
		{"130000", "130000", true},
		{"13万元", "130000", true},
		{"13万", "130000", true},
		{"13.5万元", "135000", true},
		{"0.5万", "5000", true},
		{"1.2亿", "120000000", true},
		{"2千万元", "20000000", true},
		{"3百万", "3000000", true},
		{"1.5万亿", "1500000000000", true},
		{"1800万元", "18000000", true},
		{"130,000.00", "130000.00", true},
		{"1,234,567", "1234567", true},
		{"¥130000", "130000", true},
		{"￥１３万元", "130000", true},
		{"１３０，０００", "130000", true},
		{"13 0000", "130000", true},
		{"0.00001万", "0.1", true},
		{"0.0000001万", "0.001", true}, // three places: the server refuses it, nothing is rounded here
		{"1.005", "1.005", true},
		{"-5", "-5", true}, // the server says that it must not be negative
		{"007", "7", true},
		{"0", "0", true},
		{"1,5", "", false}, // a decimal comma is not a thousands separator
		{"12,34,567", "", false},
		{",123", "", false},
		{"1.2.3", "", false},
		{"1e5", "", false},
		{"13w", "", false},
		{"万", "", false},
		{"5.", "", false},
		{".5", "", false},
		{"", "", false},
		{"abc", "", false},
	} {
		if got, ok := plainNumber(tt.in); got != tt.want || ok != tt.ok {
			t.Errorf("plainNumber(%q) = %q, %v, want %q, %v", tt.in, got, ok, tt.want, tt.ok)
		}
	}
}

func TestMoneyIsEchoedInYuan(t *testing.T) {
	for _, tt := range []struct{ typed, want string }{
		{"13万元", "13万元 = 130 000.00 元"},
		{"1840万元", "1840万元 = 18 400 000.00 元"},
		{"5", "5 = 5.00 元"},
		{"999.5", "999.5 = 999.50 元"},
		{"1000", "1000 = 1 000.00 元"},
	} {
		plain, ok := plainNumber(tt.typed)
		if got := noteMoney(tt.typed, plain); !ok || got != tt.want {
			t.Errorf("noteMoney(%q) = %q, %v, want %q", tt.typed, got, ok, tt.want)
		}
	}
}
