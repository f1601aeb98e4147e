package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// sink stands for the people: it takes what Alertmanager posts and remembers who was told what.
type sink struct {
	url  string
	mu   sync.Mutex
	told []notice
}

// notice is one alert in one message to one receiver.
type notice struct {
	receiver, status string
	of               subject
}

// subject is what an alert is about. What does not apply is empty.
type subject struct{ alert, indicator, org string }

func (s subject) String() string {
	return strings.TrimRight(fmt.Sprintf("%s %s %s", s.alert, s.indicator, s.org), " ")
}

func subjectOf(labels map[string]string) subject {
	return subject{labels["alertname"], labels["indicator"], labels["org"]}
}

// startSink listens on loopback until the test ends.
func startSink(t *testing.T) *sink {
	s := &sink{}
	server := httptest.NewServer(http.HandlerFunc(s.take))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *sink) take(w http.ResponseWriter, r *http.Request) {
	var message struct {
		Receiver string
		Alerts   []struct {
			Status string
			Labels map[string]string
		}
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&message); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range message.Alerts {
		s.told = append(s.told, notice{message.Receiver, a.Status, subjectOf(a.Labels)})
	}
}

// mark is the present end of what was told, from which a later step looks on.
func (s *sink) mark() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.told)
}

// since says who was told of which subject since a mark, by the status firing or resolved, sorted by their names.
func (s *sink) since(mark int, status string) map[subject][]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	who := make(map[subject][]string)
	for _, n := range s.told[mark:] {
		if n.status == status && !slices.Contains(who[n.of], n.receiver) {
			who[n.of] = append(who[n.of], n.receiver)
			slices.Sort(who[n.of])
		}
	}
	return who
}
