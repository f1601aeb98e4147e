package events_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events"
)

func TestParseDay(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		ok         bool
	}{
		{"a day", "2018-02-28", true},
		{"the leap day of a leap year", "2020-02-29", true},
		{"the leap day of a century that is divisible by 400", "2000-02-29", true},
		{"the leap day of another century", "1900-02-29", false},
		{"the leap day of another year", "2018-02-29", false},
		{"30 February", "2018-02-30", false},
		{"31 April", "2018-04-31", false},
		{"month 13", "2018-13-01", false},
		{"day 0", "2018-01-00", false},
		{"the year 0", "0000-01-01", false},
		{"one-digit months", "2018-2-28", false},
		{"a time behind it", "2018-02-28T00:00:00", false},
		{"blanks", " 2018-02-28", false},
		{"full-width digits", "２018-02-28", false},
		{"nothing", "", false},
	} {
		d, err := events.ParseDay(tt.text)
		if (err == nil) != tt.ok {
			t.Errorf("%s: ParseDay(%q) = %v, %v", tt.name, tt.text, d, err)
		}
		if tt.ok && d.String() != tt.text {
			t.Errorf("%s: ParseDay(%q).String() = %s", tt.name, tt.text, d)
		}
	}
}

// TestDaysAreThoseOfTheStandardLibrary: our own counting of days, which the fold uses, agrees with package time.
func TestDaysAreThoseOfTheStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		when := time.Unix(rapid.Int64Range(-60000000000, 200000000000).Draw(t, "unix"), 0).UTC()
		text := when.Format("2006-01-02")
		d, err := events.ParseDay(text)
		if err != nil || d != events.DayOf(when) || d.String() != text {
			t.Fatalf("ParseDay(%s) = %v, %v, DayOf is %v", text, d, err, events.DayOf(when))
		}
		if y, m, day := d.Date(); y != when.Year() || m != when.Month() || day != when.Day() || d.Year() != y {
			t.Fatalf("Date() of %s = %d %d %d", text, y, m, day)
		}
	})
}

func TestDayOfUsesTheZone(t *testing.T) {
	shanghai := time.FixedZone("CST", 8*3600)
	if got := events.DayOf(time.Date(2018, 2, 27, 17, 0, 0, 0, time.UTC).In(shanghai)).String(); got != "2018-02-28" {
		t.Errorf("17:00 UTC is %s in Shanghai, want the day after", got)
	}
}

func TestAddMonths(t *testing.T) {
	for _, tt := range []struct {
		name, from string
		months     int
		want       string
	}{
		{"the same day", "2018-01-15", 1, "2018-02-15"},
		{"a month that is shorter", "2018-01-31", 1, "2018-02-28"},
		{"the leap day, a year on", "2020-02-29", 12, "2021-02-28"},
		{"three years", "2016-11-30", 36, "2019-11-30"},
		{"over the year's end", "2018-12-31", 2, "2019-02-28"},
		{"back", "2018-03-31", -1, "2018-02-28"},
		{"back over the year's end", "2018-01-15", -13, "2016-12-15"},
	} {
		from, _ := events.ParseDay(tt.from)
		if got := from.AddMonths(tt.months).String(); got != tt.want {
			t.Errorf("%s: %s plus %d months = %s, want %s", tt.name, tt.from, tt.months, got, tt.want)
		}
	}
}
