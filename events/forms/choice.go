package forms

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/kaohe/kaohe/events"
)

// Fold brings a title or a choice into the form in which it is compared: however wide, in small letters, without blanks and
// marks between words. 申报单位／名称 and 申报单位 名称 are one title.
func Fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Cf, r):
			return -1
		case strings.ContainsRune("*-_/:.,;、，；：。·•—\\|", r):
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(s))
}

// unbracket takes what stands in brackets out of a folded text: 自治区(省)级 is 自治区级, too.
func unbracket(s string) string {
	for {
		open := strings.IndexByte(s, '(')
		if open < 0 {
			return s
		}
		end := strings.IndexByte(s[open:], ')')
		if end < 0 {
			return s
		}
		s = s[:open] + s[open+end+1:]
	}
}

// choose finds the value of a choice that was given by itself or by its title in either language.
func choose(f *Field, s string) (value string, ok bool) {
	for _, v := range f.Enum { // as it is mostly written
		if title := f.EnumTitles[v]; s != "" && (v == s || title.ZH == s) {
			return v, true
		}
	}
	typed := Fold(s)
	if typed == "" {
		return "", false
	}
	for _, form := range [...]func(string) string{Fold, func(s string) string { return unbracket(Fold(s)) }} {
		found := 0
		for _, v := range f.Enum {
			if title := f.EnumTitles[v]; form(v) == typed || form(title.ZH) == typed || form(title.EN) == typed {
				value = v
				found++
			}
		}
		if found == 1 {
			return value, true
		}
	}
	return "", false
}

// maxListed is how many choices a message lists.
const maxListed = 20

// noChoice says that a text is none of the choices, and lists them.
func noChoice(f *Field, s string) events.Text {
	var zh, en []string
	for i, v := range f.Enum {
		if i == maxListed {
			zh, en = append(zh, "…"), append(en, "...")
			break
		}
		title := f.EnumTitles[v]
		zh, en = append(zh, title.In(events.Chinese)), append(en, title.In(events.English))
		if zh[i] == "" {
			zh[i], en[i] = v, v
		}
	}
	return events.Text{
		ZH: "没有“" + shorten(s) + "”这一项；可选：" + strings.Join(zh, "、"),
		EN: "there is no choice \"" + shorten(s) + "\"; choose from " + strings.Join(en, ", "),
	}
}

var yes = []string{"是", "true", "yes", "y", "t", "1", "√", "✓", "✔", "☑", "对"}
var no = []string{"否", "false", "no", "n", "f", "0", "×", "✗", "✘", "☒", "☐", "错", "不是"}

func parseBool(s string) (value, ok bool) {
	s = Fold(s)
	for i := range yes {
		if s == yes[i] {
			return true, true
		}
	}
	for i := range no {
		if s == no[i] {
			return false, true
		}
	}
	return false, false
}
