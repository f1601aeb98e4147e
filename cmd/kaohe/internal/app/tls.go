package app

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// certificate is what the daemon shows of itself, from two files. When they change it is read anew, by the next who connects.
// As long as the new ones cannot be used, such as while only one of them has been replaced, the old one is shown.
type certificate struct {
	certFile, keyFile string
	logger            *slog.Logger

	mu     sync.Mutex
	loaded *tls.Certificate
	stamp  [2]stamp // of the files that were tried last

	failures prometheus.Counter
}

// stamp tells versions of a file apart.
type stamp struct {
	size int64
	time time.Time
}

// loadCertificate reads the certificate; it fails if that cannot be used.
func (a *App) loadCertificate() (*certificate, error) {
	c := &certificate{
		certFile: a.opts.TLSCert, keyFile: a.opts.TLSKey, logger: a.opts.Logger.With("part", "tls"),
		failures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "kaohe_tls_reload_failures_total", Help: "Changed files of the certificate that could not be used; the one before is still shown."}),
	}
	c.stamp = c.stamps()
	var err error
	if c.loaded, err = c.load(); err != nil {
		return nil, err
	}
	expiry := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "kaohe_tls_certificate_expiry_timestamp_seconds", Help: "When the certificate that is shown expires."},
		func() float64 { return float64(c.current().Leaf.NotAfter.Unix()) })
	a.registry.MustRegister(c.failures, expiry)
	return c, nil
}

func (c *certificate) load() (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return nil, fmt.Errorf("read the certificate: %w", err)
	}
	if pair.Leaf == nil {
		if pair.Leaf, err = x509.ParseCertificate(pair.Certificate[0]); err != nil {
			return nil, fmt.Errorf("read the certificate: %w", err)
		}
	}
	return &pair, nil
}

func (c *certificate) stamps() (s [2]stamp) {
	for i, name := range []string{c.certFile, c.keyFile} {
		if info, err := os.Stat(name); err == nil {
			s[i] = stamp{info.Size(), info.ModTime()}
		}
	}
	return s
}

// current returns the certificate to show.
func (c *certificate) current() *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.stamps()
	if s == c.stamp {
		return c.loaded
	}
	c.stamp = s
	fresh, err := c.load()
	if err != nil {
		c.failures.Inc()
		c.logger.Warn("the changed certificate cannot be used, the one before is shown", "error", err)
		return c.loaded
	}
	c.loaded = fresh
	c.logger.Info("certificate read anew", "expires", fresh.Leaf.NotAfter)
	return fresh
}

// config is how the daemon speaks TLS; nil if it has no certificate.
func (c *certificate) config() *tls.Config {
	if c == nil {
		return nil
	}
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.current(), nil },
	}
}
