package natsapi

import (
	"context"
	"errors"

	"github.com/nats-io/nats.go"
)

// lines are the connections of a service. The library lets one goroutine at a time into a connection, to send or to take in
// what has come, and large answers take their time. So requests come in on one connection, receipts and refusals go out on
// another, and answers to questions on a third.
type lines struct{ in, receipts, answers *nats.Conn }

// open opens the connections. lost is told when requests come in faster than they are looked at.
func open(connect func(...nats.Option) (*nats.Conn, error), lost func(subject string, err error)) (l lines, err error) {
	note := nats.ErrorHandler(func(_ *nats.Conn, sub *nats.Subscription, err error) {
		subject := ""
		if sub != nil {
			subject = sub.Subject
		}
		lost(subject, err)
	})
	for _, line := range []**nats.Conn{&l.in, &l.receipts, &l.answers} {
		if *line, err = connect(note); err != nil {
			return l, err
		}
	}
	return l, nil
}

func (l lines) close() {
	for _, line := range []*nats.Conn{l.in, l.receipts, l.answers} {
		if line != nil {
			line.Close()
		}
	}
}

// flush waits until all that was sent has arrived.
func (l lines) flush(ctx context.Context) error {
	return errors.Join(l.receipts.FlushWithContext(ctx), l.answers.FlushWithContext(ctx))
}

func (s *Service) lostRequests(subject string, err error) { s.lose("requests were lost", subject, err) }

// lose notes what could not be looked at, or not be sent.
func (s *Service) lose(what, subject string, err error) {
	s.metrics.lost.Inc()
	if unsaid, ok := s.Calm(); ok {
		s.Logger.Warn(what, "subject", subject, "error", err, "unsaid", unsaid)
	}
}
