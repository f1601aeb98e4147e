package indicators

import (
	"fmt"
	"time"

	"github.com/kaohe/kaohe/events"
)

// Quarter is a quarter of a calendar year.
type Quarter struct {
	Year int
	N    int // 1 to 4
}

// ParseQuarter reads a quarter written as 2018Q1 (or 2018q1).
func ParseQuarter(s string) (Quarter, error) {
	if len(s) == 6 && (s[4] == 'Q' || s[4] == 'q') && s[5] >= '1' && s[5] <= '4' {
		if first, err := events.ParseDay(s[:4] + "-01-01"); err == nil {
			return Quarter{Year: first.Year(), N: int(s[5] - '0')}, nil
		}
	}
	return Quarter{}, fmt.Errorf("%q is not a quarter like 2018Q1", s)
}

// QuarterOf returns the quarter in which a day lies.
func QuarterOf(d events.Day) Quarter {
	year, month, _ := d.Date()
	return Quarter{Year: year, N: (int(month)-1)/3 + 1}
}

// First returns the quarter's first day.
func (q Quarter) First() events.Day {
	return events.NewDay(q.Year, time.Month(3*q.N-2), 1)
}

// Last returns the quarter's last day.
func (q Quarter) Last() events.Day { return q.Next().First() - 1 }

// YearFirst returns 1 January of the quarter's year.
func (q Quarter) YearFirst() events.Day { return events.NewDay(q.Year, time.January, 1) }

// YearLast returns 31 December of the quarter's year.
func (q Quarter) YearLast() events.Day { return events.NewDay(q.Year, time.December, 31) }

// Next returns the quarter after.
func (q Quarter) Next() Quarter { return q.Add(1) }

// Prev returns the quarter before.
func (q Quarter) Prev() Quarter { return q.Add(-1) }

// Add returns the quarter n quarters later, or earlier if n is negative.
func (q Quarter) Add(n int) Quarter {
	return QuarterOf(events.NewDay(q.Year, time.Month(3*(q.N+n)-2), 1))
}

// String writes the quarter as 2018Q1.
func (q Quarter) String() string { return fmt.Sprintf("%04dQ%d", q.Year, q.N) }

// MarshalText writes what String writes.
func (q Quarter) MarshalText() ([]byte, error) { return []byte(q.String()), nil }

// UnmarshalText reads what [ParseQuarter] reads.
func (q *Quarter) UnmarshalText(b []byte) (err error) {
	*q, err = ParseQuarter(string(b))
	return err
}
