package sheets

import (
	"slices"
	"strings"

	"github.com/kaohe/kaohe/events/forms"
)

// maxTitles is in how many lines from the top the header of a sheet is looked for.
const maxTitles = 30

// header is the one or two lines of a sheet that say what its columns are.
type header struct {
	first, last int       // indexes of its lines
	units       bool      // the second line says units and nothing else
	titles      []heading // of each column
}

// heading is what stands above a column. Where a group stands above several titles, it may be named in several ways; the
// first that is known counts.
type heading struct {
	text string
	ways []title
}

// binding is a column of a sheet that gives a field.
type binding struct {
	column int // from 0
	field  int // index of the matcher's column
	unit   forms.Unit
}

// singleHeader takes one line as a header.
func singleHeader(lines []*line, i int) header {
	h := header{first: i, last: i, titles: make([]heading, len(lines[i].cells))}
	for c := range h.titles {
		if cell, ok := lines[i].filled(c); ok {
			h.titles[c] = heading{cell.text, []title{parseTitle(cell.text)}}
		}
	}
	return h
}

// doubleHeader takes two lines as a header, the upper one of which may name groups.
func doubleHeader(lines []*line, i int) header {
	upper, lower := lines[i], lines[i+1]
	h := header{first: i, last: i + 1, titles: make([]heading, max(len(upper.cells), len(lower.cells)))}
	group, below, units := "", 0, 0
	for c := range h.titles {
		top, sub := upper.at(c), lower.at(c)
		if sub.span != nil && sub.span == top.span {
			sub = cell{} // one cell over both lines
		}
		switch {
		case !blank(top.text):
			group = top.text
		case blank(sub.text):
			group = "" // a gap ends a group that is not merged
		}
		if h.titles[c] = headingOf(top.text, group, sub.text); !blank(sub.text) {
			below++
		}
		if isUnit(inBrackets(sub.text)) {
			units++
		}
	}
	h.units = units > 0 && units == below
	return h
}

// headingOf makes a heading of two lines; group is what stands above, be it further left.
func headingOf(top, group, sub string) heading {
	switch {
	case blank(sub):
		if blank(top) {
			return heading{}
		}
		return heading{top, []title{parseTitle(top)}}
	case group == "":
		return heading{sub, []title{parseTitle(sub)}}
	}
	both := parseTitle(group + "/" + sub)
	both.keys.group, both.keys.leaf = forms.Fold(group), forms.Fold(sub)
	h := heading{group + "/" + sub, []title{both, parseTitle(sub)}}
	if u := inBrackets(sub); isUnit(u) && top == group {
		h.ways = []title{parseTitle(group + "(" + u + ")")}
	}
	return h
}

func inBrackets(s string) string { return strings.Trim(s, "()（） ") }

func isUnit(s string) bool {
	_, ok := forms.ParseUnit(s)
	return ok
}

// bind finds the field that each column gives. A field is given by one column, the one that names it best.
func (h *header) bind(m *matcher, by *Mapping) (list []binding) {
	taken := map[int]bool{}
	bound := make([]bool, len(h.titles))
	take := func(column, field int, u forms.Unit) {
		if field != noColumn && !taken[field] && !bound[column] {
			taken[field], bound[column] = true, true
			list = append(list, binding{column, field, u})
		}
	}
	for c := range h.titles {
		if field, u, ok := by.column(h.titles[c].text); ok {
			if u == (forms.Unit{}) { // what the title says of it stands
				u, _ = h.titles[c].ways[0].unit(nil)
			}
			take(c, m.resolve(field), u)
		}
	}
	var named [ranks][]binding
	for c := range h.titles {
		if i, r, u := h.titles[c].match(m); i != noColumn && !by.skips(h.titles[c].text) {
			named[r] = append(named[r], binding{c, i, u})
		}
	}
	for _, better := range named {
		for _, b := range better {
			take(b.column, b.field, b.unit)
		}
	}
	return list
}

// match finds the column that a heading names, by the first way that names one.
func (h *heading) match(m *matcher) (int, rank, forms.Unit) {
	for i := range h.ways {
		if field, r, u := m.match(&h.ways[i]); field != noColumn {
			return field, r, u
		}
	}
	return noColumn, 0, forms.Unit{}
}

// is reports whether a heading is one of some titles.
func (h *heading) is(titles ...string) bool {
	for _, t := range titles {
		if h.text != "" && forms.Fold(h.text) == forms.Fold(t) {
			return true
		}
	}
	return false
}

func (h *heading) isSerial() bool {
	return len(h.ways) > 0 && serialTitles[h.ways[0].keys.base]
}

// isResult reports whether a heading is that of a report. It may stand to the right of a group, to which it does not belong.
func (h *heading) isResult() bool {
	return slices.ContainsFunc(h.ways, func(way title) bool { return way.keys.text == resultKeys[0] || way.keys.text == resultKeys[1] })
}

var resultKeys = [...]string{forms.Fold(ResultTitle.ZH), forms.Fold(ResultTitle.EN)}

// headers lists the lines, or two of them, that may be the header; row is its number if that is known.
func headers(lines []*line, row int) (list []header) {
	for i := range lines {
		if row > 0 && lines[i].number != row {
			continue
		}
		list = append(list, singleHeader(lines, i))
		if i+1 < len(lines) {
			list = append(list, doubleHeader(lines, i))
		}
	}
	return list
}

// findHeader looks for the header: the one whose titles name the most columns of a type.
func findHeader(list []header, row int, m *matcher, by *Mapping) (best header, found bool) {
	most := 0
	for _, h := range list {
		n := len(h.bind(m, by))
		worth := 3 * n // and one line is rather the header than that with the title above it
		if h.units {
			worth += 2
		} else if h.first == h.last {
			worth++
		}
		if n > 0 && worth > most && (row > 0 || n > 1 || n == h.width()) {
			best, most, found = h, worth, true
		}
	}
	return best, found
}

// width counts the columns that have a title which is to say something.
func (h *header) width() (n int) {
	for i := range h.titles {
		if t := &h.titles[i]; t.text != "" && !t.isSerial() && !t.isResult() {
			n++
		}
	}
	return n
}
