package app_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/app"
	"github.com/kaohe/kaohe/events/access"
)

// TestPrincipalIsRecorded: the name of the token goes into the log, and is no part of what the event says.
func TestPrincipalIsRecorded(t *testing.T) {
	r := startGuarded(t)
	at := r.record(t, "script", fact("EnvoyTrainingHeld", "450703", "a", `{"attendees":3}`))
	_, _, event := r.send(t, "qinbei", http.MethodGet, "/v1/events/"+at, "")
	if !strings.Contains(event, `"principal":"script"`) {
		t.Errorf("recorded: %s", event)
	}
	status, _, body := r.send(t, "qinbei", http.MethodPost, "/v1/events", fact("EnvoyTrainingHeld", "450703", "a", `{"attendees":3}`))
	if !strings.Contains(body, `"recorded":1`) {
		t.Errorf("the same by another: status %d: %s", status, body)
	}
	if status, _, body := r.send(t, "script", http.MethodPost, "/v1/events", strings.Replace(training("450703", "b"), `"id"`, `"principal":"admin","id"`, 1)); status != 422 {
		t.Errorf("an event that names its principal itself: status %d: %s", status, body)
	}
}

func TestWhoIsNotLetIn(t *testing.T) {
	r := startGuarded(t)
	r.create(t, access.NewToken{Name: "gone", Org: "450703", Can: access.All})
	r.create(t, access.NewToken{Name: "brief", Org: "450703", Can: access.All, Expires: time.Date(2018, 4, 2, 10, 0, 0, 0, time.UTC)})
	for _, by := range []string{"gone", "brief"} {
		if status, _, body := r.send(t, by, http.MethodGet, "/v1/scorecard", ""); status != http.StatusOK {
			t.Fatalf("before: %s gets status %d: %s", by, status, body)
		}
	}
	if _, err := r.store.Revoke("gone"); err != nil {
		t.Fatal(err)
	}
	r.clock.Add(int64(time.Hour))
	r.tokens["wrong"] = r.tokens["qinbei"][:len(r.tokens["qinbei"])-2] + "aa"
	r.tokens["garbage"] = strings.Repeat("x", 5000)
	for _, tt := range []struct{ by, code, challenge string }{
		{"", "token_missing", `Bearer realm="kaohe"`},
		{"wrong", "token_unknown", `Bearer realm="kaohe", error="invalid_token"`},
		{"garbage", "token_unknown", `Bearer realm="kaohe", error="invalid_token"`},
		{"gone", "token_revoked", `Bearer realm="kaohe", error="invalid_token"`},
		{"brief", "token_expired", `Bearer realm="kaohe", error="invalid_token"`},
	} {
		for _, path := range []string{"/v1/scorecard", "/v1/catalogue", "/v1/events/1-0", "/v1/quarantine", "/v1/findings", "/metrics", "/nowhere", "/v1/events"} {
			status, header, body := r.send(t, tt.by, http.MethodGet, path, "")
			if status != http.StatusUnauthorized || code(t, body) != tt.code || header.Get("WWW-Authenticate") != tt.challenge || header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("GET %s by %q: status %d, %v, %s, want 401 and %s", path, tt.by, status, header, body, tt.code)
			}
		}
		if status, _, body := r.send(t, tt.by, http.MethodPost, "/v1/events", training("450703", "a")); status != http.StatusUnauthorized || code(t, body) != tt.code {
			t.Errorf("an event by %q: status %d: %s", tt.by, status, body)
		}
		for _, path := range []string{"/", "/healthz", "/readyz", "/openapi.json"} {
			if status, _, body := r.send(t, tt.by, http.MethodGet, path, ""); status == http.StatusUnauthorized {
				t.Errorf("GET %s by %q: status %d: %s", path, tt.by, status, body)
			}
		}
		if status, _, _ := r.send(t, tt.by, http.MethodPost, "/", "x"); status != http.StatusUnauthorized {
			t.Errorf("POST / by %q: status %d, want 401", tt.by, status)
		}
	}
	if n := r.metric(t, `kaohe_http_unauthenticated_total{reason="revoked"}`); n != "10" {
		t.Errorf("requests with a revoked token are counted as %s, want 10", n)
	}
	for _, header := range []string{"Basic " + r.tokens["qinbei"], r.tokens["qinbei"], "Bearer", "Bearer " + r.tokens["qinbei"] + " x"} {
		if status := authorized(t, r, header); status != http.StatusUnauthorized {
			t.Errorf("Authorization of another kind: status %d, want 401", status)
		}
	}
	for _, header := range []string{"bearer " + r.tokens["qinbei"], "BEARER  " + r.tokens["qinbei"] + " "} {
		if status := authorized(t, r, header); status != http.StatusOK {
			t.Errorf("a scheme in other letters: status %d, want 200", status)
		}
	}
	if status := authorized(t, r, "Bearer "+r.tokens["qinbei"], "Bearer "+r.tokens["admin"]); status != http.StatusUnauthorized {
		t.Errorf("two tokens: status %d, want 401", status)
	}
	r.mustTellNoSecret(t)
}

// authorized asks with headers of one's own, and a name of the server that is not this machine's.
func authorized(t *testing.T, r *guardedRig, values ...string) int {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, r.URL()+"/v1/scorecard", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host, req.Header["Authorization"] = "kaohe.example.org", values
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// mustTellNoSecret looks for the tokens in all that the daemon logs and exposes.
func (r *guardedRig) mustTellNoSecret(t *testing.T) {
	t.Helper()
	_, _, exposition := r.send(t, "prometheus", http.MethodGet, "/metrics", "")
	for name, token := range r.tokens {
		part := token[len(token)-20:]
		if strings.Contains(r.log.String(), part) || strings.Contains(exposition, part) {
			t.Errorf("the token %s is in the log or the metrics", name)
		}
	}
}

func TestDenialsAreLogged(t *testing.T) {
	r := startGuarded(t)
	for i := range 30 {
		r.send(t, "script", http.MethodPost, "/v1/events", fact("EnvoyTrainingHeld", "450702", fmt.Sprint(i), `{"attendees":1}`))
	}
	lines := 0
	for line := range strings.Lines(r.log.String()) {
		if !strings.Contains(line, "out of scope") {
			continue
		}
		lines++
		for _, want := range []string{`"level":"WARN"`, `"by":"script"`, `"ability":"emit"`, `"org":"450702"`, `"remote":"127.0.0.1:`} {
			if !strings.Contains(line, want) {
				t.Errorf("%s lacks %s", line, want)
			}
		}
	}
	if n := r.metric(t, `kaohe_access_refused_total{ability="emit",by="script"}`); n != "30" || lines != 10 {
		t.Errorf("%s are counted and %d logged, want 30 and, as the clock stands, 10", n, lines)
	}
	r.mustTellNoSecret(t)
}

// TestTokensChangeWhileTheDaemonRuns: the first one shuts everybody else out at once, and a revoked one its holder.
func TestTokensChangeWhileTheDaemonRuns(t *testing.T) {
	opts := options(t, t.TempDir())
	a := mustStart(t, opts)
	if status, _ := get(t, a, "/v1/scorecard"); status != http.StatusOK || a.Guarded() {
		t.Fatalf("without tokens: status %d, guarded %t", status, a.Guarded())
	}
	r := &guardedRig{App: a, tokens: map[string]string{}}
	var err error
	if r.store, err = access.Open(filepath.Join(opts.Data, access.File), opts.Now); err != nil {
		t.Fatal(err)
	}
	r.create(t, access.NewToken{Name: "a", Org: "450703", Can: access.Read})
	if status, _ := get(t, a, "/v1/scorecard"); status != http.StatusUnauthorized {
		t.Errorf("with the first token: nobody gets status %d, want 401", status)
	}
	if status, _, _ := r.send(t, "a", http.MethodGet, "/v1/scorecard", ""); status != http.StatusOK {
		t.Errorf("with the first token: status %d", status)
	}
	if _, err := r.store.Revoke("a"); err != nil {
		t.Fatal(err)
	}
	if status, _, _ := r.send(t, "a", http.MethodGet, "/v1/scorecard", ""); status != http.StatusUnauthorized {
		t.Errorf("once it is revoked: status %d, want 401", status)
	}
	if status, _ := get(t, a, "/v1/scorecard"); status != http.StatusUnauthorized {
		t.Errorf("with no token left: nobody gets status %d, want 401", status)
	}
}

// TestTokensThatCannotBeRead: nobody gets in as long as that lasts, and it is said.
func TestTokensThatCannotBeRead(t *testing.T) {
	for name, harm := range map[string]func(file string) error{
		"gone":    os.Remove,
		"damaged": func(file string) error { return os.WriteFile(file, []byte(`{"version":1}`), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			r := startGuarded(t)
			file := filepath.Join(r.dir, access.File)
			whole, err := os.ReadFile(file)
			if err == nil {
				err = harm(file)
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, by := range []string{"", "admin"} {
				want := map[string]int{"": http.StatusUnauthorized, "admin": http.StatusServiceUnavailable}[by]
				if status, _, body := r.send(t, by, http.MethodGet, "/v1/scorecard", ""); status != want {
					t.Errorf("%q gets status %d, want %d: %s", by, status, want, body)
				}
			}
			if status, _, _ := r.send(t, "", http.MethodGet, "/healthz", ""); status != http.StatusOK {
				t.Errorf("/healthz: status %d", status)
			}
			second := options(t, r.dir)
			if a, err := app.New(second); err != nil {
				t.Error(err)
			} else if err := a.Start(t.Context()); !errors.Is(err, access.ErrUnreadable) {
				t.Errorf("a daemon that is started then: %v, want ErrUnreadable", err)
			}
			if err := os.WriteFile(file, whole, 0o600); err != nil {
				t.Fatal(err)
			}
			if status, _, body := r.send(t, "admin", http.MethodGet, "/v1/scorecard", ""); status != http.StatusOK {
				t.Errorf("with the file back: status %d: %s", status, body)
			}
			if n := r.metric(t, `kaohe_http_unauthenticated_total{reason="unreadable"}`); n != "1" {
				t.Errorf("requests meanwhile are counted as %s, want 1", n)
			}
		})
	}
}

// TestTokenOfUnknownUnit reaches nothing, and whoever runs the daemon is told.
func TestTokenOfUnknownUnit(t *testing.T) {
	r := startGuarded(t)
	r.create(t, access.NewToken{Name: "typo", Org: "450730", Can: access.All})
	for _, path := range []string{"/v1/scorecard", "/v1/scorecard?org=450703", "/v1/targets"} {
		if status, _, body := r.send(t, "typo", http.MethodGet, path, ""); status != http.StatusForbidden {
			t.Errorf("GET %s: status %d: %s", path, status, body)
		}
	}
	if status, _, body := r.send(t, "typo", http.MethodPost, "/v1/events", training("450703", "a")); status != http.StatusForbidden {
		t.Errorf("an event: status %d: %s", status, body)
	}
	for deadline := time.Now().Add(30 * time.Second); !strings.Contains(r.log.String(), `"token":"typo","org":"450730"`); {
		if time.Now().After(deadline) {
			t.Fatalf("nobody is warned:\n%s", r.log)
		}
	}
	if lost, live := r.metric(t, `kaohe_access_tokens{state="no_unit"}`), r.metric(t, `kaohe_access_tokens{state="live"}`); lost != "1" || live != "7" {
		t.Errorf("%s tokens without a unit and %s live ones are counted, want 1 and 7", lost, live)
	}
}

// TestBodiesAreReadOnceTheSenderIsKnown: who asks whether to go on with a body is told first that it may not.
func TestBodiesAreReadOnceTheSenderIsKnown(t *testing.T) {
	r := startGuarded(t)
	for token, want := range map[string]string{"kaohe_x": "HTTP/1.1 401 Unauthorized", r.tokens["qinbei"]: "HTTP/1.1 100 Continue"} {
		conn, err := net.Dial("tcp", r.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "POST /v1/events HTTP/1.1\r\nHost: kaohe\r\nAuthorization: Bearer %s\r\nContent-Type: application/cloudevents+json\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n", token)
		line, err := bufio.NewReader(conn).ReadString('\n')
		if strings.TrimSpace(line) != want || err != nil {
			t.Errorf("answered %q, %v, want %s", line, err, want)
		}
	}
}

// TestAddresses: other machines are served once there is a token, and then not in the clear.
func TestAddresses(t *testing.T) {
	certFile, keyFile := mustCertificate(t, t.TempDir(), 1)
	with := func(o *app.Options) { o.TLSCert, o.TLSKey = certFile, keyFile }
	without := func(o *app.Options) { o.NoTLS = true }
	for _, tt := range []struct {
		name, listen, nats string
		guarded            bool
		change             func(*app.Options)
		want               error
	}{
		{"this machine, no tokens", "127.0.0.1:0", "", false, nil, nil},
		{"elsewhere, no tokens", ":0", "", false, nil, app.ErrOpen},
		{"elsewhere, no tokens, a certificate", ":0", "", false, with, app.ErrOpen},
		{"elsewhere, no tokens, no TLS", ":0", "", false, without, app.ErrOpen},
		{"this machine, tokens", "127.0.0.1:0", "", true, nil, nil},
		{"elsewhere, tokens", ":0", "", true, nil, app.ErrPlain},
		{"elsewhere, tokens, a certificate", "0.0.0.0:0", "", true, with, nil},
		{"elsewhere, tokens, no TLS", "kaohe.example.org:8470", "", true, without, nil},
		{"NATS elsewhere, no tokens", "", ":0", false, with, app.ErrOpen},
		{"NATS elsewhere, tokens", "127.0.0.1:0", ":0", true, nil, app.ErrPlain},
		{"NATS elsewhere, tokens, a certificate", "127.0.0.1:0", ":0", true, with, nil},
	} {
		opts := options(t, t.TempDir())
		if opts.Listen, opts.NATSListen = tt.listen, tt.nats; tt.change != nil {
			tt.change(&opts)
		}
		if tt.guarded {
			store, err := access.Open(filepath.Join(opts.Data, access.File), opts.Now)
			if err != nil {
				t.Fatal(err)
			}
			(&guardedRig{store: store, tokens: map[string]string{}}).create(t, access.NewToken{Org: "450703", Can: access.Read})
		}
		if _, err := app.New(opts); !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
			t.Errorf("%s: New() = %v, want %v", tt.name, err, tt.want)
		}
	}
}
