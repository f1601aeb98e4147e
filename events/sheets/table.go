package sheets

import (
	"io"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
)

// table is a sheet being read: its lines from above the header to the end.
type table struct {
	grid
	file     *File
	sheet    string // "" in CSV
	marked   string // type that a template's mark says; may be empty
	from1904 bool
	hidden   map[int]bool // columns, from 0

	ahead      []*line // read to find the header; the first of them is next
	index      int     // of the first of ahead
	begun      bool
	over       bool // nothing more is to be said of the sheet
	header     header
	money      forms.Unit // of all amounts, from a line above the header
	fixed      string     // type of all rows; empty if a column says it
	recognised bool       // the type, by the columns alone
	typeAt     int        // column that says the type, from 0; -1 if none does
	result     int        // column of an earlier report, from 0; -1 if none
	kinds      map[string]*rowKind
	layout     *Layout
}

// rowKind is how the rows of one type of event are read in a sheet.
type rowKind struct {
	*matcher
	bound   []binding
	byIndex map[int]*binding // by column
	twins   map[int]twin     // by column
	paths   map[string]int   // path -> column, from 1
	fixed   []fixedValue     // constants of the mapping
	wrong   *events.Text     // why no row of the type can be read
}

// next returns the next row, or io.EOF.
func (t *table) next() (*Row, error) {
	if !t.begun {
		t.begun = true
		if row, err := t.begin(); row != nil || err != nil {
			t.over = true
			return row, err
		}
	}
	if t.over {
		return nil, io.EOF
	}
	if len(t.ahead) > 0 {
		l, i := t.ahead[0], t.index
		t.ahead, t.index = t.ahead[1:], t.index+1
		if i <= t.header.last {
			return t.above(l, i), nil
		}
		return t.row(l), nil
	}
	l, err := t.grid.next()
	if err != nil {
		return nil, err
	}
	return t.row(l), nil
}

// begin finds the header and what it means. It returns a row that speaks of the sheet as a whole if there is none.
func (t *table) begin() (*Row, error) {
	most, by := maxTitles, t.file.options.Mapping.headerRow()
	for len(t.ahead) < most || by > 0 && len(t.ahead) > 0 && t.ahead[len(t.ahead)-1].number < by+1 {
		l, err := t.grid.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		t.ahead = append(t.ahead, l)
	}
	if t.empty() {
		empty := events.Text{ZH: "空表", EN: "the sheet is empty"}
		if t.sheet == "" {
			empty = events.Text{ZH: "文件是空的", EN: "the file is empty"}
		}
		return t.whole(&Row{Skipped: &empty}), nil
	}
	if fault := t.understand(); fault != nil {
		return t.whole(&Row{Faults: []Fault{{Text: *fault}}}), nil
	}
	t.describe()
	return nil, nil
}

func (t *table) empty() bool {
	for _, l := range t.ahead {
		if !l.isBlank() || l.fault != nil {
			return false
		}
	}
	return true
}

// whole makes a row speak of the sheet as a whole.
func (t *table) whole(r *Row) *Row {
	r.Sheet = t.sheet
	return r
}

// above returns a line of the header, or above it.
func (t *table) above(l *line, i int) *Row {
	r := t.rowOf(l)
	switch {
	case i >= t.header.first:
		r.Skipped = &events.Text{ZH: "表头", EN: "header"}
		if i == t.header.last {
			r.Layout = t.layout
		}
	case l.isBlank():
		r.Skipped = &skipBlank
	default:
		r.Skipped = &events.Text{ZH: "表头以上的文字", EN: "text above the header"}
	}
	return r
}

func (t *table) rowOf(l *line) *Row {
	return &Row{Sheet: t.sheet, Number: l.number, Hidden: l.hidden, Record: l.record}
}

// describe fills in the layout.
func (t *table) describe() {
	h := &t.header
	t.layout = &Layout{Sheet: t.sheet, Type: t.fixed, Recognised: t.recognised, Header: t.ahead[h.last].number, Result: t.result + 1, Width: len(h.titles)}
	for t.layout.Width > 0 && h.titles[t.layout.Width-1].text == "" {
		t.layout.Width--
	}
	if t.fixed != "" {
		k := t.kind(t.fixed)
		for i := range k.columns {
			if c := &k.columns[i]; c.Required && k.paths[c.Path] == 0 && !k.hasConstant(c.Path) {
				t.layout.Missing = append(t.layout.Missing, *c)
			}
		}
	}
	t.describeColumns()
	t.file.layouts = append(t.file.layouts, t.layout)
}

// describeColumns lists the columns that are read, from left to right, and those that say nothing to the types of the sheet.
func (t *table) describeColumns() {
	for c := range t.header.titles {
		h := &t.header.titles[c]
		k := t.reader(c)
		switch {
		case k != nil:
			b := k.byIndex[c]
			t.layout.Columns = append(t.layout.Columns, Bound{
				Column: c + 1, Title: h.text, Path: k.columns[b.field].Path, Hidden: t.hidden[c], Note: unitNote(t.unitOf(k, b)),
			})
		case t.isTwin(c):
			w := t.kind(t.fixed).twins[c]
			t.layout.Columns = append(t.layout.Columns, Bound{Column: c + 1, Title: h.text, Path: t.kind(t.fixed).columns[w.field].Path, Hidden: t.hidden[c]})
		case h.text == "" || c == t.typeAt || c == t.result || h.isSerial() || t.file.options.Mapping.skips(h.text):
		case t.fixed != "":
			t.layout.Unknown = append(t.layout.Unknown, Unknown{Column: c + 1, Title: h.text, Near: t.kind(t.fixed).near(&h.ways[0])})
		default:
			t.layout.Unknown = append(t.layout.Unknown, Unknown{Column: c + 1, Title: h.text})
		}
	}
}

// isTwin reports whether a column of a sheet of one type is only held against another one.
func (t *table) isTwin(column int) bool {
	if t.fixed == "" || column == t.result {
		return false
	}
	_, ok := t.kind(t.fixed).twins[column]
	return ok
}

// reader returns how rows of a type are read that has a field for a column, or nil if no type of the sheet has.
func (t *table) reader(column int) *rowKind {
	if t.fixed != "" {
		if k := t.kind(t.fixed); k.byIndex[column] != nil {
			return k
		}
		return nil
	}
	for i := range t.file.options.Catalogue.Types {
		if k := t.kind(t.file.options.Catalogue.Types[i].Name); k.byIndex[column] != nil {
			return k
		}
	}
	return nil
}

// unitNote says that the numbers of a column stand in a unit.
func unitNote(u forms.Unit) events.Text {
	if u.Zeros == 0 {
		return events.Text{}
	}
	factor := "1"
	for range u.Zeros {
		factor += "0"
	}
	return events.Text{ZH: "单位为" + u.Word + "：数值乘以 " + factor, EN: "in " + u.Word + ": numbers are taken times " + factor}
}

// unitOf returns the unit of a column: its own, or that of all amounts.
func (t *table) unitOf(k *rowKind, b *binding) forms.Unit {
	if b.unit == (forms.Unit{}) && k.columns[b.field].Kind == "money" {
		return t.money
	}
	return b.unit
}

// kind returns how rows of a type are read, which the catalogue must have.
func (t *table) kind(typ string) *rowKind {
	k := t.kinds[typ]
	if k == nil {
		k = t.newKind(t.file.matcher(typ))
		if t.kinds == nil {
			t.kinds = map[string]*rowKind{}
		}
		t.kinds[typ] = k
	}
	return k
}

func (t *table) newKind(m *matcher) *rowKind {
	k := &rowKind{matcher: m, byIndex: map[int]*binding{}, paths: map[string]int{}}
	k.bound = t.header.bind(m, t.file.options.Mapping)
	for i := range k.bound {
		b := &k.bound[i]
		if b.column == t.typeAt {
			continue
		}
		k.byIndex[b.column] = b
		k.paths[m.columns[b.field].Path] = b.column + 1
	}
	k.twins = k.findTwins(&t.header, t.file.options.Mapping)
	k.fixed = t.constants(m)
	k.wrong = t.check(k)
	return k
}

func (k *rowKind) hasConstant(path string) bool {
	for i := range k.fixed {
		if k.fixed[i].path == path {
			return true
		}
	}
	return false
}
