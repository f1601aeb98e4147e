package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
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

// TestReadmeSessions types into a shell what the README shows being typed, and holds what comes out against what it shows.
// Each session has a server of its own, whose data are in ./kaohe-data.
func TestReadmeSessions(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed here")
	}
	blocks := regexp.MustCompile("(?s)\n```console\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	if len(blocks) < 2 {
		t.Errorf("%d sessions in the README, expected more", len(blocks))
	}
	for _, block := range blocks {
		steps := typed(block[1])
		begin, _, _ := strings.Cut(steps[0].command, "\n")
		t.Run(begin, func(t *testing.T) {
			dir := t.TempDir()
			addr := serveInBackground(t, "--data", filepath.Join(dir, "kaohe-data"), "--as-of", "2018-04-20")
			cmd := exec.CommandContext(t.Context(), shell)
			cmd.Dir, cmd.Stdin = dir, strings.NewReader(script(steps))
			cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "LANG=en_US.UTF-8", "KAOHE_SERVER=http://" + addr}
			out, err := cmd.CombinedOutput()
			results := strings.Split(string(out), "\x00")
			if err != nil || len(results) != 2*len(steps)+1 {
				t.Fatalf("the shell ends with %v after\n%s", err, out)
			}
			for i, step := range steps {
				if !shows(step.shown, results[2*i]) {
					t.Errorf("%s shows\n%s\nthe README says\n%s", step.command, results[2*i], step.shown)
				}
				if code := results[2*i+1]; code != "0" && code != "3" { // what is shown to be refused is
					t.Errorf("%s: exit %s", step.command, code)
				}
			}
		})
	}
}

// step is a command of a session and what the README shows it to print.
type step struct{ command, shown string }

// typed splits a session into its steps. A here-document belongs to its command.
func typed(session string) (steps []step) {
	within := false
	for line := range strings.Lines(session) {
		command, begins := strings.CutPrefix(line, "$ ")
		switch {
		case begins:
			steps = append(steps, step{command: command})
			within = strings.HasSuffix(command, "<<'EOF'\n")
		case within:
			steps[len(steps)-1].command += line
			within = line != "EOF\n"
		default:
			steps[len(steps)-1].shown += line
		}
	}
	return steps
}

// script is what a shell must read to do the steps and to print, after what each of them prints, its exit code between NULs.
func script(steps []step) string {
	var b strings.Builder
	for _, step := range steps {
		b.WriteString("{ " + step.command + "} </dev/null 2>&1\nprintf '\\0%d\\0' $?\n")
	}
	return b.String()
}

// shows reports whether what came out is what is shown. There "..." stands for any text within a line, and on a line of its
// own for any lines.
func shows(shown, out string) bool {
	if shown == "" {
		return out == ""
	}
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
