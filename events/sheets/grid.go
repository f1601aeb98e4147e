package sheets

import (
	"strings"
	"unicode"

	"github.com/kaohe/kaohe/events"
)

// grid is where the lines of a sheet come from, one after the other.
type grid interface {
	next() (*line, error) // io.EOF after the last; an *Error if nothing more can be read
}

// line is a row of a sheet as it stands in the file.
type line struct {
	number int // as a person counts
	cells  []cell
	hidden bool
	record []string     // of CSV
	fault  *events.Text // why the line cannot be read; it has no cells then
}

// cell is what stands in a cell.
type cell struct {
	text   string // without blanks around it; of a number plain digits, of a date 2018-03-05
	kind   cellKind
	fault  *events.Text  // why there is nothing to be read: #REF!, a formula without a result
	format *numberFormat // of a number
	span   *span         // the merged cells that it is one of; each has the text of the first
}

type cellKind uint8

const (
	textCell    cellKind = iota
	numberCell           // a number, and not a text that looks like one
	percentCell          // a number that is shown in percent; the text is 25%
	dateCell             // a number that is shown as a day
	monthCell            // a number that is shown as a month; the text is 2018-03
	boolCell             // TRUE or FALSE
)

// span is an area of merged cells, all bounds inclusive and from 1.
type span struct {
	top, left, bottom, right int
}

// tall reports whether the area is more than one row.
func (s *span) tall() bool { return s != nil && s.bottom > s.top }

// at returns a cell of the line, which may be shorter; columns are counted from 0.
func (l *line) at(column int) cell {
	if column < 0 || column >= len(l.cells) {
		return cell{}
	}
	return l.cells[column]
}

// filled returns a cell that says something in its own right: of cells merged in a row, only the first does.
func (l *line) filled(column int) (cell, bool) {
	c := l.at(column)
	if c.span != nil && c.span.left != column+1 {
		return cell{}, false
	}
	return c, c.fault != nil || !blank(c.text)
}

// isBlank reports whether no cell of a line says anything.
func (l *line) isBlank() bool {
	for c := range l.cells {
		if _, ok := l.filled(c); ok {
			return false
		}
	}
	return true
}

// blank reports whether a text says nothing: people write dashes where there is nothing to write.
func blank(s string) bool {
	return strings.Trim(s, "-—–―－/／\\ ") == ""
}

// trim takes blanks off both ends, and marks that nobody sees; line ends become what they are everywhere else.
func trim(s string) string {
	if strings.Contains(s, "\r") {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) })
}
