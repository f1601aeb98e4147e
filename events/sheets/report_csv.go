package sheets

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/kaohe/kaohe/events"
)

// Dialect is how a CSV file is written, as is known once it has been read to its end.
type Dialect struct {
	Encoding string // as of [File.Dialect]
	Comma    rune
	Width    int // cells of the longest row
	Result   int // column of an earlier report, from 1; 0 if there is none
}

// ReportCSV copies a CSV file, which must have been opened afresh, in its own dialect, and adds the remarks in a last
// column.
func ReportCSV(w io.Writer, f *File, d Dialect, remarks Remarks, lang events.Lang) error {
	next, stop := iter.Pull(remarks)
	defer stop()
	encoder := transform.NewWriter(w, encodingOf(d.Encoding).NewEncoder())
	r := &csvReport{lang: lang, column: d.Result, out: csv.NewWriter(encoder), next: next}
	if r.column == 0 {
		r.column = d.Width + 1
	}
	r.out.Comma, r.out.UseCRLF = d.Comma, true
	r.remark, r.ok = next()
	for {
		row, err := f.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if row.Number == 0 {
			continue // of the file as a whole
		}
		if err := r.write(row); err != nil {
			return err
		}
	}
	if r.ok {
		return fmt.Errorf("row %d of the report is not in the file: it has changed", r.remark.Number)
	}
	r.out.Flush()
	return errors.Join(r.out.Error(), encoder.Close())
}

// csvReport is a copy that is being written.
type csvReport struct {
	lang   events.Lang
	column int // of the results, from 1
	out    *csv.Writer

	next   func() (Remark, bool)
	remark Remark // the next one that is due
	ok     bool   // there is one
}

// encodingOf returns the encoding of a file, with its byte order mark where it has one.
func encodingOf(name string) encoding.Encoding {
	switch name {
	case "utf-8-bom":
		return unicode.UTF8BOM
	case "utf-16le":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case "utf-16be":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case "gb18030":
		return simplifiedchinese.GB18030
	}
	return unicode.UTF8
}

// write copies a row. A report of a report puts its remarks in the place of the old ones.
func (r *csvReport) write(row *Row) error {
	cells := slices.Clone(row.Record)
	for len(cells) < r.column {
		cells = append(cells, "")
	}
	result := &cells[r.column-1]
	switch {
	case row.Layout != nil:
		*result = ResultTitle.In(r.lang)
	case r.ok && r.remark.Number == row.Number:
		*result = refusedMark.In(r.lang) + r.remark.Text
		r.remark, r.ok = r.next()
	case isResult(*result):
		*result = ""
	}
	return r.out.Write(cells)
}

// ReasonsCSV lists remarks by themselves, for files that have no place for them.
func ReasonsCSV(w io.Writer, remarks Remarks, lang events.Lang) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	head := []events.Text{{ZH: "工作表", EN: "Sheet"}, {ZH: "行", EN: "Row"}, ResultTitle}
	cells := make([]string, len(head))
	for i, title := range head {
		cells[i] = title.In(lang)
	}
	_ = out.Write(cells) // the writer keeps its error to the end
	for r := range remarks {
		_ = out.Write([]string{r.Sheet, strconv.Itoa(r.Number), refusedMark.In(lang) + r.Text})
	}
	out.Flush()
	return out.Error()
}
