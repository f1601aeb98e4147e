package forms

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/kaohe/kaohe/events"
)

// The ways in which people write a day. A weekday and a time of day may stand behind it, and say nothing more.
var (
	dayYMD     = regexp.MustCompile(`^(\d{4})(?:([-/.])(\d{1,2})([-/.])(\d{1,2})|年(\d{1,2})月(\d{1,2})[日号]?)$`)
	dayPlain   = regexp.MustCompile(`^(\d{4})(\d\d)(\d\d)$`)
	dayDMY     = regexp.MustCompile(`^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$`)
	monthOnly  = regexp.MustCompile(`^(?:\d{4}[-/.]\d{1,2}|\d{4}年\d{1,2}月份?)$`)
	shortYear  = regexp.MustCompile(`^'?\d{1,2}([-/.]|年)\d{1,2}([-/.]|月)\d{1,2}日?$`)
	noYear     = regexp.MustCompile(`^(\d{1,2}月\d{1,2}[日号]?|\d{1,2}[-/.]\d{1,2})$`)
	weekday    = regexp.MustCompile(`\(?(星期|周|礼拜)[一二三四五六日天]\)?|\(?\b(?i:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b\)?,?`)
	timeBehind = regexp.MustCompile(`(?:[T ]\s*|([日号])\s*)(?:上午|下午|晚上)?\s*\d{1,2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?|[时点](?:\d{1,2}分)?(?:\d{1,2}秒)?)\s*(?:AM|PM|am|pm)?$`)
	twoNumbers = regexp.MustCompile(`\d\s+\d`)
	serialDay  = regexp.MustCompile(`^(\d{5})(?:\.\d+)?$`)
)

// PlainDate reads the ways in which people write a date: 2018-3-1, 2018/03/01, 2018.3.1, 20180301, 2018年3月1日. Whether
// there is such a day is for the server to say.
func PlainDate(s string) (string, bool) {
	d, fault := readDate(s)
	return d, fault == events.Text{}
}

// readDate reads a date, or says why it is none.
func readDate(typed string) (string, events.Text) {
	if _, err := events.ParseDay(typed); err == nil { // as it is mostly written
		return typed, events.Text{}
	}
	if len(typed) > maxTyped {
		return "", wrongDate(typed, "")
	}
	s := halfWidth(typed)
	s = strings.TrimSpace(weekday.ReplaceAllString(s, " "))
	s = timeBehind.ReplaceAllString(s, "$1")
	if twoNumbers.MatchString(s) {
		return "", wrongDate(typed, "")
	}
	s = strings.Join(strings.Fields(s), "")
	if m := dayYMD.FindStringSubmatch(s); m != nil && m[2] == m[4] {
		return isoDate(m[1], m[3]+m[6], m[5]+m[7]), events.Text{}
	}
	if m := dayPlain.FindStringSubmatch(s); m != nil && (m[1] >= "1900" && m[1] < "2100") {
		return isoDate(m[1], m[2], m[3]), events.Text{}
	}
	if m := dayDMY.FindStringSubmatch(s); m != nil {
		return dayFirst(typed, m[1], m[2], m[3])
	}
	return "", wrongDate(typed, s)
}

func isoDate(year, month, day string) string {
	return year + "-" + twoDigits(month) + "-" + twoDigits(day)
}

func twoDigits(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// dayFirst reads 25/3/2018 and 3/25/2018, which can be told apart; 3/5/2018 is in March to some and in May to others.
func dayFirst(typed, a, b, year string) (string, events.Text) {
	m, _ := strconv.Atoi(a)
	d, _ := strconv.Atoi(b)
	switch {
	case m == d && m <= 12 || m <= 12 && d > 12 && d <= 31:
		return isoDate(year, a, b), events.Text{}
	case d <= 12 && m > 12 && m <= 31:
		return isoDate(year, b, a), events.Text{}
	case m < 1 || d < 1 || m > 12 || d > 12:
		return "", wrongDate(typed, "")
	}
	return "", events.Text{
		ZH: fmt.Sprintf("“%s”可能是 %s 年 %d 月 %d 日，也可能是 %d 月 %d 日；请写成 %s", typed, year, m, d, d, m, isoDate(year, a, b)),
		EN: fmt.Sprintf("%q may be %d %s or %d %s %s; write it as %s", typed, d, time.Month(m), m, time.Month(d), year, isoDate(year, a, b)),
	}
}

// wrongDate says why a text is no day.
func wrongDate(typed, s string) events.Text {
	example := events.Text{ZH: "请写成 2018-03-05 或 2018年3月5日", EN: "write it as 2018-03-05 or 2018年3月5日"}
	why := events.Text{ZH: "不是日期", EN: "is no date"}
	switch {
	case monthOnly.MatchString(s):
		why = events.Text{ZH: "只有月份，没有日子", EN: "is a month and no day"}
	case shortYear.MatchString(s):
		why = events.Text{ZH: "的年份不是四位，看不出先后", EN: "has no year of four digits"}
	case noYear.MatchString(s):
		why = events.Text{ZH: "没有年份", EN: "has no year"}
	}
	return events.Text{ZH: "“" + shorten(typed) + "”" + why.ZH + "；" + example.ZH, EN: strconv.Quote(shorten(typed)) + " " + why.EN + "; " + example.EN}
}

// Serial returns the day that a spreadsheet keeps as a number: days since the end of 1899, or since the beginning of 1904
// in workbooks that began on an old Mac. A time of day, the fraction, is dropped. Days outside of 1990 to 2099 are none.
func Serial(number string, from1904 bool) (string, bool) {
	m := serialDay.FindStringSubmatch(number)
	if m == nil {
		return "", false
	}
	n, _ := strconv.Atoi(m[1])
	base := events.NewDay(1899, time.December, 30)
	if from1904 {
		base = events.NewDay(1904, time.January, 1)
	}
	day := base + events.Day(n)
	return day.String(), day >= events.FirstDay && day.Year() < 2100
}

// shorten keeps a text that is repeated in a message readable.
func shorten(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
