package durable

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/windows"
)

// Lock locks an open file, without waiting, until it is closed. It fails with [ErrHeld] if it is locked already. What is
// locked is one byte far behind the end: a locked range cannot be read by others, and they shall read what is in it.
func Lock(f *os.File) error {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, &windows.Overlapped{OffsetHigh: 1})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return ErrHeld
	}
	if err != nil {
		return fmt.Errorf("lock %q: %w", f.Name(), err)
	}
	return nil
}

// SyncDir has nothing to do: the system keeps the names in a directory durable by itself.
func SyncDir(string) error { return nil }
