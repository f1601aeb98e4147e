package app_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kaohe/kaohe/deploy"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
)

// warned sends an event that must be new, and returns its warnings as CODE: message.
func (r *guardedRig) warned(tb testing.TB, by, event string) (warnings []string) {
	tb.Helper()
	status, _, body := r.send(tb, by, http.MethodPost, "/v1/events", event)
	var a intake.Answer
	if err := json.Unmarshal([]byte(body), &a); err != nil || status != http.StatusOK || a.New != 1 {
		tb.Fatalf("%s by %s: status %d: %s", event, by, status, body)
	}
	for _, w := range a.Events[0].Warnings {
		warnings = append(warnings, w.Code+": "+w.Message)
	}
	return warnings
}

// checked waits until all facts are checked, and returns the findings as RULE UNIT.
func (r *guardedRig) checked(tb testing.TB, by, query string) (list []string) {
	tb.Helper()
	status, _, body := r.send(tb, by, http.MethodGet, "/v1/findings?at_least=end"+query, "")
	var page api.Findings
	if err := json.Unmarshal([]byte(body), &page); err != nil || status != http.StatusOK {
		tb.Fatalf("status %d, %v: %s", status, err, body)
	}
	for _, f := range page.Findings {
		list = append(list, f.Rule+" "+f.Org)
	}
	return list
}

// TestWarningsTellNothingOfOtherUnits: a number that the other district has used is odd, but whose it is, and where it stands, is told to
// those who may read both.
func TestWarningsTellNothingOfOtherUnits(t *testing.T) {
	r := startGuarded(t)
	contract := func(org, id, yuan string) string {
		return fact("TechContractRegistered", org, id, `{"contract_no":"C-77","kind":"dev","direction":"output","amount_yuan":"`+yuan+`"}`)
	}
	if got := r.warned(t, "qinnan", contract("450702", "first", "5000.00")); len(got) > 0 {
		t.Errorf("of the first: %v", got)
	}
	r.checked(t, "admin", "")
	own := r.warned(t, "qinbei", contract("450703", "second", "6000.00"))
	if len(own) != 1 || !strings.HasPrefix(own[0], "DQ-13: DQ-13: recorded twice: it has to do with what other units recorded") || strings.Contains(own[0], "C77") || strings.Contains(own[0], "-0)") {
		t.Errorf("to the district: %v", own)
	}
	r.checked(t, "admin", "")
	for _, by := range []string{"city", "admin"} {
		all := r.warned(t, by, contract("450703", "third-"+by, "7000.00"))
		if len(all) != 1 || !strings.Contains(all[0], "number C77/output is recorded already (") {
			t.Errorf("to %s: %v", by, all)
		}
		r.checked(t, "admin", "")
	}
	if got := r.checked(t, "city", "&org=450700"); strings.Join(got, ", ") != "DQ-13 450700, DQ-13 450703, DQ-13 450703" {
		t.Errorf("the city's findings: %v", got)
	}
	if got := r.checked(t, "qinbei", ""); strings.Join(got, ", ") != "DQ-13 450703, DQ-13 450703" {
		t.Errorf("the district's findings: %v", got)
	}
	if got := r.checked(t, "qinnan", ""); len(got) > 0 {
		t.Errorf("the other district's findings: %v", got)
	}
}

// TestWarningsAreSentences: a question ends as one, and says what to do.
func TestWarningsAreSentences(t *testing.T) {
	r := startGuarded(t)
	got := r.warned(t, "qinbei", fact("AchievementConverted", "450703", "a", `{"achievement_id":"A","owner_id":"f","amount_yuan":"18.00"}`))
	const want = "DQ-09: DQ-09: the amount, 18.00 yuan, is very small; did you mean 180,000.00 yuan (18 万元)? If it was meant in 万元, correct it with kaohe correct; an amount may be written as 18万元."
	if len(got) != 1 || got[0] != want {
		t.Errorf("warnings %q, want %q", got, want)
	}
	got = r.warned(t, "qinbei", fact("EnvoyTrainingHeld", "450703", "b", `{"attendees":0}`))
	if len(got) != 1 || got[0] != "DQ-12: DQ-12: the training has no attendances. Check the attendances." {
		t.Errorf("warnings %q", got)
	}
	status, _, body := r.send(t, "qinbei", http.MethodPost, "/v1/events?dry_run=true", fact("EnvoyTrainingHeld", "450703", "c", `{"attendees":0}`))
	if status != http.StatusOK || !strings.Contains(body, "DQ-12") {
		t.Errorf("dry run: status %d: %s", status, body)
	}
}

// TestFindingsByTheNewPlan: a plan that comes into force judges what was recorded before, too.
func TestFindingsByTheNewPlan(t *testing.T) {
	opts := options(t, t.TempDir())
	a := mustStart(t, opts)
	mustPost(t, a, []string{fact("EnvoyTrainingHeld", "450703", "a", `{"attendees":0}`), fact("EnvoyTrainingHeld", "450703", "b", `{"attendees":300}`)})
	rules := func() (list []string) {
		t.Helper()
		status, body := get(t, a, "/v1/findings?at_least=end")
		var page api.Findings
		if err := json.Unmarshal([]byte(body), &page); err != nil || status != http.StatusOK {
			t.Fatalf("status %d, %v: %s", status, err, body)
		}
		for _, f := range page.Findings {
			list = append(list, f.Check)
		}
		return append(list, page.Off...)
	}
	if got := strings.Join(rules(), " "); got != "attendees_none" {
		t.Errorf("findings %s", got)
	}
	for _, tt := range []struct{ settings, want string }{
		{"{off: [DQ-02], max_attendees: 200, least_yuan: 100}", "attendees_many attendees_none DQ-02"}, {"{off: [DQ-12], max_attendees: 200, least_yuan: 100}", "DQ-12"},
	} {
		mustStop(t, a)
		opts.Plan = planOfQuality(t, tt.settings)
		a = mustStart(t, opts)
		if got := strings.Join(rules(), " "); got != tt.want {
			t.Errorf("by %s: %s, want %s", tt.settings, got, tt.want)
		}
	}
}

// planOfQuality returns the default plan with other settings of quality.
func planOfQuality(tb testing.TB, settings string) *indicators.Plan {
	tb.Helper()
	dir := tb.TempDir()
	if err := os.CopyFS(dir, deploy.Plan()); err != nil {
		tb.Fatal(err)
	}
	name := filepath.Join(dir, "plan.yaml")
	text, err := os.ReadFile(name)
	const now = "quality: {off: [], max_attendees: 500, least_yuan: 100}"
	if err != nil || !strings.Contains(string(text), now) {
		tb.Fatalf("%v: plan.yaml lacks %q", err, now)
	}
	if err := os.WriteFile(name, []byte(strings.Replace(string(text), now, "quality: "+settings, 1)), 0o600); err != nil {
		tb.Fatal(err)
	}
	plan, mistakes := indicators.Load(os.DirFS(dir))
	for _, m := range mistakes {
		tb.Fatal(m.In(events.English))
	}
	return plan
}
