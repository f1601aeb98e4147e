package indicators

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections"
)

// What was published when a quarter was closed stays; what is known of the quarter goes on changing. A restatement leads
// from the one to the other, step by step (SEMANTICS 2.4):
//
//	published      64    as the closing recorded it
//	software       64    the same plan, the same commits, the same day: what this program makes of them
//	definition     64    today's plan and tree, the same commits, the same day
//	cutoff         70    the same plan and commits, up to the quarter's end or the day that was asked for
//	late    15-0   74    each later event in the order of the log, by its kind
//	voided  16-0   70
//	current        70
//
// Each step is the figure after it less the figure before, so that the steps add up to the difference whatever they are.
// Figures are followed as they are written, with four decimals, as those of a closing are: then what is written adds up too,
// and what changes behind the fourth decimal changes nothing that was published.

// Cause says why a figure is not what was published.
type Cause string

// The causes.
const (
	BySoftware   Cause = "software"   // this version computes another figure from the same
	ByDefinition Cause = "definition" // the plan or the tree of units has changed
	ByCutoff     Cause = "cutoff"     // later days of the quarter count, too, or fewer do
	ByLate       Cause = "late"       // a fact was recorded after the closing
	ByVoid       Cause = "voided"     // a fact was voided, or brought back
	ByCorrection Cause = "corrected"  // a fact was corrected
	ByTarget     Cause = "target"     // a target was set, voided or corrected
	ByReference  Cause = "reference"  // a reference value was set, voided or corrected
)

// Causes are all of them, in the order of the steps; from the fourth on each step is an event.
var Causes = []Cause{BySoftware, ByDefinition, ByCutoff, ByLate, ByVoid, ByCorrection, ByTarget, ByReference}

// Followed names a figure that a restatement follows.
type Followed string

// FollowedFigures are those that a restatement follows of each indicator. The year's are to date, as of the same day.
var FollowedFigures = [...]Followed{"quarter_value", "quarter_target", "quarter_gap", "year_value", "year_target"}

// figures are the followed ones of an indicator, in order.
type figures [len(FollowedFigures)]Number

func figuresOf(quarter, year *Figure) figures {
	q, y := cmp.Or(quarter, &Figure{}), cmp.Or(year, &Figure{})
	f := figures{q.Value, q.Target, q.Gap, y.Value, y.Target}
	for i := range f {
		f[i] = f[i].rounded()
	}
	return f
}

// Past are the earlier states of a log, by any rules.
type Past interface {
	View(ctx context.Context, rules projections.Rules, seq uint64) (*projections.View, error)
	Walk(ctx context.Context, rules projections.Rules, after, through uint64, step func(projections.Step) error) error
}

// Line reads the event with an identity, as it was recorded; events.ErrNotFound if there is none.
type Line func(ctx context.Context, k events.Key) ([]byte, error)

// RestateRequest says which closing is held against what is known now.
type RestateRequest struct {
	View      *projections.View // what is known now
	Plan      *Plan             // by which it was folded
	Then      *Plan             // by which the published figures were made; nil if there is none that can be read
	Line      Line              // of what a void is about that came before the closing
	Closing   projections.Closing
	AsOf      events.Day // of the current figures; a day after the quarter's end counts as its last day
	Indicator string     // the only one to follow; empty for all
	MaxEvents int        // how many events are listed of an indicator; DefaultMaxEvents if 0
}

// DefaultMaxEvents is how many events a restatement lists of an indicator.
const DefaultMaxEvents = 1000

var (
	// ErrNotClosed says that a unit never closed a quarter, or not so often. Only what was closed can be restated.
	ErrNotClosed = errors.New("quarter was not closed")
	// ErrScorecard says that what a closing recorded cannot be read by this version. The event itself still can.
	ErrScorecard = errors.New("published scorecard cannot be read")
	// ErrNoIndicator says that an indicator is neither published nor in the plan.
	ErrNoIndicator = errors.New("no such indicator")
)

// FindClosing returns a closing of a unit's quarter by its revision, or the last one if that is 0. It fails with
// [ErrNotClosed].
func FindClosing(v *projections.View, org int, q Quarter, revision int) (projections.Closing, error) {
	closings := v.Closings(org, q.Year, q.N)
	if revision == 0 {
		revision = len(closings)
	}
	if revision < 1 || revision > len(closings) {
		return projections.Closing{}, fmt.Errorf("revision %d of %d: %w", revision, len(closings), ErrNotClosed)
	}
	return closings[revision-1], nil
}

// Restatement is what has become of the published figures of a unit's quarter, and why.
type Restatement struct {
	Org       string
	OrgName   events.Text
	Quarter   Quarter
	Closing   projections.Closing
	Revision  int // of the closing, from 1
	Revisions int // how often the quarter was closed
	AsOf      events.Day
	Through   uint64 // the last commit that the current figures include
	Plan      string // hash of the plan that they follow
	// PlanUnreadable says that the figures cannot be computed by the plan of the closing: it is not in the log, cannot be read
	// any more, or has no unit with this code. What this program would make of them by that plan is not known then, and the
	// definition's step includes the software's.
	PlanUnreadable bool
	Events         int64 // taken in since the published figures, the closing itself aside
	Moving         int64 // those of them that changed a figure
	Rows           []RestatedRow
}

// Changed reports whether a figure of any indicator is another one than was published, or was for a while.
func (r *Restatement) Changed() bool {
	for i := range r.Rows {
		if r.Rows[i].Changed() {
			return true
		}
	}
	return false
}

// RestatedRow is what has become of an indicator's figures.
type RestatedRow struct {
	ID       string
	Name     events.Text
	Unit     events.Text // of an indicator that is gone, nothing is known but its name
	Decimals int
	Money    bool
	Gone     bool // it was published, and the plan no longer has it
	New      bool // it was not published
	Figures  map[Followed]*RestatedFigure
	Events   []RestatingEvent // in the order of the log, the first ones only if there are too many
	More     int              // how many more there are; what they changed is in the figures
}

// Changed reports whether a figure is another one than was published, or was for a while.
func (r *RestatedRow) Changed() bool {
	for _, f := range r.Figures {
		if f.Changed() {
			return true
		}
	}
	return len(r.Events) > 0
}

// RestatedFigure leads from a published figure to the current one. In differences what is not known counts as 0.
type RestatedFigure struct {
	Published, Current, Difference Number
	Causes                         map[Cause]Number // what each added up to; causes that changed nothing have no entry
	// Unexplained is what the steps leave over of the difference: nothing, and null, unless the program is wrong.
	Unexplained Number
}

// Changed reports whether the figure is another one than was published, or was for a while.
func (f *RestatedFigure) Changed() bool {
	return len(f.Causes) > 0 || f.Published.Known() != f.Current.Known() || f.Unexplained.Known()
}

// RestatingEvent is an event that changed figures of an indicator.
type RestatingEvent struct {
	At         events.Position
	Source, ID string
	Type       string
	Day        events.Day
	Cause      Cause
	Changes    []FigureChange
}

// FigureChange is a figure after an event, and what the event changed it by.
type FigureChange struct {
	Figure    Followed
	By, After Number
}
