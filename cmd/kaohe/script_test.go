package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write what came out as what is wanted")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"kaohe": func() {
		code := mainCode()
		notePeak()
		os.Exit(code)
	}})
}

// notePeak writes the most memory that this process has had into the file that a test names, where the system tells. What
// it tells the parent instead (ru_maxrss) has the parent's own memory in it.
func notePeak() {
	file := os.Getenv("KAOHE_TEST_PEAK")
	if file == "" {
		return
	}
	status, err := os.ReadFile("/proc/self/status")
	if err == nil {
		err = os.WriteFile(file, status, 0o600)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "peak of memory:", err)
	}
}

// peakOf reads what notePeak wrote, in bytes; ok is false on a system that does not tell.
func peakOf(tb testing.TB, file string) (peak int64, ok bool) {
	tb.Helper()
	status, err := os.ReadFile(file)
	if err != nil {
		if runtime.GOOS == "linux" {
			tb.Fatal(err)
		}
		return 0, false
	}
	_, after, found := strings.Cut(string(status), "VmHWM:")
	if _, err := fmt.Sscanf(after, "%d kB", &peak); !found || err != nil {
		tb.Fatalf("no peak of memory in %q: %v", status, err)
	}
	return peak << 10, true
}

// TestScripts runs command lines as a user would: the real program, with real servers on free ports.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			tmp := filepath.Join(env.WorkDir, ".tmp-of-the-program")
			env.Setenv("TMPDIR", tmp)
			env.Setenv("LC_ALL", "C")
			env.Setenv("KAOHE_SERVER", "")
			env.Setenv("GORACE", "atexit_sleep_ms=10") // else each program built with -race waits a second before it ends
			return os.Mkdir(tmp, 0o755)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"server": serverAt, "post": post, "get": get, "empty": empty, "damage": damage, "position": position},
	})
}

// serverAt waits for the file in which a daemon writes its address, and makes it the one that the commands talk to, and
// $ADDR:
//
//	server FILE
func serverAt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: server FILE")
	}
	deadline := time.After(30 * time.Second)
	for tick := time.NewTicker(5 * time.Millisecond); ; {
		if addr, err := os.ReadFile(ts.MkAbs(args[0])); err == nil {
			server := strings.TrimSpace(string(addr))
			ts.Setenv("ADDR", server)
			if !strings.Contains(server, "://") {
				server = "http://" + server
			}
			ts.Setenv("KAOHE_SERVER", server)
			tick.Stop()
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			ts.Fatalf("no daemon wrote its address to %s", args[0])
		}
	}
}

// position keeps the position that the last command has said something was recorded at in an environment variable:
//
//	position NAME
func position(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: position NAME")
	}
	found := regexp.MustCompile(`(?m)^recorded as ([0-9]+-[0-9]+) `).FindStringSubmatch(ts.ReadFile("stdout"))
	if found == nil {
		ts.Fatalf("nothing was recorded")
	}
	ts.Setenv(args[0], found[1])
}

// damage changes a byte in the first commit of the log in a data directory:
//
//	damage DIR
func damage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: damage DIR")
	}
	block := filepath.Join(ts.MkAbs(args[0]), "jetstream/KAOHE/streams/KAOHE_LOG/msgs/1.blk")
	content, err := os.ReadFile(block)
	ts.Check(err)
	at := bytes.Index(content, []byte("[\n{"))
	if at < 0 {
		ts.Fatalf("%s holds no commit", block)
	}
	content[at+20] ^= 0x20
	ts.Check(os.WriteFile(block, content, 0o600))
}

// empty fails if there is anything in a directory:
//
//	empty DIR
func empty(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: empty DIR")
	}
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(entries) > 0 {
		ts.Fatalf("%s is not empty: it holds %s", args[0], entries[0].Name())
	}
}
