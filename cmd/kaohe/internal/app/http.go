package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"
)

// Limits of a connection. Bodies are bounded by the intake, which alone reads them.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = time.Minute
	writeTimeout  = time.Minute
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10
)

func newServer(handler http.Handler, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
	}
}

// handler puts all paths together. A web page in a browser on this machine must not record facts behind its user's back,
// so requests that change something are refused across origins.
func (a *App) handler() (http.Handler, error) {
	mux := http.NewServeMux()
	questions, err := a.newAPI()
	if err != nil {
		return nil, err
	}
	questions.Register(mux)
	scrape, err := a.metricsHandler()
	if err != nil {
		return nil, err
	}
	mux.Handle("/v1/events", a.intake.Handler()) // says itself that it wants POST
	mux.Handle("GET /metrics", scrape)
	mux.HandleFunc("GET /healthz", healthz)
	mux.HandleFunc("GET /readyz", a.readyz)
	mux.HandleFunc("GET /{$}", index)
	return a.measured(mux, http.NewCrossOriginProtection().Handler(mux)), nil
}

func index(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, `kaohe 考核

POST /v1/events                            CloudEvents: application/cloudevents+json, application/cloudevents-batch+json
GET  /v1/scorecard?quarter=&org=&as_of=    every indicator of a unit in a quarter
GET  /v1/catalogue                         units, event types and their fields
GET  /metrics                              for Prometheus
GET  /healthz  /readyz                     alive; caught up and able to write
`)
}

// healthz says that the process is alive.
func healthz(w http.ResponseWriter, _ *http.Request) {
	plain(w, http.StatusOK, "ok")
}

// readyz says whether facts are taken and figures are those of the whole log.
func (a *App) readyz(w http.ResponseWriter, r *http.Request) {
	if err := a.Ready(r.Context()); err != nil {
		w.Header().Set("Retry-After", "1")
		plain(w, http.StatusServiceUnavailable, "not ready: "+err.Error())
		return
	}
	plain(w, http.StatusOK, "ready")
}

// reachWait bounds how long the log may take to say where it ends.
const reachWait = 2 * time.Second

// Ready returns nil if facts are taken and figures are those of the whole log, else the reason.
func (a *App) Ready(ctx context.Context) error {
	select {
	case <-a.failed:
		return a.failure
	default:
	}
	ctx, cancel := context.WithTimeout(ctx, reachWait)
	defer cancel()
	end, err := a.log.End(ctx)
	if err != nil {
		return fmt.Errorf("the log does not answer: %w", err)
	}
	select {
	case <-a.runner.CaughtUp():
	default:
		return fmt.Errorf("reading the log: at commit %d of %d", a.runner.View().Head().Seq, end)
	}
	if !a.intake.Ready() {
		return errors.New("the intake does not take events yet")
	}
	return nil
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n")
}
