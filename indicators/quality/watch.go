package quality

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

// Options are what a [Watch] needs. The logger may be left out.
type Options struct {
	Plan     *indicators.Plan
	Log      events.Log
	IDs      *events.IDs     // of all that State has read
	State    State           // the runner of the figures
	CaughtUp <-chan struct{} // closed once figures include all that was in the log at the start: not before does a watch begin to read
	// Rest is how long it pauses for each event until it has caught up, so that who records facts and asks for figures meanwhile
	// does not notice.
	Rest   time.Duration
	Logger *slog.Logger
}

// State is what a watch asks the reader of the log that goes before it.
type State interface {
	// Await returns once the commit with the sequence was read.
	Await(ctx context.Context, seq uint64) (events.Head, error)
	// Amended tells what voids and corrections, of all that was read, made of an event; ok is false if there are none.
	Amended(k events.Key) (a events.Amendment, ok bool)
}

func (o *Options) validate() error {
	for _, field := range []struct {
		name    string
		missing bool
	}{
		{"Plan", o.Plan == nil}, {"Log", o.Log == nil}, {"IDs", o.IDs == nil}, {"State", o.State == nil}, {"CaughtUp", o.CaughtUp == nil},
	} {
		if field.missing {
			return fmt.Errorf("quality: Options.%s is not set", field.name)
		}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return nil
}

// Watch follows a log behind the figures, and knows what is odd about the facts in it. [Watch.Run] must run for it to read;
// all other methods may be called at any time and by many goroutines.
type Watch struct {
	opts Options

	// Only Run uses these.
	applied map[events.Key][]byte // versions of amended facts that were read; nil for a voided one
	voids   map[events.Key]events.Key

	mu      sync.RWMutex // guards the fields below, and the state
	state   *state
	held    map[events.Key][]byte // of amended facts the version that the state holds; nil for a voided one
	through uint64                // the last commit whose events the state includes
	ready   bool                  // it includes all that was in the log when Run began
	changed chan struct{}         // closed when it includes more
}

// New returns a watch that has read nothing yet.
func New(o Options) (*Watch, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	return &Watch{
		opts: o, applied: map[events.Key][]byte{}, voids: map[events.Key]events.Key{}, held: map[events.Key][]byte{}, state: newState(o.Plan), changed: make(chan struct{}),
	}, nil
}

// Run follows the log until ctx ends, which is no error, or until the log cannot be read any more. It must be called once.
func (w *Watch) Run(ctx context.Context) error {
	select {
	case <-w.opts.CaughtUp:
	case <-ctx.Done():
		return nil
	}
	goal, err := w.opts.Log.End(ctx)
	if err == nil {
		w.apply(nil, 0, goal)
		fetch := projections.FetchFrom(ctx, w.opts.Log)
		err = w.opts.Log.Read(ctx, 0, func(c events.Commit) error {
			if _, err := w.opts.State.Await(ctx, c.Seq); err != nil {
				return err
			}
			changes, err := w.read(&c, fetch)
			if err != nil {
				return err
			}
			w.apply(changes, c.Seq, goal)
			return w.rest(ctx, len(changes))
		})
	}
	if ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("check the facts of the log: %w", err)
}

// rest pauses after so many events, unless it has caught up.
func (w *Watch) rest(ctx context.Context, n int) error {
	if w.opts.Rest <= 0 || n == 0 || w.Ready() {
		return nil
	}
	pause := time.NewTimer(time.Duration(n) * w.opts.Rest)
	defer pause.Stop()
	select {
	case <-pause.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// change is what an event does to the state: facts that no longer hold, and facts that do.
type change struct {
	out, in []entry
	fact    events.Key // if it was amended
	version []byte     // that holds now
	amended bool
}

// apply takes in what a commit changes.
func (w *Watch) apply(changes []change, seq, goal uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range changes {
		for _, e := range c.out {
			w.state.take(e)
		}
		for _, e := range c.in {
			w.state.put(e)
		}
		if c.amended {
			w.held[c.fact] = c.version
		}
	}
	w.state.settle()
	w.through = max(w.through, seq)
	if !w.ready && w.through >= goal {
		w.ready = true
		w.opts.Logger.Info("the facts of the log are checked", "commit", w.through, "findings", w.state.findings.size)
	}
	close(w.changed)
	w.changed = make(chan struct{})
}

// read finds out what the events of a commit change. What cannot be used is left out, as figures leave it out.
func (w *Watch) read(c *events.Commit, fetch projections.Fetch) ([]change, error) {
	lines, err := c.Lines()
	if err != nil {
		return nil, nil
	}
	var changes []change
	for i, line := range lines {
		var e events.Stored
		at := events.At(c.Seq, i)
		if e.ParseLine(line) != nil {
			continue
		}
		if first, known := w.opts.IDs.Lookup(e.Key()); !known || first != at { // the log holds it twice
			continue
		}
		var ch change
		switch string(e.Type) {
		case events.TypeVoided, events.TypeCorrected:
			if ch, err = w.amended(&e, at, fetch); err != nil {
				return nil, err
			}
		default:
			ch = w.fact(&e, at)
		}
		if len(ch.in)+len(ch.out) > 0 || ch.amended {
			changes = append(changes, ch)
		}
	}
	return changes, nil
}

// fact takes a fact as it is now: control events after it may have been read already.
func (w *Watch) fact(e *events.Stored, at events.Position) change {
	a, amended := w.opts.State.Amended(e.Key())
	if !amended {
		return change{in: w.state.read(e, at)}
	}
	version := inForce(a)
	w.applied[e.Key()] = version
	return change{in: w.readLine(version, at), fact: e.Key(), version: version, amended: true}
}

// inForce returns the version that counts, nil if there is none. Whether the plan can use it is seen when it is read.
func inForce(a events.Amendment) []byte {
	if a.VoidedBy != 0 {
		return nil
	}
	return a.Line
}

func (w *Watch) readLine(line []byte, at events.Position) []entry {
	var e events.Stored
	if line == nil || e.ParseLine(line) != nil {
		return nil
	}
	return w.state.read(&e, at)
}

// amended replaces the version of the fact that a void or correction is about, in the end, by the one that holds now. A fact that
// stands after it is not there yet.
func (w *Watch) amended(e *events.Stored, at events.Position, fetch projections.Fetch) (change, error) {
	target, ok := targetOf(e.Data)
	if !ok {
		return change{}, nil
	}
	if string(e.Type) == events.TypeVoided {
		w.voids[e.Key()] = target
	}
	fact := w.factOf(target)
	stands, known := w.opts.IDs.Lookup(fact)
	a, amended := w.opts.State.Amended(fact)
	if !known || stands >= at || !amended {
		return change{}, nil
	}
	before, replaced := w.applied[fact]
	if !replaced {
		line, err := fetch(stands)
		if err != nil && !errors.Is(err, events.ErrNotFound) && !errors.Is(err, events.ErrBody) {
			return change{}, err
		}
		before = bytes.Clone(line)
	}
	now := inForce(a)
	w.applied[fact] = now
	if bytes.Equal(before, now) {
		return change{}, nil
	}
	return change{out: w.readLine(before, stands), in: w.readLine(now, stands), fact: fact, version: now, amended: true}, nil
}

// factOf follows voids of voids to what they are about. Each void names one event only, and none leads back to itself.
func (w *Watch) factOf(k events.Key) events.Key {
	for range len(w.voids) + 1 {
		next, void := w.voids[k]
		if !void {
			break
		}
		k = next
	}
	return k
}

// targetOf returns what a control event is about.
func targetOf(data []byte) (events.Key, bool) {
	var target struct {
		Source string `json:"target_source"`
		ID     string `json:"target_id"`
	}
	if json.Unmarshal(data, &target) != nil || target.Source == "" || target.ID == "" {
		return events.Key{}, false
	}
	return events.KeyOf(target.Source, target.ID), true
}
