package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

// explanation is one of a coverage: one village is covered, by an assignment that was corrected and came late, one is not.
func explanation(consistent bool) *indicators.Explanation {
	number := func(n int64) indicators.Number { return indicators.NewNumber(n, 0) }
	row := func(at string, n int64, thing indicators.ThingRow) indicators.EvidenceRow {
		return indicators.EvidenceRow{
			Position: at, Source: "s", ID: "i" + at, Type: "VillageListed", TypeTitle: events.Text{ZH: "村列入名录", EN: "Village listed"}, Day: "2018-02-01", Org: "450703",
			Contribution: number(n), Verdict: projections.Counted, Rule: events.Text{ZH: "计入", EN: "counted"}, Says: events.Text{ZH: "村：一", EN: "Village: 1"}, Things: []indicators.ThingRow{thing},
		}
	}
	listed := &indicators.Part{Role: indicators.RoleListed, Indicator: "villages", To: "2018-03-31", Value: number(2), Sum: number(2), Consistent: true, Counted: 2,
		Events: []indicators.EvidenceRow{row("1-0", 1, indicators.ThingRow{Name: "v1", CoveredBy: "2-0"}), row("1-1", 1, indicators.ThingRow{Name: "v2"})}}
	assigned := row("2-0", 1, indicators.ThingRow{Name: "v1"})
	assigned.CorrectedBy, assigned.Late = []string{"2-1", "2-2"}, "1-9"
	covered := &indicators.Part{Role: indicators.RoleCovered, Indicator: "assigned", To: "2018-03-31", Value: number(1), Sum: number(1), Consistent: consistent, Counted: 1,
		Events: []indicators.EvidenceRow{assigned}}
	return &indicators.Explanation{
		Quarter: demoQuarter, AsOf: "2018-03-31", Org: "450703", Span: indicators.SpanQuarter, Consistent: consistent, Figure: &indicators.Figure{},
		Value: &indicators.Part{Role: indicators.RoleValue, Formula: "1 × 100 / 2 = 50", Parts: []*indicators.Part{covered, listed}, Consistent: consistent},
	}
}

func TestExplanationsNameWhatIsNotCovered(t *testing.T) {
	for lang, want := range map[events.Lang][]string{
		events.English: {"1-0       2018-02-01       1  counted, covered by 2-0", "1-1       2018-02-01       1  counted, NOT COVERED",
			"counted; corrected by 2-1, 2-2; late, after closing 1-9"},
		events.Chinese: {"计入，由 2-0 覆盖", "计入，未覆盖", "计入；经 2-1、2-2 更正；迟报，1-9 锁定之后"},
	} {
		c, out := screen(lang)
		if err := c.showExplanation(nil, explanation(true), showing{output: "table"}); err != nil {
			t.Errorf("showExplanation() = %v", err)
		}
		for _, s := range want {
			if !strings.Contains(out.String(), s) {
				t.Errorf("%s: no %q in\n%s", lang, s, out)
			}
		}
	}
}

// TestAFigureThatDoesNotAddUpIsSaidLoudly, in every form, and the command fails.
func TestAFigureThatDoesNotAddUpIsSaidLoudly(t *testing.T) {
	for _, output := range []string{"table", "csv", "json"} {
		c, out := screen(events.English)
		var warnings strings.Builder
		c.stderr = &warnings
		err := c.showExplanation(nil, explanation(false), showing{output: output})
		var coded codedError
		if !errors.As(err, &coded) || coded.code != exitFailed {
			t.Errorf("%s: showExplanation() = %v, want that it fails", output, err)
		}
		said := out.String() + warnings.String()
		if want := map[string]string{"json": `"consistent": false`}[output]; want == "" && !strings.Contains(said, "WARNING: the events do not add up") || !strings.Contains(said, want) {
			t.Errorf("%s:\n%s", output, said)
		}
	}
}

func TestExplanationCSV(t *testing.T) {
	c, out := screen(events.English)
	if err := c.explanationCSV(explanation(true), true); err != nil {
		t.Fatal(err)
	}
	want := "\ufeff" + strings.Join(explainHead, ",") + `
450703,2018Q1,quarter,2018-03-31,value/covered,assigned,2-0,s,i2-0,VillageListed,村列入名录,Village listed,2018-02-01,450703,1,counted,,计入,counted,1-9,2-1 2-2,v1,,村：一,Village: 1
450703,2018Q1,quarter,2018-03-31,value/listed,villages,1-0,s,i1-0,VillageListed,村列入名录,Village listed,2018-02-01,450703,1,counted,,计入,counted,,,v1,2-0,村：一,Village: 1
450703,2018Q1,quarter,2018-03-31,value/listed,villages,1-1,s,i1-1,VillageListed,村列入名录,Village listed,2018-02-01,450703,1,counted,,计入,counted,,,v2,,村：一,Village: 1
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
}
