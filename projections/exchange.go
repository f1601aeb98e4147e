package projections

import (
	"fmt"
	"slices"

	"github.com/kaohe/kaohe/events"
)

// exchange takes one version of an event out of all figures and puts another one in; either may be nil, and both are of one
// type. An error means that nothing was changed.
func (f *Fold) exchange(old, now *events.Stored, at events.Position) error {
	if now != nil && string(now.Type) == planType { // whatever other plans know of its unit and schema
		return f.activate(now, at)
	}
	b, _, err := f.find(old, now)
	switch {
	case err != nil:
		return err
	case isStanding(b.name):
		return f.exchangeStanding(old, now, at)
	case len(b.inputs) == 0:
		return nil
	case old == nil:
		return f.enter(b, now, nil, at)
	}
	return f.contest(b, old, now, at)
}

// find returns how the type of an event is folded, and the unit of its newest version.
func (f *Fold) find(old, now *events.Stored) (b *binding, org int, err error) {
	for _, e := range []*events.Stored{old, now} {
		if e == nil {
			continue
		}
		var ok bool
		if b, ok = f.bindings[string(e.Type)]; !ok {
			return nil, 0, fmt.Errorf("%w: %s", ErrType, e.Type)
		}
		if b.schema != string(e.Schema) {
			return nil, 0, fmt.Errorf("%w: %s", ErrSchema, e.Schema)
		}
		if org, ok = f.orgs.Index(string(e.Org)); !ok {
			return nil, 0, fmt.Errorf("%w: %s", ErrOrg, e.Org)
		}
	}
	return b, org, nil
}

// enter puts an event in that most likely nobody else has told of. It may have been read before.
func (f *Fold) enter(b *binding, e *events.Stored, read *reading, at events.Position) error {
	if read == nil {
		if err := b.read(e.Data); err != nil {
			return err
		}
		org, _ := f.orgs.Index(string(e.Org))
		read = &reading{org: org, day: e.Day(), values: b.values, passed: b.passed}
		read.key, read.names = b.occurrence(read.day)
	}
	own, passed := b.values, b.passed
	b.values, b.passed = read.values, read.passed
	err := f.resolve(b, at, read.day, read.org, int32(read.org))
	b.values, b.passed = own, passed
	if err == nil {
		err = f.checkWeights()
	}
	if err != nil {
		return err
	}
	if read.names {
		if at.Seq() >= maxSeq {
			return fmt.Errorf("%w: commit %d", ErrOverflow, at.Seq())
		}
		if _, sole := f.claimed.Add(read.key, claim{at, read.org}.packed()); !sole {
			if last, err := f.follow(b, read.key, e, at); last {
				return err
			}
			return f.contest(b, nil, e, at)
		}
	}
	f.commitAll(1)
	f.postings.note(b, read.org, read.day, at.Seq())
	return nil
}

// commitAll carries out the ops at hand.
func (f *Fold) commitAll(sign int) {
	for i := range f.ops {
		f.commit(&f.ops[i], sign)
	}
}

// move is a version of an event whose reach changes. 0 is no reach: it counts nowhere.
type move struct {
	e        *events.Stored
	at       events.Position
	org      int
	from, to int
}

// tally is the claims of one occurrence before and after an exchange.
type tally struct {
	key           events.Key
	before, after []claim
}

// follow puts an event in that tells once more of an occurrence, after all others: their reaches stay as they are. It
// reports false if the event does not come last.
func (f *Fold) follow(b *binding, k events.Key, e *events.Stored, at events.Position) (last bool, err error) {
	list := f.claims(k)
	if at < list[len(list)-1].at {
		return false, nil
	}
	m := f.newMove(e, at)
	m.to = reach(f.orgs, list, claim{at, m.org})
	if err := f.count(b, &m, m.to, 1); err != nil {
		return true, err
	}
	if len(list) == 1 {
		list = slices.Clone(list) // a sole claim stands in a place of its own
	}
	f.setClaims(k, append(list, claim{at, m.org})) // views that share the list do not look beyond its end
	f.postings.note(b, m.org, e.Day(), at.Seq())
	return true, nil
}

// contest exchanges versions of an event that may share an occurrence with others.
func (f *Fold) contest(b *binding, old, now *events.Stored, at events.Position) error {
	var tallies []tally
	var moves []move
	if old != nil {
		m := f.newMove(old, at)
		m.from = len(f.orgs.Path(m.org))
		if err := b.read(old.Data); err != nil {
			return err
		}
		if k, ok := b.occurrence(old.Day()); ok {
			before := slices.Clone(f.claims(k))
			m.from = reachOf(f.orgs, before, at)
			tallies = append(tallies, tally{k, before, without(before, at)})
		}
		moves = append(moves, m)
	}
	if now != nil {
		m := f.newMove(now, at)
		m.to = len(f.orgs.Path(m.org))
		if err := b.read(now.Data); err != nil {
			return err
		}
		if k, ok := b.occurrence(now.Day()); ok {
			t := f.tallyOf(&tallies, k)
			t.after = with(t.after, claim{at, m.org})
			m.to = reachOf(f.orgs, t.after, at)
		}
		moves = append(moves, m)
	}
	moves, err := f.moveRivals(moves, tallies, at)
	if err != nil {
		return err
	}
	if err := f.carryOut(b, moves); err != nil {
		return err
	}
	for _, t := range tallies {
		f.setClaims(t.key, t.after)
	}
	if now != nil {
		org, _ := f.orgs.Index(string(now.Org))
		f.postings.note(b, org, now.Day(), at.Seq())
	}
	return nil
}

func (f *Fold) newMove(e *events.Stored, at events.Position) move {
	org, _ := f.orgs.Index(string(e.Org))
	return move{e: e, at: at, org: org}
}

func (f *Fold) tallyOf(tallies *[]tally, k events.Key) *tally {
	for i := range *tallies {
		if (*tallies)[i].key == k {
			return &(*tallies)[i]
		}
	}
	before := slices.Clone(f.claims(k))
	*tallies = append(*tallies, tally{k, before, before})
	return &(*tallies)[len(*tallies)-1]
}

// reachOf returns the reach of the claim at a position.
func reachOf(orgs *events.Orgs, list []claim, at events.Position) int {
	for i, c := range list {
		if c.at == at {
			return reach(orgs, list[:i], c)
		}
	}
	return 0
}

// reaches returns the reaches of all claims: each unit counts the first that has it.
func reaches(orgs *events.Orgs, list []claim) []int {
	counted, all := make(map[int]bool), make([]int, len(list))
	for i, c := range list {
		for _, org := range orgs.Path(c.org) {
			if counted[org] {
				break // and all above it
			}
			counted[org] = true
			all[i]++
		}
	}
	return all
}

// moveRivals adds the other claims whose reach changes. What they say must have been supplied.
func (f *Fold) moveRivals(moves []move, tallies []tally, at events.Position) ([]move, error) {
	for _, t := range tallies {
		was, is := reaches(f.orgs, t.before), reaches(f.orgs, t.after)
		for i, j := 0, 0; i < len(t.before) && j < len(t.after); {
			before, after := t.before[i], t.after[j]
			switch {
			case before.at < after.at:
				i++
				continue
			case before.at > after.at:
				j++
				continue
			}
			from, to := was[i], is[j]
			i, j = i+1, j+1
			if after.at == at || from == to {
				continue
			}
			e, err := f.recall(after.at)
			if err != nil {
				return nil, err
			}
			m := f.newMove(e, after.at)
			m.from, m.to = from, to
			moves = append(moves, m)
		}
	}
	return moves, nil
}

// recall returns the version in force of an event that was taken in before, as it was supplied.
func (f *Fold) recall(at events.Position) (*events.Stored, error) {
	line, ok := f.supplied[at]
	if !ok {
		return nil, &NeedError{at}
	}
	e, err := parseLine(line)
	if err != nil {
		return nil, fmt.Errorf("event %v as supplied: %w", at, err)
	}
	if a := f.amended[e.Key()]; a != nil && a.line != nil {
		return parseLine(a.line)
	}
	return e, nil
}

// carryOut makes moves: first all is taken out, then all put in. What was in before fits in again, should something new not.
func (f *Fold) carryOut(b *binding, moves []move) error {
	for i := range moves {
		f.must(f.count(b, &moves[i], moves[i].from, -1))
	}
	for i := range moves {
		err := f.count(b, &moves[i], moves[i].to, 1)
		if err == nil {
			continue
		}
		for j := range moves[:i] {
			f.must(f.count(b, &moves[j], moves[j].to, -1))
		}
		for j := range moves {
			f.must(f.count(b, &moves[j], moves[j].from, 1))
		}
		return err
	}
	return nil
}

// must panics where going on would make figures wrong without anybody noticing: what was counted can be taken out and put
// back, and what was read can be written.
func (f *Fold) must(err error) {
	if err != nil {
		panic(fmt.Sprintf("projections: what was counted cannot be reckoned again: %v", err))
	}
}

// count carries out what an event does along its site, forwards or backwards.
func (f *Fold) count(b *binding, m *move, reach, sign int) error {
	if err := b.read(m.e.Data); err != nil {
		return err
	}
	site := int32(m.org)
	if reach > 0 {
		site = f.sites.number(m.org, reach)
	}
	if err := f.resolve(b, m.at, m.e.Day(), m.org, site); err != nil {
		return err
	}
	if sign > 0 {
		if err := f.checkWeights(); err != nil {
			return err
		}
	}
	if reach > 0 { // else it counts nowhere, but is one that could
		f.commitAll(sign)
	}
	return nil
}

// isStanding reports whether the fold reads events of a type itself, whatever the measures are.
func isStanding(name string) bool {
	return name == targetType || name == nilType || name == closedType
}

// exchangeStanding exchanges versions of an event of such a type.
func (f *Fold) exchangeStanding(old, now *events.Stored, at events.Position) error {
	if old != nil {
		if err := f.changeStanding(old, at, -1); err != nil {
			return err
		}
	}
	if now == nil {
		return nil
	}
	err := f.changeStanding(now, at, 1)
	if err != nil && old != nil {
		f.must(f.changeStanding(old, at, 1))
	}
	return err
}

func (f *Fold) changeStanding(e *events.Stored, at events.Position, sign int) error {
	org, _ := f.orgs.Index(string(e.Org))
	switch string(e.Type) {
	case targetType:
		return f.changeTarget(e, at, org, sign)
	case nilType:
		return f.changeNil(e, org, sign)
	}
	return f.closePeriod(e, at, org)
}
