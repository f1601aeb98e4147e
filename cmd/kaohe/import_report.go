package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/kaohe/kaohe/events/sheets"
)

// maxReports bounds how many reports of one file may lie beside each other.
const maxReports = 99

// writeReports writes what was refused where people can put it right. Files that exist are never touched, as somebody may be
// putting them right at this moment, unless the user has named the report: then it takes the place of the one before.
func (f *fileImport) writeReports() error {
	if f.remarks.count == 0 || f.dryRun && f.reportTo == "" {
		return nil
	}
	if f.remarks.err != nil {
		return f.c.errorf("无法记下退回的原因: %w", "cannot keep the reasons: %w", f.remarks.err)
	}
	switch {
	case f.altered:
		f.noCopy = f.c.say("文件在导入时有改动", "the file has changed while it was imported")
	case f.tooLarge():
		f.noCopy = f.c.say("工作簿太大", "the workbook is too large")
	}
	err := f.writeEach()
	if err != nil && f.file.Kind() == sheets.XLSX && f.noCopy == "" { // workbooks hold what nobody has thought of
		f.noCopy = f.c.say("工作簿里有不能照抄的内容", "the workbook holds something that cannot be copied")
		err = f.writeEach()
	}
	if err != nil {
		return f.c.errorf("数据已按上面所说登记，但写不出报告: %w\n  请用 --report 指定别处的文件，再导入一遍，已登记的不会重复计数",
			"what is said above is recorded, but the report cannot be written: %w\n  name a file elsewhere with --report and import it again: what is recorded is not counted twice", err)
	}
	return nil
}

// writeEach writes the files of the report.
func (f *fileImport) writeEach() error {
	f.report = nil
	for _, r := range f.reports() {
		path, err := f.place(r)
		if err != nil {
			return err
		}
		f.report = append(f.report, path)
	}
	return nil
}

// reportFile is a file of a report.
type reportFile struct {
	ext   string // with the dot
	write func(io.Writer) error
}

// tooLarge reports whether a workbook is too large to be copied in memory.
func (f *fileImport) tooLarge() bool {
	return f.file.Kind() == sheets.XLSX && f.file.Size() > sheets.MaxReportSize
}

// reports lists the files that the report of this kind of file has. Where there can be no copy it is a list of reasons.
func (f *fileImport) reports() []reportFile {
	reasons := reportFile{".csv", func(w io.Writer) error { return sheets.ReasonsCSV(w, f.remarks.only(), f.c.lang) }}
	if f.noCopy != "" || f.tooLarge() {
		return []reportFile{reasons}
	}
	switch f.file.Kind() {
	case sheets.XLSX:
		return []reportFile{{f.extension(".xlsx"), func(w io.Writer) error {
			return sheets.ReportXLSX(w, f.path, f.layouts, f.remarks.only(), f.c.lang)
		}}}
	case sheets.CSV:
		return []reportFile{{f.extension(".csv"), f.copyCSV}}
	case sheets.JSON:
		return []reportFile{{".ndjson", f.copyEvents}, reasons}
	}
	return []reportFile{{f.extension(".ndjson"), f.copyLines}, reasons}
}

// extension returns that of the file, so that whatever opens the file opens its report.
func (f *fileImport) extension(fallback string) string {
	if ext := filepath.Ext(f.name); ext != "" && f.name != stdinName {
		return ext
	}
	return fallback
}

func (f *fileImport) copyCSV(w io.Writer) error {
	again, err := sheets.Open(f.path, f.options)
	if err != nil {
		return err
	}
	defer again.Close()
	dialect := sheets.Dialect{Width: f.tally.width}
	dialect.Encoding, dialect.Comma = f.file.Dialect()
	for _, layout := range f.layouts {
		dialect.Result = layout.Result
	}
	return sheets.ReportCSV(w, again, dialect, f.remarks.only(), f.c.lang)
}

func (f *fileImport) copyLines(w io.Writer) error {
	from, err := os.Open(f.path)
	if err != nil {
		return err
	}
	defer from.Close()
	return sheets.ReportEvents(w, from, f.remarks.only())
}

func (f *fileImport) copyEvents(w io.Writer) error {
	for m := range f.remarks.all() {
		if _, err := w.Write(append(bytes.TrimSpace(m.Event), '\n')); err != nil {
			return err
		}
	}
	return f.remarks.err
}

// place writes a report beside its file, or where the user wants it, and returns where that is. That of a pipe goes where
// the user is: there may be no place beside it.
func (f *fileImport) place(r reportFile) (path string, err error) {
	dir, name := filepath.Split(f.name)
	if f.piped() {
		dir = ""
	}
	if f.name == stdinName {
		name = "stdin"
	}
	stem := strings.TrimSuffix(name, filepath.Ext(name))
	if f.reportTo != "" {
		dir = filepath.Dir(f.reportTo)
	}
	draft, err := writeDraft(dir, r.write)
	if err != nil {
		return "", err
	}
	defer os.Remove(draft)
	if f.remarks.err != nil {
		return "", f.remarks.err
	}
	if f.reportTo != "" {
		path = strings.TrimSuffix(f.reportTo, filepath.Ext(f.reportTo)) + r.ext
		return path, os.Rename(draft, path)
	}
	mark := f.c.say("退回", "refused")
	stem = numbered.ReplaceAllString(stem, "") // the report of a report lies beside it
	for n := 1; n <= maxReports; n++ {
		path = filepath.Join(dir, stem+"."+mark+r.ext)
		if n > 1 {
			path = filepath.Join(dir, fmt.Sprintf("%s.%s-%d%s", stem, mark, n, r.ext))
		}
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			return path, os.Rename(draft, path)
		}
		if equalFiles(draft, path) {
			return path, nil
		}
	}
	return "", f.c.errorf("%s 已有 %d 份报告，请删去不用的，或用 --report 指定文件", "%s has %d reports already; remove those that are not needed, or name a file with --report", f.name, maxReports)
}

// numbered is what a report has behind the name of its file.
var numbered = regexp.MustCompile(`\.(refused|退回)(-\d+)?$`)

// writeDraft writes a file that nobody sees until it is complete.
func writeDraft(dir string, write func(io.Writer) error) (path string, err error) {
	path = filepath.Join(dir, ".kaohe-"+rand.Text()+".tmp")
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return "", err
	}
	if err = errors.Join(write(file), file.Close()); err != nil {
		os.Remove(path)
		return "", err
	}
	return path, nil
}

// equalFiles reports whether two files hold the same.
func equalFiles(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	if err != nil || !y.Mode().IsRegular() || x.Size() != y.Size() || x.Size() > sheets.MaxReportSize {
		return false
	}
	one, err := os.ReadFile(a)
	if err != nil {
		return false
	}
	other, err := os.ReadFile(b)
	return err == nil && bytes.Equal(one, other)
}
