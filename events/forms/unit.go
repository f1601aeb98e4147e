package forms

import "strings"

// Unit is a unit in which the numbers of a column stand, such as 万元: all are to be taken times a power of ten. The zero
// Unit changes nothing.
type Unit struct {
	Word  string // as it was written
	Zeros int    // 4 for 万
}

// after writes the unit behind a number.
func (u Unit) after() string {
	if u.Word != "" && u.Word[0] < 0x80 {
		return " x " + u.Word
	}
	return u.Word
}

// tens are the words for powers of ten in which amounts are written. Longer ones come first.
var tens = []struct {
	word  string
	zeros int
}{
	{"万亿", 12}, {"千亿", 11}, {"百亿", 10}, {"十亿", 9}, {"亿", 8}, {"千万", 7}, {"百万", 6}, {"十万", 5}, {"万", 4},
	{"千", 3}, {"百", 2},
}

// currency are the words for yuan behind an amount.
var currency = []string{"元人民币", "元整", "圆整", "元", "圆", "整"}

// counters are the words of measure behind a number. Which of them a field is counted in does not matter: the number says
// the same. Longer ones come first.
var counters = []string{
	"人次", "场次", "家次", "批次", "户次", "人", "名", "位", "期", "次", "项", "个", "家", "件", "场", "份", "亩", "户", "村", "天", "台", "套",
	"篇", "批", "笔", "种", "所", "册", "本", "届",
}

// ParseUnit reads the unit of a column from its title or from a line above the table: 万元, 亿, 元, 10,000 yuan, 人次. ok is
// false if it is none that is known.
func ParseUnit(s string) (u Unit, ok bool) {
	word := strings.TrimSpace(s)
	s = strings.ToLower(strings.ReplaceAll(halfWidth(word), " ", ""))
	for _, c := range [...]string{"人民币", "rmb", "cny", "¥"} {
		s = strings.TrimPrefix(s, c)
	}
	switch s {
	case "yuan", "":
		return Unit{Word: word}, word != ""
	case "10,000yuan", "10000yuan", "tenthousandyuan":
		return Unit{Word: word, Zeros: 4}, true
	case "millionyuan", "1,000,000yuan", "1000000yuan":
		return Unit{Word: word, Zeros: 6}, true
	}
	s, zeros := cutTens(cutLast(cutLast(s, currency), counters))
	return Unit{Word: word, Zeros: zeros}, s == ""
}

// cutTens takes a power of ten off the end.
func cutTens(s string) (rest string, zeros int) {
	for _, t := range tens {
		if rest, ok := strings.CutSuffix(s, t.word); ok {
			return rest, t.zeros
		}
	}
	return s, 0
}

// cutLast takes the first of some words that stands at the end off it.
func cutLast(s string, words []string) string {
	for _, w := range words {
		if rest, ok := strings.CutSuffix(s, w); ok {
			return rest
		}
	}
	return s
}
