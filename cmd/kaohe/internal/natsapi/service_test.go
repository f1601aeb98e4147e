package natsapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/natsapi"
	"github.com/kaohe/kaohe/events/access"
)

const wait = 20 * time.Second

// rig is a service on a server of its own, and a client of it.
type rig struct {
	*natsapi.Service
	server   *server.Server
	client   *nats.Conn
	registry *prometheus.Registry
	said     strings.Builder // by the service's logger
}

func start(t *testing.T, handler http.HandlerFunc) *rig {
	t.Helper()
	srv, err := server.NewServer(&server.Options{DontListen: true, NoSigs: true, NoLog: true, MaxPayload: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	srv.Start()
	t.Cleanup(srv.WaitForShutdown)
	t.Cleanup(srv.Shutdown)
	connect := func(opts ...nats.Option) (*nats.Conn, error) {
		nc, err := nats.Connect("", append(opts, nats.InProcessServer(srv))...)
		if err == nil {
			t.Cleanup(nc.Close)
		}
		return nc, err
	}
	r := &rig{server: srv, registry: prometheus.NewRegistry()}
	var lines atomic.Int64
	if r.client, err = connect(); err != nil {
		t.Fatal(err)
	}
	r.Service, err = natsapi.Start(natsapi.Options{
		Connect: connect, Handler: handler, ID: "one", Version: "v1.2.3", Now: time.Now, Logger: slog.New(slog.NewTextHandler(&r.said, nil)), Registerer: r.registry,
		Calm:   func() (int, bool) { return 3, lines.Add(1) == 1 },
		Caller: func(h nats.Header) (string, bool) { return h.Get("Who"), h.Get("Who") != "nobody" },
		Admit: func(ctx context.Context, caller string) (context.Context, bool) {
			return access.NewContext(ctx, access.Principal{Name: caller}), caller != "revoked"
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// ask sends a request. Headers are given as name, value.
func (r *rig) ask(t *testing.T, endpoint, payload string, headers ...string) *nats.Msg {
	t.Helper()
	m := nats.NewMsg("kaohe.v1." + endpoint)
	m.Data = []byte(payload)
	for i := 0; i < len(headers); i += 2 {
		m.Header[headers[i]] = append(m.Header[headers[i]], headers[i+1])
	}
	reply, err := r.client.RequestMsg(m, wait)
	if err != nil {
		t.Fatalf("Request(%s) = %v", endpoint, err)
	}
	return reply
}

// echo answers with the request as the handler sees it.
func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	fmt.Fprintf(w, "%s %s", r.Method, r.URL.RequestURI())
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		fmt.Fprintf(w, " %s=%s", name, strings.Join(r.Header[name], "|"))
	}
	fmt.Fprintf(w, " [%s]", body)
}

func TestRequestsBecomeThoseOfHTTP(t *testing.T) {
	t.Parallel()
	r := start(t, echo)
	const event, batch = "Content-Type=application/cloudevents+json", "Content-Type=application/cloudevents-batch+json"
	for _, tt := range []struct {
		name, endpoint, payload string
		headers                 []string
		want                    string
	}{
		{"an event", "emit", ` {"a":1}`, nil, "POST /v1/events " + event + ` [ {"a":1}]`},
		{"a batch", "emit", "\n[{}]", nil, "POST /v1/events " + batch + " [\n[{}]]"},
		{"nothing", "emit", "", nil, "POST /v1/events " + event + " []"},
		{"an event that says what it is", "emit", "{}", []string{"content-type", "application/cloudevents+json; charset=utf-8"},
			"POST /v1/events " + event + "; charset=utf-8 [{}]"},
		{"an event that says only that it is JSON", "emit", "[]", []string{"Content-Type", "application/json"}, "POST /v1/events " + batch + " [[]]"},
		{"an event in binary mode, names in any case", "emit", `{"人数":1}`, []string{"CE-ID", "第一期", "ce-type", "X", "content-type", "application/json"},
			`POST /v1/events Ce-Id=第一期 Ce-Type=X Content-Type=application/json [{"人数":1}]`},
		{"an attribute twice", "emit", `{}`, []string{"ce-id", "a", "Ce-Id", "b"}, "POST /v1/events Ce-Id=b|a [{}]"},
		{"all or nothing", "emit", "[]", []string{"kaohe-atomic", "true"}, "POST /v1/events?atomic=true " + batch + " [[]]"},
		{"for trial", "emit", "[]", []string{"Kaohe-Dry-Run", "true", "Kaohe-Atomic", "maybe"}, "POST /v1/events?atomic=maybe&dry_run=true " + batch + " [[]]"},
		{"the language", "catalogue", "", []string{"accept-language", "zh", "Cookie", "x", "Authorization", "Bearer x"}, "GET /v1/catalogue Accept-Language=zh []"},
		{"a question without parameters", "scorecard", "{}", nil, "GET /v1/scorecard []"},
		{"a question", "explain", `{"indicator":"conversions","org":"450703","limit":10,"below":true}`, nil,
			"GET /v1/explain?below=true&indicator=conversions&limit=10&org=450703 []"},
		{"a parameter that needs escaping", "targets", `{"a&b":"c=d 中"}`, nil, "GET /v1/targets?a%26b=c%3Dd+%E4%B8%AD []"},
		{"restatements", "restatement", `{"quarter":"2018Q1"}`, nil, "GET /v1/restatement?quarter=2018Q1 []"},
		{"findings", "findings", ``, nil, "GET /v1/findings []"},
		{"an event by its position", "event", `{"position":"12-0"}`, nil, "GET /v1/events/12-0 []"},
		{"an event by a position that is a path", "event", `{"position":"../quarantine"}`, nil, "GET /v1/events/..%2Fquarantine []"},
		{"an event by its identity", "event", `{"source":"kaohe:450703","id":"第一期"}`, nil, "GET /v1/events/by-id?id=%E7%AC%AC%E4%B8%80%E6%9C%9F&source=kaohe%3A450703 []"},
	} {
		if got := r.ask(t, tt.endpoint, tt.payload, tt.headers...); string(got.Data) != tt.want || got.Header.Get("Kaohe-Status") != "200" {
			t.Errorf("%s: the handler sees %s (status %s), want %s", tt.name, got.Data, got.Header.Get("Kaohe-Status"), tt.want)
		}
	}
}

func TestQuestionsThatAreNone(t *testing.T) {
	t.Parallel()
	r := start(t, echo)
	for _, payload := range []string{
		"[]", "x", `"a"`, `{"a":null}`, `{"a":{}}`, `{"a":["b"]}`, `{"a":"b"`, `{"a":"b"}x`, `{"a":"b","a":"c"}`, "{\"a\":\"\xff\"}",
		`{"` + strings.Repeat("a", 70_000) + `":"b"}`,
	} {
		got := r.ask(t, "scorecard", payload, "Accept-Language", "zh-CN")
		if got.Header.Get("Kaohe-Status") != "400" || got.Header.Get("Nats-Service-Error") != "问题有误" || !strings.Contains(string(got.Data), "JSON 对象") {
			t.Errorf("%.30q: %v %s, want a problem", payload, got.Header, got.Data)
		}
	}
	for _, position := range []string{"", ".", ".."} {
		if got := r.ask(t, "event", `{"position":"`+position+`"}`); got.Header.Get("Kaohe-Status") != "400" {
			t.Errorf("position %q: %s", position, got.Data)
		}
	}
}

func TestAnswersBecomeReplies(t *testing.T) {
	t.Parallel()
	r := start(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var say struct {
			Status int
			Body   string
		}
		if err := json.Unmarshal(body, &say); err != nil {
			panic("the test is wrong")
		}
		w.Header().Set("Content-Type", "application/problem+json")
		w.Header().Set("Retry-After", "7")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(say.Status)
		_, _ = io.WriteString(w, say.Body)
	})
	type want = map[string]string
	common := want{"Content-Type": "application/problem+json", "Retry-After": "7"}
	for _, tt := range []struct {
		name   string
		status int
		body   string
		want   want
	}{
		{"all is well", 200, `{"title":"x"}`, want{"Kaohe-Status": "200"}},
		{"some refused", 207, `{}`, want{"Kaohe-Status": "207"}},
		{"a problem", 403, `{"title":"不在权限\n范围内"}`, want{"Kaohe-Status": "403", "Nats-Service-Error-Code": "403", "Nats-Service-Error": "不在权限 范围内"}},
		{"a receipt", 422, `{"refused":2,"events":[{"status":"refused","error":{"message":"data.trainees 应为整数"}},{"error":{"message":"b"}}]}`,
			want{"Kaohe-Status": "422", "Nats-Service-Error-Code": "422", "Nats-Service-Error": "data.trainees 应为整数"}},
		{"no JSON", 500, `oops`, want{"Kaohe-Status": "500", "Nats-Service-Error-Code": "500", "Nats-Service-Error": "Internal Server Error"}},
		{"a long title", 400, `{"title":"` + strings.Repeat("中", 300) + `"}`, want{"Kaohe-Status": "400", "Nats-Service-Error-Code": "400", "Nats-Service-Error": strings.Repeat("中", 170)}},
	} {
		request, err := json.Marshal(map[string]any{"Status": tt.status, "Body": tt.body})
		if err != nil {
			t.Fatal(err)
		}
		reply := r.ask(t, "emit", string(request))
		got := want{}
		for name := range reply.Header {
			got[name] = reply.Header.Get(name)
		}
		maps.Copy(tt.want, common)
		if diff := cmp.Diff(tt.want, got); diff != "" || string(reply.Data) != tt.body {
			t.Errorf("%s: %s, headers (-want +got):\n%s", tt.name, reply.Data, diff)
		}
	}
}

func TestServiceIsFound(t *testing.T) {
	t.Parallel()
	r := start(t, echo)
	r.ask(t, "scorecard", "")
	r.ask(t, "scorecard", "x")
	var info micro.Info
	discover(t, r, "$SRV.INFO.kaohe", &info)
	subjects := make([]string, len(info.Endpoints))
	for i, e := range info.Endpoints {
		subjects[i] = e.Subject
	}
	want := []string{"kaohe.v1.emit", "kaohe.v1.scorecard", "kaohe.v1.explain", "kaohe.v1.targets", "kaohe.v1.restatement", "kaohe.v1.findings", "kaohe.v1.catalogue", "kaohe.v1.event"}
	if info.Name != "kaohe" || info.Version != "1.2.3" || !slices.Equal(subjects, want) || info.Endpoints[0].Metadata["zh"] == "" {
		t.Errorf("info = %+v, want kaohe 1.2.3 with %v", info, want)
	}
	var stats micro.Stats
	discover(t, r, "$SRV.STATS.kaohe", &stats)
	if e := stats.Endpoints[1]; e.Name != "scorecard" || e.NumRequests != 2 || e.NumErrors != 1 || e.LastError != "400 Bad Request" || stats.Type != micro.StatsResponseType {
		t.Errorf("stats = %+v, want one answer and one refusal", e)
	}
	var ping micro.Ping
	for _, subject := range []string{"$SRV.PING", "$SRV.PING.kaohe", "$SRV.PING.kaohe.one"} {
		if discover(t, r, subject, &ping); ping.ID != "one" || ping.Type != micro.PingResponseType {
			t.Errorf("%s = %+v", subject, ping)
		}
	}
	if problems, err := testutil.GatherAndLint(r.registry); err != nil || len(problems) > 0 {
		t.Errorf("lint found %v, %v", problems, err)
	}
}

func discover(t *testing.T, r *rig, subject string, into any) {
	t.Helper()
	m, err := r.client.Request(subject, nil, wait)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(m.Data, into); err != nil {
		t.Fatal(err)
	}
}

func TestOptionsNameTheMissingField(t *testing.T) {
	if _, err := natsapi.Start(natsapi.Options{}); err == nil || !strings.Contains(err.Error(), "Connect") {
		t.Errorf("Start() = %v, want an error that names Connect", err)
	}
}
