package natslog

import (
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
)

// Service opens a connection on which the requests of clients arrive ([Requests], [Discovery]), and on which they are
// answered and announcements are made ([Announcements]). It may do nothing else. It comes back by itself when the server is
// restarted, and is the caller's to close.
func (l *Log) Service(more ...nats.Option) (*nats.Conn, error) {
	if l.opts.Salvage {
		return nil, ErrReadOnly
	}
	return l.dial(Service, more...)
}

// OpenDoor lets clients from outside in, from now on. Until then the address is not listened at, so that nobody comes before
// there is somebody to answer. It is called once.
func (l *Log) OpenDoor() error {
	if l.door == nil {
		return errors.New("open the door of the log: there is none")
	}
	if err := l.server.open(); err != nil {
		return fmt.Errorf("let clients in: %w", err)
	}
	return nil
}

// Caller tells who sent a request that came in on the connection for services, by the headers of the request. A request
// from somewhere else has no caller.
func (l *Log) Caller(h nats.Header) (Guest, bool) {
	if l.door == nil {
		return Guest{}, false
	}
	return l.door.caller(h)
}

// Expel disconnects everybody who may not stay any more, as the door says.
func (l *Log) Expel() {
	if l.door != nil {
		l.door.expel()
	}
}

// DoorAddr returns the address at which clients from outside find the server, host:port, or "" while it lets nobody in.
func (l *Log) DoorAddr() string {
	if l.door == nil {
		return ""
	}
	return l.door.addr()
}

// guests counts the connections of clients from outside, for the metrics.
func (l *Log) guests() float64 { return float64(l.door.count()) }
