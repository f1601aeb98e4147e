package natslog_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/natslog"
	"github.com/kaohe/kaohe/events/natslog/clustertest"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// checkRefused opens a log that is refused at once, for a reason that the error names.
func checkRefused(t *testing.T, opts natslog.Options, want error, words ...string) {
	t.Helper()
	begin := time.Now()
	log, err := natslog.Open(eventtest.Context(t), opts)
	if err == nil {
		mustClose(t, log)
	}
	if !errors.Is(err, want) {
		t.Errorf("Open() = %v, want %v", err, want)
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("Open() = %v, want that it tells of %q", err, w)
		}
	}
	if strings.Contains(err.Error(), "-secret") {
		t.Errorf("Open() = %v, which gives a password away", err)
	}
	if took := time.Since(begin); took > opts.Cluster.Wait {
		t.Errorf("Open() took %v to refuse", took)
	}
}

func testClusterUsers(t *testing.T, c *clustertest.Cluster) {
	fresh(t, c)
	as := func(u clustertest.User) natslog.Options {
		opts := inCluster(t, c)
		opts.Cluster.Connect, opts.Cluster.Wait = c.Dial(t, u), 10*time.Second
		return opts
	}
	checkRefused(t, as(clustertest.Listener), natslog.ErrDenied, "Permissions Violation")
	checkRefused(t, as(clustertest.Admin), natslog.ErrDenied, natslog.Subject)
	checkRefused(t, as(clustertest.System), natslog.ErrUnusable, "not enabled for account")
	checkRefused(t, as(clustertest.User{Name: "kaohe", Password: "wrong-secret"}), natslog.ErrUnusable, "Authorization Violation")

	plain := inCluster(t, c)
	plain.Cluster.Connect = func(more ...nats.Option) (*nats.Conn, error) {
		return nats.Connect(c.URLs(), append([]nats.Option{nats.UserInfo("kaohe", "kaohe-secret")}, more...)...)
	}
	checkRefused(t, plain, natslog.ErrUnusable, "unknown authority")

	nobody := inCluster(t, c)
	nobody.Cluster.Wait = 100 * time.Millisecond
	begin := time.Now()
	nobody.Cluster.Connect = func(more ...nats.Option) (*nats.Conn, error) { return nats.Connect("nats://127.0.0.1:1", more...) }
	if _, err := natslog.Open(t.Context(), nobody); !errors.Is(err, natslog.ErrUnusable) || time.Since(begin) < nobody.Cluster.Wait {
		t.Errorf("Open() where nobody is = %v after %v, want ErrUnusable after some tries", err, time.Since(begin))
	}

	// What the user of a log may not do.
	nc, err := c.Dial(t, clustertest.Kaohe)(nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
	must(t, err)
	t.Cleanup(nc.Close)
	for _, subject := range []string{"$JS.API.STREAM.DELETE.KAOHE_LOG", "$JS.API.STREAM.PURGE.KAOHE_LOG", "$JS.API.STREAM.UPDATE.KAOHE_LOG", "$JS.API.STREAM.MSG.DELETE.KAOHE_LOG"} {
		if _, err := nc.Request(subject, nil, 20*time.Millisecond); !errors.Is(err, nats.ErrTimeout) {
			t.Errorf("%s is answered: %v", subject, err)
		}
	}
}

func withDir(o natslog.Options, dir string) natslog.Options {
	o.Dir = dir
	return o
}

func testClusterDiffers(t *testing.T, c *clustertest.Cluster) {
	fresh(t, c)
	wrong := inCluster(t, c)
	wrong.Cluster.Replicas = 1
	checkRefused(t, wrong, natslog.ErrDiffers, "num_replicas is 3, want 1")
	c.As(t, clustertest.Master, func(ctx context.Context, js jetstream.JetStream) error {
		s, err := js.Stream(ctx, natslog.Stream)
		if err != nil {
			return err
		}
		cfg := s.CachedInfo().Config
		cfg.MaxMsgs, cfg.AllowDirect, cfg.Replicas, cfg.Description = 1000, false, 1, "the log of the district"
		_, err = js.UpdateStream(ctx, cfg)
		return err
	})
	checkRefused(t, inCluster(t, c), natslog.ErrDiffers, "max_msgs is 1000, want -1", "allow_direct is false, want true", "num_replicas is 1, want 3")

	c.Remove(t, natslog.Stream)
	c.As(t, clustertest.Admin, func(ctx context.Context, js jetstream.JetStream) error {
		_, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: natslog.Stream, Subjects: []string{natslog.Subject}, Storage: jetstream.MemoryStorage, Replicas: 3})
		return err
	})
	checkRefused(t, inCluster(t, c), natslog.ErrDiffers, `storage is "memory", want "file"`, "deny_delete is none, want true", "deny_purge is none, want true")
}

func testClusterLost(t *testing.T, c *clustertest.Cluster) {
	log, opts := fresh(t, c)
	eventtest.MustFill(t, log, events.Head{}, 3)
	mustClose(t, log)
	head, err := os.ReadFile(filepath.Join(opts.Dir, "cluster.head"))
	must(t, err)

	ahead, err := natslog.HeadAt(head, 5)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(opts.Dir, "cluster.head"), ahead, 0o600))
	checkRefused(t, opts, natslog.ErrLost, "ends at commit 3, and commit 5 was acknowledged")

	must(t, os.WriteFile(filepath.Join(opts.Dir, "cluster.head"), head, 0o600))
	c.Remove(t, natslog.Stream)
	checkRefused(t, opts, natslog.ErrLost, "there is no stream KAOHE_LOG", "had 3 commits")

	other := mustOpen(t, inCluster(t, c)) // begins a new one
	eventtest.MustFill(t, other, events.Head{}, 5)
	checkRefused(t, opts, natslog.ErrLost, "another stream has been put in its place")

	must(t, os.Remove(filepath.Join(opts.Dir, "cluster.head"))) // as one does who has made sure of it
	if end := eventtest.MustEnd(t, mustOpen(t, opts)); end != 5 {
		t.Errorf("End() = %d, want 5", end)
	}
}

func testClusterReplaced(t *testing.T, c *clustertest.Cluster) {
	log, _ := fresh(t, c)
	log2 := mustOpen(t, inCluster(t, c))
	head := eventtest.MustFill(t, log, events.Head{}, 3)[2].Head()
	read := make(chan error)
	go func() { read <- log.Read(eventtest.Context(t), 0, func(events.Commit) error { return nil }) }()
	c.Remove(t, natslog.Stream)
	if _, err := log2.End(eventtest.Context(t)); err == nil || errors.Is(err, natslog.ErrLost) {
		t.Errorf("End() while there is no stream = %v, want an error that may pass", err)
	}
	other := mustOpen(t, inCluster(t, c))
	eventtest.MustFill(t, other, events.Head{}, 3)
	if _, err := log2.End(eventtest.Context(t)); !errors.Is(err, natslog.ErrLost) {
		t.Errorf("End() = %v, want ErrLost", err)
	}
	if err := <-read; !errors.Is(err, natslog.ErrLost) {
		t.Errorf("Read() = %v, want ErrLost", err)
	}
	head.Seq++ // the other log ends before
	if _, err := log2.Append(eventtest.Context(t), head, "x", eventtest.Batch("x", 1, 50)); !errors.Is(err, natslog.ErrLost) {
		t.Errorf("Append() = %v, want ErrLost", err)
	}
}

func testClusterDirectory(t *testing.T, c *clustertest.Cluster) {
	log, opts := fresh(t, c)
	if _, err := natslog.Open(t.Context(), opts); !errors.As(err, new(*natslog.LockedError)) {
		t.Errorf("Open() of the same directory = %v, want a LockedError", err)
	}
	mustClose(t, log)
	here := natslog.NewOptions(opts.Dir)
	if _, err := natslog.Open(t.Context(), here); !errors.Is(err, natslog.ErrForeign) || !errors.Is(err, natslog.ErrElsewhere) || !strings.Contains(err.Error(), "cluster.head") {
		t.Errorf("Open() without the cluster = %v, want ErrElsewhere, which is ErrForeign, and that it names cluster.head", err)
	}
	here = options(t)
	mustClose(t, mustOpen(t, here))
	checkRefused(t, withDir(opts, here.Dir), natslog.ErrForeign, "a log of its own")
	must(t, os.WriteFile(filepath.Join(opts.Dir, "cluster.head"), []byte("spoilt"), 0o600))
	reg := prometheus.NewRegistry()
	opts.Registerer = reg
	mustOpen(t, opts)
	if got := metric(t, reg, headFaults); got != 1 {
		t.Errorf("%s = %v, want 1", headFaults, got)
	}
}

func testClusterMetrics(t *testing.T, c *clustertest.Cluster) {
	c.Remove(t, natslog.Stream)
	reg := prometheus.NewRegistry()
	opts := inCluster(t, c)
	opts.Registerer = reg
	log := mustOpen(t, opts)
	eventtest.MustFill(t, log, events.Head{}, 2)
	if problems, err := testutil.GatherAndLint(reg); err != nil || len(problems) > 0 {
		t.Errorf("lint found %v, %v", problems, err)
	}
	if n, err := testutil.GatherAndCount(reg); err != nil || n != 8 {
		t.Errorf("%d metrics, %v, want 8: all but those of free space and restarts", n, err)
	}
	if got := log.Durability(); got != "quorum" {
		t.Errorf("Durability() = %s, want quorum", got)
	}
	mustClose(t, log)
	if n, _ := testutil.GatherAndCount(reg); n != 0 {
		t.Errorf("%d metrics are left after Close", n)
	}
}

func TestClusterOptionsNameTheBadField(t *testing.T) {
	for field, spoil := range map[string]func(*natslog.Options){
		"Cluster.Connect":  func(o *natslog.Options) { o.Cluster.Connect = nil },
		"Cluster.Replicas": func(o *natslog.Options) { o.Cluster.Replicas = 6 },
		"Cluster.Wait":     func(o *natslog.Options) { o.Cluster.Wait = 0 },
		"Cluster excludes": func(o *natslog.Options) { o.Salvage = true },
	} {
		opts := options(t)
		opts.Cluster = &natslog.Cluster{Connect: func(...nats.Option) (*nats.Conn, error) { return nil, net.ErrClosed }, Wait: time.Second}
		spoil(&opts)
		if _, err := natslog.Open(t.Context(), opts); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("Open() = %v, want an error that names %s", err, field)
		}
	}
}

// TestReplicasOnASingleServer: more copies than there are servers are refused, and not waited for.
func TestReplicasOnASingleServer(t *testing.T) {
	t.Parallel()
	opts := inCluster(t, clustertest.Single(t, single))
	opts.Cluster.Replicas, opts.Cluster.Wait = 3, 10*time.Second
	checkRefused(t, opts, natslog.ErrUnusable, "replicas")
}
