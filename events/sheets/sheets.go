package sheets

import (
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
)

// Kind is what a file is.
type Kind string

// The kinds of files.
const (
	NDJSON Kind = "ndjson" // one CloudEvent a line
	JSON   Kind = "json"   // a CloudEvent, or an array of them
	CSV    Kind = "csv"    // separated by commas, semicolons or tabs
	XLSX   Kind = "xlsx"   // a workbook
)

// Options say how a file is to be understood. Only the catalogue is needed.
type Options struct {
	Catalogue *forms.Catalogue // what may happen, and to whom
	Type      string           // the type of event of every row; found by itself if empty
	Sheet     string           // the one sheet of a workbook to read, even if it is hidden; all visible ones if empty
	Org       string           // code of the unit, for rows that name none; the server's default if empty
	Source    string           // source, for rows that name none; the server's default if empty
	Mapping   *Mapping         // columns whose titles are not those of the plan; may be nil
	Encoding  string           // of CSV: utf-8, utf-16le, utf-16be or gb18030; found by itself if empty
	Comma     rune             // of CSV: what stands between cells; found by itself if 0
}

// Row is a row of a sheet, a line of a file or an element of an array, and what became of it. It is exactly one of: a fact
// (Event), no fact (Skipped), or one that cannot be read (Faults). Every row of the file is returned, so that a copy of the
// file can be made of them. A row with Number 0 speaks of its sheet as a whole: a hidden sheet that is left out, a sheet
// whose type is not known.
type Row struct {
	Sheet   string       // name of the sheet; empty for other files
	Number  int          // as a person counts: row of the sheet, first line of the record in the file; from 1
	Type    string       // of event, as far as it is known
	Event   []byte       // structured CloudEvent in JSON
	Skipped *events.Text // why the row is no fact: blank, title, header, header again, total, example, remark below the table
	Hidden  bool         // the row is hidden or filtered out; it counts all the same
	Notes   []Note       // what was understood where it was written in another way
	Faults  []Fault      // all that is wrong with the row
	Layout  *Layout      // set on the (last) row of the header: how the sheet was understood
	Record  []string     // of CSV: the cells as they were read

	columns map[string]int // path -> column, from 1; shared by all rows of a layout
}

// Note echoes what a cell was understood to say: 13万元 = 130 000.00 元.
type Note struct {
	Column int    // from 1; 0 for the row as a whole
	Field  string // path as in a receipt: data.requested_yuan
	Text   events.Text
}

// Fault is something wrong with a row.
type Fault struct {
	Column int    // from 1; 0 for the row as a whole
	Field  string // path as in a receipt: data.requested_yuan, time; empty for the row as a whole
	Text   events.Text
}

// Column returns the column, from 1, that a field of an event comes from. The field is as in a receipt of the server:
// "time", "org", "data.requested_yuan", "data.entities[1].name" or "data.entities.1.name". What is wrong with a whole list
// belongs to the first of its columns, what is wrong with the data as a whole to none. ok is false if no column gives the
// field, as where a required one is missing.
func (r *Row) Column(field string) (column int, ok bool) {
	path := plainPath(field)
	if column, ok = r.columns[path]; ok || path+"." == dataPrefix {
		return column, ok
	}
	for p, c := range r.columns {
		if strings.HasPrefix(p, path+".") && (!ok || c < column) {
			column, ok = c, true
		}
	}
	return column, ok
}

// Layout is how a sheet was understood.
type Layout struct {
	Sheet      string    // name of the sheet; empty for CSV
	Type       string    // of event; empty if a column says it row by row
	Recognised bool      // nothing but its columns says the type: show it to people
	Header     int       // number of the last row of the header
	Columns    []Bound   // the columns that are read, from left to right
	Unknown    []Unknown // the columns that are not read though they have a title: show them to people, never pass them over
	Missing    []Column  // required columns that the sheet lacks and no constant of the mapping gives
	Result     int       // the column of an earlier report ([ResultTitle]), from 1; 0 if there is none
	Width      int       // number of columns of the header
}

// Bound is a column of a sheet with the field that it fills.
type Bound struct {
	Column int         // from 1
	Title  string      // as it stands in the sheet
	Path   string      // as in a receipt: data.requested_yuan, time
	Hidden bool        // the column is hidden; it is read all the same
	Note   events.Text // 单位万元：数值乘以 10 000; may be empty
}

// Unknown is a column that nothing is known of. Its values are not imported.
type Unknown struct {
	Column int
	Title  string
	Near   string // title of the plan that may be meant; may be empty
	Filled int    // rows so far that have a value in it
}

// Titles and marks that templates and reports share with the reader.
var (
	// ResultTitle heads the column that a report adds to a copy of the file. The reader ignores the column.
	ResultTitle = events.Text{ZH: "导入结果", EN: "Import result"}
	// ExampleMark, in any cell of a row or at the beginning of one, marks the example row of a template, which is no fact.
	ExampleMark = events.Text{ZH: "示例行", EN: "Example row"}
)

// MarkerName is the defined name, local to a sheet, that says the sheet's type of event as a text constant: a template
// has kaohe_type = "SubsidyApplied". A sheet with [MarkerNone] is no sheet of facts and left out without a word.
const (
	MarkerName = "kaohe_type"
	MarkerNone = "-"
)
