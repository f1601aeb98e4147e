package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// pulse asks the log where it ends, for all who want to know, and every few seconds by itself, so that a log that does not
// answer is known before somebody has a fact to record. An answer may take longer than its context allows, when a
// connection is being made anew: one question is on its way at a time, and nobody waits for it longer than reachWait.
type pulse struct {
	ask     func(context.Context) (uint64, error)
	logger  *slog.Logger
	answers prometheus.Gauge

	mu    sync.Mutex
	count int       // questions asked
	way   *question // on its way; nil: none
}

// question is one that the log was asked. What it was answered is written before done is closed.
type question struct {
	number int
	done   chan struct{}
	end    uint64
	err    error
}

const (
	// reachWait bounds how long the log may take to say where it ends.
	reachWait = 2 * time.Second
	// pulseEvery is how often the log is asked at least: several times between two scrapes.
	pulseEvery = 5 * time.Second
)

// newPulse registers the metric of a log that is open.
func (a *App) newPulse() (*pulse, error) {
	p := &pulse{ask: a.log.End, logger: a.opts.Logger, answers: prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "kaohe_log_answers", Help: "1 if the log said where it ends when it was last asked, which is every few seconds, else 0."})}
	return p, a.registry.Register(p.answers)
}

// end returns the sequence of the last commit, as the log says after it was called: what was asked before may lack what has
// been recorded since, and is only waited for.
func (p *pulse) end(ctx context.Context) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, reachWait)
	defer cancel()
	for came := p.asked(); ; {
		q := p.question()
		select {
		case <-q.done:
			if q.number > came {
				return q.end, q.err
			}
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// asked returns the number of the latest question.
func (p *pulse) asked() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count
}

// question returns the one that is on its way, or asks.
func (p *pulse) question() *question {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.way != nil {
		return p.way
	}
	p.count++
	q := &question{number: p.count, done: make(chan struct{})}
	p.way = q
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), reachWait)
		defer cancel()
		q.end, q.err = p.ask(ctx)
		p.mu.Lock()
		p.way = nil
		p.mu.Unlock()
		close(q.done)
	}()
	return q
}

// run asks until ctx ends.
func (p *pulse) run(ctx context.Context) error {
	tick := time.NewTicker(pulseEvery)
	defer tick.Stop()
	for answered := true; ; {
		_, err := p.end(ctx)
		if ctx.Err() != nil {
			return nil
		}
		answered = p.note(err, answered)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// note shows whether the log answered, and says when that has changed.
func (p *pulse) note(err error, before bool) (answered bool) {
	switch {
	case err == nil:
		p.answers.Set(1)
		if !before {
			p.logger.Info("the log answers again", "part", "log")
		}
	default:
		p.answers.Set(0)
		if before {
			p.logger.Warn("the log does not answer", "part", "log", "error", err)
		}
	}
	return err == nil
}
