package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
)

// crowdFact is a fact of the crowd, as it is sent and, to the byte, as it must stand in the log: its data are written in
// canonical form with all defaults.
type crowdFact struct {
	typ, source, id, org, day, data string

	figure string // the indicator that it adds to
	amount int64  // by how much; in fen where the figure is money
}

func (f *crowdFact) key() string { return f.source + " " + f.id }

// json is the structured CloudEvent.
func (f *crowdFact) json() string {
	return fmt.Sprintf(`{"specversion":"1.0","type":%q,"source":%q,"id":%q,"time":%q,"org":%q,"data":%s}`,
		f.typ, f.source, f.id, f.day, f.org, f.data)
}

// headers is the CloudEvent in binary mode, but for its data.
func (f *crowdFact) headers() http.Header {
	return http.Header{
		"Content-Type": {"application/json"}, "Ce-Specversion": {"1.0"}, "Ce-Type": {f.typ}, "Ce-Source": {f.source},
		"Ce-Id": {url.PathEscape(f.id)}, "Ce-Time": {f.day}, "Ce-Org": {f.org},
	}
}

// crowdBody is a batch.
func crowdBody(list []*crowdFact) []byte {
	lines := make([]string, len(list))
	for i, f := range list {
		lines[i] = f.json()
	}
	return []byte("[" + strings.Join(lines, ",") + "]")
}

// line is what the log must hold.
func (f *crowdFact) line() string {
	e := events.Event{Type: f.typ, Source: f.source, ID: f.id, Time: f.day + "T00:00:00+08:00", Org: f.org, Schema: f.typ + ".v1", Data: []byte(f.data)}
	return string(e.AppendLine(nil))
}

// drawFact makes up a fact. Its content follows from the numbers drawn alone, so that two clients with equal ones tell
// of the same fact.
func drawFact(chance *rand.Rand, source, id string) *crowdFact {
	f := &crowdFact{source: source, id: id + "号", amount: 1 + chance.Int64N(9)}
	f.org = []string{"450703", "450703", "450700", "450000"}[chance.IntN(4)]
	f.day = fmt.Sprintf("2018-%02d-%02d", 1+chance.IntN(4), 1+chance.IntN(28)) // April counts in no figure of the first quarter
	switch chance.IntN(4) {
	case 0:
		f.typ, f.figure = "EnvoyServiceRecorded", "envoy_guidances"
		f.data = fmt.Sprintf(`{"count":%d,"kind":"guidance","note":"到村指导柑橘黄龙病防治"}`, f.amount)
	case 1:
		f.typ, f.figure = "EnvoyTrainingHeld", "envoy_attendances"
		f.data = fmt.Sprintf(`{"attendees":%d,"sessions":1,"topic":"水稻高产栽培，第%d期"}`, f.amount, chance.IntN(100))
	case 2:
		f.typ, f.figure, f.amount = "PatentGranted", "invention_patents_granted", 1
		f.data = fmt.Sprintf(`{"count":1,"kind":"invention","note":"一种坭兴陶釉料","patent_no":%q}`, source[len("crowd:"):]+"-"+id)
	case 3:
		f.typ, f.figure, f.amount = "SubsidyApplied", "subsidies_requested", 10_000+chance.Int64N(100_000_000_00)
		f.data = fmt.Sprintf(`{"count":1,"enterprise_id":"钦北企业-%d","kind":"conversion","requested_yuan":"%d.%02d","subsidy_id":%q}`,
			chance.IntN(50), f.amount/100, f.amount%100, source[len("crowd:"):]+"-"+id)
	}
	return f
}

// ledger is what the crowd was told: which events are recorded, and where.
type ledger struct {
	mu     sync.Mutex
	acked  map[string]acked
	shared int // how many facts several clients have told of

	requests, again, impatient, sentAway int // requests; repeats of one; those that a client gave up waiting for; 429 and 503
}

type acked struct {
	fact *crowdFact
	at   string // position
	news int    // how often a receipt called it new
}

// share returns a fact that other clients tell of at the same time.
func (l *ledger) share(chance *rand.Rand, seed uint64) *crowdFact {
	l.mu.Lock()
	if l.shared == 0 || chance.IntN(4) == 0 {
		l.shared++
	}
	n := max(1, l.shared-chance.IntN(20))
	l.mu.Unlock()
	return drawFact(rand.New(rand.NewPCG(seed, uint64(n))), "crowd:shared", fmt.Sprint(n))
}

// note takes a receipt down and reports what cannot be right in it.
func (l *ledger) note(sent []*crowdFact, a intake.Answer) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests++
	if len(a.Events) != len(sent) || a.New+a.Recorded != len(sent) {
		return fmt.Errorf("%d events were sent, the receipt has %d: %d new, %d recorded, %d refused: %s",
			len(sent), len(a.Events), a.New, a.Recorded, a.Refused, firstRefusal(a))
	}
	for i, f := range sent {
		e, was := a.Events[i], l.acked[f.key()]
		if e.Source != f.source || e.ID != f.id || e.Type != f.typ {
			return fmt.Errorf("event %d of the request was %s %s, the receipt says %s %s", i, f.key(), f.typ, e.Source, e.ID)
		}
		if e.Status == intake.StatusNew {
			was.news++
		}
		if was.news > 1 || was.at != "" && was.at != e.Position {
			return fmt.Errorf("%s is %s at %s, before it was at %q, and new %d times", f.key(), e.Status, e.Position, was.at, was.news)
		}
		was.fact, was.at = f, e.Position
		l.acked[f.key()] = was
	}
	return nil
}

func firstRefusal(a intake.Answer) string {
	for _, e := range a.Events {
		if e.Error != nil {
			text, _ := json.Marshal(e)
			return string(text)
		}
	}
	return ""
}
