package intake_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/intake"
)

// unreadable is a body that nobody should read.
type unreadable struct{ t *testing.T }

func (u *unreadable) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

// padded is a batch of one event, made as large as wanted by blanks.
func padded(id string, size int) []byte {
	body := batch(training(id, 1))
	return append(body, bytes.Repeat([]byte(" "), max(size-len(body), 0))...)
}

// post sends a batch, at once or bit by bit, and returns the status and what the answer says. It may be called by any goroutine.
func post(t *testing.T, server *httptest.Server, query string, body io.Reader) (status int, code, retry string) {
	t.Helper()
	req, err := http.NewRequestWithContext(eventtest.Context(t), http.MethodPost, server.URL+query, body)
	if err != nil {
		t.Error(err)
		return 0, "", ""
	}
	req.Header.Set("Content-Type", intake.MediaBatch)
	resp, err := server.Client().Do(req)
	if err != nil {
		t.Error(err)
		return 0, "", ""
	}
	defer resp.Body.Close()
	var p intake.Problem
	if err := json.NewDecoder(resp.Body).Decode(&p); err != nil {
		t.Error(err)
	}
	return resp.StatusCode, p.Code, resp.Header.Get("Retry-After")
}

// unannounced hides the size of a body, so that it is sent in chunks.
func unannounced(body []byte) io.Reader { return struct{ io.Reader }{bytes.NewReader(body)} }

// A large request waits for its commit; until it is answered others that are too large to go beside it are sent away.
func TestBodiesAtOnceAreBounded(t *testing.T) {
	g := newGate()
	r := start(t, g, func(o *intake.Options) { o.Bodies = intake.MinBodies })
	server := httptest.NewServer(as(access.Local, r.Handler()))
	defer server.Close()
	for round, chunked := range []bool{false, true} { // the second time shows that all the room was given back
		done := make(chan int, 1)
		go func() {
			var body io.Reader = bytes.NewReader(padded(fmt.Sprint("large", round), intake.MaxBody))
			if chunked {
				body = struct{ io.Reader }{body}
			}
			status, _, _ := post(t, server, "", body)
			done <- status
		}()
		<-g.entered
		for name, body := range map[string]io.Reader{
			"of a size that is said": bytes.NewReader(padded("other", intake.MaxBody)), "of another size": unannounced(padded("other", intake.MaxBody)),
		} {
			if status, code, retry := post(t, server, "", body); status != http.StatusTooManyRequests || code != "too_many_bodies" || retry != "1" {
				t.Errorf("one %s: status %d, %s, Retry-After %q, want 429, too_many_bodies, 1", name, status, code, retry)
			}
		}
		unread := httptest.NewRequestWithContext(eventtest.Context(t), http.MethodPost, "/", &unreadable{t})
		unread.ContentLength = intake.MaxBody
		unread.Header.Set("Content-Type", intake.MediaBatch)
		refused := httptest.NewRecorder()
		if as(access.Local, r.Handler()).ServeHTTP(refused, unread); refused.Code != http.StatusTooManyRequests {
			t.Errorf("one that announces its size: status %d, want 429", refused.Code)
		}
		g.pass <- nil
		if status := <-done; status != http.StatusOK {
			t.Errorf("the large one: status %d, want 200", status)
		}
	}
	if n := len(stored(t, g.Log)); n != 2 {
		t.Errorf("the log holds %d events, want the two large ones", n)
	}
}

// stalling is a body of blanks that never comes to an end: when so many have come it says so, and waits.
type stalling struct {
	left  int
	waits chan<- string
	end   <-chan struct{}
}

func (s *stalling) Read(p []byte) (int, error) {
	if s.left == 0 {
		s.waits <- "waits"
		<-s.end
		return 0, io.ErrUnexpectedEOF
	}
	n := min(len(p), s.left)
	copy(p, bytes.Repeat([]byte(" "), n))
	s.left -= n
	return n, nil
}

// TestNobodyKeepsOthersOut: who sends as much as there is room for, and never comes to an end, is in its own way only.
func TestNobodyKeepsOthersOut(t *testing.T) {
	r := start(t, memory(), districts)
	end, fates := make(chan struct{}), make(chan string)
	var greedy sync.WaitGroup
	defer greedy.Wait()
	defer close(end)
	for _, who := range []access.Principal{qinnan, city} {
		got := map[string]int{}
		for range 6 { // one after the other: all at once may each take so much that none is let finish
			greedy.Go(func() {
				req := httptest.NewRequestWithContext(eventtest.Context(t), http.MethodPost, "/", &stalling{8 << 20, fates, end})
				req.Header.Set("Content-Type", intake.MediaBatch)
				w := httptest.NewRecorder()
				if as(who, r.Handler()).ServeHTTP(w, req); w.Code == http.StatusTooManyRequests {
					fates <- "sent away"
				}
			})
			got[<-fates]++
		}
		if got["waits"] == 0 || got["sent away"] == 0 {
			t.Errorf("%s: %v, want both", who.Name, got)
		}
		if status, _, body := do(t, r.Handler(), call{by: qinbei, contentType: intake.MediaBatch, body: padded("beside "+who.Name, 4<<20)}); status != http.StatusOK {
			t.Errorf("beside %s: status %d, %s, want 200", who.Name, status, body)
		}
	}
}

// slow is a client that reads its answer when it is told to.
type slow struct {
	*httptest.ResponseRecorder
	fates chan<- string
	read  <-chan struct{}
	most  int // the most bytes at once
}

func (s *slow) Write(b []byte) (int, error) {
	switch {
	case s.most > 0:
	case s.Code == http.StatusTooManyRequests:
		s.fates <- "sent away"
	default:
		s.fates <- "is answered"
		<-s.read
	}
	s.most = max(s.most, len(b))
	return s.ResponseRecorder.Write(b)
}

// Three bytes are an event, and of each there is something to be said: the answers are what takes memory.
func TestAnswersAtOnceAreBounded(t *testing.T) {
	r := start(t, memory())
	fates, read := make(chan string), make(chan struct{})
	var clients sync.WaitGroup
	defer clients.Wait()
	for range 6 {
		clients.Go(func() {
			req := httptest.NewRequestWithContext(eventtest.Context(t), http.MethodPost, "/", bytes.NewReader(zeros(intake.MaxBatch)))
			req.Header.Set("Content-Type", intake.MediaBatch)
			w := &slow{ResponseRecorder: httptest.NewRecorder(), fates: fates, read: read}
			as(access.Local, r.Handler()).ServeHTTP(w, req)
			var a intake.Answer
			if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || w.Code != http.StatusTooManyRequests && a.Refused != intake.MaxBatch {
				t.Errorf("status %d, %v, %.200s", w.Code, err, w.Body)
			}
			if w.most > 64<<10 {
				t.Errorf("%d bytes are written at once", w.most)
			}
		})
	}
	got := map[string]int{}
	for range 6 {
		got[<-fates]++
	}
	close(read)
	if got["is answered"] != 3 {
		t.Errorf("%v, want 3 that are answered at once", got)
	}
}

func TestBodiesMustHaveRoomForABatch(t *testing.T) {
	log := memory()
	o := options(t, log, newReader(log))
	o.Bodies = intake.MinBodies - 1
	if _, err := intake.New(o); err == nil || !strings.Contains(err.Error(), "Options.Bodies") {
		t.Errorf("New() = %v, want an error that names Options.Bodies", err)
	}
}
