package natslog_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/kaohe/kaohe/events/natslog"
)

// secrets are tokens and who has them.
type secrets struct {
	mu     sync.Mutex
	guests map[string]natslog.Guest
}

var errNobody = errors.New("unknown token")

func (s *secrets) admit(token string) (natslog.Guest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, ok := s.guests[token]
	if !ok {
		return natslog.Guest{}, errNobody
	}
	return g, nil
}

func (s *secrets) stays(g natslog.Guest) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, other := range s.guests {
		if other.Name == g.Name {
			return true
		}
	}
	return false
}

func (s *secrets) revoke(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.guests, token)
}

func hears(path string) []string {
	return []string{natslog.Announcements + ".*." + path, natslog.Announcements + ".*." + path + ".>"}
}

// house is a log with a door and somebody who answers behind it.
type house struct {
	*natslog.Log
	*secrets
	registry *prometheus.Registry
	dir      string
	said     *words // by the log's logger
	service  *nats.Conn
}

// words is a log that several goroutines write.
type words struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *words) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(b)
}

func (w *words) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

func openHouse(t *testing.T) *house {
	t.Helper()
	h := &house{registry: prometheus.NewRegistry(), said: &words{}, secrets: &secrets{guests: map[string]natslog.Guest{
		"token-of-qinnan": {Name: "qinnan", Hears: hears("450000.450700.450703")},
		"token-of-qinbei": {Name: "qinbei", Hears: hears("450000.450700.450702")},
		"token-of-emit":   {Name: "emit"},
	}}}
	opts := options(t)
	opts.Registerer, opts.Logger = h.registry, slog.New(slog.NewTextHandler(h.said, nil))
	opts.Door = door("127.0.0.1:0", h.secrets)
	h.dir = opts.Dir
	h.Log = mustOpen(t, opts)
	h.service = value(h.Service())(t)
	t.Cleanup(h.service.Close)
	value(h.service.Subscribe("kaohe.v1.who", func(m *nats.Msg) {
		g, ok := h.Caller(m.Header)
		_ = m.Respond(fmt.Appendf(nil, "%s %v", g.Name, ok))
	}))(t)
	must(t, h.service.Flush())
	must(t, h.OpenDoor())
	return h
}

// door says every other line about clients.
func door(addr string, s *secrets) *natslog.Door {
	var lines atomic.Int64
	return &natslog.Door{Addr: addr, Admit: s.admit, Stays: s.stays, Calm: func() (int, bool) { return 1, lines.Add(1)%2 == 1 }}
}

// value returns v if there is no error.
func value[T any](v T, err error) func(testing.TB) T {
	return func(tb testing.TB) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
}

// client connects from outside. What the server says against it comes to the channel.
func (h *house) client(t *testing.T, opts ...nats.Option) (*nats.Conn, <-chan error) {
	t.Helper()
	errs := make(chan error, 100)
	nc, err := nats.Connect("nats://"+h.DoorAddr(), append([]nats.Option{
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { errs <- err }), nats.ReconnectWait(10 * time.Millisecond), nats.Timeout(wait),
	}, opts...)...)
	if err != nil {
		t.Fatalf("Connect() = %v", err)
	}
	t.Cleanup(nc.Close)
	return nc, errs
}

// metric returns the sum of a family.
func (h *house) metric(t *testing.T, name string) float64 {
	t.Helper()
	families := value(h.registry.Gather())(t)
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		sum := 0.0
		for _, m := range f.GetMetric() {
			sum += m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
		return sum
	}
	t.Fatalf("no metric %s", name)
	return 0
}

const wait = 20 * time.Second
