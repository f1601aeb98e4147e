package projections

import (
	"time"

	"github.com/kaohe/kaohe/events"
)

// period is a run of days, both ends included.
type period struct {
	first, last events.Day
}

// spans are the quarter and the year of a day.
type spans struct {
	day           events.Day
	quarter, year period
}

// calendar remembers the spans of recent days: events come in any order, but from few days.
type calendar struct {
	recent [512]spans
}

func (c *calendar) spans(day events.Day) *spans {
	s := &c.recent[uint32(day)%uint32(len(c.recent))]
	if s.day != day || s.year.last == 0 {
		*s = spansOf(day)
	}
	return s
}

func spansOf(day events.Day) spans {
	y, m, _ := day.Date()
	first := (m-1)/3*3 + 1
	return spans{
		day:     day,
		quarter: period{events.NewDay(y, first, 1), events.NewDay(y, first+3, 1) - 1},
		year:    period{events.NewDay(y, time.January, 1), events.NewDay(y, time.December, 31)},
	}
}
