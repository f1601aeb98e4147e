package access

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/kaohe/kaohe/events/durable"
)

// LockFile is the name of the file beside [File] by which those who change it wait for each other. Once there have been
// tokens it says so, so that their file cannot go missing unnoticed.
const LockFile = File + ".lock"

const lockNote = "there have been tokens: without " + File + " nobody is let in\n"

// How long to wait for the lock, which is held for milliseconds, and how often to try.
const (
	lockWait = 5 * time.Second
	lockTry  = 5 * time.Millisecond
)

// lock is the lock on a file of tokens. The operating system gives it up when the process ends.
type lock struct{ file *os.File }

// takeLock waits for the lock.
func takeLock(path string) (*lock, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	for range lockWait / lockTry {
		l, err := tryLock(path + ".lock")
		if err == nil || !errors.Is(err, durable.ErrHeld) {
			return l, err
		}
		time.Sleep(lockTry)
	}
	return nil, fmt.Errorf("%w: %s", ErrBusy, path+".lock")
}

// tryLock locks the file that has the name. One that was removed meanwhile is not it.
func tryLock(name string) (*lock, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = durable.Lock(f)
	if err == nil && !stillAt(f, name) {
		err = durable.ErrHeld
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return &lock{f}, nil
}

func stillAt(f *os.File, name string) bool {
	mine, err := f.Stat()
	there, errThere := os.Stat(name)
	return err == nil && errThere == nil && os.SameFile(mine, there)
}

// note remembers that there are tokens.
func (l *lock) note() error {
	_, err := l.file.WriteAt([]byte(lockNote), 0)
	return errors.Join(err, adopt(l.file), l.file.Sync())
}

func (l *lock) release() error { return l.file.Close() }

// noted reports whether there have been tokens.
func noted(path string) bool {
	info, err := os.Stat(path + ".lock")
	return err == nil && info.Size() > 0
}
