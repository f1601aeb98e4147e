package app_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/app"
	"github.com/kaohe/kaohe/events/access"
)

func TestTheDaemonAnswersOverNATS(t *testing.T) {
	t.Parallel()
	r := startNATS(t)
	nc, errs := r.connect(t)
	status, receipt := emit(t, nc, "["+strings.Join(demoLines(t), ",")+"]")
	if status != "200" || receipt.New != len(demoLines(t)) || receipt.Durability != "fsync" {
		t.Fatalf("emit = %s, %d new, %s, want all of %d", status, receipt.New, receipt.Durability, len(demoLines(t)))
	}
	if status, receipt = emit(t, nc, demoLines(t)[0]); status != "200" || receipt.Recorded != 1 {
		t.Errorf("emit again = %s %+v, want recorded", status, receipt)
	}
	if status, receipt = emit(t, nc, `{"type":"Nonsense"}`); status != "422" || receipt.Refused != 1 {
		t.Errorf("emit nonsense = %s %+v, want 422", status, receipt)
	}
	for endpoint, question := range map[string]string{
		"scorecard": `{"quarter":"2018Q1","at_least":"end"}`, "explain": `{"indicator":"conversions","quarter":"2018Q1"}`,
		"targets": `{"year":2018}`, "catalogue": ``, "event": `{"position":"2-0"}`,
	} {
		if status, body := request(t, nc, endpoint, question); status != "200" || !strings.Contains(body, "450703") {
			t.Errorf("%s = %s %s, want an answer", endpoint, status, body)
		}
	}
	if status, body := request(t, nc, "event", `{"source":"report:450703/2018Q1#1-1-3","id":"pool-liyuan"}`); status != "200" || !strings.Contains(body, `"id":"pool-liyuan"`) {
		t.Errorf("event by identity = %s %s", status, body)
	}
	if status, _ := request(t, nc, "event", `{"position":"999-0"}`); status != "404" {
		t.Errorf("event that is not there = %s, want 404", status)
	}
	for endpoint, question := range map[string][2]string{
		"scorecard": {`{"quarter":"2018Q1"}`, "/v1/scorecard?quarter=2018Q1"}, "explain": {`{"indicator":"conversions"}`, "/v1/explain?indicator=conversions"},
	} {
		_, over := request(t, nc, endpoint, question[0])
		if _, body := get(t, r.App, question[1]); over != body {
			t.Errorf("%s over NATS:\n%s\nover HTTP:\n%s", endpoint, over, body)
		}
	}
	if len(errs) > 0 {
		t.Errorf("the server forbids: %v", <-errs)
	}
}

func TestTheServiceIsFoundThroughTheDoor(t *testing.T) {
	t.Parallel()
	r := startNATS(t)
	nc, _ := r.connect(t)
	for subject, into := range map[string]any{"$SRV.PING": &micro.Ping{}, "$SRV.INFO.kaohe": &micro.Info{}, "$SRV.STATS.kaohe": &micro.Stats{}} {
		m, err := nc.Request(subject, nil, natsWait)
		if err != nil {
			t.Fatalf("%s: %v", subject, err)
		}
		if err := json.Unmarshal(m.Data, into); err != nil || !strings.Contains(string(m.Data), `"name":"kaohe"`) {
			t.Errorf("%s = %s, %v", subject, m.Data, err)
		}
	}
}

func TestNATSByTLS(t *testing.T) {
	t.Parallel()
	var roots *x509.CertPool
	r := startNATS(t, func(o *app.Options) { o.TLSCert, o.TLSKey, roots = certificateFiles(t) })
	secret := r.token(t, "clerk", "450703", access.All)
	nc, _ := r.connect(t, nats.Token(secret), nats.Secure(&tls.Config{RootCAs: roots}))
	if status, _ := request(t, nc, "scorecard", ""); status != "200" {
		t.Errorf("scorecard = %s, want 200", status)
	}
	var unknown x509.UnknownAuthorityError
	if nc, err := nats.Connect(r.NATSURL(), nats.Token(secret), nats.Timeout(natsWait)); !errors.As(err, &unknown) {
		t.Errorf("Connect() = %v, %v to a server whose certificate nobody vouches for, want UnknownAuthorityError", nc, err)
	}
	plain, err := net.Dial("tcp", r.natsAddr())
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	if _, err := fmt.Fprintf(plain, "CONNECT {\"auth_token\":%q}\r\nPING\r\n", secret); err != nil {
		t.Fatal(err)
	}
	if err := plain.SetDeadline(time.Now().Add(natsWait)); err != nil {
		t.Fatal(err)
	}
	if said, err := io.ReadAll(plain); strings.Contains(string(said), "PONG") || !strings.HasPrefix(string(said), "INFO") {
		t.Errorf("without TLS the server says %q, %v, want no more than INFO", said, err)
	}
}

// certificateFiles writes a certificate for this machine, and returns who vouches for it.
func certificateFiles(t *testing.T) (cert, key string, roots *x509.CertPool) {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	private, err := x509.MarshalPKCS8PrivateKey(s.TLS.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key, roots = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), x509.NewCertPool()
	for name, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: s.Certificate().Raw}, key: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	roots.AddCert(s.Certificate())
	return cert, key, roots
}

func TestOptionsOfNATS(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*app.Options)
		want   string
	}{
		{"no port", func(o *app.Options) { o.NATSListen = "127.0.0.1" }, "host:port"},
		{"another machine's business", func(o *app.Options) { o.NATSListen = "0.0.0.0:0" }, app.ErrOpen.Error()},
		{"salvage", func(o *app.Options) { o.NATSListen, o.Salvage = "127.0.0.1:0", true }, "Salvage"},
	} {
		opts := options(t, t.TempDir())
		tt.change(&opts)
		a, err := app.New(opts)
		if err == nil {
			err = a.Start(t.Context())
			mustStop(t, a)
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want an error with %s", tt.name, err, tt.want)
		}
	}
}
