package monitoring_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/deploy/monitoring"
)

func TestRules(t *testing.T) {
	dir := t.TempDir()
	mustWrite(t, filepath.Join(dir, "sub", "b.yml"), "groups:\n- name: two\n  interval: 1m\n  rules:\n  - {record: 'a:b:sum', expr: sum(b)}\n")
	mustWrite(t, filepath.Join(dir, "a.yml"),
		"groups:\n- name: one\n  rules:\n  - {alert: A, expr: b > 0, for: 5m, labels: {severity: info}, annotations: {summary: s}}\n")
	mustWrite(t, filepath.Join(dir, "note.md"), "no rules")
	got, err := monitoring.Rules(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []monitoring.Group{
		{File: "a.yml", Name: "one", Rules: []monitoring.Rule{{Alert: "A", Expr: "b > 0", For: "5m",
			Labels: map[string]string{"severity": "info"}, Annotations: map[string]string{"summary": "s"}}}},
		{File: "sub/b.yml", Name: "two", Rules: []monitoring.Rule{{Record: "a:b:sum", Expr: "sum(b)"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Rules() (-want +got):\n%s", diff)
	}
}

func TestRulesThatAreNone(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"a field that Prometheus does not know", "groups:\n- name: g\n  rules:\n  - {alert: A, expr: b, severity: info}\n", "severity"},
		{"an expression forgotten", "groups:\n- name: g\n  rules:\n  - {alert: A}\n", `group "g", rule 1`},
		{"both an alert and a record", "groups:\n- name: g\n  rules:\n  - {alert: A, record: a, expr: b}\n", `group "g", rule 1`},
		{"no YAML", "groups: [", "rules.yml"},
		{"nothing", "groups: []\n", "no rules"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			mustWrite(t, filepath.Join(dir, "rules.yml"), tt.text)
			got, err := monitoring.Rules(dir)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Rules() = %v, %v, want an error with %q", got, err, tt.want)
			}
		})
	}
	if _, err := monitoring.Rules(filepath.Join(t.TempDir(), "missing")); err == nil {
		t.Error("a directory that is not there has rules")
	}
}

func mustWrite(tb testing.TB, path, text string) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		tb.Fatal(err)
	}
}
