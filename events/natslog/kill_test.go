package natslog_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/natslog"
)

// childDir in the environment makes the test binary a child that appends to the log there until it is killed.
const childDir = "KAOHE_NATSLOG_CHILD_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		fmt.Fprintln(os.Stderr, appendForEver(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// appendForEver prints the sequence and the id of each commit once it is acknowledged.
func appendForEver(dir string) error {
	ctx := context.Background()
	log, err := natslog.Open(ctx, natslog.NewOptions(dir))
	if err != nil {
		return err
	}
	end, err := log.End(ctx)
	if err != nil {
		return err
	}
	var head events.Head
	if end > 0 {
		last, err := log.Get(ctx, end)
		if err != nil {
			return err
		}
		head = last.Head()
	}
	for {
		id := fmt.Sprintf("%d.%d", os.Getpid(), head.Seq+1)
		c, err := log.Append(ctx, head, id, eventtest.Batch(id, 1+int(head.Seq%40), 300))
		if err != nil {
			return err
		}
		fmt.Println(c.Seq, c.ID)
		head = c.Head()
	}
}

// TestKilledWriter kills a process that appends as fast as it can, at random moments, and looks each time that nothing
// acknowledged is lost, nothing stands twice and the chain holds.
func TestKilledWriter(t *testing.T) {
	t.Parallel()
	const kills = 21
	opts := options(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	acked := make(map[uint64]string)
	for range kills {
		for seq, id := range killAfter(t, opts.Dir, 1+random.IntN(60)) {
			if before, ok := acked[seq]; ok {
				t.Fatalf("commit %d was acknowledged as %q and as %q", seq, before, id)
			}
			acked[seq] = id
		}
		log := mustOpen(t, opts)
		stored := eventtest.MustChain(t, log)
		mustClose(t, log)
		for seq, id := range acked {
			if seq > uint64(len(stored)) || stored[seq-1].ID != id {
				t.Fatalf("commit %d (%q) was acknowledged and is lost; the log has %d", seq, id, len(stored))
			}
		}
	}
	t.Logf("%d commits were acknowledged", len(acked))
}

// killAfter lets a child append until it has acknowledged n commits, then kills it in the middle of more. It returns
// what was acknowledged.
func killAfter(t *testing.T, dir string, n int) map[uint64]string {
	t.Helper()
	child, lines := startChild(t, dir)
	acked := make(map[uint64]string)
	for lines.Scan() {
		var seq uint64
		var id string
		if _, err := fmt.Sscan(lines.Text(), &seq, &id); err != nil {
			break // the kill cut the line short
		}
		acked[seq] = id
		if len(acked) == n {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	err := child.Wait()
	if len(acked) < n {
		t.Fatalf("the child gave up after %d commits: %v", len(acked), err)
	}
	return acked
}

func startChild(t *testing.T, dir string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	child := exec.CommandContext(eventtest.Context(t), os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	return child, bufio.NewScanner(out)
}

func TestDirectoryOfAnotherProcessIsRefused(t *testing.T) {
	opts := options(t)
	child, lines := startChild(t, opts.Dir)
	lines.Scan() // it has the log
	defer child.Wait()
	defer child.Process.Kill()
	_, err := natslog.Open(t.Context(), opts)
	locked, ok := errors.AsType[*natslog.LockedError](err)
	if !ok || locked.Holder.PID != child.Process.Pid {
		t.Errorf("Open() = %v, want a LockedError that names process %d", err, child.Process.Pid)
	}
}
