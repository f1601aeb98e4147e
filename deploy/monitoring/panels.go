package monitoring

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Panel is one picture of a dashboard, or a row, under which others are folded.
type Panel struct {
	ID          int      `json:"id"`
	Type        string   `json:"type"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	Datasource  Source   `json:"datasource"`
	GridPos     Grid     `json:"gridPos"`
	Repeat      string   `json:"repeat"`
	Targets     []Target `json:"targets"`
	Links       []Link   `json:"links"`
	Panels      []Panel  `json:"panels"`
	FieldConfig struct {
		Defaults  Field      `json:"defaults"`
		Overrides []Override `json:"overrides"`
	} `json:"fieldConfig"`
}

// Grid is where a panel lies, in 24 columns.
type Grid struct {
	X int `json:"x"`
	Y int `json:"y"`
	W int `json:"w"`
	H int `json:"h"`
}

// Target is one query of a panel. It asks for one moment if Instant is set, and for a course in time otherwise.
type Target struct {
	RefID      string `json:"refId"`
	Datasource Source `json:"datasource"`
	Expr       string `json:"expr"`
	Instant    bool   `json:"instant"`
	Range      bool   `json:"range"`
}

// Field says how figures are shown.
type Field struct {
	Unit       string     `json:"unit"`
	Thresholds Thresholds `json:"thresholds"`
	Mappings   []Mapping  `json:"mappings"`
	Links      []Link     `json:"links"`
}

// Thresholds are the values from which on a figure has a colour.
type Thresholds struct {
	Mode  string `json:"mode"`
	Steps []Step `json:"steps"`
}

// Step is the colour of figures from Value on; that of the first one has none.
type Step struct {
	Color string   `json:"color"`
	Value *float64 `json:"value"`
}

// Mapping puts words in the places of values. The options depend on the type.
type Mapping struct {
	Type    string         `json:"type"`
	Options jsontext.Value `json:"options"`
}

// Override says how some of the figures of a panel are shown that differ from the others.
type Override struct {
	Matcher struct {
		ID      string         `json:"id"`
		Options jsontext.Value `json:"options"`
	} `json:"matcher"`
	Properties []struct {
		ID    string         `json:"id"`
		Value jsontext.Value `json:"value"`
	} `json:"properties"`
}

// Fields are all the ways in which a panel shows figures: as it does by default, and each override on its own. It fails if
// an override has something other than what it says.
func (p Panel) Fields() ([]Field, error) {
	fields := []Field{p.FieldConfig.Defaults}
	for i, o := range p.FieldConfig.Overrides {
		var f Field
		into := map[string]any{"unit": &f.Unit, "thresholds": &f.Thresholds, "mappings": &f.Mappings, "links": &f.Links}
		for _, property := range o.Properties {
			if v, ok := into[property.ID]; ok {
				if err := json.Unmarshal(property.Value, v); err != nil {
					return nil, fmt.Errorf("override %d of panel %q: %s: %w", i+1, p.Title, property.ID, err)
				}
			}
		}
		fields = append(fields, f)
	}
	return fields, nil
}
