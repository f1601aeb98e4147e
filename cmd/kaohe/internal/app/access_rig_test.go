package app_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/app"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators/api"
)

// guardedRig is a daemon with tokens, by name, whose clock a test may move and whose messages it may read.
type guardedRig struct {
	*app.App
	dir    string
	store  *access.Store // as another process has it
	tokens map[string]string
	clock  *atomic.Int64
	log    *messages
}

// messages are what a daemon logs.
type messages struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (m *messages) Write(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.b.Write(p)
}

func (m *messages) String() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.b.String()
}

func startGuarded(tb testing.TB, change ...func(*app.Options)) *guardedRig {
	tb.Helper()
	r := &guardedRig{dir: tb.TempDir(), tokens: map[string]string{}, clock: &atomic.Int64{}, log: &messages{}}
	r.clock.Store(time.Date(2018, 4, 2, 9, 0, 0, 0, time.UTC).UnixNano())
	opts := options(tb, r.dir)
	opts.Plan, opts.Now, opts.Logger = wider(tb), func() time.Time { return time.Unix(0, r.clock.Load()) }, slog.New(slog.NewJSONHandler(r.log, nil))
	for _, c := range change {
		c(&opts)
	}
	var err error
	if r.store, err = access.Open(filepath.Join(r.dir, access.File), opts.Now); err != nil {
		tb.Fatal(err)
	}
	for _, n := range []access.NewToken{
		{Name: "admin", Org: access.Everywhere, Can: access.All}, {Name: "qinbei", Org: "450703", Can: access.All},
		{Name: "qinnan", Org: "450702", Can: access.All}, {Name: "city", Org: "450700", Can: access.All},
		{Name: "script", Org: "450703", Can: access.Emit}, {Name: "visitor", Org: "450703", Can: access.Read},
		{Name: "prometheus", Org: access.Everywhere, Can: access.Read},
	} {
		r.create(tb, n)
	}
	r.App = mustStart(tb, opts)
	return r
}

func (r *guardedRig) create(tb testing.TB, n access.NewToken) {
	tb.Helper()
	n.Random = rand.Reader
	secret, _, err := r.store.Create(n)
	if err != nil {
		tb.Fatal(err)
	}
	r.tokens[n.Name] = secret
}

// send sends a request with the token of somebody; nobody has none.
func (r *guardedRig) send(tb testing.TB, by, method, path, body string) (status int, header http.Header, answer string) {
	tb.Helper()
	req, err := http.NewRequestWithContext(tb.Context(), method, r.URL()+path, strings.NewReader(body))
	if err != nil {
		tb.Fatal(err)
	}
	if by != "" {
		req.Header.Set("Authorization", "Bearer "+r.tokens[by])
	}
	req.Header.Set("Content-Type", intake.MediaEvent)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		tb.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(b)
}

// record sends an event that must be new, and returns its position.
func (r *guardedRig) record(tb testing.TB, by, event string) string {
	tb.Helper()
	status, _, body := r.send(tb, by, http.MethodPost, "/v1/events", event)
	var a intake.Answer
	if err := json.Unmarshal([]byte(body), &a); err != nil || status != http.StatusOK || a.New != 1 {
		tb.Fatalf("%s by %s: status %d: %s", event, by, status, body)
	}
	return a.Events[0].Position
}

// code returns the code of what was answered: of the problem, or of the refusal of the only event.
func code(tb testing.TB, body string) string {
	tb.Helper()
	var p api.Problem
	var a intake.Answer
	if json.Unmarshal([]byte(body), &p) == nil && p.Code != "" {
		return p.Code
	}
	if json.Unmarshal([]byte(body), &a) == nil && len(a.Events) == 1 && a.Events[0].Error != nil {
		return a.Events[0].Error.Code
	}
	return ""
}

// fact is an event of the built-in plan; data may be left out.
func fact(typ, org, id, data string) string {
	return fmt.Sprintf(`{"specversion":"1.0","type":%q,"source":"kaohe:%s","id":%q,"time":"2018-03-31","org":%[2]q,"data":%[4]s}`, typ, org, id, data)
}

func target(org, id string) string {
	return fact("TargetSet", org, id, `{"indicator":"envoy_trainings","year":2018,"value":"36","basis":"flow","reason":"绝密","document":"d"}`)
}

func voiding(org, id, targetOrg, target string) string {
	return fact("EventVoided", org, id, fmt.Sprintf(`{"target_source":"kaohe:%s","target_id":%q,"reason":"r"}`, targetOrg, target))
}

func correcting(org, id, targetOrg, target, patch string) string {
	return fact("EventCorrected", org, id, fmt.Sprintf(`{"target_source":"kaohe:%s","target_id":%q,"reason":"r","patch":%s}`, targetOrg, target, patch))
}

// commits returns how many commits the log has.
func (r *guardedRig) commits(tb testing.TB) uint64 {
	tb.Helper()
	end, err := r.End(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return end
}

// metric returns the sample of a series, as it is exposed.
func (r *guardedRig) metric(tb testing.TB, series string) string {
	tb.Helper()
	_, _, exposition := r.send(tb, "prometheus", http.MethodGet, "/metrics", "")
	for line := range strings.Lines(exposition) {
		if value, ok := strings.CutPrefix(line, series+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
