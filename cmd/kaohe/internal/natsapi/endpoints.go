package natsapi

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/nats-io/nats.go"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators/api"
)

// prefix begins the subjects of all endpoints.
const prefix = "kaohe.v1."

// Headers of requests and replies.
const (
	HeaderStatus = "Kaohe-Status"  // of a reply: the status that the answer has over HTTP
	HeaderAtomic = "Kaohe-Atomic"  // of a request: the parameter atomic
	HeaderDryRun = "Kaohe-Dry-Run" // of a request: the parameter dry_run
)

// endpoint is something that can be asked for.
type endpoint struct {
	name    string
	about   events.Text
	emits   bool // it takes events; all others take a question
	path    string
	request func(e *endpoint, header http.Header, payload []byte) (method, path string, query url.Values, problem *problem)
}

// problem is why a request cannot be passed on.
type problem struct {
	status        int
	code          string
	title, detail events.Text
}

func (p *problem) write(w http.ResponseWriter, lang events.Lang) {
	api.NewProblem(p.status, p.code, p.title, p.detail, lang).Write(w, lang)
}

// endpoints are all that there are.
var endpoints = []endpoint{
	{name: "emit", emits: true, path: "/v1/events", request: emit,
		about: events.Text{ZH: "登记事件（CloudEvents）", EN: "record events (CloudEvents)"}},
	{name: "scorecard", path: "/v1/scorecard", request: ask,
		about: events.Text{ZH: "一个单位一个季度的全部指标", EN: "every indicator of a unit in a quarter"}},
	{name: "explain", path: "/v1/explain", request: ask,
		about: events.Text{ZH: "一个数由哪些登记组成", EN: "what a figure is made of, event by event"}},
	{name: "targets", path: "/v1/targets", request: ask,
		about: events.Text{ZH: "一年的目标及其调整", EN: "the targets of a year and how they were changed"}},
	{name: "restatement", path: "/v1/restatement", request: ask,
		about: events.Text{ZH: "报出的数后来有什么变动", EN: "what became of published figures"}},
	{name: "findings", path: "/v1/findings", request: ask,
		about: events.Text{ZH: "数据质量问题", EN: "what is odd about the data"}},
	{name: "catalogue", path: "/v1/catalogue", request: ask,
		about: events.Text{ZH: "单位、事件类型及其字段", EN: "units, event types and their fields"}},
	{name: "event", path: "/v1/events/", request: one,
		about: events.Text{ZH: "按原样取一条登记", EN: "one event as it was recorded"}},
}

// emit passes events on.
func emit(e *endpoint, h http.Header, payload []byte) (method, path string, query url.Values, _ *problem) {
	query = url.Values{}
	for header, name := range map[string]string{HeaderAtomic: "atomic", HeaderDryRun: "dry_run"} {
		if values := h.Values(header); len(values) > 0 {
			query[name] = values
		}
	}
	if !attributed(h) && !strings.HasPrefix(strings.ToLower(h.Get("Content-Type")), "application/cloudevents") {
		h.Set("Content-Type", mediaTypeOf(payload))
	}
	return http.MethodPost, e.path, query, nil
}

// attributed reports whether the headers have attributes of an event: then the payload is its data.
func attributed(h http.Header) bool {
	for name := range h {
		if strings.HasPrefix(name, ceHeader) {
			return true
		}
	}
	return false
}

// mediaTypeOf tells a batch from a single event.
func mediaTypeOf(payload []byte) string {
	if bytes.HasPrefix(bytes.TrimLeft(payload, " \t\r\n"), []byte{'['}) {
		return intake.MediaBatch
	}
	return intake.MediaEvent
}

// ask passes a question on.
func ask(e *endpoint, _ http.Header, payload []byte) (method, path string, query url.Values, _ *problem) {
	query, problem := readQuestion(payload)
	return http.MethodGet, e.path, query, problem
}

// one asks for an event, by its position or by its source and id.
func one(e *endpoint, _ http.Header, payload []byte) (method, path string, query url.Values, _ *problem) {
	query, problem := readQuestion(payload)
	if problem != nil {
		return "", "", nil, problem
	}
	if position, given := query["position"]; given {
		query.Del("position")
		if strings.Trim(position[0], ".") == "" { // a path of its own
			return "", "", nil, &badQuestion
		}
		return http.MethodGet, e.path + url.PathEscape(position[0]), query, nil
	}
	return http.MethodGet, e.path + "by-id", query, nil
}

// ceHeader begins the names of headers that hold an event's attributes, as net/http writes them.
const ceHeader = "Ce-"

// passed are the headers of a request that the handler gets to see, beside ce-*.
var passed = map[string]bool{
	"Content-Type": true, "Content-Encoding": true, "Accept-Language": true,
	HeaderAtomic: true, HeaderDryRun: true,
}

// headers returns what of a message's headers is for the handler, under the names that HTTP has for them. Attributes with
// names that HTTP could not have are among them, to be refused and not to be overlooked.
func headers(from nats.Header) http.Header {
	h := http.Header{}
	for _, as := range slices.Sorted(maps.Keys(from)) {
		name := http.CanonicalHeaderKey(as)
		if len(name) > len(ceHeader) && strings.EqualFold(name[:len(ceHeader)], ceHeader) {
			name = ceHeader + name[len(ceHeader):]
		}
		if passed[name] || strings.HasPrefix(name, ceHeader) {
			h[name] = append(h[name], from[as]...)
		}
	}
	return h
}

// translate makes the HTTP request of a message.
func (e *endpoint) translate(ctx context.Context, h http.Header, payload []byte) (*http.Request, *problem) {
	method, path, query, problem := e.request(e, h, payload)
	if problem != nil {
		return nil, problem
	}
	if !e.emits {
		payload = nil
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://localhost"+path, bytes.NewReader(payload))
	if err != nil {
		return nil, &badQuestion
	}
	r.URL.RawQuery = query.Encode()
	h.Del(HeaderAtomic)
	h.Del(HeaderDryRun)
	r.Header, r.RequestURI, r.RemoteAddr = h, r.URL.RequestURI(), "nats"
	return r, nil
}
