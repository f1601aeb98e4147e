package intake

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// Options is what an intake works with. The fields without a default must be set.
type Options struct {
	Log       events.Log
	IDs       *events.IDs          // shared with whoever reads the log
	Catalogue *catalogue.Catalogue // what may happen
	Orgs      *events.Orgs
	State     State

	DefaultOrg string         // unit of events that name none; empty: each must name one
	Zone       *time.Location // in which a fact has its day

	// Resolve answers, for each x-ref of the schemas, which values are known. "org" and "event_type" have defaults.
	Resolve map[string]Resolver

	// Check has, for some types of events, what nobody but the plan can say of them. It is asked about an event that is good
	// in every other way, as it will be recorded but for its id; the faults that it finds refuse the event. Many goroutines
	// ask at a time.
	Check map[string]func(e events.Event) []catalogue.Fault

	// Close draws up what a unit hands in for a quarter, by what the log holds up to head: the State has read that, and maybe
	// more, in which case the closing is not recorded and asked for again. A refusal says why nothing can be handed in. nil:
	// closings are refused.
	Close func(ctx context.Context, head events.Head, c CloseRequest) (Closing, *Refusal, error)

	// Notice tells what is odd about events that are good: those of one request that are new, in its order. It is asked when
	// they have been recorded, or would be. Its answer has the warnings of each event, or is empty. Many goroutines ask at a
	// time. nil: nothing is odd.
	Notice func(list []events.Event) [][]Warning

	// Committed is told of each commit of this intake, by its canonical lines, as soon as it is durable. The writer waits for
	// it, so it must be quick, and the lines must not be changed. nil: nobody is told.
	Committed func(seq uint64, lines [][]byte)

	// Plan is recorded before any event if the log says another is in force.
	Plan PlanRecord

	Now   func() time.Time // the acceptance day is its day in Zone
	NewID func() string    // ids of commits

	Durability string        // what "accepted" means, for the receipt; default "fsync"
	Timeout    time.Duration // longest wait of an HTTP request for its commit; default 30 s
	Grace      time.Duration // time for what is queued when Run is told to stop; default 10 s
	Queue      Limits        // default 65,536 events, 64 MiB
	Bodies     int           // bytes of HTTP requests in memory at once, at least MinBodies; default 64 MiB

	Logger     *slog.Logger          // default: discard
	Registerer prometheus.Registerer // default: none
}

// MinBodies is the least room for HTTP requests: half of it, which is what one sender may have, holds the largest batch.
const MinBodies = 2 * largest

// Limits bounds what waits for the writer. A request is let in while less than both waits.
type Limits struct {
	Events int
	Bytes  int
}

// State is what the intake needs to know of the reader of the log.
type State interface {
	// Await returns once the reader has read the commit with the sequence, and recorded the ids of all up to it in
	// the shared IDs. It returns the head that the reader has then, which may be later.
	Await(ctx context.Context, seq uint64) (events.Head, error)
	// Amended tells what voids and corrections, of all that was read, made of an event; ok is false if there are none.
	Amended(k events.Key) (a events.Amendment, ok bool)
	// Closed tells where the last closing stands, of all that was read, of the quarter in which the day lies, by the unit
	// or one above it; ok is false if there is none. It is asked for each event.
	Closed(org string, day events.Day) (at events.Position, ok bool)
}

// Resolver knows the values that a field with an x-ref may have.
type Resolver struct {
	Known func(name string) bool
	Names func() []string // all, for suggestions
}

func (o *Options) validate() error {
	for _, field := range []struct {
		name    string
		missing bool
	}{
		{"Log", o.Log == nil}, {"IDs", o.IDs == nil}, {"Catalogue", o.Catalogue == nil}, {"Orgs", o.Orgs == nil},
		{"State", o.State == nil}, {"Zone", o.Zone == nil}, {"Now", o.Now == nil}, {"NewID", o.NewID == nil},
	} {
		if field.missing {
			return fmt.Errorf("intake: Options.%s is not set", field.name)
		}
	}
	if _, ok := o.Orgs.Index(o.DefaultOrg); o.DefaultOrg != "" && !ok {
		return fmt.Errorf("intake: Options.DefaultOrg %s is no org of the plan", o.DefaultOrg)
	}
	for name, check := range o.Check {
		if _, ok := o.Catalogue.Type(name); !ok || check == nil {
			return fmt.Errorf("intake: Options.Check of %s has no such type or no function", name)
		}
	}
	if o.Timeout < 0 || o.Grace < 0 || o.Queue.Events < 0 || o.Queue.Bytes < 0 {
		return errors.New("intake: Options.Timeout, Grace and Queue must not be negative")
	}
	if o.Bodies != 0 && o.Bodies < MinBodies {
		return fmt.Errorf("intake: Options.Bodies is %d, less than %d: one sender must have room for the largest batch", o.Bodies, MinBodies)
	}
	return nil
}

func (o Options) withDefaults() Options {
	if o.Durability == "" {
		o.Durability = "fsync"
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	if o.Grace == 0 {
		o.Grace = 10 * time.Second
	}
	if o.Queue.Events == 0 {
		o.Queue.Events = 1 << 16
	}
	if o.Queue.Bytes == 0 {
		o.Queue.Bytes = 64 << 20
	}
	if o.Bodies == 0 {
		o.Bodies = 64 << 20
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Registerer == nil {
		o.Registerer = prometheus.NewRegistry()
	}
	o.Resolve = withKnown(o.Resolve, o.Catalogue, o.Orgs)
	return o
}

// withKnown adds the references that the intake can resolve by itself.
func withKnown(given map[string]Resolver, c *catalogue.Catalogue, orgs *events.Orgs) map[string]Resolver {
	all := map[string]Resolver{
		"org":        {Known: func(s string) bool { _, ok := orgs.Index(s); return ok }, Names: func() []string { return orgCodes(orgs) }},
		"event_type": {Known: func(s string) bool { t, ok := c.Type(s); return ok && !t.Control }, Names: func() []string { return typeNames(c) }},
	}
	for name, r := range given {
		all[name] = r
	}
	return all
}

func orgCodes(orgs *events.Orgs) []string {
	codes := make([]string, orgs.Len())
	for i := range codes {
		codes[i] = orgs.Org(i).Code
	}
	return codes
}

func typeNames(c *catalogue.Catalogue) []string {
	var names []string
	for _, t := range c.Types() {
		names = append(names, t.Name)
	}
	return names
}
