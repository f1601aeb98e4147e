//go:build unix

package natslog

import (
	"fmt"
	"os"

	"github.com/kaohe/kaohe/events/durable"
)

// lockDir locks the directory itself: a file in it could be removed and made anew, and then there would be two locks.
func lockDir(dir string) (*os.File, error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("open data directory: %w", err)
	}
	if err := durable.Lock(d); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}
