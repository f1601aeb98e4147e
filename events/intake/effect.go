package intake

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kaohe/kaohe/events"
)

// A control event without an id of its own gets one from what it says, so that a script may be run again. But saying the
// same once more is something new when what it did stands no more: void, reinstate, void; or close, record what comes late,
// close. Then it takes the id of the next one, as nth does for facts.

// inEffect reports whether what a recorded control event did still stands.
func (in *Intake) inEffect(ctx context.Context, f *fact, line []byte) (bool, error) {
	if f.event.Type == typeClosed {
		return in.standing(ctx, f, line)
	}
	return in.amending(line), nil
}

// amending reports whether what a void or correction made of its target is what holds.
func (in *Intake) amending(line []byte) bool {
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

// nextID returns the id of the next control event that says the same; numbered reports that the sender has numbered this
// one.
func (f *fact) nextID() (id string, numbered bool) {
	nth := func(n int) string { return contentID(f.event.Type, f.event.Org, f.event.Day(), n, f.sent) }
	if f.nth == 0 && f.event.ID != nth(1) {
		return "", true
	}
	return nth(max(f.nth, 1) + 1), false
}

// next gives a control event the id of the next one that says the same. It reports false if the sender has numbered it.
func (f *fact) next() bool {
	id, numbered := f.nextID()
	if numbered {
		return false
	}
	f.nth = max(f.nth, 1) + 1
	f.event.ID, f.event.Data = id, f.sent
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
