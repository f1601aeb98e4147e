package intake_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/intake"
)

// late returns the position of the closing that a warning names, or "".
func late(tb testing.TB, o intake.Outcome) string {
	tb.Helper()
	for _, w := range o.Warnings {
		if w.Code != intake.WarnLate {
			continue
		}
		_, at, ok := strings.Cut(w.Text.EN, "late: 2018Q1 was closed by the event at ")
		at, rest, _ := strings.Cut(at, ";")
		if !ok || rest != " the published figures stay, only the current ones move" || !strings.Contains(w.Text.ZH, "2018Q1 已由位置 "+at) {
			tb.Errorf("warning %+v", w.Text)
		}
		return at
	}
	return ""
}

// on is a training on a day, of a unit.
func on(id, day, org string) []byte {
	return []byte(strings.Replace(string(training(id, 1, fmt.Sprintf(`"org":%q`, org), `"source":"kaohe:450703"`)), "2018-02-28", day, 1))
}

func TestLateWarnings(t *testing.T) {
	const nilReport = `{"specversion":"1.0","type":"NilReported","time":"2018-03-31","data":{"indicator":"hightech_firms","quarter":"2018Q1"}}`
	const district, city = "450703", "450700"
	for _, tt := range []struct {
		name string
		org  string // that closes 2018Q1, at 2-0
		sent []byte
		want bool
	}{
		{"a fact of the quarter", district, on("x", "2018-03-31", district), true},
		{"its first day", district, on("x", "2018-01-01", district), true},
		{"the day after", district, on("x", "2018-04-01", district), false},
		{"the day before", district, on("x", "2017-12-31", district), false},
		{"the unit above", district, on("x", "2018-02-01", city), false},
		{"a unit below", city, on("x", "2018-02-01", district), true},
		{"a nil report", district, []byte(nilReport), true},
		{"a correction of a fact of the quarter", district, correction("x", "q1", `{"data":{"attendees":7}}`), true},
		{"a correction of one after it", district, correction("x", "q2", `{"data":{"attendees":7}}`), false},
		{"a correction into the quarter", district, correction("x", "q2", `{"time":"2018-03-31"}`), true},
		{"a correction out of the quarter", district, correction("x", "q1", `{"time":"2018-04-01"}`), true},
		{"a correction to the unit", district, correction("x", "city", `{"org":"450703"}`), true},
		{"a correction away from the unit", district, correction("x", "q1", `{"org":"450700"}`), true},
		{"a correction elsewhere", district, correction("x", "city", `{"data":{"attendees":7}}`), false},
		{"a correction of what was corrected into the quarter", district, correction("x", "moved", `{"data":{"attendees":7}}`), true},
		{"a void", district, void("x", "q1"), true},
		{"a void of one after it", district, void("x", "q2"), false},
		{"a void of what was corrected into the quarter", district, void("x", "moved"), true},
		{"a void of a void", district, void("x", "undone"), true},
		{"a void of a void of a void", district, void("x", "redone"), true},
		{"a void of a void of one after it", district, void("x", "undone2"), false},
		{"a fact that was recorded before", district, on("q1", "2018-02-28", district), false},
		{"the same closing", district, closing("2018Q1"), false},
		{"another closing", district, closing("2018Q1", `"data.cutoff":"2018-02-01"`), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			log := memory()
			before := start(t, log)
			before.emit(t, on("q1", "2018-02-28", district), on("q2", "2018-04-01", district), on("city", "2018-02-28", city), on("moved", "2018-04-01", district),
				on("back", "2018-02-28", district), on("again", "2018-02-28", district), on("back2", "2018-04-01", district))
			before.emit(t, correction("c", "moved", `{"time":"2018-03-01"}`), void("undone", "back"), void("undone2", "back2"), void("undone3", "again"), void("redone", "undone3"))
			r := start(t, log, closes)
			at := r.emit(t, closing("2018Q1", fmt.Sprintf(`"org":%q`, tt.org))).Events[0].Position.String()
			o := r.emit(t, tt.sent).Events[0]
			if o.Refusal != nil {
				t.Fatalf("refused: %s", o.Refusal.Text.EN)
			}
			want, counted := "", 0.0
			if tt.want {
				want, counted = at, 1
			}
			if got := late(t, o); got != want {
				t.Errorf("late after %q, want %q; warnings %+v", got, want, o.Warnings)
			}
			if n := gathered(t, r.registry, "kaohe_intake_late_total"); n != counted {
				t.Errorf("kaohe_intake_late_total = %v, want %v", n, counted)
			}
			again := r.emit(t, tt.sent).Events[0]
			if again.Status == intake.StatusRecorded && late(t, again) != "" {
				t.Error("what was recorded before is said to be late")
			}
		})
	}
}

// Late is what stands after a closing in the log, however far the reader has come.
func TestLateBesideTheClosing(t *testing.T) {
	r := start(t, memory(), closes, func(o *intake.Options) { o.State.(*reader).lazy = true })
	var got []string
	for _, o := range r.emit(t, training("a", 1), closing("2018Q1", `"id":"x"`), training("b", 1), closing("2018Q1", `"id":"y"`), training("c", 1), training("d", 1)).Events {
		got = append(got, o.Position.String()+" after "+late(t, o))
	}
	if got, want := strings.Join(got, ", "), "1-0 after , 2-0 after , 3-0 after 2-0, 4-0 after , 5-0 after 4-0, 5-1 after 4-0"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// What another intake has closed, before this one's commit and after it.
func TestLateAfterAnotherIntakesClosing(t *testing.T) {
	log := memory()
	other := start(t, log, closes)
	g := &gate{Log: log, entered: make(chan struct{}, 100), pass: make(chan error)}
	r := start(t, g, closes)
	var all answers
	all.emit(eventtest.Context(t), r.Intake, false, training("a", 1))
	<-g.entered
	closed := other.emit(t, closing("2018Q1")).Events[0].Position
	g.pass <- nil // the log has moved
	<-g.entered
	g.pass <- nil
	all.wg.Wait()
	if len(all.errs) > 0 {
		t.Fatal(all.errs)
	}
	if o := all.receipts[0].Events[0]; late(t, o) != closed.String() || o.Position != events.At(2, 0) {
		t.Errorf("%s, late after %q, want 2-0 after %v", statuses(all.receipts[0]), late(t, o), closed)
	}
}

func TestLateIsSaidOverHTTP(t *testing.T) {
	r := start(t, memory(), closes)
	r.emit(t, closing("2018Q1"))
	answer := r.emit(t, training("a", 1)).In(events.Chinese)
	want := intake.WarningAnswer{Code: "late", Message: "迟到:2018Q1 已由位置 1-0 的事件锁定;已报出的数字不变,变动的只是当前数字"}
	if w := answer.Events[0].Warnings; len(w) != 1 || w[0] != want {
		t.Errorf("warnings %+v, want %+v", w, want)
	}
}
