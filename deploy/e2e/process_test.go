package e2e

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	// patience bounds each wait; what is waited for takes seconds.
	patience = 40 * time.Second
	// stopWait bounds how long a process may take to end in order.
	stopWait = 10 * time.Second
	// shownLog is how much of each log a failure shows, in bytes.
	shownLog = 8 << 10
)

// process is a program that runs beside the test, and is ended and reaped by its own pid when the test ends.
type process struct {
	name, log string
	cmd       *exec.Cmd
	ended     chan struct{} // closed once it is reaped
}

// start starts a program. Both its outputs go to a log, which is shown if the test fails.
func start(t *testing.T, dir, name, program string, args ...string) *process {
	t.Helper()
	p := &process{name: name, log: filepath.Join(dir, name+".log"), cmd: exec.Command(program, args...), ended: make(chan struct{})}
	log, err := os.Create(p.log)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = dir, log, log
	p.cmd.Env = slices.DeleteFunc(os.Environ(), foreign)
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", name, err)
	}
	t.Logf("%s runs with pid %d", name, p.cmd.Process.Pid)
	go func() {
		_ = p.cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		p.stop(t)
		if t.Failed() {
			t.Logf("---- %s\n%s", p.log, tail(p.log))
		}
	})
	return p
}

// kill ends it at once, as a power cut would.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Errorf("kill %s: %v", p.name, err)
	}
	<-p.ended
}

// stop lets it end in order, and ends it for good if it does not.
func (p *process) stop(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); errors.Is(err, os.ErrProcessDone) {
		<-p.ended
		return
	}
	select {
	case <-p.ended:
	case <-time.After(stopWait):
		t.Errorf("%s did not end within %v", p.name, stopWait)
		p.kill(t)
	}
}

// interrupted gets the signals that are to end the run in order, with all that it has started.
var interrupted = make(chan os.Signal, 1)

// eventually asks again and again until there is no error, and fails with the last one when patience is over.
func eventually(t *testing.T, what string, ask func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	begun := time.Now()
	for {
		err := ask()
		if err == nil {
			t.Logf("%5.1f s for %s", time.Since(begun).Seconds(), what)
			return
		}
		select {
		case <-tick.C:
		case <-interrupted:
			t.Fatalf("interrupted while waiting for %s: %v", what, err)
		case <-ctx.Done():
			t.Fatalf("waited %.0f s for %s: %v", time.Since(begun).Seconds(), what, err)
		}
	}
}

// command is a program in an environment with some more variables, bounded by a context. What whoever runs this has set for
// a kaohe of their own does not reach it.
func command(ctx context.Context, env []string, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(slices.DeleteFunc(os.Environ(), foreign), env...)
	return cmd
}

func foreign(variable string) bool {
	return strings.HasPrefix(variable, "KAOHE_") || strings.HasPrefix(variable, "NATS_")
}

// once runs a program to its end and returns its standard output.
func once(t *testing.T, env []string, program string, args ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var stderr bytes.Buffer
	cmd := command(ctx, env, program, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s%s", filepath.Base(program), args, err, out, stderr.Bytes())
	}
	return out
}

func tail(path string) []byte {
	text, err := os.ReadFile(path)
	if err != nil {
		return []byte(err.Error())
	}
	return text[max(0, len(text)-shownLog):]
}
