package forms

import (
	"strconv"
	"testing"
)

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
		{"130\u2009000\u00a0000", "130000000", true},
		{"1_000", "1000", true},
		{"1'000", "1000", true},
		{"1800 40", "", false}, // two numbers
		{"1800\n40", "", false},
		{" 13 万 元 ", "130000", true},
		{"１８００．５０", "1800.50", true},
		{"１，８００元", "1800", true},
		{"3千万", "30000000", true},
		{"3千", "3000", true},
		{"0.35亿", "35000000", true},
		{"1.2亿元", "120000000", true},
		{"人民币13万元整", "130000", true},
		{"¥-5", "-5", true},
		{"-¥5", "-5", true},
		{"--5", "", false},
		{"+5", "5", true},
		{"-0", "0", true},
		{"30人次", "30", true},
		{"9期", "9", true},
		{"55个", "55", true},
		{"1.2万人次", "12000", true},
		{"12.5亩", "12.5", true},
		{"25%", "25", true},
		{"２５％", "25", true},
		{"三家", "3", true},
		{"十三万元", "130000", true},
		{"壹仟捌佰万元整", "18000000", true},
		{"一亿三千万", "130000000", true},
		{"二十", "20", true},
		{"一百零五", "105", true},
		{"一千零五十", "1050", true},
		{"十五", "15", true},
		{"一万零三", "10003", true},
		{"二〇一八", "2018", true},
		{"两三", "", false}, // two or three
		{"七八百", "", false},
		{"三百五", "", false}, // 350 to most people, and 305 to some
		{"一万三", "", false},
		{"三五百", "", false},
		{"百", "", false},
		{"十十", "", false},
		{"个", "", false},
		{"约1800万元", "", false}, // about is not exact
		{"1800-2000", "", false},
		{"(1,800)", "", false},
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

func TestUnitsOfColumns(t *testing.T) {
	for _, tt := range []struct {
		in    string
		zeros int
		ok    bool
	}{
		{"元", 0, true}, {"万元", 4, true}, {"亿元", 8, true}, {"千元", 3, true}, {"百万元", 6, true}, {"人民币万元", 4, true}, {"万", 4, true},
		{"yuan", 0, true}, {"10,000 yuan", 4, true}, {"Million Yuan", 6, true}, {"人次", 0, true}, {"万人", 4, true}, {"亩", 0, true}, {"RMB", 0, true},
		{"美元", 0, false}, {"%", 0, false}, {"", 0, false}, {"必填", 0, false}, {"万万", 0, false},
	} {
		if u, ok := ParseUnit(tt.in); ok != tt.ok || ok && u.Zeros != tt.zeros {
			t.Errorf("ParseUnit(%q) = %+v, %v, want %d zeros, %v", tt.in, u, ok, tt.zeros, tt.ok)
		}
	}
}

func TestUnitOfTheCellWinsOverTheColumns(t *testing.T) {
	wan, _ := ParseUnit("万元")
	for _, tt := range []struct{ in, want, note string }{
		{"1800", "18000000.00", "1800万元 = 18 000 000.00 元"},
		{"1,800.5", "18005000.00", "1,800.5万元 = 18 005 000.00 元"},
		{"1800万", "18000000.00", "1800万 = 18 000 000.00 元"},
		{"18000000元", "18000000.00", "18000000元 = 18 000 000.00 元"},
		{"0.35亿", "35000000.00", "0.35亿 = 35 000 000.00 元"},
		{"十三", "130000.00", "十三万元 = 130 000.00 元"},
		{"十三万", "130000.00", "十三万 = 130 000.00 元"},
	} {
		if got := ConvertIn(&Field{Kind: "money"}, tt.in, wan); got.Value != tt.want || got.Note != tt.note || !got.OK() {
			t.Errorf("ConvertIn(%q, 万元) = %v, %q, %v, want %s, %q", tt.in, got.Value, got.Note, got.Fault, tt.want, tt.note)
		}
	}
}

func FuzzNumber(f *testing.F) {
	for _, s := range []string{"1800万元", "0.35亿", "130,000.00", "１８００．５０", "一千零五十万", "1 000", "25%", "-3人次", "¥1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		plain, ok := plainNumber(s)
		if !ok {
			return
		}
		if again, ok := plainNumber(plain); !ok || again != plain {
			t.Errorf("%q is read as %q, which is read as %q, %v", s, plain, again, ok)
		}
	})
}

func FuzzNumeralIsWhatANumberIsCalled(f *testing.F) {
	f.Add(uint32(105))
	f.Add(uint32(10003))
	f.Add(uint32(130_000_000))
	f.Add(uint32(1_0010_0101))
	f.Fuzz(func(t *testing.T, n uint32) {
		if n == 0 {
			return
		}
		if got, ok := parseNumeral(numeral(uint64(n))); !ok || got != strconv.FormatUint(uint64(n), 10) {
			t.Errorf("parseNumeral(%s) = %s, %v, want %d", numeral(uint64(n)), got, ok, n)
		}
	})
}

// numeral writes a number as one learns it at school.
func numeral(n uint64) string {
	for _, w := range []struct {
		worth uint64
		word  string
	}{{100_000_000, "亿"}, {10_000, "万"}} {
		if n < w.worth {
			continue
		}
		s, rest := numeral(n/w.worth)+w.word, n%w.worth
		if rest == 0 {
			return s
		}
		if rest < w.worth/10 {
			s += "零"
		}
		return s + numeral(rest)
	}
	digits, places, s, gap := []rune("零一二三四五六七八九"), []string{"千", "百", "十", ""}, "", false
	for i, worth := range []uint64{1000, 100, 10, 1} {
		switch d := n / worth % 10; {
		case d == 0:
			gap = s != ""
		default:
			if gap {
				s += "零"
			}
			s, gap = s+string(digits[d])+places[i], false
		}
	}
	return s
}
