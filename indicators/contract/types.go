package contract

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/kaohe/kaohe/events/forms"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators"
)

// types makes JSON Schemas of Go types, such as encoding/json writes their values. Structs and closed lists of words become
// components with a name.
type types struct {
	suffix string // after the name of a component in a reference to its schema
	notes  notes
	names  []string          // of the components, in the order in which they were met
	schema map[string]object // of each component
	met    map[string]reflect.Type
}

func newTypes(suffix string) *types {
	return &types{suffix: suffix, notes: source(), schema: map[string]object{}, met: map[string]reflect.Type{}}
}

// called are the components that have another name than their Go type.
var called = map[reflect.Type]string{
	reflect.TypeFor[intake.Answer]():        "Receipt",
	reflect.TypeFor[intake.EventAnswer]():   "Outcome",
	reflect.TypeFor[intake.WarningAnswer](): "Warning",
	reflect.TypeFor[intake.ErrorAnswer]():   "Refusal",
	reflect.TypeFor[intake.FaultAnswer]():   "Fault",
	reflect.TypeFor[intake.Status]():        "Fate",
	reflect.TypeFor[forms.Org]():            "Unit",
	reflect.TypeFor[forms.Type]():           "EventType",
	reflect.TypeFor[forms.Field]():          "EventField",
}

// written are the types that write themselves.
var written = map[reflect.Type]object{
	reflect.TypeFor[indicators.Number](): of("type", "string", "pattern", `^-?(0|[1-9][0-9]*)(\.[0-9]{1,4})?$`,
		"description", "an exact number with at most four decimals, as text"),
	reflect.TypeFor[indicators.Quarter](): of("type", "string", "pattern", "^[0-9]{4}Q[1-4]$", "examples", []string{"2018Q1"}),
	reflect.TypeFor[time.Time]():          of("type", "string", "format", "date-time"),
	reflect.TypeFor[json.RawMessage]():    {}, // whatever JSON can say
}

// nullable are the types that may be null wherever they stand, unless they are left out then.
var nullable = []reflect.Type{reflect.TypeFor[indicators.Number](), reflect.TypeFor[indicators.Status]()}

// of returns the schema of a type's values.
func (ts *types) of(t reflect.Type) object {
	if w, ok := written[t]; ok {
		return w
	}
	if t.Kind() == reflect.Pointer {
		return ts.of(t.Elem())
	}
	v := reflect.Zero(t)
	if s, ok := v.Interface().(interface{ Shape() any }); ok {
		return ts.component(t, reflect.TypeOf(s.Shape()))
	}
	if f, ok := v.Interface().(interface{ Format() string }); ok {
		return of("type", "string", "format", f.Format())
	}
	switch t.Kind() {
	case reflect.String:
		if len(ts.notes[path(t)].Values) > 0 {
			return ts.component(t, t)
		}
	case reflect.Struct:
		mustBePlain(t)
		return ts.component(t, t)
	case reflect.Slice:
		return of("type", "array", "items", ts.item(t.Elem()))
	case reflect.Map:
		o := of("type", "object", "additionalProperties", ts.item(t.Elem()))
		if key := ts.of(t.Key()); key[0].name == "$ref" {
			o = o.with("propertyNames", key)
		}
		return o
	}
	mustBePlain(t)
	return simple(t.Kind())
}

// simple is the schema of what has no parts.
func simple(k reflect.Kind) object {
	switch k {
	case reflect.String:
		return of("type", "string")
	case reflect.Bool:
		return of("type", "boolean")
	case reflect.Int, reflect.Int64:
		return of("type", "integer")
	case reflect.Uint64:
		return of("type", "integer", "minimum", 0)
	}
	panic(fmt.Sprintf("contract: no schema for a %v", k))
}

// mustBePlain fails for types that write themselves in a way that nobody has told here.
func mustBePlain(t reflect.Type) {
	for _, other := range []reflect.Type{reflect.TypeFor[json.Marshaler](), reflect.TypeFor[encoding.TextMarshaler]()} {
		if t.Implements(other) && !slices.Contains(nullable, t) {
			panic(fmt.Sprintf("contract: %v writes itself", t))
		}
	}
}

// item is the schema of a part of a list or map.
func (ts *types) item(t reflect.Type) object {
	return orNull(ts.of(t), slices.Contains(nullable, t))
}

func orNull(schema object, null bool) object {
	if !null {
		return schema
	}
	for i, m := range schema {
		if m.name == "type" {
			schema = slices.Clone(schema)
			schema[i].value = []any{m.value, "null"}
			return schema
		}
	}
	return of("anyOf", []object{schema, of("type", "null")})
}

// component makes a component of a type that is written like another one, and returns the reference to it.
func (ts *types) component(t, shape reflect.Type) object {
	name := called[t]
	if name == "" {
		name = t.Name()
	}
	if other, ok := ts.met[name]; ok && other != t {
		panic(fmt.Sprintf("contract: two components %s, %v and %v", name, other, t))
	} else if !ok {
		ts.met[name] = t
		ts.names = append(ts.names, name)
		if shape.Kind() == reflect.String {
			ts.schema[name] = ts.words(t)
		} else {
			ts.schema[name] = ts.record(t, shape)
		}
	}
	return of("$ref", ts.ref(name))
}

func (ts *types) ref(name string) string { return "#/components/schemas/" + name + ts.suffix }

// words is the schema of a closed list of words.
func (ts *types) words(t reflect.Type) object {
	var list, said []string
	note := ts.notes[path(t)]
	for _, v := range note.Values {
		list = append(list, v.Value)
		if v.Doc != "" {
			said = append(said, "* `"+v.Value+"`: "+v.Doc)
		}
	}
	text := strings.Join(append([]string{note.Doc}, said...), "\n")
	return of("description", text, "type", "string", "enum", list)
}

// record is the schema of a struct.
func (ts *types) record(t, shape reflect.Type) object {
	var required []string
	properties := object{}
	ts.fields(t, shape, func(name string, schema object, always bool) {
		properties = properties.with(name, schema)
		if always {
			required = append(required, name)
		}
	})
	return of("description", ts.notes[path(t)].Doc, "type", "object", "required", required, "properties", properties)
}

// fields goes through the members that a struct writes.
func (ts *types) fields(t, shape reflect.Type, each func(name string, schema object, always bool)) {
	for i := range shape.NumField() {
		f := shape.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			ts.fields(f.Type, f.Type, each)
		case name == "-" || !f.IsExported():
		default:
			omitted := strings.Contains(options, "omit")
			null := !omitted && (f.Type.Kind() == reflect.Pointer || slices.Contains(nullable, f.Type))
			each(name, orNull(ts.of(f.Type), null).described(ts.notes.field(t, shape, f.Name)), !omitted)
		}
	}
}

// described adds a description in place of one that the schema may have.
func (o object) described(text string) object {
	if text == "" {
		return o
	}
	o = slices.DeleteFunc(slices.Clone(o), func(m member) bool { return m.name == "description" })
	return o.with("description", text)
}
