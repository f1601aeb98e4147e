package intake_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/intake"
)

// waiting waits until so many events are queued or in flight.
func (r *rig) waiting(tb testing.TB, events float64) {
	tb.Helper()
	ctx := eventtest.Context(tb)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		families, err := r.registry.Gather()
		if err != nil {
			tb.Fatal(err)
		}
		for _, f := range families {
			if f.GetName() == "kaohe_intake_queue_events" && f.GetMetric()[0].GetGauge().GetValue() == events {
				return
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			tb.Fatalf("never %v events are waiting", events)
		}
	}
}

// While as much waits for the disk as may, others are told when to come back; nothing of theirs is recorded, and nobody else
// is the worse for it.
func TestOverloadIsTold(t *testing.T) {
	g := newGate()
	r := start(t, g, func(o *intake.Options) { o.Queue.Events = 3 })
	type answer struct {
		status int
		body   []byte
	}
	let := make(chan answer)
	for i := range 3 {
		go func() {
			status, _, body := do(t, r.Handler(), call{contentType: intake.MediaEvent, body: training(fmt.Sprint("in", i), 1)})
			let <- answer{status, body}
		}()
	}
	r.waiting(t, 3)
	for _, c := range []call{
		{contentType: intake.MediaEvent, body: training("late", 1)},
		{contentType: intake.MediaBatch, body: batch(training("late", 1)), query: "?atomic=true"},
		{header: said("ce-id", "late"), body: []byte(attended)},
	} {
		status, header, body := do(t, r.Handler(), c)
		var p intake.Problem
		if err := json.Unmarshal(body, &p); err != nil || status != http.StatusTooManyRequests || p.Code != "overloaded" || header.Get("Retry-After") != "1" {
			t.Errorf("status %d, %+v, %v, Retry-After %q, want 429, overloaded, 1", status, p, err, header.Get("Retry-After"))
		}
	}
	for done := 0; done < 3; {
		select {
		case g.pass <- nil:
		case a := <-let:
			if done++; a.status != http.StatusOK || mustAnswer(t, a.body).Status != intake.StatusNew {
				t.Errorf("one that was let in: status %d, %s, want 200 and new", a.status, a.body)
			}
		}
	}
	go func() { g.pass <- nil }()
	if status, _, body := do(t, r.Handler(), call{contentType: intake.MediaEvent, body: training("late", 1)}); status != http.StatusOK || mustAnswer(t, body).Status != intake.StatusNew {
		t.Errorf("once there is room: status %d, %s, want 200 and new", status, body)
	}
	if n := len(stored(t, g.Log)); n != 4 {
		t.Errorf("the log holds %d events, want 4", n)
	}
}

// Who asks before sending a body is told at once if it would be refused, and else to go on.
func TestExpectContinue(t *testing.T) {
	r := start(t, memory())
	server := httptest.NewServer(as(access.Local, r.Handler()))
	defer server.Close()
	for _, tt := range []struct {
		name, head string
		length     int
		first      string
	}{
		{"an event", "Content-Type: " + intake.MediaEvent, len(training("a", 1)), "HTTP/1.1 100 Continue"},
		{"one that is too large", "Content-Type: " + intake.MediaEvent, 2 << 20, "HTTP/1.1 413 "},
		{"another media type", "Content-Type: text/csv", 10, "HTTP/1.1 415 "},
		{"a coding that nobody knows", "Content-Encoding: br\r\nContent-Type: " + intake.MediaEvent, 10, "HTTP/1.1 415 "},
		{"a header that cannot be decoded", "ce-specversion: 1.0\r\nce-id: %", 10, "HTTP/1.1 400 "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			conn, err := net.Dial("tcp", server.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			deadline, _ := eventtest.Context(t).Deadline()
			_ = conn.SetDeadline(deadline)
			fmt.Fprintf(conn, "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: %d\r\n%s\r\n\r\n", tt.length, tt.head)
			reader := bufio.NewReader(conn)
			line, err := reader.ReadString('\n')
			if err != nil || !strings.HasPrefix(line, tt.first) {
				t.Fatalf("first came %q, %v, want %s", line, err, tt.first)
			}
			if !strings.Contains(tt.first, "100") {
				return
			}
			_, _ = reader.ReadString('\n') // the blank line
			_, _ = conn.Write(training("a", 1))
			if resp, err := http.ReadResponse(reader, nil); err != nil || resp.StatusCode != http.StatusOK {
				t.Errorf("then came %v, %v, want 200", resp, err)
			}
		})
	}
}

func TestOtherMethods(t *testing.T) {
	r := start(t, memory())
	for method, want := range map[string]int{"OPTIONS": 204, "HEAD": 405, "GET": 405, "PUT": 405, "DELETE": 405, "PATCH": 405} {
		status, header, body := do(t, r.Handler(), call{method: method})
		if status != want || header.Get("Allow") != "POST, OPTIONS" {
			t.Errorf("%s: status %d, Allow %q, want %d and POST, OPTIONS", method, status, header.Get("Allow"), want)
		}
		if none := method == "OPTIONS" || method == "HEAD"; none != (len(body) == 0) {
			t.Errorf("%s: body %q", method, body)
		}
		if post := header.Get("Accept-Post"); (method == "OPTIONS") != (post == "application/cloudevents+json, application/cloudevents-batch+json, application/json") {
			t.Errorf("%s: Accept-Post %q", method, post)
		}
	}
}

// A client that lost the answer sends the same again, with an id or without, whatever key it may give the request.
func TestRetryAfterALostAnswer(t *testing.T) {
	g := newGate()
	r := start(t, g)
	body := batch(training("a", 1), training("", 2))
	ctx, hangUp := context.WithCancel(eventtest.Context(t))
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		req := httptest.NewRequestWithContext(ctx, http.MethodPost, "/v1/events", bytes.NewReader(body))
		req.Header.Set("Content-Type", intake.MediaBatch)
		req.Header.Set("Idempotency-Key", "first")
		rec := httptest.NewRecorder()
		as(access.Local, r.Handler()).ServeHTTP(rec, req)
		if rec.Code != http.StatusServiceUnavailable {
			t.Errorf("without an answer: status %d", rec.Code)
		}
	}()
	<-g.entered
	hangUp()
	<-gone
	g.pass <- nil
	for _, key := range []string{"first", "second", ""} {
		status, _, answer := do(t, r.Handler(), call{contentType: intake.MediaBatch, header: http.Header{"Idempotency-Key": {key}}, body: body})
		var a intake.Answer
		if err := json.Unmarshal(answer, &a); err != nil || status != http.StatusOK || a.New != 0 || a.Recorded != 2 {
			t.Errorf("key %q: status %d, %v, %s, want 200 and both recorded", key, status, err, answer)
		}
	}
	if n := len(stored(t, g.Log)); n != 2 {
		t.Errorf("the log holds %d events, want 2", n)
	}
}

// A body that ends in the middle is no event, and the next request is none the worse.
func TestClientGoesAwayInTheMiddleOfABody(t *testing.T) {
	r := start(t, memory())
	server := httptest.NewServer(as(access.Local, r.Handler()))
	defer server.Close()
	for range 20 {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\nContent-Type: %s\r\n\r\n[%s,", intake.MediaBatch, training("half", 1))
		_ = conn.Close()
	}
	status, _, body := do(t, r.Handler(), call{contentType: intake.MediaEvent, body: training("whole", 1)})
	if status != http.StatusOK || mustAnswer(t, body).Position != "1-0" {
		t.Errorf("status %d, %s, want the first event of the log", status, body)
	}
}
