package natslog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/kaohe/kaohe/events/access"
)

// ErrForeign says that a directory holds something that is not this log, or this log with other settings. Nothing was
// changed. Use another directory, or put right what the error names.
var ErrForeign = errors.New("not a log of kaohe")

const (
	storeDir  = "jetstream"  // what the server calls it
	lostFound = "lost+found" // what a file system makes in its root, so that a data directory may be a mount point
	streamDir = storeDir + "/" + Account + "/streams/" + Stream
)

// CheckDir fails with [ErrForeign] if a directory is nobody's to use as a data directory: it has something in it, but no log.
// One that is not there is fine.
func CheckDir(dir string) error {
	if err := inspectStranger(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// inspectStranger refuses a directory that has something in it though no kaohe has ever been there. It runs before the
// lock leaves its mark.
func inspectStranger(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("read data directory: %w", err)
	}
	stranger := ""
	for _, e := range entries {
		switch name := e.Name(); {
		case name == lockName, name == storeDir, name == headName, name == clusterHead:
			return nil
		case name == lostFound, strings.HasPrefix(name, access.File): // tokens may be made before there is a log
		default:
			stranger = name
		}
	}
	if stranger != "" {
		return fmt.Errorf("%w: %s holds other files, %q for one; name an empty or a new directory", ErrForeign, dir, stranger)
	}
	return nil
}

// inspectStore looks for streams wherever JetStream may have put them: in another account, with another name, in the
// layout of old servers, one directory too high or too low. It reports whether our own is there.
func inspectStore(dir string) (ours bool, err error) {
	tree := os.DirFS(dir)
	for _, pattern := range []string{"streams/*", "*/streams/*", storeDir + "/*/streams/*", "*/" + storeDir + "/*/streams/*"} {
		found, err := fs.Glob(tree, pattern)
		if err != nil {
			return false, fmt.Errorf("inspect data directory: %w", err)
		}
		for _, f := range found {
			if f != streamDir {
				return false, fmt.Errorf("%w: %s holds a JetStream stream at %s, the log is expected at %s",
					ErrForeign, dir, f, path.Clean(streamDir))
			}
			ours = true
		}
	}
	return ours, nil
}
