package indicators_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

// closedWorld has 64 guidances towards 200 and no grants, closed and handed in on 2 April.
func closedWorld(t *testing.T) *world {
	w := guidancesWorld(t)
	return w.close("2018-04-02", "2018Q1", "450703", w.card("2018Q1", "450703", "2018-03-31"))
}

func published(tb testing.TB, w *world, quarter, asOf, indicator string) (now, then string, restated bool) {
	tb.Helper()
	row := w.row(quarter, "450703", asOf, indicator)
	if row.Published == nil {
		return short(row.Quarter), "nothing", row.Restated
	}
	return short(row.Quarter), short(row.Published.Quarter), row.Restated
}

func TestClosedQuarterSaysWhatItIs(t *testing.T) {
	w := closedWorld(t)
	want := &indicators.Closed{
		Revision: 1, At: events.At(3, 0), Through: 2, Day: mustDate(t, "2018-04-02"), AsOf: mustDate(t, "2018-03-31"),
		Plan: w.plan.Hash, Reason: "handed in", By: "test",
	}
	for name, card := range map[string]*indicators.Scorecard{
		"at the quarter's end": w.card("2018Q1", "450703", "2018-03-31"),
		"of an earlier day":    w.card("2018Q1", "450703", "2018-01-15"),
		"before the quarter":   w.card("2018Q1", "450703", "2017-11-15"),
	} {
		if diff := cmp.Diff(want, card.Closed); diff != "" {
			t.Errorf("%s: closed (-want +got):\n%s", name, diff)
		}
	}
	for name, card := range map[string]*indicators.Scorecard{
		"another quarter": w.card("2018Q2", "450703", "2018-03-31"),
		"the unit above":  w.card("2018Q1", "450700", "2018-03-31"),
	} {
		if card.Closed != nil || card.Rows[0].Published != nil {
			t.Errorf("%s is closed: %+v", name, card.Closed)
		}
	}
	w.fold.Advance(events.Head{Seq: 9}, recordedAt)
	e := events.Event{
		Type: "PeriodClosed", Source: "s", ID: "i", Principal: "li", Time: "2018-04-05T00:00:00+08:00", Org: "450703", Schema: "PeriodClosed.v1",
		Data: []byte(`{"as_of":"2018-03-25","cutoff":"2018-03-25","plan":"p","position":"9-0","quarter":"2018Q1","reason":"r","scorecard":{"indicators":[]}}`),
	}
	var s events.Stored
	if err := s.ParseLine(e.AppendLine(nil)); err != nil {
		t.Fatal(err)
	}
	if err := w.fold.Apply(&s, events.At(10, 0)); err != nil {
		t.Fatal(err)
	}
	card := w.card("2018Q1", "450703", "2018-03-31")
	want = &indicators.Closed{
		Revision: 2, At: events.At(10, 0), Through: 9, Day: mustDate(t, "2018-04-05"), AsOf: mustDate(t, "2018-03-25"), Cutoff: mustDate(t, "2018-03-25"),
		Plan: "p", Reason: "r", By: "li",
	}
	if diff := cmp.Diff(want, card.Closed); diff != "" {
		t.Errorf("closed again (-want +got):\n%s", diff)
	}
}

func TestPublishedFiguresStay(t *testing.T) {
	w := closedWorld(t)
	const figure = "value 64 base 0 target 50 expected 50 gap -14 completion 1.28 pace 1.28 achieved"
	if now, then, restated := published(t, w, "2018Q1", "2018-03-31", "guidances"); now != figure || then != figure || restated {
		t.Errorf("just closed: now %s, published %s, restated %t", now, then, restated)
	}
	w.happen(`2018-03-20 450703 EnvoyServiceRecorded {"kind":"guidance","count":4}`)
	now, then, restated := published(t, w, "2018Q1", "2018-03-31", "guidances")
	if want := "value 68 base 0 target 50 expected 50 gap -18 completion 1.36 pace 1.36 achieved"; now != want || then != figure || !restated {
		t.Errorf("with a late fact: now %s, published %s, restated %t", now, then, restated)
	}
	if now, then, restated := published(t, w, "2018Q1", "2018-03-31", "grants"); now != then || restated {
		t.Errorf("nothing came late: now %s, published %s, restated %t", now, then, restated)
	}
	// As of a day before the published one there are fewer facts, which restates nothing.
	if now, then, restated := published(t, w, "2018Q1", "2018-01-31", "guidances"); now == then || then != figure || restated {
		t.Errorf("as of an earlier day: now %s, published %s, restated %t", now, then, restated)
	}
	w.close("2018-04-09", "2018Q1", "450703", w.card("2018Q1", "450703", "2018-03-31"))
	if now, then, restated := published(t, w, "2018Q1", "2018-03-31", "guidances"); now != then || restated {
		t.Errorf("closed again: now %s, published %s, restated %t", now, then, restated)
	}
}

// A fact of the quarter before moves the year to date alone: what was published of it is restated all the same.
func TestYearIsRestatedByAnEarlierQuarter(t *testing.T) {
	w := guidancesWorld(t)
	w.close("2018-07-02", "2018Q2", "450703", w.card("2018Q2", "450703", "2018-06-30")).
		happen(`2018-03-20 450703 EnvoyServiceRecorded {"kind":"guidance","count":4}`)
	row := w.row("2018Q2", "450703", "2018-06-30", "guidances")
	if row.Quarter.Value.String() != "0" || row.Published.Quarter.Value.String() != "0" || row.Published.Year.Value.String() != "64" || !row.Restated {
		t.Errorf("quarter %s, published %s, year %s, published %s, restated %t", row.Quarter.Value, row.Published.Quarter.Value, row.Year.Value,
			row.Published.Year.Value, row.Restated)
	}
}

// Fractions are recorded with four decimals: one that goes on behind them is not restated.
func TestFractionsAreNotRestatedByRounding(t *testing.T) {
	w := newWorld(t).happen(`2018-02-01 450703 SubsidyApplied {"subsidy_id":"a","kind":"conversion","requested_yuan":"30000","enterprise_id":"x"}
2018-02-01 450703 SubsidyDisbursed {"subsidy_id":"a","kind":"conversion","amount_yuan":"10000"}`)
	w.close("2018-04-02", "2018Q1", "450703", w.card("2018Q1", "450703", "2018-03-31"))
	row := w.row("2018Q1", "450703", "2018-03-31", "paid_share")
	if row.Published.Quarter.Value.String() != "33.3333" || row.Restated || row.Quarter.Value.Equal(row.Published.Quarter.Value) {
		t.Errorf("published %s, now %s, restated %t", row.Published.Quarter.Value, row.Quarter.Value, row.Restated)
	}
}

func TestClosingsOfOtherVersions(t *testing.T) {
	for _, tt := range []struct {
		name, scorecard string
		unreadable      bool
		gone            []indicators.GoneIndicator
		value           string // published of the guidances; empty for nothing
	}{
		{"unknown fields", `{"hue":"red","indicators":[{"id":"guidances","hue":1,"quarter":{"value":"3","hue":[]},"year":null}]}`, false, nil, "3"},
		{"an indicator that is gone", `{"indicators":[{"id":"bees","name":{"zh":"蜂","en":"Bees"},"quarter":{"value":"3"}}]}`, false,
			[]indicators.GoneIndicator{{ID: "bees", Name: events.Text{ZH: "蜂", EN: "Bees"}}}, ""},
		{"an unknown value", `{"indicators":[{"id":"guidances","quarter":{"value":null}}]}`, false, nil, "null"},
		{"no indicators at all", `{"indicators":[]}`, false, nil, ""},
		{"no list of indicators", `{"rows":[]}`, true, nil, ""},
		{"another shape", `{"indicators":{"guidances":3}}`, true, nil, ""},
		{"another kind of number", `{"indicators":[{"id":"guidances","quarter":{"value":3}}]}`, true, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := guidancesWorld(t).close("2018-04-02", "2018Q1", "450703", tt.scorecard)
			card := w.card("2018Q1", "450703", "2018-03-31")
			if card.Closed == nil || card.Closed.Revision != 1 || card.Closed.Unreadable != tt.unreadable {
				t.Fatalf("closed %+v, want unreadable %t", card.Closed, tt.unreadable)
			}
			if diff := cmp.Diff(tt.gone, card.Closed.Gone); diff != "" {
				t.Errorf("gone (-want +got):\n%s", diff)
			}
			value := ""
			if row, _ := card.Row("guidances"); row.Published != nil {
				value = row.Published.Quarter.Value.String()
			}
			if value != tt.value {
				t.Errorf("published %q, want %q", value, tt.value)
			}
		})
	}
}

// What is recorded by one closing does not depend on the closings before it.
func TestToPublishLeavesClosingsOut(t *testing.T) {
	w := guidancesWorld(t)
	first, err := json.Marshal(w.card("2018Q1", "450703", "2018-03-31").ToPublish())
	if err != nil {
		t.Fatal(err)
	}
	w.close("2018-04-02", "2018Q1", "450703", string(first))
	card := w.card("2018Q1", "450703", "2018-03-31")
	second, err := json.Marshal(card.ToPublish())
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("a second closing would record %s, want %s, %v", second, first, err)
	}
	if card.Closed == nil || card.Rows[0].Published == nil {
		t.Error("ToPublish has changed the scorecard itself")
	}
}
