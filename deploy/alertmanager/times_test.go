package alertmanager_test

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

type interval struct {
	Name  string `yaml:"name"`
	Parts []part `yaml:"time_intervals"`
}

type part struct {
	Years    []string `yaml:"years"`
	Months   []string `yaml:"months"`
	Days     []string `yaml:"days_of_month"`
	Weekdays []string `yaml:"weekdays"`
	Times    []struct {
		Start string `yaml:"start_time"`
		End   string `yaml:"end_time"`
	} `yaml:"times"`
	Location string `yaml:"location"`
}

// TestTimesAreThoseOfChina: without a location an interval is in UTC.
func TestTimesAreThoseOfChina(t *testing.T) {
	for _, i := range mustConfig(t, "alertmanager.yml").TimeIntervals {
		for n, p := range i.Parts {
			if p.Location != "Asia/Shanghai" {
				t.Errorf("%s, part %d: location %q", i.Name, n+1, p.Location)
			}
		}
	}
}

func TestWorkedDaysAreWeekendsAndNoHolidays(t *testing.T) {
	days := map[string]map[time.Time]bool{}
	for _, i := range mustConfig(t, "alertmanager.yml").TimeIntervals {
		days[i.Name] = i.days(t)
	}
	worked, holidays := days["working-days"], days["holidays"]
	for day := range worked {
		if wd := day.Weekday(); wd != time.Saturday && wd != time.Sunday || holidays[day] {
			t.Errorf("%s is worked in exchange, want a weekend's day that is no holiday", day.Format("Mon 2006-01-02"))
		}
	}
	for year, want := range map[int][2]int{2026: {6, 33}, 2027: {0, 13}} {
		if got := [2]int{in(worked, year), in(holidays, year)}; got != want {
			t.Errorf("%d: %d days worked in exchange and %d holidays, want %d", year, got[0], got[1], want)
		}
	}
}

func in(days map[time.Time]bool, year int) (n int) {
	for day := range days {
		if day.Year() == year {
			n++
		}
	}
	return n
}

// days are the dates of an interval, of the parts that name some.
func (i interval) days(tb testing.TB) map[time.Time]bool {
	tb.Helper()
	all := map[time.Time]bool{}
	for _, p := range i.Parts {
		if len(p.Days) == 0 {
			continue
		}
		if len(p.Years) != 1 || len(p.Months) != 1 {
			tb.Fatalf("%s: want days of one month of one year", i.Name)
		}
		for _, days := range p.Days {
			first, last, ok := strings.Cut(days, ":")
			if !ok {
				last = first
			}
			for d := mustNumber(tb, first); d <= mustNumber(tb, last); d++ {
				month := time.Month(mustNumber(tb, p.Months[0]))
				day := time.Date(mustNumber(tb, p.Years[0]), month, d, 0, 0, 0, 0, time.UTC)
				if all[day] || day.Month() != month {
					tb.Errorf("%s: day %d of month %d is there twice, or not in it", i.Name, d, month)
				}
				all[day] = true
			}
		}
	}
	return all
}

func mustNumber(tb testing.TB, s string) int {
	tb.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

// What is repeated after more than Alertmanager keeps (--data.retention, 120 hours) would be forgotten before. The digest's
// turn comes each group_interval: its time has to be longer than that, and shorter than two.
func TestIntervalsFitEachOther(t *testing.T) {
	c := mustConfig(t, "alertmanager.yml")
	for _, r := range c.Route.all() {
		if r.RepeatInterval != "" && mustDuration(t, r.RepeatInterval) >= 120*time.Hour {
			t.Errorf("%s: repeated after %s", r.Receiver, r.RepeatInterval)
		}
		if r.Receiver != "digest" {
			continue
		}
		turn, again := mustDuration(t, r.GroupInterval), mustDuration(t, r.RepeatInterval)
		for _, i := range c.TimeIntervals {
			if i.Name != r.Active[0] {
				continue
			}
			window := mustClock(t, i.Parts[0].Times[0].End).Sub(mustClock(t, i.Parts[0].Times[0].Start))
			if window <= turn || window >= 2*turn || again >= 24*time.Hour-window || again <= window {
				t.Errorf("the digest has %v each day, its turn comes each %v, and again after %v", window, turn, again)
			}
		}
	}
}

func mustDuration(tb testing.TB, s string) time.Duration {
	tb.Helper()
	d, err := time.ParseDuration(s)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

func mustClock(tb testing.TB, s string) time.Time {
	tb.Helper()
	at, err := time.Parse("15:04", s)
	if err != nil {
		tb.Fatal(err)
	}
	return at
}
