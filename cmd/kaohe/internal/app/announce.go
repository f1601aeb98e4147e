package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/events/natslog"
)

// typePlan is the type of the events that bring a plan into force. They hold the whole plan, and nobody waits for them.
const typePlan = "PlanActivated"

// Bounds of announcements.
const (
	maxUnannounced = 32 << 20        // bytes of events that wait to be announced; what comes on top is not
	lastWords      = 2 * time.Second // for what waits when the daemon stops
)

// headerPosition is where an announced event stands, such as 12-0.
const headerPosition = "Kaohe-Position"

// announcer tells whoever listens of each event that this daemon has committed, once the figures include it:
//
//	kaohe.event.PatentGranted.450000.450700.450703
//
// The subject names the type, and the units from the root down to the event's own. One that concerns several units, such as
// a void, is announced at the nearest unit above them all, so that it is heard by who may read it and by nobody else; where
// there is none, without any unit. Announcements are made for those who listen at the moment, as well as they can be: who
// must miss nothing reads the log.
type announcer struct {
	conn   *nats.Conn
	orgs   *events.Orgs
	folded func(ctx context.Context, seq uint64) error       // returns once the figures include a commit
	line   func(context.Context, events.Key) ([]byte, error) // of a recorded event

	announced, dropped prometheus.Counter

	wake    chan struct{} // holds a token if something waits
	mu      sync.Mutex
	waiting []committed
	bytes   int
}

// committed is a commit that is to be announced.
type committed struct {
	seq   uint64
	lines [][]byte
	bytes int
}

// newAnnouncer makes an announcer, if there may be anybody who listens: through the door of the embedded server, or in a
// cluster, whose accounts say who may.
func (a *App) newAnnouncer() (*announcer, error) {
	if a.opts.NATSListen == "" && a.opts.Cluster == nil {
		return nil, nil
	}
	conn, err := a.log.Service()
	if err != nil {
		return nil, err
	}
	n := &announcer{
		conn: conn, orgs: a.plan.Orgs, folded: a.awaitFigures, line: a.lineOf, wake: make(chan struct{}, 1),
		announced: prometheus.NewCounter(prometheus.CounterOpts{Name: "kaohe_announcements_total",
			Help: "Events announced over NATS."}),
		dropped: prometheus.NewCounter(prometheus.CounterOpts{Name: "kaohe_announcements_dropped_total",
			Help: "Events not announced because too many waited, or because the daemon stopped."}),
	}
	return n, errors.Join(a.registry.Register(n.announced), a.registry.Register(n.dropped))
}

// lineOf returns the canonical line of the event with an identity.
func (a *App) lineOf(ctx context.Context, k events.Key) ([]byte, error) {
	at, ok := a.archive.IDs().Lookup(k)
	if !ok {
		return nil, events.ErrNotFound
	}
	return a.event(ctx, at)
}

// committed takes a commit in. It neither waits nor fails.
func (n *announcer) committed(seq uint64, lines [][]byte) {
	c := committed{seq: seq, lines: lines}
	for _, line := range lines {
		c.bytes += len(line)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.bytes+c.bytes > maxUnannounced {
		n.dropped.Add(float64(len(lines)))
		return
	}
	n.waiting, n.bytes = append(n.waiting, c), n.bytes+c.bytes
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// first returns the commit that waits longest, which goes on waiting.
func (n *announcer) first() (c committed, ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.waiting) == 0 {
		n.waiting = nil // or the room for a crowd would be kept for ever
		return c, false
	}
	return n.waiting[0], true
}

// done ends the waiting of the commit that waits longest.
func (n *announcer) done() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.bytes -= n.waiting[0].bytes
	n.waiting[0] = committed{}
	n.waiting = n.waiting[1:]
}

// run announces until ctx ends, and then for a moment what waits.
func (n *announcer) run(ctx context.Context) error {
	defer n.conn.Close()
	for ctx.Err() == nil {
		select {
		case <-n.wake:
			n.announceAll(ctx)
		case <-ctx.Done():
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	n.announceAll(last)
	n.dropAll()
	_ = n.conn.FlushWithContext(last) // nobody is left to tell
	return nil
}

// announceAll announces what waits. What is not folded when ctx ends goes on waiting.
func (n *announcer) announceAll(ctx context.Context) {
	for c, ok := n.first(); ok; c, ok = n.first() {
		if n.folded(ctx, c.seq) != nil {
			return
		}
		for i, line := range c.lines {
			if err := n.announce(ctx, events.At(c.seq, i), line); err != nil {
				n.dropped.Inc()
			}
		}
		n.done()
	}
}

// dropAll counts what waits as dropped.
func (n *announcer) dropAll() {
	for c, ok := n.first(); ok; c, ok = n.first() {
		n.dropped.Add(float64(len(c.lines)))
		n.done()
	}
}

func (n *announcer) announce(ctx context.Context, at events.Position, line []byte) error {
	var e events.Stored
	if err := e.ParseLine(line); err != nil {
		return err // cannot be: it was committed
	}
	if string(e.Type) == typePlan {
		return nil
	}
	units, err := access.Units(&e, func(k events.Key) ([]byte, error) { return n.line(ctx, k) })
	if err != nil {
		units = nil // nobody can tell whose it is
	}
	m := nats.NewMsg(n.subject(string(e.Type), units))
	m.Header.Set("Content-Type", intake.MediaEvent)
	m.Header.Set(headerPosition, at.String())
	m.Data = line
	if err := n.conn.PublishMsg(m); err != nil {
		return fmt.Errorf("announce %v: %w", at, err)
	}
	n.announced.Inc()
	return nil
}

// subject is where an event of a type is announced that concerns some units.
func (n *announcer) subject(typ string, units []string) string {
	subject := natslog.Announcements + "." + typ
	if org, ok := above(n.orgs, units); ok {
		subject += "." + orgPath(n.orgs, org)
	}
	return subject
}

// above returns the nearest unit that all of some units are or stand below.
func above(orgs *events.Orgs, units []string) (org int, ok bool) {
	for i, code := range units {
		unit, known := orgs.Index(code)
		if !known {
			return 0, false
		}
		if i == 0 {
			org, ok = unit, true
			continue
		}
		if org, ok = shared(orgs, org, unit); !ok {
			return 0, false
		}
	}
	return org, ok
}

// shared returns the nearest unit that a and b both are or stand below.
func shared(orgs *events.Orgs, a, b int) (org int, ok bool) {
	for _, org := range orgs.Path(a) {
		if orgs.Under(b, org) {
			return org, true
		}
	}
	return 0, false
}
