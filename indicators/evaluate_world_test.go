package indicators_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

// One indicator of each kind, and some with a pace of their own, over the event types of the default plan.
const worldIndicators = `
- {id: guidances, name: {zh: 技术指导, en: Guidances}, unit: {zh: 次, en: times}, office: 农村科, by: [data.level],
   sum: {event: EnvoyServiceRecorded, of: data.count, where: 'data.kind == "guidance"'}}
- {id: grants, name: {zh: 授权, en: Grants}, unit: {zh: 件, en: patents}, office: 综合科, count: {event: PatentGranted}}
- {id: pool, name: {zh: 入库, en: Pool}, unit: {zh: 家, en: firms}, office: 高新科, by: [data.pool],
   distinct: {event: EnterpriseIncubated, of: data.enterprise_id}}
- {id: requested, name: {zh: 申报资金, en: Requested}, unit: {zh: 元, en: yuan}, office: 综合科, by: [data.kind],
   sum: {event: SubsidyApplied, of: data.requested_yuan}}
- {id: paid, name: {zh: 拨付资金, en: Paid}, unit: {zh: 元, en: yuan}, office: 综合科, pace: none,
   sum: {event: SubsidyDisbursed, of: data.amount_yuan}}
- {id: paid_share, name: {zh: 拨付率, en: Share paid}, unit: {zh: '%', en: '%'}, office: 综合科, decimals: 1,
   ratio: {of: paid, per: requested, scale: 100}}
- {id: firms, name: {zh: 高企, en: Firms}, unit: {zh: 家, en: firms}, office: 高新科, by: [data.kind], pace: monthly,
   stock: {opened_by: HighTechRecognized, closed_by: HighTechRevoked, interval: data.certificate_no,
           counts: data.enterprise_id, until: data.valid_to, valid: 3y}}
- {id: firms_net, name: {zh: 净增, en: Net}, unit: {zh: 家, en: firms}, office: 高新科, net: {of: firms}}
- {id: expiring, name: {zh: 到期, en: Expiring}, unit: {zh: 家, en: firms}, office: 高新科, direction: down, pace: none, by: [data.kind],
   stock: {opened_by: HighTechRecognized, closed_by: HighTechRevoked, interval: data.certificate_no,
           counts: data.enterprise_id, until: data.valid_to, valid: 3y, expiring: 12m}}
- {id: population, name: {zh: 人口, en: Residents}, unit: {zh: 人, en: people}, office: 综合科, pace: none,
   latest: {event: ReferenceValueSet, of: data.value, where: 'data.key == "population"', rollup: sum}}
- {id: intensity, name: {zh: 强度, en: Intensity}, unit: {zh: '%', en: '%'}, office: 综合科, pace: annual, decimals: 2,
   latest: {event: ReferenceValueSet, of: data.value, where: 'data.key == "intensity"'}}
- {id: last_payment, name: {zh: 最近拨付, en: Last payment}, unit: {zh: 元, en: yuan}, office: 综合科, pace: none,
   latest: {event: SubsidyDisbursed, of: data.amount_yuan}}
- {id: firms_per_10k, name: {zh: 万人高企, en: Firms per 10k}, unit: {zh: 家/万人, en: per 10k}, office: 高新科,
   ratio: {of: firms, per: population, scale: 10000}}
- {id: villages, name: {zh: 村, en: Villages}, unit: {zh: 个, en: villages}, office: 农村科, pace: none,
   stock: {opened_by: VillageListed, interval: data.village_id, counts: data.village_id}}
- {id: assigned, name: {zh: 派村, en: Assigned}, unit: {zh: 个, en: villages}, office: 农村科, pace: none,
   stock: {opened_by: EnvoyAssigned, closed_by: EnvoyReleased, interval: [data.envoy_id, data.village_id],
           counts: data.village_id, until: data.to}}
- {id: coverage, name: {zh: 覆盖率, en: Coverage}, unit: {zh: '%', en: '%'}, office: 农村科, decimals: 1,
   coverage: {of: villages, by: assigned, scale: 100}}
- {id: park, name: {zh: 园区, en: Park}, unit: {zh: 阶段, en: stage}, office: 农村科,
   milestone: {event: CarrierStageChanged, of: data.to_stage, stages: [planning, preparing, filed], where: 'data.kind == "agri_park"'}}
`

var loadWorld = sync.OnceValues(func() (*indicators.Plan, []events.Mistake) {
	files := fstest.MapFS{
		"plan.yaml": {Data: []byte(`
name: {zh: 测试, en: Test}
time_zone: Asia/Shanghai
default_org: "450703"
status: {profile: ratio, on_track: 1.0, attention: 0.8, behind: 0.6}
expose: {depth: 2, quarters: 4, max_series: 50000}
`)},
		"orgs.yaml": {Data: []byte(`
- {code: "450000", name: {zh: 广西壮族自治区, en: Guangxi}}
- {code: "450700", name: {zh: 钦州市, en: Qinzhou}, parent: "450000"}
- {code: "450702", name: {zh: 钦南区, en: Qinnan}, parent: "450700"}
- {code: "450703", name: {zh: 钦北区, en: Qinbei}, parent: "450700"}
- {code: "450100", name: {zh: 南宁市, en: Nanning}, parent: "450000"}
`)},
		"indicators.yaml": {Data: []byte(worldIndicators)},
	}
	names, _ := os.ReadDir("../deploy/plan/events")
	for _, entry := range names {
		name := "events/" + entry.Name()
		data, _ := os.ReadFile("../deploy/plan/" + name)
		files[name] = &fstest.MapFile{Data: data}
	}
	return indicators.Load(files)
})

// world is a plan and a fold to which a test makes things happen.
type world struct {
	tb   testing.TB
	plan *indicators.Plan
	fold *projections.Fold
	n    int
}

func newWorld(tb testing.TB) *world {
	tb.Helper()
	plan, mistakes := loadWorld()
	for _, m := range mistakes {
		tb.Error(m.In(events.English))
	}
	if plan == nil {
		tb.FailNow()
	}
	fold, err := projections.NewFold(plan.Rules())
	if err != nil {
		tb.Fatal(err)
	}
	return &world{tb: tb, plan: plan, fold: fold}
}

// happen applies facts, one a line: day, org, type and the data in JSON.
func (w *world) happen(facts string) *world {
	w.tb.Helper()
	for line := range strings.Lines(facts) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		f := strings.SplitN(line, " ", 4)
		w.apply(f[0], f[1], f[2], f[3])
	}
	return w
}

func (w *world) apply(day, org, typ, data string) {
	w.tb.Helper()
	t, ok := w.plan.Catalogue.Type(typ)
	if !ok {
		w.tb.Fatalf("no type %s", typ)
	}
	normal, faults := t.Normalise([]byte(data))
	for _, fault := range faults {
		w.tb.Fatalf("%s %s: %s", typ, data, fault.In(events.English))
	}
	w.record(events.Event{Type: typ, Time: day + "T00:00:00+08:00", Org: org, Schema: t.Schema(), Data: normal.WithDefaults()})
}

// record applies an event as it stands in the log, in a commit of its own.
func (w *world) record(e events.Event) {
	w.tb.Helper()
	w.n++
	e.Source, e.ID = "test", fmt.Sprint(w.n)
	var s events.Stored
	if err := s.ParseLine(e.AppendLine(nil)); err != nil {
		w.tb.Fatal(err)
	}
	if err := w.fold.Apply(&s, events.At(uint64(w.n), 0)); err != nil {
		w.tb.Fatal(err)
	}
	w.fold.Advance(events.Head{Seq: uint64(w.n)}, recordedAt)
}

// recordedAt is when all commits of a world were recorded.
var recordedAt = time.Date(2018, time.April, 2, 2, 0, 0, 0, time.UTC)

// close closes a quarter with what a scorecard has come to, or with the JSON given.
func (w *world) close(day, quarter, org string, card any) *world {
	w.tb.Helper()
	scorecard, ok := card.(string)
	if c, isCard := card.(*indicators.Scorecard); isCard {
		b, err := json.Marshal(c.ToPublish())
		if err != nil {
			w.tb.Fatal(err)
		}
		scorecard, ok = string(b), true
	}
	if !ok {
		w.tb.Fatalf("%T is no scorecard", card)
	}
	data := fmt.Sprintf(`{"as_of":"2018-03-31","plan":%q,"position":"%d-0","quarter":%q,"reason":"handed in","scorecard":%s}`, w.plan.Hash, w.n, quarter, scorecard)
	w.record(events.Event{Type: "PeriodClosed", Time: day + "T00:00:00+08:00", Org: org, Schema: "PeriodClosed.v1", Data: []byte(data)})
	return w
}

// target sets a target with a basis; more is further members of the data, beginning with a comma.
func (w *world) target(day, org, indicator, value, basis, more string) *world {
	w.tb.Helper()
	year := day[:4]
	w.apply(day, org, "TargetSet", fmt.Sprintf(`{"indicator":%q,"year":%s,"value":%q,"basis":%q%s}`, indicator, year, value, basis, more))
	return w
}

func (w *world) card(quarter, org, asOf string) *indicators.Scorecard {
	w.tb.Helper()
	i, ok := w.plan.Orgs.Index(org)
	if !ok {
		w.tb.Fatalf("no org %s", org)
	}
	return indicators.Evaluate(w.fold.View(), w.plan, mustQuarter(w.tb, quarter), i, mustDate(w.tb, asOf))
}

func (w *world) row(quarter, org, asOf, indicator string) *indicators.Row {
	w.tb.Helper()
	row, ok := w.card(quarter, org, asOf).Row(indicator)
	if !ok {
		w.tb.Fatalf("no row %s", indicator)
	}
	return row
}

// short writes the numbers and the status of a figure in one line.
func short(f *indicators.Figure) string {
	if f == nil {
		return "null"
	}
	return fmt.Sprintf("value %s base %s target %s expected %s gap %s completion %s pace %s %s",
		f.Value, f.Base, f.Target, f.Expected, f.Gap, f.Completion, f.PaceRatio, f.Status)
}

func checkFigure(tb testing.TB, name string, f *indicators.Figure, want string) {
	tb.Helper()
	if got := short(f); got != want {
		tb.Errorf("%s:\n got %s\nwant %s", name, got, want)
	}
}
