package intake_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/intake"
)

// serve hands a request to a handler without a connection: a header may hold what no client would send.
func serve(h http.Handler, header http.Header, query string, body []byte) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodPost, "/v1/events"+query, bytes.NewReader(body))
	req.Header = header
	rec := httptest.NewRecorder()
	as(access.Local, h).ServeHTTP(rec, req)
	return rec
}

// mustBeAnswer checks that whatever was sent got an answer of the documented kinds, in JSON and in UTF-8.
func mustBeAnswer(t *testing.T, rec *httptest.ResponseRecorder) {
	t.Helper()
	var body struct {
		Status int
		Events []struct{ Status, Position string }
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &body); err != nil {
		t.Fatalf("status %d, %v: %s", rec.Code, err, rec.Body)
	}
	switch rec.Code {
	case 200, 207, 409, 422:
		if len(body.Events) == 0 {
			t.Fatalf("status %d without a receipt: %s", rec.Code, rec.Body)
		}
	case 400, 413, 415, 431:
		if body.Status != rec.Code {
			t.Fatalf("status %d with a problem of %d", rec.Code, body.Status)
		}
	default:
		t.Fatalf("status %d: %s", rec.Code, rec.Body)
	}
}

func FuzzBinaryMode(f *testing.F) {
	f.Add("ce-id", "%E7%AC%AC", "ce-org", "450703", "application/json", []byte(attended))
	f.Add("CE-ID", `"a\"b"`, "ce-nth", "2", "", []byte(attended))
	f.Add("ce-id", "\xff", "ce-source", "%zz", "text/plain", []byte("{"))
	f.Add("ce-data", "%00", "ce-", "", "application/x+json;charset=UTF-8", []byte("null"))
	f.Add("ce-id", "%ed%a0%80", "ce-id", `"`, "application/json;;", []byte(`{"attendees":1}{}`))
	r := start(f, memory())
	handler := r.Handler()
	f.Fuzz(func(t *testing.T, name, value, name2, value2, contentType string, body []byte) {
		header := headers("Ce-Specversion", "1.0", "Ce-Type", "TrainingHeld", "Ce-Time", "2018-02-28", name, value, name2, value2)
		if contentType != "" {
			header.Set("Content-Type", contentType)
		}
		mustBeAnswer(t, serve(handler, header, "?dry_run=true", body))
	})
}

func FuzzCompressedBody(f *testing.F) {
	f.Add(packed(training("a", 1)))
	f.Add(packed(training("a", 1))[:20])
	f.Add(append(packed(nil), packed([]byte("{"))...))
	f.Add([]byte("\x1f\x8b\x08\x1e\x00\x00\x00\x00\x00\xff"))
	r := start(f, memory())
	handler := r.Handler()
	f.Fuzz(func(t *testing.T, body []byte) {
		mustBeAnswer(t, serve(handler, headers("Content-Type", intake.MediaEvent, "Content-Encoding", "gzip"), "?dry_run=true", body))
	})
}

// In whichever mode an event comes, however its headers are spelled and its body is packed, it is one event.
func TestAnEventIsTheSameInAllModes(t *testing.T) {
	r := start(t, memory())
	handler := r.Handler()
	drawn := 0
	rapid.Check(t, func(rt *rapid.T) {
		e := rapid.Custom(drawEvent).Draw(rt, "event")
		if e.attributes["id"] != "" {
			drawn++
			e.attributes["id"] += fmt.Sprint(drawn) // is free
		}
		first := ""
		for _, m := range rapid.Permutation([]string{"structured", "batched", "binary", "binary"}).Draw(rt, "modes") {
			header, body := e.in(rt, m)
			if rapid.Bool().Draw(rt, "packed") {
				header.Set("Content-Encoding", "gzip")
				body = packed(body)
			}
			rec := serve(handler, header, "", body)
			var a intake.Answer
			if err := json.Unmarshal(rec.Body.Bytes(), &a); err != nil || rec.Code != http.StatusOK || len(a.Events) != 1 {
				rt.Fatalf("%s: status %d, %v: %s\n%v\n%s", m, rec.Code, err, rec.Body, header, body)
			}
			got := a.Events[0]
			if is := got.ID + " at " + got.Position; first == "" {
				first = is
			} else if is != first || got.Status != intake.StatusRecorded {
				rt.Fatalf("%s: %s %s, want recorded as %s", m, got.Status, is, first)
			}
		}
	})
}

// drawnEvent is an event by its attributes and its data.
type drawnEvent struct {
	attributes map[string]string
	data       map[string]any
}

func drawEvent(t *rapid.T) drawnEvent {
	text := rapid.StringOfN(rapid.RuneFrom([]rune(`ab01 %"\+,;=~é中第期𠮷`)), 1, 20, -1)
	e := drawnEvent{map[string]string{"specversion": "1.0", "type": "TrainingHeld", "time": "2018-02-28"}, map[string]any{"attendees": rapid.IntRange(0, 9).Draw(t, "attendees")}}
	if rapid.Bool().Draw(t, "with id") {
		e.attributes["id"] = strings.TrimSpace("x" + text.Draw(t, "id"))
	} else if rapid.Bool().Draw(t, "numbered") {
		e.attributes["nth"] = "2"
	}
	if rapid.Bool().Draw(t, "with topic") {
		e.data["topic"] = text.Draw(t, "topic") + "。"
	}
	e.attributes["org"] = rapid.SampledFrom([]string{"450000", "450700", "450703"}).Draw(t, "org")
	e.attributes["source"] = rapid.SampledFrom([]string{"/a", "kaohe:450703/%E4%B8%AD", "urn:x:100%25", "s'(b)"}).Draw(t, "source")
	return e
}

// in writes the event in a mode.
func (e drawnEvent) in(t *rapid.T, mode string) (http.Header, []byte) {
	if mode == "binary" {
		data, _ := json.Marshal(e.data)
		header := headers("Content-Type", "application/json")
		for name, value := range e.attributes {
			spelled := rapid.SampledFrom([]string{"ce-", "Ce-", "CE-", "cE-"}).Draw(t, "prefix") + name
			if rapid.Bool().Draw(t, "capitals") {
				spelled = strings.ToUpper(spelled)
			}
			header[spelled] = []string{encoded(t, value)}
		}
		return header, data
	}
	all := map[string]any{"data": e.data}
	for name, value := range e.attributes {
		all[name] = value
	}
	raw, _ := json.Marshal(all)
	if mode == "batched" {
		return headers("Content-Type", intake.MediaBatch), batch(raw)
	}
	return headers("Content-Type", intake.MediaEvent), raw
}

// encoded writes a value for a header: what must be escaped as %XX, and of the rest some.
func encoded(t *rapid.T, value string) string {
	const digits = "0123456789abcdefABCDEF"
	raw, hex := rapid.Bool().Draw(t, "raw"), digits[:16]
	if rapid.Bool().Draw(t, "upper") {
		hex = digits[:10] + digits[16:]
	}
	var b strings.Builder
	for i := range len(value) {
		c := value[i]
		if plain := c > ' ' && c < 0x7f && c != '%' && c != '"'; plain || raw && (c >= 0x80 || c == ' ') {
			b.WriteByte(c)
			continue
		}
		b.WriteString("%" + string(hex[c>>4]) + string(hex[c&15]))
	}
	return b.String()
}
