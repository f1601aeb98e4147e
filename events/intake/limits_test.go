package intake_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/intake"
)

// zeros is a batch of n events that are none.
func zeros(n int) []byte { return batch(bytes.Split(bytes.Repeat([]byte("0"), n), nil)...) }

func TestRequestHoldsALimitedNumberOfEvents(t *testing.T) {
	r := start(t, memory())
	status, _, body := do(t, r.Handler(), call{contentType: intake.MediaBatch, body: zeros(intake.MaxBatch)})
	var a intake.Answer
	if err := json.Unmarshal(body, &a); err != nil || status != http.StatusUnprocessableEntity || a.Refused != intake.MaxBatch {
		t.Errorf("status %d, %d refused, %v, want 422 and a receipt for each", status, a.Refused, err)
	}
	over := zeros(intake.MaxBatch + 1)
	over = append(over[:len(over)-1], " and what follows is not read"...)
	for lang, detail := range map[string]string{"en": "at most 10000 events", "zh": "至多 10000 个事件"} {
		status, _, body := do(t, r.Handler(), call{contentType: intake.MediaBatch, language: lang, body: over})
		var p intake.Problem
		if err := json.Unmarshal(body, &p); err != nil {
			t.Fatalf("%v: %s", err, body)
		}
		if status != http.StatusRequestEntityTooLarge || p.Code != "too_many_events" || !strings.Contains(p.Detail, detail) {
			t.Errorf("status %d, %+v, want 413, too_many_events, %q", status, p, detail)
		}
	}
}

func TestEmitTakesALimitedNumberOfEvents(t *testing.T) {
	r := start(t, memory())
	raw := make([][]byte, intake.MaxBatch+1)
	for i := range raw {
		raw[i] = training("a", 1)
	}
	if _, err := r.Emit(eventtest.Context(t), intake.Request{Events: raw, By: access.Local}); !errors.Is(err, intake.ErrTooMany) {
		t.Errorf("Emit(%d events) = %v, want ErrTooMany", len(raw), err)
	}
	if end := eventtest.MustEnd(t, r.log); end != 0 {
		t.Errorf("the log has %d commits, want none", end)
	}
	if fresh, recorded, _ := r.emit(t, raw[1:]...).Counts(); fresh != 1 || recorded != intake.MaxBatch-1 {
		t.Errorf("%d new, %d recorded, want 1 and the rest", fresh, recorded)
	}
}

// faulty is an event with so many attributes that no event has, and with its id given so many times too often.
func faulty(unknown, repeated int, data string) []byte {
	var b strings.Builder
	b.WriteString(`{"specversion":"1.0","type":"TrainingHeld","id":"a","time":"2018-02-28"`)
	for i := range unknown {
		fmt.Fprintf(&b, `,"sorce%d":1`, i)
	}
	b.WriteString(strings.Repeat(`,"id":"b"`, repeated))
	return []byte(b.String() + `,"data":` + data + `}`)
}

func TestFaultsOfAnEventAreListedUpToFifty(t *testing.T) {
	in := offline(t)
	for _, tt := range []struct {
		name          string
		raw           []byte
		listed, wrong int
	}{
		{"as many as are listed", faulty(30, 20, `{"attendees":1}`), 50, 50},
		{"one more", faulty(31, 20, `{"attendees":1}`), 50, 51},
		{"unknown ones", faulty(60_000, 0, `{"attendees":1}`), 50, 60_000},
		{"repeated ones", faulty(0, 60_000, `{"attendees":1}`), 50, 60_000},
		{"both", faulty(10_000, 10_000, `{"attendees":1}`), 50, 20_000},
		{"attributes and data", faulty(49, 0, `{"attendees":-1,"topic":""}`), 50, 51},
		{"attributes and one of the data", faulty(49, 0, `{"attendees":-1}`), 50, 50},
	} {
		_, refusal := in.Prepare(tt.raw)
		if refusal == nil || refusal.Code != intake.CodeInvalid || len(refusal.Faults) != tt.listed {
			t.Errorf("%s: refusal %.200v, want %d faults", tt.name, refusal, tt.listed)
			continue
		}
		if more := fmt.Sprintf("(and %d more)", tt.wrong-1); !strings.HasSuffix(refusal.Text.EN, more) {
			t.Errorf("%s: %s, want %s", tt.name, refusal.Text.EN, more)
		}
	}
}

// Each name kept would be an allocation.
func TestUnknownAttributesBeyondTheListedAreNotKept(t *testing.T) {
	in := offline(t)
	raw := faulty(60_000, 0, `{"attendees":1}`)
	if n := testing.AllocsPerRun(1, func() { in.Prepare(raw) }); n > 10_000 {
		t.Errorf("%v allocations for 60,000 unknown attributes, want few", n)
	}
}

func TestFaultsOfARequestAreShared(t *testing.T) {
	r := start(t, memory())
	event := faulty(60, 0, `{"attendees":1}`)
	for n, listed := range map[int]int{1: 50, 1000: 50, 5000: 10, intake.MaxBatch: 5} {
		raw := slices.Repeat([][]byte{event}, n)
		for i, o := range r.emit(t, raw...).Events {
			if got := len(o.Refusal.Faults); got != listed || !strings.HasSuffix(o.Refusal.Text.EN, "(and 59 more)") {
				t.Fatalf("event %d of %d: %d faults, %s, want %d and 59 more", i, n, got, o.Refusal.Text.EN, listed)
			}
		}
	}
}
