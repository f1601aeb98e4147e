package sheets

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/kaohe/kaohe/events/forms"
)

// title is the title of a column as it stands in a sheet, taken apart.
type title struct {
	text   string   // as it stands, without marks such as *
	base   string   // without what stands in brackets and without a unit behind it
	remark []string // what stands in brackets, and the unit
	keys   titleKeys
}

// titleKeys are the forms in which titles are compared.
type titleKeys struct {
	text, base  string
	group, leaf string // of a title below one that stands above several; text has both
}

// remarks are what people write in brackets behind a title without changing what the column holds.
var remarks = []string{
	"必填", "选填", "可不填", "可空", "可选", "必选", "数字", "填数字", "只填数字", "小写", "下拉", "下拉选择", "单选", "多选", "日期", "文本",
	"年", "年度", "%", "required", "optional", "number", "text", "date",
}

// parseTitle takes a title apart: 申报资金（万元）*, 金额/万元, 金额：万元.
func parseTitle(s string) title {
	s = strings.Trim(strings.TrimSpace(norm.NFKC.String(s)), "*★☆ \t\r\n")
	t := title{text: s, base: s}
	for {
		open := strings.IndexAny(t.base, "([【〔")
		if open < 0 {
			break
		}
		inner, after, closed := cutAny(t.base[open:], ")]】〕")
		if !closed {
			break
		}
		_, inner, _ = cutAny(inner, "([【〔")
		t.remark = append(t.remark, strings.TrimSpace(inner))
		t.base = strings.TrimSpace(t.base[:open] + after)
	}
	if i := strings.LastIndexAny(t.base, "/:,、"); i > 0 {
		unit := strings.TrimSpace(strings.TrimLeft(t.base[i:], "/:,、"))
		if _, ok := forms.ParseUnit(unit); ok {
			t.remark, t.base = append(t.remark, unit), strings.TrimSpace(t.base[:i])
		}
	}
	t.keys.text, t.keys.base = forms.Fold(t.text), forms.Fold(t.base)
	return t
}

// cutAny is strings.Cut at the first of some characters.
func cutAny(s, chars string) (before, after string, found bool) {
	i := strings.IndexAny(s, chars)
	if i < 0 {
		return s, "", false
	}
	for _, r := range s[i:] {
		return s[:i], s[i+len(string(r)):], true
	}
	return s, "", false
}

// unit returns the unit in which the column's numbers stand, given the remarks of the plan's title for it; it is the zero
// Unit if the title does not say. ok is false if the column holds something else: 金额（美元） is no amount of yuan, and
// 人次（每期） not the total.
func (t *title) unit(own []string) (u forms.Unit, ok bool) {
	for _, r := range t.remark {
		known, isUnit := forms.ParseUnit(strings.TrimPrefix(strings.TrimPrefix(r, "单位"), ":"))
		switch {
		case isUnit && (u == forms.Unit{} || known.Zeros > 0):
			u = known
		case !isUnit && !slices.Contains(remarks, strings.ToLower(r)) && !slices.Contains(own, r):
			return forms.Unit{}, false
		}
	}
	return u, true
}

// lineUnit finds the unit of all amounts of a table in a line above it: 单位：万元.
func lineUnit(cells []cell) (u forms.Unit, ok bool) {
	for i := range cells {
		_, s, found := strings.Cut(norm.NFKC.String(cells[i].text), "单位:")
		if !found {
			continue
		}
		for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(" ,;、)", r) }) {
			if known, isUnit := forms.ParseUnit(word); isUnit && strings.Contains(word, "元") {
				return known, true
			}
		}
	}
	return u, false
}
