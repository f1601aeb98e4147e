package natslog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// pullBytes is what a reader asks for at a time. More than 64 MB on their way make the server disconnect it, less
	// than a commit makes it wait for ever.
	pullBytes = 16 << 20
	// heartbeat is how often the server says that it is there though nothing comes; two missing ones are a rebuild.
	heartbeat = time.Second
	// apiWait bounds a single request of a reader, so that it looks up now and then.
	apiWait = 2 * time.Second
)

// Read calls fn with each commit after the sequence as [events.Log] says. It does not check the chain: that is what
// [events.Commit.Follows] is for. A sequence at which nothing stands is passed over, a message without our headers
// comes as a commit without an id.
func (l *Log) Read(ctx context.Context, after uint64, fn func(events.Commit) error) error {
	ctx, cancel := l.bound(ctx)
	defer cancel()
	if l.opts.Salvage {
		return l.left.read(ctx, after, fn)
	}
	r := &reading{log: l, fn: fn, last: after}
	for attempt := 0; ; attempt++ {
		before := r.last
		err := r.follow(ctx)
		var own *fnError
		switch {
		case errors.As(err, &own):
			return own.error
		case ctx.Err() != nil:
			return fmt.Errorf("read log: %w", context.Cause(ctx))
		case errors.Is(err, ErrLost):
			return fmt.Errorf("read log: %w", err)
		case r.last > before:
			attempt = 0
		}
		l.metrics.rebuilds.Inc()
		l.opts.Logger.Warn("reader is rebuilt", "sequence", r.last, "reason", err)
		l.move(l.reader, attempt+1)
		l.pause(ctx, attempt)
	}
}

// fnError carries the error of the caller's function past those of the connection.
type fnError struct{ error }

var (
	errOrder = errors.New("a message was lost on the way")
	errStall = errors.New("commits are there but do not arrive")
)

// reading is one call of Read: an ordered consumer of our own. It differs from the library's in that any doubt ends it,
// and that it never waits longer than its context.
type reading struct {
	log  *Log
	fn   func(events.Commit) error
	last uint64 // sequence of the last commit that fn has had

	next    uint64 // place of the next message in the consumer's own count, which has no gaps
	doubted bool   // at the last look something was on its way
}

// follow reads from the last commit on until something is in doubt.
func (r *reading) follow(ctx context.Context) error {
	consumer, messages, err := r.open(ctx)
	if err != nil {
		return err
	}
	defer r.close(ctx, consumer, messages)
	defer context.AfterFunc(ctx, messages.Stop)()
	r.next, r.doubted = 1, false
	for {
		msg, err := messages.Next(jetstream.NextMaxWait(r.log.opts.Stall))
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, nats.ErrTimeout):
			err = r.doubt(ctx, consumer)
		case err == nil:
			err = r.deliver(msg)
		}
		if err != nil {
			return err
		}
	}
}

func (r *reading) deliver(msg jetstream.Msg) error {
	meta, err := msg.Metadata()
	switch {
	case err != nil:
		return fmt.Errorf("read message: %w", err)
	case meta.Sequence.Consumer != r.next:
		return errOrder
	}
	r.next++
	r.doubted = false
	if meta.Sequence.Stream <= r.last {
		return nil
	}
	r.log.metrics.saw(meta.Sequence.Stream)
	c := commitOf(meta.Sequence.Stream, meta.Timestamp, msg.Headers(), msg.Data())
	if err := r.fn(c); err != nil {
		return &fnError{err}
	}
	r.last = c.Seq
	return nil
}

func (r *reading) open(ctx context.Context) (jetstream.Consumer, jetstream.MessagesContext, error) {
	ctx, cancel := context.WithTimeout(ctx, apiWait)
	defer cancel()
	consumer, err := r.log.consume.CreateConsumer(ctx, Stream, jetstream.ConsumerConfig{
		DeliverPolicy:     jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:       r.last + 1,
		AckPolicy:         jetstream.AckNonePolicy,
		InactiveThreshold: time.Minute,
		MemoryStorage:     true,
		Replicas:          1,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("create consumer: %w", err)
	}
	if r.log.remote != nil { // the consumer is gone when its stream is, so that it is looked at once
		if _, err := r.log.ask(ctx); err != nil {
			return nil, nil, err
		}
	}
	messages, err := consumer.Messages(jetstream.PullMaxBytes(pullBytes), jetstream.PullHeartbeat(heartbeat),
		jetstream.WithMessagesErrOnMissingHeartbeat(true))
	if err != nil {
		return nil, nil, fmt.Errorf("consume: %w", err)
	}
	return consumer, messages, nil
}

// doubt asks, when nothing has come for a while, whether something should have. What is on its way at the first look
// may have been stored just now, so it takes two.
func (r *reading) doubt(ctx context.Context, c jetstream.Consumer) error {
	ctx, cancel := context.WithTimeout(ctx, apiWait)
	defer cancel()
	info, err := c.Info(ctx)
	if err != nil {
		return fmt.Errorf("ask for the consumer: %w", err)
	}
	ahead := info.NumPending > 0 || info.Delivered.Stream > r.last
	if r.log.remote != nil { // the server that has the consumer may not hear of the others
		stream, err := r.log.ask(ctx)
		if err != nil {
			return err
		}
		ahead = ahead || stream.State.LastSeq > r.last
	}
	if ahead && r.doubted {
		return errStall
	}
	r.doubted = ahead
	return nil
}

// close removes the consumer at once if it can; otherwise the server does so in a minute.
func (r *reading) close(ctx context.Context, c jetstream.Consumer, m jetstream.MessagesContext) {
	m.Stop()
	if r.log.life.Err() != nil || !r.log.reader.IsConnected() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if err := r.log.consume.DeleteConsumer(ctx, Stream, c.CachedInfo().Name); err != nil {
		r.log.opts.Logger.Debug("consumer is left to the server", "error", err)
	}
}
