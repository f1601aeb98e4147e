//go:build unix

package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// listenAsSupervisor returns a socket such as systemd has for a unit of Type=notify.
func listenAsSupervisor(t *testing.T, name string) *net.UnixConn {
	t.Helper()
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	must(conn.SetReadDeadline(time.Now().Add(30 * time.Second)))
	return conn
}

// told returns the next datagram.
func told(t *testing.T, conn *net.UnixConn) string {
	t.Helper()
	b := make([]byte, 4096)
	n, err := conn.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(b[:n])
}

// shortTempDir is for sockets: their path has about 100 bytes, and that of t.TempDir may be longer.
func shortTempDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "kaohe")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// TestServeTellsItsSupervisor: READY comes once events are taken, STOPPING when the end begins, by sockets of both kinds.
func TestServeTellsItsSupervisor(t *testing.T) {
	sockets := map[string]string{"a path": filepath.Join(shortTempDir(t), "notify")}
	if runtime.GOOS == "linux" {
		sockets["an abstract name"] = "@kaohe-test-" + filepath.Base(shortTempDir(t))
	}
	for name, socket := range sockets {
		t.Run(name, func(t *testing.T) {
			systemd := listenAsSupervisor(t, socket)
			addr, ctx, interrupt, ended := filepath.Join(t.TempDir(), "addr"), context.Background(), context.CancelFunc(nil), make(chan int, 1)
			ctx, interrupt = context.WithCancel(ctx)
			defer interrupt()
			env := func(name string) string { return map[string]string{"NOTIFY_SOCKET": socket}[name] }
			var stderr bytes.Buffer
			go func() {
				args := []string{"serve", "--data", filepath.Join(t.TempDir(), "data"), "--listen", "127.0.0.1:0", "--addr-file", addr}
				ended <- run(ctx, args, strings.NewReader(""), io.Discard, &stderr, env)
			}()
			if got := told(t, systemd); got != stateReading {
				t.Errorf("first it is told %q, want %q", got, stateReading)
			}
			ready := told(t, systemd)
			if !strings.HasPrefix(ready, "READY=1\nSTATUS=takes events on http://127.0.0.1:") {
				t.Errorf("then it is told %q, want READY=1 and the address", ready)
			}
			if code, _, stderr := invoke(t, nil, "health", "--server", ready[strings.LastIndex(ready, " ")+1:]); code != exitDone {
				t.Errorf("told READY=1, health ends with %d: %s", code, stderr)
			}
			interrupt()
			if got := told(t, systemd); got != stateStopping {
				t.Errorf("at the end it is told %q, want %q", got, stateStopping)
			}
			if code := <-ended; code != exitDone {
				t.Errorf("exit %d, want %d: %s", code, exitDone, stderr.String())
			}
		})
	}
}

func TestSupervisorThatIsGoneKeepsNothingFromWork(t *testing.T) {
	var stderr bytes.Buffer
	c := &cli{stderr: &stderr, lang: "en", env: func(string) string { return filepath.Join(shortTempDir(t), "nobody") }}
	c.supervisor().tell(stateReady + "http://127.0.0.1:8470")
	if got := stderr.String(); !strings.HasPrefix(got, "warning: the supervisor that NOTIFY_SOCKET names cannot be told READY=1: ") || strings.Count(got, "\n") != 1 {
		t.Errorf("stderr %q, want one warning", got)
	}
	stderr.Reset()
	(supervisor{}).tell(stateReady)
	if stderr.Len() > 0 {
		t.Errorf("without a supervisor: stderr %q, want none", stderr.String())
	}
}
