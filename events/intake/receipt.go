package intake

import (
	"fmt"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// Status is what became of one event of a request.
type Status string

// The fates of an event.
const (
	StatusNew      Status = "new"      // durable in the log since this request
	StatusRecorded Status = "recorded" // was in the log before, with equal content
	StatusRefused  Status = "refused"  // not taken; the refusal says why
)

// Receipt lists what became of each event of a request, in the order of the request.
type Receipt struct {
	Durability string // "fsync": on disk; "quorum": on the disks of most servers; "none": nothing was written
	DryRun     bool   // nothing was recorded: what would be new is valid
	Events     []Outcome
}

// Outcome is what became of one event.
type Outcome struct {
	Status   Status
	Source   string // as far as it could be read or derived
	ID       string
	Type     string
	Position events.Position // of the event in the log; for an id conflict, of the other one if the sender may read it; else 0
	Warnings []Warning
	Refusal  *Refusal // nil unless refused
}

// Warning says that something is odd about an event that was taken all the same.
type Warning struct {
	Code string
	Text events.Text
}

// Refusal says why an event was not taken. Its code is one of the constants of this package.
type Refusal struct {
	Code   string
	Text   events.Text
	Faults []catalogue.Fault // for [CodeInvalid]: all of them; for [CodeConflict]: the fields that differ
}

func refusal(code, zh, en string, args ...any) *Refusal {
	return &Refusal{Code: code, Text: events.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}}
}

// Codes of refusals. They are the reasons counted by kaohe_intake_refused_total and never change their meaning.
const (
	CodeNotJSON     = "not_json"             // the event is not one JSON object
	CodeTooLarge    = "too_large"            // more bytes than an event may have
	CodeUnknownType = "unknown_type"         // the plan has no such type of event
	CodeControl     = "control_not_accepted" // a control event that this intake does not record
	CodeInvalid     = "invalid"              // the faults say what is wrong
	CodeConflict    = "id_conflict"          // another event has this source and id
	CodeHeldBack    = "not_committed"        // good, but its atomic request was not taken
	CodeScope       = "out_of_scope"         // its sender may not record it for that unit

	CodeUnknownTarget = "unknown_target" // a void or correction of what is not in the log, or not among the sender's units
	CodeTarget        = "control_target" // a void or correction of what cannot be voided or corrected
	CodeVoided        = "voided"         // the event, or the target of a control event, is voided
	CodeNoChange      = "no_change"      // a correction after which the event says what it says already
)

// WarnSameContent is the code of the warning that an event without an id equals one that is recorded.
const WarnSameContent = "same_content"

var refusalCodes = []string{
	CodeNotJSON, CodeTooLarge, CodeUnknownType, CodeControl, CodeInvalid, CodeConflict, CodeHeldBack, CodeScope,
	CodeUnknownTarget, CodeTarget, CodeVoided, CodeNoChange,
}

// Counts returns how many events are new, were recorded before, and were refused.
func (r Receipt) Counts() (fresh, recorded, refused int) {
	for i := range r.Events {
		switch r.Events[i].Status {
		case StatusNew:
			fresh++
		case StatusRecorded:
			recorded++
		case StatusRefused:
			refused++
		}
	}
	return fresh, recorded, refused
}
