package sheets

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
)

// Mapping says what the columns of a sheet are whose titles are not those of the plan. Columns that it does not name are
// understood by their titles as ever.
type Mapping struct {
	Type      string // may be empty
	Sheet     string // may be empty
	HeaderRow int    // 0 if it is to be found

	columns   []mapped
	constants []constant
	skip      []string
}

// mapped is a column that the mapping names.
type mapped struct {
	title, field string
	unit         forms.Unit
}

// constant is what every row says that does not say otherwise.
type constant struct{ field, text string }

// fixedValue is a constant for a type of event.
type fixedValue struct {
	path      string
	field     int // index of the matcher's column
	converted forms.Converted
}

// column returns the field that the mapping gives to a title.
func (m *Mapping) column(title string) (field string, u forms.Unit, ok bool) {
	if m == nil || title == "" {
		return "", u, false
	}
	folded := forms.Fold(title)
	for i := range m.columns {
		if forms.Fold(m.columns[i].title) == folded {
			return m.columns[i].field, m.columns[i].unit, true
		}
	}
	return "", u, false
}

// skips reports whether the mapping says that a column is not to be imported.
func (m *Mapping) skips(title string) bool {
	return m != nil && title != "" && slices.ContainsFunc(m.skip, func(s string) bool { return forms.Fold(s) == forms.Fold(title) })
}

func (m *Mapping) headerRow() int {
	if m == nil {
		return 0
	}
	return m.HeaderRow
}

// resolve finds the column that a mapping names: a field of data by its name, an attribute, or either by its whole path.
func (m *matcher) resolve(name string) int {
	for _, path := range [...]string{dataPrefix + name, name} {
		if i := m.index(path); i != noColumn {
			return i
		}
	}
	return noColumn
}

// check says what is wrong with a mapping for the header and the type of a sheet.
func (t *table) check(k *rowKind) *events.Text {
	by := t.file.options.Mapping
	if by == nil {
		return nil
	}
	for i := range by.columns {
		c := &by.columns[i]
		if k.resolve(c.field) == noColumn {
			return noField(k.typ, c.field)
		}
		if !slices.ContainsFunc(t.header.titles, func(h heading) bool { return forms.Fold(h.text) == forms.Fold(c.title) }) {
			return &events.Text{
				ZH: fmt.Sprintf("映射文件里的列“%s”不在表头里；表头有：%s", c.title, strings.Join(t.titles(), "、")),
				EN: fmt.Sprintf("the column %q of the mapping is not in the header, which has %s", c.title, strings.Join(t.titles(), ", ")),
			}
		}
	}
	for i := range k.fixed {
		if f := &k.fixed[i]; f.field == noColumn {
			return noField(k.typ, f.path)
		} else if !f.converted.OK() {
			fault := f.converted.Fault
			return &events.Text{ZH: "映射文件里的常量 " + f.path + "：" + fault.ZH, EN: "the constant " + f.path + " of the mapping: " + fault.EN}
		}
	}
	return nil
}

func noField(t *forms.Type, name string) *events.Text {
	return &events.Text{ZH: "映射文件：" + t.Name + " 没有字段 " + name, EN: "the mapping: " + t.Name + " has no field " + name}
}

// titles lists the titles of the header, for a message.
func (t *table) titles() (list []string) {
	for i := range t.header.titles {
		if s := t.header.titles[i].text; s != "" {
			list = append(list, shorten(s))
		}
		if len(list) == maxListed {
			return append(list, "…")
		}
	}
	return list
}

const maxListed = 20

// constants returns what the mapping says of all rows of a type.
func (t *table) constants(m *matcher) (list []fixedValue) {
	if t.file.options.Mapping == nil {
		return nil
	}
	for _, c := range t.file.options.Mapping.constants {
		f := fixedValue{path: c.field, field: m.resolve(c.field)}
		if f.field != noColumn {
			column := &m.columns[f.field]
			d := draft{table: t}
			f.path, f.converted = column.Path, d.convert(column, forms.Unit{}, cell{text: c.text})
		}
		list = append(list, f)
	}
	return list
}
