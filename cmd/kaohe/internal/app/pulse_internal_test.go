package app

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// beating is a pulse of a log that answers as ask says, and what it logs.
func beating(ask func(context.Context) (uint64, error)) (*pulse, *strings.Builder) {
	said := new(strings.Builder)
	return &pulse{ask: ask, logger: slog.New(slog.NewTextHandler(said, nil)), answers: prometheus.NewGauge(prometheus.GaugeOpts{Name: "x"})}, said
}

// TestPulse: a log that does not answer is known within seconds though nobody asks, said once, and taken back.
func TestPulse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nobody := errors.New("nobody there")
		var down atomic.Bool
		p, said := beating(func(context.Context) (uint64, error) {
			if down.Load() {
				return 0, nobody
			}
			return 7, nil
		})
		ctx, end := context.WithCancel(t.Context())
		ran := make(chan error, 1)
		go func() { ran <- p.run(ctx) }()
		for _, step := range []struct {
			down  bool
			want  float64
			lines int
		}{{false, 1, 0}, {true, 0, 1}, {true, 0, 1}, {false, 1, 2}} {
			down.Store(step.down)
			time.Sleep(pulseEvery)
			synctest.Wait()
			if got := testutil.ToFloat64(p.answers); got != step.want {
				t.Errorf("with a log that is down=%v the metric is %v, want %v", step.down, got, step.want)
			}
			if got := strings.Count(said.String(), "\n"); got != step.lines {
				t.Errorf("with a log that is down=%v there are %d lines in all, want %d:\n%s", step.down, got, step.lines, said)
			}
		}
		end()
		if err := <-ran; err != nil {
			t.Errorf("run() = %v", err)
		}
	})
}

// TestPulseWaitsForNobody: a question may hang for longer than its context allows, and those who ask do not, nor do they pile up.
func TestPulseWaitsForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer := make(chan struct{})
		var asked atomic.Int64
		p, _ := beating(func(context.Context) (uint64, error) {
			asked.Add(1)
			<-answer
			return 7, nil
		})
		for range 3 {
			begin := time.Now()
			if _, err := p.end(t.Context()); !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != reachWait {
				t.Errorf("end() = %v after %v, want that it gives up after %v", err, time.Since(begin), reachWait)
			}
		}
		if asked.Load() != 1 {
			t.Errorf("the log was asked %d times at once, want once", asked.Load())
		}
		close(answer)
		synctest.Wait()
		if end, err := p.end(t.Context()); end != 7 || err != nil || asked.Load() != 2 {
			t.Errorf("end() = %d, %v after %d questions, want 7 after another one", end, err, asked.Load())
		}
	})
}

// TestPulseAnswersWhatWasAskedSince: an answer that was on its way before somebody came may be too old for him.
func TestPulseAnswersWhatWasAskedSince(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, n := make(chan struct{}), new(atomic.Int64)
		p, _ := beating(func(context.Context) (uint64, error) {
			if n.Add(1) == 1 {
				<-first
				return 7, nil
			}
			return 8, nil
		})
		got := make(chan uint64, 2)
		ask := func() {
			end, err := p.end(t.Context())
			if err != nil {
				t.Error(err)
			}
			got <- end
		}
		go ask()
		synctest.Wait()
		go ask()
		synctest.Wait()
		close(first)
		if a, b := <-got, <-got; a+b != 7+8 {
			t.Errorf("the answers are %d and %d, want 7 for the first and 8 for the second", a, b)
		}
	})
}
