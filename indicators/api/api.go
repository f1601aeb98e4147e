// Package api answers questions about the figures over HTTP.
//
//	GET /v1/scorecard?quarter=2018Q1&org=450703&as_of=2018-03-31   every indicator of a unit in a quarter
//	GET /v1/targets?year=2018&org=450703&below=true                who set which targets, when and why, and what they replaced
//	GET /v1/explain?indicator=conversions&quarter=2018Q1           what a figure is made of, event by event
//	GET /v1/restatement?quarter=2018Q1&org=450703                  what became of published figures, and by which events
//	GET /v1/catalogue                                              the plan's units and event types with their fields
//	GET /v1/events/12-0                                            the event at a position, as it was recorded
//	GET /v1/events/by-id?source=S&id=I                             the event with a source and an id
//	GET /v1/findings?org=450703&rule=DQ-09                         what is odd about the facts of a unit
//	GET /v1/quarantine                                             what stands in the log and could not be used
//
// All parameters of scorecards and targets are optional: the quarter and the year are those of the as-of day, which is the business
// date, and the unit is the plan's default one. A parameter that makes no sense is answered with an RFC 9457 problem that names it, says what was
// expected and what came. As long as there is no view, because the log is still being read, there are no figures: a scorecard
// is answered with 503 and a Retry-After then.
//
// Days, and times that name no zone, are those of the zone of the plan that the answer follows. Of a known_at that plan is
// known only once the point is found: it is looked for in the zone of the plan of today's figures, and where the plan of
// then turns out to have another zone, once more in that. A problem that says how far the log goes follows today's figures.
//
// Answers are read from the view that is published at the moment, which may be some milliseconds behind the log. Who
// wants to see what was just recorded says so: at_least=12-0 (a position from a receipt) or at_least=end (all that the
// log holds when the question arrives) lets the answer wait, for MaxWait at most. To look back and to explain takes reading the log again, and the whole of a
// question takes MaxQuestion at most: what would take longer is answered with 503, before a server or client breaks the
// connection.
package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/quality"
	"github.com/kaohe/kaohe/projections"
)

// MaxWait is how long a question with at_least waits for the fold before it is answered with 503.
const MaxWait = 5 * time.Second

// Options say where the answers come from.
type Options struct {
	Plan *indicators.Plan // by which events are checked: what a program may record
	// Figures returns the latest view and the plan that it follows, which is the former one until the figures of a new one
	// are there; nil until all that was in the log at the start is read.
	Figures func() (*projections.View, *indicators.Plan)
	Await   func(ctx context.Context, seq uint64) error // returns once there are Figures that include the commit
	End     func(ctx context.Context) (uint64, error)   // last commit of the log
	Today   func() events.Day                           // the business date
	Wait    time.Duration                               // bound of at_least; MaxWait if 0

	// Commit returns the commit at a sequence of the log, or events.ErrNotFound.
	Commit func(ctx context.Context, seq uint64) (events.Commit, error)
	// Event returns the canonical line of the event at a position, or events.ErrNotFound.
	Event func(ctx context.Context, at events.Position) ([]byte, error)
	// Find returns where the event with an identity stands.
	Find func(k events.Key) (at events.Position, ok bool)

	Quarantine func() []projections.Quarantined // the most recent of what could not be used

	// Findings returns what is odd about facts, once the events of a commit are checked. It fails with quality.ErrNotReady or
	// quality.ErrAfter, or with another error if ctx ends.
	Findings func(ctx context.Context, seq uint64, q quality.Query) (quality.Page, error)

	// Known returns what was known at a point of the log, by the plan in force then or by that of Figures. It fails with
	// ErrNoSuchPoint or ErrPlanUnreadable, or with another error if the log cannot be read or ctx ends.
	Known func(ctx context.Context, at KnownAt, currentPlan bool) (Known, error)
	// Past has the earlier states of the log, and PlanOf the plans that it brought into force. PlanOf fails with
	// ErrPlanUnreadable, or with another error if the log cannot be read or ctx ends.
	Past   indicators.Past
	PlanOf func(ctx context.Context, a projections.Activation) (*indicators.Plan, error)
}

func (o *Options) validate() error {
	switch {
	case o.Plan == nil:
		return errors.New("api: Options.Plan is missing")
	case o.Figures == nil:
		return errors.New("api: Options.Figures is missing")
	case o.Await == nil:
		return errors.New("api: Options.Await is missing")
	case o.End == nil:
		return errors.New("api: Options.End is missing")
	case o.Today == nil:
		return errors.New("api: Options.Today is missing")
	case o.Commit == nil:
		return errors.New("api: Options.Commit is missing")
	case o.Event == nil:
		return errors.New("api: Options.Event is missing")
	case o.Find == nil:
		return errors.New("api: Options.Find is missing")
	case o.Quarantine == nil:
		return errors.New("api: Options.Quarantine is missing")
	case o.Findings == nil:
		return errors.New("api: Options.Findings is missing")
	case o.Known == nil:
		return errors.New("api: Options.Known is missing")
	case o.Past == nil:
		return errors.New("api: Options.Past is missing")
	case o.PlanOf == nil:
		return errors.New("api: Options.PlanOf is missing")
	case o.Wait < 0:
		return errors.New("api: Options.Wait is negative")
	}
	if o.Wait == 0 {
		o.Wait = MaxWait
	}
	return nil
}

// API answers the questions.
type API struct{ Options }

// New returns an API.
func New(o Options) (*API, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	return &API{o}, nil
}

// Register adds the API's paths to a mux.
func (a *API) Register(mux *http.ServeMux) {
	for pattern, answer := range map[string]http.HandlerFunc{
		"GET /v1/scorecard":         a.scorecard,
		"GET /v1/explain":           a.explain,
		"GET /v1/targets":           a.targets,
		"GET /v1/restatement":       a.restatement,
		"GET /v1/catalogue":         a.catalogue,
		"GET /v1/events/{position}": a.eventAt,
		"GET /v1/events/by-id":      a.eventByID,
		"GET /v1/findings":          a.findings,
		"GET /v1/quarantine":        a.quarantine,
	} {
		mux.HandleFunc(pattern, bounded(answer))
	}
}

// writeJSON answers with a value, as people read it: "S&T" and not "S\u0026T". Figures change at any moment, so nothing on
// the way may keep the answer.
func writeJSON(w http.ResponseWriter, mediaType string, status int, value any) {
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(value); err != nil {
		http.Error(w, "the answer cannot be written as JSON", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // the client has gone if this fails: nobody is left to tell
}
