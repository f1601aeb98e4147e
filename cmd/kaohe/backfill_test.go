package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const someHistory = "# HELP a b\n# TYPE a gauge\na{x=\"# EOF\"} 1.0 86400\na{x=\"# EOF\"} 2.0 172800\n"

// TestBackfillWritesWhatCame: the history goes to standard output as it came, and how much that was to standard error.
func TestBackfillWritesWhatCame(t *testing.T) {
	var asked string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Method + " " + r.URL.String()
		fmt.Fprint(w, someHistory+"# EOF\n")
	}))
	defer server.Close()
	code, stdout, stderr := invoke(t, nil, "backfill", "--server", server.URL, "--from", "2018年1月1日", "--to", "2018/3/31", "--known", "then", "--plan", "current",
		"--label", "job=a,b", "--label", "instance=", "--org", "450703", "--org", "450700", "--indicator", "conversions", "--lang", "en")
	if code != exitDone || stdout != someHistory+"# EOF\n" || stderr != "wrote 2 samples, 0.0 MB\n" {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	want := "GET /v1/backfill?from=2018-01-01&indicator=conversions&known=then&label=job%3Da%2Cb&label=instance%3D&org=450703&org=450700&plan=current&to=2018-03-31"
	if asked != want {
		t.Errorf("asked %s\nwant  %s", asked, want)
	}
}

// TestBackfillWithoutSamples says so: a history of days before anything was recorded is whole, and shows nothing.
func TestBackfillWithoutSamples(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "# EOF\n") }))
	defer server.Close()
	code, stdout, stderr := invoke(t, nil, "backfill", "--server", server.URL, "--from", "2018-01-01", "--known", "then", "--lang", "en")
	if code != exitDone || stdout != "# EOF\n" || !strings.Contains(stderr, "warning: there are no samples") {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

// TestBackfillThatIsCut: an answer that does not come to its end is no success, and what was written of it has no end either.
func TestBackfillThatIsCut(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"the connection breaks": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, someHistory)
			must(http.NewResponseController(w).Flush())
			panic(http.ErrAbortHandler)
		},
		"the connection breaks after the last line": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, someHistory+"# EOF\n")
			must(http.NewResponseController(w).Flush())
			panic(http.ErrAbortHandler)
		},
		"the last line is missing":      func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, someHistory) },
		"the last line is not whole":    func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, someHistory+"# EOF") },
		"something comes after the end": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, someHistory+"# EOF\na 1.0 259200\n") },
		"a line is longer than any can be": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, someHistory+strings.Repeat("x", 2<<20)+"\n# EOF\n")
		},
	} {
		server := httptest.NewUnstartedServer(answer)
		server.Config.ErrorLog = nil
		server.Start()
		code, stdout, stderr := invoke(t, nil, "backfill", "--server", server.URL, "--from", "2018-01-01", "--lang", "en")
		server.Close()
		if code != exitFailed || stdout != someHistory || !strings.Contains(stderr, "the history was cut after 2 samples") {
			t.Errorf("%s: exit %d, stdout %q, stderr %q", name, code, stdout, stderr)
		}
	}
}

// TestBackfillThatIsRefused passes on what the server says, and writes nothing.
func TestBackfillThatIsRefused(t *testing.T) {
	status, body := 0, ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	defer server.Close()
	for _, tt := range []struct {
		status    int
		body      string
		code      int
		said      string
		arguments string
	}{
		{400, `{"title":"wrong parameter","detail":"from: expected a day"}`, exitUsage, "wrong parameter: from: expected a day", "--from x"},
		{422, `{"title":"too much history","detail":"Ask for less."}`, exitFailed, "too much history: Ask for less.", "--from 2010-01-01"},
		{403, `{"title":"out of scope"}`, exitRefused, "out of scope", "--from 2018-01-01"},
		{302, "", exitFailed, "HTTP 302", "--from 2018-01-01"},
		{200, "", exitUsage, "--from DATE is missing", ""},
		{200, "", exitUsage, "flag --from is empty", "--from="},
		{200, "", exitUsage, "flag --known cannot be", "--from 2018-01-01 --known later"},
		{200, "", exitUsage, "unexpected argument", "2018-01-01"},
		{200, "", exitUsage, "a backfill comes over http or https, not over NATS", "--from 2018-01-01 --server nats://127.0.0.1:1"},
	} {
		status, body = tt.status, tt.body
		code, stdout, stderr := invoke(t, map[string]string{"KAOHE_SERVER": server.URL}, append([]string{"backfill", "--lang", "en"}, strings.Fields(tt.arguments)...)...)
		if code != tt.code || stdout != "" || !strings.Contains(stderr, tt.said) {
			t.Errorf("%s answered with %d: exit %d, stdout %q, stderr %q, want %d and %q", tt.arguments, tt.status, code, stdout, stderr, tt.code, tt.said)
		}
	}
}

// TestBackfillAsksAgain when the server wants to be asked later.
func TestBackfillAsksAgain(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked++; asked == 1 {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, "# EOF\n")
	}))
	defer server.Close()
	if code, stdout, stderr := invoke(t, nil, "backfill", "--server", server.URL, "--from", "2018-01-01"); code != exitDone || stdout != "# EOF\n" || asked != 2 {
		t.Errorf("exit %d, stdout %q, stderr %q, asked %d times", code, stdout, stderr, asked)
	}
}
