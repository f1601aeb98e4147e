package app_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators/api"
)

// TestOpenAPIHasAllPaths: each route of the router is documented, with its method, and nothing else is.
func TestOpenAPIHasAllPaths(t *testing.T) {
	a, handler := mustAssemble(t, options(t, t.TempDir()))
	d := describe(t, handler)
	var want, got []string
	for _, pattern := range a.Patterns() {
		method, path, ok := strings.Cut(pattern, " ")
		switch {
		case !ok: // the intake says itself what it takes
			want = append(want, "OPTIONS "+pattern, "POST "+pattern)
		default:
			want = append(want, method+" "+strings.TrimSuffix(path, "{$}"))
		}
	}
	for path, methods := range d.at("paths") {
		for method := range methods.(map[string]any) {
			got = append(got, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" || len(want) < 12 {
		t.Errorf("paths (-served +documented):\n%s", diff)
	}
}

// TestOpenAPIHasAllParameters: a question that nobody understands is told which parameters there are.
func TestOpenAPIHasAllParameters(t *testing.T) {
	a := mustStart(t, options(t, t.TempDir()))
	handler := a.Handler()
	d := describe(t, handler)
	for path, methods := range d.at("paths") {
		if methods.(map[string]any)["get"] == nil || len(d.parameters(path, "get")) == 0 {
			continue
		}
		var p api.Problem
		if err := json.Unmarshal(sent(handler, http.MethodGet, path+"?nobody=1", "").body, &p); err != nil || p.Code != "parameter" {
			t.Errorf("%s: %v, %+v", path, err, p)
			continue
		}
		said := strings.FieldsFunc(p.Expected, func(r rune) bool { return r == ' ' || r == ',' })
		said = slices.DeleteFunc(said, func(s string) bool { return slices.Contains([]string{"one", "of", "the", "parameters", "and"}, s) })
		slices.Sort(said)
		if diff := cmp.Diff(said, d.parameters(path, "get")); diff != "" {
			t.Errorf("parameters of %s (-served +documented):\n%s", path, diff)
		}
	}
	if got, want := d.parameters("/v1/events", "post"), []string{"atomic", "dry_run"}; !slices.Equal(got, want) {
		t.Errorf("parameters of events: %v, want %v", got, want)
	}
}

const (
	asEvent  = "Content-Type: " + intake.MediaEvent
	asBatch  = "Content-Type: " + intake.MediaBatch
	asData   = "Content-Type: " + intake.MediaData
	oneEvent = `{"specversion":"1.0","type":"EnvoyTrainingHeld","source":"test","id":"t","time":"2018-03-01","data":{"attendees":30}}`
	noEvent  = `{"specversion":"1.0","type":"EnvoyTrainingHeld","time":"2018-02-30","data":{"attendees":-1}}`
	another  = `{"specversion":"1.0","type":"EnvoyTrainingHeld","source":"test","id":"t","time":"2018-03-01","data":{"attendees":31}}`
	closing  = `{"specversion":"1.0","type":"PeriodClosed","time":"2018-04-01","data":{"quarter":"2018Q1","reason":"报出"}}`
)

// said is one request of a table; a header is "Name: value".
type said struct {
	method, target, body string
	header               []string
	status               int
}

var sendings = []said{
	{"POST", "/v1/events", oneEvent, []string{asEvent}, 200},
	{"POST", "/v1/events?dry_run=true", "[" + oneEvent + `,{"specversion":"1.0","type":"EnvoyTrainingHeld","time":"2018-03-02","data":{"attendees":1}}]`, []string{asBatch}, 200},
	{"POST", "/v1/events", `{"attendees":30}`, []string{asData, "ce-specversion: 1.0", "ce-type: EnvoyTrainingHeld", "ce-time: 2018-03-01", "ce-source: test", "ce-id: %74"}, 200},
	{"POST", "/v1/events", closing, []string{asEvent}, 200},
	{"POST", "/v1/events", `{"specversion":"1.0","type":"EnvoyTrainingHeld","source":"test","id":"late","time":"2018-03-02","data":{"attendees":30}}`, []string{asEvent}, 200},
	{"POST", "/v1/events", `{"specversion":"1.0","type":"EventCorrected","time":"2018-04-02","data":{"target_source":"test","target_id":"t","patch":{"data":{"attendees":40}},"reason":"错"}}`, []string{asEvent}, 200},
	{"POST", "/v1/events", "[" + oneEvent + "," + noEvent + "]", []string{asBatch, "Accept-Language: zh"}, 207},
	{"POST", "/v1/events?atomic=true", "[" + oneEvent + "," + noEvent + "]", []string{asBatch}, 207},
	{"POST", "/v1/events", another, []string{asEvent}, 409},
	{"POST", "/v1/events", noEvent, []string{asEvent}, 422},
	{"POST", "/v1/events", `7`, []string{asEvent}, 422},
	{"POST", "/v1/events", `{}`, []string{asData, "ce-type: Nothing"}, 422},
	{"POST", "/v1/events", `{`, []string{asEvent}, 400},
	{"POST", "/v1/events", `[]`, []string{asBatch}, 400},
	{"POST", "/v1/events?atomic=perhaps", oneEvent, []string{asEvent}, 400},
	{"POST", "/v1/events", `{}`, []string{asData, "ce-id: %"}, 400},
	{"POST", "/v1/events", `{}`, []string{asEvent, "Content-Encoding: gzip"}, 400},
	{"POST", "/v1/events", strings.Repeat(" ", 1<<20+1), []string{asEvent}, 413},
	{"POST", "/v1/events", oneEvent, nil, 415},
	{"POST", "/v1/events", oneEvent, []string{asEvent, "Content-Encoding: br"}, 415},
	{"POST", "/v1/events", `{}`, []string{asData, "ce-id: " + strings.Repeat("a", 1<<15)}, 431},
	{"POST", "/v1/events", oneEvent, []string{asEvent, "Origin: https://evil.example"}, 403},
	{"POST", "/v1/events", oneEvent, []string{asEvent, "Host: evil.example"}, 421},
	{"OPTIONS", "/v1/events", "", nil, 204},
	{"OPTIONS", "/v1/events", "", []string{"Host: evil.example"}, 421},
}

var questions = []said{
	{"GET", "/v1/scorecard?at_least=end", "", nil, 200},
	{"GET", "/v1/scorecard?quarter=2017Q4&org=450700&as_of=2017-12-31", "", nil, 200},
	{"GET", "/v1/scorecard?quarter=2019Q1", "", []string{"Accept-Language: zh"}, 200},
	{"GET", "/v1/scorecard?known_at=2&plan=then", "", nil, 200},
	{"GET", "/v1/scorecard?quarter=1", "", nil, 400},
	{"GET", "/v1/scorecard?known_at=999999", "", nil, 404},
	{"GET", "/v1/targets?below=true&org=450700", "", nil, 200},
	{"GET", "/v1/targets?year=x", "", nil, 400},
	{"GET", "/v1/targets?known_at=999999", "", nil, 404},
	{"GET", "/v1/restatement?quarter=2018Q1", "", nil, 200},
	{"GET", "/v1/restatement?quarter=2018Q1&revision=0", "", nil, 400},
	{"GET", "/v1/restatement?quarter=2018Q1&revision=9", "", nil, 404},
	{"GET", "/v1/restatement?quarter=2017Q1", "", nil, 404},
	{"GET", "/v1/explain?indicator=nothing", "", nil, 400},
	{"GET", "/v1/explain?indicator=conversions&known_at=999999", "", nil, 404},
	{"GET", "/v1/findings?at_least=end", "", nil, 200},
	{"GET", "/v1/findings?org=450700&limit=1&severity=warn", "", nil, 200},
	{"GET", "/v1/findings?rule=DQ-99", "", nil, 400},
	{"GET", "/v1/catalogue", "", nil, 200},
	{"GET", "/v1/events/1-0", "", nil, 200},
	{"GET", "/v1/events/2-0", "", nil, 200},
	{"GET", "/v1/events/2-0.5", "", nil, 400},
	{"GET", "/v1/events/999999-0", "", nil, 404},
	{"GET", "/v1/events/by-id?source=test&id=t", "", nil, 200},
	{"GET", "/v1/events/by-id?source=test&id=nothing", "", nil, 404},
	{"GET", "/v1/events/by-id?source=test", "", nil, 400},
	{"GET", "/v1/quarantine", "", nil, 200},
	{"GET", "/metrics", "", nil, 200},
	{"GET", "/v1/backfill?from=2018-03-30&to=2018-03-31&org=450703&org=450700&label=job=test&known=then&plan=current", "", nil, 200},
	{"GET", "/v1/backfill?from=2018-02-30", "", []string{"Accept-Language: zh"}, 400},
	{"GET", "/healthz", "", nil, 200},
	{"GET", "/readyz", "", nil, 200},
	{"GET", "/openapi.json", "", nil, 200},
	{"GET", "/", "", nil, 200},
}

// ask sends the requests of a table to a handler and holds the answers against the document.
func (d *described) ask(t *testing.T, handler http.Handler, list []said) {
	t.Helper()
	for _, s := range list {
		a := sent(handler, s.method, s.target, s.body, s.header...)
		if a.status != s.status {
			t.Errorf("want status %d: %s", s.status, a)
		}
		d.check(t, a)
	}
}

// TestAnswersAreAsDocumented holds what a real daemon answers, good and bad, against what it says of itself: the statuses, the
// headers, the media types, and the schemas to the last field.
func TestAnswersAreAsDocumented(t *testing.T) {
	a := mustStart(t, options(t, t.TempDir()))
	handler := a.Handler()
	d := describe(t, handler)
	mustPost(t, a, demoLines(t))
	d.ask(t, handler, sendings)
	d.ask(t, handler, questions)
	for _, indicator := range a.Plan().Indicators {
		for _, span := range []string{"quarter&limit=1", "year"} {
			d.ask(t, handler, []said{{"GET", "/v1/explain?at_least=end&indicator=" + indicator.ID + "&span=" + span, "", nil, 200}})
		}
	}
	var elsewhere []said
	for path, methods := range d.at("paths") {
		if methods.(map[string]any)["get"] != nil {
			elsewhere = append(elsewhere, said{"GET", strings.ReplaceAll(path, "{position}", "1-0"), "", []string{"Host: evil.example"}, 421})
		}
	}
	d.ask(t, handler, elsewhere)
	a.BoundBackfill(10)
	d.ask(t, handler, []said{{"GET", "/v1/backfill?from=2018-03-30", "", nil, 422}})
	d.askGuarded(t)
	d.askUnread(t)
	d.askQuarantine(t)
	for _, key := range d.unseen() {
		status := key[len(key)-3:]
		if !slices.Contains([]string{"500", "503", "507", "429", "409"}, status) || strings.HasPrefix(key, "post") && status == "409" {
			t.Errorf("documented and never seen: %s", key)
		}
	}
}

// askGuarded asks a daemon with tokens, without one and with one that does not reach far enough.
func (d *described) askGuarded(t *testing.T) {
	t.Helper()
	r := startGuarded(t)
	handler := r.Handler()
	foreign := strings.Replace(oneEvent, `"data"`, `"org":"450702","data"`, 1)
	list := []said{
		{"POST", "/v1/events", oneEvent, []string{asEvent}, 401},
		{"POST", "/v1/events", foreign, []string{asEvent, "Authorization: Bearer " + r.tokens["script"]}, 403},
		{"OPTIONS", "/v1/events", "", []string{"Authorization: Bearer nobody's"}, 401},
	}
	for path, methods := range d.at("paths") {
		if methods.(map[string]any)["get"] == nil {
			continue
		}
		responses := d.at("paths", path, "get", "responses")
		if responses["401"] == nil {
			list = append(list, said{"GET", path, "", nil, 200})
			continue
		}
		target := map[string]string{
			"/v1/events/{position}": "/v1/events/1-0", "/v1/explain": "/v1/explain?indicator=conversions", "/v1/events/by-id": "/v1/events/by-id?source=a&id=b",
		}[path]
		if target == "" {
			target = path
		}
		list = append(list, said{"GET", target, "", nil, 401})
		if responses["403"] != nil {
			list = append(list, said{"GET", target, "", []string{"Authorization: Bearer " + r.tokens["script"]}, 403})
		}
	}
	d.ask(t, handler, list)
}

// askUnread asks a daemon that has not read its log.
func (d *described) askUnread(t *testing.T) {
	t.Helper()
	_, handler := mustAssemble(t, options(t, t.TempDir()))
	var list []said
	for _, path := range []string{"/v1/scorecard", "/v1/targets", "/v1/restatement", "/v1/explain?indicator=conversions", "/v1/backfill?from=2018-03-30", "/readyz"} {
		list = append(list, said{"GET", path, "", nil, 503})
	}
	d.ask(t, handler, append(list, said{"POST", "/v1/events", oneEvent, []string{asEvent}, 503}))
}

// askQuarantine asks for what could not be used.
func (d *described) askQuarantine(t *testing.T) {
	t.Helper()
	a, handler := mustAssemble(t, options(t, t.TempDir()))
	if _, err := a.Append(t.Context(), a.Head(), "not a commit"); err != nil {
		t.Fatal(err)
	}
	a.Follow()
	if err := a.Await(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	d.ask(t, handler, []said{{"GET", "/v1/quarantine", "", nil, 200}})
}
