package intake_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/intake"
)

// void is an EventVoided of an event of the default source, and correction an EventCorrected.
func void(id, target string) []byte {
	return fmt.Appendf(nil, `{"specversion":"1.0","type":"EventVoided","id":%q,"time":"2018-03-01","data":{"target_source":"kaohe:450703","target_id":%q,"reason":"记错"}}`, id, target)
}

func correction(id, target, patch string) []byte {
	return fmt.Appendf(nil, `{"specversion":"1.0","type":"EventCorrected","id":%q,"time":"2018-03-01","data":{"target_source":"kaohe:450703","target_id":%q,"patch":%s,"reason":"更正"}}`,
		id, target, patch)
}

// TestControlEventsAreResolved: what is written names the target's place and the versions.
func TestControlEventsAreResolved(t *testing.T) {
	r := start(t, memory())
	receipt := r.emit(t, training("a", 30), correction("c", "a", `{"data":{"attendees":31,"topic":"水稻"},"time":"2018-03-05"}`), void("v", "a"), void("w", "v"))
	if got, want := statuses(receipt), "new 1-0, new 2-0, new 3-0, new 4-0"; got != want {
		t.Fatalf("receipt: %s, want %s: a control event has a commit of its own", got, want)
	}
	const first = `{"data":{"attendees":30,"sessions":1},"dataschema":"TrainingHeld.v1","org":"450703","time":"2018-02-28T00:00:00+08:00","type":"TrainingHeld"}`
	const second = `{"data":{"attendees":31,"sessions":1,"topic":"水稻"},"dataschema":"TrainingHeld.v1","org":"450703","time":"2018-03-05T00:00:00+08:00","type":"TrainingHeld"}`
	for i, want := range []string{
		`{"now":` + second + `,"patch":{"data":{"attendees":31,"topic":"水稻"},"time":"2018-03-05"},"reason":"更正","target":"1-0","target_id":"a","target_source":"kaohe:450703","was":` + first + `}`,
		`{"reason":"记错","target":"1-0","target_id":"a","target_source":"kaohe:450703","was":` + second + `}`,
		`{"reason":"记错","target":"3-0","target_id":"v","target_source":"kaohe:450703"}`,
	} {
		if diff := cmp.Diff(want, string(stored(t, r.log)[fmt.Sprintf("%d-0", i+2)].Data)); diff != "" {
			t.Errorf("control event %d (-want +got):\n%s", i, diff)
		}
	}
}

func TestControlEventsThatCannotBe(t *testing.T) {
	for _, tt := range []struct {
		name       string
		before     [][]byte
		event      []byte
		code, says string
	}{
		{"a void of what was never recorded", nil, void("v", "nothing"), "unknown_target", "no event has source kaohe:450703 and id nothing"},
		{"a second void", [][]byte{void("v1", "a")}, void("v2", "a"), "voided", "voided by 2-0"},
		{"a correction of what is voided", [][]byte{void("v1", "a")}, correction("c", "a", `{"data":{"attendees":1}}`), "voided", "to bring it back, void that void"},
		{"a correction of a void", [][]byte{void("v1", "a")}, correction("c", "v1", `{"org":"450700"}`), "control_target", "EventVoided"},
		{"a void of a nil report", [][]byte{[]byte(`{"specversion":"1.0","type":"NilReported","id":"n","time":"2018-03-31","data":{"indicator":"hightech_firms","quarter":"2018Q1"}}`)},
			void("v", "n"), "control_target", "NilReported"},
		{"a correction that changes nothing", nil, correction("c", "a", `{"data":{"attendees":30}}`), "no_change", "already"},
		{"a correction to a wrong enum", nil, correction("c", "a", `{"data":{"level":"village"}}`), "invalid", "the corrected event is not valid: data.level"},
		{"a correction to a wrong day", nil, correction("c", "a", `{"time":"2018-02-30"}`), "invalid", "February"},
		{"a correction to an unknown org", nil, correction("c", "a", `{"org":"999999"}`), "invalid", "org"},
		{"a correction that leaves nothing", nil, correction("c", "a", `{"data":null}`), "invalid", "cannot be applied"},
		{"a voided id again", [][]byte{void("v", "a")}, training("a", 30), "voided", "its id stays taken"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := start(t, memory())
			r.emit(t, training("a", 30))
			for _, raw := range tt.before {
				if n, _, _ := r.emit(t, raw).Counts(); n != 1 {
					t.Fatalf("%s was not taken", raw)
				}
			}
			before := len(stored(t, r.log))
			o := r.emit(t, tt.event).Events[0]
			if o.Refusal == nil || o.Refusal.Code != tt.code || !strings.Contains(o.Refusal.Text.EN, tt.says) || o.Refusal.Text.ZH == "" {
				t.Errorf("outcome %+v, refusal %+v; want %s that mentions %q", o, o.Refusal, tt.code, tt.says)
			}
			if after := len(stored(t, r.log)); after != before {
				t.Errorf("the log has %d events, want %d as before", after, before)
			}
		})
	}
}

func TestControlEventsAgain(t *testing.T) {
	r := start(t, memory())
	r.emit(t, training("a", 30), correction("c", "a", `{"data":{"attendees":31}}`))
	receipt := r.emit(t, training("a", 30), correction("c", "a", `{"data":{"attendees":31}}`), correction("c", "a", `{"data":{"attendees":32}}`))
	if got, want := statuses(receipt), "recorded 1-0, recorded 2-0, refused id_conflict"; got != want {
		t.Errorf("again: %s, want %s", got, want)
	}
	r.emit(t, void("v", "a"), void("w", "v"))
	if got, want := statuses(r.emit(t, correction("d", "a", `{"data":{"attendees":33}}`))), "new 5-0"; got != want {
		t.Errorf("a correction of what was brought back: %s, want %s", got, want)
	}
}

// TestOneOfManyVoids: of many who void one event at once, one does it and the others are told.
func TestOneOfManyVoids(t *testing.T) {
	r := start(t, memory())
	r.emit(t, training("a", 30))
	var a answers
	for i := range 20 {
		a.emit(eventtest.Context(t), r.Intake, false, void(fmt.Sprintf("v%d", i), "a"), training(fmt.Sprintf("t%d", i), i))
	}
	if fresh, recorded, refused := a.counts(); fresh != 21 || recorded != 0 || refused != 19 {
		t.Errorf("%d new, %d recorded, %d refused, want 21, 0, 19; errors %v", fresh, recorded, refused, a.errs)
	}
	voids := 0
	for _, s := range stored(t, r.log) {
		if s.Type == events.TypeVoided {
			voids++
		}
	}
	if voids != 1 {
		t.Errorf("the log holds %d voids, want 1", voids)
	}
}

// TestControlEventsOfTwoWriters: an intake that learns only from the log what another one did resolves anew.
func TestControlEventsOfTwoWriters(t *testing.T) {
	log := memory()
	first, second := start(t, log), start(t, log)
	first.emit(t, training("a", 30))
	var a answers
	for i := range 10 {
		a.emit(eventtest.Context(t), first.Intake, false, correction(fmt.Sprintf("c%d", i), "a", fmt.Sprintf(`{"data":{"attendees":%d}}`, 100+i)))
		a.emit(eventtest.Context(t), second.Intake, false, correction(fmt.Sprintf("d%d", i), "a", fmt.Sprintf(`{"data":{"attendees":%d}}`, 200+i)))
	}
	if fresh, _, refused := a.counts(); fresh != 20 || refused != 0 {
		t.Fatalf("%d new, %d refused, errors %v; want 20 new", fresh, refused, a.errs)
	}
	was := `{"attendees":30,"sessions":1}`
	all := stored(t, log)
	for i := range 20 {
		s := all[fmt.Sprintf("%d-0", i+2)]
		var data struct {
			Was, Now struct{ Data json.RawMessage }
		}
		if err := json.Unmarshal(s.Data, &data); err != nil {
			t.Fatal(err)
		}
		if string(data.Was.Data) != was {
			t.Fatalf("a correction replaces %s, what was in force is %s", data.Was.Data, was)
		}
		was = string(data.Now.Data)
	}
}

func TestControlEventsInAnAtomicRequest(t *testing.T) {
	r := start(t, memory())
	r.emit(t, training("a", 30))
	receipt, err := r.Emit(eventtest.Context(t), intake.Request{Events: [][]byte{training("b", 1), void("v", "a")}, By: access.Local, Atomic: true})
	if err != nil || statuses(receipt) != "refused not_committed, refused not_committed" {
		t.Errorf("with another event: %s, %v", statuses(receipt), err)
	}
	receipt, err = r.Emit(eventtest.Context(t), intake.Request{Events: [][]byte{void("v", "a")}, By: access.Local, Atomic: true})
	if err != nil || statuses(receipt) != "new 2-0" {
		t.Errorf("alone: %s, %v", statuses(receipt), err)
	}
}

// TestControlEventsSaidAgain: without an id of its own, a void or correction that was undone in between takes effect anew,
// and one that still stands is known as recorded.
func TestControlEventsSaidAgain(t *testing.T) {
	r := start(t, memory())
	anonymous := func(raw []byte) []byte { return []byte(strings.Replace(string(raw), `"id":"",`, "", 1)) }
	void, twelve, ten := anonymous(void("", "a")), anonymous(correction("", "a", `{"data":{"attendees":12}}`)), anonymous(correction("", "a", `{"data":{"attendees":10}}`))
	var got []string
	for _, raw := range [][]byte{training("a", 10), twelve, twelve, ten, twelve, twelve, void, void} {
		got = append(got, statuses(r.emit(t, raw)))
	}
	undo := fmt.Appendf(nil, `{"specversion":"1.0","type":"EventVoided","id":"undo","time":"2018-03-01","data":{"target_source":"kaohe:450703","target_id":%q,"reason":"x"}}`,
		r.emit(t, void).Events[0].ID)
	for _, raw := range [][]byte{undo, void, void} {
		got = append(got, statuses(r.emit(t, raw)))
	}
	want := []string{"new 1-0", "new 2-0", "recorded 2-0", "new 3-0", "new 4-0", "recorded 2-0", "new 5-0", "recorded 5-0", "new 6-0", "new 7-0", "recorded 5-0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
}
