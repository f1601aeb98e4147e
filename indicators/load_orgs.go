package indicators

import (
	"regexp"
	"slices"
	"strings"

	"github.com/kaohe/kaohe/events"
)

var orgCode = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._-]{0,62}$`)

// orgEntry is a unit with the places that its mistakes are said at.
type orgEntry struct {
	events.Org
	code, parent *node
}

func (l *loader) readOrgs(root *node) {
	l.orgs = make(map[string]bool)
	var entries []orgEntry
	for _, n := range root.list() {
		o := n.object("code", "name", "parent")
		e := orgEntry{code: o.need("code"), parent: o.get("parent")}
		e.Code, e.Name, e.Parent = e.code.orgCode(), o.need("name").bilingual(), e.parent.orgCode()
		if l.orgs[e.Code] {
			e.code.fault("单位 "+e.Code+" 列了两次", "org "+e.Code+" is listed twice", events.Text{})
			continue
		}
		if e.Code != "" {
			l.orgs[e.Code] = true
			entries = append(entries, e)
		}
	}
	for _, e := range entries {
		if e.Parent != "" {
			l.checkOrg(e.parent, e.Parent)
		}
	}
	orgCycles(entries)
	list := make([]events.Org, len(entries))
	for i, e := range entries {
		list[i] = e.Org
	}
	l.plan.Orgs, _ = events.NewOrgs(list) // fails only for what has been said above
}

// orgCode reads a division code. One without quotes is a number to YAML; as it stands it is the code all the same.
func (n *node) orgCode() string {
	if n.silent() {
		return ""
	}
	if (n.kind != yamlText && n.kind != yamlPlain) || !orgCode.MatchString(n.text) {
		n.fault("这里要行政区划代码,如 \"450703\"", "a division code like \"450703\" is wanted here", events.Text{})
		return ""
	}
	return n.text
}

// checkOrg reports whether the plan has the unit. Where no units could be read it has all.
func (l *loader) checkOrg(n *node, code string) bool {
	if code == "" || len(l.orgs) == 0 || l.orgs[code] {
		return code != ""
	}
	known := make([]string, 0, len(l.orgs))
	for c := range l.orgs {
		known = append(known, c)
	}
	slices.Sort(known)
	hint := events.Text{ZH: "单位列在 orgs.yaml 中", EN: "units are listed in orgs.yaml"}
	if near := events.Suggest(code, known); near != "" {
		hint = meant(near)
	}
	n.fault("没有单位 "+code, "unknown org "+code, hint)
	return false
}

// orgCycles says each ring of units that stand above one another, once.
func orgCycles(entries []orgEntry) {
	parents := make(map[string]string, len(entries))
	for _, e := range entries {
		parents[e.Code] = e.Parent
	}
	said := make(map[string]bool)
	for _, e := range entries {
		path := []string{e.Code}
		code := e.Parent
		for code != "" && code != e.Code && len(path) <= len(entries) {
			path = append(path, code)
			code = parents[code]
		}
		if code != e.Code || said[e.Code] {
			continue
		}
		for _, c := range path {
			said[c] = true
		}
		ring := strings.Join(append(path, e.Code), " -> ")
		e.parent.fault("单位的上级绕成一圈:"+ring, "the units stand above one another: "+ring, events.Text{})
	}
}
