package contract

import (
	"reflect"
	"strings"

	"github.com/kaohe/kaohe/events/catalogue"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators/api"
)

// schemaFormat says that the schemas are written in the JSON Schema of 2020, not in the one that AsyncAPI has by default.
const schemaFormat = "application/schema+json;version=draft-2020-12"

// AsyncAPI returns the document of the events of a plan over NATS, AsyncAPI 3.0 in JSON.
func AsyncAPI(o Options) ([]byte, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	events, err := newEventTypes(o.Plan)
	if err != nil {
		return nil, err
	}
	d := &asyncapi{Options: o, events: events, types: newTypes("/schema"), examples: map[string]example{}}
	for _, x := range events.pick(o.Examples) {
		d.examples[x.typ.Name] = x
	}
	return write(d.document())
}

// asyncapi is a document in the making.
type asyncapi struct {
	Options
	events   *eventTypes
	types    *types
	examples map[string]example // by the type
}

const aboutAsyncAPI = `Facts go in as CloudEvents over NATS, one small event each, and are announced once the figures include them.

The service "kaohe" (nats micro) takes requests on kaohe.v1.*. Its replies are those of the HTTP interface: the same bodies, with the status in
the header Kaohe-Status. From status 400 on they have Nats-Service-Error and Nats-Service-Error-Code, too. Sending the same event again is
always safe.

What is recorded is announced on kaohe.event.TYPE.UNITS, where UNITS are the codes of the units from the root down to the event's own; whoever
has a token hears its own subtree only. Announcements are for those who listen at the moment: who must miss nothing asks for the events.`

func (d *asyncapi) document() object {
	channels, operations := d.serviceChannels()
	announced, tells := d.announcements()
	return of(
		"asyncapi", "3.0.0",
		"info", of("title", "kaohe "+title(d.Plan.Name), "version", versionOf(d.Version), "description", aboutAsyncAPI,
			"license", of("name", "Apache-2.0", "url", "https://www.apache.org/licenses/LICENSE-2.0")),
		"servers", of("nats", of("host", "127.0.0.1:4222", "protocol", "nats", "description", "As given by kaohe serve --nats-listen.",
			"security", []object{of("$ref", "#/components/securitySchemes/token")})),
		"defaultContentType", intake.MediaEvent,
		"channels", append(channels, announced...),
		"operations", append(operations, tells...),
		"components", of("securitySchemes", of("token", of("type", "apiKey", "in", "password",
			"description", "A token that was made by kaohe token create, as the token of the connection or as the password of any user. Without tokens nobody is asked.")),
			"messages", d.messages(), "schemas", d.schemas()),
	)
}

// messages are all that are sent, heard and answered.
func (d *asyncapi) messages() object {
	var all object
	for _, t := range d.events.sendable() {
		m := of("name", t.Name, "title", title(t.Title), "summary", words(t.Description), "contentType", intake.MediaEvent, "headers", d.inline(requestHeaders()), "payload", d.payload(t.Name))
		if x, ok := d.examples[t.Name]; ok {
			m = m.with("examples", []object{of("name", t.Name, "payload", x.event)})
		}
		all = all.with(t.Name, m)
	}
	all = all.with("batch", of("title", "多个事件 / Several events", "contentType", intake.MediaBatch, "headers", d.inline(requestHeaders()),
		"payload", d.inline(of("type", "array", "minItems", 1, "maxItems", intake.MaxBatch, "items", of("$ref", d.types.ref(compEvent))))))
	all = all.with("data", of("title", "事件的数据，属性在 ce-* 头里 / The data of an event whose attributes are headers, ce-*", "contentType", intake.MediaData,
		"headers", d.inline(d.binaryHeaders()), "payload", d.payload(compData)))
	for _, e := range endpoints {
		if e.name != "emit" {
			all = all.with("ask."+e.name, of("title", title(e.about), "contentType", mediaJSON, "headers", d.inline(requestHeaders()), "payload", d.inline(d.question(&e))))
			all = all.with("answer."+e.name, of("title", title(e.about), "contentType", e.answer().media, "headers", d.inline(replyHeaders()), "payload", d.answered(&e)))
		}
	}
	all = all.with("receipt", of("title", "回执 / Receipt", "contentType", mediaJSON, "headers", d.inline(replyHeaders()), "payload", d.goType(typeReceipt)))
	all = all.with("problem", of("title", "问题 / Problem", "contentType", mediaProblem, "headers", d.inline(replyHeaders()), "payload", d.goType(reflect.TypeFor[api.Problem]())))
	for _, t := range d.heard() {
		all = all.with("recorded."+t.Name, of("name", t.Name, "title", title(t.Title), "summary", words(t.Description), "contentType", intake.MediaEvent,
			"headers", d.inline(of("type", "object", "properties", of(
				"Content-Type", of("const", intake.MediaEvent),
				"Kaohe-Position", of("type", "string", "pattern", position, "description", "Where the event stands in the log.")))),
			"payload", d.payload("recorded."+t.Name)))
	}
	return all
}

// payload refers to a component, inline writes a schema where it stands, and goType does either for a type of Go.
func (d *asyncapi) payload(name string) object { return of("$ref", "#/components/schemas/"+name) }

func (d *asyncapi) inline(schema object) object {
	return of("schemaFormat", schemaFormat, "schema", schema)
}

func (d *asyncapi) goType(t reflect.Type) object {
	schema := d.types.item(t)
	if ref, ok := schema[0].value.(string); ok && schema[0].name == "$ref" {
		return of("$ref", strings.TrimSuffix(ref, d.types.suffix))
	}
	return d.inline(schema)
}

// heard are the types of events that are announced.
func (d *asyncapi) heard() []*catalogue.Type { return d.events.sendable() }

// schemas are those of answers, which are known by now, and of events.
func (d *asyncapi) schemas() object {
	var all object
	add := func(name string, schema object) { all = all.with(name, d.inline(schema)) }
	for _, name := range d.types.names {
		add(name, d.types.schema[name])
	}
	e, ref := d.events, d.types.ref
	sendable := e.sendable()
	add(compEvent, of("description", "An event, as it may be sent.", "oneOf", refs(sendable, nameOf, ref)))
	add(compData, of("description", "The data of an event, by its type.", "anyOf", refs(sendable, schemaOf, ref)))
	add(compRecorded, e.recorded())
	add(compEnvelope, e.envelope())
	for _, t := range sendable {
		add(t.Name, e.sent(t, ref))
	}
	for _, t := range d.heard() {
		add("recorded."+t.Name, e.announced(t, ref))
	}
	for _, t := range sendable {
		add(t.Schema(), e.data(t))
	}
	return all
}
