//go:build linux || darwin || freebsd

package natslog

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// freeBytes returns what an ordinary user may still write where dir lies.
func freeBytes(dir string) (uint64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, fmt.Errorf("ask for free space of %q: %w", dir, err)
	}
	return uint64(st.Bavail) * uint64(st.Bsize), nil
}
