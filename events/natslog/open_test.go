package natslog_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/natslog"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestOptionsNameTheBadField(t *testing.T) {
	for field, spoil := range map[string]func(*natslog.Options){
		"Dir":          func(o *natslog.Options) { o.Dir = "" },
		"Logger":       func(o *natslog.Options) { o.Logger = nil },
		"Registerer":   func(o *natslog.Options) { o.Registerer = nil },
		"Now":          func(o *natslog.Options) { o.Now = nil },
		"AckTimeout":   func(o *natslog.Options) { o.AckTimeout = 0 },
		"Stall":        func(o *natslog.Options) { o.Stall = -1 },
		"StartTimeout": func(o *natslog.Options) { o.StartTimeout = 0 },
	} {
		opts := options(t)
		spoil(&opts)
		if _, err := natslog.Open(t.Context(), opts); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("Open() = %v, want an error that names %s", err, field)
		}
	}
}

func TestOpenAgainGoesOn(t *testing.T) {
	reg := prometheus.NewRegistry()
	opts := options(t)
	opts.Dir = filepath.Join(opts.Dir, "deep", "data")
	opts.Registerer = reg
	var head events.Head
	for round := range 3 {
		log := mustOpen(t, opts)
		if end := eventtest.MustEnd(t, log); end != uint64(round)*4 {
			t.Fatalf("End() = %d in round %d, want %d", end, round, round*4)
		}
		commits := eventtest.MustFill(t, log, head, 4)
		head = commits[3].Head()
		eventtest.MustChain(t, log)
		mustClose(t, log)
	}
	st, err := os.Stat(opts.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if st.Mode().Perm() != 0o700 {
		t.Errorf("the data directory has mode %v, want 0700", st.Mode().Perm())
	}
}

func TestMetricsAreClean(t *testing.T) {
	reg := prometheus.NewRegistry()
	opts := options(t)
	opts.Registerer = reg
	log := mustOpen(t, opts)
	eventtest.MustFill(t, log, events.Head{}, 1)
	problems, err := testutil.GatherAndLint(reg)
	if err != nil || len(problems) > 0 {
		t.Errorf("lint found %v, %v", problems, err)
	}
	n, err := testutil.GatherAndCount(reg)
	if err != nil || n != 10 {
		t.Errorf("%d metrics, %v, want 10", n, err)
	}
	eventtest.MustEnd(t, log) // which asks for the state of the stream
	if n, err := testutil.GatherAndCount(reg, "kaohe_log_bytes"); err != nil || n != 1 {
		t.Errorf("%d metrics of the size, %v, want 1", n, err)
	}
	families, err := reg.Gather()
	must(t, err)
	for _, f := range families {
		if size := f.GetMetric()[0].GetGauge().GetValue(); f.GetName() == "kaohe_log_bytes" && size < 100 {
			t.Errorf("a log with a commit has %v bytes", size)
		}
	}
	mustClose(t, log)
	if n, _ := testutil.GatherAndCount(reg); n != 0 {
		t.Errorf("%d metrics are left after Close", n)
	}
}

func TestSecondOpenIsRefusedNamingTheFirst(t *testing.T) {
	opts := options(t)
	started := time.Date(2018, 3, 31, 8, 0, 0, 0, time.UTC)
	opts.Now = func() time.Time { return started }
	log := mustOpen(t, opts)
	refused := func() natslog.Holder {
		t.Helper()
		other := natslog.NewOptions(opts.Dir)
		_, err := natslog.Open(t.Context(), other)
		var locked *natslog.LockedError
		if !errors.As(err, &locked) {
			t.Fatalf("Open() = %v, want a LockedError", err)
		}
		if locked.Dir != opts.Dir {
			t.Errorf("LockedError.Dir = %q, want %q", locked.Dir, opts.Dir)
		}
		return locked.Holder
	}
	if h := refused(); h.PID != os.Getpid() || !h.Started.Equal(started) || h.Addr != "" {
		t.Errorf("Holder = %v, want this process", h)
	}
	for _, addr := range []string{"127.0.0.1:8470", "[::1]:80"} {
		if err := log.Announce(addr); err != nil {
			t.Fatalf("Announce() failed: %v", err)
		}
		if h := refused(); h.Addr != addr || !strings.Contains(h.String(), addr) {
			t.Errorf("Holder = %v, want the address %s", h, addr)
		}
	}
	eventtest.MustFill(t, log, events.Head{}, 2) // the refused have done no harm
	mustClose(t, log)
	if err := log.Announce("x"); !errors.Is(err, natslog.ErrClosed) {
		t.Errorf("Announce() after Close = %v, want ErrClosed", err)
	}
	mustClose(t, mustOpen(t, opts))
}

func TestClosedLog(t *testing.T) {
	log := mustOpen(t, options(t))
	read := make(chan error)
	go func() { read <- log.Read(eventtest.Context(t), 0, func(events.Commit) error { return nil }) }()
	mustClose(t, log)
	mustClose(t, log)
	if err := <-read; !errors.Is(err, natslog.ErrClosed) {
		t.Errorf("Read() = %v when the log is closed, want ErrClosed", err)
	}
	_, appendErr := log.Append(t.Context(), events.Head{}, "a", eventtest.Batch("a", 1, 50))
	_, getErr := log.Get(t.Context(), 1)
	_, endErr := log.End(t.Context())
	for name, err := range map[string]error{"Append": appendErr, "Get": getErr, "End": endErr} {
		if !errors.Is(err, natslog.ErrClosed) || errors.Is(err, events.ErrUnknown) {
			t.Errorf("%s() on a closed log = %v, want ErrClosed only", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := mustOpen(t, options(t)).Close(ctx); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("Close() with an ended context = %v, want context.Canceled", err)
	}
}

func TestOpenRefusesForeignDirectories(t *testing.T) {
	for _, c := range []struct {
		name string
		dirs []string
		want string // in the error
	}{
		{"somebody's files", []string{"photos"}, `"photos"`},
		{"a file system with somebody's files", []string{"lost+found", "a"}, `"a"`},
		{"a log in the global account", []string{"jetstream/$G/streams/KAOHE_LOG"}, "jetstream/$G/streams/KAOHE_LOG"},
		{"another stream in the account", []string{"jetstream/KAOHE/streams/KAOHE_LOG", "jetstream/KAOHE/streams/OTHER"}, "OTHER"},
		{"the layout of old servers", []string{"jetstream", "KAOHE/streams/KAOHE_LOG"}, "KAOHE/streams/KAOHE_LOG"},
		{"a log one directory deeper", []string{"jetstream", "data/jetstream/KAOHE/streams/KAOHE_LOG"}, "data/jetstream"},
		{"a directory that is itself an account's", []string{"jetstream", "streams/KAOHE_LOG"}, "at streams/KAOHE_LOG"},
	} {
		t.Run(c.name, func(t *testing.T) {
			opts := options(t)
			for _, d := range c.dirs {
				if err := os.MkdirAll(filepath.Join(opts.Dir, filepath.FromSlash(d)), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			for range 2 { // the first refusal must not make the second pass
				_, err := natslog.Open(eventtest.Context(t), opts)
				if !errors.Is(err, natslog.ErrForeign) || !strings.Contains(err.Error(), c.want) {
					t.Fatalf("Open() = %v, want ErrForeign that names %s", err, c.want)
				}
			}
			for _, d := range c.dirs {
				if _, err := fs.Stat(os.DirFS(opts.Dir), d); err != nil {
					t.Errorf("refusing has touched the directory: %v", err)
				}
			}
		})
	}
}

func TestOpenAllowsNeighboursOfALog(t *testing.T) {
	opts := options(t)
	mustClose(t, mustOpen(t, opts))
	if err := os.Mkdir(filepath.Join(opts.Dir, "snapshots"), 0o700); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, opts)
}

func TestOpenAllowsTheRootOfAFileSystem(t *testing.T) {
	opts := options(t)
	if err := os.MkdirAll(filepath.Join(opts.Dir, "lost+found"), 0o000); err != nil { // root's own
		t.Fatal(err)
	}
	mustOpen(t, opts)
}

// Tokens may be made before there is a log, also by a process that is killed at it.
func TestOpenAllowsTokens(t *testing.T) {
	opts := options(t)
	for _, name := range []string{access.File, access.LockFile, access.File + ".tmp"} {
		must(t, os.WriteFile(filepath.Join(opts.Dir, name), nil, 0o600))
	}
	mustOpen(t, opts)
}

func TestOpenRefusesAStreamThatDiffers(t *testing.T) {
	opts := options(t)
	log := mustOpen(t, opts)
	eventtest.MustFill(t, log, events.Head{}, 2)
	err := log.ChangeStream(eventtest.Context(t), func(c *jetstream.StreamConfig) {
		c.MaxMsgs, c.AllowDirect, c.Subjects = 1000, false, []string{natslog.Subject, "more.>"}
	})
	if err != nil {
		t.Fatal(err)
	}
	mustClose(t, log)
	_, err = natslog.Open(eventtest.Context(t), opts)
	if !errors.Is(err, natslog.ErrForeign) {
		t.Fatalf("Open() = %v, want ErrForeign", err)
	}
	for _, want := range []string{"max_msgs is 1000, want -1", "allow_direct is false, want true", `subjects is ["kaohe.commit.v1","more.\u003e"]`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("Open() = %v, want the difference %q", err, want)
		}
	}
}

func TestOpenRefusesAnotherStreamBesideTheLog(t *testing.T) {
	opts := options(t)
	log := mustOpen(t, opts)
	if err := log.AddStream(eventtest.Context(t), "SIDE"); err != nil {
		t.Fatal(err)
	}
	mustClose(t, log)
	if _, err := natslog.Open(eventtest.Context(t), opts); !errors.Is(err, natslog.ErrForeign) {
		t.Errorf("Open() = %v, want ErrForeign", err)
	}
}
