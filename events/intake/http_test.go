package intake_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/intake"
)

type call struct {
	by                                   access.Principal // Local if it is the zero one
	method, query, contentType, language string
	header                               http.Header // beside these
	body                                 []byte
}

// as hands requests on as those of a principal, as whoever keeps the door does.
func as(by access.Principal, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(access.NewContext(r.Context(), by)))
	})
}

// do sends a request through a real HTTP connection and returns the status, the headers and the body.
func do(tb testing.TB, h http.Handler, c call) (int, http.Header, []byte) {
	tb.Helper()
	if c.by == (access.Principal{}) {
		c.by = access.Local
	}
	server := httptest.NewServer(as(c.by, h))
	defer server.Close()
	if c.method == "" {
		c.method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(eventtest.Context(tb), c.method, server.URL+"/v1/events"+c.query, bytes.NewReader(c.body))
	if err != nil {
		tb.Fatal(err)
	}
	if c.header != nil {
		req.Header = c.header.Clone()
	}
	if c.contentType != "" {
		req.Header.Set("Content-Type", c.contentType)
	}
	if c.language != "" {
		req.Header.Set("Accept-Language", c.language)
	}
	resp, err := server.Client().Do(req)
	if err != nil {
		tb.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return resp.StatusCode, resp.Header, body
}

// batch writes events as a CloudEvents batch.
func batch(raw ...[]byte) []byte {
	return append(append([]byte("["), bytes.Join(raw, []byte(","))...), ']')
}

func TestHandlerAnswersWithAReceipt(t *testing.T) {
	r := start(t, memory())
	r.emit(t, training("old", 1))
	tests := []struct {
		name   string
		call   call
		status int
		want   string // new recorded refused
	}{
		{"one new event", call{body: training("a", 1)}, 200, "1 0 0"},
		{"the same again", call{body: training("a", 1)}, 200, "0 1 0"},
		{"charset and case", call{contentType: "Application/CloudEvents+JSON; Charset=UTF-8", body: training("b", 1)}, 200, "1 0 0"},
		{"a batch", call{contentType: intake.MediaBatch, body: batch(training("c", 1), training("old", 1))}, 200, "1 1 0"},
		{"a batch with a bad one", call{contentType: intake.MediaBatch, body: batch(training("d", 1), training("e", -1), training("f", 1))}, 207, "2 0 1"},
		{"the same atomic", call{contentType: intake.MediaBatch, query: "?atomic=true", body: batch(training("g", 1), training("e", -1))}, 422, "0 0 2"},
		{"an atomic one that conflicts", call{contentType: intake.MediaBatch, query: "?atomic=1", body: batch(training("g", 1), training("old", 2))}, 409, "0 0 2"},
		{"not atomic in so many words", call{contentType: intake.MediaBatch, query: "?atomic=false", body: batch(training("h", 1), []byte("7"))}, 207, "1 0 1"},
		{"a bad event", call{body: training("e", -1)}, 422, "0 0 1"},
		{"a conflict", call{body: training("old", 2)}, 409, "0 0 1"},
		{"a batch of bad ones and conflicts", call{contentType: intake.MediaBatch, body: batch(training("old", 2), training("e", -1))}, 422, "0 0 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.call.contentType == "" {
				tt.call.contentType = intake.MediaEvent
			}
			status, header, body := do(t, r.Handler(), tt.call)
			var a intake.Answer
			if err := json.Unmarshal(body, &a); err != nil {
				t.Fatalf("%v: %s", err, body)
			}
			if got := fmt.Sprint(a.New, a.Recorded, a.Refused); status != tt.status || got != tt.want {
				t.Errorf("status %d, %s, want %d, %s\n%s", status, got, tt.status, tt.want, body)
			}
			if got := header.Get("Content-Type"); got != "application/json" {
				t.Errorf("Content-Type %s", got)
			}
		})
	}
	if n := len(stored(t, r.log)); n != 7 {
		t.Errorf("the log holds %d events, want 7", n)
	}
}

func TestReceiptOnTheWire(t *testing.T) {
	r := start(t, memory())
	_, _, body := do(t, r.Handler(), call{contentType: intake.MediaBatch, language: "fr;q=0.1, zh-CN, en;q=0.5",
		body: batch(training("", 1), training("", 1), []byte(`7`))})
	var got bytes.Buffer
	if err := json.Indent(&got, body, "", " "); err != nil {
		t.Fatal(err)
	}
	const want = `{
 "durability": "fsync",
 "new": 1,
 "recorded": 1,
 "refused": 1,
 "events": [
  {
   "index": 0,
   "status": "new",
   "source": "kaohe:450703",
   "id": "h1-6148530c6d2af6a22940716757df0684",
   "type": "TrainingHeld",
   "position": "1-0"
  },
  {
   "index": 1,
   "status": "recorded",
   "source": "kaohe:450703",
   "id": "h1-6148530c6d2af6a22940716757df0684",
   "type": "TrainingHeld",
   "position": "1-0",
   "warnings": [
    {
     "code": "same_content",
     "message": "与 1-0 内容相同;如果确实又发生了一次,请用 --nth 2 或 count"
    }
   ]
  },
  {
   "index": 2,
   "status": "refused",
   "error": {
    "code": "not_json",
    "message": "事件必须是 JSON 对象,收到的是 7"
   }
  }
 ]
}
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("receipt (-want +got):\n%s", diff)
	}
}

func TestFaultsOnTheWire(t *testing.T) {
	r := start(t, memory())
	for lang, expected := range map[string]string{"zh": "日历上有的日期:2018 年 2 月只有 28 天", "en": "a day that exists: February 2018 has 28 days"} {
		_, _, body := do(t, r.Handler(), call{contentType: intake.MediaEvent, language: lang, body: []byte(event(`2018-02-28`, `2018-02-30`))})
		var a struct {
			Events []struct {
				Error struct {
					Code, Message string
					Faults        []map[string]string
				}
			}
		}
		if err := json.Unmarshal(body, &a); err != nil || len(a.Events) != 1 || len(a.Events[0].Error.Faults) != 1 {
			t.Fatalf("%v: %s", err, body)
		}
		got := a.Events[0].Error.Faults[0]
		want := map[string]string{"field": "time", "code": "format", "expected": expected, "got": `"2018-02-30"`, "message": a.Events[0].Error.Message}
		if diff := cmp.Diff(want, got); diff != "" || !strings.Contains(got["message"], expected) {
			t.Errorf("fault (-want +got):\n%s\n%s", diff, body)
		}
	}
}

// Every bad request is refused with the status and words that help, and leaves no trace in the log.
func TestHandlerRefusesBadRequests(t *testing.T) {
	r := start(t, memory())
	tests := []struct {
		name   string
		call   call
		status int
		code   string
		detail string
	}{
		{"not JSON", call{contentType: intake.MediaEvent, body: []byte("{\"specversion\":\n  nope}")}, 400, "not_json", "line 2, column 4"},
		{"half an event", call{contentType: intake.MediaEvent, body: training("a", 1)[:40]}, 400, "not_json", "ends too early"},
		{"two events in a row", call{contentType: intake.MediaEvent, body: append(training("a", 1), training("b", 1)...)}, 400, "not_json", ""},
		{"a batch with a hole", call{contentType: intake.MediaBatch, body: []byte(`[{},,{}]`)}, 400, "not_json", "line 1, column 5"},
		{"a batch that does not end", call{contentType: intake.MediaBatch, body: []byte(`[{}`)}, 400, "not_json", ""},
		{"something after a batch", call{contentType: intake.MediaBatch, body: []byte(`[] []`)}, 400, "not_json", "something follows"},
		{"nothing as an event", call{contentType: intake.MediaEvent}, 400, "not_json", "ends too early"},
		{"nothing as a batch", call{contentType: intake.MediaBatch}, 400, "not_json", "ends too early"},
		{"an array as an event", call{contentType: intake.MediaEvent, body: batch(training("a", 1))}, 400, "not_json", intake.MediaBatch},
		{"an event as a batch", call{contentType: intake.MediaBatch, body: training("a", 1)}, 400, "not_json", intake.MediaEvent},
		{"an empty batch", call{contentType: intake.MediaBatch, body: []byte(` [ ] `)}, 400, "empty", "at least one"},
		{"plain JSON", call{contentType: "application/json", body: training("a", 1)}, 415, "media_type", intake.MediaEvent},
		{"another format of events", call{contentType: "application/cloudevents+avro", header: http.Header{"Ce-Specversion": {"1.0"}}, body: training("a", 1)}, 415, "media_type", intake.MediaEvent},
		{"two content types", call{header: http.Header{"Content-Type": {intake.MediaEvent, intake.MediaBatch}}, body: training("a", 1)}, 415, "media_type", "one Content-Type"},
		{"no content type", call{body: training("a", 1)}, 415, "media_type", intake.MediaBatch},
		{"a form", call{contentType: "application/x-www-form-urlencoded", body: training("a", 1)}, 415, "media_type", intake.MediaEvent},
		{"GBK", call{contentType: intake.MediaEvent + "; charset=gbk", body: training("a", 1)}, 415, "media_type", "charset=gbk"},
		{"GET", call{method: "GET"}, 405, "method", "POST"},
		{"PUT", call{method: "PUT", contentType: intake.MediaEvent, body: training("a", 1)}, 405, "method", "POST"},
		{"a 2 MiB event", call{contentType: intake.MediaEvent, body: bytes.Repeat([]byte(" "), 2<<20)}, 413, "body_too_large", "1048576 bytes"},
		{"a 17 MiB batch", call{contentType: intake.MediaBatch, body: bytes.Repeat([]byte(" "), 17<<20)}, 413, "body_too_large", "16777216 bytes"},
		{"atomic misspelt", call{contentType: intake.MediaBatch, query: "?atomc=true", body: batch(training("a", 1))}, 400, "query", "atomic"},
		{"atomic is perhaps", call{contentType: intake.MediaBatch, query: "?atomic=perhaps", body: batch(training("a", 1))}, 400, "query", "true or false"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, header, body := do(t, r.Handler(), tt.call)
			var p intake.Problem
			if err := json.Unmarshal(body, &p); err != nil {
				t.Fatalf("%v: %s", err, body)
			}
			if status != tt.status || p.Status != tt.status || p.Code != tt.code || !strings.Contains(p.Detail, tt.detail) || p.Title == "" {
				t.Errorf("status %d, %+v, want %d, %s, %q", status, p, tt.status, tt.code, tt.detail)
			}
			if got := header.Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("Content-Type %s", got)
			}
			if got := header.Get("Accept"); (status == http.StatusUnsupportedMediaType) != strings.Contains(got, intake.MediaBatch) {
				t.Errorf("Accept %q with status %d", got, status)
			}
			if status == http.StatusMethodNotAllowed && header.Get("Allow") != "POST, OPTIONS" {
				t.Errorf("Allow %q", header.Get("Allow"))
			}
		})
	}
	for _, tt := range refusals {
		if tt.code == "not_json" || tt.code == "too_large" {
			continue
		}
		status, _, body := do(t, r.Handler(), call{contentType: intake.MediaEvent, body: []byte(tt.raw)})
		var a intake.Answer
		if err := json.Unmarshal(body, &a); err != nil || status != http.StatusUnprocessableEntity || len(a.Events) != 1 || a.Events[0].Error.Code != tt.code {
			t.Errorf("%s: status %d, want 422 and %s: %s", tt.name, status, tt.code, body)
		}
	}
	if end := eventtest.MustEnd(t, r.log); end != 0 {
		t.Errorf("the log has %d commits, want none", end)
	}
}

func TestLangOf(t *testing.T) {
	for header, want := range map[string]events.Lang{
		"": events.English, "en": events.English, "zh": events.Chinese, "zh-CN,zh;q=0.9,en;q=0.8": events.Chinese, "zh-Hant-TW": events.Chinese,
		"fr": events.English, "en-US,zh;q=0.5": events.English, "de, zh;q=0.5": events.Chinese, ";;;": events.English,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Language", header)
		if got := intake.LangOf(r); got != want {
			t.Errorf("LangOf(%q) = %s, want %s", header, got, want)
		}
	}
}
