package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"syscall"

	"github.com/nats-io/nats.go"
)

// authorities reads the certificates of the CAs that the server's may come from; nil, for those of the system, without a
// file.
func (c *cli) authorities(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, c.errorf("读不了 CA 证书: %w", "cannot read the certificates of the CA: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, c.errorf("文件 %s 里没有 PEM 格式的证书", "%s holds no certificate in PEM", file)
	}
	return pool, nil
}

// untrusted tells errors of a connection on which the two sides could not agree on TLS. Somebody is there, so that waiting
// for a better connection is of no use, and nobody should be told that the network is down.
func untrusted(err error) bool {
	var verification *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var op *net.OpError
	switch {
	case errors.As(err, &verification), errors.As(err, &record), errors.As(err, &unknown), errors.As(err, &host), errors.As(err, &invalid):
		return true
	case errors.As(err, &op) && (op.Op == "remote error" || op.Op == "local error"): // an alert of TLS
		return true
	}
	return errors.Is(err, nats.ErrTLS) && !absent(err) // the line may be cut at any time, in the handshake too
}

// absent tells errors that say that no server is there, or none that can be reached now: refused, no route, no name, no
// time, cut short.
func absent(err error) bool {
	var network net.Error
	if errors.As(err, &network) {
		return true
	}
	for _, gone := range []error{
		io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE,
		nats.ErrNoServers, nats.ErrNoResponders, nats.ErrTimeout, nats.ErrConnectionClosed, nats.ErrStaleConnection, nats.ErrDisconnected,
	} {
		if errors.Is(err, gone) {
			return true
		}
	}
	return false
}
