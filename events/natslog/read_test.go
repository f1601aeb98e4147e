package natslog_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/natslog"
	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"
)

func TestReadRebuildsItsConsumer(t *testing.T) {
	for _, c := range []struct {
		name string
		lose int // of ten commits
	}{
		{"when commits are missing before others", 3},
		{"when commits do not arrive though they are there", 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			reg := prometheus.NewRegistry()
			log, faults := openFaulty(t, natslog.Reader, func(o *natslog.Options) { o.Registerer, o.Stall = reg, time.Second })
			want := eventtest.MustFill(t, log, events.Head{}, 10)
			faults.LoseDeliveries(c.lose)
			if got := eventtest.MustChain(t, log); !cmp.Equal(ids(want), ids(got)) {
				t.Errorf("Read() gave %q, want %q", ids(got), ids(want))
			}
			if got := metric(t, reg, "kaohe_log_reader_rebuilds_total"); got != 1 {
				t.Errorf("kaohe_log_reader_rebuilds_total = %v, want 1", got)
			}
		})
	}
}

func TestReadWaitsWithoutRebuilding(t *testing.T) {
	reg := prometheus.NewRegistry()
	opts := options(t)
	opts.Registerer, opts.Stall = reg, time.Millisecond
	log := mustOpen(t, opts)
	var head events.Head
	done := make(chan []events.Commit)
	go func() { done <- eventtest.MustRead(t, log, 0, 50) }()
	for range 50 {
		head = eventtest.MustFill(t, log, head, 1)[0].Head()
	}
	if got := len(<-done); got != 50 {
		t.Errorf("Read() gave %d commits, want 50", got)
	}
	if got := metric(t, reg, "kaohe_log_last_sequence"); got != 50 {
		t.Errorf("kaohe_log_last_sequence = %v, want 50", got)
	}
}

func TestReadPassesOverGaps(t *testing.T) {
	opts := options(t)
	opts.Stall = 20 * time.Millisecond
	natslog.MakeDamaged(t, opts.Dir, 1, 3, 4)
	log := natslog.OpenUnchecked(t, opts)
	if got, want := ids(eventtest.MustRead(t, log, 0, 6)), []string{"c2", "c5", "c6"}; !cmp.Equal(got, want) {
		t.Errorf("Read() gave %q, want %q", got, want)
	}
	if got, want := ids(eventtest.MustRead(t, log, 2, 6)), []string{"c5", "c6"}; !cmp.Equal(got, want) {
		t.Errorf("Read(after 2) gave %q, want %q", got, want)
	}
	if _, err := log.Get(eventtest.Context(t), 3); !errors.Is(err, events.ErrNotFound) {
		t.Errorf("Get(3) = %v, want ErrNotFound", err)
	}
	if _, err := log.Append(eventtest.Context(t), events.Head{Seq: 3}, "x", eventtest.Batch("x", 1, 50)); err == nil {
		t.Error("Append() where a commit was lost succeeded")
	}
}

// asking counts how often a reader asks for its consumer.
type asking struct {
	net.Conn
	times *atomic.Int64
}

func (a asking) Write(p []byte) (int, error) {
	a.times.Add(int64(bytes.Count(p, []byte("$JS.API.CONSUMER.INFO."))))
	return a.Conn.Write(p)
}

// TestReadWaitsAtAGap: when the last commits are lost the reader waits for new ones and does not rebuild for ever.
func TestReadWaitsAtAGap(t *testing.T) {
	reg := prometheus.NewRegistry()
	opts := options(t)
	opts.Registerer, opts.Stall = reg, 400*time.Millisecond
	var asked atomic.Int64
	opts.Wrap = func(_ natslog.Role, c net.Conn) net.Conn { return asking{c, &asked} }
	natslog.MakeDamaged(t, opts.Dir, 5, 6)
	log := natslog.OpenUnchecked(t, opts)
	ctx, cancel := context.WithCancel(eventtest.Context(t))
	var got []uint64
	fourth, result := make(chan struct{}), make(chan error, 1)
	go func() {
		result <- log.Read(ctx, 0, func(c events.Commit) error {
			if got = append(got, c.Seq); c.Seq == 4 {
				close(fourth)
			}
			return nil
		})
	}()
	select {
	case <-fourth:
	case <-ctx.Done():
		t.Fatal("the fourth commit does not come")
	}
	before := asked.Load()
	eventually(t, "the reader has looked whether more should have come, three times", func() bool { return asked.Load() >= before+3 })
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) || !cmp.Equal(got, []uint64{1, 2, 3, 4}) {
		t.Errorf("Read() gave %d, then %v, want 1 to 4, then the end of the context", got, err)
	}
	if got := metric(t, reg, "kaohe_log_reader_rebuilds_total"); got != 0 {
		t.Errorf("kaohe_log_reader_rebuilds_total = %v, want 0", got)
	}
}

func TestReadGivesForeignMessages(t *testing.T) {
	log := mustOpen(t, options(t))
	head := eventtest.MustFill(t, log, events.Head{}, 1)[0].Head()
	if err := log.PutRaw(eventtest.Context(t), &nats.Msg{Subject: natslog.Subject, Data: []byte("hello")}); err != nil {
		t.Fatal(err)
	}
	got := eventtest.MustRead(t, log, 1, 2)[0]
	if got.ID != "" || got.Prev != "" || string(got.Body) != "hello" || got.Follows(head) {
		t.Errorf("Read() = %+v, want a commit without id that follows nothing", got)
	}
	if _, err := log.Append(eventtest.Context(t), head, "mine", eventtest.Batch("mine", 1, 50)); err == nil {
		t.Error("Append() where the foreign message stands succeeded")
	}
	eventtest.MustAppend(t, log, got.Head(), "mine", eventtest.Batch("mine", 1, 50))
}
