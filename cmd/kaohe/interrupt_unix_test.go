//go:build unix

package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestOneInterruptEndsWhatIsNoDaemon lets init wait at a pipe that nobody reads.
func TestOneInterruptEndsWhatIsNoDaemon(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "plan.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	// A shell that runs tests in its background has them ignore interrupts, and what they start would too. What is caught here
	// is as usual there.
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, os.Interrupt)
	defer signal.Stop(caught)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "kaohe", "init", "--force", dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for tick := time.NewTicker(time.Millisecond); ctx.Err() == nil; <-tick.C {
		if _, err := os.Stat(filepath.Join(dir, "orgs.yaml")); err == nil { // the file before the pipe
			tick.Stop()
			break
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	var ended *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &ended) || ended.Sys().(syscall.WaitStatus).Signal() != syscall.SIGINT {
		t.Errorf("init ended with %v, want an end by the interrupt", err)
	}
}
