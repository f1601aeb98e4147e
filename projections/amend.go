package projections

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/kaohe/kaohe/events"
)

// amendment is what a fold keeps of an event that some EventVoided or EventCorrected is about, or that is an EventVoided
// itself: few of all events. Whether a fact counts follows from it alone, whatever the order in which the events came
// (SEMANTICS 2.1):
//
//	a fact counts     if no void of it holds
//	a void holds      if no void of it holds
//	the version       is the fact with all corrections applied in the order of the log, voided or not
type amendment struct {
	at      events.Position // of the event; 0 until it is read
	line    []byte          // the version in force of a fact; nil until it is read
	counted bool            // the fold holds the version
	patches [][]byte        // of corrections that came before the event
	dead    bool            // some void of it holds
	void    bool            // the event is an EventVoided
	target  events.Key      // of a void
	voids   []events.Key    // the voids of the event, in the order of the log
}

// ErrTarget says that a control event is about an event that cannot be voided or corrected, or not in this way.
var ErrTarget = errors.New("event cannot be voided or corrected")

// Take takes in the next event of the log: a fact is applied, a control event acts upon its target. known tells where an
// event stands first, also one that is still to come. After a [NeedError] nothing was changed: supply the event and try again.
// A [VersionError] means that a control event has taken effect and left its fact without a version that can be used. After any
// other error the figures are as before: the event cannot be used, and if it is a fact that is remembered.
func (f *Fold) Take(e *events.Stored, at events.Position, known func(events.Key) (events.Position, bool)) error {
	return f.take(e, nil, at, known)
}

// take takes in the next event, of which a parser by the same rules may have read before what it says.
func (f *Fold) take(e *events.Stored, read *reading, at events.Position, known func(events.Key) (events.Position, bool)) error {
	var err error
	switch string(e.Type) {
	case events.TypeVoided:
		err = f.takeVoid(e, at, known)
	case events.TypeCorrected:
		err = f.takeCorrection(e, at, known)
	default:
		if err = f.takeFact(e, read, at); err != nil && !isNeed(err) {
			f.spoil(e.Key(), at, err)
			f.postEvent(e, at) // whoever asks what was left out is to find it
		}
	}
	if len(f.supplied) > 0 && !isNeed(err) {
		clear(f.supplied)
	}
	return err
}

func (f *Fold) takeFact(e *events.Stored, read *reading, at events.Position) error {
	if len(f.amended) > 0 {
		if a := f.amended[e.Key()]; a != nil && !f.isControl(string(e.Type)) {
			return f.arrive(a, e, at)
		} else if a != nil { // control events stay, whatever came before them
			delete(f.amended, e.Key())
			f.amendments.delete(f.epoch, e.Key())
		}
	}
	if read != nil && read.good {
		if err := f.enter(f.bindings[string(e.Type)], e, read, at); err != nil {
			return err
		}
		f.applied++
		return nil
	}
	return f.Apply(e, at)
}

// spoil notes that a fact cannot be used as it stands.
func (f *Fold) spoil(fact events.Key, at events.Position, err error) {
	f.unusable.Set(fact, uint64(at))
	if reasonOf(err) == BadContent { // whoever reads it again does not see why
		f.spoilt.set(f.epoch, fact, struct{}{})
	}
}

func (f *Fold) unspoil(fact events.Key) {
	f.unusable.Delete(fact)
	f.spoilt.delete(f.epoch, fact)
}

func isNeed(err error) bool {
	var need *NeedError
	return errors.As(err, &need)
}

// VersionError says that the version of a fact that a control event brings into force cannot be used by the plan. The control
// event has taken effect all the same: the fact counts nowhere until another version can be used.
type VersionError struct {
	At  events.Position // of the fact
	Err error
}

func (e *VersionError) Error() string { return "as it stands now: " + e.Err.Error() }
func (e *VersionError) Unwrap() error { return e.Err }

// isControl reports whether events of a type can be neither voided nor corrected; voids are a case of their own.
func (f *Fold) isControl(typ string) bool {
	b := f.bindings[typ]
	return typ == planType || b != nil && b.control
}

// amend notes what becomes of events, and returns what takes that back.
func (f *Fold) amend(now map[events.Key]*amendment) (undo func()) {
	was := make(map[events.Key]*amendment, len(now))
	for k, a := range now {
		was[k] = f.amended[k]
		f.amended[k] = a
	}
	return func() {
		for k, a := range was {
			if f.amended[k] = a; a == nil {
				delete(f.amended, k)
			}
		}
	}
}

// takeCorrection replaces the version of a fact, or waits for the fact.
func (f *Fold) takeCorrection(e *events.Stored, at events.Position, known func(events.Key) (events.Position, bool)) error {
	c, err := readControl(e)
	if err != nil {
		return err
	}
	target, err := f.amendmentOf(c, at, known)
	if err != nil {
		return err
	}
	if target.void {
		return fmt.Errorf("%w: a void is not corrected but voided", ErrTarget)
	}
	if target.line == nil {
		target.patches = append(target.patches, bytes.Clone(c.patch))
		f.amended[c.target] = target
		f.postings.noteCorrection(c.target, at.Seq())
		return nil
	}
	next, err := c.apply(target.line)
	if err != nil {
		return err
	}
	f.noteTargetCorrection(e, at, &c, target.line)
	now := *target
	now.line = next
	undo := f.amend(map[events.Key]*amendment{c.target: &now})
	err = f.replace(c.target, target)
	if isNeed(err) {
		undo()
		return err
	}
	f.post(next, now.at)
	f.postings.noteCorrection(c.target, at.Seq())
	f.publishAmendments(c.target)
	return err
}

// replace exchanges the version of a fact that was in force for the one that is now.
func (f *Fold) replace(fact events.Key, was *amendment) error {
	if !was.counted {
		return f.settle(fact)
	}
	a := f.amended[fact]
	old, err := parseLine(was.line)
	if err != nil {
		return err
	}
	now, err := parseLine(a.line)
	if err == nil {
		err = f.exchange(old, now, a.at)
	}
	if err == nil || isNeed(err) {
		return err
	}
	if err := f.Withdraw(old, a.at); err != nil {
		return err
	}
	a.counted = false
	f.spoil(fact, a.at, err)
	return &VersionError{a.at, err}
}

// arrive takes in a fact that control events came before.
func (f *Fold) arrive(a *amendment, e *events.Stored, at events.Position) error {
	event := e.Event()
	line := event.AppendLine(nil)
	f.post(line, at)
	for _, patch := range a.patches {
		next, err := patched(line, patch)
		if err != nil {
			f.leftOut++ // the correction, as if it had come after the fact
			continue
		}
		line = next
	}
	now := *a
	now.at, now.line, now.patches = at, line, nil
	undo := f.amend(map[events.Key]*amendment{e.Key(): &now})
	err := f.settle(e.Key())
	if isNeed(err) {
		undo()
		return err
	}
	f.post(line, at)
	f.publishAmendments(e.Key())
	return err
}

// amendmentOf returns what is known of the target of a control event. The caller keeps it in f.amended once nothing can
// fail any more.
func (f *Fold) amendmentOf(c control, before events.Position, known func(events.Key) (events.Position, bool)) (*amendment, error) {
	if a := f.amended[c.target]; a != nil {
		return a, nil
	}
	at, read := known(c.target)
	if !read || at > before {
		return &amendment{}, nil
	}
	line, supplied := f.supplied[at]
	if !supplied {
		return nil, &NeedError{at} // whatever the control event says of it
	}
	target, err := parseLine(line)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrTarget, err)
	case string(target.Type) == events.TypeVoided:
		return nil, fmt.Errorf("%w: the void at %v was left out itself", ErrTarget, at)
	case string(target.Type) == events.TypeCorrected, f.isControl(string(target.Type)):
		return nil, fmt.Errorf("%w: %s", ErrTarget, target.Type)
	}
	_, unusable := f.unusable.Get(c.target)
	return &amendment{at: at, line: bytes.Clone(line), counted: !unusable}, nil
}

// settle makes the figures hold a fact if and only if it counts. What cannot be used counts nowhere: the error is a
// [VersionError] then. With a [NeedError] nothing was changed.
func (f *Fold) settle(fact events.Key) error {
	a := f.amended[fact]
	if a == nil || a.line == nil {
		return nil
	}
	counts := !a.dead
	if !counts {
		f.unspoil(fact) // nobody wants it
	}
	if counts == a.counted {
		return nil
	}
	stored, err := parseLine(a.line)
	switch {
	case err != nil:
	case counts:
		err = f.Apply(stored, a.at)
	default:
		err = f.Withdraw(stored, a.at)
	}
	switch {
	case isNeed(err):
		return err
	case err != nil:
		f.spoil(fact, a.at, err)
		return &VersionError{a.at, err}
	}
	a.counted = counts
	f.unspoil(fact)
	return nil
}

// publishAmendments makes the state of events part of the next view.
func (f *Fold) publishAmendments(keys ...events.Key) {
	for _, k := range keys {
		a := f.amended[k]
		if a == nil || a.line == nil && !a.void && len(a.voids) == 0 { // it waits for the event
			continue
		}
		shown := events.Amendment{Line: a.line}
		if v, ok := f.voidedBy(k); ok {
			shown.VoidedBy = f.amended[v].at
		} else {
			shown.Unusable = a.line != nil && !a.counted
		}
		f.amendments.set(f.epoch, k, shown)
	}
}

func parseLine(line []byte) (*events.Stored, error) {
	var s events.Stored
	if err := s.ParseLine(line); err != nil {
		return nil, err
	}
	return &s, nil
}
