package natslog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/natslog"
	"github.com/kaohe/kaohe/events/natslog/clustertest"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// author appends to a log that others append to, as an intake does: when the log has grown it reads on and tries again.
type author struct {
	name string
	log  *natslog.Log

	mu    sync.Mutex
	acked map[string]uint64 // sequences by id
}

func newAuthor(name string, log *natslog.Log) *author {
	return &author{name: name, log: log, acked: map[string]uint64{}}
}

// write appends until ctx ends or n commits are in.
func (a *author) write(ctx context.Context, n int) error {
	var head events.Head
	for i := 0; i < n && ctx.Err() == nil; i++ {
		id := fmt.Sprintf("%s%d", a.name, i)
		for {
			c, err := a.log.Append(ctx, head, id, eventtest.Batch(id, 2, 100))
			if err == nil {
				head = c.Head()
				a.mu.Lock()
				a.acked[id] = c.Seq
				a.mu.Unlock()
				break
			}
			if ctx.Err() != nil {
				return nil
			}
			if !errors.Is(err, events.ErrMoved) {
				return err
			}
			head = a.head(ctx)
		}
	}
	return nil
}

// head waits until the log tells its end.
func (a *author) head(ctx context.Context) events.Head {
	for ctx.Err() == nil {
		end, err := a.log.End(ctx)
		if err != nil {
			continue // servers come and go
		}
		if last, err := a.log.Get(ctx, end); err == nil {
			return last.Head()
		}
	}
	return events.Head{}
}

func (a *author) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.acked)
}

// checkAuthors makes sure that all that was acknowledged stands where that was said, once, in one chain.
func checkAuthors(t *testing.T, log *natslog.Log, authors ...*author) {
	t.Helper()
	stands := map[string]uint64{}
	for _, c := range eventtest.MustChain(t, log) {
		stands[c.ID] = c.Seq
	}
	for _, a := range authors {
		for id, seq := range a.acked {
			if stands[id] != seq {
				t.Errorf("%s was acknowledged at %d and stands at %d", id, seq, stands[id])
			}
		}
	}
}

func testClusterWriters(t *testing.T, c *clustertest.Cluster) {
	log, _ := fresh(t, c)
	ctx, n := eventtest.Context(t), 60
	authors := []*author{newAuthor("a", log), newAuthor("b", mustOpen(t, inCluster(t, c))), newAuthor("c", mustOpen(t, inCluster(t, c)))}
	var all sync.WaitGroup
	for _, a := range authors {
		all.Go(func() {
			if err := a.write(ctx, n); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	checkAuthors(t, log, authors...)
	if end := eventtest.MustEnd(t, log); end != uint64(len(authors)*n) {
		t.Errorf("End() = %d, want %d", end, len(authors)*n)
	}
}

// TestLaggardIsNotBelieved has somebody answer for a server that does not have any commit yet.
func TestLaggardIsNotBelieved(t *testing.T) {
	t.Parallel()
	c := clustertest.Single(t, single)
	said := answerLate(t, c)
	opts := inCluster(t, c)
	opts.Wrap = func(_ natslog.Role, c net.Conn) net.Conn { return diverted{c, new(atomic.Bool)} }
	log := mustOpen(t, opts)
	want := eventtest.MustFill(t, log, events.Head{}, 3)
	for i, c := range want {
		got, err := log.Get(eventtest.Context(t), c.Seq)
		if err != nil || got.ID != c.ID || got.Prev != c.Prev || string(got.Body) != string(c.Body) || got.Recorded.IsZero() {
			t.Errorf("Get(%d) = %q, %v, want %q", c.Seq, got.ID, err, c.ID)
		}
		if n := said.Load(); n != int64(i+1) {
			t.Errorf("the one that lags was asked %d times, want %d", n, i+1)
		}
	}
	if _, err := log.Get(eventtest.Context(t), 4); !errors.Is(err, events.ErrNotFound) {
		t.Errorf("Get(4) = %v, want ErrNotFound", err)
	}
}

// TestWhatWasSeenIsWaitedFor: the leader, too, may have a commit later than one of the others has given it to a reader.
func TestWhatWasSeenIsWaitedFor(t *testing.T) {
	t.Parallel()
	c := clustertest.Single(t, single)
	said := answerLate(t, c)
	opts := inCluster(t, c)
	var late atomic.Bool
	opts.Wrap = func(_ natslog.Role, c net.Conn) net.Conn { return diverted{c, &late} }
	log := mustOpen(t, opts)
	stored := eventtest.MustFill(t, log, events.Head{}, 1)[0]
	late.Store(true)
	got := make(chan error, 1)
	go func() {
		c, err := log.Get(context.Background(), stored.Seq)
		if err == nil && c.ID != stored.ID {
			err = fmt.Errorf("it is %q, not %q", c.ID, stored.ID)
		}
		got <- err
	}()
	clustertest.Await(t, "three questions for the commit", func() bool { return said.Load() >= 6 })
	late.Store(false)
	if err := <-got; err != nil {
		t.Errorf("Get() of what was appended = %v", err)
	}
	late.Store(true)
	if _, err := log.Get(eventtest.Context(t), stored.Seq); err == nil || errors.Is(err, events.ErrNotFound) {
		t.Errorf("Get() = %v as long as no server has the commit, want an error that does not deny it", err)
	}
	if _, err := log.Get(eventtest.Context(t), stored.Seq+1); !errors.Is(err, events.ErrNotFound) {
		t.Errorf("Get() of what nobody has seen = %v, want ErrNotFound", err)
	}
}

// Subjects of those that lag, as long as the true ones. JetStream itself answers whatever begins with $JS.API.STREAM.
const (
	lateAnybody = "$JS.API.DIRECT.GET.KAOHE_LAG"
	lateLeader  = "_JS.API.STREAM.MSG.GET.KAOHE_LAG"
)

// answerLate has somebody answer for servers that do not have any commit yet, and counts the answers.
func answerLate(t *testing.T, c *clustertest.Cluster) *atomic.Int64 {
	t.Helper()
	nc, err := c.Dial(t, clustertest.Kaohe)()
	must(t, err)
	t.Cleanup(nc.Close)
	said := new(atomic.Int64)
	_, err = nc.Subscribe(lateAnybody, func(m *nats.Msg) {
		said.Add(1)
		none := nats.NewMsg(m.Reply)
		none.Header.Set("Status", "404")
		none.Header.Set("Description", "Message Not Found")
		_ = nc.PublishMsg(none)
	})
	must(t, err)
	_, err = nc.Subscribe(lateLeader, func(m *nats.Msg) {
		said.Add(1)
		_ = m.Respond([]byte(`{"error":{"code":404,"err_code":10037,"description":"no message found"}}`))
	})
	must(t, err)
	must(t, nc.Flush())
	return said
}

// diverted sends what is asked of any server to the one that lags, and what is asked of the leader as long as that is late.
type diverted struct {
	net.Conn
	late *atomic.Bool
}

func (d diverted) Write(p []byte) (int, error) {
	p = bytes.ReplaceAll(p, []byte("$JS.API.DIRECT.GET."+natslog.Stream), []byte(lateAnybody))
	if d.late.Load() {
		p = bytes.ReplaceAll(p, []byte("$JS.API.STREAM.MSG.GET."+natslog.Stream), []byte(lateLeader))
	}
	return d.Conn.Write(p)
}

// testClusterRolling restarts the stream's leader, and then another server, while two write.
func testClusterRolling(t *testing.T, c *clustertest.Cluster) {
	log, _ := fresh(t, c)
	ctx, stop := context.WithCancel(t.Context()) // they write until all is over, however long servers take to come back
	defer stop()
	authors := []*author{newAuthor("a", log), newAuthor("b", mustOpen(t, inCluster(t, c)))}
	var all sync.WaitGroup
	for _, a := range authors {
		all.Go(func() {
			if err := a.write(ctx, 1<<30); err != nil {
				t.Error(err)
			}
		})
	}
	more := func() {
		t.Helper()
		var had [2]int
		for i, a := range authors {
			had[i] = a.count()
		}
		clustertest.Await(t, "further commits", func() bool { return authors[0].count() > had[0]+5 && authors[1].count() > had[1]+5 })
	}
	more()
	leader := c.Leader(t, natslog.Stream)
	c.Kill(leader)
	more()
	c.Restart(t, leader)
	c.AwaitCurrent(t, natslog.Stream)
	follower := (c.Leader(t, natslog.Stream) + 1) % 3
	c.Kill(follower)
	more()
	c.Restart(t, follower)
	more()
	stop()
	all.Wait()
	c.AwaitCurrent(t, natslog.Stream)
	checkAuthors(t, log, authors...)
}

// testClusterQuorum: with one server of three a commit is neither stored nor refused, and when there are two it is there once.
func testClusterQuorum(t *testing.T, c *clustertest.Cluster) {
	log, opts := fresh(t, c)
	head := eventtest.MustFill(t, log, events.Head{}, 3)[2].Head()
	c.AwaitCurrent(t, natslog.Stream)
	leader := c.Leader(t, natslog.Stream)
	others := []int{(leader + 1) % 3, (leader + 2) % 3}
	c.Kill(others[0])
	c.Kill(others[1])
	ctx, cancel := context.WithTimeout(eventtest.Context(t), time.Second)
	defer cancel()
	body := eventtest.Batch("d", 1, 50)
	if _, err := log.Append(ctx, head, "d", body); !errors.Is(err, events.ErrUnknown) {
		t.Errorf("Append() without a quorum = %v, want ErrUnknown", err)
	}
	clustertest.Await(t, "doubt about the end of the log", func() bool {
		ctx, cancel := context.WithTimeout(eventtest.Context(t), 300*time.Millisecond)
		defer cancel()
		_, err := log.End(ctx)
		return err != nil
	})
	c.Restart(t, others[0])
	if _, err := log.Append(eventtest.Context(t), head, "d", body); err != nil {
		t.Errorf("Append() again with a quorum failed: %v", err)
	}
	c.Restart(t, others[1])
	c.AwaitCurrent(t, natslog.Stream)
	if got := ids(eventtest.MustChain(t, log)); !cmp.Equal(got, []string{"c1", "c2", "c3", "d"}) {
		t.Errorf("the log has %q, want the commit once", got)
	}
	mustClose(t, log)
	mustOpen(t, opts)
}

// TestClusterSurvivesFaults runs the faults of the embedded server's log over TCP.
func TestClusterSurvivesFaults(t *testing.T) {
	t.Parallel()
	c := clustertest.Single(t, single)
	faults := eventtest.NewFaults(natslog.Subject)
	opts := inCluster(t, c)
	opts.AckTimeout = 50 * time.Millisecond
	opts.Wrap = func(r natslog.Role, c net.Conn) net.Conn {
		if r != natslog.Writer {
			return c
		}
		return faults.Conn(c)
	}
	log := mustOpen(t, opts)
	all := []eventtest.Fault{eventtest.LosePublish, eventtest.LoseAck, eventtest.HoldAck, eventtest.CutPublish, eventtest.CutAck}
	for _, f := range slices.Concat(all, all) {
		faults.Script(f, eventtest.None)
	}
	want := eventtest.MustFill(t, log, events.Head{}, 20)
	faults.Release()
	if got := eventtest.MustChain(t, log); !cmp.Equal(ids(want), ids(got)) {
		t.Errorf("the log has %q, want %q", ids(got), ids(want))
	}
	if left := faults.Pending(); left != 0 {
		t.Errorf("%d faults have not happened", left)
	}
}

// single is one server whose account has room for little.
const single = `accounts { KAOHE { jetstream: {max_file: 4MB}, users: [{user: kaohe, password: $KAOHE_NATS_PASSWORD}] } }`

// TestClusterWithoutRoom: an account has a limit, and the log goes on when that is raised, or here, when time has passed.
func TestClusterWithoutRoom(t *testing.T) {
	t.Parallel()
	c := clustertest.Single(t, single)
	opts := inCluster(t, c)
	opts.AckTimeout = 20 * time.Second // what is full may not be doubted for the sake of a slow disk
	now := time.Date(2018, 3, 31, 8, 0, 0, 0, time.UTC)
	opts.Now = func() time.Time { return now }
	log := mustOpen(t, opts)
	var head events.Head
	var err error
	for i := 0; err == nil && i < 20; i++ {
		var stored events.Commit
		if stored, err = log.Append(eventtest.Context(t), head, fmt.Sprint("c", i), eventtest.Batch("x", 1, events.MaxCommit-10)); err == nil {
			head = stored.Head()
		}
		if full := log.Room(); (err == nil) != (full == nil) {
			t.Fatalf("Append() = %v, Room() = %v", err, full)
		}
	}
	if !errors.Is(err, events.ErrFull) || errors.Is(err, events.ErrUnknown) || head.Seq < 5 {
		t.Fatalf("Append() = %v after %d commits, want ErrFull", err, head.Seq)
	}
	now = now.Add(time.Minute)
	if err := log.Room(); err != nil {
		t.Errorf("Room() a minute later = %v, want that it may be tried", err)
	}
	small := eventtest.MustAppend(t, log, head, "small", eventtest.Batch("s", 1, 50))
	if got := eventtest.MustEnd(t, log); got != small.Seq {
		t.Errorf("End() = %d, want %d", got, small.Seq)
	}
	c.As(t, clustertest.Kaohe, func(ctx context.Context, js jetstream.JetStream) error {
		s, err := js.Stream(ctx, natslog.Stream)
		if err == nil && s.CachedInfo().Config.Replicas != 1 {
			t.Errorf("on a single server the stream has %d replicas", s.CachedInfo().Config.Replicas)
		}
		return err
	})
}
