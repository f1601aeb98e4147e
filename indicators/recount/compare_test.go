package recount_test

import (
	"fmt"
	"math/big"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

// drawQuestion draws a unit, a quarter and a day: mostly one of the quarter, at times one before or after.
func drawQuestion(t *rapid.T, w *world) question {
	q := question{unit: one(t, "unit", w.units...)}
	q.first = time.Date(2017, time.Month(7+3*one(t, "quarter", places[1:8]...)), 1, 0, 0, 0, 0, time.UTC)
	q.asOf = q.first.AddDate(0, 0, one(t, "as of", offsets...))
	return q
}

// offsets are days from a quarter's first day on; those after it count as its last.
var offsets = []int{400, 100, 89, 0, 14, 30, 31, 45, 58, 59, 88, -1, -60}

// ask has the fold answer a question.
func ask(w *world, v *projections.View, q question) *indicators.Scorecard {
	org, ok := w.plan.Orgs.Index(q.unit)
	if !ok {
		panic("no unit " + q.unit)
	}
	return indicators.Evaluate(v, w.plan, indicators.QuarterOf(dayOf(q.first)), org, dayOf(q.asOf))
}

func dayOf(t time.Time) events.Day {
	if t.IsZero() {
		return 0
	}
	year, month, day := t.Date()
	return events.NewDay(year, month, day)
}

// hold holds the answer of the fold against the recount of live facts.
func hold(tb rapid.TB, w *world, v *projections.View, facts []fact, q question) {
	card := ask(w, v, q)
	p := placeOf(w.recount, facts, q.unit)
	if got, want := len(card.Rows), len(w.recount.indicators); got != want {
		tb.Fatalf("%d rows, want %d", got, want)
	}
	rows := map[string]row{}
	for i, d := range w.recount.indicators {
		want := p.row(d, q)
		rows[d.id] = want
		for _, difference := range compare(&card.Rows[i], want) {
			tb.Errorf("%s at %s in %s as of %s: %s", d.id, q.unit, quarterOf(q.first), q.asOf.Format(time.DateOnly), difference)
		}
	}
	compareDuties(tb, w.recount, card, rows)
	var closings int
	for _, f := range facts {
		if f.Type == "PeriodClosed" && f.Org == q.unit && f.text("quarter") == quarterOf(q.first) {
			closings++
		}
	}
	if closed := card.Closed; closed == nil && closings > 0 || closed != nil && closed.Revision != closings {
		tb.Errorf("closed: %+v, but it was closed %d times", closed, closings)
	}
}

// compare lists what is wrong with a row.
func compare(got *indicators.Row, want row) (wrong []string) {
	check := func(what string, got, want any) {
		if got != want {
			wrong = append(wrong, fmt.Sprintf("%s = %v, want %v", what, got, want))
		}
	}
	check("id", got.ID, want.id)
	check("status", string(got.Status), want.status)
	check("reported", got.Reported, want.reported)
	check("last event", got.LastEvent, dayOf(want.last))
	check("illustrative", got.TargetIllustrative, want.illustrative)
	check("target's problem", string(got.TargetProblem), want.problem)
	check("first target", number(got.FirstTarget), ratio(want.first))
	check("gap to the first target", number(got.FirstGap), ratio(want.firstGap))
	var reporting indicators.Reporting
	if got.Reporting != nil {
		reporting = *got.Reporting
	}
	check("reporting", reporting, indicators.Reporting{Have: want.leavesWhichReported, Due: want.leaves})
	compareFigures(check, "quarter", got.Quarter, want.quarter)
	compareFigures(check, "year", got.Year, want.year)
	return wrong
}

func compareFigures(check func(what string, got, want any), span string, got *indicators.Figure, want *figure) {
	if check(span+" is there", got != nil, want != nil); got == nil || want == nil {
		return
	}
	for _, n := range []struct {
		name string
		got  indicators.Number
		want *big.Rat
	}{
		{"value", got.Value, want.value}, {"base", got.Base, want.base}, {"target", got.Target, want.target},
		{"expected", got.Expected, want.expected}, {"gap", got.Gap, want.gap}, {"completion", got.Completion, want.completion},
		{"pace ratio", got.PaceRatio, want.paceRatio},
	} {
		check(span+" "+n.name, number(n.got), ratio(n.want))
	}
	check(span+" status", string(got.Status), want.status)
	check(span+" reported", got.Reported, want.reported)
	check(span+" events", got.Events, want.events)
	parts, wanted := map[string]map[string]string{}, map[string]map[string]string{}
	for field, members := range got.Breakdown {
		parts[field] = map[string]string{}
		for member, n := range members {
			parts[field][member] = number(n)
		}
	}
	for field, members := range want.parts {
		wanted[field] = map[string]string{}
		for member, n := range members {
			wanted[field][member] = ratio(n)
		}
	}
	check(span+" breakdown", fmt.Sprint(parts), fmt.Sprint(wanted))
}

// number and ratio write exact numbers as closely as a Number shows its own.
func number(n indicators.Number) string {
	f, ok := n.Float64()
	if !ok {
		return "unknown"
	}
	return fmt.Sprintf("%v (%s)", f, n)
}

func ratio(r *big.Rat) string {
	if r == nil {
		return "unknown"
	}
	f, _ := r.Float64()
	places := new(big.Rat).SetInt64(10_000)
	return fmt.Sprintf("%v (%s)", f, decimals(new(big.Rat).Mul(r, places)))
}

// decimals writes ten-thousandths as a number with up to four decimals, half away from zero.
func decimals(r *big.Rat) string {
	half := big.NewRat(int64(r.Sign()), 2)
	sum := new(big.Rat).Add(r, half)
	n := new(big.Int).Quo(sum.Num(), sum.Denom()) // towards zero
	whole, rest := new(big.Int).QuoRem(new(big.Int).Abs(n), big.NewInt(10_000), new(big.Int))
	text := whole.String()
	if rest.Sign() != 0 {
		digits := []byte(fmt.Sprintf(".%04d", rest))
		for digits[len(digits)-1] == '0' {
			digits = digits[:len(digits)-1]
		}
		text += string(digits)
	}
	if n.Sign() < 0 {
		text = "-" + text
	}
	return text
}

// compareDuties holds what a unit owes against the rows.
func compareDuties(tb rapid.TB, p *plan, card *indicators.Scorecard, rows map[string]row) {
	var noTarget, notReported []string
	for _, id := range p.duties[card.Org] {
		if r := rows[id]; r.year != nil && r.year.target == nil {
			noTarget = append(noTarget, id)
		}
		if r := rows[id]; r.quarter != nil && !r.quarter.reported {
			notReported = append(notReported, id)
		}
	}
	duties := card.Duties
	if duties == nil {
		duties = &indicators.Duties{}
	}
	if !slices.Equal(duties.NoTarget, noTarget) || !slices.Equal(duties.NotReported, notReported) {
		tb.Errorf("duties of %s: %+v, want no target %v, not reported %v", card.Org, duties, noTarget, notReported)
	}
}
