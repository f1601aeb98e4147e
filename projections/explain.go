package projections

import (
	"context"
	"errors"
	"fmt"

	"github.com/kaohe/kaohe/events"
)

// A figure explains itself: [View.Explain] reads the events again that may have to do with it, in the order of the log, and
// says of each what it contributes, or which rule leaves it out. It reads the commits that the postings name and no others,
// and it judges with the fold's own reading of an event, so that filters, counts, terms and identities mean the same. What
// is its own is the attribution: of several events that say the same thing is there, the first in the log contributes it.
//
//	position  event                     contributes  verdict
//	12-0      HighTechRecognized GR1 A  1            counted
//	15-2      HighTechRecognized GR2 B  0            closed by 20-1
//	20-0      HighTechRecognized GR3 A  0            same thing as 12-0
//	20-1      HighTechRevoked GR2       0            ends 15-2
//
// The contributions add up to the figure of the view exactly: they are found by another way, which makes the sum a check of
// both. Nothing is kept of an event once it was told, but for the things that a stock or a distinct must tell apart.

// Verdict says what became of an event that was considered.
type Verdict string

// The verdicts. By [Evidence.By] they name another event where one is meant.
const (
	Counted Verdict = "counted"

	Duplicate       Verdict = "duplicate"        // it stands in the log before, at By
	Voided          Verdict = "voided"           // by By
	CorrectedUnit   Verdict = "corrected_unit"   // By moved it to another unit
	CorrectedSpan   Verdict = "corrected_span"   // By moved it to another quarter
	CorrectedFilter Verdict = "corrected_filter" // it passed the filter until By
	Filtered        Verdict = "filter"           // it does not pass the filter
	Unusable        Verdict = "unusable"         // the plan cannot read it; it is quarantined
	CountUnknown    Verdict = "count_unknown"    // it stands for an unknown number (SEMANTICS 1.4)
	SameFact        Verdict = "same_fact"        // By tells of the same occurrence (SEMANTICS 1.6)
	OutsideSpan     Verdict = "outside_span"     // it lies in the quarter, but not in the span up to the day
	NoAmount        Verdict = "no_amount"        // the field that is added up is not filled in

	SameThing   Verdict = "same_thing"   // the thing was counted with By
	Lapsed      Verdict = "lapsed"       // its term is over
	Closed      Verdict = "closed"       // By ended it
	NotYet      Verdict = "not_yet"      // it begins after the day
	HoldsLater  Verdict = "holds_later"  // of what expires soon: by By the thing will still be in force
	NotListed   Verdict = "not_listed"   // of a coverage: it covers nothing that is on the list
	Ends        Verdict = "ends"         // a closing event: it ended By
	EndsNothing Verdict = "ends_nothing" // a closing event: there was nothing in force for it to end
	NamesNone   Verdict = "names_none"   // a closing event that does not name what it ends
	Superseded  Verdict = "superseded"   // a later value, By, holds
	OtherUnit   Verdict = "other_unit"   // a value belongs to its own unit, and this is not one whose value counts
)

// Source is where events are read once more.
type Source struct {
	Commit func(ctx context.Context, seq uint64) (events.Commit, error)
	First  func(events.Key) (events.Position, bool) // where an event stands first
}

// None is where a question names no second measure.
const None = -1

// EvidenceQuery asks what the figure of a measure at a unit is made of.
type EvidenceQuery struct {
	Measure  int
	Org      int
	From, To events.Day // of a flow or distinct; what is in force, covered or set is asked for on the day To
	// Less is a second stock: things that are in force in it, too, do not count. It is for what expires soon. Or None.
	Less int
	// CoveredBy is a stock: of each thing that counts it is said by which event of that stock, at any unit, it is covered on the
	// day. Or None.
	CoveredBy int
	// Units are those whose values of a Latest count, each for itself; nil for the unit alone.
	Units []int
}

// Evidence is an event that was considered. It is valid until the function that was given it returns.
type Evidence struct {
	At        events.Position
	Event     *events.Stored // the version in force
	Org       int            // of that version; -1 if the plan does not have it
	Role      Role
	Verdict   Verdict
	By        events.Position
	Amount    int64             // its part of the figure, at the measure's scale
	Corrected []events.Position // the corrections of the event, in the order of the log
	Late      events.Position   // the last closing of its quarter before it was recorded, by its unit or one above; or 0
	Things    []Thing           // what it names, of a stock or distinct
	Members   []string          // its values in the breakdowns of a flow
}

// Thing is what a stock or a distinct counts.
type Thing struct {
	Name    string
	By      events.Position // the event that it was counted with; 0 if with this one, or not at all
	Covered events.Position // the event that covers it; 0 if none does, or nobody asked
}

// Explain calls each with every event that has to do with a figure, in the order of the log. It ends with the first error of
// the source or of each.
func (v *View) Explain(ctx context.Context, src Source, q EvidenceQuery, each func(*Evidence) error) error {
	fold, err := NewFold(v.rules)
	if err != nil {
		return fmt.Errorf("explain: %w", err)
	}
	x := &explainer{
		view: v, ctx: ctx, src: src, q: q, each: each, fold: fold, measure: &v.measures[q.Measure],
		leftOut: make(map[events.Position]bool), kept: make(map[uint64]events.Commit), room: maxKept,
	}
	for _, bad := range v.quarantined {
		x.leftOut[bad.At] = bad.Reason != BadChain
	}
	switch x.measure.Kind {
	case Flow:
		return x.flow()
	case Distinct:
		return x.distinct()
	case Stock:
		return x.stock()
	case Coverage:
		return x.coverage()
	case Latest:
		return x.latest()
	}
	return errors.New("explain: a measure of an unknown kind")
}

// tell hands out what was found out about an event.
func (x *explainer) tell(s *subject, e Evidence) error {
	e.At, e.Event, e.Org, e.Corrected, e.Late = s.at, &s.now, s.org, s.corrected, x.late(s)
	return x.each(&e)
}

// late returns the last closing of the event's quarter before it was recorded, by its unit or one above.
func (x *explainer) late(s *subject) (at events.Position) {
	if s.org < 0 {
		return 0
	}
	year, month, _ := s.now.Day().Date()
	for _, org := range x.view.rules.Orgs.Path(s.org) {
		for _, c := range x.view.Closings(org, year, (int(month)+2)/3) {
			if c.At < s.at {
				at = max(at, c.At)
			}
		}
	}
	return at
}
