package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators/api"
)

// readyz says whether facts are taken and figures are those of the whole log.
func (a *App) readyz(w http.ResponseWriter, r *http.Request) {
	if err := a.Ready(r.Context()); err != nil {
		lang := intake.LangOf(r)
		api.NewProblem(http.StatusServiceUnavailable, "not_ready", events.Text{ZH: "尚未就绪", EN: "not ready"},
			events.Text{ZH: err.Error(), EN: err.Error()}, lang).Write(w, lang)
		return
	}
	plain(w, "ready")
}

// Ready returns nil if facts are taken and figures are those of the whole log, else the reason.
func (a *App) Ready(ctx context.Context) error {
	select {
	case <-a.failed:
		return a.failure
	default:
	}
	if err := a.log.Room(); err != nil {
		return err
	}
	end, err := a.pulse.end(ctx)
	if err != nil {
		return fmt.Errorf("the log does not answer: %w", err)
	}
	head := a.runner.View().Head().Seq
	if !a.caughtUp() {
		return fmt.Errorf("reading the log: at commit %d of %d", head, end)
	}
	if since := a.lag.note(head, end, a.opts.Now()); since > maxLag {
		return fmt.Errorf("figures do not follow the log: at commit %d of %d, for %s", head, end, since.Round(time.Second))
	}
	if !a.intake.Ready() {
		return errors.New("the intake does not take events yet")
	}
	return nil
}

// caughtUp tells whether all has been folded that was in the log at the start.
func (a *App) caughtUp() bool {
	select {
	case <-a.runner.CaughtUp():
		return true
	default:
		return false
	}
}

// maxLag is how long a commit may wait to be folded. It takes milliseconds unless something is stuck.
const maxLag = 5 * time.Second

// lag tells a fold that does not follow from one that is only busy: of a log that grows all the time a view always lacks
// the latest commits, but never the same ones for long.
type lag struct {
	mu    sync.Mutex
	due   uint64    // the commit that the view lacked when that was first seen; 0 if it lacks none
	since time.Time // when that was
}

// note takes where the view and the log are, and returns how long the view is known to have lacked the same commit.
func (l *lag) note(head, end uint64, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if head >= l.due {
		l.due = 0
	}
	if head >= end {
		return 0
	}
	if l.due == 0 {
		l.due, l.since = end, now
	}
	return now.Sub(l.since)
}
