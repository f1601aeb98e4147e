package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/kaohe/kaohe/events/intake"
)

// natsServer starts a NATS server and returns its address.
func natsServer(t *testing.T, o server.Options) string {
	t.Helper()
	o.Host, o.Port, o.NoLog, o.NoSigs = "127.0.0.1", -1, true, true
	s, err := server.NewServer(&o)
	must(err)
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the NATS server does not start")
	}
	return strings.Replace(s.ClientURL(), "tls://", "nats://", 1)
}

// serviceAt answers the requests to the service as the handler does over HTTP.
func serviceAt(t *testing.T, address string, handler http.Handler, options ...nats.Option) {
	t.Helper()
	nc, err := nats.Connect(address, options...)
	must(err)
	t.Cleanup(nc.Close)
	_, err = nc.Subscribe("kaohe.v1.*", func(msg *nats.Msg) {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, overHTTPAgain(msg))
		reply := nats.NewMsg(msg.Reply)
		reply.Data = w.Body.Bytes()
		reply.Header.Set("Kaohe-Status", fmt.Sprint(w.Code))
		if after := w.Header().Get("Retry-After"); after != "" {
			reply.Header.Set("Retry-After", after)
		}
		if w.Code >= 400 {
			reply.Header.Set("Nats-Service-Error", "failed")
			reply.Header.Set("Nats-Service-Error-Code", fmt.Sprint(w.Code))
		}
		_ = msg.RespondMsg(reply)
	})
	must(err)
	must(nc.Flush())
}

// overHTTPAgain is the request that a message stands for.
func overHTTPAgain(msg *nats.Msg) *http.Request {
	name := strings.TrimPrefix(msg.Subject, "kaohe.v1.")
	if name == "emit" {
		query := url.Values{}
		if msg.Header.Get("Kaohe-Dry-Run") != "" {
			query.Set("dry_run", msg.Header.Get("Kaohe-Dry-Run"))
		}
		if msg.Header.Get("Kaohe-Atomic") != "" {
			query.Set("atomic", msg.Header.Get("Kaohe-Atomic"))
		}
		r := httptest.NewRequest(http.MethodPost, "/v1/events?"+query.Encode(), strings.NewReader(string(msg.Data)))
		r.Header.Set("Content-Type", intake.MediaEvent)
		if len(msg.Data) > 0 && msg.Data[0] == '[' {
			r.Header.Set("Content-Type", intake.MediaBatch)
		}
		r.Header.Set("Accept-Language", msg.Header.Get("Accept-Language"))
		return r
	}
	var params map[string]string
	_ = json.Unmarshal(msg.Data, &params)
	path, query := "/v1/"+name, url.Values{}
	if name == "event" {
		path = "/v1/events/by-id"
		if params["position"] != "" {
			path = "/v1/events/" + params["position"]
			delete(params, "position")
		}
	}
	for name, value := range params {
		query.Set(name, value)
	}
	r := httptest.NewRequest(http.MethodGet, path+"?"+query.Encode(), nil)
	r.Header.Set("Accept-Language", msg.Header.Get("Accept-Language"))
	return r
}

func TestRequestsOverNATS(t *testing.T) {
	c, _ := commandLine(nil)
	c.lang = "zh"
	for _, tt := range []struct {
		name                   string
		r                      request
		subject, data, headers string
	}{
		{"an event", request{http.MethodPost, "/v1/events", nil, intake.MediaEvent, []byte(`{}`)}, "kaohe.v1.emit", `{}`, "Accept-Language=zh Content-Type=application/cloudevents+json"},
		{"a dry run", request{http.MethodPost, "/v1/events", url.Values{"dry_run": {"true"}}, intake.MediaBatch, []byte(`[]`)}, "kaohe.v1.emit", `[]`, "Accept-Language=zh Content-Type=application/cloudevents-batch+json Kaohe-Dry-Run=true"},
		{"all or nothing", request{http.MethodPost, "/v1/events", url.Values{"atomic": {"true"}}, intake.MediaBatch, []byte(`[]`)}, "kaohe.v1.emit", `[]`, "Accept-Language=zh Content-Type=application/cloudevents-batch+json Kaohe-Atomic=true"},
		{"a question", request{method: http.MethodGet, path: "/v1/scorecard", query: url.Values{"quarter": {"2018Q1"}, "org": {"450703"}}}, "kaohe.v1.scorecard", `{"org":"450703","quarter":"2018Q1"}`, "Accept-Language=zh"},
		{"a question without parameters", request{method: http.MethodGet, path: "/v1/catalogue"}, "kaohe.v1.catalogue", `{}`, "Accept-Language=zh"},
		{"an event by its position", request{method: http.MethodGet, path: "/v1/events/12-0"}, "kaohe.v1.event", `{"position":"12-0"}`, "Accept-Language=zh"},
		{"an event by its identity", request{method: http.MethodGet, path: "/v1/events/by-id", query: url.Values{"source": {"a"}, "id": {"b"}}}, "kaohe.v1.event", `{"id":"b","source":"a"}`, "Accept-Language=zh"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			msg, err := (&overNATS{c: c}).message(tt.r)
			if err != nil {
				t.Fatal(err)
			}
			var headers []string
			for _, name := range []string{"Accept-Language", "Content-Type", "Kaohe-Atomic", "Kaohe-Dry-Run"} {
				if v := msg.Header.Get(name); v != "" {
					headers = append(headers, name+"="+v)
				}
			}
			got := []string{msg.Subject, string(msg.Data), strings.Join(headers, " ")}
			if want := []string{tt.subject, tt.data, tt.headers}; !cmp.Equal(got, want) {
				t.Errorf("message: %s", cmp.Diff(want, got))
			}
		})
	}
	for _, r := range []request{{method: http.MethodGet, path: "/metrics"}, {method: http.MethodGet, path: "/v1/events"}, {method: http.MethodPost, path: "/v1/scorecard"}} {
		if _, err := (&overNATS{c: c}).message(r); err == nil {
			t.Errorf("message(%s %s) = nil error, want that there is none", r.method, r.path)
		}
	}
}

// TestAllCommandsOverNATS lets them talk to a real daemon, through a service that passes on what it is asked.
func TestAllCommandsOverNATS(t *testing.T) {
	d := startDaemon(t, t.TempDir())
	d.awaitReady(t)
	address := natsServer(t, server.Options{})
	to, err := url.Parse(d.url)
	must(err)
	serviceAt(t, address, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.Scheme, r.URL.Host, r.RequestURI = to.Scheme, to.Host, ""
		r.Host = ""
		resp, err := http.DefaultClient.Do(r)
		must(err)
		defer resp.Body.Close()
		w.WriteHeader(resp.StatusCode)
		_, err = w.(*httptest.ResponseRecorder).Body.ReadFrom(resp.Body)
		must(err)
	}))
	for _, step := range []struct {
		line string
		code int
		want string // in what is said
	}{
		{"emit EnvoyTrainingHeld attendees=30 --time 2018-03-05 --id T-1 --source test:nats", exitDone, "recorded as 2-0"},
		{"emit EnvoyTrainingHeld attendees=30 --time 2018-03-05 --id T-1 --source test:nats", exitDone, "already recorded as 2-0"},
		{"emit EnvoyTrainingHeld attendees=x --time 2018-03-05", exitRefused, "refused (invalid)"},
		{"emit --list", exitDone, "PatentGranted"},
		{"correct 2-0 attendees=31 --reason r", exitDone, "recorded as 3-0"},
		{"void test:nats T-1 --reason r", exitDone, "recorded as 4-0"},
		{"void 99-0 --reason r", exitRefused, "99-0"},
		{"nil conversions --quarter 2018Q1", exitDone, "recorded as 5-0"},
		{"gaps -o json", exitDone, `"org": "450703"`},
		{"gaps --org nowhere", exitUsage, "nowhere"},
		{"explain conversions", exitDone, "conversions"},
		{"targets", exitDone, ""},
		{"close 2018Q1 --reason r", exitDone, "recorded as 6-0"},
		{"restated 2018Q1", exitDone, "2018Q1"},
	} {
		code, stdout, stderr := invoke(t, map[string]string{"KAOHE_SERVER": address}, strings.Fields(step.line)...)
		if code != step.code || !strings.Contains(stdout+stderr, step.want) {
			t.Errorf("%s: exit %d, stdout %q, stderr %q, want exit %d and %q", step.line, code, stdout, stderr, step.code, step.want)
		}
	}
}

func TestAServiceThatDoesNotAnswer(t *testing.T) {
	down := natsServer(t, server.Options{})
	for name, address := range map[string]string{"no NATS": "nats://127.0.0.1:1", "no kaohe": down} {
		code, _, stderr := invoke(t, nil, "gaps", "--server", address)
		if code != exitFailed || !strings.Contains(stderr, "cannot reach "+address) {
			t.Errorf("%s: exit %d, stderr %q", name, code, stderr)
		}
		wait := t.TempDir()
		if code, _, stderr := invoke(t, nil, "emit", "PatentGranted", "--spool", wait, "--server", address); code != exitDone {
			t.Errorf("%s: emit: exit %d, stderr %q, want that it is kept", name, code, stderr)
		}
	}
}

// TestAnswersOfTheService are those that need care.
func TestAnswersOfTheService(t *testing.T) {
	for _, tt := range []struct {
		name   string
		header nats.Header
		body   string
		want   answer
		failed string
	}{
		{"overloaded", nats.Header{"Kaohe-Status": {"429"}, "Retry-After": {"3"}}, "x", answer{429, []byte("x"), new(3 * time.Second)}, ""},
		{"a handler that failed", nats.Header{"Nats-Service-Error-Code": {"500"}, "Nats-Service-Error": {"oops"}}, "", answer{500, []byte(`{"type":"","title":"oops","status":500,"code":""}`), nil}, ""},
		{"another service", nats.Header{}, "hello", answer{}, "is not the service kaohe"},
		{"no status", nats.Header{"Kaohe-Status": {"42"}}, "", answer{}, "is not the service kaohe"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := commandLine(nil)
			got, err := (&overNATS{c: c}).answer(&nats.Msg{Header: tt.header, Data: []byte(tt.body)})
			if !cmp.Equal(got, tt.want, cmp.AllowUnexported(answer{})) || (err == nil) != (tt.failed == "") || err != nil && !strings.Contains(err.Error(), tt.failed) {
				t.Errorf("answer() = %+v, %v, want %+v, %s", got, err, tt.want, tt.failed)
			}
		})
	}
}

func TestABodyThatNATSDoesNotTake(t *testing.T) {
	address := natsServer(t, server.Options{MaxPayload: 8 << 10})
	serviceAt(t, address, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "{}") }))
	c, _ := commandLine(nil)
	cl := must1(c.client(connection{server: address}))
	if got := cl.maxBody(); got != 1<<20-headerRoom {
		t.Errorf("maxBody() = %d before there is a connection", got)
	}
	a, err := cl.do(t.Context(), http.MethodPost, "/v1/events", intake.MediaEvent, make([]byte, 9<<10))
	if err != nil || a.status != http.StatusRequestEntityTooLarge || !strings.Contains(cl.problem(a).Error(), "at most 8192 at once") {
		t.Errorf("do() = %d, %v, want 413", a.status, err)
	}
	if got := cl.maxBody(); got != 4<<10 {
		t.Errorf("maxBody() = %d, want what the server takes", got)
	}
	if a, err := cl.do(t.Context(), http.MethodPost, "/v1/events", intake.MediaEvent, make([]byte, cl.maxBody())); err != nil || a.status != http.StatusOK {
		t.Errorf("do() with maxBody = %d, %v, want 200", a.status, err)
	}
}

// TestAConnectionThatBreaksIsMadeAnew: between two requests the server was away.
func TestAConnectionThatBreaksIsMadeAnew(t *testing.T) {
	address := natsServer(t, server.Options{})
	serviceAt(t, address, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "{}") }))
	c, _ := commandLine(nil)
	cl := must1(c.client(connection{server: address}))
	for range 2 {
		if a, err := cl.get(t.Context(), "/v1/catalogue", nil); err != nil || a.status != http.StatusOK {
			t.Fatalf("get() = %d, %v", a.status, err)
		}
		cl.by.(*overNATS).conn.Close()
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := cl.get(ctx, "/v1/catalogue", nil); err != context.Canceled {
		t.Errorf("get() = %v, want that it was interrupted", err)
	}
}
