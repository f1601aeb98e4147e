package app_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/app"
)

// mustCertificate makes a certificate for this machine that signs itself, and returns its files.
func mustCertificate(tb testing.TB, dir string, serial int64) (certFile, keyFile string) {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "kaohe"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"}, BasicConstraintsValid: true, IsCA: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	cert, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		tb.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		tb.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for name, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: cert}, keyFile: {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return certFile, keyFile
}

// shown connects and returns the serial number of the certificate that the daemon shows, and what was agreed on.
func shown(tb testing.TB, a *app.App, config *tls.Config) (serial int64, state tls.ConnectionState, err error) {
	tb.Helper()
	config.InsecureSkipVerify = true // whose it is, is looked at below
	conn, err := tls.Dial("tcp", a.Addr(), config)
	if err != nil {
		return 0, state, err
	}
	defer conn.Close()
	state = conn.ConnectionState()
	return state.PeerCertificates[0].SerialNumber.Int64(), state, nil
}

func TestTLS(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := mustCertificate(t, dir, 1)
	r := startGuarded(t, func(o *app.Options) { o.TLSCert, o.TLSKey = certFile, keyFile })
	if !strings.HasPrefix(r.URL(), "https://127.0.0.1:") {
		t.Errorf("URL() = %s", r.URL())
	}
	pool := x509.NewCertPool()
	b, err := os.ReadFile(certFile)
	if err != nil || !pool.AppendCertsFromPEM(b) {
		t.Fatalf("no certificate: %v", err)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}}
	defer client.CloseIdleConnections()
	req, err := http.NewRequest(http.MethodGet, r.URL()+"/v1/scorecard", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+r.tokens["qinbei"])
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.ProtoMajor != 2 {
		t.Errorf("status %d by %s, want 200 by HTTP/2", resp.StatusCode, resp.Proto)
	}
	if resp, err := http.Get("http://" + r.Addr() + "/healthz"); err == nil {
		if resp.Body.Close(); resp.StatusCode != http.StatusBadRequest {
			t.Errorf("without TLS: status %d, want 400", resp.StatusCode)
		}
	}
	if _, state, err := shown(t, r.App, &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}); err == nil {
		t.Errorf("TLS 1.1 is taken: %x", state.Version)
	}
	if _, state, err := shown(t, r.App, &tls.Config{MaxVersion: tls.VersionTLS12}); err != nil || state.Version != tls.VersionTLS12 {
		t.Errorf("TLS 1.2 is not taken: %v", err)
	}
}

// TestCertificateIsReadAnew: who connects after the files have changed is shown the new one. As long as they do not go together
// the old one is shown, and that is counted.
func TestCertificateIsReadAnew(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := mustCertificate(t, dir, 1)
	a := mustStart(t, func() app.Options {
		o := options(t, t.TempDir())
		o.TLSCert, o.TLSKey = certFile, keyFile
		return o
	}())
	want := func(name string, serial int64) {
		t.Helper()
		if got, _, err := shown(t, a, &tls.Config{}); err != nil || got != serial {
			t.Errorf("%s: certificate %d, %v, want %d", name, got, err, serial)
		}
	}
	want("at the start", 1)
	newCert, newKey := mustCertificate(t, t.TempDir(), 2)
	mustMove(t, newCert, certFile)
	want("with half of it changed", 1)
	mustMove(t, newKey, keyFile)
	want("with all of it changed", 2)
	if err := os.Remove(keyFile); err != nil {
		t.Fatal(err)
	}
	want("with a file gone", 2)
}

func mustMove(tb testing.TB, from, to string) {
	tb.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to+".new", b, 0o600)
	}
	if err == nil {
		err = os.Rename(to+".new", to)
	}
	if err == nil {
		err = os.Chtimes(to, time.Now(), time.Now().Add(time.Second)) // no two versions are of one moment
	}
	if err != nil {
		tb.Fatal(err)
	}
}

func TestCertificateThatCannotBeUsed(t *testing.T) {
	certFile, keyFile := mustCertificate(t, t.TempDir(), 1)
	for name, change := range map[string]func(*app.Options){
		"not there": func(o *app.Options) { o.TLSCert, o.TLSKey = certFile+"x", keyFile },
		"no key":    func(o *app.Options) { o.TLSCert, o.TLSKey = certFile, certFile },
	} {
		opts := options(t, filepath.Join(t.TempDir(), "data"))
		change(&opts)
		a, err := app.New(opts)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "read the certificate") {
			t.Errorf("%s: Start() = %v, want that the certificate cannot be read", name, err)
		}
		if _, err := os.Stat(opts.Data); !os.IsNotExist(err) {
			t.Errorf("%s: the start left something behind: %v", name, err)
		}
	}
	for name, change := range map[string]func(*app.Options){
		"a certificate without its key":  func(o *app.Options) { o.TLSCert = certFile },
		"a key without its certificate":  func(o *app.Options) { o.TLSKey = keyFile },
		"a certificate and none at once": func(o *app.Options) { o.TLSCert, o.TLSKey, o.NoTLS = certFile, keyFile, true },
	} {
		opts := options(t, t.TempDir())
		change(&opts)
		if _, err := app.New(opts); err == nil || !strings.Contains(err.Error(), "TLSCert") {
			t.Errorf("%s: New() = %v, want an error", name, err)
		}
	}
}
