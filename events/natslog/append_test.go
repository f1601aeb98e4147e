package natslog_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/natslog"
	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"
)

// openFaulty opens a log with faults between it and its server, on the connections of one role.
func openFaulty(t *testing.T, role natslog.Role, change func(*natslog.Options)) (*natslog.Log, *eventtest.Faults) {
	t.Helper()
	faults := eventtest.NewFaults(natslog.Subject)
	opts := options(t)
	opts.AckTimeout = 100 * time.Millisecond
	opts.Wrap = func(r natslog.Role, c net.Conn) net.Conn {
		if r != role {
			return c
		}
		return faults.Conn(c)
	}
	if change != nil {
		change(&opts)
	}
	return mustOpen(t, opts), faults
}

func TestAppendSurvivesFaults(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault []eventtest.Fault
	}{
		{"a time-out before the commit was stored", []eventtest.Fault{eventtest.LosePublish}},
		{"a time-out after the commit was stored", []eventtest.Fault{eventtest.LoseAck}},
		{"an acknowledgement that comes after the retry", []eventtest.Fault{eventtest.HoldAck}},
		{"a connection cut in the middle of the commit", []eventtest.Fault{eventtest.CutPublish}},
		{"a connection cut before the acknowledgement", []eventtest.Fault{eventtest.CutAck}},
		{"one thing after the other", []eventtest.Fault{eventtest.LosePublish, eventtest.CutPublish, eventtest.CutAck, eventtest.LoseAck}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			reg := prometheus.NewRegistry()
			// Each try that a slow disk makes late would be one more publish: what was lost is waited for much longer than what was not.
			log, faults := openFaulty(t, natslog.Writer, func(o *natslog.Options) { o.Registerer, o.AckTimeout = reg, 2*time.Second })
			want := eventtest.MustFill(t, log, events.Head{}, 2)
			faults.Script(c.fault...)
			want = append(want, eventtest.MustFill(t, log, want[1].Head(), 1)...)
			faults.Release()
			want = append(want, eventtest.MustFill(t, log, want[2].Head(), 2)...)

			if got := eventtest.MustChain(t, log); !cmp.Equal(ids(want), ids(got)) {
				t.Errorf("the log has %q, want %q", ids(got), ids(want))
			}
			if got, want := faults.Published(), 5+len(c.fault); got != want {
				t.Errorf("%d publishes, want %d: one for each fault more", got, want)
			}
			if got := metric(t, reg, "kaohe_log_append_retries_total"); got < float64(len(c.fault)) {
				t.Errorf("kaohe_log_append_retries_total = %v, want at least %d", got, len(c.fault))
			}
		})
	}
}

func ids(commits []events.Commit) (ids []string) {
	for _, c := range commits {
		ids = append(ids, c.ID)
	}
	return ids
}

func TestAppendSurvivesRandomFaults(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	log, faults := openFaulty(t, natslog.Writer, func(o *natslog.Options) { o.AckTimeout = 50 * time.Millisecond })
	for range 40 {
		faults.Script(eventtest.Fault(random.IntN(int(eventtest.CutAck)+1)), eventtest.None)
	}
	want := eventtest.MustFill(t, log, events.Head{}, 80)
	faults.Release()
	if got := eventtest.MustChain(t, log); !cmp.Equal(ids(want), ids(got)) {
		t.Errorf("the log has %q, want %q", ids(got), ids(want))
	}
	if left := faults.Pending(); left != 0 {
		t.Errorf("%d faults have not happened", left)
	}
}

func TestAppendTellsAnotherFromItself(t *testing.T) {
	t.Parallel()
	log, faults := openFaulty(t, natslog.Writer, func(o *natslog.Options) { o.AckTimeout = 20 * time.Millisecond })
	lost := make([]eventtest.Fault, 1000) // until the other is in
	for i := range lost {
		lost[i] = eventtest.LosePublish
	}
	faults.Script(lost...)
	result := make(chan error)
	go func() {
		_, err := log.Append(eventtest.Context(t), events.Head{}, "mine", eventtest.Batch("mine", 1, 50))
		result <- err
	}()
	other := events.Commit{Seq: 1, ID: "other", Prev: events.Head{}.HashHex(), Body: eventtest.Batch("other", 1, 50)}
	if err := log.PutRaw(eventtest.Context(t), message(other)); err != nil {
		t.Fatal(err)
	}
	faults.Clear()
	if err := <-result; !errors.Is(err, events.ErrMoved) {
		t.Errorf("Append() = %v, want ErrMoved", err)
	}
	if got := ids(eventtest.MustChain(t, log)); !cmp.Equal(got, []string{"other"}) {
		t.Errorf("the log has %q, want the other commit only", got)
	}
}

func message(c events.Commit) *nats.Msg {
	return &nats.Msg{Subject: natslog.Subject, Data: c.Body,
		Header: nats.Header{natslog.HeaderCommit: {c.ID}, natslog.HeaderPrev: {c.Prev}}}
}

func TestAppendAdmitsThatItDoesNotKnow(t *testing.T) {
	for _, c := range []struct {
		fault  eventtest.Fault
		stored uint64
	}{{eventtest.LosePublish, 0}, {eventtest.LoseAck, 1}} {
		t.Run(c.fault.String(), func(t *testing.T) {
			t.Parallel()
			log, faults := openFaulty(t, natslog.Writer, func(o *natslog.Options) { o.AckTimeout = time.Minute })
			faults.Script(c.fault)
			ctx, cancel := context.WithCancelCause(eventtest.Context(t))
			body := eventtest.Batch("a", 1, 50)
			result := make(chan error, 1)
			go func() {
				_, err := log.Append(ctx, events.Head{}, "a", body)
				result <- err
			}()
			eventually(t, "the fault has happened", func() bool { return faults.Pending() == 0 && eventtest.MustEnd(t, log) == c.stored })
			cancel(context.DeadlineExceeded) // as if it had come just now
			if err := <-result; !errors.Is(err, events.ErrUnknown) || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Append() = %v, want ErrUnknown and the deadline", err)
			}
			if end := eventtest.MustEnd(t, log); end != c.stored {
				t.Errorf("End() = %d, want %d", end, c.stored)
			}
			eventtest.MustAppend(t, log, events.Head{}, "a", body)
			if got := ids(eventtest.MustChain(t, log)); !cmp.Equal(got, []string{"a"}) {
				t.Errorf("the log has %q, want the commit once", got)
			}
		})
	}
}

func TestAppendInFlightEndsWithTheLog(t *testing.T) {
	t.Parallel()
	log, faults := openFaulty(t, natslog.Writer, func(o *natslog.Options) { o.AckTimeout = time.Minute })
	faults.Script(eventtest.HoldAck)
	result := make(chan error)
	go func() {
		_, err := log.Append(eventtest.Context(t), events.Head{}, "a", eventtest.Batch("a", 1, 50))
		result <- err
	}()
	if err := faults.AwaitHeld(eventtest.Context(t)); err != nil {
		t.Fatal(err)
	}
	mustClose(t, log)
	if err := <-result; !errors.Is(err, events.ErrUnknown) || !errors.Is(err, natslog.ErrClosed) {
		t.Errorf("Append() = %v, want ErrUnknown because of ErrClosed", err)
	}
}

// metric returns the value of a metric without labels.
func metric(t *testing.T, reg *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			m := f.GetMetric()[0]
			return m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	t.Fatal(fmt.Errorf("no metric %s", name))
	return 0
}
