package indicators_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
)

// The basis must go with the indicator's kind; what a value may be depends on both.
func TestCheckTarget(t *testing.T) {
	plan := newWorld(t).plan
	const year = `"year":2018,`
	for _, tt := range []struct {
		name, data string
		want       []string // faults
	}{
		{"a number of trainings", `"indicator":"guidances","value":"16","basis":"flow"`, nil},
		{"growth", `"indicator":"guidances","value":"8.5","basis":"growth"`, nil},
		{"a decrease", `"indicator":"guidances","value":"-100","basis":"growth"`, nil},
		{"a level", `"indicator":"firms","value":"3","basis":"stock"`, nil},
		{"so many fewer", `"indicator":"firms","value":"-2","basis":"net"`, nil},
		{"a net decrease", `"indicator":"firms_net","value":"-2","basis":"net","quarterly_plan":["-3","-3","-2","-2"]`, nil},
		{"a value from outside", `"indicator":"intensity","value":"-0.5","basis":"stock","quarterly_plan":["1","0.5","0","-0.5"]`, nil},
		{"a rate that goes up and down", `"indicator":"paid_share","value":"90","basis":"stock","quarterly_plan":["95","90","80","90"]`, nil},
		{"a plan", `"indicator":"firms","value":"3.0","basis":"stock","quarterly_plan":["1","1","2","3"]`, nil},
		{"a plan of a net increase ends where nobody knows yet", `"indicator":"firms","value":"3","basis":"net","quarterly_plan":["10","11","12","13"]`, nil},
		{"a plan that goes down as it should", `"indicator":"expiring","value":"1","basis":"stock","quarterly_plan":["4","3","2","1"]`, nil},
		{"a stage", `"indicator":"park","value":"3","basis":"stock","quarterly_plan":["0","1","3","3"],"due":"2018-12-31"`, nil},
		{"days", `"indicator":"firms","value":"3","basis":"stock","effective_from":"2018-01-01","due":"2019-06-30"`, nil},
		{"an indicator that the plan lacks", `"indicator":"none","value":"-3","basis":"stock"`, nil},

		{"a level of a flow", `"indicator":"guidances","value":"-16","basis":"stock"`, []string{
			`choice | data.basis: expected flow or growth, as the indicator guidances is a sum, got "stock"`}},
		{"a net increase of a count", `"indicator":"grants","value":"16","basis":"net"`, []string{
			`choice | data.basis: expected flow or growth, as the indicator grants is a count, got "net"`}},
		{"a flow of a stock", `"indicator":"firms","value":"3","basis":"flow"`, []string{
			`choice | data.basis: expected stock or net or growth, as the indicator firms is a stock, got "flow"`}},
		{"growth of a milestone", `"indicator":"park","value":"3","basis":"growth"`, []string{
			`choice | data.basis: expected stock, as the indicator park is a milestone, got "growth"`}},
		{"fewer than none", `"indicator":"pool","value":"-1","basis":"flow"`, []string{
			`range | data.value: expected 0 or more, as pool is never below, got "-1"`}},
		{"a negative level", `"indicator":"firms","value":"-1","basis":"stock"`, []string{
			`range | data.value: expected 0 or more, as firms is never below, got "-1"`}},
		{"a negative plan", `"indicator":"firms","value":"1","basis":"net","quarterly_plan":["-1","0","1","2"]`, []string{
			`range | data.quarterly_plan[0]: expected 0 or more, as firms is never below, got "-1"`}},
		{"less than nothing left", `"indicator":"grants","value":"-100.5","basis":"growth"`, []string{
			`range | data.value: expected -100 or more, as grants is never below, got "-100.5"`}},
		{"more than all villages", `"indicator":"coverage","value":"100.1","basis":"stock"`, []string{
			`range | data.value: expected 100 or less, which covers all, got "100.1"`}},
		{"quarters by themselves", `"indicator":"grants","value":"16","basis":"flow","quarterly_plan":["4","4","3","5"]`, []string{
			`range | data.quarterly_plan[2]: expected at least 4, as at the end of the quarter before, got "3"; the plan's values add up from the beginning of the year`,
			`choice | data.quarterly_plan[3]: expected 16, the target for the year, got "5"; the plan ends with the year's target`}},
		{"a plan of growth that falls", `"indicator":"grants","value":"10","basis":"growth","quarterly_plan":["4","3","5","6"]`, []string{
			`range | data.quarterly_plan[1]: expected at least 4, as at the end of the quarter before, got "3"; the plan's values add up from the beginning of the year`}},
		{"a stock that falls", `"indicator":"firms","value":"3","basis":"stock","quarterly_plan":["4","3","3","3"]`, []string{
			`range | data.quarterly_plan[1]: expected at least 4, as at the end of the quarter before, got "3"; the plan's values add up from the beginning of the year`}},
		{"half a stage", `"indicator":"park","value":"1.5","basis":"stock"`, []string{
			`range | data.value: expected the place of a stage, from 1 to 3, got "1.5"; the stages are planning, preparing, filed`}},
		{"a stage before the first", `"indicator":"park","value":"0","basis":"stock"`, []string{
			`range | data.value: expected the place of a stage, from 1 to 3, got "0"; the stages are planning, preparing, filed`}},
		{"a stage beyond the last", `"indicator":"park","value":"3","basis":"stock","quarterly_plan":["1","4","4","3"]`, []string{
			`range | data.quarterly_plan[1]: expected the place of a stage, from 0 to 3, got "4"; the stages are planning, preparing, filed`,
			`range | data.quarterly_plan[2]: expected the place of a stage, from 0 to 3, got "4"; the stages are planning, preparing, filed`,
			`range | data.quarterly_plan[3]: expected at least 4, as at the end of the quarter before, got "3"; the plan's values add up from the beginning of the year`}},
		{"another year", `"indicator":"park","value":"3","basis":"stock","effective_from":"2017-12-31","due":"2019-01-01"`, []string{
			`range | data.effective_from: expected a day in 2018, the target's year, got "2017-12-31"`,
			`range | data.due: expected a day in 2018, the target's year, got "2019-01-01"`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, f := range plan.CheckTarget(events.Event{Type: "TargetSet", Data: []byte("{" + year + tt.data + "}")}) {
				got = append(got, f.Code+" | "+f.In(events.English))
				if f.Want.ZH == "" || (f.Hint.ZH == "") != (f.Hint.EN == "") {
					t.Errorf("%s is not in both languages", f.In(events.English))
				}
			}
			if diff := cmp.Diff(append([]string{}, tt.want...), append([]string{}, got...)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestCheckTargetInChinese(t *testing.T) {
	faults := newWorld(t).plan.CheckTarget(events.Event{Data: []byte(`{"indicator":"firms","year":2018,"value":"1","basis":"flow"}`)})
	if want := `data.basis:应为 stock、net、growth(指标 firms 的种类是 stock),收到 "flow"`; len(faults) != 1 || faults[0].In(events.Chinese) != want {
		t.Errorf("got %v, want %s", faults, want)
	}
}

// A plan of fewer quarters comes only from a plan's own schema, and would not be read.
func TestCheckTargetOfThreeQuarters(t *testing.T) {
	faults := newWorld(t).plan.CheckTarget(events.Event{Data: []byte(`{"indicator":"firms","year":2018,"value":"1","basis":"stock","quarterly_plan":["1","1","1"]}`)})
	if len(faults) != 1 || faults[0].Field != "data.quarterly_plan" {
		t.Errorf("got %v", faults)
	}
}

func TestCheckTargetTakesTheDemo(t *testing.T) {
	plan := mustLoad(t, os.DirFS("../deploy/plan"))
	text, err := os.ReadFile("../deploy/plan/demo/targets.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	targets := 0
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		var e struct {
			Type string
			Data json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		if e.Type != "TargetSet" {
			continue
		}
		targets++
		for _, f := range plan.CheckTarget(events.Event{Type: e.Type, Data: e.Data}) {
			t.Error(f.In(events.English))
		}
		basis := strings.NewReplacer(`"basis":"flow"`, `"basis":"stock"`, `"basis":"stock"`, `"basis":"flow"`).Replace(string(e.Data))
		if len(plan.CheckTarget(events.Event{Type: e.Type, Data: []byte(basis)})) != 1 {
			t.Errorf("the other basis is not refused: %s", basis)
		}
	}
	if targets != 10 {
		t.Errorf("%d targets, want 10", targets)
	}
}
