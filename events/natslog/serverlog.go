package natslog

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// serverLog takes what the server logs. Its notices are our debugging; its fatal errors, on which a server of its own
// would exit, become the error of the start.
type serverLog struct {
	log   *slog.Logger
	count prometheus.Counter

	mu  sync.Mutex
	err error
}

func (s *serverLog) Noticef(format string, v ...any) {
	s.log.Debug("nats server", "text", text(format, v))
}
func (s *serverLog) Debugf(string, ...any) {}
func (s *serverLog) Tracef(string, ...any) {}

func (s *serverLog) Warnf(format string, v ...any) {
	s.count.Inc()
	s.log.Warn("nats server", "text", text(format, v))
}

func (s *serverLog) Errorf(format string, v ...any) {
	s.count.Inc()
	s.log.Error("nats server", "text", text(format, v))
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
