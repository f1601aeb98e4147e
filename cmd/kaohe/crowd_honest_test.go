package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/kaohe/kaohe/events/intake"
)

// honest is a client that sends facts as fast as it is answered, and repeats what it is not sure of.
type honest struct {
	name   string
	url    string
	seed   uint64
	chance *rand.Rand
	client *http.Client
	ledger *ledger
	made   int             // facts of its own
	sent   [][]*crowdFact  // the last requests
	took   []time.Duration // of each request that was answered
}

func newHonest(name, url string, seed, stream uint64, l *ledger) *honest {
	return &honest{
		name: name, url: url, seed: seed, ledger: l, chance: rand.New(rand.NewPCG(seed, stream)),
		client: &http.Client{Transport: &http.Transport{}, Timeout: 30 * time.Second},
	}
}

// run emits until ctx ends. What was begun then is brought to its end.
func (h *honest) run(ctx context.Context) error {
	defer h.client.CloseIdleConnections()
	for ctx.Err() == nil {
		if err := h.step(); err != nil {
			return fmt.Errorf("%s: %w", h.name, err)
		}
	}
	return nil
}

// step sends one request of one of the kinds that scripts send.
func (h *honest) step() error {
	switch draw := h.chance.IntN(100); {
	case draw < 45:
		return h.send(h.make(1), false)
	case draw < 70:
		return h.send(h.make(10+h.chance.IntN(191)), false)
	case draw < 80:
		return h.send(h.make(10+h.chance.IntN(191)), true)
	case draw < 90:
		return h.sendImpatiently(h.make(1+h.chance.IntN(50)), h.chance.IntN(2) == 0)
	case len(h.sent) == 0:
		return nil
	}
	again := h.sent[h.chance.IntN(len(h.sent))]
	h.ledger.mu.Lock()
	h.ledger.again++
	h.ledger.mu.Unlock()
	return h.send(append(h.make(h.chance.IntN(3)), again...), h.chance.IntN(2) == 0) // a script that has gone on meanwhile
}

// make makes facts up, of which a few are told by others too.
func (h *honest) make(n int) (list []*crowdFact) {
	for len(list) < n {
		if h.chance.IntN(20) > 0 {
			h.made++
			list = append(list, drawFact(h.chance, "crowd:"+h.name, strconv.Itoa(h.made)))
		} else if f := h.ledger.share(h.chance, h.seed); !slices.ContainsFunc(list, func(o *crowdFact) bool { return o.key() == f.key() }) {
			list = append(list, f)
		}
	}
	return list
}

// sendImpatiently gives up after some milliseconds, as a script does whose time-out is too short, and sends the same again.
func (h *honest) sendImpatiently(list []*crowdFact, atomic bool) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(h.chance.Int64N(int64(10*time.Millisecond))))
	defer cancel()
	if _, err := h.post(ctx, list, atomic); errors.Is(err, context.DeadlineExceeded) {
		h.ledger.mu.Lock()
		h.ledger.impatient++
		h.ledger.mu.Unlock()
	}
	return h.send(list, atomic)
}

// send sends until there is a receipt. The only other answer that it takes is to come again later.
func (h *honest) send(list []*crowdFact, atomic bool) error {
	if len(list) == 0 {
		return nil
	}
	begin := time.Now()
	for {
		wait, err := h.post(context.Background(), list, atomic)
		if err != nil {
			return err
		}
		if wait == 0 {
			break
		}
		h.ledger.mu.Lock()
		h.ledger.sentAway++
		h.ledger.mu.Unlock()
		<-time.After(wait) // as Retry-After says
	}
	h.took = append(h.took, time.Since(begin))
	if h.sent = append(h.sent, list); len(h.sent) > 20 {
		h.sent = h.sent[1:]
	}
	return nil
}

// post sends once. wait is positive if the server says to come again, and an answer that is neither is an error.
func (h *honest) post(ctx context.Context, list []*crowdFact, atomic bool) (wait time.Duration, err error) {
	req, err := h.request(ctx, list, atomic)
	if err != nil {
		return 0, err
	}
	resp, err := h.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err
	}
	seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
	later := resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable
	switch {
	case later && seconds > 0:
		return time.Duration(seconds) * time.Second, nil
	case resp.StatusCode != http.StatusOK:
		return 0, fmt.Errorf("%d events: status %s, Retry-After %q: %s", len(list), resp.Status, resp.Header.Get("Retry-After"), answer)
	}
	var a intake.Answer
	if err := json.Unmarshal(answer, &a); err != nil {
		return 0, err
	}
	return 0, h.ledger.note(list, a)
}

// request writes facts in one of the modes of CloudEvents, compressed or not.
func (h *honest) request(ctx context.Context, list []*crowdFact, atomic bool) (*http.Request, error) {
	header := http.Header{"Content-Type": {intake.MediaBatch}}
	body, url := crowdBody(list), h.url+"/v1/events"
	if mode := h.chance.IntN(3); len(list) == 1 && mode == 0 {
		body, header = []byte(list[0].json()), http.Header{"Content-Type": {intake.MediaEvent}}
	} else if len(list) == 1 && mode == 1 {
		body, header = []byte(list[0].data), list[0].headers()
	}
	if atomic {
		url += "?atomic=true"
	}
	if h.chance.IntN(5) == 0 {
		body, header["Content-Encoding"] = zipped(body), []string{"gzip"}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err == nil {
		req.Header = header
	}
	return req, err
}
