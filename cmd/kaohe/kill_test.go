package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/events/natslog"
	"github.com/kaohe/kaohe/indicators"
)

const (
	kills    = 20
	emitters = 4
)

var killSeed = flag.Uint64("kill-seed", 0, "draw the moments of the kills from this seed; 0 takes another one each time")

// TestKilledAtAnyMoment kills a daemon with SIGKILL again and again while clients emit, each time at another moment.
// After each restart every acknowledged event must be where it was said to be, and once all that was ever sent has been
// sent again, the figure must be exactly the number of different events: none lost, none doubled. In the end the log is
// counted line by line, by code that shares nothing with the fold.
func TestKilledAtAnyMoment(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	seed := *killSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("the moments are drawn from -kill-seed %d", seed)
	w := &witness{acked: map[string]string{}, chance: rand.New(rand.NewPCG(seed, 0))}
	for round := range kills {
		d := startDaemon(t, dir)
		w.verify(t, d)
		w.emitUntilKilled(t, d, round)
	}
	if len(w.acked) < kills {
		t.Fatalf("%d events acknowledged in %d rounds: nothing was tested", len(w.acked), kills)
	}
	d := startDaemon(t, dir)
	w.verify(t, d)
	d.terminate(t)
	w.recount(t, dir)
	t.Logf("%d kills, %d events sent, %d acknowledged before a kill", kills, len(w.sent), w.before)
}

// daemon is a child process that serves.
type daemon struct {
	cmd    *exec.Cmd
	url    string
	stderr bytes.Buffer
}

// startDaemon starts a child and returns when it listens.
func startDaemon(t *testing.T, dir string) *daemon {
	t.Helper()
	d := &daemon{cmd: exec.Command("kaohe", "serve", "--lang", "en", "--data", dir, "--listen", "127.0.0.1:0", "--as-of", "2018-03-31")}
	d.cmd.Stderr = &d.stderr
	stdout, err := d.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.cmd.Process.Kill() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "kaohe listens on ")
	if err != nil || !ok {
		_ = d.cmd.Wait()
		t.Fatalf("the daemon does not start: %q, %v\n%s", line, err, d.stderr.String())
	}
	d.url = url
	return d
}

// terminate ends the daemon as a service manager does.
func (d *daemon) terminate(t *testing.T) {
	t.Helper()
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := d.cmd.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v, want exit 0\n%s", err, d.stderr.String())
	}
}

// witness remembers what was sent and what was acknowledged.
type witness struct {
	mu     sync.Mutex
	sent   []string          // ids
	acked  map[string]string // id -> position
	before int               // acknowledged while emitting
	chance *rand.Rand        // draws how long a daemon lives; used by one goroutine
}

// emitUntilKilled has several clients emit one event after the other, and kills the daemon some time after the first
// acknowledgement.
func (w *witness) emitUntilKilled(t *testing.T, d *daemon, round int) {
	first := make(chan struct{})
	var once sync.Once
	var clients sync.WaitGroup
	for e := range emitters {
		clients.Go(func() {
			for i := 0; w.emit(d, fmt.Sprintf("%d-%d-%d", round, e, i)); i++ {
				once.Do(func() { close(first) })
			}
		})
	}
	select {
	case <-first:
	case <-time.After(30 * time.Second):
		t.Errorf("round %d: nothing was acknowledged\n%s", round, d.stderr.String())
	}
	<-time.After(time.Duration(w.chance.Int64N(int64(60 * time.Millisecond)))) // the moment is the test's input, not a wait for something
	if err := d.cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = d.cmd.Wait()
	clients.Wait()
}

// emit sends one event and notes its fate. It reports whether it was acknowledged.
func (w *witness) emit(d *daemon, id string) bool {
	w.mu.Lock()
	w.sent = append(w.sent, id)
	w.mu.Unlock()
	a, err := d.post("application/cloudevents+json", []byte(guidance(id)))
	if err != nil || len(a.Events) != 1 || a.Events[0].Status == intake.StatusRefused {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.acked[id] = a.Events[0].Position
	w.before++
	return true
}

func guidance(id string) string {
	return fmt.Sprintf(`{"specversion":"1.0","type":"EnvoyServiceRecorded","source":"test:kill","id":%q,"time":"2018-03-01","data":{"kind":"guidance"}}`, id)
}

func (d *daemon) post(contentType string, body []byte) (a intake.Answer, err error) {
	resp, err := http.Post(d.url+"/v1/events", contentType, bytes.NewReader(body))
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return a, fmt.Errorf("status %d", resp.StatusCode)
	}
	return a, json.NewDecoder(resp.Body).Decode(&a)
}

// verify sends all events again: what was acknowledged must be recorded where it was said to be. Then the figure must be
// the number of events.
func (w *witness) verify(t *testing.T, d *daemon) {
	t.Helper()
	d.awaitReady(t)
	for start := 0; start < len(w.sent); start += events.MaxEvents {
		ids := w.sent[start:min(start+events.MaxEvents, len(w.sent))]
		lines := make([]string, len(ids))
		for i, id := range ids {
			lines[i] = guidance(id)
		}
		a, err := d.post("application/cloudevents-batch+json", []byte("["+strings.Join(lines, ",")+"]"))
		if err != nil || len(a.Events) != len(ids) {
			t.Fatalf("send %d events again: %d answered, %v", len(ids), len(a.Events), err)
		}
		for i, e := range a.Events {
			if was, ok := w.acked[ids[i]]; ok && (e.Status != intake.StatusRecorded || e.Position != was) {
				t.Errorf("event %s was acknowledged at %s, now it is %s at %s", ids[i], was, e.Status, e.Position)
			}
			w.acked[ids[i]] = e.Position
		}
	}
	if got, want := d.figure(t), fmt.Sprint(len(w.sent)); got != want {
		t.Errorf("envoy_guidances = %s, want %s: one for each event", got, want)
	}
}

// awaitReady polls /readyz, as whatever supervises a daemon does.
func (d *daemon) awaitReady(t *testing.T) {
	t.Helper()
	tick, deadline := time.NewTicker(2*time.Millisecond), time.After(30*time.Second)
	defer tick.Stop()
	for {
		resp, err := http.Get(d.url + "/readyz")
		if err != nil {
			t.Fatalf("%v\n%s", err, d.stderr.String())
		}
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("the daemon is not ready\n%s", d.stderr.String())
		}
	}
}

// figure asks for the number of guidances, by all that is in the log.
func (d *daemon) figure(t *testing.T) string {
	t.Helper()
	row, ok := d.scorecard(t, "").Row("envoy_guidances")
	if !ok || row.Quarter == nil {
		t.Fatal("the scorecard has no envoy_guidances")
	}
	return row.Quarter.Value.String()
}

// scorecard asks for figures by all that is in the log. A daemon that folds more slowly than it waits for is asked again.
func (d *daemon) scorecard(t *testing.T, parameters string) *indicators.Scorecard {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; {
		resp, err := http.Get(d.url + "/v1/scorecard?at_least=end" + parameters)
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode == http.StatusServiceUnavailable && time.Now().Before(end) {
			resp.Body.Close()
			continue
		}
		defer resp.Body.Close()
		card := new(indicators.Scorecard)
		if err := json.NewDecoder(resp.Body).Decode(card); err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("scorecard: status %d, %v", resp.StatusCode, err)
		}
		return card
	}
}

// recount reads the log by itself: each event that was sent stands in it once, so does the plan, and nothing else does.
func (w *witness) recount(t *testing.T, dir string) {
	t.Helper()
	log, err := natslog.Open(t.Context(), natslog.NewOptions(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close(t.Context())
	end, err := log.End(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	times, plans := map[string]int{}, 0
	for seq := uint64(1); seq <= end; seq++ {
		c, err := log.Get(t.Context(), seq)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(c.Body) {
			if bytes.Contains(line, []byte(`"type":"PlanActivated"`)) {
				plans++
			} else if _, after, ok := bytes.Cut(line, []byte(`"id":"`)); ok {
				id, _, _ := bytes.Cut(after, []byte(`"`))
				times[string(id)]++
			}
		}
	}
	for _, id := range w.sent {
		if times[id] != 1 {
			t.Errorf("event %s stands %d times in the log, want once", id, times[id])
		}
	}
	if len(times) != len(w.sent) {
		t.Errorf("the log holds %d different events, want %d", len(times), len(w.sent))
	}
	if plans != 1 {
		t.Errorf("the plan stands %d times in the log, want once", plans)
	}
}
