package projections

import (
	"context"
	"time"

	"github.com/kaohe/kaohe/events"
)

// Replay folds on from the state after one commit through another, and returns the state at the end. Before each commit is
// taken in, next is told when that was recorded, and may look at the state before it; making a view costs something. So the
// states at many moments take one fold. It is the only one that is made meanwhile.
func (a *Archive) Replay(ctx context.Context, rules Rules, after, through uint64, next func(recorded time.Time, state func() *View) error) (v *View, err error) {
	parser, err := NewParser(rules, a.ids)
	if err != nil {
		return nil, err
	}
	err = a.withFold(ctx, rules, after, func(f *Fold, r *Reader) error {
		var parsed *Parsed
		err := a.each(ctx, f.Head().Seq, through, func(c events.Commit) error {
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
