package api

import (
	"net/http"

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
	Items       *Field                 `json:"items,omitempty"`
	Fields      []Field                `json:"fields,omitempty"`
}

func (a *API) catalogue(w http.ResponseWriter, _ *http.Request) {
	c := Catalogue{
		Plan: a.Plan.Name, PlanHash: a.Plan.Hash, TimeZone: a.Plan.Zone.String(), Today: a.Today().String(),
		DefaultOrg: a.Plan.DefaultOrg, Orgs: []Org{}, Types: []Type{},
	}
	for i := range a.Plan.Orgs.Len() {
		org := a.Plan.Orgs.Org(i)
		c.Orgs = append(c.Orgs, Org{org.Code, org.Name, org.Parent})
	}
	for _, t := range a.Plan.Catalogue.Types() {
		c.Types = append(c.Types, Type{
			Name: t.Name, Schema: t.Schema(), Title: t.Title, Description: t.Description, Day: t.Day,
			Control: t.Control, Identity: t.Identity, Fields: fields(t.Fields),
		})
	}
	writeJSON(w, "application/json", http.StatusOK, c)
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
	}
	if f.Items != nil {
		items := field(f.Items)
		out.Items = &items
	}
	return out
}
