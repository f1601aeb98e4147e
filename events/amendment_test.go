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
