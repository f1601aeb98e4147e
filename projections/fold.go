package projections

import (
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// Fold is the state of all measures after some events. It belongs to one goroutine; what it publishes as a [View] does not.
type Fold struct {
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
	calendar calendar
	ops      []op
	firsts   []events.Day
	taken    []period
	free     []period

	targets    map[targetKey][]Target
	nils       map[nilKey][]dayCount
	factsEpoch uint32 // of targets and nils

	amended         map[events.Key]*amendment
	amendments      map[events.Key]events.Amendment // what views show of them
	amendmentsEpoch uint32

	head     events.Head
	recorded time.Time
	applied  int64
	leftOut  int64
	breaks   int64
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
func NewFold(orgs *events.Orgs, types *catalogue.Catalogue, measures []Measure) (*Fold, error) {
	bindings, err := bind(types, measures)
	if err != nil {
		return nil, err
	}
	f := &Fold{
		orgs: orgs, measures: measures, index: make(map[string]int), bindings: bindings, epoch: 1,
		tables: make([]*table, len(measures)), distinct: make([]distinctState, len(measures)),
		stocks: make([]stockState, len(measures)), covers: make([][]int, len(measures)), covered: make(map[int]coverage), weights: make([]int64, len(measures)),
		symbols: newSymbols(), targets: make(map[targetKey][]Target), nils: make(map[nilKey][]dayCount), factsEpoch: 1,
		amended: make(map[events.Key]*amendment), amendments: make(map[events.Key]events.Amendment), amendmentsEpoch: 1,
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

// Apply adds an event to all figures it concerns. An error means that the event cannot be read by this plan, and that
// nothing was changed.
func (f *Fold) Apply(e *events.Stored, at events.Position) error {
	if err := f.change(e, at, 1); err != nil {
		return err
	}
	f.applied++
	return nil
}

// Withdraw takes out an event that was applied before, as if it had never been.
func (f *Fold) Withdraw(e *events.Stored, at events.Position) error {
	if err := f.change(e, at, -1); err != nil {
		return err
	}
	f.applied--
	return nil
}

func (f *Fold) change(e *events.Stored, at events.Position, sign int) error {
	b, ok := f.bindings[string(e.Type)]
	if !ok {
		return fmt.Errorf("%w: %s", ErrType, e.Type)
	}
	if b.schema != string(e.Schema) {
		return fmt.Errorf("%w: %s", ErrSchema, e.Schema)
	}
	org, ok := f.orgs.Index(string(e.Org))
	if !ok {
		return fmt.Errorf("%w: %s", ErrOrg, e.Org)
	}
	switch string(e.Type) {
	case targetType:
		return f.changeTarget(e, at, org, sign)
	case nilType:
		return f.changeNil(e, org, sign)
	}
	if len(b.inputs) == 0 {
		return nil
	}
	if err := f.resolve(b, e.Data, at, e.Day(), org); err != nil {
		return err
	}
	for i := range f.ops {
		f.commit(&f.ops[i], sign)
	}
	return nil
}

// Advance notes that the fold has taken in a whole commit.
func (f *Fold) Advance(head events.Head, recorded time.Time) {
	f.head = head
	if recorded.After(f.recorded) {
		f.recorded = recorded
	}
}

// Head returns the last commit taken in.
func (f *Fold) Head() events.Head { return f.head }

// View publishes the state as it is now. The fold goes on; what it changes from here on is copied first.
func (f *Fold) View() *View {
	v := &View{
		head: f.head, recorded: f.recorded, events: f.applied, measures: f.measures, index: f.index,
		tables: append([]*table(nil), f.tables...), targets: f.targets, nils: f.nils,
		amendments: f.amendments, leftOut: f.leftOut, breaks: f.breaks,
	}
	f.epoch++
	return v
}

// facts makes targets and nil reports ready to be written to. They are few and change rarely: they are copied whole.
func (f *Fold) ownFacts() {
	if f.factsEpoch != f.epoch {
		f.targets, f.nils, f.factsEpoch = maps.Clone(f.targets), maps.Clone(f.nils), f.epoch
	}
}

// cell returns a cell to write to.
func (f *Fold) cell(m, org int, s slot) *cell {
	t := f.tables[m].owned(f.epoch)
	f.tables[m] = t
	return t.cell(f.epoch, org, s)
}
