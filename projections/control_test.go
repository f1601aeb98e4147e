package projections_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections"
)

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
