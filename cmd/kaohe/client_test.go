package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/app"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators/api"
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

// TestPatienceCountsTheTimeOfTheServer: a server that is long in saying "come back" is not asked ten times.
func TestPatienceCountsTheTimeOfTheServer(t *testing.T) {
	asked, now := 0, time.Date(2018, 4, 2, 9, 0, 0, 0, time.UTC)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		now = now.Add(4 * time.Second) // it waits for its log
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer server.Close()
	cl := (&cli{}).httpClient(server.URL, "", nil)
	cl.now = func() time.Time { return now }
	a, err := cl.get(t.Context(), "/v1/scorecard", nil)
	if err != nil || a.status != http.StatusServiceUnavailable || asked != 3 {
		t.Errorf("status %d after %d questions, %v, want 503 after 3", a.status, asked, err)
	}
}

func TestDefaultServerIsTheDefaultDaemon(t *testing.T) {
	cl, err := (&cli{env: func(string) string { return "" }}).client(connection{})
	if err != nil || cl.base != "http://"+app.DefaultListen {
		t.Errorf("client() = %+v, %v, want the address %s", cl, err, app.DefaultListen)
	}
}

// TestGapsSayThatTheLogIsBeingRead shows the words of a daemon that has not read its log.
func TestGapsSayThatTheLogIsBeingRead(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := api.NewProblem(http.StatusServiceUnavailable, "not_ready", events.Text{ZH: "正在读取日志", EN: "still reading the log"}, events.Text{ZH: "请稍候", EN: "Wait."}, intake.LangOf(r))
		w.Header().Set("Retry-After", "60")
		p.Write(w, intake.LangOf(r))
	}))
	defer server.Close()
	for lang, want := range map[string]string{"zh": "kaohe: 正在读取日志: 请稍候\n", "en": "kaohe: still reading the log: Wait.\n"} {
		if code, stdout, stderr := invoke(t, nil, "gaps", "--lang", lang, "--server", server.URL); code != exitFailed || stdout != "" || stderr != want {
			t.Errorf("gaps --lang %s: exit %d, stdout %q, stderr %q, want exit %d and %q", lang, code, stdout, stderr, exitFailed, want)
		}
	}
}
