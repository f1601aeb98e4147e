package main

import (
	"strings"

	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/events/sheets"
)

// refusal is a row that was not taken, and why.
type refusal struct {
	row    rowRef
	code   string
	faults []rowFault
}

// rowFault is one thing wrong with a row.
type rowFault struct {
	column int    // from 1; 0 for the row as a whole
	title  string // of the column; empty for the row as a whole
	field  string // as in a receipt
	text   string
}

func (f *rowFault) line(c *cli) string {
	if f.title == "" {
		return f.text
	}
	return f.title + c.say("：", ": ") + f.text
}

// lines says all that is wrong.
func (r *refusal) lines(c *cli) []string {
	lines := make([]string, len(r.faults))
	for i := range r.faults {
		lines[i] = r.faults[i].line(c)
	}
	return lines
}

// remark is what a report says of the row.
func (r *refusal) remark(c *cli) sheets.Remark {
	m := sheets.Remark{Sheet: r.row.sheet, Number: r.row.number, Text: strings.Join(r.lines(c), c.say("；\n", ";\n"))}
	for _, f := range r.faults {
		if f.column > 0 {
			m.Cells = append(m.Cells, sheets.CellRemark{Column: f.column, Text: f.text})
		}
	}
	return m
}

// unreadable is the refusal of a row that could not be made an event.
func (c *cli) unreadable(t *tally, row *sheets.Row) refusal {
	r := refusal{row: rowRef{row.Sheet, row.Number}, code: intake.CodeInvalid}
	for _, f := range row.Faults {
		fault := rowFault{column: f.Column, field: f.Field, text: f.Text.In(c.lang)}
		if f.Column > 0 {
			fault.title = t.column(row.Sheet, f.Column, f.Field)
		}
		r.faults = append(r.faults, fault)
	}
	return r
}

// notTaken is the refusal of a row by the server, in terms of the columns of the file.
func (c *cli) notTaken(t *tally, row *sheets.Row, e *intake.ErrorAnswer) refusal {
	r := refusal{row: rowRef{row.Sheet, row.Number}, code: e.Code}
	if len(e.Faults) == 0 || e.Code == intake.CodeConflict {
		r.faults = append(r.faults, rowFault{text: e.Message})
	}
	for _, f := range e.Faults {
		fault := rowFault{field: f.Field, text: strings.TrimLeft(strings.TrimPrefix(f.Message, f.Field), ":： ")}
		if column, ok := row.Column(f.Field); ok {
			fault.column = column
		}
		fault.title = t.column(row.Sheet, fault.column, f.Field)
		if e.Code != intake.CodeConflict || fault.column > 0 {
			r.faults = append(r.faults, fault)
		}
	}
	return r
}
