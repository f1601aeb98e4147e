package projections

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events"
)

// TestSeries: a series answers as a plain map of days does, whatever the order of the days, and a series of an earlier
// epoch is not touched by what is added later.
func TestSeries(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &cell{epoch: 1}
		epoch := uint32(1)
		plain := map[events.Day][2]int64{}
		var frozen *cell
		var was map[events.Day][2]int64
		for range rapid.IntRange(0, 400).Draw(t, "changes") {
			day := events.Day(rapid.IntRange(0, 300).Draw(t, "day"))
			n, value := int32(rapid.IntRange(-1, 2).Draw(t, "n")), int64(rapid.IntRange(-5, 5).Draw(t, "value"))
			c = c.owned(epoch)
			c.main.add(epoch, day, n, value)
			plain[day] = [2]int64{plain[day][0] + int64(n), plain[day][1] + value}
			if rapid.IntRange(0, 60).Draw(t, "publish") == 0 {
				frozen, was = c, map[events.Day][2]int64{}
				for d, v := range plain {
					was[d] = v
				}
				epoch++
			}
		}
		sameSeries(t, &c.main, plain)
		if frozen != nil {
			sameSeries(t, &frozen.main, was)
		}
	})
}

func sameSeries(t *rapid.T, s *series, plain map[events.Day][2]int64) {
	for range 10 {
		from, to := events.Day(rapid.IntRange(-5, 310).Draw(t, "from")), events.Day(rapid.IntRange(-5, 310).Draw(t, "to"))
		var n, value int64
		last, seen := events.Day(0), false
		for day, v := range plain {
			if day >= from && day <= to {
				n, value = n+v[0], value+v[1]
			}
			if day <= to && v[0] > 0 && (!seen || day > last) {
				last, seen = day, true
			}
		}
		if gotN, got := s.within(from, to); gotN != n || got != value {
			t.Fatalf("within(%d, %d) = %d, %d, want %d, %d", from, to, gotN, got, n, value)
		}
		if got, ok := s.lastEvent(to); ok != seen || got != last {
			t.Fatalf("lastEvent(%d) = %d, %v, want %d, %v", to, got, ok, last, seen)
		}
	}
	for _, p := range s.pages {
		if len(p.changes) == 0 || len(p.changes) > pageDays || !slices.IsSortedFunc(p.changes, func(a, b change) int { return int(a.day - b.day) }) {
			t.Fatalf("page of %d changes", len(p.changes))
		}
	}
}

// TestSeriesStaysSmall: years of days in order fill their pages, and a day that comes late splits at most one.
func TestSeriesStaysSmall(t *testing.T) {
	var s series
	for day := range events.Day(3650) {
		s.add(1, day, 1, 1)
	}
	if want := (3650 + pageDays - 1) / pageDays; len(s.pages) != want {
		t.Errorf("3650 days in order take %d pages, want %d", len(s.pages), want)
	}
	s.add(1, 100, 1, 1)
	if want := (3650 + pageDays - 1) / pageDays; len(s.pages) > want+1 {
		t.Errorf("a day that is there already adds %d pages", len(s.pages)-want)
	}
}

func TestSymbols(t *testing.T) {
	s := newSymbols()
	numbers := map[string]uint32{}
	for i := range 20000 {
		text := fmt.Sprintf("证书-%d", i%7000)
		n := s.number([]byte(text))
		if known, ok := numbers[text]; ok && known != n {
			t.Fatalf("%s is %d and %d", text, known, n)
		}
		numbers[text] = n
		if got := string(s.text(n)); got != text {
			t.Fatalf("text(%d) = %q, want %q", n, got, text)
		}
	}
	if len(numbers) != 7000 || len(s.texts) != 7000 {
		t.Errorf("%d texts for %d", len(s.texts), len(numbers))
	}
}
