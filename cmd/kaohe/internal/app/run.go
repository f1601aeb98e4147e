package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
)

// running is a part that works in a goroutine of its own until it is told to end.
type running struct {
	name string
	end  context.CancelFunc
	done chan struct{}
}

// run starts a part. It outlives the context of Start and ends in its turn when the daemon stops.
func (a *App) run(name string, part func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{name: name, end: cancel, done: make(chan struct{})}
	a.runs = append(a.runs, r)
	go func() {
		defer close(r.done)
		if err := part(ctx); err != nil {
			a.fail(fmt.Errorf("%s: %w", name, err))
		} else if ctx.Err() == nil {
			a.fail(fmt.Errorf("%s: ended by itself", name))
		}
	}()
}

// fail notes the first reason why the daemon cannot go on.
func (a *App) fail(err error) {
	a.failOnce.Do(func() {
		a.opts.Logger.Error("the daemon cannot go on", "error", err)
		a.failure = err
		close(a.failed)
	})
}

// Stop ends the daemon in order. It is safe to call it more than once, also while it is being called; all calls return
// the same. If ctx ends first it stops waiting, and says for what it did.
func (a *App) Stop(ctx context.Context) error {
	a.stop.Do(func() { a.stopErr = a.shutdown(ctx) })
	return a.stopErr
}

func (a *App) shutdown(ctx context.Context) error {
	var errs []error
	if a.server == nil && a.listener != nil {
		errs = append(errs, a.listener.Close())
	}
	if a.server != nil {
		if err := a.server.Shutdown(ctx); err != nil {
			errs = append(errs, fmt.Errorf("answer open requests: %w", err), a.server.Close())
		}
	}
	if a.service != nil {
		if err := a.service.Stop(ctx); err != nil {
			errs = append(errs, fmt.Errorf("NATS: %w", err))
		}
	}
	for _, r := range slices.Backward(a.runs) {
		r.end()
		select {
		case <-r.done:
		case <-ctx.Done():
			errs = append(errs, fmt.Errorf("stop the %s: %w", r.name, ctx.Err()))
		}
	}
	if a.announcer != nil { // it may never have run
		a.announcer.conn.Close()
	}
	if a.log != nil {
		errs = append(errs, a.log.Close(ctx))
	}
	return errors.Join(errs...)
}

// serve answers requests on the listener.
func (a *App) serve(handler http.Handler) {
	a.server = newServer(handler, a.opts.Logger)
	a.server.RegisterOnShutdown(a.backfill.end)
	serve := a.server.Serve
	if a.certificate != nil {
		a.server.TLSConfig = a.certificate.config()
		serve = func(l net.Listener) error { return a.server.ServeTLS(l, "", "") }
	}
	go func() {
		if err := serve(a.listener); !errors.Is(err, http.ErrServerClosed) {
			a.fail(fmt.Errorf("serve: %w", err))
		}
	}()
}
