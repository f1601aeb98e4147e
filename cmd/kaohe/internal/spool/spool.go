package spool

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/kaohe/kaohe/events/durable"
)

// DefaultLimit is how many bytes of segments a spool may hold: some three million events.
const DefaultLimit = 1 << 30

// Errors of a spool.
var (
	// ErrForeign says that a directory holds something else. Name another one: nothing was changed.
	ErrForeign = errors.New("the directory is not empty and holds no spool")
	// ErrNone says that there is no spool in a directory where one was expected.
	ErrNone = errors.New("no spool there")
	// ErrFull says that the spool has reached its limit; the entries were not kept. Send what waits.
	ErrFull = errors.New("the spool is full")
	// ErrBusy says that another process sends what waits.
	ErrBusy = errors.New("another process is sending")
)

// Spool is a directory in which events wait. Any number of processes may use it at a time, and any number of goroutines.
type Spool struct {
	Dir   string
	limit int64

	mu      sync.Mutex // besides the lock, for what follows
	tail    tail       // where the next entry goes, if nobody else has added one
	current *segment   // read last
	refused map[string]bool
	damage  map[string][]Damage
}

// Open returns the spool in a directory, and makes both if there is none.
func Open(dir string, limit int64) (*Spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the spool: %w", err)
	}
	s := &Spool{Dir: dir, limit: limit, damage: map[string][]Damage{}}
	if err := s.own(); !errors.Is(err, ErrNone) {
		return s, err
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("open the spool: %w", err)
	}
	for _, entry := range list {
		if name := entry.Name(); name != lockName && name != flushLockName { // as somebody else may make one at this moment
			return nil, ErrForeign
		}
	}
	f, err := os.OpenFile(s.path(lockName), os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make the spool: %w", err)
	}
	return s, errors.Join(f.Close(), durable.SyncDir(dir), durable.SyncDir(filepath.Dir(filepath.Clean(dir))))
}

// Existing returns the spool in a directory, or [ErrNone].
func Existing(dir string, limit int64) (*Spool, error) {
	s := &Spool{Dir: dir, limit: limit, damage: map[string][]Damage{}}
	if err := s.own(); err != nil {
		return nil, err
	}
	return s, nil
}

// own returns ErrNone unless the directory is known to be a spool.
func (s *Spool) own() error {
	_, err := os.Stat(s.path(lockName))
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNone
	}
	if err != nil {
		return fmt.Errorf("open the spool: %w", err)
	}
	return nil
}

func (s *Spool) path(name string) string { return filepath.Join(s.Dir, name) }

// exclusive runs fn while nobody else changes the directory.
func (s *Spool) exclusive(ctx context.Context, fn func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, err := awaitLock(ctx, s.path(lockName))
	if err != nil {
		return fmt.Errorf("lock the spool: %w", err)
	}
	return errors.Join(fn(), l.release())
}

// Sending keeps others from sending what waits, until release is called. It returns [ErrBusy] if somebody is at it.
func (s *Spool) Sending() (release func() error, err error) {
	l, err := tryLock(s.path(flushLockName))
	if errors.Is(err, durable.ErrHeld) {
		return nil, ErrBusy
	}
	if err != nil {
		return nil, fmt.Errorf("lock the spool: %w", err)
	}
	return l.release, nil
}

// Waiting returns how many entries wait. Those that cannot be read count as waiting as long as others of their segment do.
func (s *Spool) Waiting(ctx context.Context) (n int, err error) {
	err = s.exclusive(ctx, func() error {
		n, err = s.waiting()
		return err
	})
	return n, err
}

func (s *Spool) waiting() (int, error) {
	names, err := segments(s.Dir)
	if err != nil || len(names) == 0 {
		return 0, err
	}
	end, err := s.end(names)
	if err != nil {
		return 0, err
	}
	from := max(readMark(s.path(markName))+1, numberOf(names[0]))
	return int(max(end.next, from) - from), nil
}

// Damage lists what could not be read so far.
func (s *Spool) Damage() (list []Damage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, of := range s.damage {
		list = append(list, of...)
	}
	return list
}
