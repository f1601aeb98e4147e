package intake_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/intake"
)

func TestEmitTellsWhatBecameOfEachEvent(t *testing.T) {
	r := start(t, memory())
	receipt := r.emit(t, training("a", 1), training("b", 2), []byte(`{`), training("a", 1), training("b", 3), training("", 4), training("", 4))
	if got, want := statuses(receipt), "new 1-0, new 1-1, refused not_json, recorded 1-0, refused id_conflict, new 1-2, recorded 1-2"; got != want {
		t.Errorf("first request:\n got %s\nwant %s", got, want)
	}
	if w := receipt.Events[6].Warnings; len(w) != 1 || w[0].Code != intake.WarnSameContent || !strings.Contains(w[0].Text.EN, "same content as 1-2; if it happened again use --nth 2 or count") {
		t.Errorf("warnings of a repeated content %+v, want same_content", w)
	}
	if w := receipt.Events[3].Warnings; len(w) != 0 {
		t.Errorf("warnings of a repeated id %+v, want none", w)
	}
	receipt = r.emit(t, training("a", 1), training("", 4, `"nth":2`))
	if got, want := statuses(receipt), "recorded 1-0, new 2-0"; got != want {
		t.Errorf("second request: %s, want %s", got, want)
	}
	if n := len(stored(t, r.log)); n != 4 {
		t.Errorf("the log holds %d events, want 4", n)
	}
	if o := receipt.Events[1]; receipt.Durability != "fsync" || o.Source != "kaohe:450703" || o.Type != "TrainingHeld" || len(o.ID) != 35 {
		t.Errorf("durability %q, outcome %+v", receipt.Durability, o)
	}
}

func TestEmitRefusesAnotherContentUnderTheSameID(t *testing.T) {
	r := start(t, memory())
	r.emit(t, training("a", 30))
	receipt := r.emit(t, []byte(`{"specversion":"1.0","type":"TrainingHeld","id":"a","time":"2018-03-01","data":{"attendees":31,"topic":"x"}}`))
	refusal := receipt.Events[0].Refusal
	if refusal == nil || refusal.Code != intake.CodeConflict {
		t.Fatalf("receipt %s, want a conflict", statuses(receipt))
	}
	if s := refusal.Text; !strings.Contains(s.EN, "the event at 1-0 has id a of source kaohe:450703") || !strings.Contains(s.EN, "kaohe correct 1-0") || !strings.Contains(s.ZH, "kaohe correct 1-0") {
		t.Errorf("text %+v", s)
	}
	var got []string
	for _, f := range refusal.Faults {
		got = append(got, f.In(events.English))
	}
	want := []string{
		"time: expected 2018-02-28T00:00:00+08:00 (recorded), got 2018-03-01T00:00:00+08:00",
		"data.attendees: expected 30 (recorded), got 31",
		`data.topic: expected no such field, got "x"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
	if receipt.Events[0].Position.String() != "1-0" || len(stored(t, r.log)) != 1 {
		t.Errorf("position %v, want 1-0, and one event in the log", receipt.Events[0].Position)
	}
}

func TestEmitTakesAnotherHourAsARepeatOfADerivedID(t *testing.T) {
	r := start(t, memory())
	const event = `{"specversion":"1.0","type":"TrainingHeld",%s"time":"2018-02-28T%s:00:00+08:00","data":{"attendees":30}}`
	receipt := r.emit(t, fmt.Appendf(nil, event, "", "09"), fmt.Appendf(nil, event, "", "17"), fmt.Appendf(nil, event, `"id":"x",`, "09"), fmt.Appendf(nil, event, `"id":"x",`, "17"))
	if got, want := statuses(receipt), "new 1-0, recorded 1-0, new 1-1, refused id_conflict"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestEmitSplitsLargeRequests(t *testing.T) {
	r := start(t, memory())
	var raw [][]byte
	for i := range 2500 {
		raw = append(raw, training(fmt.Sprint(i), i))
	}
	receipt := r.emit(t, raw...)
	fresh, _, _ := receipt.Counts()
	commits := eventtest.MustChain(t, r.log)
	if fresh != 2500 || len(commits) != 3 || len(stored(t, r.log)) != 2500 {
		t.Errorf("%d new in %d commits, want 2500 in 3", fresh, len(commits))
	}
	if got := receipt.Events[2499].Position.String(); got != "3-499" {
		t.Errorf("the last stands at %s, want 3-499", got)
	}
	long := strings.Repeat("x", 200)
	raw = raw[:0]
	for i := range 5000 {
		raw = append(raw, fmt.Appendf(nil, `{"specversion":"1.0","type":"TrainingHeld","id":"%s-%d","source":"%s","time":"2018-02-28","data":{"attendees":1,"topic":"%s"}}`, long, i, long, long))
	}
	r.emit(t, raw...)
	for _, c := range eventtest.MustChain(t, r.log) {
		if len(c.Body) > events.MaxCommit {
			t.Errorf("commit %d has %d bytes", c.Seq, len(c.Body))
		}
	}
}

func TestEmitAtomic(t *testing.T) {
	r := start(t, memory())
	r.emit(t, training("old", 1))
	many := make([][]byte, 1001)
	for i := range many {
		many[i] = training(fmt.Sprint("many", i), 1)
	}
	tests := []struct {
		name, want string
		raw        [][]byte
	}{
		{"one is bad", "refused not_committed, refused invalid, recorded 1-0",
			[][]byte{training("a", 1), training("b", -1), training("old", 1)}},
		{"one is in conflict with the log", "refused not_committed, refused id_conflict", [][]byte{training("a", 1), training("old", 2)}},
		{"one is in conflict with another", "refused not_committed, refused id_conflict", [][]byte{training("a", 1), training("a", 2)}},
		{"all are good", "new 2-0, new 2-1, recorded 2-0, recorded 1-0",
			[][]byte{training("a", 1), training("b", 2), training("a", 1), training("old", 1)}},
		{"all are recorded", "recorded 2-0, recorded 2-1", [][]byte{training("a", 1), training("b", 2)}},
	}
	for _, tt := range tests {
		if got := statuses(r.emitAtomic(t, tt.raw...)); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
	_, _, refused := r.emitAtomic(t, many...).Counts()
	if refused != 1001 {
		t.Errorf("%d of 1001 were refused, want all", refused)
	}
	if fresh, _, _ := r.emitAtomic(t, many[:1000]...).Counts(); fresh != 1000 {
		t.Errorf("%d of 1000 are new, want all", fresh)
	}
	if n := len(stored(t, r.log)); n != 1003 {
		t.Errorf("the log holds %d events, want 1003", n)
	}
}

func TestEmitNothing(t *testing.T) {
	r := start(t, memory())
	if _, err := r.Emit(eventtest.Context(t), intake.Request{Events: nil, By: access.Local}); !errors.Is(err, intake.ErrEmpty) {
		t.Errorf("Emit(no events) = %v, want ErrEmpty", err)
	}
}

func TestEmitRefusesLargeCanonicalEvents(t *testing.T) {
	r := start(t, memory(), func(o *intake.Options) {
		o.Catalogue = mustCatalogue(t, fstest.MapFS{"events/Note.v1.json": schema("Note", `"required":["text"],"properties":{
			"text":{"title":"文字","x-title-en":"Text","type":"string","minLength":1,"maxLength":1000000}}`)})
	})
	note := func(n int) []byte {
		return fmt.Appendf(nil, `{"specversion":"1.0","type":"Note","id":"%d","time":"2018-02-28","data":{"text":"%s"}}`, n, strings.Repeat("x", n))
	}
	if got, want := statuses(r.emit(t, note(128<<10), note(127<<10))), "refused too_large, new 1-0"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
