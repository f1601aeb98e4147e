package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/kaohe/kaohe/indicators"
)

// formula are the characters that make a spreadsheet compute a cell, also in the width of Chinese characters.
const formula = "=+-@＝＋－＠"

// writeCSV prints the head of a CSV and the rows that fill hands over. Numbers go in as numbers and everything else as text,
// so that nothing that an event says is ever a formula to whoever opens the file.
func (c *cli) writeCSV(bom bool, head []string, fill func(row func(cells ...any))) error {
	if bom {
		if _, err := io.WriteString(c.stdout, "\ufeff"); err != nil {
			return err
		}
	}
	w := csv.NewWriter(c.stdout)
	_ = w.Write(head) // the writer keeps its error to the end
	fill(func(cells ...any) {
		row := make([]string, len(cells))
		for i, cell := range cells {
			row[i] = csvCell(cell)
		}
		_ = w.Write(row)
	})
	w.Flush()
	return w.Error()
}

// csvCell writes a cell. What is not known is empty, and several numbers stand in one cell with blanks between them.
func csvCell(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case indicators.Number:
		if !v.Known() {
			return ""
		}
		return v.String()
	case []indicators.Number:
		list := make([]string, len(v))
		for i, n := range v {
			list[i] = csvCell(n)
		}
		return strings.Join(list, " ")
	case int, int64, uint64, bool:
		return fmt.Sprint(v)
	}
	return csvText(fmt.Sprint(value))
}

// csvText puts a ' before a text that a spreadsheet would take for a formula: it shows the text, and computes nothing. A
// tab or the end of a line at the beginning is lost on the way into a cell, and so may be what cannot be seen there.
func csvText(s string) string {
	begin := strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsGraphic(r) })
	if strings.IndexAny(begin, formula) == 0 || strings.IndexAny(s, "\t\r\n") == 0 {
		return "'" + s
	}
	return s
}
