package app

import (
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators/api"
)

// Limits of a connection. Bodies are bounded by the intake, which alone reads them.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = time.Minute
	writeTimeout  = time.Minute
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10
	maxStreams    = 100 // requests at a time of one connection, by HTTP/2
)

func newServer(handler http.Handler, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: maxStreams},
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
	}
}

// handler puts all paths together.
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
	if a.opts.Salvage {
		mux.HandleFunc("POST /v1/events", readOnly)
	} else {
		mux.Handle("/v1/events", a.intake.Handler()) // says itself that it wants POST
	}
	mux.Handle("GET /metrics", readAll(scrape))
	a.backfill = a.newBackfill()
	mux.Handle("GET /v1/backfill", readAll(a.backfill))
	mux.HandleFunc("GET /healthz", healthz)
	mux.HandleFunc("GET /readyz", a.readyz)
	mux.HandleFunc("GET /{$}", index)
	mux.HandleFunc("GET /openapi.json", a.openapi())
	a.paths = mux
	gate := a.newGate()
	recorded := gate.recorded(mux)
	a.answers = oneShape(recorded) // NATS has a door of its own
	packed, err := compressed(oneShape(a.guarded(gate.authenticated(recorded))))
	return a.measured(mux, packed), err
}

// readOnly refuses events while a log is only being salvaged. Asking again does not help.
func readOnly(w http.ResponseWriter, r *http.Request) {
	lang := intake.LangOf(r)
	p := api.NewProblem(http.StatusServiceUnavailable, "read_only", events.Text{ZH: "只读", EN: "read-only"}, events.Text{
		ZH: "服务以 --salvage 启动，只读取日志中还能读的部分，不接收事件；请从备份恢复后重新启动",
		EN: "The server runs with --salvage: it reads what is left of the log and takes no events. Restore a backup and start it anew."}, lang)
	p.Lasting = true
	p.Write(w, lang)
}

func index(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, `kaohe 考核

POST /v1/events                            CloudEvents: application/cloudevents+json, application/cloudevents-batch+json, or data
                                           with ce-* headers; atomic=true: all or nothing; dry_run=true: record nothing
GET  /v1/scorecard?quarter=&org=&as_of=    every indicator of a unit in a quarter; known_at=: as it was known then
GET  /v1/targets?year=&org=                the targets of a year and how they were changed
GET  /v1/restatement?quarter=&org=         what became of published figures, and by which events
GET  /v1/explain?indicator=&quarter=&org=  what a figure is made of, event by event
GET  /v1/catalogue                         units, event types and their fields
GET  /v1/events/{position}                 one event as it was recorded; /v1/events/by-id?source=&id= finds it by its identity
GET  /v1/findings?org=&rule=&severity=     what is odd about the facts of a unit
GET  /v1/quarantine                        what stands in the log and could not be used
GET  /v1/backfill?from=&to=&known=         the past day by day, as OpenMetrics, for a new Prometheus
GET  /openapi.json                         all of this for programs: OpenAPI 3.1
GET  /metrics                              for Prometheus
GET  /healthz  /readyz                     alive; caught up and able to write
`)
}

// healthz says that the process is alive.
func healthz(w http.ResponseWriter, _ *http.Request) {
	plain(w, "ok")
}

func plain(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, text+"\n")
}
