package intake

import (
	"bytes"
	"encoding/json"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kaohe/kaohe/events"
)

// A void or correction without an id of its own gets one from what it says, so that a script may be run again. But saying
// the same once more is something new when it was undone in between: void, reinstate, void. Then it takes the id of the
// next one, as nth does for facts.

// inEffect reports whether what a recorded void or correction did still stands.
func (in *Intake) inEffect(line []byte) bool {
	var stored events.Stored
	data := map[string]jsontext.Value{}
	if stored.ParseLine(line) != nil || json.Unmarshal(stored.Data, &data) != nil {
		return true
	}
	a, amended := in.State.Amended(events.KeyOf(unquoted(data["target_source"]), unquoted(data["target_id"])))
	if string(stored.Type) == events.TypeVoided {
		return amended && a.VoidedBy != 0
	}
	var version events.Stored
	if !amended || version.ParseLine(a.Line) != nil {
		return true
	}
	now := version.Event()
	return bytes.Equal(versionJSON(&now), data["now"])
}

// next gives a control event the id of the next one that says the same. It reports false if the sender has numbered it.
func (f *fact) next() bool {
	id := func(nth int) string { return contentID(f.event.Type, f.event.Org, f.event.Day(), nth, f.sent) }
	if f.nth == 0 && f.event.ID != id(1) {
		return false
	}
	f.nth = max(f.nth, 1) + 1
	f.event.ID, f.event.Data = id(f.nth), f.sent
	f.key, f.line, f.at = f.event.Key(), f.event.AppendLine(nil), 0
	return true
}

// undecided reports whether some of the facts must be looked at once more.
func undecided(facts []*fact) bool {
	for _, f := range facts {
		if f.at == 0 && f.refusal == nil && f.first == nil {
			return true
		}
	}
	return false
}
