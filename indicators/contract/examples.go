package contract

import (
	"encoding/json"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
	"github.com/kaohe/kaohe/events/intake"
)

// maxExamples is how many events are shown, each of another type.
const maxExamples = 4

// example is an event to show.
type example struct {
	typ   *catalogue.Type
	event json.RawMessage
	said  struct {
		Type, Source, ID, Org string
		Data                  json.RawMessage
	}
}

// pick chooses events that the plan would take, each of another type.
func (e *eventTypes) pick(events [][]byte) []example {
	var list []example
	shown := map[*catalogue.Type]bool{}
	for _, raw := range events {
		x := example{event: raw}
		if json.Unmarshal(raw, &x.said) != nil {
			continue
		}
		t, known := e.plan.Catalogue.Type(x.said.Type)
		if _, ok := e.plan.Orgs.Index(x.said.Org); !known || !ok || shown[t] || !intake.Sendable(t) {
			continue
		}
		if _, faults := t.Normalise(x.said.Data); len(faults) > 0 {
			continue
		}
		x.typ, shown[t] = t, true
		if list = append(list, x); len(list) == maxExamples {
			break
		}
	}
	return list
}

// structured, batched and binary show the examples in each mode.
func structured(list []example) object {
	var o object
	for _, x := range list {
		o = o.with(x.typ.Name, of("summary", title(x.typ.Title), "value", x.event))
	}
	return o
}

func batched(list []example) object {
	var all []json.RawMessage
	for _, x := range list {
		all = append(all, x.event)
	}
	return of("several", of("summary", "Several events", "value", all))
}

func binary(list []example) object {
	var o object
	for _, x := range list {
		o = o.with(x.typ.Name, of("summary", "With the header ce-type: "+x.typ.Name, "value", x.said.Data))
	}
	return o
}

// shown returns the examples in a mode; nil if there are none.
func (d *openapi) shown(mode func([]example) object) any {
	if len(d.examples) == 0 {
		return nil
	}
	return mode(d.examples)
}

// receipts shows what events may be answered with, by the status.
func (d *openapi) receipts(status int) any {
	if len(d.examples) == 0 {
		return nil
	}
	x := &d.examples[0].said
	outcome := func(s intake.Status, at events.Position, refused *intake.Refusal) intake.Outcome {
		return intake.Outcome{Status: s, Type: x.Type, Source: x.Source, ID: x.ID, Position: at, Refusal: refused}
	}
	receipt := func(dry bool, list ...intake.Outcome) any {
		r := intake.Receipt{Durability: "fsync", DryRun: dry, Events: list}
		if dry {
			r.Durability = "none"
		}
		return r.In(events.English)
	}
	fresh, known := outcome(intake.StatusNew, events.At(12, 0), nil), outcome(intake.StatusRecorded, events.At(12, 0), nil)
	bad := outcome(intake.StatusRefused, 0, refused(intake.CodeInvalid, catalogue.Fault{Field: "time", Code: catalogue.CodeFormat,
		Want: events.Text{EN: "a day that exists: February 2018 has 28 days"}, Got: `"2018-02-30"`}))
	taken := outcome(intake.StatusRefused, events.At(12, 0), refused(intake.CodeConflict, catalogue.Fault{Field: "data.note", Code: "differs",
		Want: events.Text{EN: `"a" (recorded)`}, Got: `"b"`}))
	foreign := outcome(intake.StatusRefused, 0, &intake.Refusal{Code: intake.CodeScope, Text: events.Text{EN: "the token may not record this for the unit"}})
	one := func(name string, value any) object { return of(name, of("value", value)) }
	switch status {
	case 207:
		return one("mixed", receipt(false, fresh, bad))
	case 403:
		return one("out_of_scope", receipt(false, foreign))
	case 409:
		return one("taken", receipt(false, taken))
	case 422:
		return one("invalid", receipt(false, bad))
	}
	return of("new", of("value", receipt(false, fresh)), "again", of("value", receipt(false, known)),
		"dry_run", of("value", receipt(true, outcome(intake.StatusValid, 0, nil))))
}

func refused(code string, f catalogue.Fault) *intake.Refusal {
	return &intake.Refusal{Code: code, Text: events.Text{EN: f.In(events.English)}, Faults: []catalogue.Fault{f}}
}
