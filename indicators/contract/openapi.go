package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"

	"github.com/kaohe/kaohe/events/catalogue"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
)

// Options say what a document is about.
type Options struct {
	Plan    *indicators.Plan
	Version string // of the program
	// Examples are structured CloudEvents in JSON. Those are shown that the plan knows.
	Examples [][]byte
}

func (o *Options) validate() error {
	if o.Plan == nil {
		return errors.New("contract: Options.Plan is missing")
	}
	return nil
}

// OpenAPI returns the document of the HTTP interface, OpenAPI 3.1 in JSON.
func OpenAPI(o Options) ([]byte, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	events, err := newEventTypes(o.Plan)
	if err != nil {
		return nil, err
	}
	d := &openapi{Options: o, events: events, types: newTypes(""), examples: events.pick(o.Examples)}
	return write(d.document())
}

// openapi is a document in the making.
type openapi struct {
	Options
	events   *eventTypes
	types    *types
	examples []example
}

const aboutOpenAPI = `Facts go in as CloudEvents, one small event each; figures, targets and what they rest on come out.

Every path that answers GET answers HEAD as well. Any other method is answered with 405 and Allow, any other path with 404, in the same
shape as all problems (RFC 9457). Large answers are compressed if Accept-Encoding allows it. Fields keep their meaning; more may be added
to answers at any time.

Without tokens a server answers its own machine only, and nobody has to say who they are. From the first token on everybody must, but
for /, /healthz, /readyz and /openapi.json.`

func (d *openapi) document() object {
	return of(
		"openapi", "3.1.0",
		"info", of("title", "kaohe "+title(d.Plan.Name), "version", versionOf(d.Version), "description", aboutOpenAPI,
			"license", of("name", "Apache-2.0", "identifier", "Apache-2.0")),
		"servers", []object{of("url", "/")},
		"security", []object{of("bearer", json.RawMessage("[]")), {}},
		"tags", []object{
			of("name", "events", "description", "Facts, and what is said of facts."), of("name", "figures", "description", "Indicators against their targets."),
			of("name", "plan", "description", "What the plan knows."), of("name", "operation", "description", "For whoever runs the server."),
		},
		"paths", d.paths(),
		"components", d.components(), // after the paths, which say what is needed
	)
}

func versionOf(v string) string {
	if v == "" {
		return "0"
	}
	return v
}

func (d *openapi) paths() object {
	var paths object
	at := map[string]int{}
	for _, op := range operations {
		if _, known := at[op.path]; !known {
			at[op.path] = len(paths)
			paths = paths.with(op.path, object{})
		}
		i := at[op.path]
		paths[i].value = paths[i].value.(object).with(op.method, d.operation(&op))
	}
	return paths
}

func (d *openapi) operation(op *operation) object {
	o := of("operationId", op.id, "tags", []string{op.tag}, "summary", op.summary, "description", op.about)
	if op.public {
		o = o.with("security", []object{})
	}
	var parameters []object
	for _, key := range append(op.parameters[:len(op.parameters):len(op.parameters)], "Accept-Language") {
		parameters = append(parameters, of("$ref", "#/components/parameters/"+key))
	}
	o = o.with("parameters", parameters)
	if op.events {
		o = o.with("requestBody", d.body())
	}
	return o.with("responses", d.responses(op))
}

// body is what may be sent as events, in each mode.
func (d *openapi) body() object {
	ref := func(name string) object { return of("$ref", d.types.ref(name)) }
	return of("required", true, "content", of(
		intake.MediaEvent, of("schema", ref(compEvent), "examples", d.shown(structured)),
		intake.MediaBatch, of("schema", of("type", "array", "minItems", 1, "maxItems", intake.MaxBatch, "items", ref(compEvent)), "examples", d.shown(batched)),
		intake.MediaData, of("schema", ref(compData), "examples", d.shown(binary)),
	))
}

// responses are the answers of an operation by status, good ones and problems.
func (d *openapi) responses(op *operation) object {
	all := append(op.problems[:len(op.problems):len(op.problems)], ofAll...)
	if !op.public {
		all = append(all, ofTheDoor...)
	}
	statuses, codes := byStatus(all)
	var out object
	both := map[int]bool{}
	for _, a := range op.answers {
		r := d.response(&a)
		if list := codes[a.status]; list != nil {
			both[a.status] = true
			r = d.either(&a, list)
		}
		out = out.with(strconv.Itoa(a.status), r)
	}
	for _, status := range statuses {
		if !both[status] {
			out = out.with(strconv.Itoa(status), d.problem(status, codes[status]))
		}
	}
	return out
}

func (d *openapi) response(a *answer) object {
	o := of("description", a.about, "headers", carried(a.headers))
	if a.media == "" {
		return o
	}
	return o.with("content", of(a.media, d.content(a)))
}

func (d *openapi) content(a *answer) object {
	switch {
	case a.named != "":
		return of("schema", of("$ref", d.types.ref(a.named)))
	case a.of == nil:
		return of("schema", of("type", "string"))
	}
	o := of("schema", d.types.item(a.of))
	if a.of == typeReceipt {
		o = o.with("examples", d.receipts(a.status))
	}
	return o
}

func (d *openapi) problem(status int, list []code) object {
	return of("description", said(list), "headers", carried(headersOf(status, list)), "content", of(mediaProblem, d.problemContent()))
}

func (d *openapi) problemContent() object {
	return of("schema", d.types.of(reflect.TypeFor[api.Problem]()))
}

// either is a response of a status that has a good answer and problems.
func (d *openapi) either(a *answer, list []code) object {
	return of("description", a.about+"\n\nOr a problem:\n\n"+said(list), "headers", carried(headersOf(a.status, list)),
		"content", of(a.media, d.content(a), mediaProblem, d.problemContent()))
}

func (d *openapi) components() object {
	var parameters, named object
	for _, p := range d.events.parameters() {
		parameters = parameters.with(p.key, p.object())
	}
	for _, h := range headers {
		named = named.with(h.name, of("description", h.about, "schema", of("type", "string")))
	}
	return of(
		"securitySchemes", of("bearer", of("type", "http", "scheme", "bearer", "description", "A token that was made by kaohe token create.")),
		"parameters", parameters, "headers", named, "schemas", d.schemas(),
	)
}

// schemas are those of answers, which are known by now, and of events.
func (d *openapi) schemas() object {
	var all object
	for _, name := range d.types.names {
		all = all.with(name, d.types.schema[name])
	}
	e, ref := d.events, d.types.ref
	sendable := e.sendable()
	mapping := object{}
	for _, t := range sendable {
		mapping = mapping.with(t.Name, ref(t.Name))
	}
	all = all.with("Document", of("type", "object", "description", "An OpenAPI document.", "required", []string{"openapi", "info", "paths"})).
		with(compEvent, of("description", "An event, as it may be sent.", "oneOf", refs(sendable, nameOf, ref), "discriminator", of("propertyName", "type", "mapping", mapping))).
		with(compData, of("description", "The data of an event, by its type.", "anyOf", refs(sendable, schemaOf, ref))).
		with(compRecorded, e.recorded()).
		with(compEnvelope, e.envelope())
	for _, t := range sendable {
		all = all.with(t.Name, e.sent(t, ref))
	}
	for _, t := range e.types {
		all = all.with(t.Schema(), e.data(t))
	}
	return all
}

// data is the schema of a type's data as the plan has it, but for what it says of itself as a file: here its name says that.
func (e *eventTypes) data(t *catalogue.Type) object {
	var o object
	must(json.Unmarshal(e.schemas[t.Name], &o))
	kept := o[:0]
	for _, m := range o {
		if m.name != "$schema" && m.name != "$id" {
			kept = append(kept, m)
		}
	}
	return kept
}

// must is for what cannot fail: the plan was loaded.
func must(err error) {
	if err != nil {
		panic(fmt.Sprintf("contract: %v", err))
	}
}
