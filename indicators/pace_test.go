package indicators

import (
	"testing"

	"github.com/kaohe/kaohe/events"
)

func on(tb testing.TB, s string) events.Day {
	tb.Helper()
	d, err := events.ParseDay(s)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

func frac(a, b int64) Number { return NewNumber(a, 0).quo(NewNumber(b, 0)) }

// num reads a number; the empty string is null.
func num(tb testing.TB, s string) Number {
	tb.Helper()
	if s == "" {
		return Number{}
	}
	n, err := ParseNumber(s)
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

func TestPaceShare(t *testing.T) {
	stepped := Pace{Kind: Stepped, Shares: [4]events.Decimal{1000, 1000, 4000, 10000}}
	jump := stepped
	jump.Jump = true
	const year = 2018
	tests := []struct {
		name string
		pace Pace
		due  string
		on   string
		want Number
	}{
		{"monthly: nothing is due in the year before", Pace{Kind: Monthly}, "", "2017-12-31", frac(0, 1)},
		{"monthly: January is not complete on the 30th", Pace{Kind: Monthly}, "", "2018-01-30", frac(0, 1)},
		{"monthly: a month is complete at the end of its last day", Pace{Kind: Monthly}, "", "2018-01-31", frac(1, 12)},
		{"monthly: and stays so in the next", Pace{Kind: Monthly}, "", "2018-02-27", frac(1, 12)},
		{"monthly: a short February", Pace{Kind: Monthly}, "", "2018-02-28", frac(2, 12)},
		{"monthly: a quarter is a fourth", Pace{Kind: Monthly}, "", "2018-03-31", frac(1, 4)},
		{"monthly: all is due on 31 December", Pace{Kind: Monthly}, "", "2018-12-31", frac(1, 1)},
		{"monthly: and afterwards", Pace{Kind: Monthly}, "", "2019-02-01", frac(1, 1)},
		{"monthly is the default", Pace{}, "", "2018-06-30", frac(1, 2)},
		{"daily: 1 January is the first of 365 days", Pace{Kind: Daily}, "", "2018-01-01", frac(1, 365)},
		{"daily: 24.66 percent on 31 March", Pace{Kind: Daily}, "", "2018-03-31", frac(90, 365)},
		{"daily: all on the last", Pace{Kind: Daily}, "", "2018-12-31", frac(1, 1)},
		{"daily: nothing the day before", Pace{Kind: Daily}, "", "2017-12-31", frac(0, 1)},
		{"stepped: linear by day from nothing", stepped, "", "2018-01-09", frac(1, 100)},
		{"stepped: its share at the quarter's end", stepped, "", "2018-03-31", frac(1, 10)},
		{"stepped: level where two shares are equal", stepped, "", "2018-05-15", frac(1, 10)},
		{"stepped: half a quarter is half a step", stepped, "", "2018-08-15", frac(1, 4)},
		{"stepped: all at the end", stepped, "", "2018-12-31", frac(1, 1)},
		{"stepped with a jump: nothing before the quarter's last day", jump, "", "2018-03-30", frac(0, 1)},
		{"stepped with a jump: the step on that day", jump, "", "2018-03-31", frac(1, 10)},
		{"stepped with a jump: kept until the next", jump, "", "2018-09-29", frac(1, 10)},
		{"hold: all on the first day", Pace{Kind: Hold}, "", "2018-01-01", frac(1, 1)},
		{"hold: but not before", Pace{Kind: Hold}, "", "2017-12-31", frac(0, 1)},
		{"annual: nothing on 30 December", Pace{Kind: Annual}, "", "2018-12-30", frac(0, 1)},
		{"annual: all on 31 December", Pace{Kind: Annual}, "", "2018-12-31", frac(1, 1)},
		{"milestone: nothing the day before it is due", Pace{Kind: AtDue}, "2018-09-30", "2018-09-29", frac(0, 1)},
		{"milestone: all on the day", Pace{Kind: AtDue}, "2018-09-30", "2018-09-30", frac(1, 1)},
		{"milestone: due at the year's end unless said otherwise", Pace{Kind: AtDue}, "", "2018-12-30", frac(0, 1)},
		{"milestone: and then it is", Pace{Kind: AtDue}, "", "2018-12-31", frac(1, 1)},
		{"none: not known", Pace{Kind: NoPace}, "", "2018-12-31", Number{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var due events.Day
			if tt.due != "" {
				due = on(t, tt.due)
			}
			if got := tt.pace.Share(year, due, on(t, tt.on)); !got.Equal(tt.want) {
				t.Errorf("Share() = %s, want %s", got, tt.want)
			}
		})
	}
}

func TestPaceInALeapYear(t *testing.T) {
	tests := []struct {
		name string
		pace Pace
		on   string
		want Number
	}{
		{"daily counts 366 days", Pace{Kind: Daily}, "2020-03-31", frac(91, 366)},
		{"daily counts 29 February", Pace{Kind: Daily}, "2020-02-29", frac(60, 366)},
		{"February is not complete on the 28th", Pace{Kind: Monthly}, "2020-02-28", frac(1, 12)},
		{"but on the 29th", Pace{Kind: Monthly}, "2020-02-29", frac(2, 12)},
		{"the first quarter has 91 days", Pace{Kind: Stepped, Shares: [4]events.Decimal{9100}}, "2020-01-01", frac(1, 100)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.pace.Share(2020, 0, on(t, tt.on)); !got.Equal(tt.want) {
				t.Errorf("Share() = %s, want %s", got, tt.want)
			}
		})
	}
}

// A pace never takes back what was due, and is complete at the year's end.
func TestPaceNeverFalls(t *testing.T) {
	due := on(t, "2019-07-15")
	for _, kind := range []PaceKind{Monthly, Daily, Stepped, Hold, Annual, AtDue} {
		p := Pace{Kind: kind, Shares: [4]events.Decimal{0, 3333, 3333, 10000}}
		last := zero
		for d := on(t, "2018-12-31"); d <= on(t, "2019-12-31"); d++ {
			share := p.Share(2019, due, d)
			if share.cmp(last) < 0 {
				t.Fatalf("%s falls on %s from %s to %s", kind, d, last, share)
			}
			last = share
		}
		if !last.Equal(NewNumber(1, 0)) {
			t.Errorf("%s ends at %s", kind, last)
		}
	}
}
