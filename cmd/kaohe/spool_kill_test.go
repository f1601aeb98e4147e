package main

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/spool"
)

// TestAFlushThatIsKilledGoesOn kills it again and again, each time at another moment, while others add. In the end each event
// is recorded once, in order.
func TestAFlushThatIsKilledGoesOn(t *testing.T) {
	d := startDaemon(t, t.TempDir())
	d.awaitReady(t)
	wait := filepath.Join(t.TempDir(), "wait")
	sp := must1(spool.Open(wait, spool.DefaultLimit))
	chance := rand.New(rand.NewPCG(1, 0))
	var sent [][]byte
	for round := range 8 {
		entries := make([]spool.Entry, 700)
		for i := range entries {
			entries[i].Event = []byte(guidance(fmt.Sprint(round, "-", i)))
			sent = append(sent, entries[i].Event)
		}
		var adding sync.WaitGroup
		adding.Go(func() {
			if _, err := sp.Add(t.Context(), entries...); err != nil {
				t.Error(err)
			}
		})
		flush := exec.Command("kaohe", "flush", "--spool", wait, "--server", d.url)
		must(flush.Start())
		<-time.After(time.Duration(chance.Int64N(int64(40 * time.Millisecond)))) // the moment is the test's input, not a wait for something
		_ = flush.Process.Kill()
		_ = flush.Wait()
		adding.Wait()
	}
	if out, err := exec.Command("kaohe", "flush", "--spool", wait, "--server", d.url).CombinedOutput(); err != nil {
		t.Fatalf("flush: %v\n%s", err, out)
	}
	waits(t, wait, 0)
	inOrder(t, d, sent)
}
