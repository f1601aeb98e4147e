package natslog

import (
	"fmt"

	"golang.org/x/sys/windows"
)

// freeBytes returns what the user may still write where dir lies.
func freeBytes(dir string) (uint64, error) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, fmt.Errorf("ask for free space of %q: %w", dir, err)
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(path, &free, nil, nil); err != nil {
		return 0, fmt.Errorf("ask for free space of %q: %w", dir, err)
	}
	return free, nil
}
