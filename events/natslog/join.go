package natslog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// clusterHead is what log.head is to an embedded log, for a log in a cluster: it says which stream it is, and up to where it
// is known to have been acknowledged, to this process or to another. It has a name of its own, so that a directory serves
// one of the two for ever.
const clusterHead = "cluster.head"

// ErrElsewhere is [ErrForeign] of a directory whose log is in a NATS cluster. Open it with Options.Cluster.
var ErrElsewhere = fmt.Errorf("%w of its own: the log is in a NATS cluster", ErrForeign)

// inspectPartner refuses a directory whose log is in a cluster: beside it none is begun here.
func inspectPartner(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, clusterHead)); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w, as the file %s in %s says", ErrElsewhere, clusterHead, dir)
	}
	return nil
}

// inspectAlone refuses a directory that holds a log of its own.
func inspectAlone(dir string) error {
	ours, err := inspectStore(dir)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, headName)); ours || err == nil {
		return fmt.Errorf("%w: %s holds a log of its own, which the cluster would not have", ErrForeign, dir)
	}
	return nil
}

// join opens the log in the cluster. The directory is locked.
func (l *Log) join(ctx context.Context) error {
	if err := inspectAlone(l.opts.Dir); err != nil {
		return err
	}
	head, headErr := readMark(l.opts.Dir, clusterHead)
	if err := l.register(); err != nil {
		return err
	}
	ctx, ready := l.attempt(ctx)
	defer ready()
	if err := l.persist(ctx, func(context.Context) error { return l.connect() }); err != nil {
		return l.unusable(err)
	}
	point, err := l.useJetStream()
	if err != nil {
		return err
	}
	if err := l.persist(ctx, func(ctx context.Context) error { return l.find(ctx, point, head, headErr) }); err != nil {
		return l.unusable(err)
	}
	if err := l.persist(ctx, l.rehearse); err != nil {
		return l.unusable(err)
	}
	if errors.Is(headErr, errBadHead) {
		l.anew(clusterHead, headErr, l.stream.CachedInfo().State.LastSeq)
	}
	if err := l.keepHead(clusterHead, head, headErr, l.stream.CachedInfo()); err != nil {
		return fmt.Errorf("open %s: %w", clusterHead, err)
	}
	return nil
}

// attempt bounds the time of joining, which ends at once if the user is denied something.
func (l *Log) attempt(ctx context.Context) (context.Context, func()) {
	l.remote = &remote{Cluster: *l.opts.Cluster}
	ctx, giveUp := context.WithCancelCause(ctx)
	ctx, cancel := context.WithTimeout(ctx, l.remote.Wait)
	l.remote.giveUp = giveUp
	return ctx, func() {
		l.remote.mu.Lock()
		defer l.remote.mu.Unlock()
		l.remote.giveUp = nil
		cancel()
		giveUp(nil)
	}
}

// unusable says so of what has no words of its own.
func (l *Log) unusable(err error) error {
	for _, said := range []error{ErrDenied, ErrDiffers, ErrLost, ErrClosed} {
		if errors.Is(err, said) {
			return fmt.Errorf("%s: %w", l.remote.Name, err)
		}
	}
	return fmt.Errorf("%s: %w: %w", l.remote.Name, ErrUnusable, err)
}

// find looks the stream up, and makes it if there has never been one; then it looks whether all is there.
func (l *Log) find(ctx context.Context, js jetstream.JetStream, head mark, headErr error) error {
	if n := l.point.MaxPayload(); n < minPayload {
		return fmt.Errorf("its servers take messages of %d bytes, max_payload must be %d at least", n, minPayload)
	}
	want := streamConfig()
	want.Replicas = l.replicas()
	s, err := js.Stream(ctx, Stream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		if headErr == nil {
			return fmt.Errorf("%w: there is no stream %s, which was begun %s and had %d commits", ErrLost, Stream, stamp(head.created), head.seq)
		}
		s, err = js.CreateStream(ctx, want)
	}
	if err != nil {
		return fmt.Errorf("stream %s: %w", Stream, err)
	}
	l.stream = s
	info := s.CachedInfo()
	if diffs := differences(comparable(info.Config), want); len(diffs) > 0 {
		return fmt.Errorf("%w: %s", ErrDiffers, strings.Join(diffs, "; "))
	}
	if err := whole(info, head, headErr); err != nil {
		return err
	}
	l.remote.created = info.Created
	l.metrics.state(info.State)
	return nil
}

// minPayload is a commit with its headers.
const minPayload = events.MaxCommit + 4096

// replicas returns how many servers shall keep the log.
func (l *Log) replicas() int {
	switch {
	case l.remote.Replicas > 0:
		return l.remote.Replicas
	case l.point.ConnectedClusterName() != "":
		return fullReplicas
	}
	return 1
}

// comparable leaves out of a configuration what is the operator's to choose: on which servers, and what it is called.
func comparable(c jetstream.StreamConfig) jetstream.StreamConfig {
	c.Placement, c.Description = nil, ""
	return c
}

// errBehind says that who answers for the stream does not hear from most of the servers that keep it, so that the others may
// have gone on.
var errBehind = fmt.Errorf("who answers for the stream is out of touch with most of its servers: %w", nats.ErrTimeout)

// whole compares the stream with what is known of it. Nothing can be deleted from it.
func whole(info *jetstream.StreamInfo, head mark, headErr error) error {
	last, known := info.State.LastSeq, headErr == nil
	switch {
	case known && !info.Created.Equal(head.created):
		return fmt.Errorf("%w: another stream has been put in its place, begun %s, not %s", ErrLost, stamp(info.Created), stamp(head.created))
	case !inTouch(info.Cluster):
		return errBehind
	case known && last < head.seq:
		return fmt.Errorf("%w: the stream ends at commit %d, and commit %d was acknowledged", ErrLost, last, head.seq)
	case info.State.Msgs != last:
		return fmt.Errorf("%w: the stream has %d of %d commits", ErrLost, info.State.Msgs, last)
	}
	return nil
}

func stamp(t time.Time) string { return t.UTC().Format(time.DateTime + ".000") }

// inTouch reports whether most of the servers that keep a stream have answered its leader just now: then no other leader can
// have been chosen meanwhile, which takes four seconds of silence. A server that has given up leading and finds no other goes on
// answering, without naming one.
func inTouch(c *jetstream.ClusterInfo) bool {
	switch {
	case c == nil:
		return true
	case c.Leader == "":
		return false
	case len(c.Replicas) == 0:
		return true
	}
	const lately = 3 * time.Second
	heard := 1
	for _, p := range c.Replicas {
		if !p.Offline && p.Active < lately {
			heard++
		}
	}
	return heard > (len(c.Replicas)+1)/2
}

// rehearse does once all that a log does, so that a user who may not is found out now: it has a commit refused that names
// another stream, and reads the last one as a reader and by itself.
func (l *Log) rehearse(ctx context.Context) error {
	_, err := l.publish.PublishMsg(ctx, &nats.Msg{Subject: Subject, Header: nats.Header{jetstream.ExpectedStreamHeader: {Stream + "_NOT"}}},
		jetstream.WithRetryAttempts(0))
	if api, ok := errors.AsType[*jetstream.APIError](err); !ok || passes(api) {
		return fmt.Errorf("publish %s: %w", Subject, orWrong(err))
	}
	last := l.stream.CachedInfo().State.LastSeq
	r := &reading{log: l, last: last - min(last, 1), fn: func(events.Commit) error { return errEnough }}
	if err := l.rehearseConsumer(ctx, r); err != nil || last == 0 {
		return err
	}
	if err := r.follow(ctx); !errors.As(err, new(*fnError)) {
		return fmt.Errorf("read the last commit: %w", err)
	}
	for _, get := range []func(context.Context, uint64) (events.Commit, error){l.direct, l.fromLeader} {
		if _, err := get(ctx, last); err != nil && !errors.Is(err, events.ErrNotFound) { // a server may have it a moment later
			return fmt.Errorf("get commit %d: %w", last, err)
		}
	}
	return nil
}

// rehearseConsumer makes a consumer, asks for it as a reader does who is in doubt, and removes it.
func (l *Log) rehearseConsumer(ctx context.Context, r *reading) error {
	consumer, messages, err := r.open(ctx)
	if err != nil {
		return err
	}
	defer messages.Stop()
	if _, err := consumer.Info(ctx); err != nil {
		return fmt.Errorf("ask for the consumer: %w", err)
	}
	if err := l.consume.DeleteConsumer(ctx, Stream, consumer.CachedInfo().Name); err != nil {
		return fmt.Errorf("remove the consumer: %w", err)
	}
	return nil
}

var errEnough = errors.New("that is enough")

// orWrong finds words for a commit that was not refused.
func orWrong(err error) error {
	if err == nil {
		return errors.New("something else takes the commits")
	}
	return err
}

// lost returns ErrLost if a stream is not the one that was opened.
func (r *remote) lost(info *jetstream.StreamInfo) error {
	if info.Created.Equal(r.created) {
		return nil
	}
	return fmt.Errorf("%s: %w: another stream has been put in its place, begun %s, not %s", r.Name, ErrLost, stamp(info.Created), stamp(r.created))
}

// full reports whether a server refuses a commit for lack of space, by its own measure.
func full(api *jetstream.APIError) bool {
	return slices.Contains([]jetstream.ErrorCode{codeAccountFull, codeServerFull, codeStorageFull}, api.ErrorCode)
}
