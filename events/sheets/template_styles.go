package sheets

import "github.com/xuri/excelize/v2"

// Formats of cells. Text keeps Excel from making 4.50703E+17 of a code of eighteen digits.
const (
	formatText    = "@"
	formatDate    = "yyyy-mm-dd"
	formatMoney   = "#,##0.00"
	formatInteger = "0"
	formatGeneral = "General"
)

// styles are the numbers of the styles of a template's workbook.
type styles struct {
	title, required, example, heading, plain int
	formats                                  map[string]int
}

func newStyles(t *template) styles {
	grey := []excelize.Border{{Type: "bottom", Style: 1, Color: "7F7F7F"}, {Type: "right", Style: 1, Color: "D9D9D9"}}
	wrapped := &excelize.Alignment{Vertical: "center", WrapText: true}
	return styles{
		title:    t.style(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: fill("DDEBF7"), Border: grey, Alignment: wrapped}),
		required: t.style(&excelize.Style{Font: &excelize.Font{Bold: true, Color: "9C0006"}, Fill: fill("FCE4D6"), Border: grey, Alignment: wrapped}),
		example:  t.style(&excelize.Style{Font: &excelize.Font{Italic: true, Color: "808080"}, CustomNumFmt: new(formatText)}),
		heading:  t.style(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}}),
		plain:    t.style(&excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}),
		formats:  map[string]int{},
	}
}

func (t *template) style(s *excelize.Style) int {
	id, err := t.file.NewStyle(s)
	t.must(err)
	return id
}

func fill(color string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
}

// cell returns the style of the cells of a column.
func (s *styles) cell(t *template, c *Column) int {
	format := columnFormat(c)
	if _, ok := s.formats[format]; !ok {
		s.formats[format] = t.style(&excelize.Style{CustomNumFmt: new(format)})
	}
	return s.formats[format]
}

func columnFormat(c *Column) string {
	if c.Many {
		return formatText
	}
	switch c.Kind {
	case "date":
		return formatDate
	case "money":
		return formatMoney
	case "integer":
		return formatInteger
	case "decimal", "boolean":
		return formatGeneral
	}
	return formatText
}
