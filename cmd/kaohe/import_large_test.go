//go:build unix

package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var importRows = flag.Int("import-rows", 30_000, "how many rows a large import has; with 1000000 it takes minutes")

// maxImportMemory bounds what an import may hold in memory, whatever the size of the file.
const maxImportMemory = 200 << 20

// writeLarge writes so many guidances: as CSV, or as NDJSON.
func writeLarge(t *testing.T, path string, rows int) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	if strings.HasSuffix(path, ".csv") {
		fmt.Fprintln(w, "服务日期,服务类别,数量,村编号,备注")
	}
	for i := range rows {
		day := fmt.Sprintf("2018-%02d-%02d", 1+i%3, 1+i%28)
		if strings.HasSuffix(path, ".csv") {
			fmt.Fprintf(w, "%s,技术指导,1,450703-v%04d,第 %d 次\n", day, i%5000, i)
		} else {
			fmt.Fprintf(w, `{"specversion":"1.0","type":"EnvoyServiceRecorded","time":"%s","data":{"kind":"guidance","count":1,"village_id":"450703-v%04d","note":"第 %d 次"}}`+"\n", day, i%5000, i)
		}
	}
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

// importer runs an import of a file as a program of its own.
func importer(t *testing.T, d *daemon, file string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("kaohe", append([]string{"import", "--lang", "en", "--server", d.url, file}, args...)...)
	cmd.Env = append(os.Environ(), "TMPDIR="+t.TempDir(), "GORACE=atexit_sleep_ms=0")
	t.Cleanup(func() {
		if cmd.Process != nil {
			_ = cmd.Process.Kill()
		}
	})
	return cmd
}

// TestLargeImportTakesLittleMemory imports a large file of both kinds; -import-rows makes it larger still. Both hold the same
// facts, so that the second one records nothing.
func TestLargeImportTakesLittleMemory(t *testing.T) {
	d := startDaemon(t, filepath.Join(t.TempDir(), "data"))
	for i, kind := range []string{"ndjson", "csv"} {
		file := filepath.Join(t.TempDir(), "guidances."+kind)
		writeLarge(t, file, *importRows)
		var stdout, stderr strings.Builder
		cmd := importer(t, d, file)
		if kind == "csv" {
			cmd = importer(t, d, file, "--type", "EnvoyServiceRecorded")
		}
		peakFile := filepath.Join(t.TempDir(), "peak")
		cmd.Env = append(cmd.Env, "KAOHE_TEST_PEAK="+peakFile)
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		begin := time.Now()
		if err := cmd.Run(); err != nil {
			t.Fatalf("%v\n%s", err, stderr.String())
		}
		want := fmt.Sprintf("%d new, 0 already recorded, 0 refused", *importRows)
		if i > 0 {
			want = fmt.Sprintf("0 new, %d already recorded, 0 refused", *importRows)
		}
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("stdout %s, want %s", stdout.String(), want)
		}
		peak, told := peakOf(t, peakFile)
		if told && peak > maxImportMemory {
			t.Errorf("an import of %d rows of %s took %d MiB, want at most %d", *importRows, kind, peak>>20, maxImportMemory>>20)
		}
		t.Logf("%d rows of %s: %d MiB, %s", *importRows, kind, peak>>20, time.Since(begin).Round(time.Millisecond))
	}
	if got, want := d.figure(t), fmt.Sprint(*importRows); got != want {
		t.Errorf("the figure is %s, want %s", got, want)
	}
}

// until waits until the daemon counts so many events.
func (d *daemon) until(t *testing.T, want int) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for tick := time.NewTicker(2 * time.Millisecond); ; {
		if d.figure(t) == fmt.Sprint(want) {
			tick.Stop()
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("the figure is %s after 30 s, want %d", d.figure(t), want)
		}
	}
}

// halfway is an import that has read the first part of a file from a pipe, and waits for the rest.
type halfway struct {
	*exec.Cmd
	in             io.WriteCloser
	rest           string
	stdout, stderr strings.Builder
}

// importHalf begins to import a file from standard input, and returns when the first half of its rows is recorded: also of
// a batch that is not full, since nothing more comes.
func importHalf(t *testing.T, d *daemon, file string, rows int, args ...string) *halfway {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(content), "\n")
	half := len(lines) - 1 - rows/2
	h := &halfway{Cmd: importer(t, d, "-", args...), rest: strings.Join(lines[half:], "")}
	h.Stdout, h.Stderr = &h.stdout, &h.stderr
	if h.in, err = h.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := h.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(h.in, strings.Join(lines[:half], "")); err != nil {
		t.Fatal(err)
	}
	d.until(t, rows-rows/2)
	return h
}

// ended waits for the import to end, and returns its exit code; -1 if a signal has ended it.
func (h *halfway) ended(t *testing.T) int {
	t.Helper()
	var ended *exec.ExitError
	if err := h.Wait(); err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return h.ProcessState.ExitCode()
}

// TestImportGoesOnAfterAnEnd ends imports in the middle, by SIGKILL and by Ctrl-C. The same file imported again records the
// rest, each row once.
func TestImportGoesOnAfterAnEnd(t *testing.T) {
	const rows = 5001
	for _, tt := range []struct {
		name string
		sig  os.Signal
		code int
		said []string
	}{
		{"SIGKILL", os.Kill, -1, nil},
		{"Ctrl-C", os.Interrupt, exitFailed, []string{"standard input: interrupted\n", "what is said above is known up to row 2502; run the same command again to go on"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := startDaemon(t, filepath.Join(t.TempDir(), "data"))
			file := filepath.Join(t.TempDir(), "guidances.csv")
			writeLarge(t, file, rows)
			h := importHalf(t, d, file, rows, "--type", "EnvoyServiceRecorded")
			if err := h.Process.Signal(tt.sig); err != nil {
				t.Fatal(err)
			}
			if code := h.ended(t); code != tt.code {
				t.Errorf("exit %d, want %d\n%s", code, tt.code, h.stderr.String())
			}
			if !containsAll(h.stderr.String(), tt.said) || tt.said != nil && !strings.Contains(h.stdout.String(), "standard input: 2501 new, 0 already recorded, 0 refused") {
				t.Errorf("stdout %q and stderr %q do not say how far it came", h.stdout.String(), h.stderr.String())
			}
			out, err := importer(t, d, file, "--type", "EnvoyServiceRecorded").Output()
			if want := "2500 new, 2501 already recorded, 0 refused"; err != nil || !strings.Contains(string(out), want) {
				t.Errorf("the second time: %s, %v, want %s", out, err, want)
			}
			if got := d.figure(t); got != fmt.Sprint(rows) {
				t.Errorf("the figure is %s, want %d", got, rows)
			}
		})
	}
}

// TestImportWhileTheServerEnds ends the server in the middle of an import, and goes on with another one on its data.
func TestImportWhileTheServerEnds(t *testing.T) {
	const rows = 2500
	data := filepath.Join(t.TempDir(), "data")
	d := startDaemon(t, data)
	file := filepath.Join(t.TempDir(), "guidances.ndjson")
	writeLarge(t, file, rows)
	h := importHalf(t, d, file, rows)
	d.terminate(t)
	if _, err := io.WriteString(h.in, h.rest); err != nil {
		t.Fatal(err)
	}
	h.in.Close()
	if code := h.ended(t); code != exitFailed {
		t.Fatalf("exit %d, want %d\n%s", code, exitFailed, h.stdout.String())
	}
	if want := []string{"cannot reach " + d.url, "known up to row 1250; run the same command again"}; !containsAll(h.stderr.String(), want) {
		t.Errorf("stderr %q lacks one of %q", h.stderr.String(), want)
	}
	d = startDaemon(t, data)
	out, err := importer(t, d, file).Output()
	if want := "1250 new, 1250 already recorded, 0 refused"; err != nil || !strings.Contains(string(out), want) {
		t.Errorf("the second time: %s, %v, want %s", out, err, want)
	}
	if got := d.figure(t); got != fmt.Sprint(rows) {
		t.Errorf("the figure is %s, want %d", got, rows)
	}
}
