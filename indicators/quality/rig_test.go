package quality_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/kaohe/kaohe/deploy"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/quality"
	"github.com/kaohe/kaohe/projections"
)

// orgsYAML is the default tree with a second district, and a root that nothing stands above.
const orgsYAML = `
- {code: "450000", name: {zh: 广西壮族自治区, en: Guangxi}}
- {code: "450700", name: {zh: 钦州市, en: Qinzhou}, parent: "450000"}
- {code: "450703", name: {zh: 钦北区, en: Qinbei}, parent: "450700"}
- {code: "450702", name: {zh: 钦南区, en: Qinnan}, parent: "450700"}
- {code: "440000", name: {zh: 广东省, en: Guangdong}}
`

// planWith loads the default plan with some files replaced.
func planWith(tb testing.TB, files map[string]string) *indicators.Plan {
	tb.Helper()
	fsys := fstest.MapFS{}
	err := fs.WalkDir(deploy.Plan(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(deploy.Plan(), name)
		fsys[name] = &fstest.MapFile{Data: content}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	for name, content := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(content)}
	}
	plan, mistakes := indicators.Load(fsys)
	for _, m := range mistakes {
		tb.Error(m.In(events.English))
	}
	if plan == nil {
		tb.FailNow()
	}
	return plan
}

// settings returns the default plan.yaml with other settings of quality.
func settings(tb testing.TB, quality string) string {
	tb.Helper()
	text, err := fs.ReadFile(deploy.Plan(), "plan.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	const now = "quality: {off: [], max_attendees: 500, least_yuan: 100}"
	if !strings.Contains(string(text), now) {
		tb.Fatalf("plan.yaml lacks %q", now)
	}
	return strings.Replace(string(text), now, "quality: "+quality, 1)
}

var treePlan = sync.OnceValue(func() *indicators.Plan {
	var tb failing
	return planWith(&tb, map[string]string{"orgs.yaml": orgsYAML})
})

// failing stands in for a test where several share what is made.
type failing struct{ testing.TB }

func (*failing) Helper()           {}
func (*failing) Error(args ...any) { panic(fmt.Sprint(args...)) }
func (*failing) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

// fact is an event of a test. Its id is e and its place in the log, from 0.
type fact struct {
	typ, day, org string // org is the district's if empty
	data          string // JSON
}

// rig is a watch behind a real runner over a log in memory.
type rig struct {
	tb    testing.TB
	plan  *indicators.Plan
	log   *eventtest.Memory
	ids   *events.IDs
	state *projections.Runner
	watch *quality.Watch
	head  events.Head
	n     int // events so far
	at    []events.Position
	stop  func() // may be called more than once
}

func newRig(tb testing.TB, plan *indicators.Plan) *rig {
	tb.Helper()
	r := &rig{tb: tb, plan: plan, ids: events.NewIDs(), log: eventtest.NewMemory(func() time.Time { return time.Unix(1522540800, 0) })}
	r.start()
	return r
}

// start lets a runner and a watch read the log.
func (r *rig) start() {
	r.tb.Helper()
	runner, err := projections.NewRunner(projections.RunnerOptions{Log: r.log, IDs: r.ids, Rules: r.plan.Rules()})
	if err != nil {
		r.tb.Fatal(err)
	}
	r.state = runner
	r.watch, err = quality.New(quality.Options{Plan: r.plan, Log: r.log, IDs: r.ids, State: runner, CaughtUp: runner.CaughtUp(), Rest: time.Microsecond})
	if err != nil {
		r.tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = runner.Run(ctx) })
	running.Go(func() {
		if err := r.watch.Run(ctx); err != nil {
			r.tb.Errorf("Run() = %v", err)
		}
	})
	r.stop = func() { cancel(); running.Wait() }
	r.tb.Cleanup(r.stop)
}

// another lets a second watch read the log, by a state of its own, until the test ends.
func (r *rig) another(state quality.State, caughtUp <-chan struct{}) *quality.Watch {
	r.tb.Helper()
	w, err := quality.New(quality.Options{Plan: r.plan, Log: r.log, IDs: r.ids, State: state, CaughtUp: caughtUp})
	if err != nil {
		r.tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(r.tb.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := w.Run(ctx); err != nil {
			r.tb.Errorf("Run() = %v", err)
		}
	})
	r.tb.Cleanup(running.Wait)
	r.tb.Cleanup(cancel)
	return w
}

// event makes an event with the next id.
func (r *rig) event(f fact) events.Event {
	r.tb.Helper()
	e := newEvent(r.tb, f, fmt.Sprintf("e%d", r.n))
	r.n++
	return e
}

func newEvent(tb testing.TB, f fact, id string) events.Event {
	tb.Helper()
	var data map[string]any
	if err := json.Unmarshal([]byte(f.data), &data); err != nil {
		tb.Fatalf("%s: %v", f.data, err)
	}
	canonical, _ := json.Marshal(data)
	if f.org == "" {
		f.org = "450703"
	}
	return events.Event{Type: f.typ, Source: "test", ID: id, Time: f.day + "T00:00:00+08:00", Org: f.org, Schema: f.typ + ".v1", Data: canonical}
}

// append appends events as one commit.
func (r *rig) append(list ...events.Event) {
	r.tb.Helper()
	lines := make([][]byte, len(list))
	for i := range list {
		lines[i] = list[i].AppendLine(nil)
		r.at = append(r.at, events.At(r.head.Seq+1, i))
	}
	c := eventtest.MustAppend(r.tb, r.log, r.head, fmt.Sprintf("c%d", r.head.Seq+1), events.AppendBatch(nil, lines))
	r.head = c.Head()
}

// record appends facts as one commit.
func (r *rig) record(facts ...fact) {
	r.tb.Helper()
	list := make([]events.Event, len(facts))
	for i, f := range facts {
		list[i] = r.event(f)
	}
	r.append(list...)
}

// findings lists all of them once the log is read, tree by tree.
func (r *rig) findings() (list []quality.Finding) {
	r.tb.Helper()
	for i := range r.plan.Orgs.Len() {
		if r.plan.Orgs.Depth(i) == 0 {
			list = append(list, r.page(quality.Query{Org: i, Limit: 1 << 20}).Findings...)
		}
	}
	return list
}

func (r *rig) page(q quality.Query) quality.Page {
	r.tb.Helper()
	if err := r.watch.Await(eventtest.Context(r.tb), r.head.Seq); err != nil {
		r.tb.Fatal(err)
	}
	p, err := r.watch.List(q)
	if err != nil {
		r.tb.Fatal(err)
	}
	return p
}

// short writes a finding as DQ-09/amount_low warn 450703: 3 0, the events by their place in the log.
func (r *rig) short(f quality.Finding) string {
	s := fmt.Sprintf("%s/%s %s %s:", f.Rule, f.Check, f.Severity, f.Org)
	for _, at := range f.Events {
		n := -1
		for i := range r.at {
			if r.at[i] == at {
				n = i
			}
		}
		s += fmt.Sprintf(" %d", n)
	}
	if f.More > 0 {
		s += fmt.Sprintf(" +%d", f.More)
	}
	return s
}

func (r *rig) shorts() []string {
	r.tb.Helper()
	list := []string{}
	for _, f := range r.findings() {
		list = append(list, r.short(f))
	}
	return list
}

// void and correct are control events about the event with an id.
func void(id string) fact {
	return fact{typ: "EventVoided", day: "2018-04-01", data: fmt.Sprintf(`{"target_source":"test","target_id":%q,"reason":"r"}`, id)}
}

func correct(id, patch string) fact {
	return fact{typ: "EventCorrected", day: "2018-04-01", data: fmt.Sprintf(`{"target_source":"test","target_id":%q,"patch":%s,"reason":"r"}`, id, patch)}
}
