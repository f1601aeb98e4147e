package sheets

import (
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
)

// understand finds the type of the sheet and its header, or says what is in the way. What somebody has said of the type
// goes before what its columns say.
func (t *table) understand() *events.Text {
	row := t.file.options.Mapping.headerRow()
	switch {
	case t.headed() && t.fixed != "":
		return t.kind(t.fixed).wrong
	case t.typeAt >= 0:
		return nil
	case t.fixed != "":
		return noHeader(t.file.matcher(t.fixed), row)
	}
	return t.recognise(row)
}

// headed finds the type of the sheet, or the column that says it, and the header.
func (t *table) headed() bool {
	t.typeAt, t.result = -1, -1
	t.fixed = t.fixedType()
	row := t.file.options.Mapping.headerRow()
	if t.fixed == "" {
		return t.typeColumn(row)
	}
	m := t.file.matcher(t.fixed)
	h, found := findHeader(headers(t.ahead, row), row, m, t.file.options.Mapping)
	if found {
		t.adopt(h)
	}
	return found
}

// adopt takes a header.
func (t *table) adopt(h header) {
	t.header = h
	for c := range h.titles {
		if h.titles[c].isResult() {
			t.result = c
		}
	}
	for _, l := range t.ahead[:h.first] {
		if u, ok := lineUnit(l.cells); ok {
			t.money = u
		}
	}
}

// fixedType returns the type of all rows, or "" if it has to be found row by row.
func (t *table) fixedType() string {
	o := &t.file.options
	switch {
	case o.Type != "":
		return o.Type
	case o.Mapping != nil && o.Mapping.Type != "":
		return o.Mapping.Type
	case t.marked != "":
		if typ := t.file.typeCalled(t.marked); typ != nil {
			return typ.Name
		}
	}
	name := t.sheet
	if name == "" {
		name = t.file.name
	}
	return t.file.typeNamed(name)
}

// typeNamed finds the type that a sheet or a file is named after: 补助申报, 补助申报-2018Q1, SubsidyApplied (2).
func (f *File) typeNamed(name string) string {
	for name != "" {
		if typ := f.typeCalled(name); typ != nil {
			return typ.Name
		}
		i := strings.LastIndexAny(name, " -_.,(（[【")
		name = strings.TrimRight(name[:max(i, 0)], " ")
	}
	return ""
}

// typeCalled finds the type with a name or a title in either language.
func (f *File) typeCalled(name string) *forms.Type {
	folded := forms.Fold(name)
	for i := range f.options.Catalogue.Types {
		typ := &f.options.Catalogue.Types[i]
		for _, s := range [...]string{typ.Name, typ.Title.ZH, typ.Title.EN, typ.Schema} {
			if folded != "" && forms.Fold(s) == folded {
				return typ
			}
		}
	}
	return nil
}

var typeTitles = []string{"type", "事件类型", "Event type", "类型"}

// typeColumn looks for a column that says the type row by row: one with such a title and the name of a type below it.
func (t *table) typeColumn(row int) bool {
	for i, l := range t.ahead {
		if row > 0 && l.number != row {
			continue
		}
		h := singleHeader(t.ahead, i)
		for c := range h.titles {
			if h.titles[c].is(typeTitles...) && t.typeBelow(i, c) {
				t.adopt(h)
				t.typeAt = c
				return true
			}
		}
	}
	return false
}

// typeBelow reports whether the first value below a title is a type.
func (t *table) typeBelow(i, column int) bool {
	for _, l := range t.ahead[i+1:] {
		if c, ok := l.filled(column); ok {
			return t.file.typeCalled(c.text) != nil
		}
	}
	return false
}

// noHeader says that no line of a sheet names the columns of its type.
func noHeader(m *matcher, row int) *events.Text {
	var zh, en []string
	for i := range m.columns {
		if c := &m.columns[i]; c.Required {
			zh, en = append(zh, c.Title.ZH), append(en, c.Title.EN)
		}
	}
	if row > 0 {
		return &events.Text{
			ZH: "映射文件指定的表头行里没有 " + m.typ.Name + "（" + m.typ.Title.ZH + "）的列名；至少要有：" + strings.Join(zh, "、"),
			EN: "the header row of the mapping has no titles of " + m.typ.Name + "; it needs " + strings.Join(en, ", "),
		}
	}
	return &events.Text{
		ZH: "前 30 行里没有找到 " + m.typ.Name + "（" + m.typ.Title.ZH + "）的表头；至少要有：" + strings.Join(zh, "、"),
		EN: "no header of " + m.typ.Name + " was found in the first 30 rows; it needs " + strings.Join(en, ", "),
	}
}
