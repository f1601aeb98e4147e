package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/natslog"
	"github.com/kaohe/kaohe/indicators"
)

// DefaultListen is where a daemon listens unless told otherwise: on this machine only.
const DefaultListen = "127.0.0.1:8470"

// ErrOpen says that a daemon would be reachable from other machines though nobody has to say who they are, so that anybody
// there could record facts. Make a token first, or listen on a loopback address.
var ErrOpen = errors.New("not a loopback address, and there are no tokens")

// ErrPlain says that a daemon would be reachable from other machines without TLS, so that whoever is on the way could read
// the tokens. Give it a certificate, or say that something before it does TLS.
var ErrPlain = errors.New("not a loopback address, and there is no certificate")

// Options say what a daemon works with.
type Options struct {
	Data   string // directory of the log
	Listen string // host:port, on a loopback interface as long as there are no tokens; port 0 takes a free one; "" does not listen
	// NATSListen is the host:port at which clients are served over NATS, by the same rules; "" serves none.
	NATSListen string
	// Cluster keeps the log; nil: the directory does. It excludes NATSListen and Salvage.
	Cluster *natslog.Cluster
	// TLSCert and TLSKey are the files of the certificate to show; both are empty for none. Other machines are only served
	// with one, unless NoTLS says that a proxy or a private network sees to it.
	TLSCert, TLSKey string
	NoTLS           bool

	Plan *indicators.Plan // what is counted; it comes into force if the log has another one
	// KeepPlan leaves the plan of the log in force, if it has one: Plan is for a new log.
	KeepPlan bool
	AsOf     events.Day // the business date; 0 is today
	// Salvage reads what is left of a damaged log. Nothing is written and no event is taken.
	Salvage bool

	Now     func() time.Time
	NewID   func() string // ids of commits
	Logger  *slog.Logger
	Version string        // of the program, for the metrics
	Grace   time.Duration // how long a failed start may take to clean up; 10 s if 0

	SnapshotEvery int64 // after how many events another snapshot is made; the runner's default if 0

	wrap func(natslog.Role, net.Conn) net.Conn // of tests: natslog.Options.Wrap
}

func (o *Options) validate() error {
	for _, field := range []struct {
		name    string
		missing bool
	}{
		{"Data", o.Data == ""}, {"Plan", o.Plan == nil}, {"Now", o.Now == nil}, {"NewID", o.NewID == nil}, {"Logger", o.Logger == nil},
	} {
		if field.missing {
			return fmt.Errorf("app: Options.%s is not set", field.name)
		}
	}
	if o.Grace == 0 {
		o.Grace = 10 * time.Second
	}
	if (o.TLSCert == "") != (o.TLSKey == "") || o.NoTLS && o.TLSCert != "" {
		return errors.New("app: Options.TLSCert and TLSKey go together, and not with NoTLS")
	}
	if o.Cluster != nil && (o.NATSListen != "" || o.Salvage) {
		return errors.New("app: Options.Cluster goes neither with NATSListen nor with Salvage")
	}
	return nil
}

// checkAddresses lets only addresses of this machine pass, unless everybody must say who they are and nobody on the way can
// read that.
func (o *Options) checkAddresses(guarded bool) error {
	for _, listen := range []string{o.Listen, o.NATSListen} {
		if listen == "" {
			continue
		}
		host, _, err := net.SplitHostPort(listen)
		if err != nil {
			return fmt.Errorf("listen address %q: expected host:port such as %s: %w", listen, DefaultListen, err)
		}
		ip := net.ParseIP(host)
		switch {
		case host == "localhost" || ip != nil && ip.IsLoopback():
		case !guarded:
			return fmt.Errorf("listen address %q: %w", listen, ErrOpen)
		case o.TLSCert == "" && !o.NoTLS:
			return fmt.Errorf("listen address %q: %w", listen, ErrPlain)
		}
	}
	return nil
}
