package events_test

import (
	"strings"
	"testing"

	"github.com/kaohe/kaohe/events"
)

func TestOrgs(t *testing.T) {
	orgs, err := events.NewOrgs([]events.Org{
		{Code: "450703", Parent: "450700"}, {Code: "450000"}, {Code: "450700", Parent: "450000"}, {Code: "450100", Parent: "450000"},
	})
	if err != nil {
		t.Fatal(err)
	}
	district, _ := orgs.Index("450703")
	region, _ := orgs.Index("450000")
	other, _ := orgs.Index("450100")
	if path := orgs.Path(district); len(path) != 3 || path[0] != district || path[2] != region {
		t.Errorf("Path() = %v", path)
	}
	if !orgs.Under(district, region) || !orgs.Under(district, district) || orgs.Under(region, district) || orgs.Under(district, other) {
		t.Error("Under() is wrong")
	}
	if orgs.Depth(district) != 2 || orgs.Depth(region) != 0 || len(orgs.Children(region)) != 2 || len(orgs.Children(district)) != 0 {
		t.Error("Depth() or Children() is wrong")
	}
	if _, ok := orgs.Index("999999"); ok {
		t.Error("an unknown unit was found")
	}
}

func TestOrgsRefusesWhatIsNoTree(t *testing.T) {
	for name, list := range map[string][]events.Org{
		"twice":          {{Code: "1"}, {Code: "1"}},
		"unknown parent": {{Code: "1", Parent: "2"}},
		"ancestor":       {{Code: "1", Parent: "2"}, {Code: "2", Parent: "1"}},
	} {
		if _, err := events.NewOrgs(list); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: NewOrgs() = %v", name, err)
		}
	}
}

func TestMistakePointsAtThePlace(t *testing.T) {
	m := events.Mistake{File: "orgs.yaml", Line: 3, Column: 6, Source: "名称: 钦北", Text: events.Text{ZH: "错", EN: "wrong"}, Hint: events.Text{EN: "mend it"}}
	const want = "orgs.yaml:3:6: wrong\n  名称: 钦北\n          ^\n  hint: mend it"
	if got := m.In(events.English); got != want {
		t.Errorf("In() =\n%s\nwant\n%s", got, want)
	}
}

func TestMistakeOfAWholeFileHasNoPlace(t *testing.T) {
	m := events.Mistake{File: "orgs.yaml", Text: events.Text{EN: "is missing"}}
	if got := m.In(events.English); got != "orgs.yaml: is missing" {
		t.Errorf("In() = %q", got)
	}
}

func TestSuggest(t *testing.T) {
	known := []string{"invention", "utility", "design", "450703"}
	for name, want := range map[string]string{"inventoin": "invention", "UTILITY": "utility", "450730": "450703", "dseign": "design", "zebra": "", "": ""} {
		if got := events.Suggest(name, known); got != want {
			t.Errorf("Suggest(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestSuggestReadsNoLongNames(t *testing.T) {
	for n, want := range map[int]string{64: strings.Repeat("案", 60), 65: ""} {
		name := strings.Repeat("案", n)
		if got := events.Suggest(name, []string{strings.Repeat("案", 60)}); got != want {
			t.Errorf("Suggest(%d characters) = %q, want %q", n, got, want)
		}
	}
}

// Comparing allocates its rows, so that what allocates nothing compared nothing.
func TestSuggestComparesOnlyWhatMayBeNear(t *testing.T) {
	for what, tt := range map[string]struct {
		name, known string
		compared    bool
	}{
		"a name too long":          {strings.Repeat("x", 65), strings.Repeat("x", 65), false},
		"a known name too long":    {"abcdefghi", "abcdefghijklm", false},
		"a known name too short":   {"abcdefghi", "abcde", false},
		"a known name long enough": {"abcdefghi", "abcdef", true},
	} {
		known := []string{tt.known}
		if n := testing.AllocsPerRun(10, func() { events.Suggest(tt.name, known) }); (n > 0) != tt.compared {
			t.Errorf("%s: %v allocations, compared should be %v", what, n, tt.compared)
		}
	}
}

func TestTextFallsBackToTheOtherLanguage(t *testing.T) {
	if got := (events.Text{ZH: "专利"}).In(events.English); got != "专利" {
		t.Errorf("In(English) = %q", got)
	}
	if got := (events.Text{EN: "patent"}).In(events.Chinese); got != "patent" {
		t.Errorf("In(Chinese) = %q", got)
	}
}
