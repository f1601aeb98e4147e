package projections_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/projections"
)

// incubated is a fact that the measure "pool" counts.
func incubated(id, firm, day string) events.Event {
	return events.Event{
		Type: "EnterpriseIncubated", Source: "kaohe:450703", ID: id, Time: day + "T00:00:00+08:00", Org: "450703",
		Schema: "EnterpriseIncubated.v1", Data: fmt.Appendf(nil, `{"enterprise_id":%q,"pool":"hnte"}`, firm),
	}
}

// fixture is a runner that follows a log in memory.
type fixture struct {
	tb     testing.TB
	log    events.Log
	head   events.Head
	runner *projections.Runner
	ids    *events.IDs
	reg    *prometheus.Registry
}

func newFixture(tb testing.TB, log events.Log) *fixture {
	tb.Helper()
	types := mustCatalogue(tb)
	f := &fixture{tb: tb, log: log, ids: events.NewIDs(), reg: prometheus.NewRegistry()}
	var err error
	f.runner, err = projections.NewRunner(projections.RunnerOptions{
		Log: log, IDs: f.ids, Rules: projections.Rules{Orgs: mustOrgs(tb), Catalogue: types, Measures: testMeasures(tb, types)}, Registerer: f.reg,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func (f *fixture) run() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f.runner.Run(ctx) }()
	f.tb.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			f.tb.Errorf("Run() = %v after its context ended, want nil", err)
		}
	})
}

// appendBody puts a body into the log as it stands.
func (f *fixture) appendBody(body []byte) {
	f.tb.Helper()
	c, err := f.log.Append(f.tb.Context(), f.head, fmt.Sprintf("commit-%d", f.head.Seq), body)
	if err != nil {
		f.tb.Fatal(err)
	}
	f.head = c.Head()
}

func (f *fixture) append(list ...events.Event) {
	f.tb.Helper()
	var lines [][]byte
	for _, e := range list {
		lines = append(lines, e.AppendLine(nil))
	}
	f.appendBody(events.AppendBatch(nil, lines))
}

// view waits until everything appended so far is folded.
func (f *fixture) view() *projections.View {
	f.tb.Helper()
	ctx, cancel := context.WithTimeout(f.tb.Context(), 30*time.Second)
	defer cancel()
	head, err := f.runner.Await(ctx, f.head.Seq)
	if err != nil {
		f.tb.Fatal(err)
	}
	if head.Seq != f.head.Seq || head.Hash != f.head.Hash {
		f.tb.Fatalf("Await() = %v, want %v", head, f.head)
	}
	return f.runner.View()
}

// pool returns how many firms are in the pool of the first quarter of 2018.
func pool(v *projections.View) int64 {
	m, _ := v.Measure("pool")
	return v.Total(m, 0).Fresh(projections.QuarterSpan, mustDay("2018-01-01"), mustDay("2018-03-31"))
}

func mustDay(s string) events.Day {
	d, err := events.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

func newMemory() events.Log {
	return eventtest.NewMemory(func() time.Time { return time.Unix(1520000000, 0) })
}

func TestRunnerCatchesUpThenFollows(t *testing.T) {
	f := newFixture(t, newMemory())
	f.append(incubated("1", "a", "2018-02-01"), incubated("2", "b", "2018-02-02"))
	f.append(incubated("3", "c", "2018-02-03"))
	if got := pool(f.runner.View()); got != 0 {
		t.Errorf("before Run the pool is %d, want 0", got)
	}
	f.run()
	<-f.runner.CaughtUp()
	if got := pool(f.runner.View()); got != 3 {
		t.Errorf("caught up, the pool is %d, want 3", got)
	}
	before := f.view()
	f.append(incubated("4", "d", "2018-02-03"))
	if got := pool(f.view()); got != 4 {
		t.Errorf("after one more the pool is %d, want 4", got)
	}
	if got := pool(before); got != 3 {
		t.Errorf("the earlier view says %d now, want 3 as before", got)
	}
	if got := f.view().Events(); got != 4 {
		t.Errorf("Events() = %d, want 4", got)
	}
}

func TestRunnerOfAnEmptyLogHasCaughtUp(t *testing.T) {
	f := newFixture(t, newMemory())
	f.run()
	<-f.runner.CaughtUp()
	if got := f.view().Head(); got != (events.Head{}) {
		t.Errorf("Head() = %v, want that of the empty log", got)
	}
}

func TestAwaitEndsWithItsContext(t *testing.T) {
	f := newFixture(t, newMemory())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.runner.Await(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("Await() = %v, want that its context was cancelled", err)
	}
}

// TestDuplicatesInTheLog: two instances may both have written an event; it counts where it stands first.
func TestDuplicatesInTheLog(t *testing.T) {
	f := newFixture(t, newMemory())
	f.append(incubated("1", "a", "2018-02-01"), incubated("1", "b", "2018-02-01"))
	f.append(incubated("1", "c", "2018-02-01"), incubated("2", "d", "2018-02-01"))
	f.run()
	if got := pool(f.view()); got != 2 {
		t.Errorf("the pool is %d, want 2: the firms a and d", got)
	}
	if at, _ := f.ids.Lookup(events.KeyOf("kaohe:450703", "2")); at != events.At(2, 1) {
		t.Errorf("event 2 stands at %v, want 2-1", at)
	}
	expectMetric(t, f, "kaohe_fold_duplicates_total", 2)
}

func expectMetric(t *testing.T, f *fixture, name string, want float64) {
	t.Helper()
	families, err := f.reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var got float64
	for _, family := range families {
		if family.GetName() == name {
			for _, m := range family.GetMetric() {
				got += m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
	}
	if got != want {
		t.Errorf("%s is %v, want %v", name, got, want)
	}
}

// TestQuarantine: whatever stands in the log that is not an event of the plan is counted, listed and passed over.
func TestQuarantine(t *testing.T) {
	with := func(change func(*events.Event)) []byte {
		e := incubated("x", "x", "2018-02-01")
		change(&e)
		return e.AppendLine(nil)
	}
	bad := []struct {
		name   string
		line   []byte
		reason projections.Reason
		says   string
	}{
		{"no JSON", []byte(`hello`), projections.BadLine, "specversion"},
		{"fields in another order", []byte(`{"type":"EnterpriseIncubated","specversion":"1.0"}`), projections.BadLine, "specversion"},
		{"no source", bytes.Replace(with(func(*events.Event) {}), []byte(`"source":"kaohe:450703",`), nil, 1), projections.BadLine, "source"},
		{"a day that is none", with(func(e *events.Event) { e.Time = "2018-02-30T00:00:00+08:00" }), projections.BadLine, "2018-02-30"},
		{"a type the plan lacks", with(func(e *events.Event) { e.Type = "RocketLaunched" }), projections.BadType, "RocketLaunched"},
		{"a newer version of a type", with(func(e *events.Event) { e.Schema = "EnterpriseIncubated.v9" }), projections.BadType, "v9"},
		{"an org the plan lacks", with(func(e *events.Event) { e.Org = "999999" }), projections.BadOrg, "999999"},
		{"a firm that is a number list", with(func(e *events.Event) { e.Data = []byte(`{"enterprise_id":[1],"pool":"hnte"}`) }), projections.BadContent, "enterprise_id"},
		{"members out of order", with(func(e *events.Event) { e.Data = []byte(`{"pool":"hnte","enterprise_id":"x"}`) }), projections.BadContent, "canonical"},
		{"broken data", with(func(e *events.Event) { e.Data = []byte(`{"enterprise_id":"x","pool"}`) }), projections.BadContent, "canonical"},
	}
	for _, b := range bad {
		t.Run(b.name, func(t *testing.T) {
			f := newFixture(t, newMemory())
			good1, good2 := incubated("1", "a", "2018-02-01"), incubated("2", "b", "2018-02-01")
			f.appendBody(events.AppendBatch(nil, [][]byte{good1.AppendLine(nil), b.line, good2.AppendLine(nil)}))
			f.run()
			if got := pool(f.view()); got != 2 {
				t.Errorf("the pool is %d, want 2: what stands around the bad line", got)
			}
			list := f.runner.Quarantine()
			if len(list) != 1 || list[0].Reason != b.reason || list[0].At != events.At(1, 1) || !strings.Contains(list[0].Detail, b.says) {
				t.Errorf("Quarantine() = %+v, want one at 1-1 for reason %s that mentions %q", list, b.reason, b.says)
			}
			expectMetric(t, f, "kaohe_fold_quarantined_total", 1)
			if got := f.view().LeftOut(); got != 1 {
				t.Errorf("LeftOut() = %d, want 1", got)
			}
		})
	}
}

func TestForeignMessagesAreQuarantinedWhole(t *testing.T) {
	f := newFixture(t, newMemory())
	f.append(incubated("1", "a", "2018-02-01"))
	f.appendBody([]byte("what is this?"))
	f.append(incubated("2", "b", "2018-02-01"))
	f.run()
	if got := pool(f.view()); got != 2 {
		t.Errorf("the pool is %d, want 2", got)
	}
	if list := f.runner.Quarantine(); len(list) != 1 || !list[0].Whole || list[0].Reason != projections.BadCommit {
		t.Errorf("Quarantine() = %+v, want the second commit as a whole", list)
	}
}

// TestBrokenChain: a commit that does not name the one before is reported, and its events still count: facts are not thrown
// away because somebody tampered with another commit.
func TestBrokenChain(t *testing.T) {
	var reported []projections.Quarantined
	types := mustCatalogue(t)
	fold, err := projections.NewFold(projections.Rules{Orgs: mustOrgs(t), Catalogue: types, Measures: testMeasures(t, types)})
	if err != nil {
		t.Fatal(err)
	}
	ids := events.NewIDs()
	reader := projections.NewReader(fold, ids, nil, func(q projections.Quarantined) { reported = append(reported, q) })
	commit := func(seq uint64, prev string, e events.Event) events.Commit {
		return events.Commit{Seq: seq, ID: fmt.Sprint(seq), Prev: prev, Recorded: time.Unix(int64(100-seq), 0),
			Body: events.AppendBatch(nil, [][]byte{e.AppendLine(nil)})}
	}
	parser, err := projections.NewParser(fold.View().Rules(), ids)
	if err != nil {
		t.Fatal(err)
	}
	take := func(c events.Commit) {
		if err := reader.Take(parser.Parse(c, nil)); err != nil {
			t.Fatal(err)
		}
	}
	first := commit(1, events.Head{}.HashHex(), incubated("1", "a", "2018-02-01"))
	take(first)
	take(commit(2, first.Head().HashHex(), incubated("2", "b", "2018-02-01")))
	if len(reported) != 0 {
		t.Fatalf("reported of a sound chain: %+v", reported)
	}
	take(commit(3, first.Head().HashHex(), incubated("3", "c", "2018-02-01"))) // forgets commit 2
	take(commit(5, fold.Head().HashHex(), incubated("5", "d", "2018-02-01")))  // commit 4 is missing
	want := []events.Position{events.At(3, 0), events.At(5, 0)}
	var got []events.Position
	for _, q := range reported {
		if q.Reason != projections.BadChain {
			t.Errorf("reason of %v is %s, want chain", q.At, q.Reason)
		}
		got = append(got, q.At)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("reported (-want +got):\n%s", diff)
	}
	v := fold.View()
	if got := pool(v); got != 4 {
		t.Errorf("the pool is %d, want 4", got)
	}
	if v.Breaks() != 2 || v.LeftOut() != 0 {
		t.Errorf("Breaks() = %d, LeftOut() = %d, want 2, 0", v.Breaks(), v.LeftOut())
	}
	if !strings.Contains(reported[1].Detail, "commit 4 is missing") {
		t.Errorf("detail = %q, want that commit 4 is missing", reported[1].Detail)
	}
	if got := v.Recorded(); !got.Equal(time.Unix(99, 0)) {
		t.Errorf("Recorded() = %v: recording time went back", got)
	}
}

func TestTargetsAndNils(t *testing.T) {
	f := newFixture(t, newMemory())
	fact := func(typ, id, org, day, data string) events.Event {
		return events.Event{Type: typ, Source: "kaohe:x", ID: id, Time: day + "T00:00:00+08:00", Org: org, Schema: typ + ".v1", Data: []byte(data)}
	}
	f.append(
		fact("TargetSet", "1", "450703", "2018-01-05", `{"basis":"flow","illustrative":true,"indicator":"pool","quarterly_plan":["0.5","1","1.5","2"],"value":"2","year":2018}`),
		fact("TargetSet", "2", "450703", "2018-04-05", `{"basis":"flow","due":"2018-11-30","effective_from":"2018-05-01","indicator":"pool","reason":"调整","value":"3.25","year":2018}`),
		fact("TargetSet", "3", "450703", "2018-04-05", `{"basis":"flow","indicator":"pool","value":"1e9","year":2018}`),
		fact("NilReported", "4", "450703", "2018-03-31", `{"indicator":"pool","quarter":"2018Q1"}`),
	)
	f.run()
	v := f.view()
	org := 3
	want := []projections.Target{
		{At: events.At(1, 0), Source: "kaohe:x", ID: "1", Day: mustDay("2018-01-05"), Org: org, Indicator: "pool", Year: 2018, Value: 20000,
			Basis: "flow", Plan: []events.Decimal{5000, 10000, 15000, 20000}, Illustrative: true},
		{At: events.At(1, 1), Source: "kaohe:x", ID: "2", Day: mustDay("2018-04-05"), Org: org, Indicator: "pool", Year: 2018, Value: 32500,
			Basis: "flow", EffectiveFrom: mustDay("2018-05-01"), Due: mustDay("2018-11-30"), Reason: "调整"},
	}
	if diff := cmp.Diff(want, v.Targets(org, "pool", 2018)); diff != "" {
		t.Errorf("Targets() (-want +got):\n%s", diff)
	}
	if list := f.runner.Quarantine(); len(list) != 1 || list[0].At != events.At(1, 2) {
		t.Errorf("Quarantine() = %+v, want the target of 1e9", list)
	}
	for _, tt := range []struct {
		name    string
		org     int
		quarter int
		by      string
		want    bool
	}{
		{"the unit itself", 3, 1, "2018-03-31", true},
		{"a unit above", 0, 1, "2018-03-31", true},
		{"a unit beside", 2, 1, "2018-03-31", false},
		{"another quarter", 3, 2, "2018-06-30", false},
		{"before it was said", 3, 1, "2018-03-30", false},
	} {
		if got := v.NilReported(tt.org, "pool", 2018, tt.quarter, mustDay(tt.by)); got != tt.want {
			t.Errorf("nil reported for %s = %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestWithdrawFacts: a target and a nil report that are withdrawn were never there.
func TestWithdrawFacts(t *testing.T) {
	types := mustCatalogue(t)
	fold, err := projections.NewFold(projections.Rules{Orgs: mustOrgs(t), Catalogue: types, Measures: testMeasures(t, types)})
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range []events.Event{
		{Type: "TargetSet", Data: []byte(`{"basis":"flow","indicator":"pool","value":"2","year":2018}`)},
		{Type: "NilReported", Data: []byte(`{"event_type":"PatentGranted","quarter":"2018Q1"}`)},
	} {
		e.Source, e.ID, e.Org, e.Schema, e.Time = "s", "1", "450703", e.Type+".v1", "2018-03-01T00:00:00+08:00"
		stored := mustStored(t, e.AppendLine(nil))
		if err := fold.Apply(stored, at(i)); err != nil {
			t.Fatal(err)
		}
		with := fold.View()
		if err := fold.Withdraw(stored, at(i)); err != nil {
			t.Fatal(err)
		}
		without := fold.View()
		has := func(v *projections.View) bool {
			return len(v.Targets(3, "pool", 2018)) > 0 || v.NilReported(3, "PatentGranted", 2018, 1, mustDay("2018-03-31"))
		}
		if !has(with) || has(without) {
			t.Errorf("%s: there with it %v, without it %v; want true, false", e.Type, has(with), has(without))
		}
	}
}

// TestSumsStayExact: an amount that would make a sum overflow is refused, and changes nothing.
func TestSumsStayExact(t *testing.T) {
	types := mustCatalogue(t)
	fold, err := projections.NewFold(projections.Rules{Orgs: mustOrgs(t), Catalogue: types, Measures: []projections.Measure{{
		Name: "value", Kind: projections.Flow, Inputs: []projections.Input{{Type: "ReferenceValueSet", Amount: "value", Scale: 4}}}}})
	if err != nil {
		t.Fatal(err)
	}
	e := events.Event{Type: "ReferenceValueSet", Source: "s", ID: "1", Org: "450703", Schema: "ReferenceValueSet.v1",
		Time: "2018-03-01T00:00:00+08:00", Data: []byte(`{"key":"gdp","value":"99999999999999.9999"}`)}
	stored := mustStored(t, e.AppendLine(nil))
	for i := range 9 {
		if err := fold.Apply(stored, at(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := fold.Apply(stored, at(9)); !errors.Is(err, projections.ErrOverflow) {
		t.Errorf("Apply() = %v, want that the sum is too large", err)
	}
	v := fold.View()
	if got := v.Total(0, 0).Sum(mustDay("2018-01-01"), mustDay("2018-12-31")); got != 9*999_999_999_999_999_999 {
		t.Errorf("Sum() = %d after a refused event", got)
	}
}

func TestRunnerMetrics(t *testing.T) {
	f := newFixture(t, newMemory())
	f.append(incubated("1", "a", "2018-02-01"))
	f.run()
	f.view()
	if problems, err := testutil.GatherAndLint(f.reg); err != nil || len(problems) > 0 {
		t.Errorf("lint: %v %v", problems, err)
	}
	expectMetric(t, f, "kaohe_fold_sequence", 1)
	expectMetric(t, f, "kaohe_fold_events", 1)
	expectMetric(t, f, "kaohe_fold_recorded_timestamp_seconds", 1520000000)
}
