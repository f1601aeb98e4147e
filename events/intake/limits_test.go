package intake_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/intake"
)

// zeros is a batch of n events that are none.
func zeros(n int) []byte { return batch(bytes.Split(bytes.Repeat([]byte("0"), n), nil)...) }

func TestRequestHoldsALimitedNumberOfEvents(t *testing.T) {
	r := start(t, memory())
	status, _, body := do(t, r.Handler(), call{contentType: intake.MediaBatch, body: zeros(intake.MaxBatch)})
	var a intake.Answer
	if err := json.Unmarshal(body, &a); err != nil || status != http.StatusUnprocessableEntity || a.Refused != intake.MaxBatch {
		t.Errorf("status %d, %d refused, %v, want 422 and a receipt for each", status, a.Refused, err)
	}
	over := zeros(intake.MaxBatch + 1)
	over = append(over[:len(over)-1], " and what follows is not read"...)
	for lang, detail := range map[string]string{"en": "at most 10000 events", "zh": "至多 10000 个事件"} {
		status, _, body := do(t, r.Handler(), call{contentType: intake.MediaBatch, language: lang, body: over})
		var p intake.Problem
		if err := json.Unmarshal(body, &p); err != nil {
			t.Fatalf("%v: %s", err, body)
		}
		if status != http.StatusRequestEntityTooLarge || p.Code != "too_many_events" || !strings.Contains(p.Detail, detail) {
			t.Errorf("status %d, %+v, want 413, too_many_events, %q", status, p, detail)
		}
	}
}

func TestEmitTakesALimitedNumberOfEvents(t *testing.T) {
	r := start(t, memory())
	raw := make([][]byte, intake.MaxBatch+1)
	for i := range raw {
		raw[i] = training("a", 1)
	}
	if _, err := r.Emit(eventtest.Context(t), intake.Request{Events: raw, By: access.Local}); !errors.Is(err, intake.ErrTooMany) {
		t.Errorf("Emit(%d events) = %v, want ErrTooMany", len(raw), err)
	}
	if end := eventtest.MustEnd(t, r.log); end != 0 {
		t.Errorf("the log has %d commits, want none", end)
	}
	if fresh, recorded, _ := r.emit(t, raw[1:]...).Counts(); fresh != 1 || recorded != intake.MaxBatch-1 {
		t.Errorf("%d new, %d recorded, want 1 and the rest", fresh, recorded)
	}
}

// faulty is an event with so many attributes that no event has, and with its id given so many times too often.
func faulty(unknown, repeated int, data string) []byte {
	var b strings.Builder
	b.WriteString(`{"specversion":"1.0","type":"TrainingHeld","id":"a","time":"2018-02-28"`)
	for i := range unknown {
		fmt.Fprintf(&b, `,"sorce%d":1`, i)
	}
	b.WriteString(strings.Repeat(`,"id":"b"`, repeated))
	return []byte(b.String() + `,"data":` + data + `}`)
}

func TestFaultsOfAnEventAreListedUpToFifty(t *testing.T) {
	in := offline(t)
	for _, tt := range []struct {
		name          string
		raw           []byte
		listed, wrong int
	}{
		{"as many as are listed", faulty(30, 20, `{"attendees":1}`), 50, 50},
		{"one more", faulty(31, 20, `{"attendees":1}`), 50, 51},
		{"unknown ones", faulty(60_000, 0, `{"attendees":1}`), 50, 60_000},
		{"repeated ones", faulty(0, 60_000, `{"attendees":1}`), 50, 60_000},
		{"both", faulty(10_000, 10_000, `{"attendees":1}`), 50, 20_000},
		{"attributes and data", faulty(49, 0, `{"attendees":-1,"topic":""}`), 50, 51},
		{"attributes and one of the data", faulty(49, 0, `{"attendees":-1}`), 50, 50},
	} {
		_, refusal := in.Prepare(tt.raw)
		if refusal == nil || refusal.Code != intake.CodeInvalid || len(refusal.Faults) != tt.listed {
			t.Errorf("%s: refusal %.200v, want %d faults", tt.name, refusal, tt.listed)
			continue
		}
		if more := fmt.Sprintf("(and %d more)", tt.wrong-1); !strings.HasSuffix(refusal.Text.EN, more) {
			t.Errorf("%s: %s, want %s", tt.name, refusal.Text.EN, more)
		}
	}
}

// Each name kept would be an allocation.
func TestUnknownAttributesBeyondTheListedAreNotKept(t *testing.T) {
	in := offline(t)
	raw := faulty(60_000, 0, `{"attendees":1}`)
	if n := testing.AllocsPerRun(1, func() { in.Prepare(raw) }); n > 10_000 {
		t.Errorf("%v allocations for 60,000 unknown attributes, want few", n)
	}
}

func TestFaultsOfARequestAreShared(t *testing.T) {
	r := start(t, memory())
	event := faulty(60, 0, `{"attendees":1}`)
	for n, listed := range map[int]int{1: 50, 1000: 50, 5000: 10, intake.MaxBatch: 5} {
		raw := slices.Repeat([][]byte{event}, n)
		for i, o := range r.emit(t, raw...).Events {
			if got := len(o.Refusal.Faults); got != listed || !strings.HasSuffix(o.Refusal.Text.EN, "(and 59 more)") {
				t.Fatalf("event %d of %d: %d faults, %s, want %d and 59 more", i, n, got, o.Refusal.Text.EN, listed)
			}
		}
	}
}

// unreadable is a body that nobody should read.
type unreadable struct{ t *testing.T }

func (u *unreadable) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

// A request whose body fills all the room for bodies waits for its commit; until it is answered others are sent away.
func TestBodiesAtOnceAreBounded(t *testing.T) {
	g := newGate()
	r := start(t, g, func(o *intake.Options) { o.Bodies = intake.MaxBody })
	server := httptest.NewServer(as(access.Local, r.Handler()))
	defer server.Close()
	post := func(id string, size int, announced bool) *http.Response {
		body := batch(training(id, 1))
		body = append(body, bytes.Repeat([]byte(" "), max(size-len(body), 0))...)
		var content io.Reader = bytes.NewReader(body)
		if !announced {
			content = struct{ io.Reader }{content} // sent in chunks
		}
		req, err := http.NewRequestWithContext(eventtest.Context(t), http.MethodPost, server.URL, content)
		if err != nil {
			t.Error(err)
			return nil
		}
		req.Header.Set("Content-Type", intake.MediaBatch)
		resp, err := server.Client().Do(req)
		if err != nil {
			t.Error(err)
			return nil
		}
		t.Cleanup(func() { resp.Body.Close() })
		return resp
	}
	for round, announced := range []bool{true, false} { // the second time shows that all the room was given back
		large := make(chan *http.Response, 1)
		go func() { large <- post(fmt.Sprint("large", round), intake.MaxBody, announced) }()
		<-g.entered
		for _, announced := range []bool{true, false} {
			resp := post("small", 0, announced)
			if resp == nil {
				continue
			}
			var p intake.Problem
			if err := json.NewDecoder(resp.Body).Decode(&p); err != nil {
				t.Error(err)
			}
			if resp.StatusCode != http.StatusTooManyRequests || p.Code != "too_many_bodies" || resp.Header.Get("Retry-After") != "1" {
				t.Errorf("announced=%v: status %d, %+v, Retry-After %q, want 429, too_many_bodies, 1", announced, resp.StatusCode, p, resp.Header.Get("Retry-After"))
			}
		}
		unread := httptest.NewRequestWithContext(eventtest.Context(t), http.MethodPost, "/", &unreadable{t})
		unread.ContentLength = 100
		unread.Header.Set("Content-Type", intake.MediaBatch)
		refused := httptest.NewRecorder()
		if r.Handler().ServeHTTP(refused, unread); refused.Code != http.StatusTooManyRequests {
			t.Errorf("one that announces its size: status %d, want 429", refused.Code)
		}
		g.pass <- nil
		if resp := <-large; resp != nil && resp.StatusCode != http.StatusOK {
			t.Errorf("the large one: status %d, want 200", resp.StatusCode)
		}
	}
	if n := len(stored(t, g.Log)); n != 2 {
		t.Errorf("the log holds %d events, want the two large ones", n)
	}
}

func TestBodiesMustHaveRoomForABatch(t *testing.T) {
	log := memory()
	o := options(t, log, newReader(log))
	o.Bodies = intake.MaxBody - 1
	if _, err := intake.New(o); err == nil || !strings.Contains(err.Error(), "Options.Bodies") {
		t.Errorf("New() = %v, want an error that names Options.Bodies", err)
	}
}
