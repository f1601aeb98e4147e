package quality

import (
	"cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

var totalDiffers = newCheck("DQ-18", "total_differs", Warn,
	"核对上级的数与各下级的数；计入的是各下级之和。",
	"Check the value of the unit above and those of the units below: what counts is the sum of these.")

// totalFact is a value of an indicator that adds up over the units below, such as a population.
type totalFact struct {
	place
	day   events.Day
	value events.Decimal
}

func (f totalFact) where() place { return f.place }

// feed is an indicator that events of a type feed.
type feed struct {
	indicator int // place in the plan
	input     projections.Input
}

// matches reports whether an event passes the filter of a feed.
func (f *feed) matches(data object) bool {
	if f.input.Where == nil {
		return true
	}
	fields := f.input.Where.Fields()
	raw := make([][]byte, len(fields))
	for i, name := range fields {
		raw[i] = data[name]
	}
	ok, err := f.input.Where.Match(raw)
	return ok && err == nil
}

// additive returns, by event type, the indicators of the plan whose value at a unit is the sum of those below.
func additive(plan *indicators.Plan) map[string][]feed {
	byType := map[string][]feed{}
	for i, d := range plan.Indicators {
		if d.Kind != indicators.Latest || !d.RollUp {
			continue
		}
		for _, m := range plan.Measures {
			for _, in := range m.Inputs {
				if m.Name == d.Measure {
					byType[in.Type] = append(byType[in.Type], feed{i, in})
				}
			}
		}
	}
	return byType
}

func readTotals(r *reading) {
	for i := range r.additive[r.typ] {
		f := &r.additive[r.typ][i]
		value, err := events.ParseDecimal(cmp.Or(r.data.text(f.input.Amount), string(r.data[f.input.Amount])))
		if err == nil && f.matches(r.data) {
			add(r, r.totals, r.plan.Indicators[f.indicator].ID, totalFact{r.place, r.day, value})
		}
	}
}

// judgeTotal holds the value of a unit against those of the units directly below, year by year: DQ-18 of DOMAIN 4.4. They may differ
// by what rounding explains, half a percent. Of several values of a unit in a year the last one counts.
func judgeTotal(b *bench, id string, facts []totalFact) {
	type unitYear struct{ org, year int }
	last := map[unitYear]totalFact{}
	for _, f := range facts {
		k := unitYear{int(f.org), f.day.Year()}
		if old, ok := last[k]; !ok || f.day >= old.day {
			last[k] = f
		}
	}
	for _, f := range facts {
		k := unitYear{int(f.org), f.day.Year()}
		if last[k] != f {
			continue
		}
		var parts []place
		sum, whole := int64(0), true
		below := b.below[k.org]
		for _, org := range below {
			part, ok := last[unitYear{org, k.year}]
			if whole = whole && ok; whole {
				sum, whole = events.AddExact(sum, int64(part.value))
				parts = append(parts, part.place)
			}
		}
		if len(below) == 0 || !whole || near(int64(f.value), sum) {
			continue
		}
		parts = parts[:min(len(parts), maxEvents)]
		b.about(totalDiffers, f.place, func() events.Text {
			return textf("%d 年 %s 为 %v，各下级之和为 %v", "%[2]s of %[1]d is %[3]v, those of the units below add up to %[4]v", k.year, id, f.value, events.Decimal(sum))
		}, parts...)
	}
}

// near reports whether two numbers differ by no more than a 200th of the first.
func near(whole, sum int64) bool {
	difference := max(whole, sum) - min(whole, sum)
	return difference <= max(whole, -whole)/200
}
