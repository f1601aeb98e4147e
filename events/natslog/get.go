package natslog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Get returns the commit at a sequence. It asks the store directly, without a consumer. In a cluster any server answers that
// keeps the log, and each has but commits that most have; what one does not have yet the leader is asked for, and what was
// seen already is waited for.
func (l *Log) Get(ctx context.Context, seq uint64) (events.Commit, error) {
	if seq == 0 {
		return events.Commit{}, fmt.Errorf("get commit 0: %w", events.ErrNotFound)
	}
	ctx, cancel := l.bound(ctx)
	defer cancel()
	var c events.Commit
	var err error
	switch {
	case l.opts.Salvage:
		c, err = l.left.get(ctx, seq)
	case l.remote == nil:
		c, err = l.direct(ctx, seq)
	default:
		c, err = l.fromCluster(ctx, seq)
	}
	if err != nil {
		return events.Commit{}, fmt.Errorf("get commit %d: %w", seq, because(ctx, err))
	}
	return c, nil
}

// errNotYet says that a commit that somebody here has seen is not yet where it was asked for.
var errNotYet = errors.New("the servers that answer do not have it yet")

// fromCluster asks any server, and then the leader. Each, the leader too, writes what most have agreed upon in its own time:
// a reader may have had a commit from one of them before those that are asked have it. It is there, so it is waited for as
// long as for an acknowledgement.
func (l *Log) fromCluster(ctx context.Context, seq uint64) (events.Commit, error) {
	for moment, waited := firstMoment, time.Duration(0); ; moment = min(2*moment, lastMoment) {
		c, err := l.direct(ctx, seq)
		if err != nil {
			c, err = l.fromLeader(ctx, seq)
		}
		l.answered(err)
		if !errors.Is(err, events.ErrNotFound) || seq > l.metrics.last.Load() {
			return c, err
		}
		if waited >= l.opts.AckTimeout {
			return events.Commit{}, errNotYet
		}
		waited += moment
		select {
		case <-time.After(moment):
		case <-ctx.Done():
			return events.Commit{}, ctx.Err()
		}
	}
}

func (l *Log) direct(ctx context.Context, seq uint64) (events.Commit, error) {
	ctx, cancel := l.whileAsking(ctx)
	defer cancel()
	msg, err := l.stream.GetMsg(ctx, seq)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		err = events.ErrNotFound
	}
	if err != nil {
		return events.Commit{}, err
	}
	return commitOf(msg.Sequence, msg.Time, msg.Header, msg.Data), nil
}

// whileAsking bounds one request to a cluster, so that a server that is gone is not waited for as long as the caller would.
func (l *Log) whileAsking(ctx context.Context) (context.Context, context.CancelFunc) {
	if l.remote == nil {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, l.opts.AckTimeout)
}

// fromLeader asks for a commit the way that only the stream's leader answers. The library has none where others may.
func (l *Log) fromLeader(ctx context.Context, seq uint64) (events.Commit, error) {
	ctx, cancel := l.whileAsking(ctx)
	defer cancel()
	reply, err := l.point.RequestWithContext(ctx, "$JS.API.STREAM.MSG.GET."+Stream, fmt.Appendf(nil, `{"seq":%d}`, seq))
	if err != nil {
		return events.Commit{}, err
	}
	var said struct {
		Error   *jetstream.APIError `json:"error"`
		Message struct {
			Seq    uint64    `json:"seq"`
			Header []byte    `json:"hdrs"`
			Data   []byte    `json:"data"`
			Time   time.Time `json:"time"`
		} `json:"message"`
	}
	if err := json.Unmarshal(reply.Data, &said); err != nil {
		return events.Commit{}, fmt.Errorf("the answer of the server: %w", err)
	}
	if said.Error != nil {
		if said.Error.ErrorCode == jetstream.JSErrCodeMessageNotFound {
			return events.Commit{}, events.ErrNotFound
		}
		return events.Commit{}, said.Error
	}
	var header nats.Header
	if len(said.Message.Header) > 0 {
		if header, err = nats.DecodeHeadersMsg(said.Message.Header); err != nil {
			header = nil // it is somebody else's, as the lack of an id will tell
		}
	}
	return commitOf(said.Message.Seq, said.Message.Time, header, said.Message.Data), nil
}

// End returns the sequence of the last commit. In a cluster it bears with a leader that is being chosen, for some seconds.
func (l *Log) End(ctx context.Context) (uint64, error) {
	ctx, cancel := l.bound(ctx)
	defer cancel()
	if l.opts.Salvage {
		return l.left.last, context.Cause(ctx)
	}
	end, err := l.reach(ctx)
	if l.remote != nil && err != nil && passes(err) {
		end, err = l.reachAgain(ctx)
	}
	if err != nil {
		return 0, fmt.Errorf("ask for the end of the log: %w", because(ctx, err))
	}
	return end, nil
}

// reachAgain asks for the end until somebody knows, for as long as three tries of a commit take.
func (l *Log) reachAgain(ctx context.Context) (end uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, 3*l.opts.AckTimeout)
	defer cancel()
	for attempt := 0; ; attempt++ {
		if end, err = l.reach(ctx); err == nil || !passes(err) || !l.pause(ctx, attempt) {
			return end, err
		}
	}
}

// reach asks once where the log ends. In a cluster that is never less than what anybody here has seen, though the server
// that answers may not know yet that it leads no more.
func (l *Log) reach(ctx context.Context) (uint64, error) {
	info, err := l.ask(ctx)
	if err != nil {
		return 0, err
	}
	l.metrics.state(info.State)
	if l.remote == nil {
		return info.State.LastSeq, nil
	}
	l.note(info.State.LastSeq)
	return l.metrics.last.Load(), nil
}

// ask asks for the state of the stream, and makes sure that it is still the one that was opened. What a server says that is cut
// off from the others is no answer: it would say the same for ever.
func (l *Log) ask(ctx context.Context) (*jetstream.StreamInfo, error) {
	ctx, cancel := l.whileAsking(ctx)
	defer cancel()
	info, err := l.stream.Info(ctx)
	if err == nil && l.remote != nil {
		err = l.remote.lost(info)
	}
	if err == nil && l.remote != nil && !inTouch(info.Cluster) {
		err = errBehind
	}
	l.answered(err)
	return info, err
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
