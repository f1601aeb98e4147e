package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/app"
	"github.com/kaohe/kaohe/deploy"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/events/natslog"
	"github.com/kaohe/kaohe/indicators"
)

// seedDay is the last day of the seed quarter.
var seedDay = events.NewDay(2018, time.March, 31)

// loadPlan reads the built-in plan, which never changes, once.
var loadPlan = sync.OnceValues(func() (*indicators.Plan, []events.Mistake) { return indicators.Load(deploy.Plan()) })

func mustPlan(tb testing.TB) *indicators.Plan {
	tb.Helper()
	plan, mistakes := loadPlan()
	for _, m := range mistakes {
		tb.Error(m.In(events.English))
	}
	if plan == nil {
		tb.FailNow()
	}
	return plan
}

// options are those of a daemon on a free port with a clock that stands in April 2018.
func options(tb testing.TB, dir string) app.Options {
	tb.Helper()
	var ids atomic.Int64
	return app.Options{
		Data: dir, Listen: "127.0.0.1:0", Plan: mustPlan(tb), AsOf: seedDay,
		Now:    func() time.Time { return time.Date(2018, 4, 2, 9, 0, 0, 0, time.UTC) },
		NewID:  func() string { return fmt.Sprintf("test-%d", ids.Add(1)) },
		Logger: slog.New(slog.DiscardHandler), Version: "test",
	}
}

func mustStart(tb testing.TB, opts app.Options) *app.App {
	tb.Helper()
	a, err := app.New(opts)
	if err != nil {
		tb.Fatal(err)
	}
	if err := a.Start(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { mustStop(tb, a) })
	if err := a.Caught(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return a
}

func mustStop(tb testing.TB, a *app.App) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := a.Stop(ctx); err != nil {
		tb.Errorf("Stop() = %v", err)
	}
}

// get asks for a page. Where the machine folds more slowly than a question with at_least waits for, it asks again.
func get(tb testing.TB, a *app.App, path string) (status int, body string) {
	tb.Helper()
	for end := time.Now().Add(20 * time.Second); ; {
		resp, err := http.Get("http://" + a.Addr() + path)
		if err != nil {
			tb.Fatal(err)
		}
		b, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			tb.Fatal(err)
		}
		if resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(path, "at_least=") || time.Now().After(end) {
			return resp.StatusCode, string(b)
		}
	}
}

// mustPost sends events as a batch over HTTP and returns the receipt.
func mustPost(tb testing.TB, a *app.App, lines []string) intake.Answer {
	tb.Helper()
	resp, err := http.Post("http://"+a.Addr()+"/v1/events", "application/cloudevents-batch+json", strings.NewReader("["+strings.Join(lines, ",")+"]"))
	if err != nil {
		tb.Fatal(err)
	}
	defer resp.Body.Close()
	var answer intake.Answer
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || resp.StatusCode != http.StatusOK {
		tb.Fatalf("post %d events: status %d, %v, %+v", len(lines), resp.StatusCode, err, answer)
	}
	return answer
}

// demoLines are the events of the seed quarter.
func demoLines(tb testing.TB) (lines []string) {
	tb.Helper()
	for _, name := range []string{"facts.ndjson", "targets.ndjson"} {
		content, err := fs.ReadFile(deploy.Demo(), name)
		if err != nil {
			tb.Fatal(err)
		}
		for line := range bytes.Lines(content) {
			if line = bytes.TrimSpace(line); len(line) > 0 {
				lines = append(lines, string(line))
			}
		}
	}
	return lines
}

func TestOptionsNameTheBadField(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*app.Options)
		want   string
	}{
		{"no data directory", func(o *app.Options) { o.Data = "" }, "Options.Data"},
		{"no plan", func(o *app.Options) { o.Plan = nil }, "Options.Plan"},
		{"no clock", func(o *app.Options) { o.Now = nil }, "Options.Now"},
		{"no logger", func(o *app.Options) { o.Logger = nil }, "Options.Logger"},
		{"no port", func(o *app.Options) { o.Listen = "127.0.0.1" }, "host:port"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			opts := options(t, t.TempDir())
			tt.change(&opts)
			if _, err := app.New(opts); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("New() = %v, want an error naming %s", err, tt.want)
			}
		})
	}
}

func TestOnlyThisMachineIsServed(t *testing.T) {
	for _, listen := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:80", "example.org:80"} {
		opts := options(t, t.TempDir())
		opts.Listen = listen
		if _, err := app.New(opts); !errors.Is(err, app.ErrOpen) {
			t.Errorf("New() listening on %s = %v, want ErrOpen", listen, err)
		}
	}
	for _, listen := range []string{"127.0.0.1:0", "localhost:0", "[::1]:0", "127.1.2.3:0", ""} {
		opts := options(t, t.TempDir())
		opts.Listen = listen
		if _, err := app.New(opts); err != nil {
			t.Errorf("New() listening on %q = %v, want no error", listen, err)
		}
	}
}

func TestLifecycle(t *testing.T) {
	dir := t.TempDir()
	a := mustStart(t, options(t, dir))
	for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "ready\n"} {
		if status, body := get(t, a, path); status != http.StatusOK || body != want {
			t.Errorf("GET %s = %d %q, want 200 %q", path, status, body, want)
		}
	}
	second, err := app.New(options(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	var locked *natslog.LockedError
	if err := second.Start(t.Context()); !errors.As(err, &locked) || locked.Holder.Addr != a.URL() {
		t.Errorf("second Start() = %v, want a LockedError naming %s", err, a.URL())
	}
	mustStop(t, a)
	mustStop(t, a) // again is fine
	if err := a.Ready(t.Context()); err == nil {
		t.Error("Ready() of a stopped daemon = nil, want a reason")
	}
	if _, err := http.Get("http://" + a.Addr() + "/healthz"); err == nil {
		t.Error("a stopped daemon still answers")
	}
	mustStart(t, options(t, dir)) // the directory is free again
}

func TestTakenPortGivesTheDirectoryBack(t *testing.T) {
	first := mustStart(t, options(t, t.TempDir()))
	opts := options(t, t.TempDir())
	opts.Listen = first.Addr()
	a, err := app.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err == nil {
		t.Fatal("Start() on a taken port succeeds")
	}
	opts.Listen = "127.0.0.1:0"
	mustStart(t, opts)
}

func TestPagesElsewhereCannotRecord(t *testing.T) {
	a := mustStart(t, options(t, t.TempDir()))
	req, err := http.NewRequest(http.MethodPost, "http://"+a.Addr()+"/v1/events", strings.NewReader(demoLines(t)[0]))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/cloudevents+json")
	req.Header.Set("Origin", "https://evil.example")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("POST from another origin = %d, want 403", resp.StatusCode)
	}
}

func TestRestartKnowsWhatIsRecorded(t *testing.T) {
	dir := t.TempDir()
	lines := demoLines(t)
	a := mustStart(t, options(t, dir))
	if r := mustPost(t, a, lines); r.New != len(lines) || r.Durability != "fsync" {
		t.Errorf("first time: %d new, durability %s, want %d, fsync", r.New, r.Durability, len(lines))
	}
	_, before := get(t, a, "/v1/scorecard?at_least=end")
	mustStop(t, a)
	a = mustStart(t, options(t, dir))
	if r := mustPost(t, a, lines); r.New != 0 || r.Recorded != len(lines) {
		t.Errorf("after a restart: %d new, %d recorded, want 0, %d", r.New, r.Recorded, len(lines))
	}
	if _, after := get(t, a, "/v1/scorecard?at_least=end"); after != before {
		t.Errorf("the scorecard has changed:\n%s\nwas:\n%s", after, before)
	}
}
