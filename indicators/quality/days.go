package quality

import (
	"bytes"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

var (
	dayEarly = newCheck("DQ-14", "before_2000", Warn,
		"核对日期的年份。",
		"Check the year.")
	labelDiffers = newCheck("DQ-17", "quarter_differs", Warn,
		"核对日期，或核对出处是哪一期的。",
		"Check the day, or which period the source is of.")
	yearDiffers = newCheck("DQ-17", "year_differs", Warn,
		"核对日期和年度。",
		"Check the day and the year.")
)

var firstDay = events.NewDay(2000, time.January, 1)

// readDay: days before 2000 are mostly slips (DQ-14 of DOMAIN 4.4); those before 1990 or to come the intake refuses.
func readDay(r *reading) {
	if r.day < firstDay {
		r.odd(dayEarly, "日期 %v 早于 2000 年", "the day, %v, is before 2000", r.day)
	}
}

// readYear holds the year that an event names against its day: DQ-17 of DOMAIN 4.4.
func readYear(r *reading) {
	if year, ok := r.data.number("year"); ok && int(year) != r.day.Year() {
		r.odd(yearDiffers, "所填年度为 %d，日期却是 %v", "the year is given as %d, but the day is %v", year, r.day)
	}
}

// labelled reports whether an event may name a quarter in its source or where it is from. It only saves the reading of the others.
func labelled(e *events.Stored) bool {
	return bytes.Contains(e.Data, []byte(`"source_ref"`)) || bytes.ContainsAny(e.Source, "Qq")
}

// readLabels holds the quarters that the source names against the day: DQ-17 of DOMAIN 4.4, a report for one quarter that
// brings facts of another.
func readLabels(r *reading) {
	found := append(quartersIn(r.source), quartersIn(r.data.text("source_ref"))...)
	own := indicators.QuarterOf(r.day)
	for _, q := range found {
		if q == own {
			return
		}
	}
	if len(found) > 0 {
		r.odd(labelDiffers, "出处写的是 %v，日期却是 %v（%v）", "the source is of %v, but the day is %v (%v)", found[0], r.day, own)
	}
}

// quartersIn returns the quarters that a text names, as 2018Q1 or 2018年第一季度, with up to labelGap characters between the
// year and the quarter.
func quartersIn(s string) (found []indicators.Quarter) {
	for i := range len(s) {
		if (s[i] == 'Q' || s[i] == 'q') && i >= 4 && i+1 < len(s) && (i+2 == len(s) || !isDigit(s[i+2])) {
			if q, err := indicators.ParseQuarter(s[i-4:i] + "Q" + s[i+1:i+2]); err == nil {
				found = append(found, q)
			}
		}
	}
	const word = "季度"
	for from := 0; ; {
		i := strings.Index(s[from:], word)
		if i < 0 {
			return found
		}
		if q, ok := quarterBefore(s[:from+i]); ok {
			found = append(found, q)
		}
		from += i + len(word)
	}
}

// labelGap is how many characters may stand between 2018年 and 第一季度: 2018年科技局第一季度.
const labelGap = 12

// quarterBefore reads the number of a quarter off the end of a text, and the year nearest before it.
func quarterBefore(s string) (q indicators.Quarter, ok bool) {
	s = strings.TrimRight(s, " ")
	r, size := utf8.DecodeLastRuneInString(s)
	n := strings.IndexRune("一二三四", r)
	switch {
	case n >= 0:
		q.N = n/utf8.RuneLen('一') + 1
	case r >= '1' && r <= '4':
		q.N = int(r - '0')
	default:
		return q, false
	}
	s = s[:len(s)-size]
	for range labelGap {
		if rest, found := strings.CutSuffix(s, "年"); found && len(rest) >= 4 {
			parsed, err := indicators.ParseQuarter(rest[len(rest)-4:] + "Q1")
			q.Year = parsed.Year
			return q, err == nil
		}
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return q, false
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
