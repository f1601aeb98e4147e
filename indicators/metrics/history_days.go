package metrics

import (
	"context"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

// AddKnown adds all days from one to another, each by what is known now.
func (h *History) AddKnown(ctx context.Context, view *projections.View, plan *indicators.Plan, from, to events.Day) error {
	for day := from; day <= to; day++ {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := h.Add(view, plan, day); err != nil {
			return err
		}
	}
	return nil
}

// Past is where a history finds what was known on each day.
type Past struct {
	Now  *projections.View // by which the log is looked at: as far as it goes
	Plan *indicators.Plan  // for the days before any plan was activated, or for all of them

	// SeqAt returns the last commit recorded at or before a time, 0 if there is none.
	SeqAt func(ctx context.Context, v *projections.View, t time.Time) (uint64, error)
	// Replay folds from the state after one commit on, and shows the state before each commit that comes then.
	Replay func(ctx context.Context, rules projections.Rules, after, through uint64, next func(recorded time.Time, state func() *projections.View) error) (*projections.View, error)
	// PlanOf loads a plan that was activated; nil reads all of the past by Plan.
	PlanOf func(ctx context.Context, a projections.Activation) (*indicators.Plan, error)
}

// reign are days at whose ends the same plan was in force.
type reign struct {
	from, to events.Day
	plan     *indicators.Plan
}

// AddPast adds all days from one to another, each by what had been recorded when it ended, and by the plan in force then.
// Days before the log began have no samples. The log is read once for each plan that was in force, not once a day.
func (h *History) AddPast(ctx context.Context, p Past, from, to events.Day) error {
	reigns, err := h.reigns(ctx, p, from, to)
	if err != nil {
		return err
	}
	for _, r := range reigns {
		if err := h.addReign(ctx, p, r); err != nil {
			return err
		}
	}
	return nil
}

// reigns finds which plan was in force when each day ended.
func (h *History) reigns(ctx context.Context, p Past, from, to events.Day) ([]reign, error) {
	var list []reign
	plan, next := p.Plan, p.Now.Activations()
	if p.PlanOf == nil {
		next = nil
	}
	for day := from; day <= to; day++ {
		last := -1 // the last of those that came into force by the day's end
		for i := range next {
			if !next[i].Recorded.Before(Began(day+1, h.opt.Zone)) {
				break
			}
			last = i
		}
		if last >= 0 {
			var err error
			if plan, err = p.PlanOf(ctx, next[last]); err != nil {
				return nil, err
			}
			next = next[last+1:]
		}
		if n := len(list) - 1; n >= 0 && list[n].plan == plan {
			list[n].to = day
		} else {
			list = append(list, reign{day, day, plan})
		}
	}
	return list, nil
}

// addReign adds the days of one plan: one fold goes through the log, and is looked at where a day has ended.
func (h *History) addReign(ctx context.Context, p Past, r reign) error {
	after, err := p.SeqAt(ctx, p.Now, h.end(r.from))
	if err != nil {
		return err
	}
	through, err := p.SeqAt(ctx, p.Now, h.end(r.to))
	if err != nil {
		return err
	}
	day := r.from
	last, err := p.Replay(ctx, r.plan.Rules(), after, through, func(recorded time.Time, state func() *projections.View) error {
		ended := day
		for !recorded.Before(Began(ended+1, h.opt.Zone)) {
			ended++
		}
		if ended == day {
			return nil
		}
		err := h.addState(ctx, state(), r.plan, day, ended-1)
		day = ended
		return err
	})
	if err != nil {
		return err
	}
	return h.addState(ctx, last, r.plan, day, r.to)
}

// addState adds days at whose ends the same was known.
func (h *History) addState(ctx context.Context, v *projections.View, plan *indicators.Plan, from, to events.Day) error {
	if v.Head().Seq == 0 {
		return nil // the log had not begun
	}
	return h.AddKnown(ctx, v, plan, from, to)
}

// end returns the last moment of a day.
func (h *History) end(d events.Day) time.Time { return Began(d+1, h.opt.Zone).Add(-time.Nanosecond) }
