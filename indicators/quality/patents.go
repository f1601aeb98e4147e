package quality

import (
	"strings"

	"github.com/kaohe/kaohe/events"
)

var (
	patentKindDiffers = newCheck("DQ-19", "kind_differs", Warn,
		"核对专利类型：发明、实用新型、外观设计分别计数。",
		"Check the kind: inventions, utility models and designs are counted apart.")
	patentKindNumber = newCheck("DQ-19", "kind_and_number", Warn,
		"核对专利类型和编号：编号中年份后的第一位，1、8 为发明，2、9 为实用新型，3 为外观设计。",
		"Check kind and number: the digit after the year is 1 or 8 for inventions, 2 or 9 for utility models, 3 for designs.")
	patentFiledLate = newCheck("DQ-19", "filed_after_grant", Warn,
		"核对申请日期和授权日期。",
		"Check the days of filing and grant.")
	patentUnfiled = newCheck("DQ-19", "grant_without_filing", Info,
		"购入的专利、启用本系统以前申请的专利属正常。",
		"In order for patents that were bought, or filed before records began.")
)

// What the numbers of patents are used for.
const (
	patentFiled uint8 = iota
	patentGranted
)

// patentKinds are the kinds by the digit that numbers have for them since 2003.
var patentKinds = map[string]string{"invention": "18", "utility": "29", "design": "3"}

// patentNumber returns what the number of an application and that of the patent have in common: 2018100123456 of 201810012345.6 and
// ZL201810012345.6.
func patentNumber(s string) string {
	s = spelled(s)
	for _, prefix := range []string{"ZL", "CN"} {
		s = strings.TrimPrefix(s, prefix)
	}
	return s
}

func readPatent(r *reading) {
	what, raw := patentFiled, r.data.text("application_no")
	if r.typ == "PatentGranted" {
		what, raw = patentGranted, r.data.text("patent_no")
	}
	number := patentNumber(raw)
	if number == "" {
		return
	}
	kind := r.data.text("kind")
	add(r, r.patents, number, numberFact{place: r.place, exact: sum(raw), content: r.content(), what: what, kind: kindInitial(kind)})
	if digits := patentKinds[kind]; len(number) >= 12 && len(number) <= 13 && number[:2] == "20" && strings.Contains("12389", number[4:5]) &&
		digits != "" && !strings.Contains(digits, number[4:5]) {
		r.odd(patentKindNumber, "编号 %s 不是所填类型（%s）的编号", "the number %s is not that of a patent of the kind given, %s", raw, kind)
	}
}

func kindInitial(kind string) uint8 {
	if kind == "" {
		return 0
	}
	return kind[0]
}

// readGrant holds the two days of a grant against each other.
func readGrant(r *reading) {
	if filed := r.data.day("filed_on"); filed > r.day {
		r.odd(patentFiledLate, "申请日期 %v 晚于授权日期 %v", "filed on %v, after the grant on %v", filed, r.day)
	}
}

// judgePatent holds the filing and the grant of a patent against each other: DQ-19 of DOMAIN 4.4, and DQ-13 for its number.
func judgePatent(b *bench, number string, facts []numberFact) {
	var by [2][]numberFact
	for _, f := range facts {
		by[f.what] = append(by[f.what], f)
	}
	for _, list := range by {
		b.repeated(number, list)
	}
	for _, f := range by[patentGranted] {
		if len(by[patentFiled]) == 0 {
			b.about(patentUnfiled, f.place, func() events.Text {
				return textf("专利 %s 没有申请记录", "no filing of patent %s is recorded", number)
			})
			continue
		}
		if o := by[patentFiled][0]; o.kind != f.kind {
			b.about(patentKindDiffers, f.place, func() events.Text {
				return textf("专利 %s 授权时的类型与申请时（%v）不同", "patent %s was granted as another kind than it was filed as (%v)", number, o.at)
			}, o.place)
		}
	}
}
