package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestServerThatAsksToComeBack lets a server put a question off a number of times.
func TestServerThatAsksToComeBack(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status int
		retry  string
		times  int // how often it puts the question off
		code   int
		asked  int
	}{
		{"still reading its log", http.StatusServiceUnavailable, "0", 2, exitDone, 3},
		{"overloaded", http.StatusTooManyRequests, "0", 1, exitDone, 2},
		{"longer than anybody waits", http.StatusServiceUnavailable, "3600", 1, exitFailed, 1},
		{"without saying when", http.StatusServiceUnavailable, "", 1, exitFailed, 1},
		{"another failure", http.StatusInternalServerError, "0", 1, exitFailed, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			asked := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if asked++; asked <= tt.times {
					if tt.retry != "" {
						w.Header().Set("Retry-After", tt.retry)
					}
					w.WriteHeader(tt.status)
					fmt.Fprint(w, `{"title":"not now","detail":"because"}`)
					return
				}
				fmt.Fprint(w, `{"org":"450703"}`)
			}))
			defer server.Close()
			code, stdout, stderr := invoke(t, nil, "gaps", "-o", "json", "--server", server.URL)
			if code != tt.code || asked != tt.asked {
				t.Errorf("exit %d after %d questions, want exit %d after %d; stderr %q", code, asked, tt.code, tt.asked, stderr)
			}
			if want := map[bool]string{true: `{"org":"450703"}`, false: ""}[code == exitDone]; strings.TrimSpace(stdout) != want {
				t.Errorf("stdout %q, want %q", stdout, want)
			}
			if code == exitFailed && !strings.Contains(stderr, "kaohe: not now: because") {
				t.Errorf("stderr %q does not say why", stderr)
			}
		})
	}
}
