package projections

import (
	"context"
	"time"

	"github.com/kaohe/kaohe/events"
)

// Replay folds on from the state after one commit through another, and returns the state at the end. Before each commit is
// taken in, next is told when that was recorded, and may look at the state before it; making a view costs something. So the
// states at many moments take one fold. That may take minutes, so between commits it gives way to others who wait to look into
// the past: its own fold rests in memory, and one Replay should be made at a time.
func (a *Archive) Replay(ctx context.Context, rules Rules, after, through uint64, next func(recorded time.Time, state func() *View) error) (v *View, err error) {
	parser, err := NewParser(rules, a.ids)
	if err != nil {
		return nil, err
	}
	err = a.withFold(ctx, rules, after, func(f *Fold, r *Reader) error {
		var parsed *Parsed
		err := a.each(ctx, f.Head().Seq, through, func(c events.Commit) error {
			if err := a.giveWay(ctx); err != nil {
				return err
			}
			if err := next(c.Recorded, f.View); err != nil {
				return err
			}
			parsed = parser.Parse(c, parsed)
			return r.Take(parsed)
		})
		v = f.View()
		return err
	})
	return v, err
}

// giveWay lets others have their turn who wait for it, and takes it back. It comes back with the turn in any case.
func (a *Archive) giveWay(ctx context.Context) error {
	if a.waiting.Load() > 0 {
		a.leave()
		a.turn <- struct{}{} // whoever has it has a context that ends
	}
	return context.Cause(ctx)
}
