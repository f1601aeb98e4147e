package projections

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
	"time"

	"github.com/kaohe/kaohe/events"
)

// Closing is what a PeriodClosed event records: how a unit stood in a quarter when its report was handed in. Several of one
// unit and quarter are its revisions, from 1 in the order of the log.
type Closing struct {
	At         events.Position
	Source, ID string
	Principal  string
	Day        events.Day // when the quarter was closed
	Recorded   time.Time
	Org        int
	Year       int
	Quarter    int        // 1 to 4
	AsOf       events.Day // the last day that the figures include
	Cutoff     events.Day // the day that was asked for; 0 if none was
	Through    uint64     // the last commit that the figures include
	Plan       string     // hash of the plan that the figures were made by
	Scorecard  []byte     // JSON
	Reason     string
}

// Activation is what a PlanActivated event records: from its commit on a plan is in force.
type Activation struct {
	At       events.Position
	Day      events.Day
	Recorded time.Time
	Hash     string
	Reason   string
}

type closingKey struct {
	org, year, quarter int
}

// closePeriod notes a closing. Control events are never withdrawn.
func (f *Fold) closePeriod(e *events.Stored, at events.Position, org int) error {
	var data struct {
		Quarter   string          `json:"quarter"`
		AsOf      string          `json:"as_of"`
		Cutoff    string          `json:"cutoff"`
		Position  string          `json:"position"`
		Plan      string          `json:"plan"`
		Reason    string          `json:"reason"`
		Scorecard json.RawMessage `json:"scorecard"`
	}
	if err := json.Unmarshal(e.Data, &data); err != nil {
		return fmt.Errorf("read closing: %w", err)
	}
	year, quarter, ok := splitQuarter(data.Quarter)
	if !ok {
		return fmt.Errorf("data.quarter: %q is not a quarter", data.Quarter)
	}
	through, err := events.ParsePosition(data.Position)
	if err != nil {
		return fmt.Errorf("data.position: %w", err)
	}
	if through.Seq() >= at.Seq() {
		return fmt.Errorf("data.position: %v is not before the closing", through)
	}
	var r factReader
	c := Closing{
		At: at, Source: string(e.Source), ID: string(e.ID), Principal: string(e.Principal), Day: e.Day(), Recorded: f.recording, Org: org,
		Year: year, Quarter: quarter, AsOf: r.day("as_of", data.AsOf), Cutoff: r.day("cutoff", data.Cutoff), Through: through.Seq(),
		Plan: data.Plan, Scorecard: data.Scorecard, Reason: data.Reason,
	}
	if r.err != nil {
		return r.err
	}
	f.ownFacts()
	key := closingKey{org, year, quarter}
	f.closings[key] = append(slices.Clip(f.closings[key]), c)
	return nil
}

// activate notes that a plan comes into force. What it says is read by whoever folds by it.
func (f *Fold) activate(e *events.Stored, at events.Position) error {
	a, _, err := readPlan(e, at)
	if err != nil {
		return err
	}
	a.Recorded = f.recording
	f.activations = append(f.activations, a)
	return nil
}

// ErrNoPlan says that an event of the log does not hold a plan. No intake writes such a one.
var ErrNoPlan = errors.New("the event holds no plan")

// readPlan reads a PlanActivated, and the plan's files, packed.
func readPlan(e *events.Stored, at events.Position) (a Activation, archive []byte, err error) {
	var data struct {
		Archive []byte `json:"archive"`
		Hash    string `json:"hash"`
		Reason  string `json:"reason"`
	}
	switch err := json.Unmarshal(e.Data, &data); {
	case string(e.Type) != planType:
		return a, nil, fmt.Errorf("%w: it is a %s", ErrNoPlan, e.Type)
	case err != nil:
		return a, nil, fmt.Errorf("%w: %w", ErrNoPlan, err)
	case data.Hash == "" || len(data.Archive) == 0:
		return a, nil, fmt.Errorf("%w: hash or archive is missing", ErrNoPlan)
	}
	return Activation{At: at, Day: e.Day(), Hash: data.Hash, Reason: data.Reason}, data.Archive, nil
}

// Closings returns how often a unit's quarter was closed, in the order of the log. The caller must not change it.
func (v *View) Closings(org, year, quarter int) []Closing {
	return v.closings[closingKey{org, year, quarter}]
}

// Pinned lists the commits at which quarters were closed, for each quarter the last closing by whatever unit: near the states
// from which restatements are reckoned.
func (v *View) Pinned() []uint64 {
	type quarter struct{ year, n int }
	last := make(map[quarter]uint64)
	for k, closings := range v.closings {
		q := quarter{k.year, k.quarter}
		last[q] = max(last[q], closings[len(closings)-1].Through)
	}
	list := slices.Collect(maps.Values(last))
	slices.Sort(list)
	return slices.Compact(list)
}

func (v *View) countClosings() (n int) {
	for _, list := range v.closings {
		n += len(list)
	}
	return n
}

// Activations returns the plans that came into force, in the order of the log. The caller must not change it.
func (v *View) Activations() []Activation { return v.activations }

// PlanAt returns the plan in force after a commit: the one activated last by then.
func (v *View) PlanAt(seq uint64) (a Activation, ok bool) {
	i := sort.Search(len(v.activations), func(i int) bool { return v.activations[i].At.Seq() > seq })
	if i == 0 {
		return Activation{}, false
	}
	return v.activations[i-1], true
}

// timesEvery is about how many commits go by between two that a fold keeps the recording time of.
const timesEvery = 64

// timeMark is when a commit was recorded, in Unix nanoseconds.
type timeMark struct {
	seq uint64
	at  int64
}

// noteTime keeps the recording time of every so many commits: it tells where in the log to look for a time.
func (f *Fold) noteTime(seq uint64) {
	if n := len(f.times); n == 0 || seq >= f.times[n-1].seq+timesEvery {
		f.times = append(f.times, timeMark{seq, f.recorded.UnixNano()})
	}
}

// Around returns the range of commits in which the last one lies that was recorded at or before a time: it is one of after,
// after+1, ..., through. Recording time never goes back: that of a commit is at least that of the one before (SEMANTICS 2.3).
func (v *View) Around(t time.Time) (after, through uint64) {
	i := sort.Search(len(v.times), func(i int) bool { return v.times[i].at > t.UnixNano() })
	if i > 0 {
		after = v.times[i-1].seq
	}
	if i < len(v.times) {
		return after, v.times[i].seq
	}
	return after, v.head.Seq
}
