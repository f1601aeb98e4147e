package projections_test

import (
	"encoding/json"
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
