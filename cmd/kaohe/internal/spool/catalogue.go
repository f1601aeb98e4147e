package spool

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
)

const catalogueName = "catalogue.json"

// Remember keeps what the server's plan knows, so that events can be written while the server is away.
func (s *Spool) Remember(ctx context.Context, catalogue []byte) error {
	return s.exclusive(ctx, func() error {
		if before, err := os.ReadFile(s.path(catalogueName)); err == nil && bytes.Equal(before, catalogue) {
			return nil
		}
		return replaceFile(s.Dir, catalogueName, catalogue)
	})
}

// Remembered returns what was kept last; nil if there is nothing.
func (s *Spool) Remembered() ([]byte, error) {
	b, err := os.ReadFile(s.path(catalogueName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return b, err
}
