package projections

import (
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/kaohe/kaohe/events"
)

// Fold is the state of all measures after some events. It belongs to one goroutine; what it publishes as a [View] does not.
type Fold struct {
	rules    Rules
	orgs     *events.Orgs
	measures []Measure
	index    map[string]int
	bindings map[string]*binding

	epoch    uint32
	tables   []*table
	distinct []distinctState
	stocks   []stockState
	covers   [][]int          // by measure: the coverages that a stock is part of
	covered  map[int]coverage // by measure: the two stocks of a coverage
	weights  []int64          // by measure: the amounts of a flow, signs apart; what bounds every sum of them
	symbols  *symbols
	sites    *sites
	calendar calendar
	ops      []op
	firsts   []events.Day
	taken    []period
	free     []period

	claimed   events.KeyTable // of each occurrence: the live claim, packed, or contests
	contested keyed[[]claim]  // the occurrences with several live claims
	supplied  map[events.Position][]byte
	sole      [1]claim

	targets    map[targetKey][]Target
	nils       map[nilKey][]dayCount
	closings   map[closingKey][]Closing
	factsEpoch uint32 // of the three

	unusable   events.KeyTable // the facts that the plan cannot use as they stand, with their positions
	spoilt     keyed[struct{}] // those of them whose type, version and unit the plan has
	amended    map[events.Key]*amendment
	amendments keyed[events.Amendment] // what views show of them

	corrections map[events.Key][]TargetCorrection // of targets
	activations []Activation
	times       []timeMark // recording time of every so many commits; see noteTime
	postings    *postings

	head        events.Head
	recorded    time.Time // of the head
	recording   time.Time // of what is being taken in
	read        int64     // events of all kinds, also those left out; it never goes down
	applied     int64
	leftOut     int64
	breaks      int64
	quarantined []Quarantined
}

var (
	// ErrType says that the plan does not know the type of a stored event. It is quarantined; adding the type to the plan
	// and folding anew brings it back.
	ErrType = errors.New("event type is not in the plan")
	// ErrSchema says that a stored event has a version of its type's schema that the plan does not have.
	ErrSchema = errors.New("version of the schema is not in the plan")
	// ErrOrg says that a stored event belongs to a unit that the plan does not have.
	ErrOrg = errors.New("org is not in the plan")
	// ErrOverflow says that an amount would make a sum too large to be exact.
	ErrOverflow = errors.New("sum too large")
)

// NewFold returns the fold of no events.
func NewFold(rules Rules) (*Fold, error) {
	if err := rules.validate(); err != nil {
		return nil, err
	}
	orgs, measures := rules.Orgs, rules.Measures
	if orgs.Len() >= maxOrgs {
		return nil, fmt.Errorf("%d units, fewer than %d are possible", orgs.Len(), maxOrgs)
	}
	bindings, err := bind(orgs.Len(), rules.Catalogue, measures)
	if err != nil {
		return nil, err
	}
	f := &Fold{
		rules: rules, orgs: orgs, measures: measures, index: make(map[string]int), bindings: bindings, epoch: 1,
		tables: make([]*table, len(measures)), distinct: make([]distinctState, len(measures)),
		stocks: make([]stockState, len(measures)), covers: make([][]int, len(measures)), covered: make(map[int]coverage), weights: make([]int64, len(measures)),
		symbols: newSymbols(), sites: newSites(orgs), supplied: make(map[events.Position][]byte), postings: newPostings(),
		targets: make(map[targetKey][]Target), nils: make(map[nilKey][]dayCount), closings: make(map[closingKey][]Closing), factsEpoch: 1,
		amended: make(map[events.Key]*amendment), corrections: make(map[events.Key][]TargetCorrection),
	}
	for m := range measures {
		if _, twice := f.index[measures[m].Name]; twice {
			return nil, fmt.Errorf("measure %s is declared twice", measures[m].Name)
		}
		f.index[measures[m].Name] = m
		f.tables[m] = &table{epoch: 1, blocks: make([]*block, orgs.Len())}
		f.distinct[m].init(measures[m].Kind)
		f.stocks[m].init(measures[m].Kind)
	}
	return f, f.bindCoverages()
}

// coverage names the stock that is to be covered and the one that covers it.
type coverage struct {
	of, on int
}

func (f *Fold) bindCoverages() error {
	for m := range f.measures {
		if f.measures[m].Kind != Coverage {
			continue
		}
		of, ok1 := f.index[f.measures[m].Of]
		on, ok2 := f.index[f.measures[m].On]
		if !ok1 || !ok2 || of == on || f.measures[of].Kind != Stock || f.measures[on].Kind != Stock {
			return fmt.Errorf("measure %s: %q and %q are not two stocks", f.measures[m].Name, f.measures[m].Of, f.measures[m].On)
		}
		f.covered[m] = coverage{of, on}
		f.covers[of] = append(f.covers[of], m)
		f.covers[on] = append(f.covers[on], m)
	}
	return nil
}

// Apply adds an event to all figures it concerns. An error means that nothing was changed: the plan cannot read the event, or
// the fold must know another one first ([NeedError]).
func (f *Fold) Apply(e *events.Stored, at events.Position) error {
	if err := f.exchange(nil, e, at); err != nil {
		return err
	}
	f.applied++
	return nil
}

// Withdraw takes out an event that was applied before, as if it had never been.
func (f *Fold) Withdraw(e *events.Stored, at events.Position) error {
	if err := f.exchange(e, nil, at); err != nil {
		return err
	}
	f.applied--
	return nil
}

// Begin notes that what is taken in from here on was recorded at a time. Recording time never goes back.
func (f *Fold) Begin(recorded time.Time) {
	if recorded.After(f.recording) {
		f.recording = recorded
	}
}

// Advance notes that the fold has taken in a whole commit.
func (f *Fold) Advance(head events.Head, recorded time.Time) {
	f.Begin(recorded)
	f.head, f.recorded = head, f.recording
	f.noteTime(head.Seq)
	clear(f.supplied)
}

// Head returns the last commit taken in.
func (f *Fold) Head() events.Head { return f.head }

// View publishes the state as it is now. The fold goes on; what it changes from here on is copied first.
func (f *Fold) View() *View {
	v := &View{
		rules: f.rules, head: f.head, recorded: f.recorded, events: f.applied, read: f.read, measures: f.measures, index: f.index,
		tables: append([]*table(nil), f.tables...), targets: f.targets, nils: f.nils, closings: f.closings,
		amendments: f.amendments, contested: f.contested, spoilt: f.spoilt, leftOut: f.leftOut + int64(f.unusable.Len()), breaks: f.breaks,
		activations: f.activations, times: f.times, postings: f.postings, quarantined: f.quarantined,
	}
	f.epoch++
	return v
}

// ownFacts makes targets, nil reports and closings ready to be written to. They are few and change rarely: they are copied
// whole.
func (f *Fold) ownFacts() {
	if f.factsEpoch != f.epoch {
		f.targets, f.nils, f.closings, f.factsEpoch = maps.Clone(f.targets), maps.Clone(f.nils), maps.Clone(f.closings), f.epoch
	}
}

// cell returns a cell to write to.
func (f *Fold) cell(m, org int, s slot) *cell {
	t := f.tables[m].owned(f.epoch)
	f.tables[m] = t
	return t.cell(f.epoch, org, s)
}
