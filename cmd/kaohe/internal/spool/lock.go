package spool

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/kaohe/kaohe/events/durable"
)

const (
	lockName      = "spool.lock"
	flushLockName = "flush.lock"
)

// lockPoll is how often a lock is tried that somebody holds. Nobody holds the one of the spool for longer than a write takes.
const lockPoll = 5 * time.Millisecond

// lock is the lock of a file, which the system gives up when the process ends, however it ends. The files stay.
type lock struct{ file *os.File }

func tryLock(path string) (*lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := durable.Lock(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &lock{f}, nil
}

func awaitLock(ctx context.Context, path string) (*lock, error) {
	for {
		l, err := tryLock(path)
		if !errors.Is(err, durable.ErrHeld) {
			return l, err
		}
		select {
		case <-time.After(lockPoll):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (l *lock) release() error { return l.file.Close() }
