package intake

import (
	"context"
	"fmt"

	"github.com/kaohe/kaohe/events"
)

// batch is a commit in the making.
type batch struct {
	lines [][]byte
	keys  []events.Key
	bytes int
	slots map[events.Key]int // where each event stands in the commit
	parts []part             // all facts whose fate the commit decides, repeats included
	alone bool               // it holds a control event, which was completed by what stands before this very commit
}

// part is a fact of a batch.
type part struct {
	r      *request
	f      *fact
	slot   int
	repeat bool // another fact with the same id is in the slot
}

// newBatch makes an empty batch with room for about n events.
func newBatch(n int) *batch {
	n = min(n, events.MaxEvents)
	return &batch{
		lines: make([][]byte, 0, n), keys: make([]events.Key, 0, n), parts: make([]part, 0, n), slots: make(map[events.Key]int, n),
	}
}

func (b *batch) has(k events.Key) bool {
	_, ok := b.slots[k]
	return ok
}

// closes reports whether the batch holds the closing of a period.
func (b *batch) closes() bool {
	return b.alone && len(b.parts) > 0 && b.parts[0].f.event.Type == typeClosed
}

func (b *batch) fits(n, bytes int) bool {
	return !b.alone && len(b.lines)+n <= events.MaxEvents && events.BatchSize(len(b.lines)+n, b.bytes+bytes) <= events.MaxCommit
}

func (b *batch) add(r *request, f *fact) {
	slot, repeat := b.slots[f.key]
	if !repeat {
		slot = b.put(f.key, f.line)
	}
	b.parts = append(b.parts, part{r, f, slot, repeat})
}

// put gives an event the next slot.
func (b *batch) put(k events.Key, line []byte) (slot int) {
	slot = len(b.lines)
	b.slots[k] = slot
	b.lines = append(b.lines, line)
	b.keys = append(b.keys, k)
	b.bytes += len(line)
	return slot
}

// pack makes the next commit of what waits, in order. What is recorded already gets its position at once. The batch is
// empty if nothing of it was new.
func (w *writer) pack(ctx context.Context) *batch {
	b := newBatch(w.open())
	done := 0
	for _, r := range w.backlog {
		if !w.packRequest(ctx, b, r) {
			break
		}
		done++
	}
	left := copy(w.backlog, w.backlog[done:])
	clear(w.backlog[left:])
	w.backlog = w.backlog[:left]
	return b
}

// open returns how many events wait to be packed, counting up to a full commit.
func (w *writer) open() int {
	n := 0
	for _, r := range w.backlog {
		if n += len(r.facts) - r.next; n >= events.MaxEvents {
			break
		}
	}
	return n
}

// packRequest reports whether it is through with the request; if not, the batch is full.
func (w *writer) packRequest(ctx context.Context, b *batch, r *request) bool {
	if r.next == 0 && r.ctx.Err() != nil {
		w.queue.end(r, fmt.Errorf("%w (%w)", events.ErrUnknown, context.Cause(r.ctx))) // nobody waits for it
	}
	switch {
	case r.ended: // or an earlier part of it failed
		return true
	case r.atomic:
		return w.packAtomic(b, r)
	}
	for ; r.next < len(r.facts); r.next++ {
		f := r.facts[r.next]
		if at, known := w.IDs.Lookup(f.key); known {
			f.at = at
			w.settled(r)
			continue
		}
		if f.sent != nil && len(b.lines) > 0 || !b.has(f.key) && !b.fits(1, len(f.line)) {
			return false
		}
		if f.sent != nil && !w.packControl(ctx, b, r, f) {
			return r.ended
		}
		if f.refusal == nil {
			b.add(r, f)
		}
	}
	return true
}

// packControl completes a control event for a commit of its own. It reports false if the request ended because nothing could
// be found out about what stands before it.
func (w *writer) packControl(ctx context.Context, b *batch, r *request, f *fact) bool {
	if err := w.resolve(ctx, f); err != nil {
		if r.next > 0 { // part of it is in the log
			err = fmt.Errorf("%w: %w", events.ErrUnknown, err)
		}
		w.queue.end(r, err)
		return false
	}
	if f.refusal != nil {
		w.settled(r)
		return true
	}
	b.alone = true
	return true
}

// packAtomic takes all of a request or nothing. If some of it is in the log by now the caller must look again, since what
// is there may differ; if some of it is in this very batch, the next one will tell.
func (w *writer) packAtomic(b *batch, r *request) bool {
	shared := false
	for _, f := range r.facts {
		if _, known := w.IDs.Lookup(f.key); known {
			r.bounced = true
			w.queue.end(r, nil)
			return true
		}
		shared = shared || b.has(f.key)
	}
	if shared || !b.fits(len(r.facts), r.bytes) {
		return false
	}
	for _, f := range r.facts {
		b.add(r, f)
	}
	r.next = len(r.facts)
	return true
}

// repack makes a batch anew after the log has grown: without what is recorded now, and without atomic requests of which
// some is.
func (w *writer) repack(ctx context.Context, old *batch) *batch {
	for _, p := range old.parts {
		if p.r.atomic && !p.r.ended {
			if _, known := w.IDs.Lookup(p.f.key); known {
				p.r.bounced = true
				w.queue.end(p.r, nil)
			}
		}
	}
	b := newBatch(len(old.parts))
	for _, p := range old.parts {
		if p.r.ended {
			continue
		}
		if at, known := w.IDs.Lookup(p.f.key); known {
			p.f.at = at
			w.settled(p.r)
			continue
		}
		if p.f.sent != nil && !w.packControl(ctx, b, p.r, p.f) || p.f.refusal != nil {
			continue
		}
		b.add(p.r, p.f)
	}
	return b
}
