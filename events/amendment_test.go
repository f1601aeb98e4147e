package events_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
)

func TestPatched(t *testing.T) {
	for _, tt := range []struct {
		name, patch string
		want        func(*events.Event)
	}{
		{"another day", `{"time":"2018-03-01T00:00:00+08:00"}`, func(e *events.Event) { e.Time = "2018-03-01T00:00:00+08:00" }},
		{"another org", `{"org":"450700"}`, func(e *events.Event) { e.Org = "450700" }},
		{"a field more, in its canonical place", `{"data":{"count":3}}`, func(e *events.Event) { e.Data = []byte(`{"count":3,"kind":"invention","note":"钦北"}`) }},
		{"a field less", `{"data":{"note":null}}`, func(e *events.Event) { e.Data = []byte(`{"kind":"invention"}`) }},
		{"nothing", `{}`, func(*events.Event) {}},
		{"never its identity", `{"id":"other","source":"other","type":"Other"}`, func(*events.Event) {}},
	} {
		want := grant
		tt.want(&want)
		got, err := grant.Patched([]byte(tt.patch))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v, (-want +got):\n%s", tt.name, err, diff)
		}
	}
}

func TestPatchedRefusesWhatLeavesNoEvent(t *testing.T) {
	for name, patch := range map[string]string{
		"no org": `{"org":null}`, "no time": `{"time":""}`, "no data": `{"data":null}`, "data that is a list": `{"data":[]}`,
		"an org that is a number": `{"org":1}`, "a list": `[]`, "no JSON": `{`,
	} {
		if e, err := grant.Patched([]byte(patch)); !errors.Is(err, events.ErrPatch) {
			t.Errorf("%s: Patched() = %+v, %v, want that it does not fit", name, e, err)
		}
	}
}

// FuzzPatched: whatever a patch is, it leaves an event that the log can hold and whose identity is the same, or an error.
func FuzzPatched(f *testing.F) {
	for _, patch := range []string{
		`{"data":{"attendees":30}}`, `{"org":"450702","time":"2018-02-28"}`, `{"data":null}`, `{"data":{"a":{"b":[1,{"c":null}]}}}`, `[]`, `null`, `{`, "",
		`{"data":{"a":1e400}}`, `{"data":{"\ud800":1}}`, `{"type":"X","id":"y"}`, `{"time":1}`, `{"data":{"a":1},"data":{"a":2}}`,
	} {
		f.Add([]byte(`{"attendees":28,"topic":"柑橘"}`), []byte(patch))
	}
	f.Add([]byte(`{}`), []byte(`{"data":{"x":"\u0000"}}`))
	f.Fuzz(func(t *testing.T, data, patch []byte) {
		e := events.Event{Type: "T", Source: "s", ID: "1", Time: "2018-03-01T00:00:00+08:00", Org: "450703", Schema: "T.v1", Data: data}
		after, err := e.Patched(patch)
		if err != nil {
			if !errors.Is(err, events.ErrPatch) {
				t.Fatalf("Patched(%q) = %v, want an ErrPatch", patch, err)
			}
			return
		}
		if after.Key() != e.Key() || after.Type != e.Type || after.Schema != e.Schema {
			t.Fatalf("Patched(%q) makes another event of it: %+v", patch, after)
		}
		again, err := after.Patched([]byte(`{}`))
		if err != nil || !again.SameContent(&after) {
			t.Fatalf("patched with nothing, %s becomes %s, %v", after.Data, again.Data, err)
		}
	})
}
