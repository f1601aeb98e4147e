package projections

import (
	"cmp"
	"slices"

	"github.com/kaohe/kaohe/events"
)

// set puts a value in place, or takes it out. A value belongs to its own unit (SEMANTICS 3.4).
func (f *Fold) set(o *op, sign int) {
	for _, s := range o.slots {
		c := f.cell(o.in.measure, o.org, s)
		c.main.add(f.epoch, o.day, int32(sign), 0)
		i, found := slices.BinarySearchFunc(c.settings, setting{day: o.day, at: o.at}, func(a, b setting) int {
			return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.at, b.at))
		})
		switch {
		case sign > 0 && !found:
			c.settings = slices.Insert(c.settings, i, setting{o.day, o.at, events.Decimal(o.amount)})
		case sign < 0 && found:
			c.settings = slices.Delete(c.settings, i, i+1)
		}
	}
}
