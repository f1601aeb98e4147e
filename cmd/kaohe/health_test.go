package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

func TestHealthSaysWhyNot(t *testing.T) {
	const problem = `{"type":"about:blank","title":"not ready","status":503,"detail":"reading the log: at commit 3 of 9","code":"not_ready"}`
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() } // until nobody waits any more
	for _, tt := range []struct {
		name                string
		answer              http.HandlerFunc
		timeout, lang, want string
	}{
		{"the server's own reason", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "1") // it is not asked again
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = w.Write([]byte(problem))
		}, "30s", "en", ": not ready: reading the log: at commit 3 of 9\n"},
		{"no kaohe at all", http.NotFound, "30s", "en", ": HTTP 404 Not Found\n"},
		{"plain HTTP to where TLS is spoken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) }, "30s", "en", ": HTTP 400 Bad Request\n"},
		{"a proxy that asks who it is", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, "30s", "en", ": HTTP 401 Unauthorized\n"},
		{"no answer in time", hang, "50ms", "en", "does not answer within 50ms"},
		{"no answer in time, in Chinese", hang, "50ms", "zh", "在 50ms 内没有回答"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var asked atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				if r.URL.Path != "/readyz" {
					t.Errorf("asked for %s, want /readyz", r.URL.Path)
				}
				tt.answer(w, r)
			}))
			defer server.Close()
			code, stdout, stderr := invoke(t, nil, "health", "--server", server.URL, "--timeout", tt.timeout, "--lang", tt.lang)
			if code != exitFailed || stdout != "" || !strings.Contains(stderr, tt.want) || strings.Count(stderr, server.URL) > 1 || asked.Load() > 1 {
				t.Errorf("exit %d, stdout %q, stderr %q, asked %d times, want exit %d and %q, once", code, stdout, stderr, asked.Load(), exitFailed, tt.want)
			}
		})
	}
}
