package projections

import (
	"context"
	"fmt"

	"github.com/RoaringBitmap/roaring/v2/roaring64"

	"github.com/kaohe/kaohe/events"
)

// explainer answers one question. The fold reads events for it and never takes one in.
type explainer struct {
	view    *View
	ctx     context.Context // of the one call that the explainer lives for
	src     Source
	q       EvidenceQuery
	each    func(*Evidence) error
	fold    *Fold
	measure *Measure
	leftOut map[events.Position]bool // what is quarantined

	kept map[uint64]events.Commit // read before: what is in force takes several readings
	room int                      // bytes that may still be kept
}

// maxKept bounds the bytes of the commits that are kept between two readings. The first ones are kept: they come first again.
const maxKept = 16 << 20

func (x *explainer) commit(seq uint64) (events.Commit, error) {
	if c, ok := x.kept[seq]; ok {
		return c, nil
	}
	c, err := x.src.Commit(x.ctx, seq)
	if err != nil {
		return c, err
	}
	if size := len(c.Body); size <= x.room {
		x.kept[seq], x.room = c, x.room-size
	}
	return c, nil
}

// subject is an event that is looked at: as it was recorded, and in the version in force.
type subject struct {
	at        events.Position
	first     events.Position // where it stands first; anywhere else it is a duplicate
	was, now  events.Stored
	org       int // of the version in force; -1 if the plan does not have it
	wasOrg    int
	amended   bool // the version in force is another one than was recorded
	unusable  bool // the plan cannot use the version in force
	voided    events.Position
	corrected []events.Position
	b         *binding
}

// area says where events are looked for.
type area struct {
	reads       func(typ string, org int) bool
	first, last int32 // quarters
}

func (a *area) has(typ string, org int, day events.Day) bool {
	q := quarterNumber(day)
	return org >= 0 && q >= a.first && q <= a.last && a.reads(typ, org)
}

// within is an area of some types at a unit and below, or anywhere, in the quarters of some days.
func (x *explainer) within(types map[string]bool, org int, from, to events.Day) area {
	orgs := x.view.rules.Orgs
	return area{
		reads: func(typ string, o int) bool { return types[typ] && (org == anywhere || orgs.Under(o, org)) },
		first: quarterNumber(from), last: quarterNumber(to),
	}
}

// types lists the event types that feed a measure in a role.
func (x *explainer) types(m int, roles ...Role) map[string]bool {
	types := make(map[string]bool)
	for _, in := range x.view.measures[m].Inputs {
		for _, r := range roles {
			if in.Role == r {
				types[in.Type] = true
			}
		}
	}
	return types
}

// walk calls fn with the events of an area, in any of the two versions that are known of each, in the order of the log.
func (x *explainer) walk(a area, fn func(*subject) error) error {
	commits := x.view.postings.commits(x.view.head.Seq, func(k postingKey) bool {
		return k.quarter >= a.first && k.quarter <= a.last && a.reads(k.typ, k.org)
	})
	var s subject
	return x.lines(commits, func(at events.Position, line []byte) error {
		s = subject{corrected: s.corrected[:0]}
		if s.was.ParseLine(line) != nil || !x.identify(&s, at) {
			return nil
		}
		typ := s.b.name
		if !a.has(typ, s.org, s.now.Day()) && !a.has(typ, s.wasOrg, s.was.Day()) {
			return nil
		}
		if err := x.findCorrections(&s); err != nil {
			return err
		}
		return fn(&s)
	})
}

// lines reads commits.
func (x *explainer) lines(commits *roaring64.Bitmap, fn func(at events.Position, line []byte) error) error {
	for it := commits.Iterator(); it.HasNext(); {
		seq := it.Next()
		if err := x.ctx.Err(); err != nil {
			return err
		}
		c, err := x.commit(seq)
		if err != nil {
			return fmt.Errorf("read commit %d once more: %w", seq, err)
		}
		lines, err := c.Lines()
		if err != nil {
			return fmt.Errorf("read commit %d once more: %w", seq, err)
		}
		for i, line := range lines {
			if err := fn(events.At(seq, i), line); err != nil {
				return err
			}
		}
	}
	return nil
}

// identify finds out what became of an event. It reports false for what no figure is made of.
func (x *explainer) identify(s *subject, at events.Position) bool {
	if s.b = x.fold.bindings[string(s.was.Type)]; s.b == nil || len(s.b.inputs) == 0 {
		return false
	}
	key := s.was.Key()
	s.at, s.first, s.now = at, at, s.was
	_, s.unusable = x.view.spoilt.get(key)
	s.unusable = s.unusable || x.leftOut[at]
	if first, ok := x.src.First(key); ok {
		s.first = first
	}
	if a, ok := x.view.Amended(key); ok && s.first == at {
		s.voided, s.unusable = a.VoidedBy, a.Unusable
		var version events.Stored
		if a.Line != nil && version.ParseLine(a.Line) == nil {
			now, was := version.Event(), s.was.Event()
			s.now, s.amended = version, !now.SameContent(&was)
		}
	}
	s.org, s.wasOrg = x.org(&s.now), x.org(&s.was)
	return true
}

func (x *explainer) org(e *events.Stored) int {
	if org, ok := x.view.rules.Orgs.Index(string(e.Org)); ok {
		return org
	}
	return -1
}

// findCorrections finds where an amended event was corrected.
func (x *explainer) findCorrections(s *subject) error {
	if !s.amended {
		return nil
	}
	target := s.was.Key()
	return x.lines(x.view.postings.corrections(target, x.view.head.Seq), func(at events.Position, line []byte) error {
		var e events.Stored
		if e.ParseLine(line) != nil || string(e.Type) != events.TypeCorrected {
			return nil
		}
		c, err := readControl(&e)
		if err != nil || c.target != target || x.leftOut[at] {
			return nil
		}
		if first, ok := x.src.First(e.Key()); !ok || first == at {
			s.corrected = append(s.corrected, at)
		}
		return nil
	})
}

// lastCorrection is the one that made the version in force; 0 if it is not known.
func (s *subject) lastCorrection() events.Position {
	if len(s.corrected) == 0 {
		return 0
	}
	return s.corrected[len(s.corrected)-1]
}

// judgement is what can be said of an event whatever the kind of the measure: why it does not count, or by which inputs and
// for how many occurrences it does.
type judgement struct {
	Verdict Verdict // empty if the event has not been left out so far
	By      events.Position
	inputs  []*input
	count   int64
}

// judge goes through the rules that come before those of a measure's kind.
func (x *explainer) judge(s *subject, m int, a area) judgement {
	switch {
	case s.first != s.at:
		return judgement{Verdict: Duplicate, By: s.first}
	case s.voided != 0:
		return judgement{Verdict: Voided, By: s.voided}
	case s.unusable, s.b.schema != string(s.now.Schema):
		return judgement{Verdict: Unusable}
	case !a.has(s.b.name, s.org, s.wasDayIn(a)):
		return judgement{Verdict: CorrectedUnit, By: s.lastCorrection()}
	case !a.has(s.b.name, s.org, s.now.Day()):
		return judgement{Verdict: CorrectedSpan, By: s.lastCorrection()}
	}
	j := judgement{inputs: x.passed(s, m, &s.now)}
	if j.inputs == nil {
		return x.filtered(s, m)
	}
	count, known, err := s.b.eventCount()
	switch {
	case err != nil:
		return judgement{Verdict: Unusable}
	case !known:
		return judgement{Verdict: CountUnknown}
	}
	j.count = count
	return j
}

// wasDayIn returns a day of the area's quarters, for asking about the unit alone.
func (s *subject) wasDayIn(a area) events.Day {
	if q := quarterNumber(s.now.Day()); q >= a.first && q <= a.last {
		return s.now.Day()
	}
	return s.was.Day()
}

// passed returns the inputs of a measure that a version passes, nil if there are none; the binding holds its fields then.
func (x *explainer) passed(s *subject, m int, version *events.Stored) (inputs []*input) {
	if s.b.read(version.Data) != nil {
		return nil
	}
	for i := range s.b.inputs {
		if in := &s.b.inputs[i]; in.measure == m && s.b.passes(in) {
			inputs = append(inputs, in)
		}
	}
	return inputs
}

// filtered says of a version that passes no input whether it was made so.
func (x *explainer) filtered(s *subject, m int) judgement {
	switch {
	case s.b.read(s.now.Data) != nil:
		return judgement{Verdict: Unusable}
	case s.amended && x.passed(s, m, &s.was) != nil:
		return judgement{Verdict: CorrectedFilter, By: s.lastCorrection()}
	}
	return judgement{Verdict: Filtered}
}

// rival returns the event before this one that tells of the same occurrence at a unit or below, or anywhere in its tree.
func (x *explainer) rival(s *subject, org int) (events.Position, bool) {
	k, ok := s.b.occurrence(s.now.Day())
	if !ok {
		return 0, false
	}
	claims, contested := x.view.contested.get(k)
	if !contested {
		return 0, false
	}
	orgs := x.view.rules.Orgs
	if org == anywhere {
		path := orgs.Path(s.org)
		org = path[len(path)-1]
	}
	for _, c := range claims {
		if c.at < s.at && orgs.Under(c.org, org) {
			return c.at, true
		}
	}
	return 0, false
}

// op resolves what an event does by an input, as the fold would.
func (x *explainer) op(s *subject, in *input, count int64) (o *op, counts bool, err error) {
	o = &op{end: forEver, in: in, at: s.at, day: s.now.Day(), org: s.org, site: int32(s.org)}
	counts, err = x.fold.fill(o, s.b, count)
	return o, counts, err
}
