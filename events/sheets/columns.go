package sheets

import (
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
)

// Column is a column of a sheet of some type of event. It is the one definition of a sheet's layout: templates are written
// by it, and the titles of a sheet are understood by it.
type Column struct {
	Path     string       // as in a receipt, without the indexes of lists: time, org, data.kind, data.entities.name
	Title    events.Text  // 申报单位名称 / Applicants: Name
	Group    events.Text  // of a column within a list of records: 申报单位 / Applicants; else empty
	Leaf     events.Text  // its title within the group: 名称 / Name; else empty
	Help     events.Text  // what to write; may be empty
	Kind     string       // of one value: string, integer, money, decimal, date, boolean
	Field    *forms.Field // of one value: the choices are there; nil for attributes
	Many     bool         // a cell may hold several values, with ； or a line break between
	Required bool
}

// Paths of the attributes of an event that a sheet may have columns for.
const (
	pathTime   = "time"
	pathOrg    = "org"
	pathID     = "id"
	pathSource = "source"
	dataPrefix = "data."
)

// Columns returns the columns of a type, in the order in which people fill them in: the day, the fields in the order of the
// plan, and then those that are rarely needed, the unit (org), the id and the source.
func Columns(t *forms.Type) []Column {
	day := t.Day
	if day == (events.Text{}) {
		day = events.Text{ZH: "发生日期", EN: "Date"}
	}
	list := []Column{{
		Path: pathTime, Title: day, Kind: "date", Required: true,
		Help: events.Text{ZH: "事情发生的那一天，如 2018-03-05", EN: "The day on which it happened, such as 2018-03-05"},
	}}
	for i := range t.Fields {
		list = appendColumns(list, &t.Fields[i])
	}
	distinguish(list)
	return distinct(append(list,
		Column{Path: pathOrg, Title: events.Text{ZH: "单位代码", EN: "Org code"}, Kind: "string", Help: events.Text{
			ZH: "事情属于哪个单位，代码或名称；不填为默认单位", EN: "The unit that it belongs to, by its code or name; the default unit if left out"}},
		Column{Path: pathID, Title: events.Text{ZH: "记录编号", EN: "Record id"}, Kind: "string", Help: events.Text{
			ZH: "一般不填：由内容得出，重复导入不会重复记录", EN: "Mostly left out: it is derived from the content, so that nothing is recorded twice"}},
		Column{Path: pathSource, Title: events.Text{ZH: "记录来源", EN: "Record source"}, Kind: "string", Help: events.Text{
			ZH: "一般不填：记录来自哪个系统", EN: "Mostly left out: the system that the record comes from"}}))
}

// appendColumns appends the columns of a field: one for each value that a cell can hold. What no cell can hold, lists
// within lists and free objects, has none.
func appendColumns(list []Column, f *forms.Field) []Column {
	c := Column{Path: dataPrefix + f.Name, Title: f.Title, Help: f.Description, Kind: f.Kind, Field: f, Required: f.Required}
	switch {
	case f.Kind == "array" && f.Items != nil && f.Items.Kind == "object":
		return appendLeaves(list, f, f.Items.Fields, true)
	case f.Kind == "array" && f.Items != nil:
		c.Many, c.Kind, c.Field = true, f.Items.Kind, f.Items
	case f.Kind == "object":
		return appendLeaves(list, f, f.Fields, false)
	}
	if !scalar(c.Kind) {
		return list
	}
	return append(list, c)
}

func appendLeaves(list []Column, group *forms.Field, leaves []forms.Field, many bool) []Column {
	for i := range leaves {
		leaf := &leaves[i]
		if !scalar(leaf.Kind) {
			continue
		}
		help := leaf.Description
		if help == (events.Text{}) {
			help = group.Description
		}
		list = append(list, Column{
			Path:  dataPrefix + group.Name + "." + leaf.Name,
			Title: events.Text{ZH: group.Title.ZH + leaf.Title.ZH, EN: group.Title.EN + ": " + leaf.Title.EN},
			Group: group.Title, Leaf: leaf.Title, Help: help, Kind: leaf.Kind, Field: leaf, Many: many,
			Required: group.Required && leaf.Required,
		})
	}
	return list
}

// distinguish gives the columns of a list of records other titles where a single field has theirs: the number of the
// applicant and the numbers of several applicants.
func distinguish(list []Column) {
	for i := range list {
		c := &list[i]
		for j := range list {
			if list[j].Group != (events.Text{}) || c.Group == (events.Text{}) {
				continue
			}
			if forms.Fold(list[j].Title.ZH) == forms.Fold(c.Title.ZH) {
				c.Title.ZH = c.Group.ZH + "（多家）" + c.Leaf.ZH
			}
			if forms.Fold(list[j].Title.EN) == forms.Fold(c.Title.EN) {
				c.Title.EN = c.Group.EN + " (several): " + c.Leaf.EN
			}
		}
	}
}

func scalar(kind string) bool {
	switch kind {
	case "string", "integer", "money", "decimal", "date", "boolean":
		return true
	}
	return false
}

// plainPath takes the indexes of lists out of a path: data.entities[1].name and data.entities.1.name are
// data.entities.name.
func plainPath(path string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(path, ".") {
		if name, _, ok := strings.Cut(part, "["); ok {
			part = name
		}
		if part == "" || strings.Trim(part, "0123456789") == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(part)
	}
	return b.String()
}
