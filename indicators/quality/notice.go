package quality

import (
	"context"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections"
)

// Bounds of what is said of a request.
const (
	maxNoticed     = 10              // findings about one event
	maxCorrections = 16              // corrections, of which each may take reading the log
	lookUp         = 2 * time.Second // for reading the log
)

// noticed is an event of a request as it is tried out.
type noticed struct {
	at      events.Position
	fact    events.Key // that is corrected
	out, in []entry
}

// Notice tells what is odd about events that were recorded just now, or would be: of each the findings, but for those that are worth
// knowing only, that it is part of together with all that is known and the other events of the list. It does not matter whether
// the watch has read the events already. Before it has read what was in the log at the start it says what is odd about an event
// by itself. Of a correction it looks at the fact as it has become.
func (w *Watch) Notice(list []events.Event) [][]Finding {
	tried, any := make([]noticed, len(list)), false
	corrections := 0
	for i := range list {
		e := &list[i]
		switch {
		case e.Type == events.TypeCorrected && corrections < maxCorrections:
			corrections++
			tried[i] = w.corrected(e)
		case e.Type != events.TypeCorrected:
			tried[i].at = unrecorded + events.Position(i)
			if at, ok := w.opts.IDs.Lookup(e.Key()); ok {
				tried[i].at = at
			}
			tried[i].in = w.state.read(storedOf(e), tried[i].at)
		}
		any = any || len(tried[i].in) > 0
	}
	if !any {
		return nil
	}
	if !w.Ready() {
		return w.state.alone(tried)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.outdated(tried)
	return w.state.try(tried)
}

func storedOf(e *events.Event) *events.Stored {
	return &events.Stored{Type: []byte(e.Type), Source: []byte(e.Source), ID: []byte(e.ID), Time: []byte(e.Time), Org: []byte(e.Org), Schema: []byte(e.Schema), Data: e.Data}
}

// corrected returns what a correction makes of its target. A merge patch that is applied twice does no harm. What the target
// said at first is to be taken out, until [Watch.outdated] knows better.
func (w *Watch) corrected(e *events.Event) (n noticed) {
	target, ok := targetOf(e.Data)
	at, known := w.opts.IDs.Lookup(target)
	var data struct {
		Patch jsontext.Value `json:"patch"`
	}
	if !ok || !known || json.Unmarshal(e.Data, &data) != nil {
		return n
	}
	ctx, cancel := context.WithTimeout(context.Background(), lookUp)
	defer cancel()
	first, _ := projections.FetchFrom(ctx, w.opts.Log)(at)
	line := first
	if a, amended := w.opts.State.Amended(target); amended {
		line = inForce(a)
	}
	var before events.Stored
	if line == nil || before.ParseLine(line) != nil {
		return n
	}
	after, err := before.Event().Patched(data.Patch)
	if err != nil {
		return n
	}
	return noticed{at: at, fact: target, out: w.readLine(first, at), in: w.state.read(storedOf(&after), at)}
}

// outdated has what the state holds of corrected facts taken out: the watch may not have read yet what the fold has, so that the
// fact as it stands in the one is not the same as in the other. The state is locked.
func (w *Watch) outdated(list []noticed) {
	for i := range list {
		if version, amended := w.held[list[i].fact]; amended {
			list[i].out = w.readLine(version, list[i].at)
		}
	}
}

// alone returns what is odd about events by themselves.
func (s *state) alone(list []noticed) [][]Finding {
	found := make([][]Finding, len(list))
	for i := range list {
		b := s.newBench()
		for _, e := range list[i].in {
			if o, ok := e.(item[oddity]); ok {
				judgeOddities(b, o.key, []oddity{o.fact})
			}
		}
		for n := range b.verdicts {
			found[i] = s.noticed(found[i], &b.verdicts[n])
		}
	}
	return found
}

// noticed adds a finding to those about an event.
func (s *state) noticed(found []Finding, v *verdict) []Finding {
	if v.severity == Info || len(found) >= maxNoticed {
		return found
	}
	return append(found, s.finding(v))
}

// try takes events in, judges the groups that they are in, and gives them up again. The state is as before then.
func (s *state) try(list []noticed) [][]Finding {
	var undo []func() bool
	defer func() {
		for i := len(undo) - 1; i >= 0; i-- {
			undo[i]()
		}
	}()
	var order []ref
	in := map[ref][]int{} // by a group: the events of the list that are in it
	for i := range list {
		for _, e := range list[i].out {
			if e.take() {
				undo = append(undo, e.put)
			}
		}
		for _, e := range list[i].in {
			if e.put() {
				undo = append(undo, e.take)
			}
			if _, weight := e.(weighing); weight { // what is odd because of it is about other events
				continue
			}
			e.touch(func(r ref) {
				if in[r] == nil {
					order = append(order, r)
				}
				if n := len(in[r]); n == 0 || in[r][n-1] != i {
					in[r] = append(in[r], i)
				}
			})
		}
	}
	found := make([][]Finding, len(list))
	for _, r := range order {
		s.tell(found, list, in[r], s.judge(r, s.bench))
	}
	return found
}

// tell says to each of some events of a group what verdicts on it are about them.
func (s *state) tell(found [][]Finding, list []noticed, who []int, verdicts []verdict) {
	if len(verdicts) == 0 {
		return
	}
	byAt := make(map[events.Position]int, len(who))
	for _, i := range who {
		byAt[list[i].at] = i
	}
	for n := range verdicts {
		v := &verdicts[n]
		if v.all != nil {
			for _, i := range who {
				if v.concerns(list[i].at) {
					found[i] = s.noticed(found[i], v)
				}
			}
			continue
		}
		if i, ok := byAt[v.at]; ok {
			found[i] = s.noticed(found[i], v)
		}
		for _, o := range v.others {
			if i, ok := byAt[o.at]; ok && o.at != v.at {
				found[i] = s.noticed(found[i], v)
			}
		}
	}
}
