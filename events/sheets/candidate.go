package sheets

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
)

// candidate is a type of event that a sheet may record of which nothing but its columns tells, and what speaks against it.
//
// A sheet is recognised by its columns only where they leave no doubt: each title is one that the plan has for the type, no
// required column is missing, and no other type has a column for each title, of which it might be a sheet in which something
// was forgotten. What cannot be taken back, as a void or the closing of a quarter, is never recognised.
type candidate struct {
	*matcher
	header  header
	bound   int           // columns that give a field
	lacking int           // required columns that are not there
	wrong   []events.Text // what speaks against it
}

// recognise takes the type that the columns say, or says why they do not.
func (t *table) recognise(row int) *events.Text {
	list := t.candidates(row)
	if len(list) == 0 {
		return t.noTitles()
	}
	best := &list[0]
	if !t.certain(best, list) {
		return t.unclear(best, list)
	}
	t.fixed, t.recognised = best.typ.Name, true
	t.adopt(best.header)
	return t.kind(t.fixed).wrong
}

// candidates lists the types that have at least two columns of the sheet, the best ones first.
func (t *table) candidates(row int) (list []candidate) {
	by, lines := t.file.options.Mapping, headers(t.ahead, row)
	for i := range t.file.options.Catalogue.Types {
		m := t.file.matcher(t.file.options.Catalogue.Types[i].Name)
		if !by.goesWith(m) {
			continue
		}
		h, found := findHeader(lines, row, m, by)
		if !found {
			continue
		}
		if c := t.candidate(m, h); c.bound > 1 {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.bound, a.bound), cmp.Compare(a.lacking, b.lacking), cmp.Compare(len(a.wrong), len(b.wrong)))
	})
	return list
}

// candidate looks for what speaks against a type with the header that is best for it.
func (t *table) candidate(m *matcher, h header) candidate {
	by := t.file.options.Mapping
	c := candidate{matcher: m, header: h}
	given := map[int]bool{}
	for _, f := range t.constants(m) {
		given[f.field] = true
	}
	bound := map[int]*Column{}
	for _, b := range h.bind(m, by) {
		bound[b.column], given[b.field] = &m.columns[b.field], true
		c.bound++
	}
	for i := range h.titles {
		title, gives := &h.titles[i], bound[i]
		_, _, mapped := by.column(title.text)
		switch {
		case gives == nil && !by.ignores(title):
			c.wrong = append(c.wrong, c.stranger(title))
		case gives != nil && !mapped && !title.exactly(m):
			c.wrong = append(c.wrong, calledOtherwise(title, gives))
		}
	}
	for i := range m.columns {
		if column := &m.columns[i]; column.Required && !given[i] {
			c.lacking++
			c.wrong = append(c.wrong, events.Text{ZH: "缺少必填的列“" + column.Title.ZH + "”", EN: "the required column " + quote(column.Title.EN) + " is missing"})
		}
	}
	return c
}

// certain reports whether the best candidate leaves no doubt, and notes what is still found to speak against it.
func (t *table) certain(best *candidate, list []candidate) bool {
	if len(best.wrong) > 0 || best.typ.Control || len(t.rivals(best, list)) > 0 {
		return false
	}
	if n := t.titlesAbove(best.header.first); n > 0 {
		best.wrong = append(best.wrong, events.Text{ZH: fmt.Sprintf("第 %d 行也像表头", n), EN: fmt.Sprintf("row %d looks like a header, too", n)})
	}
	return len(best.wrong) == 0
}

// rivals are the other types that the sheet may be of: those that have a column for each title of the candidate, whatever
// else they need, and those that nothing speaks against in another line.
func (t *table) rivals(c *candidate, list []candidate) (types []*forms.Type) {
	by := t.file.options.Mapping
	for i := range t.file.options.Catalogue.Types {
		m := t.file.matcher(t.file.options.Catalogue.Types[i].Name)
		same := func(other candidate) bool { return other.typ == m.typ && len(other.wrong) == 0 }
		if m.typ != c.typ && (by.goesWith(m) && by.covers(m, &c.header) || slices.ContainsFunc(list, same)) {
			types = append(types, m.typ)
		}
	}
	return types
}

// titlesAbove returns the number of a line above a header that names columns, too; 0 if there is none. What stands below it
// would be passed over.
func (t *table) titlesAbove(header int) int {
	for i := range header {
		h := singleHeader(t.ahead, i)
		for j := range t.file.options.Catalogue.Types {
			m, n := t.file.matcher(t.file.options.Catalogue.Types[j].Name), 0
			for c := range h.titles {
				if h.titles[c].text != "" && h.titles[c].exactly(m) {
					n++
				}
			}
			if n > 1 {
				return t.ahead[i].number
			}
		}
	}
	return 0
}

// goesWith reports whether a type has all the fields that the mapping names.
func (m *Mapping) goesWith(typ *matcher) bool {
	if m == nil {
		return true
	}
	return !slices.ContainsFunc(m.columns, func(c mapped) bool { return typ.resolve(c.field) == noColumn }) &&
		!slices.ContainsFunc(m.constants, func(c constant) bool { return typ.resolve(c.field) == noColumn })
}

// ignores reports whether a column says nothing that is to be imported.
func (m *Mapping) ignores(h *heading) bool {
	return h.text == "" || h.isSerial() || h.isResult() || m.skips(h.text)
}

// covers reports whether a type has a column for each title of a header.
func (m *Mapping) covers(typ *matcher, h *header) bool {
	for i := range h.titles {
		if title := &h.titles[i]; !m.ignores(title) && !m.knows(typ, title) {
			return false
		}
	}
	return true
}

// knows reports whether a type has a column for a title, even for what people call it only by habit.
func (m *Mapping) knows(typ *matcher, h *heading) bool {
	if field, _, ok := m.column(h.text); ok {
		return typ.resolve(field) != noColumn
	}
	field, _, _ := h.match(typ)
	return field != noColumn
}

// exactly reports whether a heading is a title that the plan has, or the name of a field, and not what people call it.
func (h *heading) exactly(m *matcher) bool {
	field, r, _ := m.match(&h.ways[0])
	return field != noColumn && r < byHabit
}
