package projections

import (
	"fmt"
	"slices"

	"github.com/kaohe/kaohe/events"
)

// takeVoid notes that an event is withdrawn. What that means for a fact follows through the voids between.
func (f *Fold) takeVoid(e *events.Stored, at events.Position, known func(events.Key) (events.Position, bool)) error {
	c, err := readControl(e)
	if err != nil {
		return err
	}
	self := e.Key()
	own := &amendment{}
	if noted := f.amended[self]; noted != nil { // voids of it came before, and their targets may lead back to it
		if slices.Contains(f.chain(c.target), self) {
			return fmt.Errorf("%w: it would void itself", ErrTarget)
		}
		*own = *noted
	} else if c.target == self {
		return fmt.Errorf("%w: it would void itself", ErrTarget)
	}
	target, err := f.amendmentOf(c, at, known)
	if err != nil {
		return err
	}
	own.at, own.void, own.target, own.patches = at, true, c.target, nil
	now := *target
	now.voids = append(slices.Clip(target.voids), self)
	undo := f.amend(map[events.Key]*amendment{self: own, c.target: &now})
	flipped, err := f.reckon(c.target)
	if isNeed(err) {
		for _, k := range flipped {
			f.amended[k].dead = !f.amended[k].dead
		}
		undo()
		return err
	}
	f.publishAmendments(append(flipped, self, c.target)...)
	return err
}

// reckon finds out anew whether an event is dead, and, if that has changed and the event is a void, whether its target is,
// and so on down to the fact, which is settled. It returns the events of which that has changed.
func (f *Fold) reckon(k events.Key) (flipped []events.Key, err error) {
	for {
		a := f.amended[k]
		_, dead := f.voidedBy(k)
		if a == nil || dead == a.dead {
			return flipped, nil
		}
		a.dead = dead
		flipped = append(flipped, k)
		if !a.void {
			return flipped, f.settle(k)
		}
		k = a.target
	}
}

// voidedBy returns the first void of an event that holds: of which no void holds.
func (f *Fold) voidedBy(k events.Key) (events.Key, bool) {
	if a := f.amended[k]; a != nil {
		for _, v := range a.voids {
			if !f.amended[v].dead {
				return v, true
			}
		}
	}
	return events.Key{}, false
}

// chain lists an event and, if it is a void, all that it is about, down to the fact: whether each holds depends on it.
func (f *Fold) chain(k events.Key) []events.Key {
	list := []events.Key{k}
	for a := f.amended[k]; a != nil && a.void; a = f.amended[k] {
		k = a.target
		list = append(list, k)
	}
	return list
}
