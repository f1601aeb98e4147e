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

// Get returns the commit at a sequence. It asks the store directly, without a consumer.
func (l *Log) Get(ctx context.Context, seq uint64) (events.Commit, error) {
	if seq == 0 {
		return events.Commit{}, fmt.Errorf("get commit 0: %w", events.ErrNotFound)
	}
	ctx, cancel := l.bound(ctx)
	defer cancel()
	if l.opts.Salvage {
		c, err := l.left.get(ctx, seq)
		if err != nil {
			return events.Commit{}, fmt.Errorf("get commit %d: %w", seq, err)
		}
		return c, nil
	}
	msg, err := l.stream.GetMsg(ctx, seq)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		err = events.ErrNotFound
	}
	if err != nil {
		return events.Commit{}, fmt.Errorf("get commit %d: %w", seq, because(ctx, err))
	}
	return commitOf(msg.Sequence, msg.Time, msg.Header, msg.Data), nil
}

// End returns the sequence of the last commit.
func (l *Log) End(ctx context.Context) (uint64, error) {
	ctx, cancel := l.bound(ctx)
	defer cancel()
	if l.opts.Salvage {
		return l.left.last, context.Cause(ctx)
	}
	info, err := l.stream.Info(ctx)
	if err != nil {
		return 0, fmt.Errorf("ask for the end of the log: %w", because(ctx, err))
	}
	l.metrics.saw(info.State.LastSeq)
	return info.State.LastSeq, nil
}

// because prefers the reason for which the context ended over what broke on account of it.
func because(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

func commitOf(seq uint64, recorded time.Time, h nats.Header, body []byte) events.Commit {
	return events.Commit{Seq: seq, ID: h.Get(HeaderCommit), Prev: h.Get(HeaderPrev), Recorded: recorded.UTC(), Body: body}
}
