package quality_test

import (
	"bufio"
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/deploy"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

var update = flag.Bool("update", false, "write what comes out into the golden files")

// demoEvents returns the demo's events as they are recorded.
func demoEvents(tb testing.TB) (list []events.Event) {
	tb.Helper()
	for _, name := range []string{"targets.ndjson", "facts.ndjson"} {
		f, err := deploy.Demo().Open(name)
		if err != nil {
			tb.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var e struct {
				Type, Source, ID, Time, Org string
				Data                        map[string]any
			}
			if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
				tb.Fatal(err)
			}
			data, _ := json.Marshal(e.Data)
			list = append(list, events.Event{Type: e.Type, Source: e.Source, ID: e.ID, Time: e.Time, Org: e.Org, Schema: e.Type + ".v1", Data: data})
		}
		_ = f.Close()
	}
	return list
}

// TestTheSeed: of the 143 events of the demo one is odd, the award of DOMAIN's fact F9, and it is right to ask.
func TestTheSeed(t *testing.T) {
	plan, mistakes := indicators.Load(deploy.Plan())
	if plan == nil {
		t.Fatal(mistakes)
	}
	list := demoEvents(t)
	if len(list) != 143 {
		t.Fatalf("the demo has %d events, want 143", len(list))
	}
	r := newRig(t, plan)
	r.append(list...)
	var got strings.Builder
	for _, f := range r.findings() {
		e := list[f.Events[0].Index()]
		got.WriteString(strings.Join([]string{f.Rule + "/" + f.Check, string(f.Severity), f.Org, f.ID, e.Source + " " + e.ID, f.Text.ZH, f.Text.EN, f.Hint.ZH, f.Hint.EN}, "\n") + "\n")
	}
	const golden = "testdata/seed.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := fs.ReadFile(os.DirFS("."), golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	for i, found := range r.watch.Notice(list) {
		if len(found) > 0 && list[i].ID != "subsidy-rerecognition" {
			t.Errorf("at the intake %s is odd: %s", list[i].ID, found[0].Text.EN)
		}
	}
}
