package quality

import (
	"slices"

	"github.com/kaohe/kaohe/events"
)

// verdict is a finding as its group is judged: enough to count and order it. What it says is made when somebody reads it. It is
// valid as long as the group does not change.
type verdict struct {
	*check
	group  string            // key of the group
	n      uint8             // of several by one check about one event
	org    int32             // the unit that it belongs to: all its events happened there or below
	at     events.Position   // of the event that it is about; 0 if it is about none
	others []place           // events that have to do with it
	all    []events.Position // of a finding about many events: all of them, in the order of the log
	say    func() events.Text
}

// maxEvents is how many events a finding lists.
const maxEvents = 100

// bench takes down the verdicts on a group.
type bench struct {
	orgs     *events.Orgs
	below    [][]int // by a unit: those directly below it
	on       func(*check) bool
	group    string // that is judged
	verdicts []verdict
}

// find notes a finding, unless its rule is switched off.
func (b *bench) find(v verdict) {
	if !b.on(v.check) {
		return
	}
	for i := len(b.verdicts) - 1; i >= 0 && b.verdicts[i].at == v.at; i-- { // rules take one event after the other
		if b.verdicts[i].check == v.check {
			v.n++
		}
	}
	v.group = b.group
	b.verdicts = append(b.verdicts, v)
}

// about notes a finding about an event, with what others have to do with it. Units that no unit stands above are not held
// against each other: nobody could read the finding.
func (b *bench) about(c *check, subject place, say func() events.Text, others ...place) {
	org := subject.org
	for _, o := range others {
		if org = b.common(org, o.org); org < 0 {
			return
		}
	}
	b.find(verdict{check: c, org: org, at: subject.at, others: others, say: say})
}

// events lists the events concerned: the one that it is about, then the others in the order of the log.
func (v *verdict) events() (list []events.Position, more int) {
	switch {
	case v.all != nil:
		shown := min(len(v.all), maxEvents)
		return slices.Clone(v.all[:shown]), len(v.all) - shown
	case v.at == 0:
		return nil, 0
	}
	list = []events.Position{v.at}
	for _, o := range v.others {
		if !slices.Contains(list, o.at) {
			list = append(list, o.at)
		}
	}
	slices.Sort(list[1:])
	return list, 0
}

// concerns reports whether an event is among those concerned.
func (v *verdict) concerns(at events.Position) bool {
	if v.all != nil {
		_, found := slices.BinarySearch(v.all, at)
		return found
	}
	return v.at == at || slices.ContainsFunc(v.others, func(o place) bool { return o.at == at })
}

// common returns the lowest unit that both units are, or are below; -1 if there is none.
func (b *bench) common(x, y int32) int32 {
	for _, above := range b.orgs.Path(int(x)) {
		if b.orgs.Under(int(y), above) {
			return int32(above)
		}
	}
	return -1
}

// related reports whether one of two units is, or is above, the other.
func (b *bench) related(x, y int32) bool {
	return b.orgs.Under(int(x), int(y)) || b.orgs.Under(int(y), int(x))
}
