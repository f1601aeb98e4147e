package main

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
)

// anything answers every question.
var anything = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"org":"450703","time_zone":"UTC"}`) })

// nkey makes a key, and a file with its seed.
func nkey(t *testing.T) (public, file string) {
	t.Helper()
	pair := must1(nkeys.CreateUser())
	file = filepath.Join(t.TempDir(), "user.nk")
	must(os.WriteFile(file, must1(pair.Seed()), 0o600))
	return must1(pair.PublicKey()), file
}

func TestWhoAsksOverNATS(t *testing.T) {
	public, seed := nkey(t)
	service := nats.UserInfo("service", "s")
	users := []*server.User{{Username: "service", Password: "s"}, {Username: "bob", Password: "secret"}}
	people := natsServer(t, server.Options{Users: users, Nkeys: []*server.NkeyUser{{Nkey: public}}})
	serviceAt(t, people, anything, service)
	tokens := natsServer(t, server.Options{Authorization: "kaohe_a_secret"})
	serviceAt(t, tokens, anything, nats.Token("kaohe_a_secret"))
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	must(os.MkdirAll(filepath.Join(config, "nats", "context"), 0o700))
	context := func(name, url, rest string) {
		must(os.WriteFile(filepath.Join(config, "nats", "context", name+".json"), []byte(fmt.Sprintf(`{"url":%q%s}`, url, rest)), 0o600))
	}
	context("bureau", people, `,"user":"bob","password":"secret"`)
	context("elsewhere", "nats://127.0.0.1:1", `,"user":"bob","password":"secret"`)
	context("tokens", tokens, `,"user":"nobody","password":"nothing"`)

	for _, tt := range []struct {
		name string
		args string
		env  map[string]string
		want int
		said string
	}{
		{"nobody", "--server " + people, nil, exitRefused, "set KAOHE_TOKEN"},
		{"the token", "--server " + tokens, map[string]string{"KAOHE_TOKEN": "kaohe_a_secret"}, exitDone, ""},
		{"a wrong token", "--server " + tokens, map[string]string{"KAOHE_TOKEN": "kaohe_b_secret"}, exitRefused, "set KAOHE_TOKEN"},
		{"a user", "", map[string]string{"NATS_URL": people, "NATS_USER": "bob", "NATS_PASSWORD": "secret"}, exitDone, ""},
		{"a wrong password", "", map[string]string{"NATS_URL": people, "NATS_USER": "bob", "NATS_PASSWORD": "secrets"}, exitRefused, "set KAOHE_TOKEN"},
		{"a user alone is a token", "", map[string]string{"NATS_URL": tokens, "NATS_USER": "kaohe_a_secret"}, exitDone, ""},
		{"a user in the address", "", map[string]string{"NATS_URL": strings.Replace(people, "//", "//bob:secret@", 1)}, exitDone, ""},
		{"a token instead of the user in the address", "", map[string]string{"NATS_URL": strings.Replace(tokens, "//", "//bob:secret@", 1), "KAOHE_TOKEN": "kaohe_a_secret"}, exitDone, ""},
		{"a key", "--server " + people + " --nkey " + seed, map[string]string{"KAOHE_TOKEN": "kaohe_a_secret"}, exitDone, ""},
		{"a key of the environment", "--server " + people, map[string]string{"NATS_NKEY": seed}, exitDone, ""},
		{"no credentials", "--server " + people + " --creds /none", nil, exitFailed, "/none"},
		{"a context", "--context bureau", map[string]string{"KAOHE_SERVER": "http://127.0.0.1:1"}, exitDone, ""},
		{"a context of the environment", "", map[string]string{"NATS_CONTEXT": "bureau"}, exitDone, ""},
		{"a context with another address", "--context elsewhere --server " + people, nil, exitDone, ""},
		{"a context with our token", "--context tokens", map[string]string{"KAOHE_TOKEN": "kaohe_a_secret"}, exitDone, ""},
		{"a context without it", "--context tokens", nil, exitRefused, "set KAOHE_TOKEN"},
		{"a context that nobody knows", "--context nowhere", nil, exitFailed, `unknown context "nowhere"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, stdout, stderr := invoke(t, tt.env, append([]string{"gaps", "-o", "json"}, strings.Fields(tt.args)...)...)
			if code != tt.want || !strings.Contains(stderr, tt.said) || strings.Contains(stdout, "450703") != (code == exitDone) {
				t.Errorf("exit %d, stdout %q, stderr %q, want exit %d and %q", code, stdout, stderr, tt.want, tt.said)
			}
			if strings.Contains(stderr, "secret") {
				t.Errorf("%q tells the secret", stderr)
			}
		})
	}
}

// TestWhatNATSForbidsIsSaidAtOnce, though no answer ever comes. It is not kept for later.
func TestWhatNATSForbidsIsSaidAtOnce(t *testing.T) {
	may := &server.Permissions{Publish: &server.SubjectPermission{Deny: []string{"kaohe.v1.emit"}}}
	address := natsServer(t, server.Options{Users: []*server.User{{Username: "service", Password: "s"}, {Username: "bob", Password: "b", Permissions: may}}})
	serviceAt(t, address, anything, nats.UserInfo("service", "s"))
	env := map[string]string{"NATS_URL": address, "NATS_USER": "bob", "NATS_PASSWORD": "b"}
	wait := filepath.Join(t.TempDir(), "wait")
	code, _, stderr := invoke(t, env, "emit", "PatentGranted", "kind=design", "--spool", wait)
	if code != exitRefused || !strings.Contains(stderr, `"kaohe.v1.emit"`) || !strings.Contains(stderr, "nothing was kept") {
		t.Errorf("exit %d, stderr %q, want what is forbidden", code, stderr)
	}
	waits(t, wait, 0)
}

func TestNATSWithTLS(t *testing.T) {
	web := httptest.NewTLSServer(nil) // for its certificate
	defer web.Close()
	ca := authority(t, web)
	safe := natsServer(t, server.Options{TLS: true, TLSConfig: &tls.Config{Certificates: web.TLS.Certificates}, Authorization: "kaohe_a_b"})
	serviceAt(t, safe, anything, nats.Token("kaohe_a_b"), nats.RootCAs(ca))
	plain := natsServer(t, server.Options{Authorization: "kaohe_a_b"})
	serviceAt(t, plain, anything, nats.Token("kaohe_a_b"))
	if code, _, stderr := invoke(t, map[string]string{"KAOHE_TOKEN": "kaohe_a_b"}, "gaps", "--server", plain, "--tls-ca", ca); code != exitFailed || !strings.Contains(stderr, "has no TLS") {
		t.Errorf("--tls-ca and a server without TLS: exit %d, %q", code, stderr)
	}
	for _, tt := range []struct {
		name, address, ca string
		want              int
		said              string
	}{
		{"with the CA", strings.Replace(safe, "nats", "tls", 1), ca, exitDone, ""},
		{"though the address does not say so", safe, ca, exitDone, ""},
		{"without the CA", safe, "", exitFailed, "the TLS connection was not made"},
		{"a CA for other servers", plain, ca, exitDone, ""},
		{"a server without it", strings.Replace(plain, "nats", "tls", 1), "", exitFailed, "the server has no TLS; nothing was sent"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			env := map[string]string{"KAOHE_TOKEN": "kaohe_a_b", "KAOHE_SERVER": tt.address, "KAOHE_TLS_CA": tt.ca}
			code, _, stderr := invoke(t, env, "gaps", "-o", "json")
			if code != tt.want || !strings.Contains(stderr, tt.said) {
				t.Errorf("exit %d, stderr %q, want exit %d and %q", code, stderr, tt.want, tt.said)
			}
			wait := filepath.Join(t.TempDir(), "wait")
			if code, stdout, _ := invoke(t, env, "emit", "PatentGranted", "--spool", wait); code == exitDone || strings.Contains(stdout, "kept") {
				t.Errorf("emit: exit %d, stdout %q, want that nothing is kept or recorded", code, stdout)
			}
		})
	}
}

// TestSecretsGoByTLSToOtherMachines says when a connection must have TLS, whatever its address says.
func TestSecretsGoByTLSToOtherMachines(t *testing.T) {
	_, seed := nkey(t)
	for _, tt := range []struct {
		name     string
		servers  string
		who      nats.Option
		insecure bool
		want     bool
	}{
		{"a token to another machine", "nats://192.0.2.1", nats.Token("t"), false, true},
		{"a password to another machine", "nats://192.0.2.1", nats.UserInfo("u", "p"), false, true},
		{"a password in the address", "nats://u:p@192.0.2.1", nil, false, true},
		{"one of several is another machine", "nats://127.0.0.1,nats://192.0.2.1", nats.Token("t"), false, true},
		{"an address that cannot be read", "nats://%zz", nats.Token("t"), false, true},
		{"a name", "nats://kaohe.example", nats.Token("t"), false, true},
		{"a trusted network", "nats://192.0.2.1", nats.Token("t"), true, false},
		{"this machine", "nats://127.0.0.1,nats://localhost", nats.Token("t"), false, false},
		{"a key, which stays here", "nats://192.0.2.1", must1(nats.NkeyOptionFromSeed(seed)), false, false},
		{"nobody", "nats://192.0.2.1", nil, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := nats.Options{Servers: strings.Split(tt.servers, ",")}
			if tt.who != nil {
				must(tt.who(&o))
			}
			must(guarded(tt.insecure)(&o))
			if o.Secure != tt.want || o.Secure && o.TLSConfig == nil {
				t.Errorf("Secure = %t, want %t", o.Secure, tt.want)
			}
		})
	}
}
