package intake_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/intake"
)

// For any sequence of requests with repeats, conflicts and bad events, from one intake or two on the same log, the log
// holds each event that was said to be new exactly once and where the receipt says, and nothing else; what is "recorded"
// stands where the receipt says with equal content.
func TestTheLogHoldsExactlyWhatTheReceiptsSay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		log := memory()
		rigs := []*rig{start(t, log), start(t, log)}
		defer rigs[0].stop()
		defer rigs[1].stop()
		said := map[string]string{} // by position: the id that a receipt named as new there
		first := map[string]int{}   // by id: the content recorded
		for range rapid.IntRange(1, 12).Draw(rt, "requests") {
			sent := rapid.SliceOfN(rapid.Custom(drawTraining), 1, 30).Draw(rt, "events")
			raw := make([][]byte, len(sent))
			for i, s := range sent {
				raw[i] = training(s.id, s.attendees)
			}
			atomic := rapid.Bool().Draw(rt, "atomic")
			in := rigs[rapid.IntRange(0, 1).Draw(rt, "intake")]
			if atomic {
				in.catchUp(t) // what fails before it comes to the writer is judged by what was read so far
			}
			receipt, err := in.Emit(eventtest.Context(t), intake.Request{Events: raw, By: access.Local, Atomic: atomic})
			if err != nil {
				rt.Fatalf("Emit() failed: %v", err)
			}
			checkReceipt(rt, receipt, sent, atomic, said, first)
		}
		held := stored(t, log)
		if len(held) != len(said) {
			rt.Fatalf("the log holds %d events, receipts say %d", len(held), len(said))
		}
		for at, id := range said {
			if e := held[at]; e.ID != id || string(e.Data) != fmt.Sprintf(`{"attendees":%d,"sessions":1}`, first[id]) {
				rt.Fatalf("at %s stands %s %s, want %s with %d", at, e.ID, e.Data, id, first[id])
			}
		}
	})
}

type sentTraining struct {
	id        string
	attendees int // negative ones are refused
}

func drawTraining(t *rapid.T) sentTraining {
	return sentTraining{fmt.Sprint("id", rapid.IntRange(0, 40).Draw(t, "id")), rapid.SampledFrom([]int{1, 1, 1, 1, 1, 1, 2, -1}).Draw(t, "attendees")}
}

// checkReceipt compares a receipt with the plainest model: a map from id to content.
func checkReceipt(t *rapid.T, r intake.Receipt, sent []sentTraining, atomic bool, said map[string]string, first map[string]int) {
	t.Helper()
	model := map[string]int{}
	for id, n := range first {
		model[id] = n
	}
	want := make([]string, len(sent))
	good := true
	for i, s := range sent {
		n, known := model[s.id]
		switch {
		case s.attendees < 0:
			want[i], good = intake.CodeInvalid, false
		case known && n != s.attendees:
			want[i], good = intake.CodeConflict, false
		case known:
			want[i] = string(intake.StatusRecorded)
		default:
			want[i], model[s.id] = string(intake.StatusNew), s.attendees
		}
	}
	for i, o := range r.Events {
		got := string(o.Status)
		if o.Refusal != nil {
			got = o.Refusal.Code
		}
		_, before := first[sent[i].id]
		if atomic && !good && !before && want[i] != intake.CodeInvalid && want[i] != intake.CodeConflict {
			want[i] = intake.CodeHeldBack
		}
		if got != want[i] {
			t.Fatalf("event %d (%+v, atomic %v) is %s, want %s", i, sent[i], atomic, got, want[i])
		}
		if o.Status == intake.StatusNew {
			said[o.Position.String()] = o.ID
		}
		if at, ok := positionOf(said, o.ID); o.Status == intake.StatusRecorded && (!ok || at != o.Position.String()) {
			t.Fatalf("event %d is said to be recorded at %v, the first is at %s", i, o.Position, at)
		}
	}
	if atomic && !good {
		return
	}
	for id, n := range model {
		first[id] = n
	}
}

func positionOf(said map[string]string, id string) (string, bool) {
	for at, other := range said {
		if other == id {
			return at, true
		}
	}
	return "", false
}
