package natslog

import (
	"errors"
	"fmt"
	"time"

	"github.com/kaohe/kaohe/events"
)

// roomAge is how long the free space counts as known for those who only ask.
const roomAge = time.Second

// Room returns nil if a commit of any size could be stored now as far as space goes, otherwise [events.ErrFull] with the
// free bytes and the reserve, [ErrReadOnly] or [ErrClosed]. It asks the system once a second at most. Of a cluster nobody
// can tell but by trying: Room tells for a while of a commit that was refused.
func (l *Log) Room() error {
	switch {
	case l.life.Err() != nil:
		return ErrClosed
	case l.opts.Salvage:
		return ErrReadOnly
	case l.remote != nil:
		return l.remote.room(l.opts.Now())
	}
	l.roomMu.Lock()
	defer l.roomMu.Unlock()
	now := l.opts.Now()
	if age := now.Sub(l.roomAt); l.roomAt.IsZero() || age < 0 || age >= roomAge {
		l.roomAt, l.roomErr = now, l.fits(events.MaxCommit)
	}
	return l.roomErr
}

// room refuses a commit of n bytes for which there is no space above the reserve. When space has come back it makes sure
// that the server, too, believes it. The caller has the turn.
func (l *Log) room(n int) error {
	if l.remote != nil {
		return nil // it will say so itself
	}
	if err := l.fits(n); err != nil {
		l.full = true
		l.metrics.full.Inc()
		return err
	}
	if l.full {
		l.heal()
		l.full = false
	}
	return nil
}

func (l *Log) fits(n int) error {
	if free, ok := l.free(); ok && free < l.opts.ReserveBytes+uint64(n) {
		return fmt.Errorf("%w: %d bytes are free in %s, %d are kept in reserve", events.ErrFull, free, l.opts.Dir, l.opts.ReserveBytes)
	}
	return nil
}

// free asks for the free space; if nobody can tell, there is enough.
func (l *Log) free() (uint64, bool) {
	free, err := l.opts.Free(l.opts.Dir)
	if err != nil {
		l.metrics.warnings.Inc()
		l.opts.Logger.Warn("free space is unknown", "error", err)
		return 0, false
	}
	return free, true
}

// heal restarts a server that has failed to write, for it would never write again, provided that there is space for it
// to do better.
func (l *Log) heal() {
	if l.remote != nil {
		return // no server is ours
	}
	reason := l.server.sick()
	if reason == "" {
		return
	}
	if free, ok := l.free(); ok && free < l.opts.ReserveBytes {
		return
	}
	l.metrics.restarts.Inc()
	l.opts.Logger.Warn("embedded server is restarted", "reason", reason)
	if err := l.server.restart(); err != nil {
		l.opts.Logger.Error("embedded server does not restart", "error", err)
	}
}

// fullAge is how long a cluster counts as full that said so, without another try.
const fullAge = 10 * time.Second

// roomThere notes what became of a commit for a cluster.
func (l *Log) roomThere(err error) {
	r := l.remote
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err == nil:
		r.full = nil
	case errors.Is(err, events.ErrFull):
		l.metrics.full.Inc()
		r.full, r.fullAt = err, l.opts.Now()
	}
}

func (r *remote) room(now time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if age := now.Sub(r.fullAt); r.full != nil && age >= 0 && age < fullAge {
		return r.full
	}
	return nil
}
