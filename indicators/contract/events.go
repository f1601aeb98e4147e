package contract

import (
	"encoding/json"
	"fmt"
	"io/fs"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators"
)

// Names of components.
const (
	compEnvelope = "Envelope"
	compEvent    = "Event"
	compData     = "EventData"
	compRecorded = "RecordedEvent"
)

// eventTypes are the types of events of a plan with the schemas of their data, as they stand in its files.
type eventTypes struct {
	plan    *indicators.Plan
	types   []*catalogue.Type
	schemas map[string]json.RawMessage // by the type's name
}

func newEventTypes(plan *indicators.Plan) (*eventTypes, error) {
	files, err := indicators.Unpack(plan.Archive)
	if err != nil {
		return nil, err
	}
	e := &eventTypes{plan: plan, types: plan.Catalogue.Types(), schemas: map[string]json.RawMessage{}}
	for _, t := range e.types {
		raw, err := fs.ReadFile(files, "events/"+t.Schema()+".json")
		if err != nil {
			return nil, fmt.Errorf("schema of %s: %w", t.Name, err)
		}
		e.schemas[t.Name] = raw
	}
	return e, nil
}

// both writes a text in both languages.
func both(t events.Text, between string) string {
	if t.ZH == "" || t.EN == "" || t.ZH == t.EN {
		return t.In(events.Chinese)
	}
	return t.ZH + between + t.EN
}

func title(t events.Text) string { return both(t, " / ") }

// words writes a longer text in both languages.
func words(t events.Text) string { return both(t, "\n\n") }

// orgCodes are the codes of the plan's units.
func (e *eventTypes) orgCodes() []string {
	codes := make([]string, e.plan.Orgs.Len())
	for i := range codes {
		codes[i] = e.plan.Orgs.Org(i).Code
	}
	return codes
}

// envelope is what an event that is sent has around its data.
func (e *eventTypes) envelope() object {
	name := func(about string) object {
		return of("type", "string", "minLength", 1, "maxLength", events.MaxName, "description", about)
	}
	time := of("type", "string", "pattern", `^[0-9]{4}-[0-9]{2}-[0-9]{2}(T.+)?$`,
		"description", "When it happened: a date, or a time of RFC 3339, from "+events.FirstDay.String()+" to today. It counts on its day in the zone of the plan, "+e.plan.Zone.String()+".",
		"examples", []string{"2018-02-28", "2018-02-28T09:30:00+08:00"})
	org := of("type", "string", "enum", e.orgCodes(), "description", "The unit that it is about.")
	required := []string{"specversion", "type", "time", "data"}
	if e.plan.DefaultOrg != "" {
		org = org.with("default", e.plan.DefaultOrg)
	} else {
		required = append(required, "org")
	}
	return of("description", "The attributes of CloudEvents 1.0, and org and nth. An event is one occurrence, (source, id), for all time: sending it again records nothing.",
		"type", "object", "required", required, "properties", of(
			"specversion", of("const", "1.0"),
			"type", of("type", "string"),
			"source", name("A URI reference; kaohe: and the code of the unit if it is left out."),
			"id", name("Left out, it is derived from the fields that identify the occurrence or else from all that the event says, so that a repeat is recognised."),
			"time", time,
			"org", org,
			"dataschema", of("type", "string"),
			"datacontenttype", of("type", "string", "default", intake.MediaData, "description", "Any JSON type."),
			"nth", of("type", []string{"integer", "string"}, "minimum", 1, "pattern", "^[1-9][0-9]*$", "default", 1,
				"description", "The how-manieth this is of several facts that say the same and have no id. It is not kept."),
			"traceparent", of("type", "string", "description", "It is not kept."),
			"tracestate", of("type", "string", "description", "It is not kept."),
			"data", of("type", "object"),
		))
}

// sent is the event of a type as it may be sent.
func (e *eventTypes) sent(t *catalogue.Type, ref func(name string) string) object {
	data := of("$ref", ref(t.Schema()))
	if filled := intake.FilledIn(t.Name); len(filled) > 0 {
		never := object{}
		for _, name := range filled {
			never = never.with(name, false)
		}
		data = of("allOf", []object{data}, "properties", never, "description", "What is filled in when it is recorded cannot be sent.")
	}
	return of("title", title(t.Title), "description", words(t.Description)+"\n\ntime: "+title(t.Day),
		"allOf", []object{of("$ref", ref(compEnvelope))},
		"properties", of("type", of("const", t.Name), "dataschema", of("const", t.Schema()), "data", data),
		"unevaluatedProperties", false)
}

// recorded is an event as it stands in the log. Its type may be one of an earlier plan.
func (e *eventTypes) recorded() object {
	text := func(about string) object { return of("type", "string", "minLength", 1, "description", about) }
	return of("description", "An event as it was recorded. What voids and corrections made of it later are events of their own.",
		"type", "object", "required", []string{"specversion", "type", "source", "id", "time", "org", "dataschema", "data"},
		"properties", of(
			"specversion", of("const", "1.0"), "type", text(""), "source", text(""), "id", text(""),
			"time", of("type", "string", "format", "date-time"),
			"org", text("The unit's code."),
			"principal", text("Who sent it, if it had to be said."),
			"dataschema", text("The schema of data, a component of this document unless it is one of an earlier plan."),
			"data", of("type", "object"),
		), "additionalProperties", false)
}

// announced is an event of a type as it stands in the log and is told over NATS.
func (e *eventTypes) announced(t *catalogue.Type, ref func(name string) string) object {
	return of("title", title(t.Title), "description", words(t.Description),
		"allOf", []object{of("$ref", ref(compRecorded))},
		"properties", of("type", of("const", t.Name), "dataschema", of("const", t.Schema()), "data", of("$ref", ref(t.Schema()))))
}

// sendable are the types that may be sent.
func (e *eventTypes) sendable() []*catalogue.Type {
	var list []*catalogue.Type
	for _, t := range e.types {
		if intake.Sendable(t) {
			list = append(list, t)
		}
	}
	return list
}

// refs are references to one component of each type.
func refs(list []*catalogue.Type, name func(*catalogue.Type) string, ref func(name string) string) []object {
	all := make([]object, len(list))
	for i, t := range list {
		all[i] = of("$ref", ref(name(t)))
	}
	return all
}

func nameOf(t *catalogue.Type) string { return t.Name }

func schemaOf(t *catalogue.Type) string { return t.Schema() }
