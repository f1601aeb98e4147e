package natslog

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// What may be wrong with a cluster. The errors that wrap these name the cluster, and what was found.
var (
	// ErrUnusable says that no server let us in, or that those that did have no JetStream for us to keep the log in. Nothing
	// was changed. See that they run, and who is asking.
	ErrUnusable = errors.New("the NATS cluster cannot be used")
	// ErrDenied says that the servers do not allow the user what a log needs. See the permissions in deploy/nats.
	ErrDenied = errors.New("the NATS user may not do what the log needs")
	// ErrDiffers says that the stream is there, but not as it must be. Nothing was changed. Change it, or use another account.
	ErrDiffers = errors.New("the stream is not as the log needs it")
	// ErrLost says that the cluster does not hold the log any more that the directory knows: the stream is gone, is another
	// one, or lacks commits that were acknowledged. Nothing was changed and nothing is appended. Restore it from a backup.
	// Who has, and wants to go on with what there is, removes the file cluster.head from the directory.
	ErrLost = errors.New("the cluster does not hold the log any more")
)

// Cluster says that NATS servers elsewhere keep the log, as the stream KAOHE_LOG of the account that we are let in to. They
// may be one server or many; any number of processes may have the log open, each with a directory of its own.
type Cluster struct {
	Name string // where it is, for messages: addresses without secrets
	// Connect makes a connection to one of the servers, by the options that say where they are and who asks, and then by
	// these.
	Connect func(...nats.Option) (*nats.Conn, error)
	// Replicas is how many servers keep the log; 0: three, or one where there is no more than one.
	Replicas int
	Wait     time.Duration // how long Open bears with servers that are not there or not ready
}

func (c *Cluster) validate() error {
	switch {
	case c.Connect == nil:
		return errors.New("options of the log: Cluster.Connect is nil")
	case c.Replicas < 0 || c.Replicas > MaxReplicas:
		return fmt.Errorf("options of the log: Cluster.Replicas is %d, at most %d are possible", c.Replicas, MaxReplicas)
	case c.Wait <= 0:
		return fmt.Errorf("options of the log: Cluster.Wait is %v, it must be positive", c.Wait)
	}
	return nil
}

// MaxReplicas is how many servers keep a stream at most, as JetStream has it.
const MaxReplicas = 5

const (
	fullReplicas = 3 // where there are several servers

	// dialTime bounds making one connection, with TLS and login.
	dialTime = 5 * time.Second
	// pingEvery finds a server out that is silent, after two more pings. The library's own two minutes are long for a commit.
	pingEvery = 3 * time.Second
	// moveAfter is how many tries in a row fail before another server is tried: the present one may be cut off from the others.
	moveAfter = 3
	// sayEvery is how often it is said at most that the user is denied something.
	sayEvery = time.Minute
)

// remote is the cluster of a log that is open.
type remote struct {
	Cluster
	created time.Time // identity of the stream; written by Open alone

	mu     sync.Mutex
	giveUp context.CancelCauseFunc // ends Open; nil afterwards
	said   time.Time               // when it was last said that something is denied
	failed int                     // requests on the point connection in a row
	fullAt time.Time               // when a commit was last refused for lack of space, unless one was stored since
	full   error                   // what was said then
}

// connect opens a connection of the given role that comes back for ever, also if the servers do not know the user for a
// while.
func (r *remote) connect(role Role, wrap func(Role, net.Conn) net.Conn, more ...nats.Option) (*nats.Conn, error) {
	options := []nats.Option{
		nats.Name("kaohe " + string(role)),
		nats.Timeout(dialTime),
		nats.PingInterval(pingEvery),
		nats.MaxReconnects(-1),
		nats.CustomReconnectDelay(func(attempts int) time.Duration { return backoff(attempts - 1) }),
		nats.IgnoreAuthErrorAbort(),
		nats.NoCallbacksAfterClientClose(),
	}
	if wrap != nil {
		options = append(options, nats.SetCustomDialer(wrapped{role, wrap}))
	}
	nc, err := r.Connect(append(options, more...)...)
	if err != nil {
		return nil, fmt.Errorf("connect as %s: %w", role, err)
	}
	return nc, nil
}

// wrapped makes connections for tests.
type wrapped struct {
	role Role
	wrap func(Role, net.Conn) net.Conn
}

func (w wrapped) Dial(network, address string) (net.Conn, error) {
	c, err := net.DialTimeout(network, address, dialTime)
	if err != nil {
		return nil, err
	}
	return w.wrap(w.role, c), nil
}

// persist calls fn until it succeeds, fails for a reason that does not pass, or ctx ends. Each call has a while.
func (l *Log) persist(ctx context.Context, fn func(context.Context) error) error {
	for attempt := 0; ; attempt++ {
		call, cancel := context.WithTimeout(ctx, dialTime)
		err := fn(call)
		cancel()
		switch {
		case err == nil:
			return nil
		case errors.Is(context.Cause(ctx), ErrDenied):
			return context.Cause(ctx)
		case ctx.Err() != nil || !passes(err):
			return err
		}
		l.opts.Logger.Warn("the cluster is not ready", "cluster", l.remote.Name, "reason", err, "attempt", attempt+1)
		if !l.pause(ctx, attempt+3) {
			return err
		}
	}
}

// Codes of the JetStream API that the library has no names for.
const (
	codeAccountFull jetstream.ErrorCode = 10002 // the account's limit is reached
	codeNoPeers     jetstream.ErrorCode = 10005 // too few servers for the replicas, maybe as long as they start
	codeServerFull  jetstream.ErrorCode = 10023 // a server's limit is reached
	codeStorageFull jetstream.ErrorCode = 10047
	codeNoCluster   jetstream.ErrorCode = 10074 // several replicas on a single server
)

// passes reports whether an error may pass by itself, when servers start or choose a leader.
func passes(err error) bool {
	if api, ok := errors.AsType[*jetstream.APIError](err); ok {
		lasting := api.ErrorCode == jetstream.JSErrCodeJetStreamNotEnabledForAccount || api.ErrorCode == codeNoCluster
		return api.ErrorCode == codeNoPeers || api.Code >= http.StatusInternalServerError && !lasting
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && (op.Op == "remote error" || op.Op == "local error") {
		return false // an alert of TLS
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return false
	}
	if network, ok := errors.AsType[net.Error](err); ok {
		return network != nil
	}
	for _, passing := range []error{
		nats.ErrNoServers, nats.ErrTimeout, nats.ErrNoResponders, nats.ErrStaleConnection, nats.ErrDisconnected, nats.ErrConnectionReconnecting,
		jetstream.ErrJetStreamNotEnabled, jetstream.ErrNoStreamResponse, context.DeadlineExceeded, io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE,
	} {
		if errors.Is(err, passing) {
			return true
		}
	}
	return false
}

// forbidden notes that the user is denied something. That ends Open; later it is only said, for the user may be allowed it
// again.
func (l *Log) forbidden(connection string, err error) {
	l.metrics.warnings.Inc()
	r := l.remote
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.giveUp != nil {
		r.giveUp(fmt.Errorf("%w: %w", ErrDenied, err))
		return
	}
	if now := l.opts.Now(); now.Sub(r.said) >= sayEvery || now.Before(r.said) {
		r.said = now
		l.opts.Logger.Warn("the NATS user is denied something", "connection", connection, "error", err)
	}
}

// move takes a connection to another server after every so many tries in vain.
func (l *Log) move(nc *nats.Conn, failed int) {
	if l.remote == nil || failed == 0 || failed%moveAfter != 0 || l.life.Err() != nil {
		return
	}
	if err := nc.ForceReconnect(); err != nil {
		l.opts.Logger.Debug("connection stays where it is", "connection", nc.Opts.Name, "error", err)
	}
}

// answered counts the requests on the point connection that come to nothing.
func (l *Log) answered(err error) {
	if l.remote == nil {
		return
	}
	r := l.remote
	r.mu.Lock()
	if err == nil || !passes(err) {
		r.failed = 0
		r.mu.Unlock()
		return
	}
	r.failed++
	failed := r.failed
	r.mu.Unlock()
	l.move(l.point, failed)
}
