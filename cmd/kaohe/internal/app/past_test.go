package app_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/app"
	"github.com/kaohe/kaohe/deploy"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

// metric returns the value of a series as it is exposed, "" if there is none.
func metric(tb testing.TB, a *app.App, series string) string {
	tb.Helper()
	_, body := get(tb, a, "/metrics")
	found := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(series) + ` (.*)$`).FindStringSubmatch(body)
	if found == nil {
		return ""
	}
	return found[1]
}

// value returns the quarter's value of an indicator of a scorecard.
func value(tb testing.TB, a *app.App, query, indicator string) string {
	tb.Helper()
	status, body := get(tb, a, "/v1/scorecard?"+query)
	var card indicators.Scorecard
	if err := json.Unmarshal([]byte(body), &card); err != nil || status != http.StatusOK {
		tb.Fatalf("GET /v1/scorecard?%s = %d, %v: %.300s", query, status, err, body)
	}
	row, ok := card.Row(indicator)
	if !ok {
		tb.Fatalf("no indicator %s", indicator)
	}
	return row.Quarter.Value.String()
}

// TestRestartFromSnapshots: the second start takes figures from a snapshot; a third one, whose snapshots are damaged, from
// the log. All figures are the same, and what was wrong is counted.
func TestRestartFromSnapshots(t *testing.T) {
	opts := options(t, t.TempDir())
	opts.SnapshotEvery = 10
	a := mustStart(t, opts)
	mustPost(t, a, demoLines(t))
	_, want := get(t, a, "/v1/scorecard?at_least=end")
	mustStop(t, a)
	a = mustStart(t, opts)
	if _, got := get(t, a, "/v1/scorecard?at_least=end"); got != want {
		t.Errorf("from a snapshot the scorecard is\n%s\nwant\n%s", got, want)
	}
	if n := metric(t, a, "kaohe_snapshot_sequence"); n == "" || n == "0" {
		t.Errorf("kaohe_snapshot_sequence = %q, want the commit of the snapshot that was used", n)
	}
	mustStop(t, a)
	list, err := filepath.Glob(filepath.Join(opts.Data, "snapshots", "*.snap"))
	if err != nil || len(list) == 0 {
		t.Fatalf("no snapshots: %v, %v", list, err)
	}
	for _, path := range list {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b[len(b)/2] ^= 1
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	a = mustStart(t, opts)
	if _, got := get(t, a, "/v1/scorecard?at_least=end"); got != want {
		t.Errorf("with damaged snapshots the scorecard is\n%s\nwant\n%s", got, want)
	}
	if n := metric(t, a, `kaohe_snapshot_unusable_total{reason="damaged"}`); n == "" || n == "0" {
		t.Errorf("damaged snapshots counted: %q", n)
	}
	if r := mustPost(t, a, demoLines(t)); r.New != 0 {
		t.Errorf("%d events are new, want none", r.New)
	}
}

// planWith returns the default plan with something replaced in its indicators.
func planWith(tb testing.TB, old, now string) *indicators.Plan {
	tb.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(deploy.Plan(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(deploy.Plan(), path)
		if path == "indicators.yaml" {
			if !bytes.Contains(b, []byte(old)) {
				tb.Fatalf("the plan has no %q", old)
			}
			b = bytes.ReplaceAll(b, []byte(old), []byte(now))
		}
		files[path] = &fstest.MapFile{Data: b}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	plan, mistakes := indicators.Load(files)
	for _, m := range mistakes {
		tb.Fatal(m.In(events.English))
	}
	return plan
}

// journal is where a daemon's messages go.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

// TestChangedPlanTakesOver: figures of the former plan are shown until the log is folded by the changed one, which then says
// what it changes. What was known before is shown by the plan of then, or by today's.
func TestChangedPlanTakesOver(t *testing.T) {
	opts := options(t, t.TempDir())
	opts.SnapshotEvery = 10
	a := mustStart(t, opts)
	mustPost(t, a, demoLines(t))
	if got := value(t, a, "at_least=end", "hightech_pool_entries"); got != "1" {
		t.Fatalf("the pool has %s entries, want 1", got)
	}
	end, err := a.End(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mustStop(t, a)

	var said journal
	opts.Plan, opts.Logger = planWith(t, `data.pool == "hnte"`, `data.pool == "sme"`), slog.New(slog.NewTextHandler(&said, nil))
	a = mustStart(t, opts)
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(said.String(), "the plan has taken over"); {
		if time.Now().After(deadline) {
			t.Fatalf("the plan has not taken over:\n%s", said.String())
		}
		if status, body := get(t, a, "/v1/scorecard"); status != http.StatusOK {
			t.Fatalf("meanwhile GET /v1/scorecard = %d: %s", status, body)
		}
	}
	if got := value(t, a, "at_least=end", "hightech_pool_entries"); got != "0" {
		t.Errorf("by the changed plan the pool has %s entries, want 0", got)
	}
	for _, want := range []string{"indicator=hightech_pool_entries org=450703", "quarter_before=1 quarter=0", "showing figures by the former plan meanwhile"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("the log does not say %q:\n%s", want, said.String())
		}
	}
	then := "as_of=2018-03-31&known_at=" + events.At(end, 0).String()
	if got := value(t, a, then, "hightech_pool_entries"); got != "1" {
		t.Errorf("by the plan of then the pool has %s entries, want 1", got)
	}
	if got := value(t, a, then+"&plan=current", "hightech_pool_entries"); got != "0" {
		t.Errorf("of then by today's plan the pool has %s entries, want 0", got)
	}
	mustStop(t, a)

	opts.Plan, opts.KeepPlan = mustPlan(t), true
	a = mustStart(t, opts)
	if got := value(t, a, "at_least=end", "hightech_pool_entries"); got != "0" || a.Plan().Hash == mustPlan(t).Hash {
		t.Errorf("without a plan given the pool has %s entries by %.12s, want 0 by the plan in force", got, a.Plan().Hash)
	}
}
