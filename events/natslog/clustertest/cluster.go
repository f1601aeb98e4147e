package clustertest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// patience bounds what a test waits for; nothing takes that long unless it hangs.
const patience = 2 * time.Minute

// Cluster is a number of servers. Not more than one goroutine may start and kill them.
type Cluster struct {
	CA string // file with the CA of the certificates that clients see; empty if the servers have none

	nodes   []*server.Server // nil where one is down
	options []*server.Options
}

// Start starts a cluster of some servers, with the shipped configuration, and waits until it has a leader. It ends with the
// test.
func Start(tb testing.TB, nodes int) *Cluster {
	tb.Helper()
	dir := tb.TempDir()
	certify(tb, dir)
	c := &Cluster{CA: filepath.Join(dir, "server-ca.pem"), nodes: make([]*server.Server, nodes)}
	ports := freePorts(tb, 2*nodes)
	for i := range nodes {
		c.options = append(c.options, configure(tb, dir, i, ports[:nodes], ports[nodes:]))
	}
	tb.Cleanup(c.stop)
	for i := range nodes {
		c.Restart(tb, i)
	}
	Await(tb, "a leader of the cluster", func() bool {
		for _, srv := range c.nodes {
			if srv.JetStreamIsLeader() {
				return true
			}
		}
		return false
	})
	return c
}

// Single starts one server that is no cluster and has no TLS. Its configuration may name accounts and the like.
func Single(tb testing.TB, configuration string) *Cluster {
	tb.Helper()
	dir := tb.TempDir()
	file := filepath.Join(dir, "nats.conf")
	write(tb, file, []byte(configuration))
	opts := process(tb, file)
	opts.Host, opts.Port = "127.0.0.1", freePorts(tb, 1)[0]
	opts.JetStream, opts.StoreDir = true, filepath.Join(dir, "store")
	c := &Cluster{nodes: make([]*server.Server, 1), options: []*server.Options{opts}}
	tb.Cleanup(c.stop)
	c.Restart(tb, 0)
	return c
}

// Restart starts a server that is down.
func (c *Cluster) Restart(tb testing.TB, i int) {
	tb.Helper()
	srv, err := server.NewServer(c.options[i].Clone())
	must(tb, err)
	go srv.Start()
	if !srv.ReadyForConnections(patience) {
		srv.Shutdown()
		tb.Fatalf("server %d is not ready", i)
	}
	c.nodes[i] = srv
}

// Kill shuts a server down.
func (c *Cluster) Kill(i int) {
	if srv := c.nodes[i]; srv != nil {
		srv.Shutdown()
		srv.WaitForShutdown()
		c.nodes[i] = nil
	}
}

func (c *Cluster) stop() {
	for i := range c.nodes {
		c.Kill(i)
	}
}

// Leader waits for a leader of a stream in the account KAOHE and returns which server it is.
func (c *Cluster) Leader(tb testing.TB, stream string) (leader int) {
	tb.Helper()
	Await(tb, "a leader of the stream", func() bool {
		for i, srv := range c.nodes {
			if srv != nil && srv.JetStreamIsStreamLeader("KAOHE", stream) {
				leader = i
				return true
			}
		}
		return false
	})
	return leader
}

// AwaitCurrent waits until all servers have all that is in a stream.
func (c *Cluster) AwaitCurrent(tb testing.TB, stream string) {
	tb.Helper()
	c.Leader(tb, stream)
	Await(tb, "servers that have all", func() bool {
		for _, srv := range c.nodes {
			if srv == nil || !srv.JetStreamIsStreamCurrent("KAOHE", stream) {
				return false
			}
		}
		return true
	})
}

// URLs returns where the servers are, whether they run or not.
func (c *Cluster) URLs() string {
	scheme := "nats://"
	if c.CA != "" {
		scheme = "tls://"
	}
	urls := make([]string, len(c.options))
	for i, o := range c.options {
		urls[i] = scheme + loopback(o.Port)
	}
	return strings.Join(urls, ",")
}

// Dial returns what connects a user to the cluster.
func (c *Cluster) Dial(tb testing.TB, u User) func(...nats.Option) (*nats.Conn, error) {
	tb.Helper()
	options := []nats.Option{nats.UserInfo(u.Name, u.Password), nats.Timeout(patience)}
	if c.CA != "" {
		pem, err := os.ReadFile(c.CA)
		must(tb, err)
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(pem)
		options = append(options, nats.Secure(&tls.Config{RootCAs: pool}))
	}
	return func(more ...nats.Option) (*nats.Conn, error) {
		return nats.Connect(c.URLs(), append(options[:len(options):len(options)], more...)...)
	}
}

// As lets fn do what it wants as a user.
func (c *Cluster) As(tb testing.TB, u User, fn func(context.Context, jetstream.JetStream) error) {
	tb.Helper()
	nc, err := c.Dial(tb, u)()
	must(tb, err)
	defer nc.Close()
	js, err := jetstream.New(nc)
	must(tb, err)
	ctx, cancel := context.WithTimeout(tb.Context(), patience)
	defer cancel()
	must(tb, fn(ctx, js))
}

// Remove deletes a stream, if it is there.
func (c *Cluster) Remove(tb testing.TB, stream string) {
	tb.Helper()
	c.As(tb, Master, func(ctx context.Context, js jetstream.JetStream) error {
		if err := js.DeleteStream(ctx, stream); !errors.Is(err, jetstream.ErrStreamNotFound) {
			return err
		}
		return nil
	})
}

// Await polls until something holds.
func Await(tb testing.TB, what string, holds func() bool) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), patience)
	defer cancel()
	for poll := time.NewTicker(5 * time.Millisecond); !holds(); {
		select {
		case <-poll.C:
		case <-ctx.Done():
			tb.Fatalf("there is no sign of %s", what)
		}
	}
}
