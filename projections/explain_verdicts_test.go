package projections_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections"
)

// firm is a certificate of a high-tech firm.
func firm(id, org, day, certificate, enterprise, more string) events.Event {
	return events.Event{Type: "HighTechRecognized", Source: "kaohe:test", ID: id, Org: org, Schema: "HighTechRecognized.v1", Time: day + "T00:00:00+08:00",
		Data: fmt.Appendf(nil, `{"certificate_no":%q,"enterprise_id":%q,"kind":"first"%s}`, certificate, enterprise, more)}
}

func revoked(id, org, day, certificate string) events.Event {
	return events.Event{Type: "HighTechRevoked", Source: "kaohe:test", ID: id, Org: org, Schema: "HighTechRevoked.v1", Time: day + "T00:00:00+08:00",
		Data: fmt.Appendf(nil, `{"certificate_no":%q,"enterprise_id":"x","reason":"revoked"}`, certificate)}
}

// TestVerdictsOnAStock goes through the rules that leave an event of a stock out.
func TestVerdictsOnAStock(t *testing.T) {
	rules := explained(t)
	b := newBook(t, rules)
	log := []record{
		0:  {kind: "fact", event: firm("0", "450703", "2018-01-10", "GR0", "a", "")},
		1:  {kind: "fact", event: firm("1", "450703", "2018-01-11", "GR1", "b", "")},
		2:  {kind: "fact", event: firm("2", "450703", "2018-01-12", "GR2", "a", "")},
		3:  {kind: "fact", event: firm("3", "450703", "2017-12-01", "GR3", "c", `,"valid_to":"2018-01-31"`)},
		4:  {kind: "fact", event: revoked("4", "450100", "2018-02-01", "GR1")},
		5:  {kind: "fact", event: firm("5", "450702", "2018-01-10", "GR0", "a", "")},
		6:  {kind: "fact", event: firm("6", "450703", "2018-02-10", "GR6", "d", "")},
		7:  {kind: "void", target: 6},
		8:  {kind: "fact", event: firm("8", "450703", "2018-02-10", "GR8", "e", "")},
		9:  {kind: "correction", target: 8, patch: map[string]any{"org": "450100"}},
		10: {kind: "fact", event: firm("10", "450703", "2018-03-10", "GR10", "f", "")},
		11: {kind: "fact", event: revoked("11", "450703", "2018-02-01", "GR9")},
		12: {kind: "fact", event: revoked("12", "450100", "2018-02-01", "GR99")},
		13: {kind: "fact", event: firm("13", "450703", "2018-01-10", "GR13", "g", "")},
		14: {kind: "correction", target: 13, patch: map[string]any{"data": map[string]any{"note": "更正"}}},
		15: {kind: "fact", event: firm("15", "450703", "2018-01-10", "GR15", "h", `,"valid_to":"2018-02-28"`)},
		16: {kind: "fact", event: firm("16", "450703", "2018-01-10", "GR16", "i", `,"valid_to":"2018-02-01"`)},
		17: {kind: "fact", event: revoked("17", "450703", "2018-02-02", "GR16")},
		18: {kind: "fact", event: revoked("18", "450703", "2018-02-01", "GR1")},
	}
	for i := range log {
		b.add(t, line(log, i))
	}
	v := b.fold.View()
	m, _ := v.Measure("firms")
	city, _ := rules.Orgs.Index("450700")
	got, sum := explain(t, b, v, projections.EvidenceQuery{Measure: m, Org: city, To: mustDay("2018-02-28"), Less: projections.None, CoveredBy: projections.None})
	want := []told{
		{at(0), projections.Counted, 0, 1},
		{at(1), projections.Closed, at(4), 0},
		{at(2), projections.SameThing, at(0), 0},
		{at(3), projections.Lapsed, 0, 0},
		{at(4), projections.Ends, at(1), 0},
		{at(5), projections.SameFact, at(0), 0},
		{at(6), projections.Voided, at(7), 0},
		{at(8), projections.CorrectedUnit, at(9), 0},
		{at(10), projections.NotYet, 0, 0},
		{at(11), projections.EndsNothing, 0, 0},
		{at(13), projections.Counted, 0, 1},
		{at(15), projections.Counted, 0, 1},
		{at(16), projections.Lapsed, 0, 0},
		{at(17), projections.EndsNothing, 0, 0},
		{at(18), projections.SameFact, at(4), 0},
	}
	if diff := cmp.Diff(want, got); diff != "" || sum != 3 {
		t.Errorf("sum %d, want 3; told (-want +got):\n%s", sum, diff)
	}
}

// TestTheFirstOfTwoEndsActs: of the same lapse told twice the first in the log acts, be it the later one.
func TestTheFirstOfTwoEndsActs(t *testing.T) {
	b := newBook(t, explained(t))
	for i, fact := range []struct{ typ, org, day, data string }{
		{"PatentGranted", "450703", "2018-01-10", `{"kind":"invention","patent_no":"P"}`},
		{"PatentLapsed", "450100", "2018-03-01", `{"patent_no":"P","reason":"fee_lapse"}`},
		{"PatentLapsed", "450703", "2018-02-01", `{"patent_no":"P","reason":"fee_lapse"}`},
	} {
		e := events.Event{Type: fact.typ, Source: "kaohe:test", ID: fmt.Sprint(i), Org: fact.org, Schema: fact.typ + ".v1", Time: fact.day + "T00:00:00+08:00", Data: []byte(fact.data)}
		b.add(t, e.AppendLine(nil))
	}
	v := b.fold.View()
	m, _ := v.Measure("patents")
	org, _ := v.Rules().Orgs.Index("450703")
	q := projections.EvidenceQuery{Measure: m, Org: org, To: mustDay("2018-02-15"), Less: projections.None, CoveredBy: projections.None}
	got, sum := explain(t, b, v, q)
	want := []told{{at(0), projections.Counted, 0, 1}, {at(2), projections.SameFact, at(1), 0}}
	if diff := cmp.Diff(want, got); diff != "" || sum != v.Total(m, org).Level(q.To) {
		t.Errorf("sum %d; told (-want +got):\n%s", sum, diff)
	}
	q.To = mustDay("2018-03-01")
	got, _ = explain(t, b, v, q)
	want = []told{{at(0), projections.Closed, at(1), 0}, {at(1), projections.Ends, at(0), 0}, {at(2), projections.SameFact, at(1), 0}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("on the day of the lapse, told (-want +got):\n%s", diff)
	}
}

// TestTheLastOfADayHolds: of two values of one day the one recorded last.
func TestTheLastOfADayHolds(t *testing.T) {
	b := newBook(t, explained(t))
	for i, day := range []string{"2018-02-01", "2018-03-01", "2018-03-01", "2018-01-01", "2018-03-02"} {
		e := events.Event{Type: "ReferenceValueSet", Source: "kaohe:test", ID: fmt.Sprint(i), Org: "450703", Schema: "ReferenceValueSet.v1",
			Time: day + "T00:00:00+08:00", Data: fmt.Appendf(nil, `{"key":"population","value":"%d"}`, i)}
		b.add(t, e.AppendLine(nil))
	}
	v := b.fold.View()
	m, _ := v.Measure("population")
	org, _ := v.Rules().Orgs.Index("450703")
	got, _ := explain(t, b, v, projections.EvidenceQuery{Measure: m, Org: org, To: mustDay("2018-03-01"), Less: projections.None, CoveredBy: projections.None})
	want := []told{
		{at(0), projections.Superseded, at(2), 0}, {at(1), projections.Superseded, at(2), 0}, {at(2), projections.Counted, 0, 2_0000},
		{at(3), projections.Superseded, at(2), 0}, {at(4), projections.OutsideSpan, 0, 0},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

// TestOnlyPostedCommitsAreRead: an explanation reads the commits that hold events of its types, units and quarters, and no
// others, in however long a log they stand.
func TestOnlyPostedCommitsAreRead(t *testing.T) {
	b := newBook(t, explained(t))
	days := []string{"2017-11-01", "2018-02-01", "2018-05-01"}
	for i := range 7 * 60 {
		e := incubated(fmt.Sprint(i), fmt.Sprint("firm", i), days[i/7%3])
		switch i / 7 % 4 {
		case 1:
			e = firm(fmt.Sprint(i), "450703", days[i/7%3], fmt.Sprint("GR", i), fmt.Sprint(i), "")
		case 2:
			e.Org = "450100"
		}
		b.add(t, e.AppendLine(nil))
	}
	v := b.fold.View()
	m, _ := v.Measure("pool")
	org, _ := v.Rules().Orgs.Index("450700")
	_, sum := explain(t, b, v, projections.EvidenceQuery{Measure: m, Org: org, From: mustDay("2018-01-01"), To: mustDay("2018-03-31"), Less: projections.None, CoveredBy: projections.None})
	want := map[uint64]bool{}
	for seq := range uint64(60) {
		if seq%3 == 1 && (seq%4 == 0 || seq%4 == 3) {
			want[seq+1] = true
		}
	}
	if diff := cmp.Diff(want, b.read); diff != "" || sum != int64(7*len(want)) {
		t.Errorf("sum %d of %d; commits read (-want +got):\n%s", sum, 7*len(want), diff)
	}
}

// TestAViewExplainsItself: what was recorded after a view is not read for it.
func TestAViewExplainsItself(t *testing.T) {
	b := newBook(t, explained(t))
	for i := range 14 {
		e := incubated(fmt.Sprint(i), fmt.Sprint(i), "2018-02-01")
		b.add(t, e.AppendLine(nil))
		if i == 6 {
			v := b.fold.View()
			defer func() {
				if _, sum := explain(t, b, v, poolOf(v)); sum != 7 || b.read[2] {
					t.Errorf("contributions come to %d, want 7; read %v", sum, b.read)
				}
			}()
		}
	}
}

func poolOf(v *projections.View) projections.EvidenceQuery {
	m, _ := v.Measure("pool")
	return projections.EvidenceQuery{Measure: m, From: mustDay("2018-01-01"), To: mustDay("2018-03-31"), Less: projections.None, CoveredBy: projections.None}
}

// TestLateFactsNameTheClosing: an event is late if its quarter was closed before it was recorded, by its unit or one above.
func TestLateFactsNameTheClosing(t *testing.T) {
	b := newBook(t, explained(t))
	closing := func(id, org, quarter string) {
		e := events.Event{Type: "PeriodClosed", Source: "kaohe:test", ID: id, Org: org, Schema: "PeriodClosed.v1", Time: "2018-04-02T00:00:00+08:00",
			Data: fmt.Appendf(nil, `{"as_of":"2018-03-31","plan":"p","position":"0-0","quarter":%q,"reason":"r","scorecard":{}}`, quarter)}
		b.add(t, e.AppendLine(nil))
	}
	emit := func(id string) {
		e := incubated(id, "firm"+id, "2018-02-01")
		b.add(t, e.AppendLine(nil))
	}
	emit("0")
	closing("1", "450700", "2018Q1")
	closing("2", "450703", "2017Q4")
	closing("3", "450100", "2018Q1")
	emit("4")
	closing("5", "450703", "2018Q1")
	emit("6")
	v := b.fold.View()
	got := map[events.Position]events.Position{}
	err := v.Explain(t.Context(), b.source(), poolOf(v), func(e *projections.Evidence) error {
		got[e.At] = e.Late
		return nil
	})
	if diff := cmp.Diff(map[events.Position]events.Position{at(0): 0, at(4): at(1), at(6): at(5)}, got); diff != "" || err != nil {
		t.Errorf("%v; late after (-want +got):\n%s", err, diff)
	}
}

// TestCorrectedFactsNameTheirCorrections, in the order of the log.
func TestCorrectedFactsNameTheirCorrections(t *testing.T) {
	b := newBook(t, explained(t))
	log := []record{
		{kind: "correction", target: 1, patch: map[string]any{"data": map[string]any{"note": "一"}}},
		{kind: "fact", event: incubated("1", "a", "2018-02-01")},
		{kind: "fact", event: incubated("2", "b", "2018-02-01")},
		{kind: "correction", target: 1, patch: map[string]any{"data": map[string]any{"note": "二"}}},
		{kind: "correction", target: 2, patch: map[string]any{"time": "2017-02-01T00:00:00+08:00"}},
	}
	log[1].event.Source, log[2].event.Source = "kaohe:test", "kaohe:test"
	for i := range log {
		b.add(t, line(log, i))
	}
	v := b.fold.View()
	got := map[events.Position][]events.Position{}
	err := v.Explain(t.Context(), b.source(), poolOf(v), func(e *projections.Evidence) error {
		got[e.At] = slices.Clone(e.Corrected)
		return nil
	})
	if diff := cmp.Diff(map[events.Position][]events.Position{at(1): {at(0), at(3)}, at(2): {at(4)}}, got); diff != "" || err != nil {
		t.Errorf("%v; corrected by (-want +got):\n%s", err, diff)
	}
}

// TestWhatTheFoldCouldNotUseIsSaid, where it stands beside what counts.
func TestWhatTheFoldCouldNotUseIsSaid(t *testing.T) {
	f := newFixture(t, newMemory())
	old, odd := incubated("2", "b", "2018-02-01"), incubated("3", "c", "2018-02-01")
	old.Schema, odd.Data = "EnterpriseIncubated.v9", []byte(`{"enterprise_id":{},"pool":"hnte"}`)
	f.append(incubated("1", "a", "2018-02-01"), old, odd)
	f.run()
	v := f.view()
	var got []told
	src := projections.Source{Commit: f.log.Get, First: f.ids.Lookup}
	err := v.Explain(t.Context(), src, poolOf(v), func(e *projections.Evidence) error {
		got = append(got, told{e.At, e.Verdict, e.By, e.Amount})
		return nil
	})
	want := []told{
		{events.At(1, 0), projections.Counted, 0, 1},
		{events.At(1, 1), projections.Unusable, 0, 0},
		{events.At(1, 2), projections.Unusable, 0, 0},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v; told (-want +got):\n%s", err, diff)
	}
}
