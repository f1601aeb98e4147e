package main

import (
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kaohe/kaohe/events/intake"
)

// authority writes the certificate of a test server to a file.
func authority(t *testing.T, server *httptest.Server) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ca.pem")
	must(os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600))
	return file
}

func TestTokensGoOverTLS(t *testing.T) {
	asked := 0
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		fmt.Fprintf(w, `{"org":%q}`, r.Header.Get("Authorization"))
	}))
	defer server.Close()
	ca := authority(t, server)
	env := map[string]string{"KAOHE_TOKEN": "kaohe_a_b", "KAOHE_SERVER": server.URL}
	if code, stdout, stderr := invoke(t, env, "gaps", "-o", "json", "--tls-ca", ca); code != exitDone || !strings.Contains(stdout, `"Bearer kaohe_a_b"`) {
		t.Errorf("exit %d, stdout %q, stderr %q, want the token in the header", code, stdout, stderr)
	}
	env["KAOHE_TLS_CA"] = ca
	if code, _, stderr := invoke(t, env, "gaps", "-o", "json"); code != exitDone {
		t.Errorf("with KAOHE_TLS_CA: exit %d, %q", code, stderr)
	}
	delete(env, "KAOHE_TLS_CA")
	asked = 0
	wait := filepath.Join(t.TempDir(), "wait")
	for _, args := range [][]string{{"gaps"}, {"emit", "PatentGranted", "kind=design", "--spool", wait}} {
		code, _, stderr := invoke(t, env, args...)
		if code != exitFailed || asked != 0 || !strings.Contains(stderr, "the TLS connection was not made") || !strings.Contains(stderr, "--tls-ca") {
			t.Errorf("%v without the CA: exit %d, asked %d times, stderr %q, want the way out and no request", args, code, asked, stderr)
		}
		if kept := strings.Contains(stderr, "nothing was kept"); kept != (args[0] == "emit") {
			t.Errorf("%v: stderr %q", args, stderr)
		}
	}
	waits(t, wait, 0)
	plain := strings.Replace(server.URL, "https", "http", 1)
	if code, _, stderr := invoke(t, nil, "emit", "PatentGranted", "kind=design", "--spool", wait, "--server", plain); code == exitDone || !strings.Contains(stderr, "HTTP 400") {
		t.Errorf("http at an https server: exit %d, %q", code, stderr)
	}
	waits(t, wait, 0)
}

func TestTLSWithAServerThatHasNone(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	code, _, stderr := invoke(t, nil, "gaps", "--server", strings.Replace(server.URL, "http", "https", 1))
	if code != exitFailed || !strings.Contains(stderr, "HTTP response to HTTPS client") {
		t.Errorf("exit %d, stderr %q, want what is wrong", code, stderr)
	}
}

// TestATokenIsNotTakenElsewhere: whoever is sent to another address says so, and goes nowhere.
func TestATokenIsNotTakenElsewhere(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("asked elsewhere: %s with %q", r.URL, r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	server := httptest.NewServer(http.RedirectHandler(elsewhere.URL+"/x", http.StatusPermanentRedirect))
	defer server.Close()
	code, _, stderr := invoke(t, map[string]string{"KAOHE_TOKEN": "kaohe_a_b"}, "gaps", "--server", server.URL)
	if code != exitFailed || !strings.Contains(stderr, elsewhere.URL+"/x") || !strings.Contains(stderr, "--server") {
		t.Errorf("exit %d, stderr %q, want where the server says that it is", code, stderr)
	}
}

func TestAnAnswerIsNotCut(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		part := make([]byte, 1<<20)
		for range maxAnswer>>20 + 1 {
			_, _ = w.Write(part)
		}
	}))
	defer server.Close()
	code, stdout, stderr := invoke(t, nil, "gaps", "-o", "json", "--server", server.URL)
	if code != exitFailed || stdout != "" || !strings.Contains(stderr, "longer than 64 MB and was not used") {
		t.Errorf("exit %d, %d bytes, stderr %q, want an error", code, len(stdout), stderr)
	}
}

// TestWhoIsNotLetInIsToldTheWayOut, and nothing is kept for later: it would not be better then.
func TestWhoIsNotLetInIsToldTheWayOut(t *testing.T) {
	for status, want := range map[int]string{
		http.StatusUnauthorized: "no: token\n  set KAOHE_TOKEN (or --token-file FILE); whoever runs the server makes a token with kaohe token create",
		http.StatusForbidden:    "no: token\n  the token is not for this unit or may not do this",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/v1/catalogue" {
				fmt.Fprint(w, `{"time_zone":"Asia/Shanghai"}`)
				return
			}
			w.WriteHeader(status)
			fmt.Fprint(w, `{"title":"no","detail":"token"}`)
		}))
		defer server.Close()
		wait := filepath.Join(t.TempDir(), "wait")
		for _, args := range [][]string{{"gaps"}, {"void", "a", "b", "--reason", "r"}, {"emit", "PatentGranted"}, {"emit", "PatentGranted", "--spool", wait}} {
			code, _, stderr := invoke(t, nil, append(args, "--server", server.URL)...)
			if code != exitRefused || !strings.Contains(stderr, want) {
				t.Errorf("%v, status %d: exit %d, stderr %q, want %q", args, status, code, stderr, want)
			}
			if unkept := strings.Contains(stderr, "nothing was kept"); unkept != (len(args) == 4 && args[0] == "emit") {
				t.Errorf("%v, status %d: stderr %q", args, status, stderr)
			}
		}
		waits(t, wait, 0)
	}
}

// TestAServerThatTakesNothingNow: what it is sent is kept, as if it were not there.
func TestAServerThatTakesNothingNow(t *testing.T) {
	for status, kept := range map[int]bool{
		http.StatusTooManyRequests: true, http.StatusServiceUnavailable: true, http.StatusBadGateway: true, http.StatusGatewayTimeout: true,
		http.StatusInsufficientStorage: true, http.StatusInternalServerError: false, http.StatusNotFound: false,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/v1/catalogue" {
				fmt.Fprint(w, `{"time_zone":"Asia/Shanghai","default_org":"450703"}`)
				return
			}
			if ct := r.Header.Get("Content-Type"); ct != intake.MediaEvent {
				t.Errorf("content type %q", ct)
			}
			w.WriteHeader(status)
			fmt.Fprint(w, `{"title":"not now"}`)
		}))
		defer server.Close()
		wait := filepath.Join(t.TempDir(), "wait")
		code, stdout, stderr := invoke(t, nil, "emit", "PatentGranted", "kind=design", "--spool", wait, "--server", server.URL)
		if code != map[bool]int{true: exitDone, false: exitFailed}[kept] || strings.Contains(stdout, "kept in") != kept || !strings.Contains(stderr, "not now") {
			t.Errorf("status %d: exit %d, stdout %q, stderr %q, want it kept: %t", status, code, stdout, stderr, kept)
		}
		waits(t, wait, map[bool]int{true: 1}[kept])
		if code, _, _ := invoke(t, nil, "emit", "PatentGranted", "--server", server.URL); code != exitFailed {
			t.Errorf("status %d without a spool: exit %d", status, code)
		}
	}
}

// waits checks how much waits in a spool.
func waits(t *testing.T, dir string, want int) {
	t.Helper()
	code, stdout, stderr := invoke(t, nil, "flush", "--list", "--spool", dir)
	if line := fmt.Sprintf("%d waiting; 0 refused before\n", want); code != exitDone || !strings.HasSuffix(stdout, line) {
		t.Errorf("flush --list: exit %d, stdout %q, stderr %q, want %q", code, stdout, stderr, line)
	}
}
