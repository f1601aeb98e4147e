package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/kaohe/kaohe/events/intake"
)

// readmeScript is one of the scripts that the README offers.
type readmeScript struct {
	fence   string   // the language of its block
	command []string // what runs it, before the file
	suffix  string   // of the file; PowerShell insists on one
	ids     []string // of the events that it records
	says    string   // in one of them
	refused string   // what it says when that event is refused
}

var readmeScripts = []readmeScript{
	{"bash", []string{"bash"}, "", []string{"培训-2018-017"}, "柑橘黄龙病防治", `"code":"id_conflict"`},
	{"python", []string{"python3"}, "", []string{"培训-2018-04-16-水稻病虫害统防统治", "培训-2018-04-19-荔枝保花保果"}, "荔枝保花保果", "已用了来源"},
	{"powershell", []string{"pwsh", "-NoProfile", "-File"}, ".ps1", []string{"授权-2018-006"}, "一种坭兴陶釉料", "已用了来源"},
}

// block returns the block of a language in the README, of which there is one.
func block(t *testing.T, fence string) string {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)\n```"+fence+"\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	if len(found) != 1 {
		t.Fatalf("the README has %d blocks of %s, want one", len(found), fence)
	}
	return found[0][1]
}

// needed skips a test where there is nothing to run the script with.
func (s *readmeScript) needed(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath(s.command[0]); err != nil {
		t.Skipf("%s is not installed here", s.command[0])
	}
}

// run runs the script as it stands in the README. A token is shown unless it is empty.
func (s *readmeScript) run(t *testing.T, server, token string) (out string, code int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "script"+s.suffix)
	if err := os.WriteFile(file, []byte(block(t, s.fence)), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), s.command[0], append(s.command[1:], file)...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "KAOHE_SERVER=" + server, "PYTHONIOENCODING=utf-8"}
	if token != "" {
		cmd.Env = append(cmd.Env, "KAOHE_TOKEN="+token)
	}
	text, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(text), cmd.ProcessState.ExitCode()
}

// scriptDaemon starts a daemon that takes events at once. It is a process of its own, so that several run at a time.
func scriptDaemon(t *testing.T, data string) *daemon {
	t.Helper()
	d := startDaemon(t, data)
	d.awaitReady(t)
	return d
}

// TestReadmeScriptsRepeatWhatIsNotAnswered runs them against a server that is not ready at first, and whose first answer is
// lost after it has recorded the events: they must send the same again, and it must count once.
func TestReadmeScriptsRepeatWhatIsNotAnswered(t *testing.T) {
	for _, s := range readmeScripts {
		t.Run(s.fence, func(t *testing.T) {
			s.needed(t)
			t.Parallel()
			d := scriptDaemon(t, t.TempDir())
			defer d.terminate(t)
			server, requests := unreliable(t, d.url)
			out, code := s.run(t, server, "")
			if code != 0 || requests.Load() != 3 {
				t.Fatalf("exit %d after %d requests, want 0 after three\n%s", code, requests.Load(), out)
			}
			for _, id := range s.ids {
				if !strings.Contains(out, id) || !strings.Contains(out, string(intake.StatusRecorded)) {
					t.Errorf("it does not say that %s is recorded:\n%s", id, out)
				}
			}
			last := s.ids[len(s.ids)-1]
			if event := recorded(t, d.url, last); !strings.Contains(event, s.says) {
				t.Errorf("%s is recorded as\n%s\nwhich does not say %s", last, event, s.says)
			}
		})
	}
}

// TestReadmeScriptsTellWhyARefusalWas has somebody else take the id before.
func TestReadmeScriptsTellWhyARefusalWas(t *testing.T) {
	for _, s := range readmeScripts {
		t.Run(s.fence, func(t *testing.T) {
			s.needed(t)
			t.Parallel()
			d := scriptDaemon(t, t.TempDir())
			defer d.terminate(t)
			for _, id := range s.ids {
				resp, err := http.Post(d.url+"/v1/events", intake.MediaEvent, strings.NewReader(strings.Replace(guidance(id), "test:kill", "kaohe:450703", 1)))
				if err != nil || resp.StatusCode != http.StatusOK {
					t.Fatal(resp, err)
				}
				resp.Body.Close()
			}
			out, code := s.run(t, d.url, "")
			if code != 1 || !strings.Contains(out, s.refused) {
				t.Errorf("exit %d, want 1 and a reason with %q:\n%s", code, s.refused, out)
			}
		})
	}
}

// TestReadmeScriptsShowTheirToken runs them against a server that asks for one.
func TestReadmeScriptsShowTheirToken(t *testing.T) {
	for _, s := range readmeScripts {
		t.Run(s.fence, func(t *testing.T) {
			s.needed(t)
			t.Parallel()
			data := t.TempDir()
			d := scriptDaemon(t, data)
			defer d.terminate(t)
			token, err := exec.CommandContext(t.Context(), "kaohe", "token", "create", "--data", data, "--org", "450703", "--can", "emit").Output()
			if err != nil {
				t.Fatal(err)
			}
			if out, code := s.run(t, d.url, ""); code != 1 || !strings.Contains(out, "需要令牌") {
				t.Errorf("without a token: exit %d, want 1 and what is missing:\n%s", code, out)
			}
			if out, code := s.run(t, d.url, strings.TrimSpace(string(token))); code != 0 {
				t.Errorf("exit %d, want 0:\n%s", code, out)
			}
		})
	}
}

// unreliable passes requests on to a daemon. The first it sends away, and it loses the answer to the second.
func unreliable(t *testing.T, daemon string) (address string, requests *atomic.Int32) {
	t.Helper()
	to, err := url.Parse(daemon)
	if err != nil {
		t.Fatal(err)
	}
	requests, proxy := new(atomic.Int32), httputil.NewSingleHostReverseProxy(to)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch requests.Add(1) {
		case 1:
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, `{"title": "not ready", "detail": "later"}`)
		case 2:
			proxy.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler) // closes the connection
		default:
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, requests
}

// recorded asks a daemon for an event by its identity.
func recorded(t *testing.T, daemon, id string) string {
	t.Helper()
	resp, err := http.Get(daemon + "/v1/events/by-id?" + url.Values{"source": {"kaohe:450703"}, "id": {id}}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v: %s", id, resp.Status, err, text)
	}
	return string(text)
}

// TestReadmePowerShell checks what can be checked where there is no PowerShell: what it opens it closes, and what it sends
// is an event that is taken.
func TestReadmePowerShell(t *testing.T) {
	script := block(t, "powershell")
	found := regexp.MustCompile(`(?s)\$json = @'\n(.*?)\n'@\n`).FindStringSubmatch(script)
	if found == nil {
		t.Fatal("it holds no event")
	}
	code := regexp.MustCompile(`'[^'\n]*'|"[^"\n]*"|#.*`).ReplaceAllString(strings.Replace(script, found[0], "", 1), "")
	var open []rune
	for _, r := range code {
		if strings.ContainsRune("([{", r) {
			open = append(open, map[rune]rune{'(': ')', '[': ']', '{': '}'}[r])
		} else if strings.ContainsRune(")]}", r) {
			if len(open) == 0 || open[len(open)-1] != r {
				t.Fatalf("%c closes what was not opened; without its strings and comments it is\n%s", r, code)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 || strings.ContainsAny(code, `'"`) {
		t.Errorf("%c or a quotation mark is missing; without its strings and comments it is\n%s", open, code)
	}
	resp, err := http.Post("http://"+serveInBackground(t)+"/v1/events", intake.MediaEvent+"; charset=utf-8", strings.NewReader(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var a intake.Answer
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil || a.New != 1 {
		t.Errorf("its event is answered by %s: %+v, %v", resp.Status, a, err)
	}
}
