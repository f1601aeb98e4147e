package natsapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"
)

// Discovery is the protocol by which services of NATS are found: nats micro ls, info, stats, ping. We speak it ourselves, by
// the types of the library, because that knows requests only that are answered one after the other.

// answersTo maps the verbs of the protocol to what they are answered with.
func (s *Service) answersTo() map[micro.Verb]func() any {
	identity := micro.ServiceIdentity{Name: Name, ID: s.ID, Version: semver(s.Version), Metadata: map[string]string{}}
	info := micro.Info{ServiceIdentity: identity, Type: micro.InfoResponseType, Description: "Kaohe 考核: targets, figures and the facts behind them"}
	for _, e := range endpoints {
		info.Endpoints = append(info.Endpoints, micro.EndpointInfo{
			Name: e.name, Subject: prefix + e.name, QueueGroup: micro.DefaultQueueGroup,
			Metadata: map[string]string{"path": e.path, "zh": e.about.ZH, "en": e.about.EN},
		})
	}
	started := s.Now().UTC()
	return map[micro.Verb]func() any{
		micro.PingVerb: func() any { return micro.Ping{ServiceIdentity: identity, Type: micro.PingResponseType} },
		micro.InfoVerb: func() any { return info },
		micro.StatsVerb: func() any {
			return micro.Stats{ServiceIdentity: identity, Type: micro.StatsResponseType, Started: started, Endpoints: s.metrics.stats()}
		},
	}
}

// beFound answers who looks for all services, for those with our name, and for this one.
func (s *Service) beFound() error {
	for verb, answer := range s.answersTo() {
		for _, of := range [][2]string{{"", ""}, {Name, ""}, {Name, s.ID}} {
			subject, err := micro.ControlSubject(verb, of[0], of[1])
			if err != nil {
				return err
			}
			sub, err := s.in.Subscribe(subject, func(m *nats.Msg) { s.found(m, answer()) })
			if err == nil {
				err = sub.SetPendingLimits(maxRequests, maxQuestion)
			}
			if err != nil {
				return fmt.Errorf("subscribe to %s: %w", subject, err)
			}
			s.subs = append(s.subs, sub)
		}
	}
	return nil
}

func (s *Service) found(m *nats.Msg, answer any) {
	b, err := json.Marshal(answer)
	if err == nil && m.Reply != "" {
		err = s.receipts.Publish(m.Reply, b)
	}
	if err != nil {
		s.lose("an answer was lost", m.Subject, err)
	}
}

// tallies counts requests by endpoint, for nats micro stats.
type tallies struct {
	mu   sync.Mutex
	list []*micro.EndpointStats // in the order of the endpoints
}

func newTallies() *tallies {
	t := &tallies{}
	for _, e := range endpoints {
		t.list = append(t.list, &micro.EndpointStats{Name: e.name, Subject: prefix + e.name, QueueGroup: micro.DefaultQueueGroup})
	}
	return t
}

func (t *tallies) observe(endpoint string, status int, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, e := range t.list {
		if e.Name != endpoint {
			continue
		}
		e.NumRequests++
		e.ProcessingTime += took
		e.AverageProcessingTime = e.ProcessingTime / time.Duration(e.NumRequests)
		if status >= http.StatusBadRequest { // not in words: they may be somebody's
			e.NumErrors++
			e.LastError = fmt.Sprintf("%d %s", status, http.StatusText(status))
		}
	}
}

// stats returns a copy.
func (t *tallies) stats() []*micro.EndpointStats {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := make([]*micro.EndpointStats, len(t.list))
	for i, e := range t.list {
		c := *e
		list[i] = &c
	}
	return list
}

var isSemver = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)

// semver returns a version as services must have it. One without numbers comes before all others.
func semver(version string) string {
	if v := strings.TrimPrefix(version, "v"); isSemver.MatchString(v) {
		return v
	}
	return "0.0.0-devel"
}
