//go:build unix

package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/spool"
)

// TestAFlushThatIsInterruptedTellsHowFarItCame interrupts it while the server is at its second request. What was sent is
// answered for, the rest waits.
func TestAFlushThatIsInterruptedTellsHowFarItCame(t *testing.T) {
	d := startDaemon(t, t.TempDir())
	d.awaitReady(t)
	dir := filepath.Join(t.TempDir(), "wait")
	sp := must1(spool.Open(dir, spool.DefaultLimit))
	entries := make([]spool.Entry, 3*flushEvents)
	for i := range entries {
		entries[i].Event = []byte(guidance(fmt.Sprint(i)))
	}
	must1(sp.Add(t.Context(), entries...))
	var requests atomic.Int32
	second, goOn := make(chan struct{}), make(chan struct{})
	proxy := httputil.NewSingleHostReverseProxy(must1(url.Parse(d.url)))
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && requests.Add(1) == 2 {
			close(second)
			<-goOn
		}
		r.Host = ""
		proxy.ServeHTTP(w, r)
	}))
	defer slow.Close()
	flush := exec.Command("kaohe", "flush", "--spool", dir, "--server", slow.URL)
	var stdout, stderr bytes.Buffer
	flush.Stdout, flush.Stderr = &stdout, &stderr
	must(flush.Start())
	<-second
	must(flush.Process.Signal(os.Interrupt))
	close(goOn)
	_ = flush.Wait()
	if code := flush.ProcessState.ExitCode(); code != exitFailed || stdout.String() != fmt.Sprintf("%d new, 0 already recorded, 0 refused\n", 2*flushEvents) {
		t.Errorf("flush: exit %d, stdout %q, want %d that are new", code, stdout.String(), 2*flushEvents)
	}
	if want := fmt.Sprintf("kaohe: interrupted\n  %d events are not sent yet and stay in %s\n", flushEvents, dir); stderr.String() != want {
		t.Errorf("stderr %q, want %q", stderr.String(), want)
	}
	waits(t, dir, flushEvents)
}

// TestAFlushSaysOnceWhatWasSentBefore sends what the server has already, as after an interruption, and what is damaged.
func TestAFlushSaysOnceWhatWasSentBefore(t *testing.T) {
	d := startDaemon(t, t.TempDir())
	d.awaitReady(t)
	dir := filepath.Join(t.TempDir(), "wait")
	sp := must1(spool.Open(dir, spool.DefaultLimit))
	training := func(n int) []byte {
		return fmt.Appendf(nil, `{"specversion":"1.0","type":"EnvoyTrainingHeld","time":"2018-03-01","data":{"attendees":%d}}`, n+1)
	}
	entries := make([]spool.Entry, 100)
	for i := range entries {
		entries[i].Event = training(i)
	}
	for range 2 {
		must1(sp.Add(t.Context(), entries...))
	}
	code, stdout, stderr := invoke(t, map[string]string{"KAOHE_SERVER": d.url}, "flush", "--spool", dir)
	if code != exitDone || stdout != "100 new, 100 already recorded, 0 refused\n" {
		t.Errorf("flush: exit %d, stdout %q", code, stdout)
	}
	if lines := strings.Split(strings.TrimSpace(stderr), "\n"); len(lines) != 2 || !strings.HasPrefix(lines[0], "warning: event 101 (EnvoyTrainingHeld): same content as ") ||
		lines[1] != "  ... and 99 more that say what was recorded before, and were not counted twice" {
		t.Errorf("stderr is\n%s\nwant the first of them, and how many there are", stderr)
	}
	must1(sp.Add(t.Context(), entries[:3]...))
	segment := must1(filepath.Glob(filepath.Join(dir, "0*.ndjson")))[0]
	text := must1(os.ReadFile(segment))
	must(os.WriteFile(segment, bytes.Replace(text, []byte(`"attendees":2}`), []byte(`"attendees":7}`), 1), 0o600))
	code, stdout, stderr = invoke(t, map[string]string{"KAOHE_SERVER": d.url}, "flush", "--spool", dir)
	if code != exitFailed || stdout != "0 new, 2 already recorded, 0 refused\n" || !strings.Contains(stderr, " is damaged: ") {
		t.Errorf("flush of a damaged spool: exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

// TestAnImportThatWaitsForAPipeCanBeInterrupted lets it wait for what nobody writes: at a pipe with a name, and at its input.
func TestAnImportThatWaitsForAPipeCanBeInterrupted(t *testing.T) {
	d := startDaemon(t, t.TempDir())
	d.awaitReady(t)
	asked := make(chan struct{}, 1)
	proxy := httputil.NewSingleHostReverseProxy(must1(url.Parse(d.url)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = ""
		proxy.ServeHTTP(w, r)
		asked <- struct{}{} // what the plan is, as each import does before it reads
	}))
	defer server.Close()
	pipe := filepath.Join(t.TempDir(), "pipe")
	must(syscall.Mkfifo(pipe, 0o600))
	for _, name := range []string{pipe, stdinName} {
		cmd := exec.Command("kaohe", "import", "--type", "EnvoyTrainingHeld", "--server", server.URL, name)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		input := must1(cmd.StdinPipe())
		must(cmd.Start())
		<-asked
		must(cmd.Process.Signal(os.Interrupt))
		_ = cmd.Wait()
		input.Close()
		if code := cmd.ProcessState.ExitCode(); code != exitFailed || !strings.Contains(stderr.String(), "interrupted") {
			t.Errorf("import %s: exit %d, stderr %q, want that it was interrupted", name, code, stderr.String())
		}
	}
}

// TestTheReportOfAPipe comes to lie where the user is: a pipe can be read but once, and there may be no place beside it.
func TestTheReportOfAPipe(t *testing.T) {
	d := startDaemon(t, t.TempDir())
	d.awaitReady(t)
	dir, here := t.TempDir(), t.TempDir()
	pipe := filepath.Join(dir, "facts.csv")
	must(syscall.Mkfifo(pipe, 0o600))
	cmd := exec.Command("kaohe", "import", "--type", "EnvoyTrainingHeld", "--server", d.url, pipe)
	cmd.Dir = here
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	must(cmd.Start())
	must(os.WriteFile(pipe, []byte("培训日期,培训人次\n2018-03-05,3\n三月,4\n"), 0))
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitRefused || !strings.Contains(stdout.String(), ": 1 new, 0 already recorded, 1 refused\n") {
		t.Errorf("import: exit %d, stdout %q", code, stdout.String())
	}
	report := string(must1(os.ReadFile(filepath.Join(here, "facts.refused.csv"))))
	if !strings.Contains(report, "2018-03-05,3,\r\n三月,4,") {
		t.Errorf("the report is %q, want a copy", report)
	}
}
