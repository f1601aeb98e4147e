package natslog

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/kaohe/kaohe/events/durable"
)

// lockDir locks the lock file, which cannot be removed here while it is open.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	if err := durable.Lock(f); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
