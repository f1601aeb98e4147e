package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const shippedRules = `
# A comment, which needs not stay.
groups:
  - name: "on" # a word that some readers of YAML take for a truth
    interval: 1m
    rules:
      - alert: KaoheA
        expr: |
          max_over_time(a{b="中"}[5m]) > 0
            and rate(c[1h30m]) > 2
        for: 15m
        labels: {org: "450703"}
        annotations: {summary: '差 {{ $value }} 项: a "quoted" text'}
`

// ours are the edits that the tests below make or fail to make.
var ours = []edit{
	shortened("groups.*.interval", time.Second),
	shortened("groups.*.rules.*.for", 2*time.Second),
}

func TestASubstitutionChangesWhatItNames(t *testing.T) {
	from, to := files(t, shippedRules)
	more := append(slices.Clone(ours), replaced("groups.*.limit", 5), dropped("groups.*.rules.*.labels"))
	if err := rewrite(from, to, more); err != nil {
		t.Fatal(err)
	}
	old, err := read(from)
	if err != nil {
		t.Fatal(err)
	}
	edited, err := read(to)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]any{}
	for _, d := range differences(nil, old, edited) {
		got[strings.Join(d.path, ".")] = d.new
	}
	want := map[string]any{
		"groups.0.interval":       "1s",
		"groups.0.limit":          uint64(5),
		"groups.0.rules.0.for":    "2s",
		"groups.0.rules.0.labels": nil,
	}
	for path, value := range want {
		if got[path] != value {
			t.Errorf("%s is %#v, want %#v", path, got[path], value)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d differences, want %d: %v", len(got), len(want), got)
	}
}

func TestASubstitutionThatGoesTooFarIsRefused(t *testing.T) {
	as := func(e edit, value any) edit {
		e.to = func(any) any { return value }
		return e
	}
	for _, tt := range []struct {
		name, says string
		edits      []edit
	}{
		{"an edit finds nothing", "there is no groups.*.rules.*.keep_firing_for", []edit{shortened("groups.*.rules.*.keep_firing_for", time.Second)}},
		{"a duration gets longer", "not shorter", []edit{as(ours[1], "16m")}},
		{"a duration is none any more", "not a valid duration", []edit{as(ours[1], "soon")}},
		{"another value is written", "is 6, not 5", []edit{as(replaced("groups.*.limit", 5), 6)}},
		{"what is to go stays", "is still there", []edit{as(dropped("groups.*.rules.*.labels"), "x")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			from, to := files(t, shippedRules)
			if err := rewrite(from, to, tt.edits); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("rewrite() = %v, want an error that says %q", err, tt.says)
			}
		})
	}
}

func TestADifferenceBesideTheEditsIsRefused(t *testing.T) {
	for _, tt := range []struct{ path, says string }{
		{"groups.*.name", "groups.0.name differs: shipped on, run with x"},
		{"groups.*.rules.*.expr", "groups.0.rules.0.expr differs"},
		{"groups.*.rules.*.annotations.more", "groups.0.rules.0.annotations.more differs: shipped <nil>, run with x"},
		{"groups.*.rules", "groups.0.rules differs"},
	} {
		from, to := files(t, shippedRules)
		if err := rewrite(from, to, append(slices.Clone(ours), replaced(tt.path, "x"))); err != nil {
			t.Fatal(err)
		}
		shipped, err := read(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := check(shipped, to, ours); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("check() = %v, want an error that says %q", err, tt.says)
		}
	}
}

func TestAnyWayDownIsFound(t *testing.T) {
	from, to := files(t, `
route: {wait: 5m, routes: [{wait: 10m, mute: [a]}, {routes: [{wait: 1h}]}]}
wait: 3h
`)
	if err := rewrite(from, to, []edit{shortened("route.**.wait", time.Second), dropped("route.**.mute")}); err != nil {
		t.Fatal(err)
	}
	want := plain(map[string]any{
		"route": map[string]any{"wait": "1s", "routes": []any{
			map[string]any{"wait": "1s"}, map[string]any{"routes": []any{map[string]any{"wait": "1s"}}}}},
		"wait": "3h",
	})
	got, err := read(to)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestARareEditMayFindNothing(t *testing.T) {
	from, to := files(t, shippedRules)
	e := shortened("groups.*.rules.*.keep_firing_for", time.Second)
	e.rare = true
	if err := rewrite(from, to, []edit{e}); err != nil {
		t.Error(err)
	}
}

// files writes a file and names another one beside it.
func files(t *testing.T, text string) (from, to string) {
	t.Helper()
	dir := t.TempDir()
	from, to = filepath.Join(dir, "shipped.yml"), filepath.Join(dir, "run", "edited.yml")
	if err := os.WriteFile(from, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return from, to
}
