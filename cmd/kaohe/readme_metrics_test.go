package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReadmeNamesTheMetrics holds the table of metrics against those of a daemon that has the demo's facts, a closed quarter
// and all its doors open: each one that is exported is in the table, and each one in the table is exported.
func TestReadmeNamesTheMetrics(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(readme), "\n## Metrics\n")
	table, _, _ = strings.Cut(table, "\n## ")
	exported := exportedMetrics(t)
	var named []string
	for _, found := range regexp.MustCompile("`(_|kaohe_)([a-z_]+)(\\*?)[^`]*`").FindAllStringSubmatch(table, -1) {
		name := "kaohe_" + found[2]
		if found[1] == "_" {
			name = "kaohe_indicator_" + found[2] // as the table shortens them
		}
		named = append(named, name)
		if found[3] == "" && !exported[name] {
			t.Errorf("the README names %s, which is not exported", name)
		}
	}
	for name := range exported {
		isNamed := false
		for _, n := range named {
			isNamed = isNamed || name == n || strings.HasSuffix(n, "_") && strings.HasPrefix(name, n)
		}
		if !isNamed {
			t.Errorf("%s is exported, and the README does not name it", name)
		}
	}
	if len(exported) < 30 {
		t.Errorf("%d metrics are exported, expected more", len(exported))
	}
}

// exportedMetrics returns the names of our own metrics that a daemon exports.
func exportedMetrics(t *testing.T) map[string]bool {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	url := "http://" + serveInBackground(t, "--data", data, "--as-of", "2018-04-20", "--nats-listen", "127.0.0.1:0")
	typed := func(token, line string, want int) string {
		t.Helper()
		env := func(name string) string { return map[string]string{"KAOHE_SERVER": url, "KAOHE_TOKEN": token}[name] }
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), strings.Fields(line), strings.NewReader(""), &stdout, &stderr, env); code != want {
			t.Fatalf("%s: exit %d, want %d\n%s%s", line, code, want, stdout.String(), stderr.String())
		}
		return strings.TrimSpace(stdout.String())
	}
	typed("", "import ../../deploy/plan/demo/facts.ndjson ../../deploy/plan/demo/targets.ndjson", exitDone)
	typed("", "close 2018Q1 --reason 一季度报告", exitDone)
	typed("", "emit TargetSet indicator=conversions year=2018 value=2 basis=flow reason=下调 --time 2018-04-10", exitDone) // another than the first
	clerk := typed("", "token create --can emit --org 450703 --data "+data, exitDone)
	typed(clerk, "gaps", exitRefused) // for the metric that counts it
	prometheus := typed("", "token create --can read --org * --data "+data, exitDone)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+prometheus)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, found := range regexp.MustCompile(`(?m)^# TYPE (kaohe_\w+)`).FindAllStringSubmatch(string(text), -1) {
		names[found[1]] = true
	}
	return names
}
