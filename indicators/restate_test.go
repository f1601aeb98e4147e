package indicators_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

const guidance = `{"kind":"guidance","count":%d}`

// guided has 64 guidances in the first quarter of 2018 towards 200, closed at the quarter's end.
func guided(t *testing.T) *ledger {
	l := newLedger(t)
	l.fact("2018-02-28", "450703", "EnvoyServiceRecorded", fmt.Sprintf(guidance, 64))
	l.fact("2018-01-01", "450703", "TargetSet", `{"indicator":"guidances","year":2018,"value":"200","basis":"flow","quarterly_plan":["50","100","150","200"]}`)
	l.close("450703", "2018Q1", "")
	return l
}

func TestRestate(t *testing.T) {
	for _, tt := range []struct {
		name    string
		later   func(l *ledger)
		figures map[indicators.Followed]string
		events  []string
	}{
		{"nothing happened", func(*ledger) {}, map[indicators.Followed]string{"quarter_value": "64 = 64", "quarter_gap": "-14 = -14", "year_target": "200 = 200"}, nil},
		{"a late fact", func(l *ledger) { l.fact("2018-03-20", "450703", "EnvoyServiceRecorded", fmt.Sprintf(guidance, 1)) },
			map[indicators.Followed]string{"quarter_value": "64 late 1 = 65", "quarter_gap": "-14 late -1 = -15", "year_value": "64 late 1 = 65", "quarter_target": "50 = 50"},
			[]string{"4-0 EnvoyServiceRecorded 2018-03-20 late quarter_value 1=65 quarter_gap -1=-15 year_value 1=65"}},
		{"a void", func(l *ledger) { l.void("e0") },
			map[indicators.Followed]string{"quarter_value": "64 voided -64 = 0", "year_value": "64 voided -64 = 0"},
			[]string{"4-0 EventVoided 2018-04-20 voided quarter_value -64=0 quarter_gap 64=50 year_value -64=0"}},
		{"a void that is voided", func(l *ledger) { l.void(l.void("e0")) },
			map[indicators.Followed]string{"quarter_value": "64 = 64"},
			[]string{"4-0 EventVoided 2018-04-20 voided quarter_value -64=0 quarter_gap 64=50 year_value -64=0",
				"5-0 EventVoided 2018-04-20 voided quarter_value 64=64 quarter_gap -64=-14 year_value 64=64"}},
		{"a corrected amount", func(l *ledger) { l.correct("e0", `{"data":{"count":60}}`) },
			map[indicators.Followed]string{"quarter_value": "64 corrected -4 = 60"},
			[]string{"4-0 EventCorrected 2018-04-20 corrected quarter_value -4=60 quarter_gap 4=-10 year_value -4=60"}},
		{"a fact that was of an earlier quarter", func(l *ledger) { l.correct("e0", `{"time":"2017-12-31T00:00:00+08:00"}`) },
			map[indicators.Followed]string{"quarter_value": "64 corrected -64 = 0", "year_value": "64 corrected -64 = 0"},
			[]string{"4-0 EventCorrected 2018-04-20 corrected quarter_value -64=0 quarter_gap 64=50 year_value -64=0"}},
		{"a changed target", func(l *ledger) {
			l.fact("2018-03-01", "450703", "TargetSet", `{"indicator":"guidances","year":2018,"value":"240","basis":"flow"}`)
		}, map[indicators.Followed]string{"quarter_value": "64 = 64", "quarter_target": "50 target 10 = 60", "quarter_gap": "-14 target 10 = -4", "year_target": "200 target 40 = 240"},
			[]string{"4-0 TargetSet 2018-03-01 target quarter_target 10=60 quarter_gap 10=-4 year_target 40=240"}},
		{"a voided target", func(l *ledger) { l.void("e1") },
			map[indicators.Followed]string{"quarter_target": "50 target -50 = null", "quarter_gap": "-14 target 14 = null", "year_target": "200 target -200 = null"},
			[]string{"4-0 EventVoided 2018-04-20 target quarter_target -50=null quarter_gap 14=null year_target -200=null"}},
		{"a voided target that is brought back", func(l *ledger) { l.void(l.void("e1")) },
			map[indicators.Followed]string{"quarter_target": "50 = 50", "year_target": "200 = 200"},
			[]string{"4-0 EventVoided 2018-04-20 target quarter_target -50=null quarter_gap 14=null year_target -200=null",
				"5-0 EventVoided 2018-04-20 target quarter_target 50=50 quarter_gap -14=-14 year_target 200=200"}},
		{"what does not concern the quarter", func(l *ledger) {
			l.fact("2018-04-20", "450703", "EnvoyServiceRecorded", fmt.Sprintf(guidance, 5))
			l.fact("2018-03-20", "450702", "EnvoyServiceRecorded", fmt.Sprintf(guidance, 5))
			l.fact("2018-03-20", "450702", "TargetSet", `{"indicator":"guidances","year":2018,"value":"9","basis":"flow"}`)
			l.fact("2018-04-05", "450703", "NilReported", `{"indicator":"pool","quarter":"2018Q1"}`)
		}, map[indicators.Followed]string{"quarter_value": "64 = 64"}, nil},
		{"a fact that was corrected before it was read", func(l *ledger) {
			l.correct("late", `{"time":"2018-03-20T00:00:00+08:00","org":"450703"}`)
			l.named("late", "2018-04-20", "450702", "EnvoyServiceRecorded", fmt.Sprintf(guidance, 7))
		}, map[indicators.Followed]string{"quarter_value": "64 late 7 = 71"},
			[]string{"5-0 EnvoyServiceRecorded 2018-04-20 late quarter_value 7=71 quarter_gap -7=-21 year_value 7=71"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := guided(t)
			tt.later(l)
			r := l.restate(l.request(l.plan, "450703", "2018Q1"))
			for figure, want := range tt.figures {
				if got := told(r, "guidances", figure); got != want {
					t.Errorf("%s: %s, want %s", figure, got, want)
				}
			}
			if diff := cmp.Diff(tt.events, toldEvents(r, "guidances")); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
			if want := int64(l.n - 3); r.Events != want || r.Moving != int64(len(tt.events)) {
				t.Errorf("%d events of which %d moved a figure, want %d and %d", r.Events, r.Moving, want, len(tt.events))
			}
			if r.Changed() != (len(tt.events) > 0) {
				t.Errorf("Changed() = %t with %d events", r.Changed(), len(tt.events))
			}
		})
	}
}

// What another unit records moves a figure where it ends an interval that is open here, or covers a village listed here.
func TestRestateByOtherUnits(t *testing.T) {
	l := newLedger(t)
	l.fact("2018-01-10", "450703", "HighTechRecognized", `{"enterprise_id":"A","certificate_no":"C","kind":"first"}`)
	l.fact("2018-01-10", "450703", "VillageListed", `{"village_id":"V","name":"某村","list":"poverty_13fyp"}`)
	l.close("450703", "2018Q1", "")
	l.fact("2018-03-01", "450702", "HighTechRevoked", `{"enterprise_id":"A","certificate_no":"C","reason":"other"}`)
	l.fact("2018-03-01", "450100", "EnvoyAssigned", `{"envoy_id":"P","village_id":"V"}`)
	r := l.restate(l.request(l.plan, "450703", "2018Q1"))
	for indicator, want := range map[string]string{
		"firms": "1 late -1 = 0", "firms_net": "1 late -1 = 0", "coverage": "0 late 100 = 100", "assigned": "0 = 0",
	} {
		if got := told(r, indicator, "quarter_value"); got != want {
			t.Errorf("%s: %s, want %s", indicator, got, want)
		}
	}
}

// A reference value moves what is divided by it, and has a cause of its own.
func TestRestateReference(t *testing.T) {
	l := newLedger(t)
	l.fact("2018-01-10", "450703", "HighTechRecognized", `{"enterprise_id":"A","certificate_no":"C","kind":"first"}`)
	population := l.fact("2017-12-31", "450703", "ReferenceValueSet", `{"key":"population","value":"10000"}`)
	l.close("450703", "2018Q1", "")
	l.correct(population, `{"data":{"value":"20000"}}`)
	l.fact("2018-01-31", "450703", "ReferenceValueSet", `{"key":"population","value":"40000"}`)
	r := l.restate(l.request(l.plan, "450703", "2018Q1"))
	if got, want := told(r, "firms_per_10k", "quarter_value"), "1 reference -0.75 = 0.25"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	want := []string{
		"4-0 EventCorrected 2018-04-20 reference quarter_value -0.5=0.5 year_value -0.5=0.5",
		"5-0 ReferenceValueSet 2018-01-31 reference quarter_value -0.25=0.25 year_value -0.25=0.25",
	}
	if diff := cmp.Diff(want, toldEvents(r, "firms_per_10k")); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// A cut-off leaves out facts that were recorded in time: that they count now is nobody's lateness.
func TestRestateCutoff(t *testing.T) {
	l := newLedger(t)
	l.fact("2018-03-10", "450703", "EnvoyServiceRecorded", fmt.Sprintf(guidance, 10))
	l.fact("2018-03-28", "450703", "EnvoyServiceRecorded", fmt.Sprintf(guidance, 3))
	l.close("450703", "2018Q1", "2018-03-25")
	l.fact("2018-03-29", "450703", "EnvoyServiceRecorded", fmt.Sprintf(guidance, 2))
	req := l.request(l.plan, "450703", "2018Q1")
	if got, want := told(l.restate(req), "guidances", "quarter_value"), "10 cutoff 3 late 2 = 15"; got != want {
		t.Errorf("as of the quarter's end: %s, want %s", got, want)
	}
	req.AsOf = mustDate(t, "2018-03-28")
	if got, want := told(l.restate(req), "guidances", "quarter_value"), "10 cutoff 3 = 13"; got != want {
		t.Errorf("as of 28 March: %s, want %s", got, want)
	}
	req.AsOf = mustDate(t, "2018-03-01")
	if got, want := told(l.restate(req), "guidances", "quarter_value"), "10 cutoff -10 = 0"; got != want {
		t.Errorf("as of a day before the cut-off: %s, want %s", got, want)
	}
}

func TestRestateDefinition(t *testing.T) {
	l := newLedger(t)
	l.fact("2018-03-10", "450703", "EnvoyServiceRecorded", fmt.Sprintf(guidance, 10))
	l.fact("2018-03-11", "450703", "EnvoyServiceRecorded", `{"kind":"remote","count":4}`)
	l.fact("2018-03-11", "450702", "EnvoyServiceRecorded", fmt.Sprintf(guidance, 100))
	l.fact("2018-03-12", "450703", "PatentGranted", `{"kind":"invention","patent_no":"ZL1"}`)
	l.close("450703", "2018Q1", "")
	l.close("450700", "2018Q1", "")
	l.fact("2018-03-20", "450703", "EnvoyServiceRecorded", `{"kind":"remote","count":1}`)
	now := mustLedgerPlan(t, planNow)
	r := l.restate(l.request(now, "450703", "2018Q1"))
	for indicator, want := range map[string]string{"guidances": "10 definition 4 late 1 = 15", "patents": "null definition 1 = 1", "grants": "1 definition -1 = null"} {
		if got := told(r, indicator, "quarter_value"); got != want {
			t.Errorf("%s: %s, want %s", indicator, got, want)
		}
	}
	for _, row := range r.Rows {
		if row.Gone != (row.ID == "grants") || row.New != (row.ID == "patents") {
			t.Errorf("%s: gone %t, new %t", row.ID, row.Gone, row.New)
		}
	}
	if got, want := told(l.restate(l.request(now, "450700", "2018Q1")), "guidances", "quarter_value"), "110 definition -96 late 1 = 15"; got != want {
		t.Errorf("a unit that another one left: %s, want %s", got, want)
	}
	req := l.request(now, "450703", "2018Q1")
	req.Then = nil
	r = l.restate(req)
	if got, want := told(r, "guidances", "quarter_value"), "10 definition 4 late 1 = 15"; got != want || !r.PlanUnreadable {
		t.Errorf("without the plan of then: %s, unreadable %t, want %s", got, r.PlanUnreadable, want)
	}
}

// What this program makes of the same facts may be another figure than an earlier one published.
func TestRestateSoftware(t *testing.T) {
	l := guided(t)
	l.fact("2018-03-20", "450703", "EnvoyServiceRecorded", fmt.Sprintf(guidance, 1))
	req := l.request(l.plan, "450703", "2018Q1")
	card := string(req.Closing.Scorecard)
	req.Closing.Scorecard = []byte(strings.ReplaceAll(card, `"value":"64"`, `"value":"63"`))
	r := l.restate(req)
	if got, want := told(r, "guidances", "quarter_value"), "63 software 1 late 1 = 65"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	req.Then = nil
	if got, want := told(l.restate(req), "guidances", "quarter_value"), "63 definition 1 late 1 = 65"; got != want {
		t.Errorf("without the plan of then: %s, want %s", got, want)
	}
}

// A share is published with four decimals and is not restated by what is behind them; steps are differences of what is
// written, so that they add up as they stand.
func TestRestateFractions(t *testing.T) {
	l := newLedger(t)
	applied := `{"subsidy_id":"%s","kind":"conversion","requested_yuan":"%d","enterprise_id":"x"}`
	l.fact("2018-02-01", "450703", "SubsidyApplied", fmt.Sprintf(applied, "a", 30000))
	l.fact("2018-02-01", "450703", "SubsidyDisbursed", `{"subsidy_id":"a","kind":"conversion","amount_yuan":"10000"}`)
	l.close("450703", "2018Q1", "")
	if got, want := told(l.restate(l.request(l.plan, "450703", "2018Q1")), "paid_share", "quarter_value"), "33.3333 = 33.3333"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	l.fact("2018-02-01", "450703", "SubsidyApplied", fmt.Sprintf(applied, "b", 30000))
	l.void("e1")
	r := l.restate(l.request(l.plan, "450703", "2018Q1"))
	if got, want := told(r, "paid_share", "quarter_value"), "33.3333 late -16.6666 voided -16.6667 = 0"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestRestateRevisions(t *testing.T) {
	l := guided(t)
	l.fact("2018-03-20", "450703", "EnvoyServiceRecorded", fmt.Sprintf(guidance, 1))
	l.close("450703", "2018Q1", "")
	l.fact("2018-03-21", "450703", "EnvoyServiceRecorded", fmt.Sprintf(guidance, 2))
	req := l.request(l.plan, "450703", "2018Q1")
	for revision, want := range map[int]string{0: "65 late 2 = 67", 1: "64 late 3 = 67", 2: "65 late 2 = 67"} {
		var err error
		if req.Closing, err = indicators.FindClosing(req.View, req.Closing.Org, mustQuarter(t, "2018Q1"), revision); err != nil {
			t.Fatal(err)
		}
		r := l.restate(req)
		if got := told(r, "guidances", "quarter_value"); got != want || r.Revisions != 2 || revision > 0 && r.Revision != revision {
			t.Errorf("revision %d: %s, revision %d of %d, want %s", revision, got, r.Revision, r.Revisions, want)
		}
	}
	for _, revision := range []int{-1, 3} {
		if _, err := indicators.FindClosing(req.View, req.Closing.Org, mustQuarter(t, "2018Q1"), revision); !errors.Is(err, indicators.ErrNotClosed) {
			t.Errorf("revision %d: %v", revision, err)
		}
	}
	if _, err := indicators.FindClosing(req.View, req.Closing.Org, mustQuarter(t, "2018Q2"), 0); !errors.Is(err, indicators.ErrNotClosed) {
		t.Errorf("a quarter that was not closed: %v", err)
	}
}

func TestRestateOneIndicator(t *testing.T) {
	l := guided(t)
	l.fact("2018-03-20", "450703", "EnvoyServiceRecorded", fmt.Sprintf(guidance, 1))
	l.fact("2018-03-20", "450703", "PatentGranted", `{"kind":"invention","patent_no":"ZL1"}`)
	req := l.request(l.plan, "450703", "2018Q1")
	req.Indicator = "grants"
	r := l.restate(req)
	if len(r.Rows) != 1 || told(r, "grants", "quarter_value") != "0 late 1 = 1" || r.Events != 2 || r.Moving != 1 {
		t.Errorf("%d rows, %s, %d events, %d moving", len(r.Rows), told(r, "grants", "quarter_value"), r.Events, r.Moving)
	}
	req.Indicator = "bees"
	if _, err := indicators.Restate(context.Background(), l.archive, req); !errors.Is(err, indicators.ErrNoIndicator) {
		t.Errorf("an unknown indicator: %v", err)
	}
}

// The list of events is bounded; what the others change is in the sums.
func TestRestateBoundsTheList(t *testing.T) {
	l := guided(t)
	for range 5 {
		l.fact("2018-03-20", "450703", "EnvoyServiceRecorded", fmt.Sprintf(guidance, 1))
	}
	req := l.request(l.plan, "450703", "2018Q1")
	req.MaxEvents, req.Indicator = 2, "guidances"
	r := l.restate(req)
	if row := r.Rows[0]; len(row.Events) != 2 || row.More != 3 || told(r, "guidances", "quarter_value") != "64 late 5 = 69" {
		t.Errorf("%d events and %d more, %s", len(row.Events), row.More, told(r, "guidances", "quarter_value"))
	}
}

// What the steps leave over is said aloud.
func TestRestateSaysWhatItCannotExplain(t *testing.T) {
	l := guided(t)
	l.fact("2018-03-20", "450703", "EnvoyServiceRecorded", fmt.Sprintf(guidance, 1))
	r, err := indicators.Restate(context.Background(), forgetful{l.archive}, l.request(l.plan, "450703", "2018Q1"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := told(r, "guidances", "quarter_value"), "64 = 65 unexplained 1"; got != want || !r.Changed() {
		t.Errorf("%s, changed %t, want %s", got, r.Changed(), want)
	}
}

// forgetful is a past in which nothing happens.
type forgetful struct{ *projections.Archive }

func (forgetful) Walk(context.Context, projections.Rules, uint64, uint64, func(projections.Step) error) error {
	return nil
}

func TestRestateFails(t *testing.T) {
	l := guided(t)
	req := l.request(l.plan, "450703", "2018Q1")
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := indicators.Restate(canceled, l.archive, req); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that is over: %v", err)
	}
	req.Closing.Scorecard = []byte(`{"rows":[]}`)
	if _, err := indicators.Restate(context.Background(), l.archive, req); !errors.Is(err, indicators.ErrScorecard) {
		t.Errorf("with a scorecard of another shape: %v", err)
	}
}
