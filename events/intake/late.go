package intake

import (
	"context"
	"fmt"

	"github.com/kaohe/kaohe/events"
)

// lateness is the closing that a fact comes after: of the quarter in which its day lies, by its unit or one above it. A late
// fact is recorded like any other. What was handed in stays; the current figures, which are shown beside it, move.
type lateness struct {
	closing events.Position // 0: the fact is in time
	quarter quarter
}

// WarnLate is the code of the warning that an event concerns a quarter that was closed before it came.
const WarnLate = "late"

func (l lateness) warning() Warning {
	return Warning{WarnLate, events.Text{
		ZH: fmt.Sprintf("迟到:%v 已由位置 %v 的事件锁定;已报出的数字不变,变动的只是当前数字", l.quarter, l.closing),
		EN: fmt.Sprintf("late: %v was closed by the event at %v; the published figures stay, only the current ones move", l.quarter, l.closing),
	}}
}

// lateFor tells whether a fact comes late by what the state has read.
func (in *Intake) lateFor(org string, day events.Day) lateness {
	at, closed := in.State.Closed(org, day)
	if !closed {
		return lateness{}
	}
	return lateness{at, quarterOf(day)}
}

// markLate tells for each fact of a batch which closing stands before it. That is asked just before the commit: if it
// succeeds the log had nothing more to say, and once it has, the state may know of later closings.
func (w *writer) markLate(ctx context.Context, b *batch) error {
	if b.alone {
		return nil // its target told already
	}
	if w.closing > 0 { // what this writer has committed the reader may not have read
		if _, err := w.State.Await(ctx, w.closing); err != nil {
			return fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		w.closing = 0
	}
	for _, p := range b.parts {
		p.f.late = w.lateFor(p.f.event.Org, p.f.event.Day())
	}
	return nil
}

// maxVoids bounds how far a chain of voids of voids is followed: it is done by the writer, for whom all wait.
const maxVoids = 16

// lateAmendment tells which closing a void or correction comes after: of the fact that it is about in the end, as that
// stood and as it will stand.
func (w *writer) lateAmendment(ctx context.Context, t *target, now *events.Event) (lateness, error) {
	for n := 0; t.void != nil && n < maxVoids; n++ {
		next, err := w.target(ctx, t.void)
		if err != nil {
			return lateness{}, err
		}
		t = next
	}
	var was, will lateness
	if t.version != nil {
		was = w.lateFor(t.version.Org, t.version.Day())
	}
	if now != nil {
		will = w.lateFor(now.Org, now.Day())
	}
	if was.closing > will.closing {
		return was, nil
	}
	return will, nil
}
