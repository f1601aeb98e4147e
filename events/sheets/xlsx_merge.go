package sheets

import (
	"bytes"
	"encoding/xml"
	"io"
	"sort"
	"strings"
)

// maxSpans is how many areas of merged cells of a sheet are read.
const maxSpans = 100_000

// activeSpan is an area of merged cells that goes on into the rows to come, with what it says.
type activeSpan struct {
	*span
	cell cell
}

// merge gives all cells of merged areas the value of the first.
func (w *worksheet) merge(l *line) {
	for column, a := range w.active {
		if a.bottom < l.number {
			delete(w.active, column)
		}
	}
	for len(w.spans) > 0 && w.spans[0].top <= l.number {
		s := w.spans[0]
		w.spans = w.spans[1:]
		if s.bottom < l.number {
			continue
		}
		a := &activeSpan{span: &s}
		if s.top == l.number {
			a.cell = l.at(s.left - 1)
		}
		a.cell.span = a.span
		for c := s.left; c <= min(s.right, maxColumns); c++ {
			if w.active[c] == nil {
				w.active[c] = a
			}
		}
	}
	for column, a := range w.active {
		for len(l.cells) < column {
			l.cells = append(l.cells, cell{})
		}
		l.cells[column-1] = a.cell
	}
}

// readSpans reads the areas of merged cells, which a sheet lists behind its rows. The rows are passed over as bytes.
func (w *workbook) readSpans(name string) ([]span, error) {
	p, err := w.part(name, maxSheetPart, nil)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	p.from.token = maxSheetPart
	rest, err := afterRows(p.from)
	if err != nil || rest == nil {
		return nil, err
	}
	tail := &part{Closer: p.Closer, from: p.from, xml: xml.NewDecoder(io.MultiReader(bytes.NewReader(rest), p.from))}
	var list []span
	err = tail.each(func(e xml.StartElement) error {
		if e.Name.Local != "mergeCell" || len(list) == maxSpans {
			return nil
		}
		first, last, _ := strings.Cut(attribute(e, "ref"), ":")
		s := span{}
		s.left, s.top = cellRef(first)
		s.right, s.bottom = cellRef(last)
		if s.left > 0 && s.right >= s.left && s.bottom >= s.top {
			list = append(list, s)
		}
		return nil
	})
	sort.SliceStable(list, func(i, j int) bool { return list[i].top < list[j].top })
	return list, err
}

// afterRows reads to the end of the element that holds the rows, and returns what was read beyond it; nil if there is none.
func afterRows(r io.Reader) ([]byte, error) {
	const name = "sheetData>"
	const most = 64 // bytes of </prefix:sheetData>
	buf := make([]byte, 64<<10)
	kept := 0
	for {
		n, err := r.Read(buf[kept:])
		seen := buf[:kept+n]
		for from := 0; ; {
			i := bytes.Index(seen[from:], []byte(name))
			if i < 0 {
				break
			}
			end := from + i + len(name)
			open := bytes.LastIndexByte(seen[:from+i], '<')
			if open >= 0 && bytes.HasPrefix(seen[open:], []byte("</")) {
				return bytes.Clone(seen[end:]), nil
			}
			from = end
		}
		if err == io.EOF {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		kept = copy(buf, seen[max(0, len(seen)-most):])
	}
}

// cellRef reads the name of a cell: C5 is column 3 of row 5. Both are 0 if it is none.
func cellRef(s string) (column, row int) {
	i := 0
	for ; i < len(s) && i < 4; i++ {
		c := s[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		column = column*26 + int(c-'A'+1)
	}
	for _, c := range []byte(s[i:]) {
		if c < '0' || c > '9' || row > maxRow {
			return 0, 0
		}
		row = row*10 + int(c-'0')
	}
	if i == 0 || row == 0 || row > maxRow {
		return 0, 0
	}
	return column, row
}
