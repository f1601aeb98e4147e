package sheets

import (
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/kaohe/kaohe/events"
)

const (
	maxRow = 1 << 20 // rows of a sheet
	maxGap = 1000    // blank rows in a row that are still told of
)

// worksheet is a grid of a sheet of a workbook. Rows that say nothing are told of once one follows that does.
type worksheet struct {
	workbook *workbook
	name     string
	part     *part
	hidden   map[int]bool // columns, from 0
	spans    []span       // that begin below the last row, by their first row
	active   map[int]*activeSpan

	last  int   // row that was returned
	row   int   // row that was read
	ahead *line // read, and not yet returned
	over  bool
}

func (w *worksheet) next() (*line, error) {
	if w.ahead == nil {
		l, err := w.read()
		if err == io.EOF {
			return nil, err
		}
		if err != nil {
			return nil, inSheet(w.name, err)
		}
		if l.number-w.last > maxGap {
			w.last = l.number - 1
		}
		w.ahead = l
	}
	w.last++
	if w.last < w.ahead.number {
		return &line{number: w.last}, nil
	}
	l := w.ahead
	w.ahead = nil
	return l, nil
}

// read reads the next row that says something.
func (w *worksheet) read() (*line, error) {
	for !w.over {
		t, err := w.part.next()
		if err == io.EOF {
			return nil, io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "col":
				w.column(t)
			case "row":
				l, err := w.readRow(t)
				if err != nil {
					return nil, err
				}
				said := l.fault != nil
				for i := range l.cells {
					said = said || l.cells[i].fault != nil || !blank(l.cells[i].text)
				}
				w.merge(l)
				if said {
					return l, nil
				}
			}
		case xml.EndElement:
			w.over = t.Name.Local == "sheetData" || t.Name.Local == "worksheet"
		}
	}
	return nil, io.EOF
}

// column notes the columns that are hidden.
func (w *worksheet) column(e xml.StartElement) {
	from, _ := strconv.Atoi(attribute(e, "min"))
	to, _ := strconv.Atoi(attribute(e, "max"))
	for c := max(from, 1); truth(attribute(e, "hidden")) && c <= min(to, maxColumns); c++ {
		w.hidden[c-1] = true
	}
}

// readRow reads the cells of a row.
func (w *worksheet) readRow(e xml.StartElement) (*line, error) {
	number := w.row + 1
	if r := attribute(e, "r"); r != "" {
		n, err := strconv.Atoi(r)
		if err != nil || n < number || n > maxRow {
			return nil, fmt.Errorf("row %q follows row %d", r, w.row)
		}
		number = n
	}
	w.row = number
	l := &line{number: number, hidden: truth(attribute(e, "hidden"))}
	column := 0
	for {
		t, err := w.part.next()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.EndElement:
			if t.Name.Local == "row" {
				return l, nil
			}
		case xml.StartElement:
			if t.Name.Local != "c" {
				continue
			}
			column++
			if ref := attribute(t, "r"); ref != "" {
				if column, _ = cellRef(ref); column == 0 {
					return nil, fmt.Errorf("row %d has a cell %q", number, ref)
				}
			}
			c, err := w.readCell(t)
			if err != nil {
				return nil, err
			}
			l.put(column, c)
		}
	}
}

// put puts a cell into its column, from 1.
func (l *line) put(column int, c cell) {
	said := c.fault != nil || !blank(c.text)
	if column > maxColumns {
		if said {
			l.fault = &events.Text{ZH: fmt.Sprintf("第 %d 列之后还有内容", maxColumns), EN: fmt.Sprintf("there is something beyond column %d", maxColumns)}
		}
		return
	}
	if !said && column > len(l.cells) {
		return
	}
	for len(l.cells) < column {
		l.cells = append(l.cells, cell{})
	}
	l.cells[column-1] = c
}

// readCell reads the value of a cell, to its end.
func (w *worksheet) readCell(e xml.StartElement) (cell, error) {
	kind := attribute(e, "t")
	style, _ := strconv.Atoi(attribute(e, "s"))
	value, formula, has := "", false, false
	for {
		t, err := w.part.next()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return cell{}, err
		}
		switch t := t.(type) {
		case xml.EndElement:
			if t.Name.Local == "c" {
				return w.cell(kind, style, value, formula && !has), nil
			}
		case xml.StartElement:
			switch t.Name.Local {
			case "f":
				formula = true
				_, err = w.part.text(true)
			case "v":
				has = true
				value, err = w.part.text(true)
			case "is":
				value, err = w.part.text(false)
			}
			if err != nil {
				return cell{}, err
			}
		}
	}
}

// cell makes a cell of what is written of it. pending says that it is a formula without a result.
func (w *worksheet) cell(kind string, style int, value string, pending bool) cell {
	if pending {
		return cell{fault: &events.Text{
			ZH: "公式没有计算结果；请用 Excel 或 WPS 打开并保存一次", EN: "the formula has no result; open the workbook in Excel or WPS and save it"}}
	}
	switch kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(value))
		text, ok := w.workbook.strings.get(i)
		if value != "" && (err != nil || !ok) {
			return cell{fault: &events.Text{ZH: "单元格的文字已损坏", EN: "the text of the cell is damaged"}}
		}
		return cell{text: trim(unescape(text))}
	case "str", "inlineStr":
		return cell{text: trim(unescape(value))}
	case "e":
		return cell{fault: &events.Text{ZH: "单元格是错误值 " + shorten(value), EN: "the cell holds the error " + shorten(value)}}
	case "b":
		if truth(strings.TrimSpace(value)) {
			return cell{text: "TRUE", kind: boolCell}
		}
		return cell{text: "FALSE", kind: boolCell}
	case "d":
		if day, err := events.ParseDay(value[:min(len(value), 10)]); err == nil {
			return cell{text: day.String(), kind: dateCell}
		}
		return cell{text: trim(value)}
	}
	return w.number(style, value)
}

// number makes a cell of a number, by what it is shown as.
func (w *worksheet) number(style int, value string) cell {
	plain, ok := plainDecimal(value, 0)
	if !ok {
		return cell{text: trim(value)}
	}
	format := &numberFormat{}
	if style >= 0 && style < len(w.workbook.formats) {
		format = &w.workbook.formats[style]
	}
	day, isDay := serialDay(plain, w.workbook.date04)
	switch {
	case format.cellFormat == dateFormat && isDay:
		return cell{text: day.String(), kind: dateCell}
	case format.cellFormat == monthFormat && isDay:
		return cell{text: day.String()[:len("2018-03")], kind: monthCell}
	case format.cellFormat == percentFormat:
		if percent, ok := plainDecimal(value, 2); ok {
			return cell{text: percent + "%", kind: percentCell}
		}
	}
	return cell{text: plain, kind: numberCell, format: format}
}

// escaped are the characters that XML cannot hold, as workbooks write them.
var escaped = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return escaped.ReplaceAllStringFunc(s, func(e string) string {
		n, _ := strconv.ParseUint(e[2:6], 16, 16)
		return string(rune(n))
	})
}
