package natslog

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"sync"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// ErrClosed says that the log has been closed.
var ErrClosed = errors.New("the log is closed")

// Log is the log in a directory, with its embedded server, or the log in a cluster. It implements [events.Log]; any number
// of goroutines may use it. Appends wait for one another, for one commit is in flight at a time.
type Log struct {
	opts       Options
	metrics    *metrics
	registered bool // the metrics are
	lock       *lock
	server     *embedded // nil: the log is in a cluster
	remote     *remote   // the cluster; nil: the log is here
	door       *door     // nil: there is none

	writer, reader, point *nats.Conn
	publish, consume      jetstream.JetStream // on writer and reader
	stream                jetstream.Stream    // on point

	turn chan struct{} // holds a token while a commit is in flight
	try  tries
	full bool      // the last append was refused for lack of space; owned by the turn
	head *headFile // written by the turn

	left   *survey // what is left of the log; only with Options.Salvage
	damage *DamageError

	roomMu  sync.Mutex
	roomAt  time.Time // when Room last asked, and what it got
	roomErr error

	life     context.Context // ends when the log is closed
	end      context.CancelFunc
	closing  sync.Once
	closed   chan struct{} // closed once everything is down
	closeErr error         // written before closed is closed
	lockMu   sync.Mutex    // guards writing to the lock file
}

var _ events.Log = (*Log)(nil)

// Open opens the log in the directory, or begins one if the directory is new or empty. It fails with a [LockedError] if
// the directory is in use, with [ErrForeign] if it holds something else and with a [DamageError] if part of the log is
// gone. It reads the whole log to find out. With Options.Cluster it opens the log there, or begins one if the cluster has
// none and the directory knows of none; it fails with [ErrUnusable], [ErrDenied], [ErrDiffers] or [ErrLost].
func Open(ctx context.Context, opts Options) (*Log, error) {
	if opts.Free == nil {
		opts.Free = freeBytes
	}
	if err := opts.validate(); err != nil {
		return nil, err
	}
	l := newLog(opts)
	if err := l.open(ctx); err != nil {
		l.closing.Do(l.shutdown)
		return nil, fmt.Errorf("open log %q: %w", opts.Dir, err)
	}
	return l, nil
}

func newLog(opts Options) *Log {
	l := &Log{opts: opts, turn: make(chan struct{}, 1), closed: make(chan struct{})}
	l.life, l.end = context.WithCancel(context.Background())
	l.metrics = newMetrics()
	if !opts.Salvage {
		l.metrics.served()
	}
	if opts.Cluster == nil {
		l.metrics.local(l.freeMetric)
	}
	return l
}

// open takes things in the order of their danger: look, lock, look closer, start, connect, compare. Whatever it got
// before it failed is given back by shutdown.
func (l *Log) open(ctx context.Context) (err error) {
	if !l.opts.Salvage {
		if err := os.MkdirAll(l.opts.Dir, 0o700); err != nil {
			return fmt.Errorf("create data directory: %w", err)
		}
	}
	if err := inspectStranger(l.opts.Dir); err != nil {
		return err
	}
	if l.lock, err = takeLock(l.opts.Dir, l.opts.Now()); err != nil {
		return err
	}
	if l.opts.Cluster != nil {
		return l.join(ctx)
	}
	if err := inspectPartner(l.opts.Dir); err != nil {
		return err
	}
	if err := l.addDoor(); err != nil {
		return err
	}
	found, err := inspect(ctx, l.opts.Dir)
	if err != nil {
		return err
	}
	l.damage = found.damage()
	switch {
	case l.opts.Salvage && len(found.survey.blocks) > 0:
		l.left = found.survey
		return l.register()
	case l.damage != nil:
		return l.damage
	case l.opts.Salvage:
		return fmt.Errorf("%w: %s holds no log of which anything could be read", ErrForeign, l.opts.Dir)
	}
	return l.serve(ctx, found)
}

func (l *Log) register() error {
	if err := l.metrics.register(l.opts.Registerer); err != nil {
		return fmt.Errorf("register metrics: %w", err)
	}
	l.registered = true
	return nil
}

// serve starts the server on what was found and makes sure that it has found the same.
func (l *Log) serve(ctx context.Context, found *finding) (err error) {
	if err := l.start(ctx, found.existed); err != nil {
		return err
	}
	if err := l.verify(ctx, found); err != nil {
		return err
	}
	if err := l.openHead(found); err != nil {
		return fmt.Errorf("open %s: %w", headName, err)
	}
	if err := l.fits(0); err != nil {
		l.metrics.warnings.Inc()
		l.opts.Logger.Warn("nothing can be appended", "error", err)
	}
	return nil
}

// addDoor makes the door, if there shall be one. That its address is taken is said before the log is read, and not when the
// door is to be opened.
func (l *Log) addDoor() error {
	if l.opts.Door == nil {
		return nil
	}
	l.metrics.door = newDoorMetrics(l.guests)
	l.door = newDoor(l.opts.Door, l.opts.Logger, l.metrics.door)
	if err := l.door.free(); err != nil {
		return fmt.Errorf("let clients in: %w", err)
	}
	return nil
}

func (l *Log) start(ctx context.Context, existed bool) (err error) {
	if err := l.register(); err != nil {
		return err
	}
	log := &serverLog{log: l.opts.Logger, count: l.metrics.warnings, door: l.door}
	if l.server, err = startServer(l.opts.Dir, l.opts.StartTimeout, log, l.door); err != nil {
		return err
	}
	if err := l.connect(); err != nil {
		return err
	}
	return l.attach(ctx, existed)
}

func (l *Log) attach(ctx context.Context, existed bool) error {
	point, err := l.useJetStream()
	if err != nil {
		return err
	}
	if l.stream, err = ensureStream(ctx, point, l.opts.Dir, existed); err != nil {
		return err
	}
	l.metrics.state(l.stream.CachedInfo().State)
	return nil
}

// Durability says what an appended commit has survived: fsync, it is on the disk of this machine; quorum, most of the
// servers have it that keep the log.
func (l *Log) Durability() string {
	if l.remote != nil {
		return "quorum"
	}
	return "fsync"
}

// Announce tells the address at which this process listens to whoever is refused the directory.
func (l *Log) Announce(addr string) error {
	l.lockMu.Lock()
	defer l.lockMu.Unlock()
	if l.life.Err() != nil {
		return ErrClosed
	}
	return l.lock.announce(addr)
}

// Close shuts the log down: what waits in it returns, the server is stopped in good order, the lock is released last. It
// may be called often; a call returns when all is down or its ctx ends, and then shutting down goes on behind it.
func (l *Log) Close(ctx context.Context) error {
	l.closing.Do(func() { go l.shutdown() })
	select {
	case <-l.closed:
		return l.closeErr
	case <-ctx.Done():
		return fmt.Errorf("close log: %w", context.Cause(ctx))
	}
}

func (l *Log) shutdown() {
	defer close(l.closed)
	l.end()
	var closing sync.WaitGroup
	for _, nc := range []*nats.Conn{l.writer, l.reader, l.point} {
		if nc != nil {
			closing.Go(nc.Close) // which waits for a server that it is just trying
		}
	}
	closing.Wait()
	if l.server != nil {
		l.server.stop()
	}
	if l.registered {
		l.metrics.unregister(l.opts.Registerer)
	}
	l.turn <- struct{}{} // what was in flight has ended, and nothing comes after
	if l.head != nil {
		l.closeErr = l.head.close()
	}
	l.lockMu.Lock()
	defer l.lockMu.Unlock()
	if l.lock != nil {
		l.closeErr = errors.Join(l.closeErr, l.lock.release())
	}
}

// bound returns a context that ends with ctx or, for the cause ErrClosed, with the log.
func (l *Log) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	if l.life.Err() != nil {
		cancel(ErrClosed)
	}
	stop := context.AfterFunc(l.life, func() { cancel(ErrClosed) })
	return ctx, func() {
		stop()
		cancel(nil)
	}
}

func (l *Log) freeMetric() float64 {
	n, err := l.opts.Free(l.opts.Dir)
	if err != nil {
		return math.NaN()
	}
	return float64(n)
}
