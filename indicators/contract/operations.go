package contract

import (
	"reflect"

	"github.com/kaohe/kaohe/events/forms"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
)

// Media types of answers.
const (
	mediaJSON    = "application/json"
	mediaProblem = "application/problem+json"
	mediaText    = "text/plain"
	mediaHistory = "application/openmetrics-text"
)

// operation is something that the daemon does over HTTP.
type operation struct {
	method, path, id, tag string
	summary, about        string
	parameters            []string // by the names of components
	public                bool     // nobody has to say who they are
	events                bool     // it records events
	answers               []answer
	problems              []code // beside those of all
}

// answer is a good one.
type answer struct {
	status  int
	about   string
	media   string       // empty for none
	of      reflect.Type // what is written; nil for text
	named   string       // the component, of what is no Go type
	headers []string     // by the names of components
}

func found[T any](about string) []answer {
	return []answer{{status: 200, about: about, media: mediaJSON, of: reflect.TypeFor[T]()}}
}

func text(about string) []answer { return []answer{{status: 200, about: about, media: mediaText}} }

// receipts are the answers to events.
var receipts = []answer{
	{200, "Nothing was refused: each event is new, or was recorded before. What is new is on disk.", mediaJSON, typeReceipt, "", spoken},
	{207, "Some events were refused; the others are recorded.", mediaJSON, typeReceipt, "", spoken},
	{403, "All events were refused, because their sender may not record them.", mediaJSON, typeReceipt, "", spoken},
	{409, "All events were refused, and nothing is wrong with them but that their ids are taken.", mediaJSON, typeReceipt, "", spoken},
	{422, "All events were refused; each says why, field by field.", mediaJSON, typeReceipt, "", spoken},
}

var spoken = []string{"Content-Language"}

var typeReceipt = reflect.TypeFor[intake.Answer]()

const aboutEvents = `One event or up to 10,000 of them, in any mode of the HTTP binding of CloudEvents 1.0. Bodies may be compressed by gzip.

* structured: the event, as ` + intake.MediaEvent + ` (at most 1 MiB)
* batched: an array of events, as ` + intake.MediaBatch + ` (at most 16 MiB)
* binary: the data as application/json (or any +json), and the attributes in ce-* headers, in any case of their letters. Values are
  percent-encoded UTF-8; raw UTF-8 is taken, too. A percent sign is written %25.

Whatever happened to a request, it may be sent again. An event is its source and id, and where no id is given it is derived from what
the event says: what is recorded already is answered with the place where it stands, and no Idempotency-Key is needed. Where other
content stands under the same source and id, the event is refused.

Answers of status 403 are either a receipt or a problem, told apart by the Content-Type.`

const aboutBackfill = `The series of /metrics that tell of indicators, as they would have been scraped on each of the days. A sample of a day says the
figures as of that day and has the time at which it began, in the plan's zone; what was not known that day has none. From the text,
promtool tsdb create-blocks-from openmetrics makes blocks for a Prometheus.

The last line is "# EOF". An answer without it was cut and is of no use. One backfill is made at a time.`

// operations are all that there are.
var operations = []operation{
	{method: "post", path: "/v1/events", id: "recordEvents", tag: "events", summary: "Record events", about: aboutEvents,
		parameters: []string{"atomic", "dry_run", "Content-Encoding", "ce-specversion", "ce-type", "ce-time", "ce-source", "ce-id", "ce-org", "ce-dataschema", "ce-nth"},
		events:     true, answers: receipts, problems: ofEvents()},
	{method: "options", path: "/v1/events", id: "eventOptions", tag: "events", summary: "What may be sent",
		answers: []answer{{204, "In headers.", "", nil, "", []string{"Allow", "Accept-Post"}}}},
	{method: "get", path: "/v1/events/{position}", id: "eventAt", tag: "events", summary: "The event at a position, as it was recorded",
		parameters: []string{"position"}, problems: []code{badParameter, noEvent, unavailable}, answers: recordedEvent},
	{method: "get", path: "/v1/events/by-id", id: "eventByID", tag: "events", summary: "The event with a source and an id, as it was recorded",
		parameters: []string{"source", "id"}, problems: []code{badParameter, noEvent, notReady, unavailable}, answers: recordedEvent},
	{method: "get", path: "/v1/scorecard", id: "scorecard", tag: "figures", summary: "Every indicator of a unit in a quarter",
		parameters: []string{"quarter", "org", "as_of", "known_at", "plan", "at_least"}, problems: ofFigures, answers: found[indicators.Scorecard]("The scorecard.")},
	{method: "get", path: "/v1/explain", id: "explain", tag: "figures", summary: "What a figure is made of, event by event",
		parameters: []string{"indicator", "quarter", "org", "span", "as_of", "known_at", "plan", "after", "limit", "at_least"},
		problems:   append([]code{logDamaged}, ofFigures...), answers: found[indicators.Explanation]("The explanation, a page of it.")},
	{method: "get", path: "/v1/targets", id: "targets", tag: "figures", summary: "The targets of a year and how they were changed",
		parameters: []string{"org", "below", "year", "of_indicator", "as_of", "known_at", "plan", "at_least"}, problems: ofFigures, answers: found[api.Targets]("The targets.")},
	{method: "get", path: "/v1/restatement", id: "restatement", tag: "figures", summary: "What became of published figures, and by which events",
		parameters: []string{"quarter", "org", "of_indicator", "revision", "as_of", "at_least"},
		problems:   append([]code{notClosed, noRevision, cardThen}, ofFigures...), answers: found[api.Restatement]("From what was published to what is known now.")},
	{method: "get", path: "/v1/findings", id: "findings", tag: "figures", summary: "What is odd about the facts of a unit and of those below it, the worst first",
		parameters: []string{"org", "rule", "severity", "findings_limit", "findings_after", "at_least"},
		problems:   []code{badParameter, outOfScope, logDamaged, notReady, unavailable}, answers: found[api.Findings]("A page of findings.")},
	{method: "get", path: "/v1/catalogue", id: "catalogue", tag: "plan", summary: "Units, event types and their fields",
		answers: found[forms.Catalogue]("What a program must know to record facts.")},
	{method: "get", path: "/v1/quarantine", id: "quarantine", tag: "operation", summary: "What stands in the log and could not be used",
		problems: []code{outOfScope}, answers: found[[]api.Quarantined]("The most recent of it.")},
	{method: "get", path: "/metrics", id: "metrics", tag: "operation", summary: "Metrics for Prometheus",
		problems: []code{outOfScope}, answers: text("In the text format of Prometheus, or of OpenMetrics if that is asked for.")},
	{method: "get", path: "/v1/backfill", id: "backfill", tag: "operation", summary: "The past, day by day, for a new Prometheus", about: aboutBackfill,
		parameters: []string{"from", "to", "known", "plan_of_days", "label", "orgs", "indicators"}, problems: ofBackfill,
		answers: []answer{{200, "OpenMetrics with timestamps. It may be very long.", mediaHistory, nil, "", nil}}},
	{method: "get", path: "/healthz", id: "alive", tag: "operation", summary: "Whether the process is alive", public: true, answers: text("It is.")},
	{method: "get", path: "/readyz", id: "ready", tag: "operation", summary: "Whether events are taken and figures are those of the whole log", public: true,
		problems: []code{notReady}, answers: text("They are.")},
	{method: "get", path: "/openapi.json", id: "openapi", tag: "operation", summary: "This document", public: true,
		answers: []answer{{200, "An OpenAPI 3.1 document.", mediaJSON, nil, "Document", nil}}},
	{method: "get", path: "/", id: "index", tag: "operation", summary: "The paths that there are", public: true, answers: text("A list for people.")},
}

var recordedEvent = []answer{{200, "The event.", intake.MediaEvent, nil, compRecorded, []string{"Content-Location"}}}
