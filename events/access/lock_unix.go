//go:build unix

package access

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

func lockFile(f *os.File) error {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return errHeld
	}
	if err != nil {
		return fmt.Errorf("lock %q: %w", f.Name(), err)
	}
	return nil
}

// adopt gives a file to whom the directory belongs: a daemon that runs as somebody else must be able to read what root has
// written into its directory.
func adopt(f *os.File) error {
	if os.Geteuid() != 0 {
		return nil
	}
	var above unix.Stat_t
	if err := unix.Stat(filepath.Dir(f.Name()), &above); err != nil {
		return err
	}
	return f.Chown(int(above.Uid), int(above.Gid))
}

// syncAbove makes the name of a file durable.
func syncAbove(path string) error {
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
