package app_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/app"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators/api"
)

// mustAssemble returns a daemon that does not read its log yet, and what answers its requests.
func mustAssemble(tb testing.TB, opts app.Options) (*app.App, http.Handler) {
	tb.Helper()
	a, err := app.New(opts)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { mustStop(tb, a) })
	handler, err := a.Assemble(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return a, handler
}

// ask sends a request to a handler; a header is "Name: value".
func ask(handler http.Handler, method, path string, header ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, "http://127.0.0.1"+path, nil)
	for _, h := range header {
		name, value, _ := strings.Cut(h, ": ")
		if req.Header.Set(name, value); name == "Host" {
			req.Host = value
		}
	}
	rec := httptest.NewRecorder()
	handler.ServeHTTP(rec, req)
	return rec
}

// mustBeProblem checks the one shape of all errors.
func mustBeProblem(tb testing.TB, rec *httptest.ResponseRecorder, status int, code, lang string) {
	tb.Helper()
	var p api.Problem
	if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil {
		tb.Fatalf("status %d, no problem: %v\n%s", rec.Code, err, rec.Body)
	}
	if rec.Code != status || p.Status != status || p.Code != code || p.Type != "urn:kaohe:problem:"+code || p.Title == "" {
		tb.Errorf("status %d, %+v, want status %d, code %s and a title", rec.Code, p, status, code)
	}
	h := rec.Header()
	if h.Get("Content-Type") != "application/problem+json" || h.Get("Content-Language") != lang || strings.Join(h.Values("Vary"), ", ") != "Accept-Encoding, Accept-Language" || h.Get("Cache-Control") != "no-store" {
		tb.Errorf("status %d with headers %v, want a problem in %s that nobody keeps", status, h, lang)
	}
}

func TestErrorsHaveOneShape(t *testing.T) {
	_, handler := mustAssemble(t, options(t, t.TempDir()))
	for _, tt := range []struct {
		name, method, path string
		header             []string
		status             int
		code               string
	}{
		{"no such path", "GET", "/v1/scorecards", nil, 404, "not_found"},
		{"a method that the router refuses", "POST", "/v1/scorecard", nil, 405, "method"},
		{"a method that the intake refuses", "GET", "/v1/events", nil, 405, "method"},
		{"a wrong parameter", "GET", "/v1/scorecard?quarter=1", nil, 400, "parameter"},
		{"a log that has not been read", "GET", "/v1/scorecard", nil, 503, "not_ready"},
		{"not ready", "GET", "/readyz", nil, 503, "not_ready"},
		{"another origin", "POST", "/v1/events", []string{"Origin: https://evil.example"}, 403, "cross_origin"},
		{"another host", "GET", "/metrics", []string{"Host: evil.example"}, 421, "host"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, lang := range []string{"en", "zh"} {
				rec := ask(handler, tt.method, tt.path, append(tt.header, "Accept-Language: "+lang)...)
				mustBeProblem(t, rec, tt.status, tt.code, lang)
				if h := rec.Header(); tt.status == 405 && h.Get("Allow") == "" || tt.status == 503 && h.Get("Retry-After") == "" {
					t.Errorf("headers %v lack the way out", h)
				}
			}
		})
	}
}

// TestNamesOfThisMachine: with DNS rebinding a page's own name leads here, but it stays the Host of its requests.
func TestNamesOfThisMachine(t *testing.T) {
	_, handler := mustAssemble(t, options(t, t.TempDir()))
	for host, want := range map[string]int{
		"localhost": 200, "localhost:8470": 200, "LOCALHOST:1": 200, "127.0.0.1": 200, "127.0.0.1:9999": 200, "127.1.2.3:80": 200, "[::1]:8470": 200, "[::1]": 200,
		"evil.example": 421, "evil.example:8470": 421, "localhost.evil.example": 421, "127.0.0.1.evil.example:8470": 421, "192.0.2.1:8470": 421,
		"0.0.0.0:8470": 421, "": 421, ":8470": 421,
	} {
		for _, path := range []string{"/healthz", "/metrics", "/v1/catalogue", "/"} {
			if rec := ask(handler, http.MethodGet, path, "Host: "+host); rec.Code != want {
				t.Errorf("GET %s from host %q = %d, want %d", path, host, rec.Code, want)
			}
		}
	}
}

// TestNoPartialFigures stops a daemon in front of a log that it has not read: figures of a part of it, such as 0, would
// look like real ones.
func TestNoPartialFigures(t *testing.T) {
	dir := t.TempDir()
	first := mustStart(t, options(t, dir))
	mustPost(t, first, demoLines(t))
	mustStop(t, first)
	a, handler := mustAssemble(t, options(t, dir))
	const gauge = "\nkaohe_indicator_value{"
	if rec := ask(handler, http.MethodGet, "/v1/scorecard"); rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") == "" {
		t.Errorf("before the log is read, GET /v1/scorecard = %d: %s", rec.Code, rec.Body)
	}
	if rec := ask(handler, http.MethodGet, "/metrics"); rec.Code != http.StatusOK || strings.Contains(rec.Body.String(), gauge) {
		t.Errorf("before the log is read, GET /metrics = %d, with figures: %v", rec.Code, strings.Contains(rec.Body.String(), gauge))
	}
	a.Follow()
	rec := ask(handler, http.MethodGet, "/v1/scorecard?at_least=end") // waits
	if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), `"value": "64"`) {
		t.Errorf("once it is read, GET /v1/scorecard = %d: %s", rec.Code, rec.Body)
	}
	if rec := ask(handler, http.MethodGet, "/metrics"); !strings.Contains(rec.Body.String(), gauge) {
		t.Error("once it is read, /metrics has no figures")
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Await(gone, 1000); err == nil {
		t.Error("Await() of a commit that nobody wrote = nil")
	}
}

// TestReadyOnlyWhileTheFoldFollows lets a commit wait that nobody folds, while the clock goes on.
func TestReadyOnlyWhileTheFoldFollows(t *testing.T) {
	opts := options(t, t.TempDir())
	begin := opts.Now()
	var passed atomic.Int64
	opts.Now = func() time.Time { return begin.Add(time.Duration(passed.Load())) }
	a := mustStart(t, opts)
	mustPost(t, a, demoLines(t)[:1])
	if err := a.Await(t.Context(), 2); err != nil { // after the plan
		t.Fatal(err)
	}
	ready := func(after time.Duration, want int) {
		t.Helper()
		passed.Store(int64(after))
		if status, body := get(t, a, "/readyz"); status != want {
			t.Errorf("GET /readyz after %s = %d, want %d: %s", after, status, want, body)
		} else if want != http.StatusOK && !strings.Contains(body, "at commit 2 of 3") {
			t.Errorf("GET /readyz = %s, want the reason", body)
		}
	}
	ready(time.Hour, http.StatusOK)
	a.Unfollow()
	if _, err := a.Append(t.Context(), a.Head(), "[\n]"); err != nil {
		t.Fatal(err)
	}
	ready(2*time.Hour, http.StatusOK) // seen for the first time: it may be on its way
	ready(2*time.Hour+4*time.Second, http.StatusOK)
	ready(2*time.Hour+6*time.Second, http.StatusServiceUnavailable)
}

func TestQuarantineIsListed(t *testing.T) {
	a, handler := mustAssemble(t, options(t, t.TempDir()))
	list := func() string { return ask(handler, http.MethodGet, "/v1/quarantine").Body.String() }
	if got := list(); got != "[]\n" {
		t.Errorf("the quarantine of an empty log is %s, want an empty list", got)
	}
	if _, err := a.Append(t.Context(), events.Head{}, "not a commit"); err != nil {
		t.Fatal(err)
	}
	a.Follow()
	if err := a.Await(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	var got []api.Quarantined
	if err := json.Unmarshal([]byte(list()), &got); err != nil || len(got) != 1 {
		t.Fatalf("quarantine %+v, %v, want one", got, err)
	}
	if q := got[0]; q.Position != "1-0" || !q.Whole || q.Reason != "commit" || q.Detail == "" {
		t.Errorf("quarantined %+v, want the whole commit 1-0, its reason and a detail", q)
	}
}
