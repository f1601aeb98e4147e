package quality_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/indicators/quality"
	"github.com/kaohe/kaohe/projections"
)

func TestNoticeOfAWholeRequest(t *testing.T) {
	r := newRig(t, treePlan())
	r.record(village("l", "listed", "2018-01-01", ""))
	r.findings()
	list := []events.Event{
		newEvent(t, contractOf("C1", "90.00"), "a"), newEvent(t, contractOf("C1", "80.00"), "b"),
		newEvent(t, assigned("2018-01-05", ""), "c"), newEvent(t, service("2018-01-06", ""), "d"), newEvent(t, service("2017-01-06", ""), "e"),
		newEvent(t, fact{typ: "OutreachHeld", day: "2018-01-01", data: `{"kind":"lecture"}`}, "f"),
	}
	said := r.watch.Notice(list)
	want := [][]string{{"DQ-09/amount_small", "DQ-13/number_differs"}, {"DQ-09/amount_small", "DQ-13/number_differs"}, {}, {}, {"DQ-08/outside_assignment"}, {}}
	for i := range list {
		if got := checksOf(said, i); !cmp.Equal(got, want[i]) {
			t.Errorf("of event %d: %v, want %v", i, got, want[i])
		}
	}
	for _, f := range said[1] {
		if f.Check == "number_differs" && !strings.Contains(f.Text.EN, "(event 1 of the same request)") {
			t.Errorf("says %q, want which one", f.Text.EN)
		}
	}
	for _, f := range []fact{target("450703", "conversions", ""), {typ: "NilReported", day: "2018-03-31", data: `{"quarter":"2018Q1","indicator":"conversions"}`}, void("x")} {
		if said := r.watch.Notice([]events.Event{newEvent(t, f, "g")}); said != nil {
			t.Errorf("of %s, which no rule looks at: %v", f.typ, said)
		}
	}
}

func TestNoticeOfACorrection(t *testing.T) {
	r := newRig(t, treePlan())
	r.record(contractOf("C1", "90000.00"), contractOf("C2", "90000.00"), void("e1"))
	r.findings()
	for _, tt := range []struct {
		name string
		f    fact
		want []string
	}{
		{"to what is odd", correct("e0", `{"data":{"amount_yuan":"90.00"}}`), []string{"DQ-09/amount_small"}},
		{"to what is not", correct("e0", `{"data":{"amount_yuan":"90001.00"}}`), []string{}},
		{"to what is odd with others", correct("e0", `{"data":{"contract_no":"C3","tech_amount_yuan":"90001.00"}}`), []string{"DQ-11/technology_over_amount"}},
		{"of what is voided", correct("e1", `{"data":{"amount_yuan":"90.00"}}`), []string{}},
		{"of nobody", correct("e9", `{"data":{"amount_yuan":"90.00"}}`), []string{}},
		{"that says nothing", fact{typ: "EventCorrected", day: "2018-01-01", data: `{}`}, []string{}},
		{"that leaves nothing", correct("e0", `{"data":7}`), []string{}},
	} {
		e := newEvent(t, tt.f, "new")
		if got := checksOf(r.watch.Notice([]events.Event{e}), 0); !cmp.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	r.record(correct("e0", `{"data":{"amount_yuan":"80.00"}}`)) // which Notice takes from the amendments from now on
	r.findings()
	e := newEvent(t, correct("e0", `{"data":{"note":"n"}}`), "new")
	if got := checksOf(r.watch.Notice([]events.Event{e}), 0); !cmp.Equal(got, []string{"DQ-09/amount_small"}) {
		t.Errorf("of a corrected one: %v, want that it is still odd", got)
	}
	fine := newEvent(t, correct("e0", `{"data":{"amount_yuan":"90000.00"}}`), "new")
	if got := checksOf(r.watch.Notice([]events.Event{fine}), 0); len(got) > 0 {
		t.Errorf("of a correction that puts it right: %v", got)
	}
	r.wants("as long as that is not recorded", "DQ-09/amount_small warn 450703: 0")
	many := make([]events.Event, 20)
	for i := range many {
		r.record(contractOf(fmt.Sprint("M", i), "90000.00"))
		many[i] = newEvent(t, correct(fmt.Sprint("e", r.n-1), `{"data":{"amount_yuan":"70.00"}}`), fmt.Sprint("new", i))
	}
	r.findings()
	said, looked := r.watch.Notice(many), 0
	for i := range many {
		looked += min(len(said[i]), 1)
	}
	if looked != 16 {
		t.Errorf("of 20 corrections %d were looked at, want 16", looked)
	}
}

// A watch that has not read a correction yet, while the fold has, does not hold the fact against itself.
func TestNoticeOfACorrectionThatTheWatchHasNotRead(t *testing.T) {
	r := newRig(t, treePlan())
	r.record(contractOf("C1", "90000.00"))
	r.findings()
	w := r.another(behind{r.state, 1}, r.state.CaughtUp())
	if err := w.Await(eventtest.Context(t), 1); err != nil {
		t.Fatal(err)
	}
	r.record(correct("e0", `{"data":{"amount_yuan":"80000.00"}}`))
	r.findings()
	e := newEvent(t, correct("e0", `{"data":{"amount_yuan":"70000.00"}}`), "new")
	if got := checksOf(w.Notice([]events.Event{e}), 0); len(got) > 0 {
		t.Errorf("Notice() = %v, want nothing", got)
	}
}

// behind is a fold whose later commits nobody gets to see.
type behind struct {
	*projections.Runner
	upTo uint64
}

func (b behind) Await(ctx context.Context, seq uint64) (events.Head, error) {
	if seq > b.upTo {
		<-ctx.Done()
		return events.Head{}, ctx.Err()
	}
	return b.Runner.Await(ctx, seq)
}

// Ids that stand for nobody in particular gather facts without end; what is found about them stays bounded.
func TestGiantGroupsAreBounded(t *testing.T) {
	r := newRig(t, treePlan())
	for range 5 {
		list := make([]events.Event, 1000)
		for i := range list {
			list[i] = r.event(service("2018-01-01", ""))
		}
		r.append(list...)
	}
	f := r.findings()[0]
	if len(f.Events) != 100 || f.More != 3996 || !strings.Contains(f.Text.EN, "4096 services") {
		t.Errorf("%d events and %d more: %s", len(f.Events), f.More, f.Text.EN)
	}
	late := newEvent(t, service("2018-01-02", ""), "late")
	if said := checksOf(r.watch.Notice([]events.Event{late}), 0); len(said) > 0 {
		t.Errorf("of one beyond the bound: %v, want nothing", said)
	}
	for range 4 {
		list := make([]events.Event, 250)
		for i := range list {
			yuan := "500.00"
			if i < 60 {
				yuan = "5000000000.00"
			}
			list[i] = r.event(requested("C", yuan))
		}
		r.append(list...)
	}
	if n := len(r.page(quality.Query{Rule: "DQ-09", Limit: 1000}).Findings); n != 100 {
		t.Errorf("%d of 240 amounts that are far too large, want 100", n)
	}
}

// Many goroutines ask while the log grows; the race detector watches.
func TestManyAskAtOnce(t *testing.T) {
	r := newRig(t, treePlan())
	r.record(contractOf("C1", "90.00"))
	r.findings()
	var asking sync.WaitGroup
	for g := range 4 {
		asking.Go(func() {
			for i := range 50 {
				e := newEvent(&failing{}, contractOf("C1", "80.00"), fmt.Sprintf("x%d-%d", g, i))
				if said := r.watch.Notice([]events.Event{e}); len(said[0]) == 0 {
					t.Error("nothing is odd")
				}
				if _, err := r.watch.List(quality.Query{Limit: 3}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 50 {
		r.record(contractOf("C1", "90.00"), service("2018-01-01", ""))
	}
	asking.Wait()
	if err := r.watch.Await(eventtest.Context(t), r.head.Seq); err != nil {
		t.Fatal(err)
	}
	if n := len(r.findings()); n != 102 { // 51 small amounts, 50 repetitions, one envoy
		t.Errorf("%d findings, want 102", n)
	}
}
