package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	honestClients = 30
	crowdTime     = 2 * time.Second // KAOHE_CROWD=30s makes it longer
)

var crowdSeed = flag.Uint64("crowd-seed", 0, "draw what the crowd does from this seed; 0 takes another one each time")

// TestCrowd has 32 clients emit at once to a daemon: thirty send facts as scripts do, one sends nothing but rubbish, and
// the line of one breaks in the middle of bodies. None of the thirty may be refused anything. In the end every event that
// was acknowledged must stand in the log once, as it was sent and where it was said to be, and nothing else; the figures
// must be a recount of the events; and the daemon must be as idle as before.
func TestCrowd(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	seed := *crowdSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("the crowd is drawn from -crowd-seed %d", seed)
	dir := filepath.Join(t.TempDir(), "data")
	d := startDaemon(t, dir)
	d.awaitReady(t)
	idle := d.metric(t, "go_goroutines")

	l := &ledger{acked: map[string]acked{}}
	c := &cutter{addr: strings.TrimPrefix(d.url, "http://"), chance: rand.New(rand.NewPCG(seed, 1001)), unsure: map[string][]*crowdFact{}}
	gather(t, d, l, c, seed)

	checkFigures(t, d, l)
	checkIdle(t, d, idle, len(l.acked))
	d.terminate(t)
	if log := d.stderr.String(); strings.Contains(log, "panic") || strings.Contains(log, "level=ERROR") {
		t.Errorf("the daemon complains:\n%s", log)
	}
	checkLog(t, dir, l)
}

// gather lets everybody emit at once, and then has the one whose line broke send again what it never heard of.
func gather(t *testing.T, d *daemon, l *ledger, c *cutter, seed uint64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), howLong(t))
	defer cancel()
	var crowd sync.WaitGroup
	begin, clients := time.Now(), make([]*honest, honestClients)
	join := func(run func(context.Context) error) {
		crowd.Go(func() {
			if err := run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	for i := range clients {
		clients[i] = newHonest(fmt.Sprintf("c%d", i), d.url, seed, uint64(i), l)
		join(clients[i].run)
	}
	rubbishSent := 0
	join(func(ctx context.Context) (err error) {
		rubbishSent, err = sendRubbish(ctx, d.url, rand.New(rand.NewPCG(seed, 1000)))
		return err
	})
	join(func(ctx context.Context) error { dawdle(ctx, c.addr); return nil })
	join(c.run)
	crowd.Wait()

	again := newHonest("again", d.url, seed, 1002, l)
	for _, list := range c.unsure {
		if err := again.send(list, false); err != nil {
			t.Error(err)
		}
	}
	report(t, l, c, clients, rubbishSent, time.Since(begin))
}

func howLong(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("KAOHE_CROWD")
	if text == "" {
		return crowdTime
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatalf("KAOHE_CROWD: %v", err)
	}
	return d
}

// report says what happened, and fails if it was too little to show anything or if clients were often sent away.
func report(t *testing.T, l *ledger, c *cutter, clients []*honest, rubbishSent int, took time.Duration) {
	t.Helper()
	var all []time.Duration
	for _, h := range clients {
		all = append(all, h.took...)
	}
	slices.Sort(all)
	if len(all) < honestClients || c.cut == 0 || len(c.unsure) == 0 {
		t.Fatalf("%d requests answered, %d cut, %d not heard of: nothing was tested", len(all), c.cut, len(c.unsure))
	}
	t.Logf("in %s: %d events acknowledged by %d receipts; %d requests sent again, %d given up too early, %d told to come later",
		took.Round(time.Millisecond), len(l.acked), l.requests, l.again, l.impatient, l.sentAway)
	t.Logf("a request took %s in the middle, %s at the 99th percentile, %s at most", all[len(all)/2], all[len(all)*99/100], all[len(all)-1])
	t.Logf("%d requests were rubbish, %d cut, %d not heard of", rubbishSent, c.cut, len(c.unsure))
	if 100*l.sentAway > l.requests {
		t.Errorf("%d of %d requests were told to come later, want hardly any", l.sentAway, l.requests)
	}
}

// metric reads one series of the daemon's metrics.
func (d *daemon) metric(t *testing.T, series string) float64 {
	t.Helper()
	resp, err := http.Get(d.url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), series+" "); ok {
			value, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			return value
		}
	}
	t.Fatalf("the daemon has no metric %s", series)
	return 0
}

// What a daemon may hold at its peak: what it needs to live, what it lends to bodies and what waits for the writer, and
// for each event its identity and what the figures and findings keep of it.
const (
	peakBase  = 512 << 20
	peakEvent = 1 << 10
)

// racing tells whether this program, which the daemon is too, was built with the race detector: it takes much memory itself.
func racing() bool {
	info, _ := debug.ReadBuildInfo()
	return info != nil && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// checkIdle waits until the daemon has as little to do as before the crowd came, and looks at what it took at most.
func checkIdle(t *testing.T, d *daemon, goroutines float64, events int) {
	t.Helper()
	tick, deadline := time.NewTicker(20*time.Millisecond), time.After(30*time.Second)
	defer tick.Stop()
	for {
		left, waits := d.metric(t, "go_goroutines"), d.metric(t, "kaohe_intake_queue_bytes")
		if left <= goroutines+10 && waits == 0 { // our own connection has some, and the runtime starts workers when there is much to do
			break
		}
		select {
		case <-tick.C:
			continue
		case <-deadline:
			t.Fatalf("the crowd has gone and left %v goroutines and %v bytes in the queue, before it came there were %v", left, waits, goroutines)
		}
	}
	peak, ok := peakMemory(d.cmd.Process.Pid)
	if !ok {
		t.Log("this system does not tell how much memory a process took")
		return
	}
	t.Logf("the daemon took %d MiB at most", peak>>20)
	if limit := peakBase + events*peakEvent; peak > limit && !racing() {
		t.Errorf("the daemon took %d MiB for %d events, want at most %d", peak>>20, events, limit>>20)
	}
}

// peakMemory returns the largest resident size that a process ever had, in bytes, where Linux tells it.
func peakMemory(pid int) (peak int, ok bool) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, false
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	_, err = fmt.Sscanf(after, "%d kB", &peak)
	return peak << 10, err == nil
}
