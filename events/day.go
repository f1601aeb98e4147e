package events

import (
	"fmt"
	"time"
)

// Day is a calendar day, counted from 1970-01-01 in the proleptic Gregorian calendar. It has no time zone: the zone was
// applied when the fact was accepted.
type Day int32

// FirstDay is the earliest day on which a fact may have happened (SEMANTICS 1.1): nothing that a plan of today counts is
// older, and most older dates are slips of the keyboard.
var FirstDay = NewDay(1990, time.January, 1)

// NewDay returns the day of a date. Months and days out of range carry over, as in time.Date.
func NewDay(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// DayOf returns the calendar day of t in the location of t.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return NewDay(y, m, d)
}

// ParseDay reads a date written as 2018-02-28, and nothing else. Days that no calendar has (30 February) are an error.
func ParseDay(s string) (Day, error) {
	if d, ok := parseDay([]byte(s)); ok {
		return d, nil
	}
	return 0, fmt.Errorf("%q is not a date like 2018-02-28", s)
}

func parseDay(s []byte) (Day, bool) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, false
	}
	y, ok1 := digits(s[0:4])
	m, ok2 := digits(s[5:7])
	d, ok3 := digits(s[8:10])
	if !ok1 || !ok2 || !ok3 || y < 1 || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return 0, false
	}
	return civil(y, m, d), true
}

func digits(s []byte) (int, bool) {
	n := 0
	for _, c := range s {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// civil counts the days from 1970-01-01 without time.Date, which the fold would call for every event
// (H. Hinnant, "chrono-compatible low-level date algorithms", days_from_civil).
func civil(y, m, d int) Day {
	if m <= 2 {
		y--
		m += 12
	}
	era := y / 400
	yoe := y - era*400
	doy := (153*(m-3)+2)/5 + d - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return Day(era*146097 + doe - 719468)
}

// Date returns the year, month and day of the month.
func (d Day) Date() (year int, month time.Month, day int) {
	return d.Time().Date()
}

// Year returns the calendar year.
func (d Day) Year() int {
	return d.Time().Year()
}

// Time returns midnight UTC of the day.
func (d Day) Time() time.Time {
	return time.Unix(int64(d)*86400, 0).UTC()
}

// AddMonths returns the same day n months later, or the last day of that month where it is shorter: 31 January plus one
// month is the last of February, 29 February plus twelve is 28 February.
func (d Day) AddMonths(n int) Day {
	y, m, day := d.Date()
	first := NewDay(y, m+time.Month(n), 1)
	fy, fm, _ := first.Date()
	return first + Day(min(day, daysIn(fy, int(fm)))) - 1
}

// String writes the day as 2018-02-28.
func (d Day) String() string {
	y, m, day := d.Date()
	return fmt.Sprintf("%04d-%02d-%02d", y, m, day)
}
