package projections

import (
	"fmt"

	"github.com/kaohe/kaohe/events"
)

// op is what one event does to one measure: read and checked before anything is changed, so that an event that cannot be
// read changes nothing.
type op struct {
	in      *input
	at      events.Position
	day     events.Day
	org     int
	site    int32    // the units at which it counts
	amount  int64    // of a flow, value of a Latest
	things  []uint32 // named things
	unnamed int64    // things without a name, each different from all others
	pair    uint32
	end     events.Day // last day in force
	slots   []slot     // the total and a member for each breakdown
}

// forEver is the last day of an interval that only a closing event ends.
const forEver events.Day = 1<<31 - 2

// resolve works out the ops of the event whose fields the binding holds.
func (f *Fold) resolve(b *binding, at events.Position, day events.Day, org int, site int32) error {
	f.ops = f.ops[:0]
	count, known, err := b.eventCount()
	if err != nil || !known {
		return err
	}
	for i := range b.inputs {
		in := &b.inputs[i]
		if !b.passes(in) {
			continue
		}
		o := f.nextOp()
		o.in, o.at, o.day, o.org, o.site = in, at, day, org, site
		counts, err := f.fill(o, b, count)
		if err != nil {
			return err
		}
		if !counts {
			f.ops = f.ops[:len(f.ops)-1]
		}
	}
	return nil
}

// nextOp returns an op with the memory of an earlier one.
func (f *Fold) nextOp() *op {
	if len(f.ops) < cap(f.ops) {
		f.ops = f.ops[:len(f.ops)+1]
	} else {
		f.ops = append(f.ops, op{})
	}
	o := &f.ops[len(f.ops)-1]
	*o = op{things: o.things[:0], slots: o.slots[:0], end: forEver}
	return o
}

// eventCount returns how many occurrences an event stands for: data.count, or the number of entities named, or 1. An event
// with a count of null stands for an unknown number and counts nothing (SEMANTICS 1.4).
func (b *binding) eventCount() (count int64, known bool, err error) {
	field := b.inputs[0].count
	raw := b.value(field)
	if raw == nil {
		n, err := entityCount(b.value(b.inputs[0].entities))
		return max(n, 1), true, err
	}
	if isNull(raw) {
		return 0, false, nil
	}
	if count, err = scaled(raw, 0); err != nil {
		return 0, false, b.fault(field, err)
	}
	if count < 1 {
		return 0, false, b.fault(field, fmt.Errorf("%d is less than 1", count))
	}
	return count, true, nil
}

// fill completes an op, and reports whether the event counts for the measure.
func (f *Fold) fill(o *op, b *binding, count int64) (counts bool, err error) {
	if err := o.fillSlots(b); err != nil {
		return false, err
	}
	switch o.in.kind {
	case Flow, Latest:
		return o.fillAmount(b, count)
	case Distinct:
		return true, f.fillThings(o, b, count)
	case Stock:
		return f.fillInterval(o, b, count)
	}
	return false, fmt.Errorf("events do not feed a measure of kind %d", o.in.kind)
}

func (o *op) fillSlots(b *binding) error {
	o.slots = append(o.slots, totalSlot)
	if o.in.Role == Closes {
		return nil // it ends what opened under whatever value
	}
	for dim, field := range o.in.dims {
		raw := b.value(field)
		if isNull(raw) {
			o.slots = append(o.slots, slot{dim, NoMember})
			continue
		}
		name, err := scalar(raw)
		if err != nil {
			return b.fault(field, err)
		}
		o.slots = append(o.slots, slot{dim, string(name)})
	}
	return nil
}

func (o *op) fillAmount(b *binding, count int64) (bool, error) {
	if o.in.amount < 0 || o.in.amount == o.in.count {
		o.amount = count
		return true, nil
	}
	raw := b.value(o.in.amount)
	if isNull(raw) {
		return false, nil
	}
	amount, err := scaled(raw, o.in.Scale)
	if err != nil {
		return false, b.fault(o.in.amount, err)
	}
	o.amount = amount
	return true, nil
}

func (f *Fold) fillThings(o *op, b *binding, count int64) error {
	raw := b.value(o.in.thing)
	switch {
	case isNull(raw):
	case o.in.Thing == entitiesField:
		if err := f.entities(o, raw); err != nil {
			return b.fault(o.in.thing, err)
		}
	default:
		name, err := scalar(raw)
		if err != nil {
			return b.fault(o.in.thing, err)
		}
		o.things = append(o.things, f.symbols.number(name))
	}
	o.unnamed = max(count-int64(len(o.things)), 0)
	return nil
}

// checkWeights makes sure that no sum can overflow by the ops at hand: all that was ever added to a measure, signs apart,
// still fits.
func (f *Fold) checkWeights() error {
	for i := range f.ops {
		sum, ok := f.weights[f.ops[i].in.measure], true
		for j := range f.ops[:i+1] {
			if f.ops[j].in.measure == f.ops[i].in.measure && ok {
				sum, ok = events.AddExact(sum, f.ops[j].weight())
			}
		}
		if !ok {
			return fmt.Errorf("%w: %s", ErrOverflow, f.measures[f.ops[i].in.measure].Name)
		}
	}
	return nil
}

// weight is what an op adds to the sums of its measure, its sign apart.
func (o *op) weight() int64 {
	switch o.in.kind {
	case Flow:
		return abs(o.amount)
	case Distinct, Stock:
		return o.unnamed
	}
	return 0
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

// commit carries out an op, forwards or backwards.
func (f *Fold) commit(o *op, sign int) {
	f.weights[o.in.measure] += int64(sign) * o.weight()
	switch o.in.kind {
	case Flow:
		f.addAll(o, int32(sign), int64(sign)*o.amount)
	case Latest:
		f.set(o, sign)
	case Distinct:
		f.addAll(o, int32(sign), 0)
		f.mentionAll(o, sign)
	case Stock:
		f.changeStock(o, sign)
	}
}

// addAll changes the figures of the op's day in all its cells, at all units of its site.
func (f *Fold) addAll(o *op, n int32, value int64) {
	for _, org := range f.sites.path(o.site) {
		for _, s := range o.slots {
			f.cell(o.in.measure, org, s).main.add(f.epoch, o.day, n, value)
		}
	}
}
