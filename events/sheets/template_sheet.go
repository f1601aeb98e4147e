package sheets

import (
	"strings"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/width"

	"github.com/kaohe/kaohe/events/forms"
)

// RequiredMark follows the title of a column that must be filled in. The reader does not mind it.
const RequiredMark = " *"

// commentBox is the size of a column's comment, in pixels: a line takes so much.
const (
	commentWidth = 300
	commentLine  = 20
)

// factSheet adds the sheet of a type.
func (t *template) factSheet(typ *forms.Type) {
	sheet := t.newSheet(typ.Title.In(t.Lang), typ.Name)
	t.sheets, t.titles = append(t.sheets, sheet), append(t.titles, typ.Title.In(t.Lang))
	columns := Columns(typ)
	for i := range columns {
		t.column(sheet, i+1, &columns[i])
	}
	t.exampleRow(sheet, columns)
	t.must(t.file.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	t.must(t.file.SetRowHeight(sheet, 1, 32))
	t.landscape(sheet)
	// Codes of digits are meant to be text: no green corners.
	t.must(t.file.AddIgnoredErrors(sheet, "A2:"+at(len(columns), 1+lastPrepared), excelize.IgnoredErrorsNumberStoredAsText))
}

// lastPrepared is the last row for which corners are kept away; checks and formats hold for whole columns.
const lastPrepared = 10_000

// column prepares a column: its title and comment, the format of its cells, the check of what is written into them.
func (t *template) column(sheet string, number int, c *Column) {
	title, style := c.Title.In(t.Lang), t.styles.title
	if c.Required {
		title, style = title+RequiredMark, t.styles.required
	}
	name, err := excelize.ColumnNumberToName(number)
	t.must(err)
	t.must(t.file.SetColStyle(sheet, name, t.styles.cell(t, c)))
	t.must(t.file.SetColWidth(sheet, name, name, columnWidth(c, title)))
	t.must(t.file.SetCellStr(sheet, name+"1", title))
	t.must(t.file.SetCellStyle(sheet, name+"1", name+"1", style))
	lines := describe(c, t.Lang)
	t.must(t.file.AddComment(sheet, excelize.Comment{
		Cell: name + "1", Author: "kaohe", Width: commentWidth, Height: uint(commentLine * (1 + shownLines(lines))),
		Paragraph: []excelize.RichTextRun{{Text: title + "\n", Font: &excelize.Font{Bold: true}}, {Text: strings.Join(lines, "\n")}},
	}))
	if check := t.check(c); check != nil {
		check.SetSqref(name + "2:" + at(number, excelize.TotalRows))
		t.must(t.file.AddDataValidation(sheet, check))
	}
}

// shownLines is how many lines a comment takes, with those that are wrapped.
func shownLines(lines []string) int {
	n := 0
	for _, line := range lines {
		n += 1 + columnsTaken(line)/40
	}
	return n
}

// columnWidth is wide enough for the title and for what people write below it.
func columnWidth(c *Column, title string) float64 {
	least := map[string]int{"string": 16, "money": 18, "date": 13}[c.Kind]
	if c.Many || c.Path == pathTime { // which has the mark of the example row, too
		least = 24
	}
	return float64(min(max(least, columnsTaken(title)+4, 10), 48))
}

// columnsTaken counts a Chinese character as two.
func columnsTaken(s string) int {
	n := 0
	for _, r := range s {
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}

// at names a cell; the numbers are within bounds.
func at(column, row int) string {
	name, _ := excelize.CoordinatesToCellName(column, row)
	return name
}
