package events

import (
	"encoding/json"
	"errors"
	"fmt"

	jsonpatch "github.com/evanphx/json-patch/v5"
	"github.com/go-json-experiment/json/jsontext"
)

// Types of control events that act upon other events (SEMANTICS 2.1).
const (
	TypeVoided    = "EventVoided"
	TypeCorrected = "EventCorrected"
)

// Amendment is what voids and corrections made of an event.
type Amendment struct {
	Line     []byte   // the version in force, as a canonical line; nil for a void, and until the event itself is read
	VoidedBy Position // the void that holds; 0 if the event counts
	Unusable bool     // the plan cannot use the version in force: it counts nowhere
}

// ErrPatch says that a patch cannot be applied to an event, or leaves one without org, time or data.
var ErrPatch = errors.New("patch does not fit the event")

// Patched returns the event as a correction leaves it: a JSON merge patch (RFC 7386) of its time, org and data, the data in
// canonical form. Whether the result is a valid event of its type is the catalogue's matter.
func (e Event) Patched(patch []byte) (Event, error) {
	type fields struct {
		Data json.RawMessage `json:"data"`
		Org  string          `json:"org"`
		Time string          `json:"time"`
	}
	document, err := json.Marshal(fields{e.Data, e.Org, e.Time})
	if err != nil {
		return Event{}, fmt.Errorf("%w: %w", ErrPatch, err)
	}
	merged, err := jsonpatch.MergePatch(document, patch)
	if err != nil {
		return Event{}, fmt.Errorf("%w: %w", ErrPatch, err)
	}
	var after fields
	if err := json.Unmarshal(merged, &after); err != nil {
		return Event{}, fmt.Errorf("%w: %w", ErrPatch, err)
	}
	data := jsontext.Value(after.Data)
	if err := data.Canonicalize(); err != nil {
		return Event{}, fmt.Errorf("%w: %w", ErrPatch, err)
	}
	if after.Org == "" || after.Time == "" || len(data) == 0 || data[0] != '{' {
		return Event{}, fmt.Errorf("%w: it leaves no org, time or data", ErrPatch)
	}
	e.Data, e.Org, e.Time = data, after.Org, after.Time
	return e, nil
}
