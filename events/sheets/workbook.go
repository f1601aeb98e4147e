package sheets

import (
	"archive/zip"
	"bufio"
	"bytes"
	"io"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
)

// workbook is a file of sheets. Its sheets are read one after the other and row by row, so that a large one takes no more
// memory than a small one with as many different texts: a worksheet of 40 KB can hold rows that take gigabytes once they
// are laid out as a grid.
type workbook struct {
	file    *File
	zip     *zip.Reader
	parts   map[string]*zip.File
	sheets  []sheetEntry
	strings *sharedStrings
	formats []numberFormat // of the styles of cells
	date04  bool
	chosen  string // name of the one sheet to read; empty for all

	rest    []sheetEntry
	current *table
	grid    *worksheet
}

// sheetEntry is a sheet as the workbook lists it.
type sheetEntry struct {
	name   string
	part   string // of the zip file; empty for what is no worksheet
	hidden bool
	mark   string // what [MarkerName] says of it
}

// openWorkbook makes a workbook ready to be read. at is nil where one cannot go back.
func (f *File) openWorkbook(in *bufio.Reader, at io.ReaderAt) error {
	f.kind = XLSX
	if at == nil {
		all, err := io.ReadAll(io.LimitReader(in, maxPiped+1))
		if err != nil {
			return err
		}
		if len(all) > maxPiped {
			return &Error{Text: events.Text{ZH: "从管道读入的工作簿超过 64 MiB", EN: "a workbook of more than 64 MiB cannot be read from a pipe"},
				Hint: events.Text{ZH: "请直接给出文件名", EN: "name the file instead"}}
		}
		at, f.size = bytes.NewReader(all), int64(len(all))
	}
	z, err := zip.NewReader(at, f.size)
	if err != nil {
		return damaged(err)
	}
	w := &workbook{file: f, zip: z, parts: map[string]*zip.File{}}
	if err := w.open(); err != nil {
		return err
	}
	f.rows = w
	f.offset.Store(0)
	end := f.close
	f.close = func() error {
		if w.grid != nil {
			w.grid.part.Close()
		}
		return end()
	}
	return nil
}

// damaged is the error of a file that is not what it seems.
func damaged(err error) error {
	if e, ok := err.(*Error); ok {
		return e
	}
	return &Error{
		Text: events.Text{ZH: "工作簿已损坏，或不是 .xlsx 文件（" + err.Error() + "）", EN: "the workbook is damaged or no .xlsx file (" + err.Error() + ")"},
		Hint: saveAsXLSX,
	}
}

// open reads what tells where the sheets are and how their cells are to be understood.
func (w *workbook) open() error {
	for _, p := range w.zip.File {
		w.parts[strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(p.Name, `\`, "/"), "/"))] = p
	}
	if w.parts["xl/workbook.bin"] != nil || w.parts["mimetype"] != nil && w.parts["xl/workbook.xml"] == nil {
		return &Error{Text: events.Text{ZH: "这是别种格式的电子表格，不是 .xlsx", EN: "this spreadsheet is in another format than .xlsx"}, Hint: saveAsXLSX}
	}
	related, err := w.readBook()
	if err != nil {
		return damaged(err)
	}
	if w.strings, err = w.readStrings(related.strings); err != nil {
		return damaged(err)
	}
	if w.formats, err = w.readStyles(related.styles); err != nil {
		return damaged(err)
	}
	return w.choose()
}

// choose takes the sheets that are to be read.
func (w *workbook) choose() error {
	o := &w.file.options
	if w.chosen = o.Sheet; w.chosen == "" && o.Mapping != nil {
		w.chosen = o.Mapping.Sheet
	}
	var names []string
	w.file.size = 0
	for _, s := range w.sheets {
		names = append(names, s.name)
		if w.chosen != "" && forms.Fold(s.name) != forms.Fold(w.chosen) {
			continue
		}
		w.rest = append(w.rest, s)
		if p := w.parts[s.part]; p != nil && w.reads(&s) {
			w.file.size += int64(min(p.UncompressedSize64, maxSheetPart))
		}
	}
	if len(w.rest) == 0 && w.chosen != "" {
		return &Error{Text: events.Text{
			ZH: "没有名为“" + w.chosen + "”的工作表；有：" + strings.Join(names, "、"), EN: "there is no sheet " + quote(w.chosen) + ", but " + strings.Join(names, ", ")}}
	}
	return nil
}

// reads reports whether a sheet is read.
func (w *workbook) reads(s *sheetEntry) bool {
	return s.part != "" && (w.chosen != "" || !s.hidden && s.mark != MarkerNone)
}

// next returns the next row of the workbook.
func (w *workbook) next() (*Row, error) {
	for {
		if w.current != nil {
			row, err := w.current.next()
			if err != io.EOF {
				return row, err
			}
			w.current = nil
			w.grid.part.Close()
			w.grid = nil
		}
		if len(w.rest) == 0 {
			return nil, io.EOF
		}
		s := w.rest[0]
		w.rest = w.rest[1:]
		if s.part == "" || w.chosen == "" && s.mark == MarkerNone {
			continue
		}
		if !w.reads(&s) {
			return &Row{Sheet: s.name, Skipped: &events.Text{ZH: "隐藏的工作表，没有导入", EN: "hidden sheet, not imported"}}, nil
		}
		if err := w.begin(&s); err != nil {
			return nil, err
		}
	}
}

// begin opens a sheet.
func (w *workbook) begin(s *sheetEntry) error {
	spans, err := w.readSpans(s.part)
	if err != nil {
		return inSheet(s.name, err)
	}
	p, err := w.part(s.part, maxSheetPart, &w.file.offset)
	if err != nil {
		return inSheet(s.name, err)
	}
	mark := s.mark
	if mark == MarkerNone {
		mark = ""
	}
	w.grid = &worksheet{workbook: w, name: s.name, part: p, spans: spans, active: map[int]*activeSpan{}, hidden: map[int]bool{}}
	w.current = &table{file: w.file, grid: w.grid, sheet: s.name, marked: mark, from1904: w.date04, hidden: w.grid.hidden}
	return nil
}

// inSheet says in which sheet of a workbook something is wrong.
func inSheet(name string, err error) error {
	e := damaged(err).(*Error)
	return &Error{Text: events.Text{ZH: "工作表“" + name + "”：" + e.Text.ZH, EN: "sheet " + quote(name) + ": " + e.Text.EN}, Hint: e.Hint}
}
