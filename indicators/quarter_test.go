package indicators_test

import (
	"encoding/json"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

func mustDate(tb testing.TB, s string) events.Day {
	tb.Helper()
	d, err := events.ParseDay(s)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

func mustQuarter(tb testing.TB, s string) indicators.Quarter {
	tb.Helper()
	q, err := indicators.ParseQuarter(s)
	if err != nil {
		tb.Fatal(err)
	}
	return q
}

func TestQuarterBounds(t *testing.T) {
	tests := []struct{ quarter, first, last, prev, next string }{
		{"2018Q1", "2018-01-01", "2018-03-31", "2017Q4", "2018Q2"},
		{"2018Q2", "2018-04-01", "2018-06-30", "2018Q1", "2018Q3"},
		{"2018q3", "2018-07-01", "2018-09-30", "2018Q2", "2018Q4"},
		{"2018Q4", "2018-10-01", "2018-12-31", "2018Q3", "2019Q1"},
		{"2020Q1", "2020-01-01", "2020-03-31", "2019Q4", "2020Q2"},
	}
	for _, tt := range tests {
		t.Run(tt.quarter, func(t *testing.T) {
			q := mustQuarter(t, tt.quarter)
			if got := q.First().String(); got != tt.first {
				t.Errorf("First() = %s, want %s", got, tt.first)
			}
			if got := q.Last().String(); got != tt.last {
				t.Errorf("Last() = %s, want %s", got, tt.last)
			}
			if got := q.Prev().String(); got != tt.prev {
				t.Errorf("Prev() = %s, want %s", got, tt.prev)
			}
			if got := q.Next().String(); got != tt.next {
				t.Errorf("Next() = %s, want %s", got, tt.next)
			}
			for d := q.First(); d <= q.Last(); d++ {
				if got := indicators.QuarterOf(d); got != q {
					t.Fatalf("QuarterOf(%s) = %s, want %s", d, got, q)
				}
			}
		})
	}
}

func TestQuarterYear(t *testing.T) {
	q := mustQuarter(t, "2018Q3")
	if first, last := q.YearFirst().String(), q.YearLast().String(); first != "2018-01-01" || last != "2018-12-31" {
		t.Errorf("year of %s is %s to %s", q, first, last)
	}
	if got := q.Add(-7).String(); got != "2016Q4" {
		t.Errorf("Add(-7) = %s, want 2016Q4", got)
	}
}

func TestParseQuarterRefuses(t *testing.T) {
	for _, s := range []string{"", "2018", "2018Q0", "2018Q5", "18Q1", "2018-Q1", "2018Q1 ", "Q12018", "0000Q1", "２０１８Q1", "201aQ1"} {
		if q, err := indicators.ParseQuarter(s); err == nil {
			t.Errorf("ParseQuarter(%q) = %s, want an error", s, q)
		}
	}
}

func TestQuarterJSON(t *testing.T) {
	q := mustQuarter(t, "2018Q1")
	b, err := json.Marshal(q)
	if err != nil || string(b) != `"2018Q1"` {
		t.Fatalf("Marshal = %s, %v", b, err)
	}
	var back indicators.Quarter
	if err := json.Unmarshal(b, &back); err != nil || back != q {
		t.Errorf("Unmarshal = %v, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`"2018Q9"`), &back); err == nil {
		t.Error("Unmarshal took 2018Q9")
	}
}
