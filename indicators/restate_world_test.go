package indicators_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing/fstest"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

// failer is what tests and random tests have in common.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

const ledgerOrgs = `
- {code: "450000", name: {zh: 广西壮族自治区, en: Guangxi}}
- {code: "450700", name: {zh: 钦州市, en: Qinzhou}, parent: "450000"}
- {code: "450702", name: {zh: 钦南区, en: Qinnan}, parent: "450700"}
- {code: "450703", name: {zh: 钦北区, en: Qinbei}, parent: "450700"}
- {code: "450100", name: {zh: 南宁市, en: Nanning}, parent: "450000"}
`

// ledgerPlan loads a plan with the indicators of the world and their schemas, changed by pairs of old and new text.
func ledgerPlan(changes ...string) (*indicators.Plan, error) {
	changed := strings.NewReplacer(changes...)
	files := fstest.MapFS{
		"plan.yaml": {Data: []byte(`
name: {zh: 测试, en: Test}
time_zone: Asia/Shanghai
default_org: "450703"
status: {profile: ratio, on_track: 1.0, attention: 0.8, behind: 0.6}
expose: {depth: 2, quarters: 4, max_series: 50000}
`)},
		"orgs.yaml":       {Data: []byte(changed.Replace(ledgerOrgs))},
		"indicators.yaml": {Data: []byte(changed.Replace(worldIndicators))},
	}
	names, err := os.ReadDir("../deploy/plan/events")
	if err != nil {
		return nil, err
	}
	for _, entry := range names {
		name := "events/" + entry.Name()
		data, err := os.ReadFile("../deploy/plan/" + name)
		if err != nil {
			return nil, err
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	plan, mistakes := indicators.Load(files)
	if len(mistakes) > 0 {
		return nil, fmt.Errorf("%s", mistakes[0].In(events.English))
	}
	return plan, nil
}

var (
	planThen = sync.OnceValues(func() (*indicators.Plan, error) { return ledgerPlan() })
	// planNow counts remote advice among the guidances, has lost the grants, and has another tree and an indicator more.
	planNow = sync.OnceValues(func() (*indicators.Plan, error) {
		return ledgerPlan(
			`where: 'data.kind == "guidance"'`, `where: 'data.kind == "guidance" || data.kind == "remote"'`,
			"- {id: grants, name: {zh: 授权, en: Grants}", "- {id: patents, name: {zh: 专利, en: Patents}",
			`name: {zh: 钦南区, en: Qinnan}, parent: "450700"`, `name: {zh: 钦南区, en: Qinnan}, parent: "450000"`,
			`direction: down, pace: none, by: [data.kind]`, `direction: down, pace: none`,
		)
	})
)

func mustLedgerPlan(tb failer, load func() (*indicators.Plan, error)) *indicators.Plan {
	tb.Helper()
	plan, err := load()
	if err != nil {
		tb.Fatalf("load a plan: %v", err)
	}
	return plan
}

// ledger is a log in memory, written as the intake would, and the archive that looks back into it.
type ledger struct {
	tb       failer
	plan     *indicators.Plan // by which quarters are closed
	log      *eventtest.Memory
	head     events.Head
	archive  *projections.Archive
	versions map[string]events.Event // in force, by id
	lines    map[events.Key][]byte
	n        int
}

func newLedger(tb failer) *ledger {
	tb.Helper()
	recorded := time.Date(2018, time.April, 1, 0, 0, 0, 0, time.UTC)
	log := eventtest.NewMemory(func() time.Time { recorded = recorded.Add(time.Minute); return recorded })
	archive, err := projections.OpenArchive(context.Background(), projections.ArchiveOptions{Log: log})
	if err != nil {
		tb.Fatalf("open an archive: %v", err)
	}
	return &ledger{tb: tb, plan: mustLedgerPlan(tb, planThen), log: log, archive: archive, versions: map[string]events.Event{}, lines: map[events.Key][]byte{}}
}

// record appends an event in a commit of its own, and returns its id.
func (l *ledger) record(e events.Event) string {
	l.tb.Helper()
	if e.ID == "" {
		e.ID = fmt.Sprintf("e%d", l.n)
	}
	e.Source, e.Schema = "test", e.Type+".v1"
	l.n++
	line := e.AppendLine(nil)
	if k := events.KeyOf(e.Source, e.ID); l.lines[k] == nil {
		l.lines[k] = line
	}
	c, err := l.log.Append(context.Background(), l.head, fmt.Sprintf("c%d", l.n), events.AppendBatch(nil, [][]byte{line}))
	if err != nil {
		l.tb.Fatalf("append: %v", err)
	}
	l.head = c.Head()
	return e.ID
}

// fact records a fact or a target, and returns its id.
func (l *ledger) fact(day, org, typ, data string) string {
	l.tb.Helper()
	return l.named("", day, org, typ, data)
}

func (l *ledger) named(id, day, org, typ, data string) string {
	l.tb.Helper()
	t, ok := l.plan.Catalogue.Type(typ)
	if !ok {
		l.tb.Fatalf("no type %s", typ)
	}
	normal, faults := t.Normalise([]byte(data))
	for _, fault := range faults {
		l.tb.Fatalf("%s %s: %s", typ, data, fault.In(events.English))
	}
	e := events.Event{Type: typ, ID: id, Time: day + "T00:00:00+08:00", Org: org, Data: normal.WithDefaults()}
	id = l.record(e)
	e.ID, e.Source, e.Schema = id, "test", typ+".v1"
	l.versions[id] = e
	return id
}

// void withdraws an event, or a void.
func (l *ledger) void(id string) string {
	l.tb.Helper()
	return l.control(events.TypeVoided, id, nil)
}

// correct changes a fact by a merge patch.
func (l *ledger) correct(id, patch string) string {
	l.tb.Helper()
	data := map[string]any{"patch": json.RawMessage(patch)}
	if e, ok := l.versions[id]; ok {
		now, err := e.Patched([]byte(patch))
		if err != nil {
			l.tb.Fatalf("correct %s by %s: %v", id, patch, err)
		}
		l.versions[id], data["now"] = now, version(now)
		defer func() { l.versions[id] = now }()
		l.versions[id] = e
	}
	return l.control(events.TypeCorrected, id, data)
}

func (l *ledger) control(typ, id string, more map[string]any) string {
	l.tb.Helper()
	data := map[string]any{"target_source": "test", "target_id": id, "reason": "r"}
	maps.Copy(data, more)
	if e, ok := l.versions[id]; ok { // of a void, or of what is still to come, there is none
		data["was"] = version(e)
	}
	raw, err := json.Marshal(data)
	if err != nil {
		l.tb.Fatalf("%v", err)
	}
	return l.record(events.Event{Type: typ, Time: "2018-04-20T00:00:00+08:00", Org: "450703", Data: raw})
}

func version(e events.Event) map[string]any {
	return map[string]any{"data": json.RawMessage(e.Data), "dataschema": e.Schema, "org": e.Org, "time": e.Time, "type": e.Type}
}

// close closes a quarter; without a cut-off up to its end.
func (l *ledger) close(org, quarter, cutoff string) {
	l.tb.Helper()
	q, err := indicators.ParseQuarter(quarter)
	if err != nil {
		l.tb.Fatalf("%v", err)
	}
	asOf := q.Last()
	if cutoff != "" {
		asOf, _ = events.ParseDay(cutoff)
	}
	card, err := json.Marshal(l.card(l.plan, l.head.Seq, org, q, asOf).ToPublish())
	if err != nil {
		l.tb.Fatalf("%v", err)
	}
	data := fmt.Sprintf(`{"as_of":%q,"cutoff":%q,"plan":%q,"position":"%d-0","quarter":%q,"reason":"handed in","scorecard":%s}`,
		asOf, cutoff, l.plan.Hash, l.head.Seq, quarter, card)
	l.record(events.Event{Type: "PeriodClosed", Time: "2018-04-02T00:00:00+08:00", Org: org, Data: []byte(data)})
}

func (l *ledger) view(plan *indicators.Plan, seq uint64) *projections.View {
	l.tb.Helper()
	v, err := l.archive.View(context.Background(), plan.Rules(), seq)
	if err != nil {
		l.tb.Fatalf("look at commit %d: %v", seq, err)
	}
	return v
}

func (l *ledger) card(plan *indicators.Plan, seq uint64, org string, q indicators.Quarter, asOf events.Day) *indicators.Scorecard {
	l.tb.Helper()
	i, ok := plan.Orgs.Index(org)
	if !ok {
		l.tb.Fatalf("no org %s", org)
	}
	return indicators.Evaluate(l.view(plan, seq), plan, q, i, asOf)
}

// line reads an event once more.
func (l *ledger) line(_ context.Context, k events.Key) ([]byte, error) {
	if line, ok := l.lines[k]; ok {
		return line, nil
	}
	return nil, fmt.Errorf("%v: %w", k, events.ErrNotFound)
}

// request asks what has become of the last closing by a plan, as of the quarter's end.
func (l *ledger) request(plan *indicators.Plan, org, quarter string) indicators.RestateRequest {
	l.tb.Helper()
	q, err := indicators.ParseQuarter(quarter)
	if err != nil {
		l.tb.Fatalf("%v", err)
	}
	i, _ := plan.Orgs.Index(org)
	v := l.view(plan, l.head.Seq)
	closing, err := indicators.FindClosing(v, i, q, 0)
	if err != nil {
		l.tb.Fatalf("%v", err)
	}
	return indicators.RestateRequest{View: v, Plan: plan, Then: l.plan, Line: l.line, Closing: closing, AsOf: q.Last()}
}

func (l *ledger) restate(req indicators.RestateRequest) *indicators.Restatement {
	l.tb.Helper()
	r, err := indicators.Restate(context.Background(), l.archive, req)
	if err != nil {
		l.tb.Fatalf("restate: %v", err)
	}
	return r
}

// told writes a figure of a restatement in one line.
func told(r *indicators.Restatement, indicator string, figure indicators.Followed) string {
	i := slices.IndexFunc(r.Rows, func(row indicators.RestatedRow) bool { return row.ID == indicator })
	if i < 0 {
		return "no row"
	}
	f := r.Rows[i].Figures[figure]
	s := f.Published.String()
	for _, cause := range indicators.Causes {
		if by, ok := f.Causes[cause]; ok {
			s += fmt.Sprintf(" %s %s", cause, by)
		}
	}
	s += " = " + f.Current.String()
	if f.Unexplained.Known() {
		s += " unexplained " + f.Unexplained.String()
	}
	return s
}

// toldEvents writes the events of an indicator, one a line.
func toldEvents(r *indicators.Restatement, indicator string) []string {
	var lines []string
	for i := range r.Rows {
		if r.Rows[i].ID != indicator {
			continue
		}
		for _, e := range r.Rows[i].Events {
			s := fmt.Sprintf("%s %s %s %s", e.At, e.Type, e.Day, e.Cause)
			for _, c := range e.Changes {
				s += fmt.Sprintf(" %s %s=%s", c.Figure, c.By, c.After)
			}
			lines = append(lines, s)
		}
	}
	return lines
}
