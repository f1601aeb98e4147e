package indicators_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

func history(w *world, year int, indicator, asOf string, orgs ...string) string {
	w.tb.Helper()
	var units []int
	for _, code := range orgs {
		i, ok := w.plan.Orgs.Index(code)
		if !ok {
			w.tb.Fatalf("no org %s", code)
		}
		units = append(units, i)
	}
	var b strings.Builder
	for _, c := range indicators.TargetHistory(w.fold.View(), w.plan, units, year, indicator, mustDate(w.tb, asOf)) {
		before := "nothing"
		if c.Before != nil {
			before = indicators.NumberOf(c.Before.Value).String()
		}
		fmt.Fprintf(&b, "%s %s: %s -> %s set %s from %s by %s", w.plan.Orgs.Org(c.Org).Code, c.Definition.ID, before, indicators.NumberOf(c.Value), c.Day, c.From, c.By())
		if c.InForce {
			b.WriteString(", in force")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestTargetHistory(t *testing.T) {
	w := newWorld(t).
		target("2018-02-01", "450703", "grants", "16", "flow", "").
		target("2018-01-10", "450702", "guidances", "50", "flow", "").
		target("2018-02-03", "450703", "guidances", "200", "flow", `,"reason":"first"`).
		target("2018-09-01", "450703", "guidances", "150", "flow", `,"reason":"floods"`).
		target("2018-07-01", "450703", "guidances", "180", "flow", `,"effective_from":"2018-06-01"`).
		target("2017-02-01", "450703", "guidances", "99", "flow", "")
	const (
		guidances = `450703 guidances: nothing -> 200 set 2018-02-03 from 2018-01-01 by test%s
450703 guidances: 200 -> 150 set 2018-09-01 from 2018-09-01 by test%s
450703 guidances: 150 -> 180 set 2018-07-01 from 2018-06-01 by test%s
`
		grants = "450703 grants: nothing -> 16 set 2018-02-01 from 2018-01-01 by test%s\n"
		qinnan = "450702 guidances: nothing -> 50 set 2018-01-10 from 2018-01-01 by test%s\n"
		holds  = ", in force"
	)
	for _, tt := range []struct {
		name, indicator, asOf string
		year                  int
		orgs                  []string
		want                  string
	}{
		{"the first holds from the year's beginning", "guidances", "2018-01-01", 2018, []string{"450703"}, fmt.Sprintf(guidances, holds, "", "")},
		{"one effective in June holds in July", "guidances", "2018-07-15", 2018, []string{"450703"}, fmt.Sprintf(guidances, "", "", holds)},
		{"one effective later wins, though it was recorded before", "guidances", "2018-09-01", 2018, []string{"450703"}, fmt.Sprintf(guidances, "", holds, "")},
		{"a day after the year is its last", "guidances", "2020-01-01", 2018, []string{"450703"}, fmt.Sprintf(guidances, "", holds, "")},
		{"none holds before the year", "guidances", "2017-12-31", 2018, []string{"450703"}, fmt.Sprintf(guidances, "", "", "")},
		{"all indicators, in the plan's order", "", "2018-01-01", 2018, []string{"450703"}, fmt.Sprintf(guidances, holds, "", "") + fmt.Sprintf(grants, holds)},
		{"several units, in the order given", "", "2018-01-01", 2018, []string{"450702", "450703"},
			fmt.Sprintf(qinnan, holds) + fmt.Sprintf(guidances, holds, "", "") + fmt.Sprintf(grants, holds)},
		{"targets are not inherited", "", "2018-01-01", 2018, []string{"450700"}, ""},
		{"another year", "", "2018-01-01", 2017, []string{"450703"}, "450703 guidances: nothing -> 99 set 2017-02-01 from 2017-01-01 by test, in force\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, history(w, tt.year, tt.indicator, tt.asOf, tt.orgs...)); diff != "" {
				t.Errorf("history (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTargetHistoryNamesThePrincipal(t *testing.T) {
	w := newWorld(t)
	e := events.Event{
		Type: "TargetSet", Source: "s", ID: "i", Principal: "li", Time: "2018-01-10T00:00:00+08:00", Org: "450703", Schema: "TargetSet.v1",
		Data: []byte(`{"basis":"flow","indicator":"grants","value":"16","year":2018}`),
	}
	var s events.Stored
	if err := s.ParseLine(e.AppendLine(nil)); err != nil {
		t.Fatal(err)
	}
	if err := w.fold.Apply(&s, events.At(1, 0)); err != nil {
		t.Fatal(err)
	}
	if got := history(w, 2018, "grants", "2018-01-10", "450703"); !strings.Contains(got, " by li,") {
		t.Errorf("history %q, want it by li", got)
	}
	if err := w.fold.Withdraw(&s, events.At(1, 0)); err != nil {
		t.Fatal(err)
	}
	if got := history(w, 2018, "grants", "2018-01-10", "450703"); got != "" {
		t.Errorf("a voided target is still in the history: %q", got)
	}
}

func TestSubtree(t *testing.T) {
	w := newWorld(t)
	for org, want := range map[string]string{"450000": "450000 450700 450702 450703 450100", "450700": "450700 450702 450703", "450703": "450703"} {
		i, _ := w.plan.Orgs.Index(org)
		var codes []string
		for _, unit := range w.plan.Subtree(i) {
			codes = append(codes, w.plan.Orgs.Org(unit).Code)
		}
		if got := strings.Join(codes, " "); got != want {
			t.Errorf("Subtree(%s) = %s, want %s", org, got, want)
		}
	}
}

// A target that was lowered shows what would be missing to the first one.
func TestGapUnderTheFirstTarget(t *testing.T) {
	w := guidancesWorld(t)
	if row := w.row("2018Q1", "450703", "2018-03-31", "guidances"); row.FirstTarget.Known() || row.FirstGap.Known() {
		t.Errorf("the only target: first %s, gap %s, want null", row.FirstTarget, row.FirstGap)
	}
	w.target("2018-03-01", "450703", "guidances", "60", "flow", "").
		target("2018-01-01", "450703", "expiring", "2", "stock", "").
		target("2018-03-01", "450703", "expiring", "3", "stock", "")
	for id, want := range map[string][4]string{
		"guidances": {"60", "-4", "200", "136"},
		"expiring":  {"3", "-3", "2", "-2"}, // down: less is better
	} {
		row := w.row("2018Q1", "450703", "2018-03-31", id)
		got := [4]string{row.Year.Target.String(), row.Year.Gap.String(), row.FirstTarget.String(), row.FirstGap.String()}
		if got != want {
			t.Errorf("%s: target, gap, first target, gap under it = %v, want %v", id, got, want)
		}
	}
	if row := w.row("2018Q1", "450703", "2018-02-28", "guidances"); row.FirstTarget.Known() || row.FirstGap.Known() {
		t.Errorf("before the change: first %s, gap %s, want null", row.FirstTarget, row.FirstGap)
	}
}
