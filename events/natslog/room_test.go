package natslog_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/natslog"
)

func TestRoomAsksOnceASecond(t *testing.T) {
	opts := options(t)
	free, asked, now := uint64(10<<20), 0, time.Date(2018, 3, 31, 8, 0, 0, 0, time.UTC)
	opts.ReserveBytes = 5 << 20
	opts.Now = func() time.Time { return now }
	opts.Free = func(string) (uint64, error) { asked++; return free, nil }
	log := mustOpen(t, opts)
	asked = 0
	for _, step := range []struct {
		after time.Duration
		free  uint64
		full  bool
		asked int
	}{
		{0, 10 << 20, false, 1},
		{999 * time.Millisecond, 5 << 20, false, 1},
		{time.Millisecond, 5 << 20, true, 2},
		{999 * time.Millisecond, 10 << 20, true, 2},
		{time.Millisecond, 5<<20 + events.MaxCommit, false, 3},
		{time.Second, 5<<20 + events.MaxCommit - 1, true, 4},
		{-time.Hour, 10 << 20, false, 5}, // the clock was set back
	} {
		now, free = now.Add(step.after), step.free
		err := log.Room()
		if errors.Is(err, events.ErrFull) != step.full || (err == nil) == step.full || asked != step.asked {
			t.Errorf("Room() = %v after %d questions, want full %t after %d", err, asked, step.full, step.asked)
		}
		if step.full && !strings.Contains(err.Error(), "5242880 are kept in reserve") {
			t.Errorf("Room() = %v, want the reserve in it", err)
		}
	}
	mustClose(t, log)
	if err := log.Room(); !errors.Is(err, natslog.ErrClosed) {
		t.Errorf("Room() after Close = %v, want ErrClosed", err)
	}
}

func TestOpenWarnsOfLittleSpace(t *testing.T) {
	var said strings.Builder
	opts := options(t)
	opts.Logger = slog.New(slog.NewTextHandler(&said, nil))
	opts.Free = func(string) (uint64, error) { return opts.ReserveBytes - 1, nil }
	mustClose(t, mustOpen(t, opts))
	if !strings.Contains(said.String(), "nothing can be appended") {
		t.Errorf("Open() said %q, want a warning of little space", said.String())
	}
}

// TestLockOutlivesItsFile: whoever removes the lock file of a running process gets nothing for it.
func TestLockOutlivesItsFile(t *testing.T) {
	opts := options(t)
	child, lines := startChild(t, opts.Dir)
	lines.Scan() // it has the log
	defer child.Wait()
	defer child.Process.Kill()
	if err := os.Remove(filepath.Join(opts.Dir, "kaohe.lock")); err != nil {
		t.Skip("the lock file cannot be removed here, which is as good:", err)
	}
	for range 2 {
		_, err := natslog.Open(eventtest.Context(t), opts)
		locked, ok := errors.AsType[*natslog.LockedError](err)
		if !ok || locked.Holder != (natslog.Holder{}) || !strings.Contains(err.Error(), "holder unknown") {
			t.Fatalf("Open() = %v, want a LockedError without a holder", err)
		}
	}
}

func TestLockFileMadeByHandLocksNothing(t *testing.T) {
	opts := options(t)
	must(t, os.WriteFile(filepath.Join(opts.Dir, "kaohe.lock"), []byte(`{"pid":1,"host":"gone"}`), 0o600))
	mustOpen(t, opts)
}
