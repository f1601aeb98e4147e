package natslog_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/prometheus/client_golang/prometheus"
)

func TestAppendKeepsAReserve(t *testing.T) {
	var free atomic.Uint64
	free.Store(10 << 20)
	reg := prometheus.NewRegistry()
	opts := options(t)
	opts.Registerer, opts.ReserveBytes = reg, 5<<20
	opts.Free = func(string) (uint64, error) { return free.Load(), nil }
	log := mustOpen(t, opts)
	commits := eventtest.MustFill(t, log, events.Head{}, 2)

	free.Store(5 << 20)
	if _, err := log.Append(eventtest.Context(t), commits[1].Head(), "c3", eventtest.Batch("c3", 1, 50)); !errors.Is(err, events.ErrFull) {
		t.Errorf("Append() = %v, want ErrFull", err)
	}
	if got := len(eventtest.MustChain(t, log)); got != 2 {
		t.Errorf("the log has %d commits, want 2", got)
	}
	if got := metric(t, reg, "kaohe_log_append_full_total"); got != 1 {
		t.Errorf("kaohe_log_append_full_total = %v, want 1", got)
	}
	free.Store(10 << 20)
	eventtest.MustFill(t, log, commits[1].Head(), 1)
}

func TestServerThatCannotStoreIsRestarted(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewRegistry()
	opts := options(t)
	opts.Registerer = reg
	log := mustOpen(t, opts)
	head := eventtest.MustFill(t, log, events.Head{}, 3)[2].Head()
	read := make(chan []events.Commit)
	go func() { read <- eventtest.MustRead(t, log, 0, 5) }()

	if err := log.BreakServer(); err != nil {
		t.Fatal(err)
	}
	eventtest.MustFill(t, log, head, 2)
	if got := len(eventtest.MustChain(t, log)); got != 5 {
		t.Errorf("the log has %d commits, want 5", got)
	}
	if got := len(<-read); got != 5 {
		t.Errorf("a reader that was there before got %d commits, want 5", got)
	}
	if got := metric(t, reg, "kaohe_log_server_restarts_total"); got != 1 {
		t.Errorf("kaohe_log_server_restarts_total = %v, want 1", got)
	}
}

func TestServerIsRestartedOnlyWithSpace(t *testing.T) {
	var free atomic.Uint64
	free.Store(10 << 20)
	reg := prometheus.NewRegistry()
	opts := options(t)
	opts.Registerer, opts.ReserveBytes = reg, 5<<20
	opts.Free = func(string) (uint64, error) { return free.Load(), nil }
	log := mustOpen(t, opts)
	if err := log.BreakServer(); err != nil {
		t.Fatal(err)
	}
	free.Store(0)
	if _, err := log.Append(eventtest.Context(t), events.Head{}, "c1", eventtest.Batch("c1", 1, 50)); !errors.Is(err, events.ErrFull) {
		t.Errorf("Append() = %v, want ErrFull", err)
	}
	if got := metric(t, reg, "kaohe_log_server_restarts_total"); got != 0 {
		t.Errorf("kaohe_log_server_restarts_total = %v without space, want 0", got)
	}
	free.Store(10 << 20)
	eventtest.MustFill(t, log, events.Head{}, 1)
	if got := metric(t, reg, "kaohe_log_server_restarts_total"); got != 1 {
		t.Errorf("kaohe_log_server_restarts_total = %v, want 1", got)
	}
}

func TestServerAdmitsNobodyElse(t *testing.T) {
	log := mustOpen(t, options(t))
	said, err := log.ConnectAnonymously()
	if err != nil || !strings.Contains(said, "Authorization Violation") || strings.Contains(said, "PONG") {
		t.Errorf("the server said %q, %v to a connection without the key, want a refusal", said, err)
	}
}
