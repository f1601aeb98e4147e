package natslog

import (
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"sync"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/prometheus/client_golang/prometheus"
)

// serverLog takes what the server logs. Its notices are our debugging; its fatal errors, on which a server of its own
// would exit, become the error of the start. What clients from outside bring about is theirs and no fault of the server.
type serverLog struct {
	log   *slog.Logger
	count prometheus.Counter
	door  *door // nil: there are no clients from outside

	mu  sync.Mutex
	err error
}

func (s *serverLog) Noticef(format string, v ...any) {
	said := text(format, v)
	if s.outside(said) && strings.Contains(said, slowConsumer) {
		s.door.complain(said)
		return
	}
	s.log.Debug("nats server", "text", said)
}
func (s *serverLog) Debugf(string, ...any) {}
func (s *serverLog) Tracef(string, ...any) {}

func (s *serverLog) Warnf(format string, v ...any) {
	said := text(format, v)
	if s.outside(said) {
		s.door.complain(said)
		return
	}
	s.count.Inc()
	s.log.Warn("nats server", "text", said)
}

func (s *serverLog) Errorf(format string, v ...any) {
	said := text(format, v)
	if s.outside(said) {
		s.door.complain(said)
		return
	}
	s.count.Inc()
	s.log.Error("nats server", "text", said)
}

func (s *serverLog) Fatalf(format string, v ...any) {
	s.Errorf(format, v...)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = errors.Join(s.err, errors.New(text(format, v)))
}

func (s *serverLog) fatal() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

func (s *serverLog) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = nil
}

func text(format string, v []any) string { return fmt.Sprintf(format, v...) }

// outside reports whether a line is about a client that came over the network: it begins with the client's address then.
func (s *serverLog) outside(said string) bool {
	return s.door != nil && fromOutside.MatchString(said)
}

var (
	fromOutside = regexp.MustCompile(`^[0-9\[][0-9A-Fa-f.:%\]]*:[0-9]+ - cid:`)
	secretNames = regexp.MustCompile(accountPrefix + `U[A-Z2-7]+`)
)

// What the server says of clients, in parts that tell one thing from another.
const (
	slowConsumer = "Slow Consumer"
	violation    = " Violation - "
)

// complain notes what the server has to say about a client. Names of accounts are left out: who knew one could speak in
// its name. A failed login was noted already.
func (d *door) complain(said string) {
	if strings.Contains(said, server.ErrAuthentication.Error()) {
		return
	}
	reason := "other"
	switch {
	case strings.Contains(said, violation):
		reason = "subject"
	case strings.Contains(said, slowConsumer):
		reason = "slow"
	}
	d.metrics.complaints.WithLabelValues(reason).Inc()
	if more, ok := d.Calm(); ok {
		d.log.Warn("nats client", "text", secretNames.ReplaceAllString(said, accountPrefix), "unsaid", more)
	}
}
