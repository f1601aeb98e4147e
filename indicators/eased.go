package indicators

import (
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections"
)

// eased returns by how much the year's target was made easier while the indicator was behind its pace, null for not at all: a
// gap must not go away unseen because somebody moved the target. What was made harder again is taken off. A target that was
// corrected counts as if it had been set so from the beginning, like all that is corrected; TargetHistory tells of it.
//
// Whether there was a gap is asked of the day before the change took effect or was made, whichever is later, because a change
// may be dated back.
func (e *evaluation) eased(d *Definition, base Number, targets []projections.Target) Number {
	last, total := goal{}, zero
	for i, t := range targets {
		if holding, ok := inForce(targets[:i+1], e.on); !ok || holding.At != t.At {
			continue // it does not hold yet, or another one goes on holding
		}
		next, _ := newGoal(d, t, base, e.lastYear(d))
		total = total.add(e.easing(d, last, next, max(effectiveFrom(t, i == 0), t.Day)-1))
		if last = next; total.Sign() < 0 {
			total = zero
		}
	}
	if total.Sign() == 0 {
		return Number{}
	}
	return total
}

// easing returns by how much a goal is easier than the one before it, negative if it is harder, and 0 if it is easier but on a
// given day nothing was behind.
func (e *evaluation) easing(d *Definition, former, next goal, on events.Day) Number {
	easier := d.Direction.short(next.value, former.value)
	if easier.Sign() <= 0 {
		return easier.or(zero)
	}
	on = min(on, e.on)
	if on < e.quarter.YearFirst() {
		return zero
	}
	f := Figure{Value: e.value(d, e.org, yearTo(on)), Base: former.start, Target: former.value, Expected: former.expected(on)}
	f.judge(d.Direction, e.plan.Thresholds)
	switch f.Status {
	case Attention, Behind, Critical:
		return easier
	}
	return zero
}
