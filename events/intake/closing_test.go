package intake_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/intake"
)

// closing is a PeriodClosed as a script would send it; more is further attributes, or data as `"data.cutoff":...`.
func closing(quarter string, more ...string) []byte {
	attributes, data := "", ""
	for _, m := range more {
		if field, ok := strings.CutPrefix(m, `"data.`); ok {
			data += `,"` + field
		} else {
			attributes += "," + m
		}
	}
	return fmt.Appendf(nil, `{"specversion":"1.0","type":"PeriodClosed","time":"2018-04-02"%s,"data":{"quarter":%q,"reason":"报出"%s}}`, attributes, quarter, data)
}

func TestClosingHoldsTheScorecardOfAllBefore(t *testing.T) {
	r := start(t, memory(), closes)
	receipt := r.emit(t, training("a", 30), training("b", 30), closing("2018Q1"), training("c", 30), closing("2018Q1", `"data.cutoff":"2018-02-28"`), closing("2018Q2", `"org":"450700"`, `"id":"x"`))
	if got, want := statuses(receipt), "new 1-0, new 1-1, new 2-0, new 3-0, new 4-0, new 5-0"; got != want {
		t.Fatalf("receipt: %s, want %s: a closing has a commit of its own", got, want)
	}
	all := stored(t, r.log)
	for at, want := range map[string]string{
		"2-0": `{"as_of":"2018-03-31","plan":"` + planHash("a") + `","position":"1-0","quarter":"2018Q1","reason":"报出","scorecard":{"figure":2,"org":"450703","quarter":"2018Q1"}}`,
		"4-0": `{"as_of":"2018-02-28","cutoff":"2018-02-28","plan":"` + planHash("a") + `","position":"3-0","quarter":"2018Q1","reason":"报出","scorecard":{"figure":3,"org":"450703","quarter":"2018Q1"}}`,
		"5-0": `{"as_of":"2018-04-02","plan":"` + planHash("a") + `","position":"4-0","quarter":"2018Q2","reason":"报出","scorecard":{"figure":3,"org":"450700","quarter":"2018Q2"}}`,
	} {
		if diff := cmp.Diff(want, string(all[at].Data)); diff != "" {
			t.Errorf("closing at %s (-want +got):\n%s", at, diff)
		}
	}
	if e := all["2-0"]; e.Time != "2018-04-02T00:00:00+08:00" || e.Schema != "PeriodClosed.v1" || !strings.HasPrefix(e.ID, "h1-") || e.Source != "kaohe:450703" {
		t.Errorf("the closing is %+v", e)
	}
}

// A closing said again is a repeat as long as it would say what the last one of its unit and quarter said.
func TestClosingAgain(t *testing.T) {
	q1, numbered := closing("2018Q1"), closing("2018Q1", `"id":"n"`)
	city, other := closing("2018Q1", `"org":"450700"`), closing("2018Q1", `"data.cutoff":"2018-03-31"`)
	for _, tt := range []struct {
		name string
		sent [][]byte
		want string
	}{
		{"nothing has changed", [][]byte{q1, q1, q1}, "new 2-0, recorded 2-0, recorded 2-0"},
		{"a late fact", [][]byte{q1, training("late", 1), q1, q1}, "new 2-0, new 3-0, new 4-0, recorded 4-0"},
		{"a late fact that was taken back", [][]byte{q1, training("late", 1), void("v", "late"), q1}, "new 2-0, new 3-0, new 4-0, recorded 2-0"},
		{"a revision that was taken back", [][]byte{q1, training("late", 1), q1, void("v", "late"), q1, q1},
			"new 2-0, new 3-0, new 4-0, new 5-0, new 6-0, recorded 6-0"},
		{"closed in other words between", [][]byte{q1, training("late", 1), other, void("v", "late"), q1, q1}, "new 2-0, new 3-0, new 4-0, new 5-0, new 6-0, recorded 6-0"},
		{"the unit above closed between", [][]byte{q1, city, q1, city}, "new 2-0, new 3-0, recorded 2-0, recorded 3-0"},
		{"the unit above closed after a revision", [][]byte{q1, training("late", 1), q1, city, void("v", "late"), q1, q1},
			"new 2-0, new 3-0, new 4-0, new 5-0, new 6-0, new 7-0, recorded 7-0"},
		{"with an id of its own", [][]byte{numbered, training("late", 1), numbered}, "new 2-0, new 3-0, recorded 2-0"},
		{"with an id of its own and other words", [][]byte{numbered, closing("2018Q2", `"id":"n"`)}, "new 2-0, refused id_conflict"},
		{"numbered by the sender", [][]byte{closing("2018Q1", `"nth":2`), training("late", 1), closing("2018Q1", `"nth":2`)}, "new 2-0, new 3-0, recorded 2-0"},
		{"another quarter", [][]byte{q1, closing("2018Q2"), q1}, "new 2-0, new 3-0, recorded 2-0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := start(t, memory(), closes)
			r.emit(t, training("a", 30))
			var got []string
			for _, raw := range tt.sent {
				got = append(got, statuses(r.emit(t, raw)))
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, ", ")); diff != "" {
				t.Errorf("one by one (-want +got):\n%s", diff)
			}
			restarted := start(t, r.log, closes)
			if got := restarted.emit(t, tt.sent[0]).Events[0]; got.Status != intake.StatusRecorded && got.Refusal == nil {
				t.Errorf("after a restart the first is %s", got.Status)
			}
		})
	}
}

// A closing that moved by nothing but its cut-off day is another.
func TestClosingComparesTheDay(t *testing.T) {
	asOf, _ := events.ParseDay("2018-03-30")
	r := start(t, memory(), closes, func(o *intake.Options) {
		draw := o.Close
		o.Close = func(ctx context.Context, h events.Head, q intake.CloseRequest) (intake.Closing, *intake.Refusal, error) {
			c, refusal, err := draw(ctx, h, q)
			c.AsOf = asOf
			return c, refusal, err
		}
	})
	first := statuses(r.emit(t, closing("2018Q1")))
	asOf++
	if got := first + ", " + statuses(r.emit(t, closing("2018Q1"))); got != "new 1-0, new 2-0" {
		t.Errorf("got %s, want two revisions", got)
	}
}

func TestClosingsThatCannotBe(t *testing.T) {
	r := start(t, memory(), closes)
	r.emit(t, training("a", 30))
	for _, tt := range []struct {
		name               string
		raw                []byte
		field, fault, says string
	}{
		{"a quarter to come", closing("2018Q3"), "data.quarter", "range", "from 1990Q1 to 2018Q2, today being 2018-04-02"},
		{"a quarter before all facts", closing("1989Q4"), "data.quarter", "range", "from 1990Q1"},
		{"no quarter at all", closing("2018Q5"), "data.quarter", "format", ""},
		{"a cut-off before the quarter", closing("2018Q1", `"data.cutoff":"2017-12-31"`), "data.cutoff", "range", "from 2018-01-01 to 2018-03-31"},
		{"a cut-off after the quarter", closing("2018Q1", `"data.cutoff":"2018-04-01"`), "data.cutoff", "range", "from 2018-01-01 to 2018-03-31"},
		{"a cut-off to come", closing("2018Q2", `"data.cutoff":"2018-04-03"`), "data.cutoff", "range", "from 2018-04-01 to 2018-04-02"},
		{"no reason", []byte(strings.Replace(string(closing("2018Q1")), `,"reason":"报出"`, "", 1)), "data.reason", "missing", ""},
		{"an as-of day", closing("2018Q1", `"data.as_of":"2018-03-31"`), "data.as_of", "not_allowed", "no such attribute"},
		{"a scorecard", closing("2018Q1", `"data.scorecard":{}`), "data.scorecard", "not_allowed", "no such attribute"},
		{"a position", closing("2018Q1", `"data.position":"1-0"`), "data.position", "not_allowed", "no such attribute"},
		{"a plan", closing("2018Q1", `"data.plan":"x"`), "data.plan", "not_allowed", "no such attribute"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			refusal := r.emit(t, tt.raw).Events[0].Refusal
			if refusal == nil || refusal.Code != intake.CodeInvalid || len(refusal.Faults) != 1 {
				t.Fatalf("refusal %+v, want one fault", refusal)
			}
			f := refusal.Faults[0]
			if f.Field != tt.field || f.Code != tt.fault || !strings.Contains(f.Want.EN, tt.says) || f.Want.ZH == "" {
				t.Errorf("fault %+v, want %s %s that says %q", f, tt.field, tt.fault, tt.says)
			}
		})
	}
	for _, day := range []string{"2018-01-01", "2018-03-31"} {
		if got := statuses(r.emit(t, closing("2018Q1", `"data.cutoff":"`+day+`"`))); !strings.HasPrefix(got, "new") {
			t.Errorf("cut-off %s: %s", day, got)
		}
	}
	if n := len(stored(t, r.log)); n != 3 {
		t.Errorf("the log holds %d events, want the fact and two closings", n)
	}
}

func TestClosingIsNotVoidedOrCorrected(t *testing.T) {
	r := start(t, memory(), closes)
	r.emit(t, closing("2018Q1", `"id":"x"`))
	receipt := r.emit(t, void("v", "x"), correction("c", "x", `{"time":"2018-03-31"}`))
	if got, want := statuses(receipt), "refused control_target, refused control_target"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestClosingInAnAtomicRequest(t *testing.T) {
	r := start(t, memory(), closes)
	if got, want := statuses(r.emitAtomic(t, training("a", 1), closing("2018Q1"))), "refused not_committed, refused not_committed"; got != want {
		t.Errorf("with another event: %s, want %s", got, want)
	}
	if got, want := statuses(r.emitAtomic(t, closing("2018Q1"))), "new 1-0"; got != want {
		t.Errorf("alone: %s, want %s", got, want)
	}
}

// drawn makes an intake draw up always the same.
func drawn(c intake.Closing, refusal *intake.Refusal, err error) func(*intake.Options) {
	return func(o *intake.Options) {
		o.Close = func(context.Context, events.Head, intake.CloseRequest) (intake.Closing, *intake.Refusal, error) {
			return c, refusal, err
		}
	}
}

func TestClosingMayBeAsLargeAsACommit(t *testing.T) {
	card := func(n int) intake.Closing {
		return intake.Closing{AsOf: 17000, Scorecard: fmt.Appendf(nil, `{"text":"%s"}`, strings.Repeat("x", n)), Plan: planHash("a")}
	}
	r := start(t, memory(), drawn(card(500<<10), nil, nil))
	if got := statuses(r.emit(t, closing("2018Q1"), closing("2018Q1"))); got != "new 1-0, recorded 1-0" {
		t.Errorf("a large scorecard: %s", got)
	}
	r = start(t, memory(), drawn(card(events.MaxCommit), nil, nil))
	refusal := r.emit(t, closing("2018Q1")).Events[0].Refusal
	if refusal == nil || refusal.Code != intake.CodeTooLarge || !strings.Contains(refusal.Text.EN, "the closing with its scorecard has ") {
		t.Errorf("refusal %+v, want too_large", refusal)
	}
}

func TestClosingThatIsNotDrawnUp(t *testing.T) {
	why := &intake.Refusal{Code: intake.CodeInvalid, Text: events.Text{ZH: "没有指标", EN: "no indicators"}}
	r := start(t, memory(), drawn(intake.Closing{}, why, nil))
	receipt := r.emit(t, closing("2018Q1"), training("a", 1))
	if got := statuses(receipt); got != "refused invalid, new 1-0" || receipt.Events[0].Refusal.Text.EN != "no indicators" {
		t.Errorf("refused: %s", got)
	}
	for _, tt := range []struct {
		closing intake.Closing
		err     error
	}{{intake.Closing{}, errors.New("no ink")}, {intake.Closing{AsOf: 17000, Scorecard: []byte(`{"a":`)}, nil}} {
		r = start(t, r.log, drawn(tt.closing, nil, tt.err))
		_, err := r.Emit(eventtest.Context(t), intake.Request{Events: [][]byte{closing("2018Q1")}, By: access.Local})
		if err == nil || !strings.Contains(err.Error(), "draw up the scorecard of 450703 for 2018Q1") || errors.Is(err, intake.ErrUnavailable) {
			t.Errorf("Emit() = %v, want the reason", err)
		}
		if got := statuses(r.emit(t, training("b", 1))); !strings.Contains(got, "new 2-0") && !strings.Contains(got, "recorded 2-0") {
			t.Errorf("afterwards: %s", got)
		}
	}
}

func TestRecordedClosingThatIsNotDrawnUpAgain(t *testing.T) {
	log := memory()
	start(t, log, closes).emit(t, closing("2018Q1"))
	why := &intake.Refusal{Code: intake.CodeInvalid, Text: events.Text{ZH: "没有指标", EN: "no indicators"}}
	if got := statuses(start(t, log, drawn(intake.Closing{}, why, nil)).emit(t, closing("2018Q1"))); got != "refused invalid" {
		t.Errorf("refused: %s", got)
	}
	if _, err := start(t, log, drawn(intake.Closing{}, nil, errors.New("no ink"))).Emit(eventtest.Context(t), intake.Request{Events: [][]byte{closing("2018Q1")}, By: access.Local}); err == nil {
		t.Error("an error gave a receipt")
	}
}

// Whoever emits meanwhile, and through whichever intake: a scorecard counts the commits before its closing, all of them and
// no other. The readers read no more than they must.
func TestClosingWhileOthersEmit(t *testing.T) {
	log := memory()
	lazily := func(o *intake.Options) { o.State.(*reader).lazy = true }
	rigs := []*rig{start(t, log, closes, lazily), start(t, log, closes, lazily)}
	ctx := eventtest.Context(t)
	var all answers
	for i := range 200 {
		in := rigs[i%2].Intake
		all.emit(ctx, in, false, training(fmt.Sprint("t", i), 1))
		if i%5 == 0 {
			all.emit(ctx, in, false, training(fmt.Sprint("u", i), 1), closing("2018Q1", fmt.Sprintf(`"id":"c%d"`, i)), training(fmt.Sprint("v", i), 1))
		}
		if i%8 == 0 {
			all.emit(ctx, in, false, closing("2018Q1"))
		}
	}
	fresh, recorded, refused := all.counts()
	if fresh+recorded != 200+120+25 || recorded > 24 || refused > 0 || len(all.errs) > 0 {
		t.Errorf("%d new, %d recorded, %d refused, errors %v", fresh, recorded, refused, all.errs)
	}
	checkScorecards(t, log)
}

// checkScorecards counts the facts before each closing of a log.
func checkScorecards(t *testing.T, log events.Log) {
	t.Helper()
	figure, closings := 0, 0
	for _, c := range eventtest.MustChain(t, log) {
		lines, err := c.Lines()
		if err != nil {
			t.Fatal(err)
		}
		facts := 0
		for _, line := range lines {
			var s events.Stored
			if err := s.ParseLine(line); err != nil {
				t.Fatal(err)
			}
			if string(s.Type) != "PeriodClosed" {
				facts++
				continue
			}
			closings++
			var data struct {
				Position  string
				Scorecard struct{ Figure int }
			}
			if err := json.Unmarshal(s.Data, &data); err != nil {
				t.Fatal(err)
			}
			if want := fmt.Sprintf("%d-0", c.Seq-1); data.Position != want || data.Scorecard.Figure != figure {
				t.Errorf("commit %d counts %d facts up to %s, want %d up to %s", c.Seq, data.Scorecard.Figure, data.Position, figure, want)
			}
		}
		figure += facts
	}
	if closings == 0 {
		t.Error("nothing was closed")
	}
}

// A closing that was completed here before the log was found to hold it, by another intake and by that one's figures.
func TestClosingThatAnotherIntakeWasFirstToRecord(t *testing.T) {
	for name, id := range map[string][]string{"numbered": {`"id":"x"`}, "derived": nil} {
		log := memory()
		other := start(t, log, closes)
		g := &gate{Log: log, entered: make(chan struct{}, 100), pass: make(chan error)}
		r := start(t, g, closes)
		var all answers
		all.emit(eventtest.Context(t), r.Intake, false, closing("2018Q1", id...))
		<-g.entered
		other.emit(t, training("a", 1))
		other.emit(t, closing("2018Q1", id...))
		g.pass <- nil
		all.wg.Wait()
		if len(all.errs) > 0 || statuses(all.receipts[0]) != "recorded 2-0" {
			t.Errorf("%s: %v, errors %v, want recorded 2-0", name, all.receipts, all.errs)
		}
	}
}

func TestClosingOnALogThatFails(t *testing.T) {
	log, faults := embedded(t)
	r := start(t, log, closes, withPlan("a"))
	for i, fault := range []eventtest.Fault{eventtest.LosePublish, eventtest.LoseAck, eventtest.CutPublish, eventtest.CutAck} {
		r.emit(t, training(fmt.Sprint(i), 1))
		faults.Script(fault)
		if got, want := statuses(r.emit(t, closing("2018Q1"))), fmt.Sprintf("new %d-0", 2*i+3); got != want {
			t.Errorf("%v: %s, want %s", fault, got, want)
		}
		if got, want := statuses(r.emit(t, closing("2018Q1"))), fmt.Sprintf("recorded %d-0", 2*i+3); got != want {
			t.Errorf("again: %s, want %s", got, want)
		}
	}
	if got := plans(t, log); got != "1-0 a" {
		t.Errorf("plans %s", got)
	}
}
