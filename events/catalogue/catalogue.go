package catalogue

import (
	"fmt"

	"github.com/kaohe/kaohe/events"
)

// Catalogue is the event types of a plan. It never changes once loaded and may be used by many goroutines.
type Catalogue struct {
	types  []*Type // by name
	byName map[string]*Type
}

// Type finds an event type by its name.
func (c *Catalogue) Type(name string) (*Type, bool) {
	t, ok := c.byName[name]
	return t, ok
}

// Types returns all event types, sorted by name. The caller must not change the list.
func (c *Catalogue) Types() []*Type { return c.types }

// Suggest returns the type that a wrong name was probably meant to be, by its name or a title in either language, or "".
func (c *Catalogue) Suggest(name string) string {
	names := make([]string, 0, len(c.types))
	titles := make(map[string]events.Text, len(c.types))
	for _, t := range c.types {
		names = append(names, t.Name)
		titles[t.Name] = t.Title
	}
	return suggest(name, names, titles)
}

// Type is one kind of event: what its data must look like and what makes it the same occurrence.
type Type struct {
	Name        string // PatentGranted
	Version     int    // 1
	Title       events.Text
	Description events.Text // when it is emitted
	Day         events.Text // title of the day column by its meaning (发证日期)
	Control     bool        // an event about events, not about the world
	Identity    []string    // fields of data, or "day", that together name the occurrence; may be empty
	Entity      []string    // fields of data, or "day", that together name the thing the event is about; may be empty
	Fields      []*Field    // properties of data, in the schema's order

	data   *rule
	byName map[string]*Field
}

// Schema returns the CloudEvents dataschema: PatentGranted.v1.
func (t *Type) Schema() string { return fmt.Sprintf("%s.v%d", t.Name, t.Version) }

// Field finds a property of data by its name.
func (t *Type) Field(name string) (*Field, bool) {
	f, ok := t.byName[name]
	return f, ok
}

// Field is a property of an event's data, or of an object within it.
type Field struct {
	Name        string // empty for the items of an array
	Title       events.Text
	Description events.Text
	Kind        FieldKind
	Required    bool
	Nullable    bool
	Enum        []string               // values allowed, in the schema's order; nil if not limited
	EnumTitles  map[string]events.Text // of each value of Enum
	Ref         string                 // "indicator", "event_type", ...: the intake checks that the value is a known one of those
	Default     string                 // canonical JSON of the schema's default; empty if it has none
	Examples    []string               // canonical JSON of the schema's examples
	Minimum     *int64                 // inclusive bounds of a number; nil without one
	Maximum     *int64                 // likewise
	MaxLength   int                    // characters of a text; 0 without a limit
	Items       *Field                 // of an array
	Fields      []*Field               // of an object, in the schema's order; nil if its members are free
}

// FieldKind is the kind of a field's values.
type FieldKind uint8

// The kinds of values.
const (
	Any     FieldKind = iota // whatever JSON can say, only within free objects
	String                   // text
	Integer                  // within what a JSON number holds exactly
	Money                    // an amount of yuan, a string with two places
	Decimal                  // an exact number, a string with at most four places
	Date                     // a calendar day, a string like 2018-02-28
	Boolean                  // true or false
	Array                    // a list
	Object                   // a record or a free object
)

// String returns the kind's name in the faults and in the documentation of a plan.
func (k FieldKind) String() string {
	return [...]string{"any", "string", "integer", "money", "decimal", "date", "boolean", "array", "object"}[k]
}
