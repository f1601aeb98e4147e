package metrics_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

const (
	orgs = `
- {code: "450000", name: {zh: 广西壮族自治区, en: Guangxi}}
- {code: "450700", name: {zh: 钦州市, en: Qinzhou}, parent: "450000"}
- {code: "450702", name: {zh: 钦南区, en: Qinnan}, parent: "450700"}
- {code: "450703", name: {zh: 钦北区, en: Qinbei}, parent: "450700"}
`
	definitions = `
- {id: guidances, name: {zh: 技术指导, en: Guidances}, unit: {zh: 次, en: times}, office: 农村科, by: [data.kind],
   sum: {event: EnvoyServiceRecorded, of: data.count, where: 'data.kind == "guidance"'}}
- {id: intensity, name: {zh: 投入强度, en: Intensity}, unit: {zh: '%', en: '%'}, office: 综合科, pace: annual, decimals: 2,
   latest: {event: ReferenceValueSet, of: data.value, where: 'data.key == "intensity"'}}
`
	facts = `
2017-11-20 450703 EnvoyServiceRecorded {"kind":"guidance","count":50}
2018-01-01 450703 TargetSet {"indicator":"guidances","year":2018,"value":"200","basis":"flow","quarterly_plan":["50","100","150","200"],"illustrative":true}
2018-02-28 450703 EnvoyServiceRecorded {"kind":"guidance","count":64}
2018-03-01 450703 TargetSet {"indicator":"intensity","year":2018,"value":"0.5","basis":"stock"}
2018-04-10 450702 ReferenceValueSet {"key":"intensity","value":"0.4"}
2018-01-03 450702 PeriodClosed {"quarter":"2017Q4","reason":"handed in","as_of":"2017-12-31","position":"0-0","scorecard":{"indicators":[{"id":"guidances","quarter":{"value":"1"}}]}}
2018-01-04 450702 PeriodClosed {"quarter":"2017Q4","reason":"again","as_of":"2017-12-31","position":"0-0","scorecard":{"indicators":[{"id":"guidances","quarter":{"value":"2"}},{"id":"intensity","quarter":null}]}}
2017-12-20 450702 EnvoyServiceRecorded {"kind":"guidance","count":3}
2018-01-01 450702 TargetSet {"indicator":"guidances","year":2018,"value":"400","basis":"flow"}
2018-03-05 450702 TargetSet {"indicator":"guidances","year":2018,"value":"300","basis":"flow"}
`
)

// mustPlan loads a plan with the given bounds of what is exposed.
func mustPlan(tb testing.TB, depth, quarters, maxSeries int) *indicators.Plan {
	tb.Helper()
	files := fstest.MapFS{
		"plan.yaml": {Data: fmt.Appendf(nil, `
name: {zh: 测试, en: Test}
time_zone: Asia/Shanghai
report_day: 25
duties: [{org: "450703", indicators: [guidances, intensity]}]
status: {profile: ratio, on_track: 1.0, attention: 0.8, behind: 0.6}
expose: {depth: %d, quarters: %d, max_series: %d}
`, depth, quarters, maxSeries)},
		"orgs.yaml":       {Data: []byte(orgs)},
		"indicators.yaml": {Data: []byte(definitions)},
	}
	for _, typ := range []string{"EnvoyServiceRecorded", "ReferenceValueSet", "TargetSet", "NilReported", "PeriodClosed"} {
		name := "events/" + typ + ".v1.json"
		data, err := os.ReadFile("../../deploy/plan/" + name)
		if err != nil {
			tb.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	plan, mistakes := indicators.Load(files)
	for _, m := range mistakes {
		tb.Error(m.In(events.English))
	}
	if plan == nil {
		tb.FailNow()
	}
	return plan
}

func mustView(tb testing.TB, plan *indicators.Plan) *projections.View {
	tb.Helper()
	return mustFold(tb, plan, facts).View()
}

// mustFold folds facts, one a line: day, unit, type and the data in JSON.
func mustFold(tb testing.TB, plan *indicators.Plan, facts string) *projections.Fold {
	tb.Helper()
	fold, err := projections.NewFold(plan.Rules())
	if err != nil {
		tb.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSpace(facts), "\n") {
		f := strings.SplitN(line, " ", 4)
		typ, ok := plan.Catalogue.Type(f[2])
		if !ok {
			tb.Fatalf("no type %s", f[2])
		}
		data, faults := typ.Normalise([]byte(f[3]))
		for _, fault := range faults {
			tb.Fatal(fault.In(events.English))
		}
		e := events.Event{
			Type: f[2], Source: "test", ID: fmt.Sprint(i), Time: f[0] + "T00:00:00+08:00", Org: f[1], Schema: typ.Schema(),
			Data: data.WithDefaults(),
		}
		var s events.Stored
		if err := s.ParseLine(e.AppendLine(nil)); err != nil {
			tb.Fatal(err)
		}
		if err := fold.Apply(&s, events.At(1, i)); err != nil {
			tb.Fatal(err)
		}
	}
	return fold
}

func mustDate(tb testing.TB, s string) events.Day {
	tb.Helper()
	d, err := events.ParseDay(s)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}
