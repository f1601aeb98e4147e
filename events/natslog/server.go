package natslog

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// errStopped says that the server has been stopped for good.
var errStopped = errors.New("the log's server is stopped")

// embedded is the server inside this process. It may be restarted; those who connect through it do not notice more than
// a lost connection.
type embedded struct {
	dir     string
	timeout time.Duration
	log     *serverLog
	keys    keys  // of our own connections; they live as long as the process
	door    *door // nil: no port is opened

	mu      sync.Mutex
	srv     *server.Server
	opened  bool // the door is
	stopped bool

	quit    chan struct{}  // closed when stopped
	waiting sync.WaitGroup // for the door's address to be free again
}

func startServer(dir string, timeout time.Duration, log *serverLog, d *door) (*embedded, error) {
	keys, err := newKeys()
	if err != nil {
		return nil, err
	}
	e := &embedded{dir: dir, timeout: timeout, log: log, keys: keys, door: d, quit: make(chan struct{})}
	if e.srv, err = e.start(); err != nil {
		return nil, err
	}
	return e, nil
}

// config is the part that the server's Options struct has no fields for: an account with JetStream, and what of it may be
// reached from others. Answers to a discovery may be many; for how long, is what the server must remember of each.
const config = `accounts { ` + Account + ` { jetstream: enabled, exports: [
	{ service: "` + Requests + `" }
	{ service: "` + Discovery + `", response_type: stream, threshold: "10s" }
	{ stream: "` + Announcements + `.>" }
] } }`

func (e *embedded) options() (*server.Options, *porter, error) {
	roles, err := e.keys.public()
	if err != nil {
		return nil, nil, err
	}
	opts := &server.Options{
		ServerName: "kaohe",
		DontListen: true,
		NoSigs:     true,
		NoLog:      true,
		JetStream:  true,
		StoreDir:   e.dir,
		SyncAlways: true,
		MaxPayload: MaxPayload,
		// The reserve is ours to keep: a limit here would turn commits away in the middle.
		JetStreamMaxStore:  math.MaxInt64 / 2,
		JetStreamMaxMemory: 64 << 20,
		AlwaysEnableNonce:  true,
	}
	if err := opts.ProcessConfigString(config); err != nil {
		return nil, nil, fmt.Errorf("configure the server: %w", err)
	}
	p := &porter{keys: roles, door: e.door}
	opts.CustomClientAuthentication = p
	if e.door != nil {
		if err := e.door.configure(opts); err != nil {
			return nil, nil, fmt.Errorf("configure the server: %w", err)
		}
	}
	return opts, p, nil
}

// start brings a server up, which recovers the log, with its door shut; e.mu is held, or nobody else knows e yet.
func (e *embedded) start() (*server.Server, error) {
	opts, porter, err := e.options()
	if err != nil {
		return nil, err
	}
	srv, err := server.NewServer(opts)
	if err != nil {
		return nil, fmt.Errorf("make the server: %w", err)
	}
	porter.serve(srv)
	e.log.reset()
	srv.SetLoggerV2(e.log, false, false, false)
	srv.Start()
	if err := e.log.fatal(); err != nil {
		stop(srv)
		return nil, fmt.Errorf("start the server: %w", err)
	}
	if !srv.ReadyForConnections(e.timeout) {
		stop(srv)
		return nil, fmt.Errorf("start the server: not ready after %v", e.timeout)
	}
	return srv, nil
}

func stop(srv *server.Server) {
	srv.Shutdown()
	srv.WaitForShutdown()
}

// sick reports why the server cannot store commits though it runs: JetStream is off, or a write has failed.
func (e *embedded) sick() (reason string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopped {
		return ""
	}
	if e.srv == nil {
		return "the server is down"
	}
	h := e.srv.Healthz(&server.HealthzOptions{Account: Account, Stream: Stream})
	if h.StatusCode == http.StatusOK {
		return ""
	}
	return h.Error
}

// restart replaces the server by a new one on the same store.
func (e *embedded) restart() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopped {
		return errStopped
	}
	if e.srv != nil {
		stop(e.srv)
		e.srv = nil
	}
	srv, err := e.start()
	if err != nil {
		return err
	}
	if e.srv = srv; e.opened {
		e.reopen()
	}
	return nil
}

// running returns the server, or nil if there is none at the moment.
func (e *embedded) running() *server.Server {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.srv
}

// stop ends the server for good. It is called once.
func (e *embedded) stop() {
	close(e.quit)
	e.mu.Lock()
	e.stopped = true
	if e.srv != nil {
		stop(e.srv)
		e.srv = nil
	}
	e.keys.wipe()
	e.mu.Unlock()
	e.waiting.Wait()
}

// dial makes connections of one role; nats.go asks it at each reconnect anew, and so finds a restarted server.
type dial struct {
	server *embedded
	role   Role
	wrap   func(Role, net.Conn) net.Conn
}

func (d dial) InProcessConn() (net.Conn, error) {
	srv := d.server.running()
	if srv == nil {
		return nil, errStopped
	}
	c, err := srv.InProcessConn()
	if err == nil && d.wrap != nil {
		c = d.wrap(d.role, c)
	}
	return c, err
}

// connect opens a connection of the given role that comes back for ever.
func (e *embedded) connect(role Role, wrap func(Role, net.Conn) net.Conn, more ...nats.Option) (*nats.Conn, error) {
	key := e.keys[role]
	public, err := key.PublicKey()
	if err != nil {
		return nil, fmt.Errorf("connect as %s: %w", role, err)
	}
	nc, err := nats.Connect("", append([]nats.Option{
		nats.InProcessServer(dial{e, role, wrap}),
		nats.Name("kaohe " + string(role)),
		nats.Nkey(public, key.Sign),
		nats.MaxReconnects(-1),
		nats.CustomReconnectDelay(func(attempts int) time.Duration { return backoff(attempts - 1) }),
		nats.NoCallbacksAfterClientClose(),
	}, more...)...)
	if err != nil {
		return nil, fmt.Errorf("connect as %s: %w", role, err)
	}
	return nc, nil
}

// backoff is the pause before the next of several tries: 10 ms, then twice as long each time, up to a second.
func backoff(attempt int) time.Duration {
	return min(10*time.Millisecond<<min(max(attempt, 0), 10), time.Second)
}
