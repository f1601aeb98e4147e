package indicators_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

// diary is a log in memory with the fold of it: events in commits of ten.
type diary struct {
	tb      testing.TB
	plan    *indicators.Plan
	fold    *projections.Fold
	ids     *events.IDs
	commits []events.Commit
	lines   [][]byte // not committed yet
	n       int
}

func newDiary(tb testing.TB, plan *indicators.Plan) *diary {
	tb.Helper()
	fold, err := projections.NewFold(plan.Rules())
	if err != nil {
		tb.Fatal(err)
	}
	return &diary{tb: tb, plan: plan, fold: fold, ids: events.NewIDs()}
}

// write records a fact: day, org, type and the data in JSON.
func (d *diary) write(day, org, typ, data string) {
	d.tb.Helper()
	t, ok := d.plan.Catalogue.Type(typ)
	if !ok {
		d.tb.Fatalf("no type %s", typ)
	}
	normal, faults := t.Normalise([]byte(data))
	for _, fault := range faults {
		d.tb.Fatalf("%s %s: %s", typ, data, fault.In(events.English))
	}
	d.n++
	e := events.Event{Type: typ, Source: "test", ID: fmt.Sprint(d.n), Time: day + "T00:00:00+08:00", Org: org, Schema: t.Schema(), Data: normal.WithDefaults()}
	if d.lines = append(d.lines, e.AppendLine(nil)); len(d.lines) == 10 {
		d.commit()
	}
}

func (d *diary) commit() {
	d.tb.Helper()
	if len(d.lines) == 0 {
		return
	}
	c := events.Commit{Seq: uint64(len(d.commits) + 1), Prev: d.fold.Head().HashHex(), Recorded: time.Unix(int64(len(d.commits)), 0), Body: events.AppendBatch(nil, d.lines)}
	d.commits, d.lines = append(d.commits, c), nil
	reader := projections.NewReader(d.fold, d.ids, func(events.Position) ([]byte, error) { return nil, events.ErrNotFound }, func(q projections.Quarantined) {
		d.tb.Errorf("%v is quarantined: %s", q.At, q.Detail)
	})
	parser, err := projections.NewParser(d.plan.Rules(), d.ids)
	if err != nil {
		d.tb.Fatal(err)
	}
	if err := reader.Take(parser.Parse(c, nil)); err != nil {
		d.tb.Fatal(err)
	}
}

func (d *diary) source() projections.Source {
	return projections.Source{First: d.ids.Lookup, Commit: func(_ context.Context, seq uint64) (events.Commit, error) {
		if seq == 0 || seq > uint64(len(d.commits)) {
			return events.Commit{}, events.ErrNotFound
		}
		return d.commits[seq-1], nil
	}}
}

func (d *diary) ask(indicator, quarter, org, span, asOf string) indicators.ExplainAsk {
	d.tb.Helper()
	i, ok := d.plan.Orgs.Index(org)
	if !ok {
		d.tb.Fatalf("no org %s", org)
	}
	return indicators.ExplainAsk{Indicator: indicator, Quarter: mustQuarter(d.tb, quarter), Org: i, Span: span, AsOf: mustDate(d.tb, asOf), Limit: 1000}
}

func (d *diary) explain(ask indicators.ExplainAsk) *indicators.Explanation {
	d.tb.Helper()
	d.commit()
	x, err := indicators.Explain(d.tb.Context(), d.source(), d.fold.View(), d.plan, ask)
	if err != nil {
		d.tb.Fatal(err)
	}
	return x
}

// seedDiary has the facts and targets of the demonstration.
func seedDiary(tb testing.TB) *diary {
	tb.Helper()
	const dir = "../deploy/plan"
	plan, mistakes := indicators.Load(os.DirFS(dir))
	for _, m := range mistakes {
		tb.Fatal(m.In(events.English))
	}
	d := newDiary(tb, plan)
	for _, name := range []string{"facts", "targets"} {
		b, err := os.ReadFile(dir + "/demo/" + name + ".ndjson")
		if err != nil {
			tb.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			var e struct {
				Type, Time, Org string
				Data            json.RawMessage
			}
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				tb.Fatal(err)
			}
			d.write(e.Time[:10], e.Org, e.Type, string(e.Data))
		}
	}
	d.commit()
	return d
}

// lived is a diary of the plan with one indicator of each kind, in which things happen.
func lived(tb testing.TB) *diary {
	tb.Helper()
	return livedBy(tb, newWorld(tb).plan)
}

// livedBy is the diary by another plan.
func livedBy(tb testing.TB, plan *indicators.Plan) *diary {
	tb.Helper()
	d := newDiary(tb, plan)
	d.happen(`
2017-05-01 450703 HighTechRecognized {"enterprise_id":"a","certificate_no":"GR1","kind":"first","valid_to":"2018-06-30"}
2017-06-01 450703 HighTechRecognized {"enterprise_id":"b","certificate_no":"GR2","kind":"first"}
2018-02-01 450703 HighTechRecognized {"enterprise_id":"a","certificate_no":"GR3","kind":"renewal"}
2018-02-02 450702 HighTechRecognized {"enterprise_id":"c","certificate_no":"GR4","kind":"first","valid_to":"2018-12-31"}
2018-02-03 450703 HighTechRevoked {"enterprise_id":"b","certificate_no":"GR2","reason":"revoked"}
2018-02-04 450703 SubsidyApplied {"subsidy_id":"s1","enterprise_id":"a","kind":"conversion","requested_yuan":"30000.10"}
2018-02-05 450703 SubsidyDisbursed {"subsidy_id":"s1","kind":"conversion","amount_yuan":"10000.00"}
2018-01-10 450703 ReferenceValueSet {"key":"population","value":"700000"}
2018-02-10 450703 ReferenceValueSet {"key":"population","value":"710000"}
2018-01-10 450702 ReferenceValueSet {"key":"population","value":"600000"}
2018-01-10 450700 ReferenceValueSet {"key":"population","value":"9"}
2018-01-10 450703 ReferenceValueSet {"key":"intensity","value":"1.5"}
2018-01-01 450703 VillageListed {"village_id":"v1","name":"一村","list":"poverty_13fyp"}
2018-01-01 450703 VillageListed {"village_id":"v2","name":"二村","list":"poverty_13fyp"}
2018-01-02 450703 VillageListed {"village_id":"v3","name":"三村","list":"poverty_13fyp"}
2018-02-01 450700 EnvoyAssigned {"envoy_id":"e1","village_id":"v1"}
2018-02-02 450703 EnvoyAssigned {"envoy_id":"e2","village_id":"v1"}
2018-02-02 450703 EnvoyAssigned {"envoy_id":"e2","village_id":"v9"}
2018-02-03 450703 EnvoyAssigned {"envoy_id":"e3","village_id":"v2","to":"2018-02-20"}
2018-01-05 450703 CarrierStageChanged {"carrier_id":"p","kind":"agri_park","name":"园","to_stage":"planning"}
2018-02-05 450703 CarrierStageChanged {"carrier_id":"p","kind":"agri_park","name":"园","to_stage":"preparing"}
2018-02-06 450703 CarrierStageChanged {"carrier_id":"q","kind":"agri_park","name":"园二","to_stage":"recognized"}
2018-02-07 450703 EnterpriseIncubated {"enterprise_id":"x","pool":"hnte"}
2018-02-08 450703 EnterpriseIncubated {"enterprise_id":"x","pool":"sme"}
2018-02-09 450703 EnterpriseIncubated {"enterprise_id":"y","pool":"sme"}
2018-02-07 450703 PatentGranted {"kind":"invention","count":null}
2018-02-08 450703 PatentGranted {"kind":"invention","count":3}
2018-03-20 450703 PatentGranted {"kind":"design"}
`)
	return d
}

// happen records facts, one a line: day, org, type and the data in JSON.
func (d *diary) happen(facts string) {
	d.tb.Helper()
	for line := range strings.Lines(facts) {
		if f := strings.SplitN(strings.TrimSpace(line), " ", 4); len(f) == 4 {
			d.write(f[0], f[1], f[2], f[3])
		}
	}
}
