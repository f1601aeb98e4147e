package sheets

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"github.com/kaohe/kaohe/events"
)

// MaxReportSize is how large a workbook may be, in bytes unpacked, of which a copy is made: that takes some thirty times as
// much in memory.
const MaxReportSize = 32 << 20

// resultWidth is the width of the column of results.
const resultWidth = 60

// ReportXLSX copies a workbook as it is, colours the rows that the remarks are about, their wrong cells more strongly, and
// says what is wrong in a last column and in comments.
func ReportXLSX(w io.Writer, path string, layouts []*Layout, remarks Remarks, lang events.Lang) (err error) {
	defer func() {
		if p := recover(); p != nil { // the library trusts workbooks to be whole
			err = fmt.Errorf("copy the workbook: %v", p)
		}
	}()
	file, err := excelize.OpenFile(path, excelize.Options{UnzipSizeLimit: 16 * MaxReportSize, UnzipXMLSizeLimit: MaxReportSize})
	if err != nil {
		return fmt.Errorf("open the workbook again: %w", err)
	}
	defer file.Close()
	r := &workbookReport{file: file, lang: lang, paint: newPaint(file), sheets: map[string]*sheetReport{}, silent: !commentable(file)}
	for _, layout := range layouts {
		if err := r.prepare(layout); err != nil {
			return fmt.Errorf("prepare sheet %q: %w", layout.Sheet, err)
		}
	}
	for remark := range remarks {
		if err := r.remark(&remark); err != nil {
			return fmt.Errorf("mark row %d of sheet %q: %w", remark.Number, remark.Sheet, err)
		}
	}
	return file.Write(w)
}

// workbookReport is the copy of a workbook that is being marked.
type workbookReport struct {
	file     *excelize.File
	lang     events.Lang
	paint    *paint
	sheets   map[string]*sheetReport
	comments int
	silent   bool // nothing is said in comments: the column of results says it all
}

// sheetReport is a sheet of it.
type sheetReport struct {
	result int               // column of the results, 0 if there is no room for one
	width  int               // columns that are coloured
	notes  map[string]string // comments that the sheet has, by cell
}

// prepare gives a sheet its column of results and takes away what an earlier report has left.
func (r *workbookReport) prepare(layout *Layout) error {
	rows, width, err := r.extent(layout.Sheet)
	if err != nil {
		return err
	}
	s := &sheetReport{result: layout.Result, width: max(layout.Width, 1), notes: map[string]string{}}
	if s.result > 0 {
		if s.width >= s.result {
			s.width = s.result - 1
		}
		if err := r.unmark(layout, s, rows); err != nil {
			return err
		}
	} else if s.result = max(width, layout.Width) + 1; s.result > excelize.MaxColumns {
		s.result = 0
	}
	if err := r.learnComments(layout.Sheet, s); err != nil {
		return err
	}
	r.sheets[layout.Sheet] = s
	return r.head(layout, s)
}

// extent returns the number of rows of a sheet and of the columns that its longest row has.
func (r *workbookReport) extent(sheet string) (rows, width int, err error) {
	it, err := r.file.Rows(sheet)
	if err != nil {
		return 0, 0, err
	}
	defer it.Close()
	for it.Next() {
		rows++
		cells, err := it.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return 0, 0, err
		}
		width = max(width, len(cells))
	}
	return rows, width, it.Error()
}

// head writes the title of the column of results.
func (r *workbookReport) head(layout *Layout, s *sheetReport) error {
	if s.result == 0 || layout.Header == 0 {
		return nil
	}
	cell := at(s.result, layout.Header)
	if err := r.file.SetCellStr(layout.Sheet, cell, ResultTitle.In(r.lang)); err != nil {
		return err
	}
	name, err := excelize.ColumnNumberToName(s.result)
	if err != nil {
		return err
	}
	if err := r.file.SetColWidth(layout.Sheet, name, name, resultWidth); err != nil {
		return err
	}
	return r.file.SetCellStyle(layout.Sheet, cell, cell, r.paint.title)
}

// unmark takes away the results and the colours of an earlier report: the rows may have been put right since.
func (r *workbookReport) unmark(layout *Layout, s *sheetReport, rows int) error {
	for row := layout.Header + 1; row <= rows; row++ {
		cell := at(s.result, row)
		text, err := r.file.GetCellValue(layout.Sheet, cell)
		if err != nil {
			return err
		}
		if !isResult(text) {
			continue
		}
		if err := r.file.SetCellValue(layout.Sheet, cell, nil); err != nil {
			return err
		}
		for column := 1; column <= s.width; column++ {
			if err := r.paint.cell(layout.Sheet, at(column, row), ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// remark marks a row.
func (r *workbookReport) remark(m *Remark) error {
	s := r.sheets[m.Sheet]
	if s == nil {
		return fmt.Errorf("the workbook has no such sheet any more")
	}
	wrong := map[int]string{}
	for _, c := range m.Cells {
		if wrong[c.Column] != "" {
			wrong[c.Column] += "\n"
		}
		wrong[c.Column] += c.Text
	}
	for column := 1; column <= s.width; column++ {
		color := lightColor
		if wrong[column] != "" {
			color = strongColor
		}
		if err := r.paint.cell(m.Sheet, at(column, m.Number), color); err != nil {
			return err
		}
	}
	for column, text := range wrong {
		if err := r.comment(m.Sheet, s, at(column, m.Number), text); err != nil {
			return err
		}
	}
	if s.result == 0 {
		return nil
	}
	cell := at(s.result, m.Number)
	if err := r.file.SetCellStr(m.Sheet, cell, cut(refusedMark.In(r.lang)+m.Text, excelize.TotalCellChars)); err != nil {
		return err
	}
	return r.file.SetCellStyle(m.Sheet, cell, cell, r.paint.result)
}
