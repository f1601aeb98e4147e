package intake

import (
	"context"
	"sync"
)

// request is a caller's good events on their way through the writer. The caller owns it until it is pushed and again once
// done is closed; a caller that stops waiting does not touch it any more.
type request struct {
	ctx    context.Context
	facts  []*fact
	atomic bool
	bytes  int

	next    int  // first fact that the writer has not looked at
	open    int  // facts without a position
	ended   bool // done is closed
	bounced bool // atomic, and some of it was recorded meanwhile: look again; nothing of it was committed by this request
	err     error
	done    chan struct{}
}

func newRequest(ctx context.Context, facts []*fact, atomic bool) *request {
	r := &request{ctx: ctx, facts: facts, atomic: atomic, open: len(facts), done: make(chan struct{})}
	for _, f := range facts {
		r.bytes += len(f.line)
	}
	return r
}

// queue holds what waits for the writer. It lets a request in while less than the limits is waiting, however large the
// request is, so that none is too large for ever; memory is bounded by the limits plus one request a caller.
type queue struct {
	limits Limits
	wake   chan struct{} // holds one token if something changed

	mu      sync.Mutex
	waiting []*request
	events  int // of all requests that have not ended
	bytes   int
	closed  bool
}

func newQueue(limits Limits) *queue {
	return &queue{limits: limits, wake: make(chan struct{}, 1)}
}

func (q *queue) full() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.isFull()
}

func (q *queue) isFull() bool { return q.events >= q.limits.Events || q.bytes >= q.limits.Bytes }

// push hands a request to the writer.
func (q *queue) push(r *request) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return ErrStopped
	}
	if q.isFull() {
		return ErrOverloaded
	}
	q.waiting = append(q.waiting, r)
	q.events += len(r.facts)
	q.bytes += r.bytes
	q.signal()
	return nil
}

// take appends all that waits to the writer's own list. closed says that nothing will come after it.
func (q *queue) take(backlog []*request) (_ []*request, closed bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	backlog = append(backlog, q.waiting...)
	clear(q.waiting)
	q.waiting = q.waiting[:0]
	return backlog, q.closed
}

// end answers a request.
func (q *queue) end(r *request, err error) {
	if r.ended {
		return
	}
	r.ended, r.err = true, err
	q.mu.Lock()
	q.events -= len(r.facts)
	q.bytes -= r.bytes
	q.mu.Unlock()
	close(r.done)
}

// close lets nothing more in.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.signal()
}

// closedOr returns ErrStopped if the queue is closed, else the other error.
func (q *queue) closedOr(err error) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return ErrStopped
	}
	return err
}

// depth returns how many events wait or are in flight.
func (q *queue) depth() (events, bytes int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.events, q.bytes
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}
