package intake

import (
	"bytes"
	"fmt"
	"strconv"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// readTime reads when it happened: a bare date, or a time of RFC 3339 that is moved to the plan's zone. The day is the
// date there.
func (p *preparation) readTime() {
	raw := p.env.value[attrTime]
	if raw == nil {
		p.missing("time", events.Text{ZH: "事情发生的日期,例如 2018-02-28", EN: "the day on which it happened, such as 2018-02-28"})
		return
	}
	s, ok := p.text(attrTime)
	if !ok {
		return
	}
	written, day, wrong := parseTime(s, p.in.Zone)
	if wrong != nil {
		p.fault("time", catalogue.CodeFormat, *wrong, catalogue.Shorten(raw), events.Text{})
		return
	}
	today := p.in.today()
	if day < events.FirstDay || day > today {
		p.fault("time", catalogue.CodeRange, events.Text{
			ZH: fmt.Sprintf("%v 至今天(%v)之间的日期", events.FirstDay, today), EN: fmt.Sprintf("a day from %v to today, %v", events.FirstDay, today),
		}, catalogue.Shorten(raw), events.Text{})
		return
	}
	p.event.Time, p.day, p.dayGood = written, day, true
}

// today is the acceptance day.
func (in *Intake) today() events.Day { return events.DayOf(in.Now().In(in.Zone)) }

// parseTime returns the time as it is kept and its day, or what was expected instead.
func parseTime(s []byte, zone *time.Location) (string, events.Day, *events.Text) {
	day, wrong := parseDate(s)
	if wrong != nil {
		return "", 0, wrong
	}
	if len(s) == len(time.DateOnly) {
		return midnight(day, zone), day, nil
	}
	var t time.Time
	if err := t.UnmarshalText(s); err != nil || !isRFC3339(s) {
		return "", 0, &dateOrTime
	}
	t = t.In(zone)
	if y := t.Year(); y < 1 || y > 9999 {
		return "", 0, &dateOrTime
	}
	return t.Format(time.RFC3339), events.DayOf(t), nil
}

var dateOrTime = events.Text{
	ZH: "日期(2018-02-28)或 RFC 3339 时间(2018-02-28T09:30:00+08:00)",
	EN: "a date (2018-02-28) or an RFC 3339 time (2018-02-28T09:30:00+08:00)",
}

// isRFC3339 checks what package time is lenient about: hours of one digit, a comma before the fraction, zones that do not
// exist.
func isRFC3339(s []byte) bool {
	if len(s) < len("2006-01-02T15:04:05Z") || s[13] != ':' || s[16] != ':' || bytes.IndexByte(s, ',') >= 0 {
		return false
	}
	if s[len(s)-1] == 'Z' {
		return true
	}
	zone := string(s[len(s)-len("15:04"):])
	return zone[:2] <= "23" && zone[3:] <= "59"
}

// parseDate reads the first ten characters of a time, and says what is wrong with them: whether they are a date at all,
// and a day that some calendar has.
func parseDate(s []byte) (events.Day, *events.Text) {
	if len(s) < len(time.DateOnly) || len(s) > len(time.DateOnly) && s[len(time.DateOnly)] != 'T' {
		return 0, &dateOrTime
	}
	date := string(s[:len(time.DateOnly)])
	day, err := events.ParseDay(date)
	if err != nil {
		return 0, wrongDate(date)
	}
	return day, nil
}

func wrongDate(date string) *events.Text {
	var y, m, d int
	if n, _ := fmt.Sscanf(date, "%4d-%2d-%2d", &y, &m, &d); n != 3 || y < 1 || m < 1 || d < 1 {
		return &dateOrTime
	}
	if m > 12 {
		return &events.Text{ZH: "1 至 12 月", EN: "a month from 01 to 12"}
	}
	_, _, last := (events.NewDay(y, time.Month(m)+1, 1) - 1).Date()
	if d <= last {
		return &dateOrTime
	}
	return &events.Text{
		ZH: fmt.Sprintf("日历上有的日期:%d 年 %d 月只有 %d 天", y, m, last),
		EN: fmt.Sprintf("a day that exists: %s %d has %d days", time.Month(m), y, last),
	}
}

// midnight returns the first moment of a day in a zone. That is not always 0 o'clock: some zones put the clock forward at
// midnight, and time.Date may then land on the day before.
func midnight(day events.Day, zone *time.Location) string {
	y, m, d := day.Date()
	t := time.Date(y, m, d, 0, 0, 0, 0, zone)
	for events.DayOf(t) < day {
		t = t.Add(30 * time.Minute)
	}
	return t.Format(time.RFC3339)
}

// quarter is a quarter of a calendar year, counted from year 0.
type quarter int

func quarterOf(d events.Day) quarter {
	y, m, _ := d.Date()
	return quarter(y*4 + (int(m)-1)/3)
}

// parseQuarter reads what [quarter.String] writes.
func parseQuarter(s string) (quarter, bool) {
	if len(s) != len("2018Q1") || s[4] != 'Q' || s[5] < '1' || s[5] > '4' {
		return 0, false
	}
	year, err := strconv.ParseUint(s[:4], 10, 16)
	return quarter(year*4 + uint64(s[5]-'1')), err == nil
}

func (q quarter) first() events.Day { return events.NewDay(int(q)/4, time.Month(int(q)%4*3+1), 1) }
func (q quarter) last() events.Day  { return (q + 1).first() - 1 }

// String writes the quarter as 2018Q1.
func (q quarter) String() string { return fmt.Sprintf("%04dQ%d", int(q)/4, int(q)%4+1) }
