package natslog

import (
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// connect opens the three connections, those of them that are not open yet. The writer's neither keeps commits back while
// it is away, for they are sent again anyhow, nor lets a try wait for an acknowledgement that was on its way when the
// connection broke.
func (l *Log) connect() (err error) {
	abandon := nats.DisconnectErrHandler(func(*nats.Conn, error) { l.try.abandon() })
	for _, c := range []struct {
		role Role
		at   **nats.Conn
		more []nats.Option
	}{{Writer, &l.writer, []nats.Option{nats.ReconnectBufSize(-1), abandon}}, {Reader, &l.reader, nil}, {Point, &l.point, nil}} {
		if *c.at != nil {
			continue
		}
		if *c.at, err = l.dial(c.role, c.more...); err != nil {
			*c.at = nil
			return err
		}
	}
	return nil
}

// dial opens a connection of the given role that comes back for ever.
func (l *Log) dial(role Role, more ...nats.Option) (*nats.Conn, error) {
	more = append([]nats.Option{l.noteErrors()}, more...)
	if l.remote != nil {
		return l.remote.connect(role, l.opts.Wrap, more...)
	}
	return l.server.connect(role, l.opts.Wrap, more...)
}

func (l *Log) noteErrors() nats.Option {
	return nats.ErrorHandler(func(nc *nats.Conn, _ *nats.Subscription, err error) {
		if l.remote != nil && errors.Is(err, nats.ErrPermissionViolation) {
			l.forbidden(nc.Opts.Name, err)
			return
		}
		l.opts.Logger.Debug("connection error", "connection", nc.Opts.Name, "error", err)
	})
}

// useJetStream prepares the connections for what they are for.
func (l *Log) useJetStream() (point jetstream.JetStream, err error) {
	for _, c := range []struct {
		at   *jetstream.JetStream
		conn *nats.Conn
	}{{&l.publish, l.writer}, {&l.consume, l.reader}, {&point, l.point}} {
		if *c.at, err = jetstream.New(c.conn); err != nil {
			return nil, fmt.Errorf("use JetStream: %w", err)
		}
	}
	return point, nil
}
