package app_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/app"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/natslog"
)

// What gets into the log past the intake is quarantined; it stops nobody.
func TestForeignCommitsAreQuarantined(t *testing.T) {
	t.Parallel()
	back := &backDoor{}
	r := startNATS(t, back.install)
	nc, _ := r.connect(t)
	if status, _ := emit(t, nc, training("450703", "a")); status != "200" {
		t.Fatalf("emit = %s", status)
	}
	_, before := request(t, nc, "scorecard", `{"at_least":"end"}`)
	for i, junk := range []string{"junk", "[\n" + training("450703", "smuggled") + "\n]"} {
		back.publish(t, natslog.Subject, junk)
		eventually(t, "the log has it", func() bool {
			end, err := r.End(t.Context())
			return err == nil && end == uint64(3+2*i)
		})
		if status, receipt := emit(t, nc, training("450702", fmt.Sprint(i))); status != "200" || receipt.New != 1 || receipt.Events[0].Position != fmt.Sprintf("%d-0", 4+2*i) {
			t.Errorf("emit after a foreign commit = %s %+v, want new", status, receipt)
		}
	}
	if _, after := request(t, nc, "scorecard", `{"at_least":"end"}`); strings.Contains(after, "smuggled") || figures(t, after) != figures(t, before) {
		t.Errorf("the figures have changed:\n%s\nwere\n%s", after, before)
	}
	if status, body := request(t, nc, "event", `{"source":"test:450703","id":"smuggled"}`); status != "404" {
		t.Errorf("the smuggled event = %s %s, want 404", status, body)
	}
	found := map[events.Position]bool{}
	for _, q := range r.Quarantine() {
		found[q.At] = true
	}
	if want := (map[events.Position]bool{events.At(3, 0): true, events.At(5, 0): true}); !maps.Equal(found, want) {
		t.Errorf("quarantine = %v, want what stands in commits 3 and 5", r.Quarantine())
	}
}

// figures returns the rows of a scorecard.
func figures(t *testing.T, card string) string {
	t.Helper()
	var c struct{ Indicators json.RawMessage }
	if err := json.Unmarshal([]byte(card), &c); err != nil || len(c.Indicators) < 100 {
		t.Fatalf("%v: %.300s", err, card)
	}
	return string(c.Indicators)
}

// backDoor is a way into the log's account past the intake: it speaks on the writer's own connection.
type backDoor struct {
	mu sync.Mutex
	c  net.Conn
}

func (b *backDoor) install(o *app.Options) {
	app.SetWrap(o, func(role natslog.Role, c net.Conn) net.Conn {
		if role != natslog.Writer {
			return c
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		b.c = c
		return &shared{c, &b.mu}
	})
}

func (b *backDoor) publish(t *testing.T, subject, body string) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, err := fmt.Fprintf(b.c, "PUB %s %d\r\n%s\r\n", subject, len(body), body); err != nil {
		t.Fatal(err)
	}
}

// shared is a connection on which two write.
type shared struct {
	net.Conn
	mu *sync.Mutex
}

func (s *shared) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Conn.Write(b)
}

// One client sends as fast as it can, and waits for nothing: others have to wait a little, but are answered.
func TestAFloodKeepsNobodyOut(t *testing.T) {
	r := startNATS(t)
	calm, _ := r.connect(t)
	flood, _ := r.connect(t)
	stop := make(chan struct{})
	var flooding sync.WaitGroup
	flooding.Go(func() {
		for payload := make([]byte, flooded); flood.Publish("kaohe.v1.emit", payload) == nil; {
			select {
			case <-stop:
				return
			default:
			}
		}
	})
	defer flooding.Wait()
	defer close(stop)
	for i := range 50 {
		if m, err := calm.Request("kaohe.v1.event", []byte(`{"position":"9-0"}`), natsWait); err != nil || m.Header.Get("Kaohe-Status") != "404" {
			t.Fatalf("request %d: %v, %v, want an answer", i, m, err)
		}
	}
}

// 32 clients send at once, and one asks for much and reads nothing: each event is acknowledged and there once.
func TestManyClientsAndASlowOne(t *testing.T) {
	t.Parallel()
	r := startNATS(t)
	slow, err := net.Dial("tcp", r.natsAddr())
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	const question = "PUB kaohe.v1.catalogue _INBOX.x 0\r\n\r\n"
	if _, err := io.WriteString(slow, "CONNECT {\"verbose\":false,\"headers\":true}\r\nSUB _INBOX.x 1\r\nSUB kaohe.event.> 2\r\n"+strings.Repeat(question, 100)); err != nil {
		t.Fatal(err)
	}
	const clients, each = 32, 5
	var all sync.WaitGroup
	positions := make([]string, clients*each)
	for c := range clients {
		nc, _ := r.connect(t)
		all.Go(func() {
			for i := range each {
				status, receipt := emit(t, nc, training("450703", fmt.Sprint(c, "-", i)))
				if status != "200" || receipt.New != 1 {
					t.Errorf("emit = %s %+v, want new", status, receipt)
					return
				}
				positions[c*each+i] = receipt.Events[0].Position
				_, _ = io.WriteString(slow, question+question) // until the server has hung up
			}
		})
	}
	all.Wait()
	if slices.Sort(positions); len(slices.Compact(positions)) != clients*each {
		t.Errorf("%d positions, want %d different ones", len(slices.Compact(positions)), clients*each)
	}
}
