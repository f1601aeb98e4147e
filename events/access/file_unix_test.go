//go:build unix

package access_test

import (
	"errors"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/kaohe/kaohe/events/access"
)

// TestNobodyWaitsForAPipe: whoever opens a pipe in the file's place waits for good, and keeps everybody waiting.
func TestNobodyWaitsForAPipe(t *testing.T) {
	file := path(t)
	s := open(t, file, newClock().now)
	secret, _ := mustCreate(t, s, access.NewToken{Org: access.Everywhere, Can: access.All})
	if err := errors.Join(os.Remove(file), syscall.Mkfifo(file, 0o600)); err != nil {
		t.Fatal(err)
	}
	told := make(chan error, 1)
	go func() {
		_, err := s.Authenticate(secret)
		told <- err
	}()
	select {
	case err := <-told:
		if !errors.Is(err, access.ErrUnreadable) {
			t.Errorf("Authenticate() = %v, want that the tokens cannot be read", err)
		}
	case <-time.After(30 * time.Second):
		t.Error("Authenticate() waits for somebody to write into the pipe")
	}
}
