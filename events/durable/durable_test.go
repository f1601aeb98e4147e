package durable_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/kaohe/kaohe/events/durable"
)

func mustOpen(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// TestLockEndsWithTheFile: one has it at a time, what is locked can be read, and whoever closes the file gives it back.
func TestLockEndsWithTheFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "lock")
	first, second := mustOpen(t, name), mustOpen(t, name)
	if _, err := first.WriteString("who"); err != nil {
		t.Fatal(err)
	}
	if err := durable.Lock(first); err != nil {
		t.Fatalf("Lock() = %v", err)
	}
	if err := durable.Lock(second); !errors.Is(err, durable.ErrHeld) {
		t.Errorf("Lock() of a locked file = %v, want ErrHeld", err)
	}
	if content, err := os.ReadFile(name); err != nil || string(content) != "who" {
		t.Errorf("a locked file reads %q, %v", content, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := durable.Lock(second); err != nil {
		t.Errorf("Lock() after the first was closed = %v", err)
	}
}

func TestSyncDir(t *testing.T) {
	if err := durable.SyncDir(t.TempDir()); err != nil {
		t.Errorf("SyncDir() = %v", err)
	}
}
