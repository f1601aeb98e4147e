package intake_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
	"github.com/kaohe/kaohe/events/intake"
)

// What the plan has to say of an event is asked last, about the whole event, and refuses it.
func TestCheckRefuses(t *testing.T) {
	var asked []events.Event
	r := start(t, memory(), func(o *intake.Options) {
		o.Check = map[string]func(events.Event) []catalogue.Fault{"TrainingHeld": func(e events.Event) []catalogue.Fault {
			asked = append(asked, e)
			if !strings.Contains(string(e.Data), `"attendees":7,`) {
				return nil
			}
			return []catalogue.Fault{{Field: "data.attendees", Code: catalogue.CodeRange, Got: "7",
				Want: events.Text{ZH: "别的数", EN: "another number"}}}
		}}
	})
	receipt := r.emit(t, training("a", 6), training("b", 7), training("c", -7), training("d", 7, `"org":"1"`),
		[]byte(`{"specversion":"1.0","type":"FirmRecognized","time":"2018-02-28","data":{"firm":"甲"}}`))
	if got, want := statuses(receipt), "new 1-0, refused invalid, refused invalid, refused invalid, new 1-1"; got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
	refusal := receipt.Events[1].Refusal
	if refusal.Text.EN != "data.attendees: expected another number, got 7" || refusal.Text.ZH != "data.attendees:应为别的数,收到 7" || len(refusal.Faults) != 1 {
		t.Errorf("refused: %+v", refusal)
	}
	want := []events.Event{
		{Type: "TrainingHeld", Source: "kaohe:450703", ID: "a", Time: "2018-02-28T00:00:00+08:00", Org: "450703", Schema: "TrainingHeld.v1", Data: []byte(`{"attendees":6,"sessions":1}`)},
		{Type: "TrainingHeld", Source: "kaohe:450703", ID: "b", Time: "2018-02-28T00:00:00+08:00", Org: "450703", Schema: "TrainingHeld.v1", Data: []byte(`{"attendees":7,"sessions":1}`)},
	}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("asked about (-want +got)\n%s", diff)
	}
}

// A correction is checked like the event it makes.
func TestCheckRefusesCorrections(t *testing.T) {
	r := start(t, memory(), func(o *intake.Options) {
		o.Check = map[string]func(events.Event) []catalogue.Fault{"TrainingHeld": func(e events.Event) []catalogue.Fault {
			if strings.Contains(string(e.Data), `"attendees":7,`) {
				return []catalogue.Fault{{Field: "data.attendees", Code: catalogue.CodeRange, Want: events.Text{ZH: "别的数", EN: "another number"}, Got: "7"}}
			}
			return nil
		}}
	})
	r.emit(t, training("a", 6))
	correction := `{"specversion":"1.0","type":"EventCorrected","id":"x","time":"2018-03-01","data":{"target_source":"kaohe:450703","target_id":"a","reason":"r","patch":{"data":{"attendees":7}}}}`
	receipt := r.emit(t, []byte(correction))
	if got := statuses(receipt); got != "refused invalid" || !strings.Contains(receipt.Events[0].Refusal.Text.EN, "expected another number") {
		t.Errorf("got %s: %+v", got, receipt.Events[0].Refusal)
	}
}

func TestCheckOfNothing(t *testing.T) {
	log := memory()
	o := options(t, log, newReader(log))
	o.Check = map[string]func(events.Event) []catalogue.Fault{"TrainingHold": func(events.Event) []catalogue.Fault { return nil }}
	if _, err := intake.New(o); err == nil || err.Error() != "intake: Options.Check of TrainingHold has no such type or no function" {
		t.Errorf("New() = %v", err)
	}
}
