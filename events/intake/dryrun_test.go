package intake_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/intake"
)

// try sends a dry run and ends the test if there is no receipt, or the log has grown.
func (r *rig) try(tb testing.TB, atomic bool, raw ...[]byte) intake.Receipt {
	tb.Helper()
	before := eventtest.MustEnd(tb, r.log)
	receipt, err := r.Emit(eventtest.Context(tb), intake.Request{Events: raw, By: access.Local, Atomic: atomic, DryRun: true})
	if err != nil {
		tb.Fatalf("Emit(dry run) failed: %v", err)
	}
	if after := eventtest.MustEnd(tb, r.log); after != before || !receipt.DryRun || receipt.Durability != "none" {
		tb.Fatalf("a dry run took the log from commit %d to %d; %+v", before, after, receipt)
	}
	return receipt
}

// rehearsed writes the receipt of a dry run like statuses, without positions of what is not recorded.
func rehearsed(r intake.Receipt) string { return strings.ReplaceAll(statuses(r), " 0-0", "") }

func TestDryRunSaysWhatWouldBecomeOfEvents(t *testing.T) {
	r := start(t, memory())
	r.emit(t, training("old", 1), training("", 7))
	for _, tt := range []struct {
		name, want string
		atomic     bool
		raw        [][]byte
	}{
		{"good, known, bad and in conflict", "valid, recorded 1-0, refused invalid, refused id_conflict", false,
			[][]byte{training("a", 1), training("old", 1), training("b", -1), training("old", 2)}},
		{"one valid before is valid again: no id is kept", "valid", false, [][]byte{training("a", 2)}},
		{"repeats within the request", "valid, recorded, refused id_conflict", false,
			[][]byte{training("a", 1), training("a", 1), training("a", 2)}},
		{"equal content without ids", "valid, recorded, valid, recorded 1-1", false,
			[][]byte{training("", 1), training("", 1), training("", 1, `"nth":2`), training("", 7)}},
		{"atomic and good", "valid, recorded 1-0", true, [][]byte{training("a", 1), training("old", 1)}},
		{"atomic and one bad", "refused not_committed, refused invalid", true, [][]byte{training("a", 1), training("b", -1)}},
		{"no JSON", "refused not_json, refused unknown_type", false, [][]byte{[]byte("7"), []byte(`{"type":"Nothing"}`)}},
	} {
		if got := rehearsed(r.try(t, tt.atomic, tt.raw...)); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestDryRunWarns(t *testing.T) {
	r := start(t, memory(), closes, func(o *intake.Options) {
		o.Notice = func(list []events.Event) [][]intake.Warning {
			warnings := make([][]intake.Warning, len(list))
			for i, e := range list {
				warnings[i] = []intake.Warning{{Code: "DQ-00", Text: events.Text{EN: "odd " + e.ID}}}
			}
			return warnings
		}
	})
	r.emit(t, closing("2018Q1"))
	r.catchUp(t)
	receipt := r.try(t, false, training("a", 1), training("", 1), training("", 1), training("b", -1))
	var got []string
	for _, o := range receipt.Events {
		for _, w := range o.Warnings {
			got = append(got, w.Code)
		}
	}
	if want := "[late DQ-00 late DQ-00 same_content]"; fmt.Sprint(got) != want {
		t.Errorf("warnings %v, want %s", got, want)
	}
	if said := receipt.Events[2].Warnings[0].Text; !strings.Contains(said.EN, "event 1 of this request") || !strings.Contains(said.ZH, "序号 1 ") {
		t.Errorf("the repeat is told %+v, want which event it repeats", said)
	}
}

// Control events are checked by what the log holds and what the request brings before them.
func TestDryRunOfControlEvents(t *testing.T) {
	r := start(t, memory(), closes)
	r.emit(t, training("old", 1), training("gone", 1))
	r.emit(t, void("u", "gone"))
	r.catchUp(t)
	for _, tt := range []struct {
		name, want string
		raw        [][]byte
	}{
		{"a void", "valid", [][]byte{void("w", "old")}},
		{"a void twice", "valid, recorded", [][]byte{void("w", "old"), void("w", "old")}},
		{"a void that is recorded", "recorded 2-0", [][]byte{void("u", "gone")}},
		{"a void of nothing", "refused unknown_target", [][]byte{void("w", "nothing")}},
		{"a correction", "valid", [][]byte{correction("c", "old", `{"data":{"attendees":2}}`)}},
		{"a correction that changes nothing", "refused no_change", [][]byte{correction("c", "old", `{"data":{"attendees":1}}`)}},
		{"a correction to what cannot be", "refused invalid", [][]byte{correction("c", "old", `{"data":{"attendees":-1}}`)}},
		{"a correction of what is voided", "refused voided", [][]byte{correction("c", "gone", `{"data":{"attendees":2}}`)}},
		{"of what the request brings", "valid, valid, valid, refused invalid, refused control_target",
			[][]byte{training("a", 1), void("v", "a"), correction("c", "a", `{"data":{"attendees":2}}`), correction("d", "a", `{"data":{"attendees":-2}}`), correction("e", "v", `{"time":"2018-02-01"}`)}},
		{"of what the request brings too late", "refused unknown_target, valid", [][]byte{void("w", "a"), training("a", 1)}},
		{"of what the request does not bring", "refused invalid, refused unknown_target", [][]byte{training("a", -1), void("w", "a")}},
		{"a closing", "valid", [][]byte{closing("2018Q1")}},
		{"a closing to come", "refused invalid", [][]byte{closing("2018Q3")}},
	} {
		if got := rehearsed(r.try(t, false, tt.raw...)); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
	if got, want := statuses(r.emit(t, void("w", "old"), closing("2018Q1"))), "new 3-0, new 4-0"; got != want {
		t.Errorf("in earnest: %s, want %s", got, want)
	}
}

// Who may not record an event is told so by a dry run, too.
func TestDryRunOfWhoMayNot(t *testing.T) {
	r := start(t, memory())
	r.emit(t, training("old", 1), training("above", 1, `"org":"450700"`, `"source":"/city"`))
	script := access.Principal{Name: "script", Org: "450703", Can: access.Emit}
	receipt, err := r.Emit(eventtest.Context(t), intake.Request{By: script, DryRun: true, Events: [][]byte{
		training("a", 1), training("b", 1, `"org":"450700"`), void("v", "old"),
		correction("c", "old", `{"org":"450700"}`), correction("d", "a", `{"org":"450700"}`), correction("e", "a", `{"data":{"attendees":2}}`),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := rehearsed(receipt), "valid, refused out_of_scope, valid, refused out_of_scope, refused out_of_scope, valid"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if n := len(stored(t, r.log)); n != 2 {
		t.Errorf("the log holds %d events, want 2", n)
	}
}

func TestDryRunOnTheWire(t *testing.T) {
	r := start(t, memory())
	r.emit(t, training("old", 1))
	for _, tt := range []struct {
		name   string
		query  string
		status int
		want   string
		raw    [][]byte
	}{
		{"good", "?dry_run=true", 200, "true new 0 valid 1 recorded 1 refused 0", [][]byte{training("a", 1), training("old", 1)}},
		{"some refused", "?dry_run=1", 207, "true new 0 valid 1 recorded 0 refused 1", [][]byte{training("a", 1), training("b", -1)}},
		{"all refused", "?dry_run=true", 422, "true new 0 valid 0 recorded 0 refused 1", [][]byte{training("b", -1)}},
		{"conflicts alone", "?dry_run=true&atomic=true", 409, "true new 0 valid 0 recorded 0 refused 2", [][]byte{training("a", 1), training("old", 2)}},
		{"in earnest", "?dry_run=false", 200, "false new 1 valid 0 recorded 0 refused 0", [][]byte{training("a", 1)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, _, body := do(t, r.Handler(), call{query: tt.query, contentType: intake.MediaBatch, body: batch(tt.raw...)})
			var a intake.Answer
			if err := json.Unmarshal(body, &a); err != nil {
				t.Fatalf("%v: %s", err, body)
			}
			if got := fmt.Sprintf("%v new %d valid %d recorded %d refused %d", a.DryRun, a.New, a.Valid, a.Recorded, a.Refused); status != tt.status || got != tt.want {
				t.Errorf("status %d, %s, want %d, %s", status, got, tt.status, tt.want)
			}
			if (a.Durability == "none") != a.DryRun {
				t.Errorf("durability %s of dry run %v", a.Durability, a.DryRun)
			}
		})
	}
	_, _, body := do(t, r.Handler(), call{query: "?dry_run=true", header: said("ce-id", "c"), body: []byte(attended)})
	if got := mustAnswer(t, body); got.Status != intake.StatusValid || got.Position != "" {
		t.Errorf("in binary mode: %s, want valid, and nowhere", body)
	}
	if status, _, body := do(t, r.Handler(), call{query: "?dry_run=perhaps", contentType: intake.MediaEvent}); status != http.StatusBadRequest {
		t.Errorf("perhaps a dry run: status %d: %s", status, body)
	}
}
