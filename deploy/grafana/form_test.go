package grafana_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/kaohe/kaohe/deploy/monitoring"
)

// formRules are about a dashboard as a file that is provisioned.
var formRules = []rule{
	{"fixed uid after the file's name", checkUID},
	{"tagged, pinned, not editable, nothing of an export", checkHead},
	{"one id for each panel", checkIDs},
	{"panels lie side by side", checkGrid},
	{"titles and descriptions in both languages", checkWords},
	{"variables in order", checkVariables},
	{"the datasource is the one chosen", checkSources},
	{"links lead to where there is something", checkLinks},
}

func checkUID(_ *world, d monitoring.Dashboard) (mistakes []string) {
	if want := "kaohe-" + board(d); d.UID != want {
		mistakes = append(mistakes, fmt.Sprintf("the uid is %q, want %q", d.UID, want))
	}
	return mistakes
}

func checkHead(_ *world, d monitoring.Dashboard) (mistakes []string) {
	if !slices.Equal(d.Tags, []string{"kaohe"}) {
		mistakes = append(mistakes, fmt.Sprintf("the tags are %q, want kaohe", d.Tags))
	}
	if d.SchemaVersion != 41 {
		mistakes = append(mistakes, fmt.Sprintf("schemaVersion is %d, want 41 like the others", d.SchemaVersion))
	}
	if d.Editable == nil || *d.Editable {
		mistakes = append(mistakes, "editable is not false")
	}
	for _, key := range []string{"id", "__inputs", "__requires", "__elements"} {
		if slices.Contains(d.Keys, key) {
			mistakes = append(mistakes, key+" does not belong into a file that is provisioned")
		}
	}
	return mistakes
}

func checkIDs(_ *world, d monitoring.Dashboard) (mistakes []string) {
	seen := make(map[int]string)
	for _, p := range d.AllPanels() {
		if other, ok := seen[p.ID]; ok || p.ID <= 0 {
			mistakes = append(mistakes, fmt.Sprintf("panel %q has the id %d, as has %q", p.Title, p.ID, other))
		}
		seen[p.ID] = p.Title
	}
	return mistakes
}

func checkGrid(_ *world, d monitoring.Dashboard) (mistakes []string) {
	for i, p := range d.Panels {
		g := p.GridPos
		if g.X < 0 || g.Y < 0 || g.W <= 0 || g.H <= 0 || g.X+g.W > 24 {
			mistakes = append(mistakes, fmt.Sprintf("panel %q does not lie in the 24 columns: %+v", p.Title, g))
		}
		for _, q := range d.Panels[:i] {
			h := q.GridPos
			if g.X < h.X+h.W && h.X < g.X+g.W && g.Y < h.Y+h.H && h.Y < g.Y+g.H {
				mistakes = append(mistakes, fmt.Sprintf("panel %q overlaps %q", p.Title, q.Title))
			}
		}
	}
	return mistakes
}

// repeated is the title of a row that stands there once for each value of a variable.
var repeated = regexp.MustCompile(`^\$\w+$`)

func checkWords(_ *world, d monitoring.Dashboard) (mistakes []string) {
	words := map[string]string{"the dashboard's title": d.Title}
	for _, p := range d.AllPanels() {
		words[fmt.Sprintf("the title of panel %d", p.ID)] = p.Title
		if p.Type != "row" {
			words[fmt.Sprintf("the description of panel %q", p.Title)] = p.Description
		}
	}
	latin := regexp.MustCompile(`[A-Za-z]{2}`)
	for what, text := range words {
		if repeated.MatchString(text) {
			continue
		}
		if !strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) || !latin.MatchString(text) {
			mistakes = append(mistakes, fmt.Sprintf("%s is not in both languages: %q", what, text))
		}
	}
	return mistakes
}

func checkVariables(_ *world, d monitoring.Dashboard) (mistakes []string) {
	order := []string{"datasource", "job", "instance", "org", "indicator"}
	var names, want []string
	for _, v := range d.Templating.List {
		names = append(names, v.Name)
		if v.Name == "datasource" && (v.Type != "datasource" || v.Label != "Data source") {
			mistakes = append(mistakes, `the variable datasource is not a datasource with the label "Data source"`)
		}
		if v.Type == "query" && (v.Selector() == "" || v.Refresh != 2 || !v.Multi || !v.IncludeAll || v.AllValue != ".+") {
			mistakes = append(mistakes, fmt.Sprintf("the variable %s is not by label_values with refresh 2, multi, includeAll and allValue .+", v.Name))
		}
		if slices.Contains(order[1:], v.Name) && v.Type != "query" {
			mistakes = append(mistakes, fmt.Sprintf("the variable %s is not by label_values", v.Name))
		}
	}
	for _, name := range order {
		if slices.Contains(names, name) {
			want = append(want, name)
		}
	}
	if len(want) < 3 || want[2] != "instance" || !slices.Equal(names[:len(want)], want) {
		mistakes = append(mistakes, fmt.Sprintf("the variables are %q, want %q first, with job and instance among them", names, order))
	}
	return mistakes
}

func checkSources(_ *world, d monitoring.Dashboard) (mistakes []string) {
	check := func(what string, s monitoring.Source) {
		if s.Type != "prometheus" || s.UID != "${datasource}" {
			mistakes = append(mistakes, fmt.Sprintf("%s asks %q, want ${datasource}", what, s.UID))
		}
	}
	for _, v := range d.Templating.List {
		if v.Type == "query" {
			check("variable "+v.Name, v.Datasource)
		}
	}
	for _, a := range d.Annotations.List {
		if a.Builtin == 0 {
			check("annotation "+a.Name, a.Datasource)
		}
	}
	for _, p := range pictures(d) {
		check(fmt.Sprintf("panel %q", p.Title), p.Datasource)
		if len(p.Targets) == 0 {
			mistakes = append(mistakes, fmt.Sprintf("panel %q asks nothing", p.Title))
		}
		refs := make(map[string]bool)
		for _, target := range p.Targets {
			check(fmt.Sprintf("query %s of panel %q", target.RefID, p.Title), target.Datasource)
			if target.RefID == "" || refs[target.RefID] {
				mistakes = append(mistakes, fmt.Sprintf("panel %q has two queries %q", p.Title, target.RefID))
			}
			refs[target.RefID] = true
		}
	}
	return mistakes
}

// Where a link leads, and what it hands over.
var (
	linkBoard    = regexp.MustCompile(`/d/([\w-]+)`)
	linkVariable = regexp.MustCompile(`[?&{]var-(\w+)=`)
)

func checkLinks(w *world, d monitoring.Dashboard) (mistakes []string) {
	byTag := func(l monitoring.Link) bool {
		return l.Type == "dashboards" && slices.Equal(l.Tags, []string{"kaohe"}) && l.KeepTime && l.IncludeVars
	}
	if !slices.ContainsFunc(d.Links, byTag) {
		mistakes = append(mistakes, "no link by the tag kaohe that keeps time and variables")
	}
	links := slices.Clone(d.Links)
	for _, p := range d.AllPanels() {
		links = append(links, p.Links...)
		fields, err := p.Fields()
		if err != nil {
			mistakes = append(mistakes, err.Error())
		}
		for _, f := range fields {
			links = append(links, f.Links...)
		}
	}
	for _, l := range links {
		mistakes = append(mistakes, w.deadEnds(l.URL)...)
	}
	return mistakes
}

// deadEnds are what a URL leads to that is not there: a dashboard, or one of its variables.
func (w *world) deadEnds(url string) (mistakes []string) {
	found := linkBoard.FindStringSubmatch(url)
	if found == nil {
		return nil
	}
	target, ok := w.boards[found[1]]
	if !ok {
		return []string{fmt.Sprintf("a link leads to the dashboard %s, which does not exist", found[1])}
	}
	for _, v := range linkVariable.FindAllStringSubmatch(url, -1) {
		if !slices.ContainsFunc(target.Templating.List, func(have monitoring.Variable) bool { return have.Name == v[1] }) {
			mistakes = append(mistakes, fmt.Sprintf("a link hands the variable %s over to %s, which has none", v[1], found[1]))
		}
	}
	return mistakes
}
