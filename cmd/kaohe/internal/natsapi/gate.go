package natsapi

import (
	"context"
	"runtime"
	"sync"
)

// Bounds of what is worked on at a time, of events and of questions each. One caller has a quarter of it at most, so that
// there is room for others whatever it does.
const (
	maxRequests = 256      // taken in
	maxBytes    = 64 << 20 // of their payloads
	callerShare = 4
)

// maxWaiting is how many requests may wait to be looked at, which is a moment, so that a burst of one caller does not push
// out what others send.
const maxWaiting = 1 << 14

// gate bounds the requests that are taken in. Events wait for the disk, and many are committed together, so they go on at
// once. Questions compute, so that more than a few at a time only hinder each other: they wait for their turn.
type gate struct {
	turns chan struct{} // nil: everybody has a turn

	mu      sync.Mutex
	all     load
	callers map[string]load
}

// load is what is being worked on.
type load struct{ n, bytes int }

func newGate(questions bool) *gate {
	g := &gate{callers: map[string]load{}}
	if questions {
		g.turns = make(chan struct{}, 4*runtime.GOMAXPROCS(0))
	}
	return g
}

// enter takes a request of a caller in, or reports that there are too many.
func (g *gate) enter(caller string, bytes int) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	own := g.callers[caller]
	if !g.all.bears(bytes, 1) || !own.bears(bytes, callerShare) {
		return false
	}
	g.all = load{g.all.n + 1, g.all.bytes + bytes}
	g.callers[caller] = load{own.n + 1, own.bytes + bytes}
	return true
}

// bears reports whether there is room for one more request within a share of the bounds.
func (l load) bears(bytes, share int) bool {
	return l.n < maxRequests/share && l.bytes+bytes <= maxBytes/share
}

// leave ends a request that entered.
func (g *gate) leave(caller string, bytes int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	own := g.callers[caller]
	g.all = load{g.all.n - 1, g.all.bytes - bytes}
	if g.callers[caller] = (load{own.n - 1, own.bytes - bytes}); own.n == 1 {
		delete(g.callers, caller)
	}
}

// turn waits until a request may be worked on, and returns what ends its turn. It fails if ctx ends first.
func (g *gate) turn(ctx context.Context) (end func(), err error) {
	if g.turns == nil {
		return func() {}, nil
	}
	select {
	case g.turns <- struct{}{}:
		return func() { <-g.turns }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
