package indicators_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

// TestTheSeedQuarterExplainsItself: each indicator of the plan, at each level and in both spans, comes to its scorecard's
// value by the events that it lists.
func TestTheSeedQuarterExplainsItself(t *testing.T) {
	d := seedDiary(t)
	for _, org := range []string{"450703", "450700", "450000"} {
		i, _ := d.plan.Orgs.Index(org)
		for _, asOf := range []string{"2018-02-15", "2018-03-31"} {
			card := indicators.Evaluate(d.fold.View(), d.plan, mustQuarter(t, "2018Q1"), i, mustDate(t, asOf))
			for _, row := range card.Rows {
				for span, figure := range map[string]*indicators.Figure{indicators.SpanQuarter: row.Quarter, indicators.SpanYear: row.Year} {
					x := d.explain(d.ask(row.ID, "2018Q1", org, span, asOf))
					if !x.Consistent || !x.Value.Sum.Equal(figure.Value) || !x.Figure.Value.Equal(figure.Value) {
						t.Errorf("%s of the %s at %s on %s: the events come to %s, the scorecard says %s", row.ID, span, org, asOf, x.Value.Sum, figure.Value)
					}
					checkParts(t, row.ID, x.Value)
				}
			}
		}
	}
}

// checkParts adds up the rows of every part once more.
func checkParts(t *testing.T, id string, p *indicators.Part) {
	t.Helper()
	if len(p.Parts) == 0 {
		counted, sum := int64(0), int64(0)
		for _, r := range p.Events {
			if r.Rule.ZH == "" || r.Rule.EN == "" || r.Says.ZH == "" || r.Says.EN == "" || r.TypeTitle.ZH == "" {
				t.Errorf("%s: %s says nothing: %+v", id, r.Position, r)
			}
			if r.Verdict == projections.Counted {
				counted++
			}
			n, _ := r.Contribution.Float64()
			sum += int64(n * 100)
		}
		if value, known := p.Sum.Float64(); counted != p.Counted || (known && sum != int64(value*100)) || int64(len(p.Events)) != p.Counted+p.NotCounted {
			t.Errorf("%s: %d rows, %d of them counted, come to %d/100; the part says %d and %d, %s", id, len(p.Events), counted, sum, p.Counted, p.NotCounted, p.Sum)
		}
	}
	for _, part := range p.Parts {
		checkParts(t, id, part)
	}
}

// verdicts writes what an explanation says of its events, part by part.
func verdicts(p *indicators.Part) (lines []string) {
	for _, part := range p.Parts {
		lines = append(lines, fmt.Sprintf("%s %s = %s", part.Role, part.Indicator, part.Value))
		lines = append(lines, verdicts(part)...)
	}
	for _, r := range p.Events {
		line := fmt.Sprintf("%s %s %s", r.Position, r.Contribution, r.Rule.EN)
		for _, thing := range r.Things {
			line += " [" + strings.Trim(strings.Join([]string{thing.Name, thing.CountedWith, thing.CoveredBy}, " "), " ") + "]"
		}
		lines = append(lines, line)
	}
	return lines
}

func TestEveryKindExplainsItself(t *testing.T) {
	d := lived(t)
	for _, tt := range []struct {
		indicator, org, span, value string
		want                        []string
	}{
		{"grants", "450703", "quarter", "3", []string{
			"3-5 0 number unknown: recorded, counts nothing", "3-6 3 counted", "3-7 0 after the as-of day"}},
		{"pool", "450703", "quarter", "2", []string{"3-2 1 counted [x]", "3-3 0 same thing as counted with 3-2 [x 3-2]", "3-4 1 counted [y]"}},
		{"paid_share", "450703", "year", "33.3332", []string{
			"of paid = 10000", "1-6 10000 counted", "per requested = 30000.1", "1-5 30000.1 counted"}},
		{"firms", "450700", "quarter", "2", []string{
			"1-0 1 counted [a]", "1-1 0 ended by 1-4 [b]", "1-2 0 same thing as counted with 1-0 [a 1-0]", "1-3 1 counted [c]", "1-4 0 ends 1-1"}},
		{"firms_net", "450703", "year", "-1", []string{
			"now firms = 1", "1-0 1 counted [a]", "1-1 0 ended by 1-4 [b]", "1-2 0 same thing as counted with 1-0 [a 1-0]", "1-4 0 ends 1-1",
			"before firms = 2", "1-0 1 counted [a]", "1-1 1 counted [b]"}},
		{"expiring", "450700", "quarter", "1", []string{
			"1-0 0 will still hold by 1-2 [a]", "1-1 0 ended by 1-4 [b]", "1-2 0 same thing as counted with 1-0 [a 1-0]", "1-3 1 counted [c]", "1-4 0 ends 1-1"}},
		{"population", "450700", "quarter", "1310000", []string{
			"1-7 0 superseded by 1-8", "1-8 710000 counted", "1-9 600000 counted", "2-0 0 not used: the units below are added up", "2-1 0 does not pass the filter"}},
		{"intensity", "450703", "quarter", "1.5", []string{"1-7 0 does not pass the filter", "1-8 0 does not pass the filter", "2-1 1.5 counted"}},
		{"coverage", "450703", "quarter", "33.3333", []string{
			"covered assigned = 1", "2-5 1 counted [v1]", "2-6 0 same thing as counted with 2-5 [v1 2-5]", "2-7 0 not on the list [v9]", "2-8 0 lapsed [v2]",
			"listed villages = 3", "2-2 1 counted [v1  2-5]", "2-3 1 counted [v2]", "2-4 1 counted [v3]"}},
		{"park", "450703", "year", "2", []string{"2-9 0 superseded by 3-0", "3-0 2 counted", "3-1 0 not one of the stages"}},
	} {
		t.Run(tt.indicator, func(t *testing.T) {
			x := d.explain(d.ask(tt.indicator, "2018Q1", tt.org, tt.span, "2018-03-01"))
			if diff := cmp.Diff(tt.want, verdicts(x.Value)); diff != "" || x.Figure.Value.String() != tt.value || !x.Consistent {
				t.Errorf("value %s, want %s, consistent %t; events (-want +got):\n%s", x.Figure.Value, tt.value, x.Consistent, diff)
			}
		})
	}
}

func TestASumThatLacksAUnitIsNotKnown(t *testing.T) {
	d := lived(t)
	x := d.explain(d.ask("population", "2018Q1", "450000", "quarter", "2018-03-01"))
	if diff := cmp.Diff([]string{"450100"}, x.Value.Missing); diff != "" || x.Value.Sum.Known() || !x.Consistent {
		t.Errorf("sum %s, consistent %t; units missing (-want +got):\n%s", x.Value.Sum, x.Consistent, diff)
	}
	if got, want := arithmetic(x), "value — | base — | status no_target"; got != want {
		t.Errorf("arithmetic: %s, want %s", got, want)
	}
}

func TestDefinitionsInWords(t *testing.T) {
	d := seedDiary(t)
	for id, want := range map[string]string{
		"conversions":        `how often: data.count added up, 1 each without it, of Achievement converted (AchievementConverted) where data.amount_yuan == nil || data.amount_yuan >= 100000`,
		"hightech_new":       `how many different data.enterprise_id (Enterprise id), each once within a span: High-tech firm recognized (HighTechRecognized) where data.kind == "first"`,
		"inventions_per_10k": `Invention patents in force (invention_patents_in_force) / Residents (population) × 10000`,
		"envoy_coverage":     `the share of Poverty villages of the 13th five-year plan (villages_listed) that is also among Villages with an S&T envoy (villages_assigned) on the day, × 100`,
	} {
		if got := d.explain(d.ask(id, "2018Q1", "450703", "quarter", "2018-03-31")).Indicator.Definition.EN; got != want {
			t.Errorf("%s:\n got %s\nwant %s", id, got, want)
		}
	}
	for _, def := range d.plan.Indicators {
		x := d.explain(d.ask(def.ID, "2017Q1", "450703", "quarter", "2018-03-31")).Indicator
		for _, text := range []string{x.Definition.ZH, x.Definition.EN, x.Pace.ZH, x.Pace.EN} {
			if text == "" || strings.ContainsAny(text, "?%!") && !strings.Contains(text, "!=") {
				t.Errorf("%s is defined as %q", def.ID, text)
			}
		}
	}
}

// TestPages: the pages together list what the whole lists, and each part ends where the page ends.
func TestPages(t *testing.T) {
	d := lived(t)
	for _, indicator := range []string{"firms_net", "coverage", "pool", "paid_share"} {
		ask := d.ask(indicator, "2018Q1", "450703", "year", "2018-03-01")
		whole := d.explain(ask)
		rows := map[string][]string{}
		pages := 0
		for ask.Limit = 2; ; pages++ {
			x := d.explain(ask)
			if !x.Consistent || !x.Value.Sum.Equal(whole.Value.Sum) {
				t.Errorf("%s: page %d comes to %s, want %s", indicator, pages, x.Value.Sum, whole.Value.Sum)
			}
			collect(rows, x.Value)
			if x.Next == "" {
				break
			}
			next, err := events.ParsePosition(x.Next)
			if err != nil || next <= ask.After || pages > 20 {
				t.Fatalf("%s: next after %v is %q, %v", indicator, ask.After, x.Next, err)
			}
			ask.After = next
		}
		want := map[string][]string{}
		collect(want, whole.Value)
		if diff := cmp.Diff(want, rows); diff != "" || pages == 0 && indicator != "paid_share" {
			t.Errorf("%s in %d pages (-want +got):\n%s", indicator, pages+1, diff)
		}
	}
}

func collect(into map[string][]string, p *indicators.Part) {
	for _, part := range p.Parts {
		collect(into, part)
	}
	for _, r := range p.Events {
		key := fmt.Sprint(p.Role)
		into[key] = append(into[key], r.Position+" "+string(r.Verdict))
	}
}

// TestABrokenSumIsSaid: where the log no longer holds what was counted, the explanation says that it does not add up.
func TestABrokenSumIsSaid(t *testing.T) {
	d := lived(t)
	d.commit()
	d.commits[2].Body = []byte(strings.Replace(string(d.commits[2].Body), `"count":3`, `"count":2`, 1))
	x := d.explain(d.ask("grants", "2018Q1", "450703", "quarter", "2018-03-01"))
	if x.Consistent || x.Value.Consistent || x.Value.Sum.String() != "2" || x.Figure.Value.String() != "3" {
		t.Errorf("consistent %t, sum %s, value %s, want that 2 is not 3", x.Consistent, x.Value.Sum, x.Figure.Value)
	}
	d.commits = d.commits[:2]
	_, err := indicators.Explain(t.Context(), d.source(), d.fold.View(), d.plan, d.ask("grants", "2018Q1", "450703", "quarter", "2018-03-01"))
	if !errors.Is(err, events.ErrNotFound) {
		t.Errorf("Explain() of a log that lacks a commit = %v, want ErrNotFound", err)
	}
}

func TestNothingIsExplainedBeforeTheSpanBegins(t *testing.T) {
	d := lived(t)
	x := d.explain(d.ask("grants", "2018Q2", "450703", "quarter", "2018-03-01"))
	if x.Figure != nil || x.Value != nil || !x.Consistent || x.Indicator.Definition.EN == "" {
		t.Errorf("explanation before the quarter: %+v", x)
	}
}
