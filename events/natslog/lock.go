package natslog

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/kaohe/kaohe/events/durable"
)

const lockName = "kaohe.lock"

// LockedError says that another process, or another Log of this one, has the directory open. Talk to that one, or stop
// it.
type LockedError struct {
	Dir    string
	Holder Holder // zero if the other has not yet said who it is, or its lock file is gone
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("%s is in use by %s", e.Dir, e.Holder)
}

// Holder is who has a directory open, as it says itself in the lock file.
type Holder struct {
	PID     int       `json:"pid"`
	Host    string    `json:"host"`
	Started time.Time `json:"started"`
	Addr    string    `json:"addr,omitempty"` // where it listens, once it does
}

func (h Holder) String() string {
	if h.PID == 0 {
		return "another process (holder unknown)"
	}
	s := fmt.Sprintf("process %d on %s, started %s", h.PID, h.Host, h.Started.Format(time.DateTime))
	if h.Addr != "" {
		s += ", listening at " + h.Addr
	}
	return s
}

// lock is the lock on a data directory. The operating system gives it up when the process ends, however it ends. The lock
// file only says who holds it, and stays when he is gone.
type lock struct {
	held   *os.File // what the system has locked
	file   *os.File // the lock file
	holder Holder
}

func takeLock(dir string, now time.Time) (*lock, error) {
	held, err := lockDir(dir)
	if errors.Is(err, durable.ErrHeld) {
		return nil, &LockedError{Dir: dir, Holder: readHolder(dir)}
	}
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		held.Close()
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	host, _ := os.Hostname()
	l := &lock{held: held, file: f, holder: Holder{PID: os.Getpid(), Host: host, Started: now.Truncate(time.Second)}}
	if err := l.write(); err != nil {
		f.Close()
		held.Close()
		return nil, err
	}
	return l, nil
}

// announce adds the address to what the lock file says.
func (l *lock) announce(addr string) error {
	l.holder.Addr = addr
	return l.write()
}

// write puts the holder into the file in one call, padded over what was there, so that nobody reads half of it.
func (l *lock) write() error {
	b, err := json.Marshal(l.holder)
	if err != nil {
		return fmt.Errorf("encode lock holder: %w", err)
	}
	st, err := l.file.Stat()
	if err != nil {
		return fmt.Errorf("write lock file: %w", err)
	}
	for int64(len(b)) < st.Size() {
		b = append(b, ' ')
	}
	if _, err := l.file.WriteAt(b, 0); err != nil {
		return fmt.Errorf("write lock file: %w", err)
	}
	return nil
}

// release gives the lock up. The file is emptied, so that it names nobody who is gone.
func (l *lock) release() error {
	return errors.Join(l.file.Truncate(0), l.file.Close(), l.held.Close())
}

// readHolder returns the zero Holder if the lock file is gone or says nothing.
func readHolder(dir string) (h Holder) {
	f, err := os.Open(filepath.Join(dir, lockName))
	if err != nil {
		return Holder{}
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, 4096))
	if err != nil || json.Unmarshal(b, &h) != nil {
		return Holder{}
	}
	return h
}
