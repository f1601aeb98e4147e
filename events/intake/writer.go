package intake

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kaohe/kaohe/events"
)

// writer is the only one that appends to the log. One commit is in flight at most, so that its fields need no lock and
// that "is this id recorded?" has one answer at the time of packing.
type writer struct {
	*Intake
	head    events.Head // what the next commit follows
	unsure  bool        // the log may have moved: read to its end before the next commit
	closing uint64      // the last commit of this writer that closes a period, until the state is known to have read it
	backlog []*request  // taken from the queue, in order
}

// Run is the one writer. It first waits until the log has been read to the end that it has now, and records the plan if
// another one is in force there; then it commits what is emitted. When ctx ends it lets nothing more in, commits what is
// queued within Options.Grace, answers all callers and returns nil. It must be called once.
func (in *Intake) Run(ctx context.Context) error {
	w := &writer{Intake: in}
	defer w.stop()
	if err := w.start(ctx); err != nil {
		return nil // ctx ended before that
	}
	in.ready.Store(true)
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stopping := context.AfterFunc(ctx, func() {
		in.ready.Store(false)
		in.queue.close()
		time.AfterFunc(in.Grace, cancel)
	})
	defer stopping()
	for {
		closed := w.wait()
		if w.loop(work); closed {
			return nil
		}
	}
}

// start reads the log to its end and has the plan in it. As long as the log does not answer, or takes no plan, it tries
// again. An event may only be recorded by a plan that stands before it, so until then none is taken.
func (w *writer) start(ctx context.Context) error {
	said := false // a disk that stays full for days is said once
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		err, read := w.sync(ctx), false
		if err == nil {
			err, read = w.activate(ctx), true
		}
		w.full.Store(errors.Is(err, events.ErrFull))
		if err == nil || ctx.Err() != nil {
			return err
		}
		w.metrics.errors.Inc()
		switch {
		case !read:
			w.Logger.LogAttrs(ctx, slog.LevelWarn, "log does not answer, intake waits", slog.Any("error", err))
		case !said:
			w.Logger.LogAttrs(ctx, slog.LevelWarn, "plan cannot be recorded, intake waits", slog.Any("error", err))
		}
		said = read
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// stop answers everybody who is left.
func (w *writer) stop() {
	w.ready.Store(false)
	w.queue.close()
	w.backlog, _ = w.queue.take(w.backlog)
	w.failBacklog(ErrStopped)
}

// wait blocks until something is queued or nothing will be any more.
func (w *writer) wait() (closed bool) {
	<-w.queue.wake
	return w.gather()
}

// gather takes what is queued. First it lets those run who were answered just now and may have more to say, or half of a
// crowd of callers would always be a commit behind the other half.
func (w *writer) gather() (closed bool) {
	runtime.Gosched()
	w.backlog, closed = w.queue.take(w.backlog)
	return closed
}

// loop commits until nothing is waiting.
func (w *writer) loop(ctx context.Context) {
	for len(w.backlog) > 0 {
		if ctx.Err() != nil {
			w.failBacklog(ErrStopped)
			return
		}
		if w.unsure {
			if err := w.sync(ctx); err != nil {
				w.metrics.errors.Inc()
				w.Logger.LogAttrs(ctx, slog.LevelWarn, "log does not answer, refusing what waits", slog.Any("error", err))
				w.failBacklog(fmt.Errorf("%w: %w", ErrUnavailable, err))
				return
			}
		}
		w.commit(ctx, w.pack(ctx))
		w.gather()
	}
}

func (w *writer) failBacklog(err error) {
	for _, r := range w.backlog {
		if r.next > 0 { // part of it is in the log
			w.queue.end(r, fmt.Errorf("%w: %w", events.ErrUnknown, err))
		}
		w.queue.end(r, err)
	}
	w.backlog = w.backlog[:0]
}

// sync waits until everything that is in the log has been read, and takes the head from there.
func (w *writer) sync(ctx context.Context) error {
	end, err := w.Log.End(ctx)
	if err != nil {
		return err
	}
	head, err := w.State.Await(ctx, end)
	if err != nil {
		return err
	}
	w.head, w.unsure = head, false
	return nil
}

// commit brings a batch into the log. When another writer was there first it reads what that wrote and tries again with
// what is still new.
func (w *writer) commit(ctx context.Context, b *batch) {
	for len(b.lines) > 0 {
		err := w.append(ctx, b)
		if err == nil {
			return
		}
		if !errors.Is(err, events.ErrMoved) {
			w.fail(b, err)
			return
		}
		w.metrics.moved.Inc()
		if err := w.sync(ctx); err != nil {
			w.unsure = true
			w.fail(b, fmt.Errorf("%w: %w", ErrUnavailable, err))
			return
		}
		b = w.repack(ctx, b)
	}
}

// append stores a batch and tells the callers.
func (w *writer) append(ctx context.Context, b *batch) error {
	if err := w.markLate(ctx, b); err != nil {
		return err
	}
	body := events.AppendBatch(make([]byte, 0, events.BatchSize(len(b.lines), b.bytes)), b.lines)
	took := prometheus.NewTimer(w.metrics.duration)
	stored, err := w.Log.Append(ctx, w.head, w.NewID(), body)
	if err != nil {
		return err
	}
	w.head = stored.Head()
	took.ObserveDuration()
	w.metrics.committed(len(b.lines), len(body))
	w.recall.put(stored.Seq, b.lines)
	if b.alone {
		w.lastControl.Store(stored.Seq)
	}
	if b.closes() {
		w.closing = stored.Seq
	}
	w.settle(b, stored.Seq)
	if w.Committed != nil {
		w.Committed(stored.Seq, b.lines)
	}
	return nil
}

// settle gives the facts of a stored batch their positions.
func (w *writer) settle(b *batch, seq uint64) {
	index, first := make([]int, len(b.keys)), make([]events.Position, len(b.keys))
	for i := range index {
		index[i] = i
	}
	w.IDs.RecordAll(b.keys, seq, index, first)
	fresh := 0
	for _, p := range b.parts {
		p.f.at = first[p.slot]
		p.f.fresh = !p.repeat && p.f.at == events.At(seq, p.slot)
		if p.f.fresh {
			fresh++
		}
		if p.f.fresh && p.f.late.closing != 0 {
			w.metrics.late.Inc()
		}
		w.settled(p.r)
	}
	w.metrics.recordedNew(fresh)
}

// settled notes that one more fact of a request has its position.
func (w *writer) settled(r *request) {
	if r.open--; r.open == 0 {
		w.queue.end(r, nil)
	}
}

// fail answers all requests of a batch. Those that had more to come end here too.
func (w *writer) fail(b *batch, err error) {
	switch {
	case errors.Is(err, events.ErrUnknown):
		w.unsure = true
	case errors.Is(err, events.ErrFull), errors.Is(err, ErrUnavailable):
	case errors.Is(err, context.Canceled): // before anything was sent
		err = fmt.Errorf("%w: %w", ErrStopped, err)
	default:
		w.unsure = true
	}
	w.metrics.errors.Inc()
	w.Logger.LogAttrs(context.Background(), slog.LevelError, "commit failed",
		slog.Any("error", err), slog.Int("events", len(b.lines)), slog.Uint64("after", w.head.Seq))
	for _, p := range b.parts {
		w.queue.end(p.r, err)
	}
}
