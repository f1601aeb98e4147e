package quality

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/kaohe/kaohe/events"
)

// Endings of the name of a firm, the longer before what they end with.
var nameEndings = []string{"股份有限公司", "有限责任公司", "有限公司", "集团公司", "公司", "集团"}

// Endings of the name of a unit, without which people use it too: 钦州 for 钦州市.
var unitEndings = []string{"壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "自治州", "自治县", "特别行政区", "省", "市", "区", "县"}

// unitNames returns the names of units as they stand before those of firms, the longest first.
func unitNames(orgs *events.Orgs) []string {
	var names []string
	for i := range orgs.Len() {
		name := norm.NFKC.String(orgs.Org(i).Name.ZH)
		names = append(names, name)
		for _, ending := range unitEndings {
			if short, ok := strings.CutSuffix(name, ending); ok && utf8.RuneCountInString(short) >= 2 {
				names = append(names, short)
				break
			}
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(len(b)-len(a), cmp.Compare(a, b)) })
	return slices.Compact(names)
}

// core returns what is left of a name without the ways in which people vary it: width and case of characters, brackets, blanks and
// points, the division before it, the kind of company after it, pinyin that was put in (DOMAIN 1.0). It is never empty
// unless the name has neither letters nor digits.
func (s *state) core(name string) string {
	plain := letters(withoutPinyin(strings.ToLower(norm.NFKC.String(name))))
	rest := plain
	for _, ending := range nameEndings {
		if short, ok := strings.CutSuffix(rest, ending); ok {
			rest = short
			break
		}
	}
	for cut := true; cut; {
		cut = false
		for _, unit := range s.units {
			if short, ok := strings.CutPrefix(rest, unit); ok && short != "" {
				rest, cut = short, true
				break
			}
		}
	}
	if utf8.RuneCountInString(rest) < 2 {
		return plain
	}
	return rest
}

// letters leaves letters, digits and marks only.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return r
		}
		return -1
	}, s)
}

// withoutPinyin takes out pinyin in brackets, as (jié): small Latin letters of which one has a tone.
func withoutPinyin(s string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '(')
		if open < 0 {
			break
		}
		length := strings.IndexByte(s[open:], ')')
		if length < 0 {
			break
		}
		b.WriteString(s[:open])
		if inner := s[open+1 : open+length]; !isPinyin(inner) {
			b.WriteString(inner)
		}
		s = s[open+length+1:]
	}
	return b.String() + s
}

func isPinyin(s string) bool {
	tone := false
	for _, r := range s {
		switch {
		case strings.ContainsRune("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ", r):
			tone = true
		case (r < 'a' || r > 'z') && r != 'ü':
			return false
		}
	}
	return tone && len(s) <= 12
}

// Traces of text that was read in the wrong encoding, or half a character off: 锟斤拷 is U+FFFD read as GBK, 邢薰 are bytes of
// 有限公司 shifted by one (DOMAIN 1.0), ï¿½ is U+FFFD in Latin-1.
var garbage = []string{"\ufffd", "锟斤拷", "邢薰", "烫烫烫", "屯屯屯", "ï¿½", "Ã", "â€"}

// intact returns the beginning of a name up to where it is garbled, and whether it is.
func intact(name string) (whole string, garbled bool) {
	end := len(name)
	for _, g := range garbage {
		if i := strings.Index(name, g); i >= 0 {
			end = min(end, i)
		}
	}
	for i, r := range name[:end] {
		if lost := r == '?' || r == '？'; lost || unicode.Is(unicode.Co, r) || unicode.IsControl(r) {
			return name[:i], true
		}
	}
	return name[:end], end < len(name)
}
