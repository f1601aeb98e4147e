package natslog

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// What clients from outside may reach: the requests that [Log.Service] answers, the discovery of services, and what it
// announces. All else that is in the account is not exported, so there is nothing there that they could ask for.
const (
	Requests      = "kaohe.v1.>"
	Discovery     = "$SRV.>"
	Announcements = "kaohe.event" // with tokens behind it
)

// Bounds of clients from outside. Some of them hold for our own connections too, which need far less.
const (
	MaxPayload   = 8 << 20  // bytes of a message, a request or an answer
	maxClients   = 512      // connections at a time
	maxOfGuest   = 128      // of them with one token
	maxSubs      = 1000     // subscriptions of a connection
	maxPending   = 32 << 20 // bytes that wait for a client that does not read; more than that, and it is disconnected
	writeTimeout = 10 * time.Second
	loginTimeout = 5 * time.Second
	// loginPause makes guessing slow. A client library waits two seconds and more for its connection.
	loginPause = 250 * time.Millisecond
)

// Door lets clients from outside in, by NATS: over TCP, each with a token. What they may do there is little: ask the
// service and hear announcements. It is shut until [Log.OpenDoor].
type Door struct {
	Addr string      // host:port; port 0 takes a free one, the same for every restart of the server
	TLS  *tls.Config // nil: connections are not encrypted

	// Admit returns who shows a token, which is empty if a client shows none. The error is logged, so it must not hold the
	// token; the client hears only that it is refused. Many goroutines ask at a time.
	Admit func(token string) (Guest, error)
	// Stays reports whether somebody who was admitted may still be there.
	Stays func(Guest) bool
	// Calm reports whether one more line may be logged about clients, and how many were left out before it. They decide how
	// many there are; all are counted.
	Calm func() (unsaid int, ok bool)
}

// Guest is who was admitted. Two connections with equal guests share an account of the server; those of others can
// neither hear what is answered there nor answer in our place.
type Guest struct {
	Name  string   // who it is; empty where nobody has to say
	Hears []string // subjects below Announcements that it may subscribe to
}

// key tells guests apart.
func (g Guest) key() string { return g.Name + "\x00" + strings.Join(g.Hears, "\x00") }

func (d *Door) validate() error {
	switch {
	case d.Admit == nil:
		return errors.New("options of the log: Door.Admit is nil")
	case d.Stays == nil:
		return errors.New("options of the log: Door.Stays is nil")
	case d.Calm == nil:
		return errors.New("options of the log: Door.Calm is nil")
	}
	if _, _, err := d.hostPort(); err != nil {
		return fmt.Errorf("options of the log: Door.Addr: %w", err)
	}
	return nil
}

func (d *Door) hostPort() (host string, port int, err error) {
	host, service, err := net.SplitHostPort(d.Addr)
	if err != nil {
		return "", 0, err
	}
	if port, err = strconv.Atoi(service); err != nil || port < 0 || port > 65535 {
		return "", 0, fmt.Errorf("address %s: the port must be a number up to 65535", d.Addr)
	}
	return host, port, nil
}

// where returns the address to listen at. Port 0 takes a free one, at first.
func (d *door) where() (host string, port int, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	host, port, err = d.hostPort()
	return host, cmp.Or(port, d.port), err
}

// configure tells a server where to listen once it is told to, and what to bear from clients.
func (d *door) configure(opts *server.Options) error {
	host, port, err := d.where()
	if err != nil {
		return err
	}
	opts.Host, opts.Port = host, cmp.Or(port, server.RANDOM_PORT)
	opts.TLSConfig, opts.TLS, opts.TLSTimeout = d.TLS, d.TLS != nil, loginTimeout.Seconds()
	opts.AuthTimeout = loginTimeout.Seconds()
	// Whoever sends more than can be handed on is held back for moments, so that a flood of requests keeps nobody's out. So are
	// answers to a client that does not read, together with those of others, until it is cut off. Not to hold back would be
	// to drop what others send.
	opts.MaxConn, opts.MaxSubs, opts.MaxPending, opts.WriteDeadline = maxClients, maxSubs, maxPending, writeTimeout
	return nil
}

// free fails if the address cannot be had at the moment.
func (d *door) free() error {
	host, port, err := d.where()
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return err
	}
	return l.Close()
}

// serve names the server that stands behind the door from now on.
func (d *door) serve(srv *server.Server) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.srv = srv
}

// listens notes where the server listens, so that the next one listens there too; nil: nowhere.
func (d *door) listens(at net.Addr) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at = ""
	if at, ok := at.(*net.TCPAddr); ok {
		d.at, d.port = at.String(), at.Port
	}
}

func (d *door) addr() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.at
}
