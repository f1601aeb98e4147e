package main

import (
	"github.com/kaohe/kaohe/indicators"
)

// changed reports whether a target is another one than the year's first.
func changed(r *indicators.Row) bool {
	return r.Year != nil && r.FirstTarget.Known() && r.FirstTarget.String() != r.Year.Target.String()
}

// remarkable reports whether there is something to say about a target below the table.
func remarkable(r *indicators.Row) bool { return changed(r) || r.TargetEased.Known() }

// showChanged says below the table what changed targets were at first: whoever lowers a target must not make a gap go away
// unseen.
func (c *cli) showChanged(card *indicators.Scorecard) {
	for i := range card.Rows {
		r := &card.Rows[i]
		if r.TargetEased.Known() {
			c.line(c.stdout, c.sayf("† 目标在滞后之后放宽: %s 放宽 %s", "† target was made easier while behind its pace: %s, by %s", r.Name.In(c.lang), c.exact(r, r.TargetEased, r.TargetEased)))
		}
		if !changed(r) {
			continue
		}
		name, first := r.Name.In(c.lang), c.exact(r, r.FirstTarget, r.FirstTarget)
		switch {
		case !r.FirstGap.Known():
			c.line(c.stdout, c.sayf("† 目标有调整: %s 原为 %s", "† target was changed: %s, %s at first", name, first))
		case r.FirstGap.Sign() <= 0:
			c.line(c.stdout, c.sayf("† 目标有调整: %s 原为 %s，按原目标已完成", "† target was changed: %s, %s at first, which would be met", name, first))
		default:
			c.line(c.stdout, c.sayf("† 目标有调整: %s 原为 %s，按原目标尚差 %s", "† target was changed: %s, %s at first with a gap of %s", name, first, c.exact(r, r.FirstGap, r.FirstTarget)))
		}
	}
}
