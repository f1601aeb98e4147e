package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"syscall"
	"testing"

	"github.com/nats-io/nats.go"
)

// TestWhatIsAbsent tells the errors after which an event is kept from those that waiting does not mend.
func TestWhatIsAbsent(t *testing.T) {
	const gone, wrong, other = "absent", "untrusted", "neither"
	for _, tt := range []struct {
		err  error
		want string
	}{
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, gone},
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.EHOSTUNREACH)}, gone},
		{&net.DNSError{Err: "no such host", Name: "kaohe.example"}, gone},
		{&url.Error{Op: "Post", URL: "http://a", Err: io.EOF}, gone},
		{fmt.Errorf("read: %w", syscall.ECONNRESET), gone},
		{os.ErrDeadlineExceeded, gone},
		{nats.ErrNoServers, gone},
		{nats.ErrNoResponders, gone},
		{fmt.Errorf("%w: %w", nats.ErrTLS, io.EOF), gone},
		{fmt.Errorf("%w: %w", nats.ErrTLS, errors.New("handshake failure")), wrong},
		{&net.OpError{Op: "remote error", Err: errors.New("tls: bad certificate")}, wrong},
		{fmt.Errorf("%w: %w", nats.ErrTLS, &net.OpError{Op: "remote error", Err: errors.New("tls: bad certificate")}), wrong},
		{&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, wrong},
		{&url.Error{Op: "Get", Err: x509.HostnameError{Certificate: &x509.Certificate{}, Host: "a"}}, wrong},
		{tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, wrong},
		{nats.ErrAuthorization, other},
		{nats.ErrSecureConnWanted, other},
		{errors.New(`unknown context "x"`), other},
	} {
		got := other
		if untrusted(tt.err) {
			got = wrong
		} else if absent(tt.err) {
			got = gone
		}
		if got != tt.want {
			t.Errorf("%v is %s, want %s", tt.err, got, tt.want)
		}
	}
}
