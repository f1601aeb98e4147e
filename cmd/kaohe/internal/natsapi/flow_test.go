package natsapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestNobodyIsAnswered401(t *testing.T) {
	t.Parallel()
	r := start(t, func(http.ResponseWriter, *http.Request) { t.Error("the handler is asked") })
	for _, who := range []string{"nobody", "revoked"} {
		got := r.ask(t, "scorecard", "", "Who", who)
		if got.Header.Get("Kaohe-Status") != "401" || !strings.Contains(string(got.Data), `"code": "unauthenticated"`) {
			t.Errorf("%s: reply = %v %s, want 401", who, got.Header, got.Data)
		}
	}
}

func TestAnswerThatDoesNotFit(t *testing.T) {
	t.Parallel()
	r := start(t, func(w http.ResponseWriter, r *http.Request) {
		for range 17 {
			_, _ = w.Write(make([]byte, 64<<10))
		}
	})
	for endpoint, want := range map[string]string{"explain": "limit, after", "emit": "the good events are recorded"} {
		if got := r.ask(t, endpoint, ""); got.Header.Get("Kaohe-Status") != "413" || !strings.Contains(string(got.Data), want) {
			t.Errorf("%s: reply = %v %s, want 413 that says: %s", endpoint, got.Header, got.Data, want)
		}
	}
}

func TestHandlerThatPanics(t *testing.T) {
	t.Parallel()
	r := start(t, func(http.ResponseWriter, *http.Request) { panic("oops") })
	for range 2 {
		if got := r.ask(t, "emit", "{}"); got.Header.Get("Kaohe-Status") != "500" {
			t.Errorf("reply = %v %s, want 500", got.Header, got.Data)
		}
	}
}

// Who sends more than can be worked on is told so at once, and stands in the way neither of others nor of its own events.
func TestOverload(t *testing.T) {
	t.Parallel()
	open := make(chan struct{})
	r := start(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			<-open
		}
		fmt.Fprint(w, "answered")
	})
	f := &flood{t: t, r: r, status: map[string]int{}}
	var err error
	if f.replies, err = r.client.SubscribeSync("_INBOX.flood"); err != nil {
		t.Fatal(err)
	}
	f.send("greedy", 100)
	f.await("429", 36)
	f.send("other", 64)
	f.send("third", 64)
	f.send("fourth", 64)
	f.send("fifth", 1)
	f.await("429", 37)
	if got := r.ask(t, "emit", "{}", "Who", "greedy"); string(got.Data) != "answered" {
		t.Errorf("events wait for questions: %s", got.Data)
	}
	close(open)
	f.await("200", 256)
	f.send("greedy", 1)
	f.await("200", 257)
	if f.status["429"] != 37 {
		t.Errorf("answers by status = %v, want 37 with 429", f.status)
	}
}

// flood sends more questions than are answered.
type flood struct {
	t       *testing.T
	r       *rig
	replies *nats.Subscription
	status  map[string]int // how many answers had which
}

func (f *flood) send(who string, n int) {
	f.t.Helper()
	for range n {
		m := nats.NewMsg("kaohe.v1.explain")
		m.Reply = "_INBOX.flood"
		m.Header.Set("Who", who)
		if err := f.r.client.PublishMsg(m); err != nil {
			f.t.Fatal(err)
		}
	}
}

// await waits until n answers had a status.
func (f *flood) await(status string, n int) {
	f.t.Helper()
	for f.status[status] < n {
		m, err := f.replies.NextMsg(wait)
		if err != nil {
			f.t.Fatalf("%v of %d with status %s, %v", f.status, n, status, err)
		}
		got := m.Header.Get("Kaohe-Status")
		f.status[got]++
		if got == "429" && m.Header.Get("Retry-After") != "1" {
			f.t.Errorf("reply = %v, want a Retry-After", m.Header)
		}
	}
}

// What a client sends that nobody can read is counted, and not all of it logged.
func TestUnreadableRequests(t *testing.T) {
	t.Parallel()
	r := start(t, echo)
	c, err := r.server.InProcessConn()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	go func() { _, _ = io.Copy(io.Discard, c) }()
	const request = "HPUB kaohe.v1.scorecard _INBOX.x 17 17\r\nNATS/1.0\r\nbad\r\n\r\n\r\n"
	if _, err := io.WriteString(c, "CONNECT {\"verbose\":false,\"headers\":true}\r\n"+strings.Repeat(request, 5)); err != nil {
		t.Fatal(err)
	}
	const counted = "# HELP kaohe_nats_lost_total Times that requests came faster than they could be looked at, and answers that could not be sent.\n# TYPE kaohe_nats_lost_total counter\nkaohe_nats_lost_total 5\n"
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(wait); testutil.GatherAndCompare(r.registry, strings.NewReader(counted), "kaohe_nats_lost_total") != nil; <-tick.C {
		if time.Now().After(end) {
			t.Fatal("what was lost is not counted")
		}
	}
	if said := r.said.String(); strings.Count(said, "\n") != 1 || !strings.Contains(said, "unsaid=3") {
		t.Errorf("logged: %s, want one line", said)
	}
}

func TestStopAnswersWhatWasTakenIn(t *testing.T) {
	t.Parallel()
	entered, open := make(chan struct{}, 1000), make(chan struct{})
	r := start(t, func(w http.ResponseWriter, _ *http.Request) {
		entered <- struct{}{}
		<-open
	})
	var asking sync.WaitGroup
	for range 20 {
		asking.Go(func() {
			if m, err := r.client.Request("kaohe.v1.emit", nil, wait); err != nil || m.Header.Get("Kaohe-Status") != "200" {
				t.Errorf("Request() = %v, %v, want an answer", m, err)
			}
		})
	}
	for range 20 {
		<-entered
	}
	stopped := make(chan error)
	go func() { stopped <- r.Stop(context.Background()) }()
	for end := time.Now().Add(wait); ; { // until nobody is let in any more
		_, err := r.client.Request("kaohe.v1.scorecard", nil, 10*time.Millisecond)
		if errors.Is(err, nats.ErrNoResponders) {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("requests are still let in: %v", err)
		}
	}
	close(open)
	asking.Wait()
	if err := <-stopped; err != nil {
		t.Errorf("Stop() = %v, want nil", err)
	}
}

func TestStopIsBounded(t *testing.T) {
	t.Parallel()
	entered := make(chan struct{})
	r := start(t, func(_ http.ResponseWriter, r *http.Request) {
		close(entered)
		<-r.Context().Done()
	})
	if err := r.client.Publish("kaohe.v1.emit", nil); err != nil {
		t.Fatal(err)
	}
	<-entered
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := r.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Stop() = %v, want DeadlineExceeded", err)
	}
}
