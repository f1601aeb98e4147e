package natslog

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
)

// Append stores a commit as [events.Log] says. The time at which the log took it is not in an acknowledgement: Recorded
// is zero in what Append returns, and set in what Read and Get return.
//
// A context that ends before anything was sent gives its own error; the commit is then certainly not in the log.
func (l *Log) Append(ctx context.Context, head events.Head, id string, body []byte) (events.Commit, error) {
	c := events.Commit{Seq: head.Seq + 1, ID: id, Prev: head.HashHex(), Body: body}
	if err := l.append(ctx, c); err != nil {
		return events.Commit{}, fmt.Errorf("append commit %d: %w", c.Seq, err)
	}
	l.metrics.saw(c.Seq)
	return c, nil
}

func (l *Log) append(ctx context.Context, c events.Commit) error {
	if l.opts.Salvage {
		return ErrReadOnly
	}
	if c.ID == "" {
		return errors.New("the commit has no id")
	}
	if len(c.Body) > events.MaxCommit {
		return fmt.Errorf("the commit has %d bytes, at most %d are allowed", len(c.Body), events.MaxCommit)
	}
	ctx, cancel := l.bound(ctx)
	defer cancel()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if err := l.room(len(c.Body)); err != nil {
		return err
	}
	defer prometheus.NewTimer(l.metrics.commit).ObserveDuration()
	err := l.commit(ctx, c)
	if l.remote != nil {
		l.roomThere(err)
	}
	if err != nil {
		return err
	}
	l.note(c.Seq)
	return nil
}

// commit sends the commit until the server has decided about it. What the last of several tries is refused for decides
// nothing if an earlier one may yet be stored; that another commit has the place does.
func (l *Log) commit(ctx context.Context, c events.Commit) error {
	silent := 0 // tries that were not answered
	for attempt := 0; ; attempt++ {
		err := l.send(ctx, c)
		if err != nil && ctx.Err() == nil && refused(err) {
			err = l.settle(ctx, c, err)
		} else if err != nil {
			silent++
			l.move(l.writer, silent)
		}
		var again retry
		switch {
		case err == nil:
			return nil
		case errors.As(err, &again):
		case ctx.Err() == nil && silent > 0 && !errors.Is(err, events.ErrMoved):
			return fmt.Errorf("%w: %w", events.ErrUnknown, err)
		case ctx.Err() == nil:
			return err
		}
		if !l.pause(ctx, attempt) {
			return fmt.Errorf("%w: %w (%w)", events.ErrUnknown, context.Cause(ctx), err)
		}
		l.metrics.retries.Inc()
		l.opts.Logger.Warn("commit is sent again", "sequence", c.Seq, "commit", c.ID, "attempt", attempt+2, "reason", err)
		l.heal()
	}
}

// retry is an error after which nothing is known, so that the commit is sent again.
type retry struct{ error }

func (r retry) Unwrap() error { return r.error }

// send makes one try. The message is built anew, for the client library owns what it was given.
func (l *Log) send(ctx context.Context, c events.Commit) error {
	ctx, cancel := context.WithTimeoutCause(ctx, l.opts.AckTimeout, errNoAck)
	defer cancel()
	ctx, lost := context.WithCancelCause(ctx)
	defer lost(nil)
	l.try.set(lost)
	defer l.try.set(nil)
	_, err := l.publish.PublishMsg(ctx, &nats.Msg{
		Subject: Subject,
		Data:    c.Body,
		Header: nats.Header{
			HeaderCommit:                    {c.ID},
			HeaderPrev:                      {c.Prev},
			jetstream.ExpectedLastSeqHeader: {strconv.FormatUint(c.Seq-1, 10)},
		},
	}, jetstream.WithRetryAttempts(0))
	if err == nil || refused(err) {
		return err
	}
	return retry{because(ctx, err)}
}

// refused reports whether err is an answer of the server, not the lack of one.
func refused(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api)
}

// settle finds out what a refusal means: an earlier try may have been stored, another commit may have been quicker, or
// the caller's head is not of this log. In a cluster a commit may be refused for the sake of another that is on its way to
// most servers, and stands nowhere yet; that takes moments.
func (l *Log) settle(ctx context.Context, c events.Commit, refusal error) error {
	for moment := firstMoment; ; moment *= 2 {
		err := l.placed(ctx, c, refusal)
		if l.remote == nil || !outrun(refusal) || !errors.As(err, new(retry)) || moment > lastMoment {
			return err
		}
		select {
		case <-time.After(moment):
		case <-ctx.Done():
			return err
		}
	}
}

// How long settle waits between two looks, at first and at last.
const (
	firstMoment = time.Millisecond
	lastMoment  = 100 * time.Millisecond
)

// placed looks who stands at the place of a commit that was refused.
func (l *Log) placed(ctx context.Context, c events.Commit, refusal error) error {
	there, err := l.Get(ctx, c.Seq)
	switch {
	case err == nil && there.ID == c.ID && there.Prev == c.Prev:
		return nil
	case err == nil:
		return events.ErrMoved
	case !errors.Is(err, events.ErrNotFound):
		return retry{err}
	}
	end, err := l.reach(ctx)
	switch {
	case errors.Is(err, ErrLost):
		return err
	case err != nil:
		return retry{err}
	case end < c.Seq-1:
		return fmt.Errorf("the log ends at commit %d: %w", end, refusal)
	case end >= c.Seq && l.remote == nil:
		return fmt.Errorf("the log has lost the commit at that place: %w", refusal)
	}
	return l.judge(refusal)
}

// outrun reports whether a commit was refused because the log ends elsewhere than it says.
func outrun(refusal error) bool {
	api, ok := errors.AsType[*jetstream.APIError](refusal)
	return ok && api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence
}

// judge tells refusals that will be repeated from those that may not.
func (l *Log) judge(refusal error) error {
	var api *jetstream.APIError
	switch {
	case !errors.As(refusal, &api):
	case l.remote != nil && full(api):
		return fmt.Errorf("%w: %w", events.ErrFull, refusal)
	case api.Code == http.StatusBadRequest && !outrun(refusal):
		return refusal
	}
	return retry{refusal}
}

// pause waits before the next try and reports false if there shall be none.
func (l *Log) pause(ctx context.Context, attempt int) bool {
	t := time.NewTimer(backoff(attempt))
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

var (
	errNoAck = errors.New("no acknowledgement came in time")
	errCut   = errors.New("the connection was lost")
)

// tries lets a lost connection end the try that is on its way: its acknowledgement can come no more.
type tries struct {
	mu   sync.Mutex
	lost context.CancelCauseFunc // nil between tries
}

func (t *tries) set(lost context.CancelCauseFunc) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lost = lost
}

func (t *tries) abandon() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.lost != nil {
		t.lost(errCut)
	}
}
