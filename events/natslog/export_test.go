package natslog

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
)

// master is a role that may do everything, for the tests.
const master Role = "master"

func init() { allowed[master] = nil }

// withMaster lets fn do what it wants in the account.
func (e *embedded) withMaster(fn func(jetstream.JetStream) error) error {
	nc, err := e.connect(master, nil)
	if err != nil {
		return err
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	return fn(js)
}

// PutRaw publishes a message beside the writer, as nobody may.
func (l *Log) PutRaw(ctx context.Context, m *nats.Msg) error {
	return l.server.withMaster(func(js jetstream.JetStream) error {
		_, err := js.PublishMsg(ctx, m)
		return err
	})
}

// ChangeStream changes the stream's configuration, as an administrator might.
func (l *Log) ChangeStream(ctx context.Context, change func(*jetstream.StreamConfig)) error {
	cfg := l.stream.CachedInfo().Config
	change(&cfg)
	return l.server.withMaster(func(js jetstream.JetStream) error {
		_, err := js.UpdateStream(ctx, cfg)
		return err
	})
}

// AddStream adds another stream to the account.
func (l *Log) AddStream(ctx context.Context, name string) error {
	return l.server.withMaster(func(js jetstream.JetStream) error {
		_, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: name, Subjects: []string{"other." + name}})
		return err
	})
}

// MakeDamaged makes a log with six commits of which some are lost, as damage may do it. A stream that denies deletion
// cannot be brought to lose one, so that comes last.
func MakeDamaged(tb testing.TB, dir string, lost ...uint64) {
	tb.Helper()
	log := &serverLog{log: slog.New(slog.DiscardHandler), count: prometheus.NewCounter(prometheus.CounterOpts{Name: "x"})}
	srv, err := startServer(dir, time.Minute, log, nil)
	if err != nil {
		tb.Fatal(err)
	}
	defer srv.stop()
	if err := srv.withMaster(func(js jetstream.JetStream) error { return lose(tb.Context(), js, lost) }); err != nil {
		tb.Fatal(err)
	}
}

func lose(ctx context.Context, js jetstream.JetStream, lost []uint64) error {
	cfg := streamConfig()
	cfg.DenyDelete = false
	stream, err := js.CreateStream(ctx, cfg)
	if err != nil {
		return err
	}
	for i := range 6 {
		_, err := js.PublishMsg(ctx, &nats.Msg{Subject: Subject, Data: []byte("[\n{}\n]"),
			Header: nats.Header{HeaderCommit: {fmt.Sprintf("c%d", i+1)}}})
		if err != nil {
			return err
		}
	}
	for _, seq := range lost {
		if err := stream.DeleteMsg(ctx, seq); err != nil {
			return err
		}
	}
	cfg.DenyDelete = true
	_, err = js.UpdateStream(ctx, cfg)
	return err
}

// OpenUnchecked opens a log without looking for damage, as it is when the damage comes later.
func OpenUnchecked(tb testing.TB, opts Options) *Log {
	tb.Helper()
	l := newLog(opts)
	tb.Cleanup(func() { l.Close(context.Background()) })
	if err := l.start(tb.Context(), true); err != nil {
		tb.Fatal(err)
	}
	return l
}

// OpenWithBrokenHead opens a log whose file log.head cannot be written.
func OpenWithBrokenHead(tb testing.TB, opts Options) *Log {
	tb.Helper()
	l, err := Open(tb.Context(), opts)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { l.Close(context.Background()) }) // which complains
	if err := l.head.close(); err != nil {
		tb.Fatal(err)
	}
	return l
}

// MaxOfGuest bounds the connections with one token.
const MaxOfGuest = maxOfGuest

// MaxTail bounds what a crash may leave.
const MaxTail = maxTail

// ReadBlock reads a block of some content.
func ReadBlock(tb testing.TB, content []byte) (seqs []uint64, tail int) {
	tb.Helper()
	name := filepath.Join(tb.TempDir(), "1.blk")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		tb.Fatal(err)
	}
	var r blockReader
	tail, err := r.read(tb.Context(), &block{path: name, index: 1}, func(r *record) error {
		r.commit()
		seqs = append(seqs, r.seq)
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return seqs, tail
}

// ParseHead parses the content of log.head and writes it again.
func ParseHead(b []byte) (again []byte, err error) {
	m, err := parseMark(b)
	return m.appendTo(nil), err
}

// BreakServer leaves the server running without JetStream, as it leaves itself when the disk is full.
func (l *Log) BreakServer() error { return l.server.srv.ShutdownJetStream() }

// ConnectAnonymously connects in this process without the key and returns all that the server has to say.
func (l *Log) ConnectAnonymously() (string, error) {
	c, err := l.server.srv.InProcessConn()
	if err != nil {
		return "", err
	}
	defer c.Close()
	go io.WriteString(c, "CONNECT {\"verbose\":false}\r\nPING\r\n")
	said, err := io.ReadAll(c)
	return string(said), err
}

// StopServer stops the server behind the log's back and takes its port from it.
func (l *Log) StopServer(addr string) (net.Listener, error) {
	l.server.mu.Lock()
	defer l.server.mu.Unlock()
	stop(l.server.srv)
	l.server.srv = nil
	return net.Listen("tcp", addr)
}

// PublishAsReader publishes on the reader's connection.
func (l *Log) PublishAsReader(ctx context.Context, subject string) error {
	ctx, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	_, err := l.consume.PublishMsg(ctx, &nats.Msg{Subject: subject, Data: []byte("[\n{}\n]")})
	return err
}

// HeadAt changes up to where a file like log.head says that commits were acknowledged.
func HeadAt(b []byte, seq uint64) ([]byte, error) {
	m, err := parseMark(b)
	m.seq = seq
	return m.appendTo(nil), err
}
