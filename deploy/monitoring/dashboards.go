package monitoring

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Dashboard is a dashboard of Grafana, as far as tests concern themselves with it.
type Dashboard struct {
	File string   `json:"-"` // its name without the directory
	Keys []string `json:"-"` // of the whole object, sorted

	UID           string   `json:"uid"`
	Title         string   `json:"title"`
	Tags          []string `json:"tags"`
	SchemaVersion int      `json:"schemaVersion"`
	Editable      *bool    `json:"editable"`
	Links         []Link   `json:"links"`
	Panels        []Panel  `json:"panels"`
	Annotations   struct {
		List []Annotation `json:"list"`
	} `json:"annotations"`
	Templating struct {
		List []Variable `json:"list"`
	} `json:"templating"`
}

// Source names a datasource.
type Source struct {
	Type string `json:"type"`
	UID  string `json:"uid"`
}

// Link leads from a dashboard, a panel or a figure to somewhere else.
type Link struct {
	Type        string   `json:"type"`
	Tags        []string `json:"tags"`
	Title       string   `json:"title"`
	URL         string   `json:"url"`
	KeepTime    bool     `json:"keepTime"`
	IncludeVars bool     `json:"includeVars"`
}

// Annotation marks moments in all panels.
type Annotation struct {
	Name       string `json:"name"`
	Builtin    int    `json:"builtIn"`
	Datasource Source `json:"datasource"`
	Expr       string `json:"expr"`
}

// Variable is what a reader chooses at the top of a dashboard.
type Variable struct {
	Name       string         `json:"name"`
	Label      string         `json:"label"`
	Type       string         `json:"type"`
	Datasource Source         `json:"datasource"`
	Query      jsontext.Value `json:"query"` // a text, or an object with one
	Refresh    int            `json:"refresh"`
	Multi      bool           `json:"multi"`
	IncludeAll bool           `json:"includeAll"`
	AllValue   string         `json:"allValue"`
	Current    struct {
		Value jsontext.Value `json:"value"`
	} `json:"current"`
}

// Dashboards reads the dashboards (*.json) of a directory, in the order of their names. A directory without any is an error.
func Dashboards(dir string) ([]Dashboard, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("no dashboards in %q", dir)
	}
	if err != nil {
		return nil, err
	}
	var all []Dashboard
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		d, err := ParseDashboard(filepath.Base(file), text)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// ParseDashboard reads a dashboard. What Grafana lets pass without a word is an error here: a key that is there twice.
func ParseDashboard(file string, text []byte) (Dashboard, error) {
	d := Dashboard{File: file}
	var whole map[string]jsontext.Value
	if err := json.Unmarshal(text, &whole); err != nil {
		return d, fmt.Errorf("read dashboard %q: %w", file, err)
	}
	if err := json.Unmarshal(text, &d); err != nil {
		return d, fmt.Errorf("read dashboard %q: %w", file, err)
	}
	for key := range whole {
		d.Keys = append(d.Keys, key)
	}
	slices.Sort(d.Keys)
	return d, nil
}

// AllPanels are the panels of a dashboard, rows and what is folded into them as well.
func (d Dashboard) AllPanels() (all []Panel) {
	for _, p := range d.Panels {
		all = append(append(all, p), p.Panels...)
	}
	return all
}

// Expression is PromQL somewhere on a dashboard.
type Expression struct {
	Panel string // its title, or what else asks: "variable org"
	Expr  string // with values in the places of variables, unless it has one that nobody knows
}

// Expressions are all that a dashboard asks Prometheus for: its panels, annotations and what its variables list. In the
// places of variables stands what is chosen in the beginning, which is everything, and times as of a span of one hour.
func (d Dashboard) Expressions() (all []Expression) {
	values := d.values()
	add := func(panel, expr string) {
		if expr != "" {
			all = append(all, Expression{Panel: panel, Expr: replaced(expr, values)})
		}
	}
	for _, v := range d.Templating.List {
		add("variable "+v.Name, v.Selector())
	}
	for _, a := range d.Annotations.List {
		add("annotation "+a.Name, a.Expr)
	}
	for _, p := range d.AllPanels() {
		for _, t := range p.Targets {
			add(p.Title, t.Expr)
		}
	}
	return all
}

// values are what stands in the place of each variable.
func (d Dashboard) values() map[string]string {
	values := map[string]string{
		"__rate_interval": "1m", "__interval": "1m", "__interval_ms": "60000", "__range": "1h", "__range_s": "3600", "__range_ms": "3600000",
	}
	for _, v := range d.Templating.List {
		var one string
		switch {
		case v.IncludeAll:
			values[v.Name] = v.AllValue
		case json.Unmarshal(v.Current.Value, &one) == nil:
			values[v.Name] = one
		}
	}
	return values
}

// variable is where a variable stands: $name, ${name} or ${name:format}.
var variable = regexp.MustCompile(`\$(\w+)|\$\{(\w+)(:\w+)?\}`)

// replaced puts values in the places of variables. One that nobody knows stays, so that the expression does not parse
// outside of quotes, and can be seen in them.
func replaced(expr string, values map[string]string) string {
	return variable.ReplaceAllStringFunc(expr, func(found string) string {
		parts := variable.FindStringSubmatch(found)
		if value, ok := values[parts[1]+parts[2]]; ok {
			return value
		}
		return found
	})
}

// labelValues is how a variable lists the values of a label.
var labelValues = regexp.MustCompile(`^label_values\((.+),\s*\w+\)$`)

// Selector is the selector whose values a variable lists, and empty if it lists none by label_values.
func (v Variable) Selector() string {
	if parts := labelValues.FindStringSubmatch(v.Text()); parts != nil {
		return parts[1]
	}
	return ""
}

// Text is what a variable asks for.
func (v Variable) Text() string {
	var text string
	if json.Unmarshal(v.Query, &text) == nil {
		return text
	}
	var object struct {
		Query string `json:"query"`
	}
	if json.Unmarshal(v.Query, &object) == nil {
		return strings.TrimSpace(object.Query)
	}
	return ""
}
