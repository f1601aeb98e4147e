//go:build unix

package spool_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/spool"
)

const childVariable = "KAOHE_TEST_SPOOL_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		if err := child(os.Args[1], os.Args[2], os.Args[3]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child adds one entry after the other, and says of each when it is kept. Files may grow to a number of bytes; 0: any.
func child(dir, name, limit string) error {
	if n, err := strconv.ParseUint(limit, 10, 32); err != nil {
		return err
	} else if n > 0 {
		signal.Ignore(unix.SIGXFSZ)
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: n, Max: n}); err != nil {
			return err
		}
	}
	s, err := spool.Open(dir, spool.DefaultLimit)
	if err != nil {
		return err
	}
	for i := range 60 {
		id := fmt.Sprintf("%s-%d", name, i)
		if _, err := s.Add(context.Background(), event(id)); err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
		fmt.Println(id)
	}
	return nil
}

func startChild(t *testing.T, dir, name string, limit int) (cmd *exec.Cmd, acked *bufio.Scanner, stderr *strings.Builder) {
	t.Helper()
	cmd = exec.Command(os.Args[0], dir, name, strconv.Itoa(limit))
	cmd.Env = append(os.Environ(), childVariable+"=1", "GORACE=atexit_sleep_ms=0")
	stderr = &strings.Builder{}
	cmd.Stderr = stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	return cmd, bufio.NewScanner(out), stderr
}

// TestProcessesAtOnce has several processes add while this one sends, and kills some of them. What each was told is kept is
// sent once, in its order.
func TestProcessesAtOnce(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	var mu sync.Mutex
	acked := map[string][]string{}
	var adding sync.WaitGroup
	for c := range 4 {
		name := fmt.Sprint("child", c)
		cmd, lines, stderr := startChild(t, dir, name, 0)
		adding.Go(func() {
			killed := false
			for lines.Scan() {
				mu.Lock()
				acked[name] = append(acked[name], lines.Text())
				killed = c%2 == 1 && len(acked[name]) == 15+c
				mu.Unlock()
				if killed {
					_ = cmd.Process.Kill()
				}
			}
			if err := cmd.Wait(); err != nil && c%2 == 0 {
				t.Errorf("%s: %v\n%s", name, err, stderr)
			}
		})
	}
	over := make(chan struct{})
	go func() { adding.Wait(); close(over) }()
	var sent []string
	for done := false; !done; {
		select {
		case <-over:
			done = true
		default:
		}
		sent = append(sent, drain(t, s)...)
	}
	for name, want := range acked {
		got := slices.DeleteFunc(slices.Clone(sent), func(id string) bool { return !strings.HasPrefix(id, name+"-") })
		// The last one of those who were killed may be kept without their having heard of it.
		if len(got) > len(want)+1 || len(got) < len(want) || !slices.Equal(got[:len(want)], want) {
			t.Errorf("%s: %d sent, want the %d that are kept, in order:\n%v", name, len(got), len(want), got)
		}
	}
	if len(acked["child0"]) != 60 || len(acked["child1"]) < 16 {
		t.Errorf("%d and %d kept: nothing was tested", len(acked["child0"]), len(acked["child1"]))
	}
	if d := s.Damage(); d != nil {
		t.Errorf("Damage() = %v, want none", d)
	}
}

// TestADiskThatFillsUp lets no file grow beyond some bytes. The entry that does not fit is refused, those before it are kept,
// and once there is room again more can be added.
func TestADiskThatFillsUp(t *testing.T) {
	for limit := 400; limit < 500; limit += 7 {
		dir := t.TempDir()
		cmd, lines, stderr := startChild(t, dir, "c", limit)
		var acked []string
		for lines.Scan() {
			acked = append(acked, lines.Text())
		}
		if err := cmd.Wait(); err == nil || !strings.Contains(stderr.String(), "file too large") {
			t.Fatalf("limit %d: %v, %q, want an error of the write", limit, err, stderr)
		}
		s := mustOpen(t, dir)
		mustWait(t, s, len(acked))
		mustAdd(t, s, "next")
		if got := drain(t, s); len(acked) < 3 || !slices.Equal(got, append(acked, "next")) || s.Damage() != nil {
			t.Errorf("limit %d: left %v, damage %v, want %v and next", limit, got, s.Damage(), acked)
		}
	}
}
