package indicators

import (
	"time"

	"github.com/kaohe/kaohe/events"
)

// Share returns which share of the year's target is due at the end of a day (序时进度): 0 up to the year before, 1 from the
// year's last day on. due is the day of the milestone pace, 31 December if it is 0. Null where the pace is none.
func (p Pace) Share(year int, due, on events.Day) Number {
	first, last := Quarter{year, 1}.First(), Quarter{year, 4}.Last()
	switch {
	case p.Kind == NoPace:
		return Number{}
	case on < first:
		return zero
	}
	on = min(on, last)
	switch p.Kind {
	case Daily:
		return NewNumber(int64(on-first+1), 0).quo(NewNumber(int64(last-first+1), 0))
	case Stepped:
		return p.curve(zero, numbersOf(p.Shares[:]), on)
	case Hold:
		return NewNumber(1, 0)
	case Annual:
		return stepAt(last, on)
	case AtDue:
		if due == 0 {
			due = last
		}
		return stepAt(due, on)
	}
	return NewNumber(int64(completeMonths(on)), 0).quo(NewNumber(12, 0))
}

// curve runs through four values at the quarters' ends, from start at the end of the year before: linear by day between
// them, or, if the pace jumps, level until a quarter's last day.
func (p Pace) curve(start Number, ends []Number, on events.Day) Number {
	q := QuarterOf(on)
	before, end := start, ends[q.N-1]
	if q.N > 1 {
		before = ends[q.N-2]
	}
	switch {
	case on == q.Last():
		return end
	case p.Jump:
		return before
	}
	gone, whole := int64(on-q.First()+1), int64(q.Last()-q.First()+1)
	return before.add(end.sub(before).mul(NewNumber(gone, 0)).quo(NewNumber(whole, 0)))
}

// stepAt is 0 before a day and 1 from it on.
func stepAt(day, on events.Day) Number {
	if on < day {
		return zero
	}
	return NewNumber(1, 0)
}

// completeMonths counts the months of the year that are over at the end of a day.
func completeMonths(on events.Day) int {
	_, month, _ := on.Date()
	if _, next, _ := (on + 1).Date(); next != month {
		return int(month)
	}
	return int(month - time.January)
}

func numbersOf(list []events.Decimal) []Number {
	numbers := make([]Number, len(list))
	for i, d := range list {
		numbers[i] = NumberOf(d)
	}
	return numbers
}
