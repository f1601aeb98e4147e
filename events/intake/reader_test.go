package intake_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
)

// reader reads a log as the projections do: it records the ids, knows the head, and follows control events as far as these
// tests need it.
type reader struct {
	log  events.Log
	ids  *events.IDs
	lazy bool // reads a commit only once somebody waits for it

	mu      sync.Mutex
	head    events.Head
	err     error
	changed chan struct{}
	wanted  uint64 // the last commit that somebody waits for
	amended map[events.Key]events.Amendment
	voids   map[events.Key]events.Key // of each void what it is about
	figures map[uint64]int            // by commit: the facts up to it, less the voids
	closed  map[string]events.Position
	plan    string // in force
}

func newReader(log events.Log) *reader {
	return &reader{
		log: log, ids: events.NewIDs(), changed: make(chan struct{}), amended: map[events.Key]events.Amendment{},
		voids: map[events.Key]events.Key{}, figures: map[uint64]int{}, closed: map[string]events.Position{},
	}
}

func (r *reader) run(ctx context.Context) {
	err := r.log.Read(ctx, 0, func(c events.Commit) error {
		if err := r.untilWanted(ctx, c.Seq); err != nil {
			return err
		}
		lines, err := c.Lines()
		if err != nil {
			return err
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.figures[c.Seq] = r.figures[c.Seq-1]
		for i, line := range lines {
			var s events.Stored
			if err := s.ParseLine(line); err != nil {
				return err
			}
			if at := events.At(c.Seq, i); r.ids.Record(s.Key(), at) == at {
				r.take(&s, at)
			}
		}
		return r.advance(c)
	})
	if ctx.Err() == nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.err = err
		close(r.changed)
	}
}

// take follows one event. r.mu is held.
func (r *reader) take(s *events.Stored, at events.Position) {
	switch t := string(s.Type); t {
	case events.TypeVoided, events.TypeCorrected:
		r.amend(s, at)
	case "PeriodClosed":
		var data struct{ Quarter string }
		_ = json.Unmarshal(s.Data, &data)
		r.closed[string(s.Org)+" "+data.Quarter] = at
	case "PlanActivated":
		var data struct{ Hash string }
		_ = json.Unmarshal(s.Data, &data)
		r.plan = data.Hash
	case "NilReported":
	default:
		r.figures[at.Seq()]++
	}
}

// amend follows voids and corrections: a void of a void brings back what that was about.
func (r *reader) amend(s *events.Stored, at events.Position) {
	var data struct {
		Source string `json:"target_source"`
		ID     string `json:"target_id"`
		Now    *struct {
			Data                        json.RawMessage
			Dataschema, Org, Time, Type string
		}
	}
	if json.Unmarshal(s.Data, &data) != nil {
		return
	}
	target := events.KeyOf(data.Source, data.ID)
	a := r.amended[target]
	if now := data.Now; now != nil {
		e := events.Event{Type: now.Type, Source: data.Source, ID: data.ID, Time: now.Time, Org: now.Org, Schema: now.Dataschema, Data: now.Data}
		a.Line = e.AppendLine(nil)
	} else {
		r.figures[at.Seq()]--
		a.VoidedBy = at
		if about, isVoid := r.voids[target]; isVoid {
			r.figures[at.Seq()] += 2
			back := r.amended[about]
			back.VoidedBy = 0
			r.amended[about] = back
		}
		r.voids[s.Key()] = target
	}
	r.amended[target] = a
}

// advance ends a commit. r.mu is held.
func (r *reader) advance(c events.Commit) error {
	if !c.Follows(r.head) {
		return fmt.Errorf("commit %d does not follow commit %d", c.Seq, r.head.Seq)
	}
	r.head = c.Head()
	r.wake()
	return nil
}

func (r *reader) wake() {
	close(r.changed)
	r.changed = make(chan struct{})
}

// untilWanted returns once a lazy reader is waited for.
func (r *reader) untilWanted(ctx context.Context, seq uint64) error {
	return r.until(ctx, func() bool { return !r.lazy || r.wanted >= seq })
}

// until waits for something that is true while r.mu is held.
func (r *reader) until(ctx context.Context, done func() bool) error {
	for {
		r.mu.Lock()
		ok, err, changed := done(), r.err, r.changed
		r.mu.Unlock()
		if ok || err != nil {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Await implements intake.State.
func (r *reader) Await(ctx context.Context, seq uint64) (head events.Head, err error) {
	r.mu.Lock()
	if r.lazy && seq > r.wanted {
		r.wanted = seq
		r.wake()
	}
	r.mu.Unlock()
	err = r.until(ctx, func() bool {
		head = r.head
		return head.Seq >= seq
	})
	return head, err
}

// Amended implements intake.State.
func (r *reader) Amended(k events.Key) (events.Amendment, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	a, ok := r.amended[k]
	return a, ok
}

// Closed implements intake.State.
func (r *reader) Closed(org string, day events.Day) (at events.Position, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.closed) == 0 {
		return 0, false
	}
	y, m, _ := day.Date()
	for code := org; code != ""; code = map[string]string{"450703": "450700", "450700": "450000"}[code] {
		at = max(at, r.closed[fmt.Sprintf("%s %dQ%d", code, y, (m+2)/3)])
	}
	return at, at > 0
}

// inForce is what an intake asks about the plan.
func (r *reader) inForce() (hash string, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.plan, r.plan != ""
}

// close draws up a scorecard of one figure, that of the head it was asked about.
func (r *reader) close(_ context.Context, head events.Head, c intake.CloseRequest) (intake.Closing, *intake.Refusal, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.head.Seq < head.Seq {
		return intake.Closing{}, nil, fmt.Errorf("asked about commit %d, read up to %d", head.Seq, r.head.Seq)
	}
	asOf := c.Cutoff
	if asOf == 0 {
		asOf, _ = events.ParseDay(map[string]string{"2018Q1": "2018-03-31", "2018Q2": "2018-04-02"}[c.Quarter])
	}
	card := fmt.Appendf(nil, `{"org": %q, "figure": %d, "quarter": %q}`, c.Org, r.figures[head.Seq], c.Quarter)
	return intake.Closing{AsOf: asOf, Scorecard: card, Plan: planHash("a")}, nil, nil
}

// closes makes an intake take closings.
func closes(o *intake.Options) { o.Close = o.State.(*reader).close }

func planHash(letter string) string { return strings.Repeat(letter, 64) }
