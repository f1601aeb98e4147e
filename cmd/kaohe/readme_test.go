package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kaohe/kaohe/events"
)

// TestReadme runs what the README tells its reader to type, in its order, against a server of its own.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	addr := serveInBackground(t)
	env := func(name string) string { return map[string]string{"KAOHE_SERVER": "http://" + addr}[name] }
	commands := 0
	for _, line := range shellLines(string(readme)) {
		args := strings.Fields(line)
		if args[0] != "kaohe" || args[1] == "serve" { // serving is what we do
			continue
		}
		commands++
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), args[1:], strings.NewReader(""), &stdout, &stderr, env); code != exitDone {
			t.Errorf("%s: exit %d\n%s%s", line, code, stdout.String(), stderr.String())
		}
	}
	if commands < 5 {
		t.Errorf("%d command lines found in the README, expected more", commands)
	}
	postReadme(t, addr, string(readme))
}

// TestReadmeSession types what the README shows being typed, and holds what comes out against what it shows.
func TestReadmeSession(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)```console\n(.*?)```").FindStringSubmatch(string(readme))
	if found == nil {
		t.Fatal("the README shows no session")
	}
	addr := serveInBackground(t, "--as-of", "2018-04-20")
	env := func(name string) string {
		return map[string]string{"KAOHE_SERVER": "http://" + addr, "LANG": "en_US.UTF-8"}[name]
	}
	steps := strings.Split("\n"+found[1], "\n$ kaohe ")[1:]
	for _, step := range steps {
		typed, shown, _ := strings.Cut(step, "\n")
		var out bytes.Buffer
		if code := run(t.Context(), strings.Fields(typed), strings.NewReader(""), &out, &out, env); code != exitDone {
			t.Errorf("kaohe %s: exit %d\n%s", typed, code, out.String())
		}
		if !shows(shown, out.String()) {
			t.Errorf("kaohe %s shows\n%s\nthe README says\n%s", typed, out.String(), shown)
		}
	}
	if len(steps) < 8 {
		t.Errorf("%d commands in the session, expected more", len(steps))
	}
}

// shows reports whether what came out is what is shown. There "..." stands for any text within a line, and on a line of its
// own for any lines.
func shows(shown, out string) bool {
	var pattern strings.Builder
	for line := range strings.Lines(strings.TrimRight(shown, "\n") + "\n") {
		if line = strings.TrimRight(line, "\n"); line == "..." {
			pattern.WriteString(`(?:.*\n)*`)
			continue
		}
		pattern.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), `\.\.\.`, `.*`) + `\n`)
	}
	lines := regexp.MustCompile(`[ ]+\n`).ReplaceAllString(out, "\n")
	return regexp.MustCompile(`^` + pattern.String() + `$`).MatchString(lines)
}

// TestReadmeHasTwoSetUpCommands: a newcomer types these two and nothing else.
func TestReadmeHasTwoSetUpCommands(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, line := range shellLines(string(readme)) {
		if strings.HasPrefix(line, "go ") {
			got = append(got, line)
		}
	}
	if want := "go run ./cmd/kaohe demo, go test ./..."; strings.Join(got, ", ") != want {
		t.Errorf("set-up commands are %q, want %q", got, want)
	}
}

// shellLines returns the lines of all shell blocks, without their comments.
func shellLines(readme string) (lines []string) {
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(readme, -1) {
		for line := range strings.Lines(block[1]) {
			line, _, _ = strings.Cut(line, " #")
			if line = strings.TrimSpace(line); line != "" {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// postReadme sends the event that the README sends with curl.
func postReadme(t *testing.T, addr, readme string) {
	t.Helper()
	found := regexp.MustCompile(`(?s)curl .*?/v1/events -H '(.*?): (.*?)' -d '(.*?)'`).FindStringSubmatch(readme)
	if found == nil {
		t.Fatal("the README posts no event with curl")
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+addr+"/v1/events", strings.NewReader(found[3]))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set(found[1], found[2])
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("the event of the README is answered by %s", answer.Status)
	}
}

// serveInBackground runs a server with its own data until the test ends, and returns its address.
func serveInBackground(t *testing.T, flags ...string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	dir := t.TempDir()
	file := filepath.Join(dir, "addr")
	done := make(chan int, 1)
	var stderr bytes.Buffer
	go func() {
		args := []string{"serve", "--data", filepath.Join(dir, "data"), "--listen", "127.0.0.1:0", "--addr-file", file, "--lang", string(events.English)}
		done <- run(ctx, append(args, flags...),
			strings.NewReader(""), &bytes.Buffer{}, &stderr, func(string) string { return "" })
	}()
	t.Cleanup(func() {
		cancel()
		if code := <-done; code != exitDone {
			t.Errorf("serve: exit %d\n%s", code, stderr.String())
		}
	})
	tick, deadline := time.NewTicker(5*time.Millisecond), time.After(30*time.Second)
	defer tick.Stop()
	for {
		if addr, err := os.ReadFile(file); err == nil {
			return strings.TrimSpace(string(addr))
		}
		select {
		case <-tick.C:
		case code := <-done:
			done <- code
			t.Fatalf("serve ended with %d: %s", code, stderr.String())
		case <-deadline:
			t.Fatal("the server does not become ready")
		}
	}
}
