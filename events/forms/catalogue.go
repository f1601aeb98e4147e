package forms

import (
	"encoding/json"
	"strconv"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// Catalogue is what a program must know to record facts: who may be named, what may happen.
type Catalogue struct {
	Plan       events.Text `json:"plan"`
	PlanHash   string      `json:"plan_hash"`
	TimeZone   string      `json:"time_zone"`
	Today      string      `json:"today"` // the business date
	DefaultOrg string      `json:"default_org,omitempty"`
	Orgs       []Org       `json:"orgs"`
	Types      []Type      `json:"types"`
}

// Org is a unit.
type Org struct {
	Code   string      `json:"code"`
	Name   events.Text `json:"name"`
	Parent string      `json:"parent,omitempty"`
}

// Type is an event type.
type Type struct {
	Name        string      `json:"name"`
	Schema      string      `json:"schema"`
	Title       events.Text `json:"title"`
	Description events.Text `json:"description"`
	Day         events.Text `json:"day"`
	Control     bool        `json:"control"`
	Identity    []string    `json:"identity,omitempty"`
	Fields      []Field     `json:"fields"`
}

// Field is a field of an event's data.
type Field struct {
	Name        string                 `json:"name,omitempty"`
	Title       events.Text            `json:"title"`
	Description events.Text            `json:"description"`
	Kind        string                 `json:"kind"` // any, string, integer, money, decimal, date, boolean, array, object
	Required    bool                   `json:"required"`
	Nullable    bool                   `json:"nullable"`
	Enum        []string               `json:"enum,omitempty"`
	EnumTitles  map[string]events.Text `json:"enum_titles,omitempty"`
	Default     json.RawMessage        `json:"default,omitempty"`    // what it says where it is left out
	Examples    []json.RawMessage      `json:"examples,omitempty"`   // of the plan's author
	Minimum     *int64                 `json:"minimum,omitempty"`    // inclusive bounds of a number
	Maximum     *int64                 `json:"maximum,omitempty"`    // likewise
	MaxLength   int                    `json:"max_length,omitempty"` // characters of a text; 0 without a limit
	Items       *Field                 `json:"items,omitempty"`
	Fields      []Field                `json:"fields,omitempty"`
}

// Describe returns a type of the plan's catalogue as programs see it.
func Describe(t *catalogue.Type) Type {
	return Type{
		Name: t.Name, Schema: t.Schema(), Title: t.Title, Description: t.Description, Day: t.Day,
		Control: t.Control, Identity: t.Identity, Fields: fields(t.Fields),
	}
}

func fields(list []*catalogue.Field) []Field {
	out := make([]Field, 0, len(list))
	for _, f := range list {
		out = append(out, field(f))
	}
	return out
}

func field(f *catalogue.Field) Field {
	out := Field{
		Name: f.Name, Title: f.Title, Description: f.Description, Kind: f.Kind.String(), Required: f.Required,
		Nullable: f.Nullable, Enum: f.Enum, EnumTitles: f.EnumTitles, Fields: fields(f.Fields),
		Minimum: f.Minimum, Maximum: f.Maximum, MaxLength: f.MaxLength,
	}
	if f.Default != "" {
		out.Default = json.RawMessage(f.Default)
	}
	for _, e := range f.Examples {
		out.Examples = append(out.Examples, json.RawMessage(e))
	}
	if f.Items != nil {
		items := field(f.Items)
		out.Items = &items
	}
	return out
}

// Fields returns the fields of a type, none if the catalogue does not have it.
func (c *Catalogue) Fields(typ string) []Field {
	if t := c.Type(typ); t != nil {
		return t.Fields
	}
	return nil
}

// Type returns the type with a name, or nil.
func (c *Catalogue) Type(name string) *Type {
	for i := range c.Types {
		if c.Types[i].Name == name {
			return &c.Types[i]
		}
	}
	return nil
}

// Find follows a path into objects and lists.
func Find(fields []Field, path []string) *Field {
	for i := range fields {
		f := &fields[i]
		if f.Name != path[0] {
			continue
		}
		for path = path[1:]; f != nil && len(path) > 0; path = path[1:] {
			if !isIndex(path[0]) {
				return Find(f.Fields, path)
			}
			f = f.Items
		}
		return f
	}
	return nil
}

func isIndex(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= 0 && strconv.Itoa(n) == s
}
