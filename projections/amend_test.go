package projections_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections"
)

// The test plays the intake: it writes a log in which facts are voided and corrected, voids are voided, and some control
// events come before what they are about; and it says by the plain words of SEMANTICS 2.1 what is left.

// record is one event of the log as the test knows it.
type record struct {
	event  events.Event
	kind   string // fact, void or correction
	target int    // of a void or correction: its place in the list of all records
	patch  map[string]any
}

// survivors returns the facts that count, in their versions, by going through the whole log for each question.
func survivors(log []record) (facts []fact) {
	for i, r := range log {
		if r.kind == "fact" && holds(log, i) {
			version := versionOf(log, i, len(log))
			facts = append(facts, newFact(version.AppendLine(nil), i))
		}
	}
	return facts
}

// holds reports whether no void that holds is about record i.
func holds(log []record, i int) bool {
	for j, r := range log {
		if r.kind == "void" && r.target == i && holds(log, j) {
			return false
		}
	}
	return true
}

// versionOf returns fact i as the corrections among the first n records leave it.
func versionOf(log []record, i, n int) events.Event {
	e := log[i].event
	for _, r := range log[:n] {
		if r.kind != "correction" || r.target != i {
			continue
		}
		if org, ok := r.patch["org"].(string); ok {
			e.Org = org
		}
		if when, ok := r.patch["time"].(string); ok {
			e.Time = when
		}
		var data map[string]json.RawMessage
		if err := json.Unmarshal(e.Data, &data); err != nil {
			panic(err)
		}
		patch, _ := r.patch["data"].(map[string]any)
		for name, value := range patch {
			if value == nil {
				delete(data, name)
				continue
			}
			data[name], _ = json.Marshal(value)
		}
		e.Data, _ = json.Marshal(data)
	}
	return e
}

// drawLog makes a log. Its records are in the order in which they are written; a target may stand behind its control event.
func drawLog(t *rapid.T) []record {
	var log []record
	for i := range rapid.IntRange(1, 30).Draw(t, "records") {
		switch kind := rapid.SampledFrom([]string{"fact", "fact", "fact", "void", "correction"}).Draw(t, "kind"); kind {
		case "fact":
			log = append(log, record{event: drawEvent(t, i), kind: kind})
		default:
			target := rapid.IntRange(0, i+3).Draw(t, "target")
			if target == i {
				target = 0
			}
			log = append(log, record{kind: kind, target: target, patch: drawPatch(t)})
		}
	}
	return sound(log)
}

func drawPatch(t *rapid.T) map[string]any {
	patch := map[string]any{"data": map[string]any{"note": rapid.SampledFrom([]any{"一", "\"二\"", nil}).Draw(t, "note")}}
	if rapid.Bool().Draw(t, "moves") {
		patch["time"] = fmt.Sprintf("2018-0%d-11T00:00:00+08:00", rapid.IntRange(1, 4).Draw(t, "month"))
	}
	if rapid.Bool().Draw(t, "changes org") {
		patch["org"] = rapid.SampledFrom([]string{"450702", "450100"}).Draw(t, "org")
	}
	return patch
}

// sound strikes out control events that no intake would write: those about nothing, about a correction, or about themselves
// in the end, and corrections of voids.
func sound(log []record) []record {
	good := make([]bool, len(log))
	for i := range log {
		j := i
		for range log {
			if log[j].kind == "fact" || log[j].target >= len(log) || (log[j].kind == "correction" && j != i) {
				break
			}
			j = log[j].target
		}
		good[i] = log[j].kind == "fact" && (log[i].kind != "correction" || log[log[i].target].kind == "fact")
	}
	for i := range log {
		if !good[i] {
			log[i].kind, log[i].target = "nothing", -1
		}
	}
	return log
}

// line writes record i as the intake would: with the version that it replaces if the target is in the log already.
func line(log []record, i int) []byte {
	r := log[i]
	if r.kind == "fact" {
		return r.event.AppendLine(nil)
	}
	data := map[string]any{"target_source": "kaohe:test", "target_id": fmt.Sprint(r.target), "reason": "试验"}
	if r.kind == "correction" {
		data["patch"] = r.patch
	}
	if r.target < i {
		if log[r.target].kind == "fact" {
			data["was"] = versionJSON(versionOf(log, r.target, i))
			if r.kind == "correction" {
				data["now"] = versionJSON(versionOf(log, r.target, i+1))
			}
		}
	}
	typ := map[string]string{"void": events.TypeVoided, "correction": events.TypeCorrected}[r.kind]
	raw, err := json.Marshal(data)
	if err != nil {
		panic(err)
	}
	e := events.Event{Type: typ, Source: "kaohe:test", ID: fmt.Sprint(i), Time: "2018-04-01T00:00:00+08:00", Org: "450703", Schema: typ + ".v1", Data: raw}
	return e.AppendLine(nil)
}

func versionJSON(e events.Event) map[string]any {
	return map[string]any{"type": e.Type, "time": e.Time, "org": e.Org, "dataschema": e.Schema, "data": json.RawMessage(e.Data)}
}

// TestAmendments: whatever is voided, corrected and reinstated, in whatever order it comes, all figures are those of the
// facts that are left, in their last versions, as if nothing else had ever been recorded.
func TestAmendments(t *testing.T) {
	types, orgs := mustCatalogue(t), mustOrgs(t)
	rules := projections.Rules{Orgs: orgs, Catalogue: types, Measures: testMeasures(t, types)}
	rapid.Check(t, func(t *rapid.T) {
		fold, err := projections.NewFold(rules)
		if err != nil {
			t.Fatal(err)
		}
		log := drawLog(t)
		ids, lines := events.NewIDs(), make([][]byte, len(log))
		for i := range log {
			if log[i].kind == "nothing" {
				continue
			}
			lines[i] = line(log, i)
			stored := mustStored(t, lines[i])
			ids.Record(stored.Key(), at(i))
			if err := knowing(fold, lines, func() error { return fold.Take(stored, at(i), ids.Lookup) }); err != nil {
				t.Fatalf("take %s: %v", line(log, i), err)
			}
			switch rapid.IntRange(0, 19).Draw(t, "meanwhile") {
			case 0:
				fold.View()
			case 1:
				if fold, err = projections.DecodeFold(rules, fold.Encode()); err != nil {
					t.Fatal(err)
				}
			}
		}
		v := fold.View()
		compare(t, v, orgs, survivors(log))
		sameAmendments(t, v, log)
	})
}

// sameAmendments holds what a view says of amended events against the log.
func sameAmendments(t *rapid.T, v *projections.View, log []record) {
	left := map[int]bool{}
	for _, f := range survivors(log) {
		left[f.seq] = true
	}
	for i, r := range log {
		if r.kind == "void" {
			a, _ := v.Amended(events.KeyOf("kaohe:test", fmt.Sprint(i)))
			if voided := a.VoidedBy != 0; voided == holds(log, i) {
				t.Fatalf("void %d: voided by %v, but that it holds is %v", i, a.VoidedBy, holds(log, i))
			}
		}
		if r.kind != "fact" {
			continue
		}
		a, ok := v.Amended(r.event.Key())
		if !ok {
			if !left[i] {
				t.Fatalf("fact %d is voided, the view knows of no amendment", i)
			}
			continue
		}
		if voided := a.VoidedBy != 0; voided == left[i] {
			t.Fatalf("fact %d: voided by %v, but left is %v", i, a.VoidedBy, left[i])
		}
		want := versionOf(log, i, len(log))
		got := mustStored(t, a.Line).Event()
		if !got.SameContent(&want) {
			t.Fatalf("fact %d is %s, want %s", i, a.Line, want.AppendLine(nil))
		}
	}
}

// TestFactsKeepTheirPlace: of two values of one day the one recorded last holds, also when a correction came before it and
// is recorded, like the fact, where the fact stands.
func TestFactsKeepTheirPlace(t *testing.T) {
	types, orgs := mustCatalogue(t), mustOrgs(t)
	fold, err := projections.NewFold(projections.Rules{Orgs: orgs, Catalogue: types, Measures: testMeasures(t, types)})
	if err != nil {
		t.Fatal(err)
	}
	value := func(id, v string) events.Event {
		return events.Event{Type: "ReferenceValueSet", Source: "kaohe:test", ID: id, Org: "450703", Schema: "ReferenceValueSet.v1",
			Time: "2018-03-01T00:00:00+08:00", Data: fmt.Appendf(nil, `{"key":"population","value":%q}`, v)}
	}
	log := []record{
		{event: value("0", "1"), kind: "fact"},
		{kind: "correction", target: 2, patch: map[string]any{"data": map[string]any{"value": "7"}}},
		{event: value("2", "2"), kind: "fact"},
	}
	ids := events.NewIDs()
	for i := range log {
		stored := mustStored(t, line(log, i))
		ids.Record(stored.Key(), at(i))
		if err := fold.Take(stored, at(i), ids.Lookup); err != nil {
			t.Fatal(err)
		}
	}
	v := fold.View()
	m, _ := v.Measure("population")
	org, _ := orgs.Index("450703")
	if got, _ := v.Total(m, org).Latest(mustDay("2018-03-31")); got.String() != "7" {
		t.Errorf("population = %v, want 7: the corrected value stands behind the first", got)
	}
}

// scribe writes events by hand, also such as no intake would.
type scribe struct {
	t     *testing.T
	fold  *projections.Fold
	ids   *events.IDs
	lines [][]byte
}

func newScribe(t *testing.T) *scribe {
	types, orgs := mustCatalogue(t), mustOrgs(t)
	fold, err := projections.NewFold(projections.Rules{Orgs: orgs, Catalogue: types, Measures: testMeasures(t, types)})
	if err != nil {
		t.Fatal(err)
	}
	return &scribe{t: t, fold: fold, ids: events.NewIDs()}
}

func (s *scribe) take(typ, id, org, day, data string) error {
	e := events.Event{Type: typ, Source: "s", ID: id, Org: org, Schema: typ + ".v1", Time: day + "T00:00:00+08:00", Data: []byte(data)}
	p := at(len(s.lines))
	s.lines = append(s.lines, e.AppendLine(nil))
	stored := mustStored(s.t, s.lines[len(s.lines)-1])
	s.ids.Record(stored.Key(), p)
	return knowing(s.fold, s.lines, func() error { return s.fold.Take(stored, p, s.ids.Lookup) })
}

func (s *scribe) must(typ, id, org, day, data string) {
	s.t.Helper()
	if err := s.take(typ, id, org, day, data); err != nil {
		s.t.Fatalf("%s %s: %v", typ, id, err)
	}
}

func (s *scribe) about(typ, id, target, more string) error {
	return s.take(typ, id, "450703", "2018-04-01", `{`+more+`"reason":"r","target_id":"`+target+`","target_source":"s"}`)
}

func (s *scribe) pool(want int64) {
	s.t.Helper()
	if got := pool(s.fold.View()); got != want {
		s.t.Errorf("the pool is %d, want %d", got, want)
	}
}

const inPool = `{"enterprise_id":"x","pool":"hnte"}`

// TestControlEventsThatCannotBeUsed are left out, and change nothing.
func TestControlEventsThatCannotBeUsed(t *testing.T) {
	s := newScribe(t)
	s.must("EnterpriseIncubated", "a", "450703", "2018-03-01", inPool)
	s.must("NilReported", "nil", "450703", "2018-03-31", `{"indicator":"pool","quarter":"2018Q1"}`)
	if err := s.about("EventCorrected", "c0", "a", `"patch":{"data":{"note":"n"}},`); err != nil {
		t.Fatal(err)
	}
	typed := `"now":{"data":` + inPool + `,"dataschema":"PatentGranted.v1","org":"450703","time":"2018-03-01T00:00:00+08:00","type":"PatentGranted"},` +
		`"patch":{"org":"450702"},`
	was := `,"was":{"data":{"enterprise_id":"x","note":"n","pool":"hnte"},"dataschema":"EnterpriseIncubated.v1","org":"450703","time":"2018-03-01T00:00:00+08:00","type":"EnterpriseIncubated"}`
	for _, tt := range []struct{ name, typ, id, target, more string }{
		{"a void of a nil report", "EventVoided", "v1", "nil", ""},
		{"a void of itself", "EventVoided", "v2", "v2", ""},
		{"a void of a correction", "EventVoided", "v3", "c0", ""},
	} {
		if err := s.about(tt.typ, tt.id, tt.target, tt.more); !errors.Is(err, projections.ErrTarget) {
			t.Errorf("%s: Take() = %v, want ErrTarget", tt.name, err)
		}
	}
	err := s.take("EventCorrected", "c1", "450703", "2018-04-01", `{`+typed+`"reason":"r","target_id":"a","target_source":"s"`+was+`}`)
	if !errors.Is(err, projections.ErrTarget) {
		t.Errorf("a correction that changes the type: Take() = %v, want ErrTarget", err)
	}
	s.pool(1)
}

// TestNobodyIsBelievedWhatAnEventWas: a control event that says nothing, or lies, about its target takes effect upon what
// was recorded.
func TestNobodyIsBelievedWhatAnEventWas(t *testing.T) {
	for name, was := range map[string]string{
		"nothing": "", "a lie": `,"was":{"data":{"count":7,"enterprise_id":"y","pool":"hnte"},"dataschema":"EnterpriseIncubated.v1","org":"450703","time":"2018-01-01T00:00:00+08:00","type":"EnterpriseIncubated"}`,
		"rubbish": `,"was":{"data":{"count":0},"dataschema":"EnterpriseIncubated.v1","org":"1","time":"2018-01-01T00:00:00+08:00","type":"EnterpriseIncubated"}`,
	} {
		s := newScribe(t)
		s.must("EnterpriseIncubated", "a", "450703", "2018-03-01", inPool)
		if err := s.take("EventVoided", "v", "450703", "2018-04-01", `{"reason":"r","target_id":"a","target_source":"s"`+was+`}`); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		s.pool(0)
		if n := s.fold.Residue(); n != 0 {
			t.Errorf("%s: %d things are left of a void event", name, n)
		}
	}
}

// TestClosingsStay: a void that was written before the closing that it is about does nothing to it.
func TestClosingsStay(t *testing.T) {
	s := newScribe(t)
	s.must("EnterpriseIncubated", "a", "450703", "2018-03-01", inPool)
	if err := s.about("EventVoided", "v", "close", ""); err != nil {
		t.Fatal(err)
	}
	for range 6 {
		s.must("EnterpriseIncubated", fmt.Sprint(len(s.lines)), "450703", "2018-03-01", inPool)
	}
	s.must("PeriodClosed", "close", "450703", "2018-04-02", `{"as_of":"2018-03-31","plan":"aa","position":"1-0","quarter":"2018Q1","reason":"r","scorecard":{}}`)
	if err := s.about("EventVoided", "v2", "v", ""); err != nil {
		t.Fatal(err)
	}
	if n := len(s.fold.View().Closings(3, 2018, 1)); n != 1 {
		t.Errorf("%d closings, want 1", n)
	}
}

// TestSumsNearTheBound: what was counted can be taken out again, and what was not cannot, however large the sums are.
func TestSumsNearTheBound(t *testing.T) {
	const most = "9999999999999.99"
	s := newScribe(t)
	project := func(id, yuan string) error {
		return s.take("ProjectSubmitted", id, "450703", "2018-03-01", `{"level":"city","programme":"x","project_id":"`+id+`","requested_yuan":"`+yuan+`","stage":"application"}`)
	}
	counted := 0
	for ; ; counted++ {
		if err := project(fmt.Sprint("p", counted), most); errors.Is(err, projections.ErrOverflow) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.about("EventVoided", "v", fmt.Sprint("p", counted), ""); err != nil { // it never counted
		t.Fatal(err)
	}
	if err := s.about("EventVoided", "w", "p5", ""); err != nil {
		t.Fatal(err)
	}
	v := s.fold.View()
	m, _ := v.Measure("projects")
	if got := v.Total(m, 0).Sum(mustDay("2018-01-01"), mustDay("2018-12-31")); got != int64(counted-1) {
		t.Errorf("%d projects, want %d", got, counted-1)
	}
}

// TestManyOfTheSame: neither many claims of one occurrence nor long chains of voids take more than their number.
func TestManyOfTheSame(t *testing.T) {
	s := newScribe(t)
	const n = 3000
	for i := range n {
		s.must("HighTechRecognized", fmt.Sprint(i), "450703", "2018-03-01", `{"certificate_no":"none","enterprise_id":"e","kind":"first"}`)
	}
	s.must("EnterpriseIncubated", "a", "450703", "2018-03-01", inPool)
	target := "a"
	for i := range n {
		id := fmt.Sprint("v", i)
		if err := s.about("EventVoided", id, target, ""); err != nil {
			t.Fatal(err)
		}
		target = id
	}
	s.pool(1 - n%2)
}
