package intake_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/intake"
)

// packed compresses a body.
func packed(body []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	_, _ = w.Write(body)
	_ = w.Close()
	return b.Bytes()
}

// sized is a request body of exactly so many bytes, with blanks around the events.
func sized(body []byte, size int) []byte {
	return append(body, bytes.Repeat([]byte(" "), size-len(body))...)
}

// Every body may be compressed, and is bounded by what it unpacks to.
func TestCompressedBodies(t *testing.T) {
	r := start(t, memory())
	whole := packed(training("a", 1))
	garbled := bytes.Clone(whole)
	garbled[len(garbled)-6]++ // of the checksum
	noise := make([]byte, 2<<20)
	rand.NewChaCha8([32]byte{}).Read(noise)
	for _, tt := range []struct {
		name   string
		coding []string
		media  string
		body   []byte
		status int
		code   string // of the problem
	}{
		{"an event", []string{"gzip"}, intake.MediaEvent, whole, 200, ""},
		{"a batch, with the coding in other letters", []string{"GZIP"}, intake.MediaBatch, packed(batch(training("a", 1))), 200, ""},
		{"the old name of the coding", []string{"x-gzip"}, intake.MediaEvent, whole, 200, ""},
		{"identity besides", []string{"identity, gzip", ""}, intake.MediaEvent, whole, 200, ""},
		{"identity alone", []string{"identity"}, intake.MediaEvent, training("a", 1), 200, ""},
		{"in two members", []string{"gzip"}, intake.MediaEvent, append(packed(training("a", 1)[:30]), packed(training("a", 1)[30:])...), 200, ""},
		{"brotli", []string{"br"}, intake.MediaEvent, whole, 415, "content_encoding"},
		{"twice", []string{"gzip", "gzip"}, intake.MediaEvent, packed(whole), 415, "content_encoding"},
		{"not compressed", []string{"gzip"}, intake.MediaEvent, training("a", 1), 400, "not_gzip"},
		{"garbled", []string{"gzip"}, intake.MediaEvent, garbled, 400, "not_gzip"},
		{"something after it", []string{"gzip"}, intake.MediaEvent, append(bytes.Clone(whole), "and something more"...), 400, "not_gzip"},
		{"cut short", []string{"gzip"}, intake.MediaEvent, whole[:len(whole)-9], 400, "not_gzip"},
		{"nothing", []string{"gzip"}, intake.MediaEvent, nil, 400, "not_gzip"},
		{"as large as may be", []string{"gzip"}, intake.MediaEvent, packed(sized(training("a", 1), intake.MaxRaw)), 200, ""},
		{"one byte more", []string{"gzip"}, intake.MediaEvent, packed(sized(training("a", 1), intake.MaxRaw+1)), 413, "body_too_large"},
		{"a batch as large as may be", []string{"gzip"}, intake.MediaBatch, packed(sized(batch(training("a", 1)), intake.MaxBody)), 200, ""},
		{"a bomb", []string{"gzip"}, intake.MediaEvent, packed(make([]byte, 32<<20)), 413, "body_too_large"},
		{"what does not compress", []string{"gzip"}, intake.MediaEvent, packed(noise), 413, "body_too_large"},
		{"what never unpacks to anything", []string{"gzip"}, intake.MediaEvent, bytes.Repeat(packed(nil), 100_000), 413, "body_too_large"},
		{"compressed, and not said", nil, intake.MediaEvent, whole, 400, "not_json"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rec := serve(r.Handler(), http.Header{"Content-Type": {tt.media}, "Content-Encoding": tt.coding}, "", tt.body)
			var p intake.Problem
			if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || rec.Code != tt.status || p.Code != tt.code {
				t.Fatalf("status %d, %v, %s, want %d %s", rec.Code, err, rec.Body, tt.status, tt.code)
			}
			if got := rec.Header().Get("Accept-Encoding"); (rec.Code == 415) != (got == "gzip, identity") {
				t.Errorf("Accept-Encoding %q with status %d", got, rec.Code)
			}
		})
	}
	if n := len(stored(t, r.log)); n != 1 {
		t.Errorf("the log holds %d events, want the one", n)
	}
}

// canonical spells the names of headers as a server does.
func canonical(h http.Header) http.Header {
	c := http.Header{}
	for name, values := range h {
		for _, v := range values {
			c.Add(name, v)
		}
	}
	return c
}

// counting counts what is read of a body.
type counting struct {
	io.Reader
	read int
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read += n
	return n, err
}

// A body that was cut short on its way shall be sent again, which would not help one that was packed badly.
func TestCompressedBodyThatIsCutOnItsWay(t *testing.T) {
	r := start(t, memory())
	whole := packed(training("a", 1))
	req := httptest.NewRequestWithContext(eventtest.Context(t), http.MethodPost, "/v1/events", io.MultiReader(bytes.NewReader(whole[:len(whole)-9]), iotest.ErrReader(io.ErrUnexpectedEOF)))
	req.Header.Set("Content-Type", intake.MediaEvent)
	req.Header.Set("Content-Encoding", "gzip")
	rec := httptest.NewRecorder()
	r.Handler().ServeHTTP(rec, req)
	var p intake.Problem
	if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || rec.Code != http.StatusBadRequest || p.Code != "body" {
		t.Errorf("status %d, %v, %s, want 400 body", rec.Code, err, rec.Body)
	}
}

// A bomb is given up when it has unpacked to the limit, and not when it has been read.
func TestABombIsRefusedEarly(t *testing.T) {
	r := start(t, memory())
	bomb := &counting{Reader: bytes.NewReader(packed(make([]byte, 64<<20)))}
	req := httptest.NewRequestWithContext(eventtest.Context(t), http.MethodPost, "/v1/events", bomb)
	req.Header.Set("Content-Type", intake.MediaEvent)
	req.Header.Set("Content-Encoding", "gzip")
	rec := httptest.NewRecorder()
	r.Handler().ServeHTTP(rec, req)
	if rec.Code != http.StatusRequestEntityTooLarge || bomb.read > 8<<10 {
		t.Errorf("status %d after %d bytes, want 413 after few", rec.Code, bomb.read)
	}
}

// Bodies are taken up to their limit, to the byte, in each mode.
func TestBodiesAtTheirLimit(t *testing.T) {
	r := start(t, memory())
	for _, tt := range []struct {
		name   string
		header http.Header
		body   []byte
		limit  int
	}{
		{"an event", headers("Content-Type", intake.MediaEvent), training("a", 1), intake.MaxRaw},
		{"a batch", headers("Content-Type", intake.MediaBatch), batch(training("a", 1)), intake.MaxBody},
		{"the data of an event", canonical(said("ce-id", "a")), []byte(attended), intake.MaxRaw},
	} {
		for size, want := range map[int]int{tt.limit: http.StatusOK, tt.limit + 1: http.StatusRequestEntityTooLarge} {
			if rec := serve(r.Handler(), tt.header, "", sized(bytes.Clone(tt.body), size)); rec.Code != want {
				t.Errorf("%s of %d bytes: status %d, want %d: %.200s", tt.name, size, rec.Code, want, rec.Body)
			}
		}
	}
}

// An event of 64 KiB is taken whole, as receivers of CloudEvents must do.
func TestEventsOf64KiB(t *testing.T) {
	r := start(t, memory(), func(o *intake.Options) {
		o.Catalogue = mustCatalogue(t, fstest.MapFS{"events/Note.v1.json": schema("Note", `"required":["text"],"properties":{
			"text":{"title":"文字","x-title-en":"Text","type":"string","minLength":1,"maxLength":1000000}}`)})
	})
	text := strings.Repeat("九", (64<<10)/3)
	structured := []byte(`{"specversion":"1.0","type":"Note","id":"n","source":"/n","time":"2018-02-28T00:00:00+08:00","data":{"text":"` + text + `"}}`)
	for i, c := range []call{
		{contentType: intake.MediaEvent, body: structured},
		{contentType: intake.MediaBatch, body: batch(structured)},
		{header: headers("ce-specversion", "1.0", "ce-type", "Note", "ce-id", "n", "ce-source", "/n", "ce-time", "2018-02-28"), body: []byte(`{"text":"` + text + `"}`)},
	} {
		if status, _, body := do(t, r.Handler(), c); status != http.StatusOK || mustAnswer(t, body).Position != "1-0" {
			t.Errorf("request %d: status %d, %s, want the event at 1-0", i, status, body)
		}
	}
}
