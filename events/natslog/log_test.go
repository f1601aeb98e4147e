package natslog_test

import (
	"context"
	"testing"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/natslog"
)

func TestLog(t *testing.T) {
	eventtest.TestLog(t, func(tb testing.TB) events.Log { return mustOpen(tb, options(tb)) })
}

// options are those of a log in a directory of its own.
func options(tb testing.TB) natslog.Options {
	return natslog.NewOptions(tb.TempDir())
}

// mustOpen opens a log until the test ends.
func mustOpen(tb testing.TB, opts natslog.Options) *natslog.Log {
	tb.Helper()
	log, err := natslog.Open(eventtest.Context(tb), opts)
	if err != nil {
		tb.Fatalf("Open() failed: %v", err)
	}
	tb.Cleanup(func() { mustClose(tb, log) })
	return log
}

func mustClose(tb testing.TB, log *natslog.Log) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := log.Close(ctx); err != nil {
		tb.Errorf("Close() failed: %v", err)
	}
}
