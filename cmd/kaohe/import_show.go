package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/kaohe/kaohe/events/sheets"
)

// rowName names a row, with its sheet where there are several.
func (f *fileImport) rowName(row rowRef) string {
	if row.number == 0 {
		return f.c.sayf("工作表“%s”", "sheet %q", row.sheet)
	}
	if len(f.tally.layouts)+len(f.tally.whole) > 1 {
		return f.c.sayf("工作表“%s”第 %d 行", "row %[2]d of sheet %[1]q", row.sheet, row.number)
	}
	return f.c.sayf("第 %d 行", "row %d", row.number)
}

// rowsNamed names the rows of a group.
func (f *fileImport) rowsNamed(g *group) string {
	names := make([]string, len(g.items))
	for i, item := range g.items {
		names[i] = f.rowName(item.row)
		if item.text != "" {
			names[i] += f.c.sayf("（同%s）", " (as %s)", item.text)
		}
	}
	s := strings.Join(names, f.c.say("、", ", "))
	if more := g.count - len(g.items); more > 0 {
		s += f.c.sayf(" 等（另有 %d 行）", " and %d more", more)
	}
	return s
}

// show says what there is to say of the file, once it is done.
func (f *fileImport) show() {
	f.bar.clear()
	if f.out == nil { // programs have read it row by row
		f.showFile()
	}
	if f.failure != "" {
		f.say(f.c.stderr, "%s: %s", "%s: %s", f.shown, f.failure)
	}
}

// showFile says what there is to say to people.
func (f *fileImport) showFile() {
	nothing := f.tally.rows == 0 && f.failure != ""
	if !nothing || len(f.tally.whole) > 1 {
		f.showSheets()
	}
	if nothing {
		return
	}
	f.showColumns()
	for i := range f.tally.refusals {
		f.showRefusal(f.c.stderr, &f.tally.refusals[i])
	}
	if more := f.tally.refused - len(f.tally.refusals); more > 0 {
		f.say(f.c.stderr, "  ……还有 %d 行被退回", "  ... and %d more rows were refused", more)
	}
	f.showWarnings()
	if f.altered {
		f.say(f.c.stderr, "注意: %s 在导入时有改动，不一定读全了；请再导入一遍，已登记的不会重复计数",
			"warning: %s has changed while it was imported, and may not have been read whole; import it again, what is recorded is not counted twice", f.shown)
	}
	f.showRows()
	if !f.eachNote() || !f.verbose && f.tally.rows > maxEchoed {
		f.showColumnNotes()
	}
	f.say(f.c.stdout, "%s: %s", "%s: %s", f.shown, f.summary(f.tally.counts))
	f.showReports()
}

// showReports says where the refused rows are, and what to do with them.
func (f *fileImport) showReports() {
	switch {
	case len(f.report) == 1 && f.noCopy != "":
		f.say(f.c.stdout, "  原因列在 %s；%s，没有另存副本，请在原文件里改好后再导入一遍，已登记的不会重复计数",
			"  reasons: %s; there is no copy, as %s: put the rows right in the file itself and import it again, what is recorded is not counted twice", f.report[0], f.noCopy)
	case len(f.report) == 1:
		f.say(f.c.stdout, "  退回的行及原因: %s；改好后导入它即可，已登记的不会重复计数", "  refused rows and reasons: %s; put them right there and import it: what is recorded is not counted twice", f.report[0])
	case len(f.report) == 2:
		f.say(f.c.stdout, "  退回的事件: %s，原因: %s；改好后导入前者即可", "  refused events: %s, reasons: %s; put them right in the first and import it", f.report[0], f.report[1])
	}
}

func (f *fileImport) say(w io.Writer, zh, en string, args ...any) {
	f.c.line(w, f.c.sayf(zh, en, args...))
}

// showSheets says what was left out whole.
func (f *fileImport) showSheets() {
	for i := range f.tally.whole {
		f.say(f.c.stderr, "注意: %s: %s", "warning: %s: %s", f.shown, f.aboutSheet(&f.tally.whole[i]))
	}
}

// showRecognised says, as soon as it is known, by which type a sheet is read where nothing but its columns says it.
func (f *fileImport) showRecognised(l *sheets.Layout) {
	if l == nil || !l.Recognised || f.out != nil {
		return
	}
	f.bar.clear()
	of := ""
	if l.Sheet != "" {
		of = f.rowName(rowRef{sheet: l.Sheet}) + f.c.say("：", ": ")
	}
	title := f.options.Catalogue.Type(l.Type).Title.In(f.c.lang)
	f.say(f.c.stdout, "%s: %s按列名识别为 %s（%s）：只有这一类事件有这些列", "%s: %srecognised as %s (%s) by its columns: no other type of event has all of them", f.shown, of, l.Type, title)
}

// showColumns says which columns were not read, or are missing.
func (f *fileImport) showColumns() {
	for _, layout := range f.layouts {
		in := ""
		if len(f.tally.layouts) > 1 {
			in = f.c.sayf("工作表“%s”的", " of sheet %q", layout.Sheet)
		}
		f.showUnknown(layout, in)
		for i := range layout.Missing {
			f.say(f.c.stderr, "注意: %[1]s: %[2]s缺少必填的列“%[3]s”", "warning: %[1]s: required column %[3]q%[2]s is missing", f.shown, in, layout.Missing[i].Title.In(f.c.lang))
		}
	}
}

// shownColumns is how many columns that were not read are named.
const shownColumns = 10

// showUnknown says which columns the plan does not know. Empty ones of which nothing is missed are not worth a word.
func (f *fileImport) showUnknown(layout *sheets.Layout, in string) {
	count := 0
	for i := range layout.Unknown {
		u := &layout.Unknown[i]
		if u.Filled == 0 && u.Near == "" {
			continue
		}
		if count++; count > shownColumns {
			continue
		}
		line := f.c.sayf("注意: %[1]s: %[2]s列“%[3]s”没有导入，方案里没有这一列；有内容的 %[4]d 行", "warning: %[1]s: column %[3]q%[2]s was not imported, the plan does not know it; %[4]d rows have something in it", f.shown, in, u.Title, u.Filled)
		if u.Title == "" {
			line = f.c.sayf("注意: %[1]s: %[2]s第 %[3]d 列没有标题，没有导入；有内容的 %[4]d 行", "warning: %[1]s: column %[3]d%[2]s has no title and was not imported; %[4]d rows have something in it", f.shown, in, u.Column, u.Filled)
		}
		if u.Near != "" {
			line += f.c.sayf("；是不是“%s”？", "; did you mean %q?", u.Near)
		}
		f.c.line(f.c.stderr, line)
	}
	if more := count - shownColumns; more > 0 {
		f.say(f.c.stderr, "  ……还有 %d 列没有导入", "  ... and %d more columns were not imported", more)
	}
}

// unknownColumns lists the titles of columns that were not read.
func unknownColumns(layouts []*sheets.Layout) (titles []string) {
	for _, layout := range layouts {
		for i := range layout.Unknown {
			titles = append(titles, layout.Unknown[i].Title)
		}
	}
	return titles
}

func (f *fileImport) showRefusal(w io.Writer, r *refusal) {
	lines := r.lines(f.c)
	f.say(w, "退回: %s %s: %s", "refused: %s %s: %s", f.shown, f.rowName(r.row), lines[0])
	for _, line := range lines[1:] {
		f.c.line(w, "    "+line)
	}
}

func (f *fileImport) showWarnings() {
	for _, g := range f.tally.warnings {
		f.say(f.c.stderr, "注意: %[3]s: %[1]s，%[2]d 行", "warning: %[3]s: %[1]s, rows: %[2]d", g.text, g.count, f.shown)
		for _, item := range g.items {
			f.c.line(f.c.stderr, "  "+f.rowName(item.row)+f.c.say("：", ": ")+strings.TrimPrefix(item.text, g.text+" "))
		}
		if more := g.count - len(g.items); more > 0 {
			f.say(f.c.stderr, "  ……还有 %d 行", "  ... and %d more rows", more)
		}
	}
}

// showRows says which rows were no facts, hidden, or repeats.
func (f *fileImport) showRows() {
	for _, g := range f.tally.skipped {
		f.say(f.c.stdout, "跳过: %s %d 行: %s", "skipped: %s, rows: %d: %s", g.text, g.count, f.rowsNamed(g))
	}
	if g := &f.tally.hidden; g.count > 0 {
		f.say(f.c.stdout, "隐藏的行也导入: %d 行: %s", "hidden rows are imported all the same: %d: %s", g.count, f.rowsNamed(g))
	}
	if g := &f.tally.repeats; g.count > 0 {
		f.say(f.c.stdout, "文件里重复的行只登记一次: %d 行: %s", "rows that repeat another one are recorded once: %d: %s", g.count, f.rowsNamed(g))
	}
}

// eachNote tells whether what was understood is said row by row.
func (f *fileImport) eachNote() bool { return f.verbose || f.dryRun }

// maxEchoed bounds the rows of a dry run of which everything is said.
const maxEchoed = 100

// echo tells whether what was understood of a row is said at once.
func (f *fileImport) echo(row *sheets.Row) bool {
	return f.out == nil && len(row.Notes) > 0 && f.eachNote() && (f.verbose || f.tally.rows <= maxEchoed)
}

func (f *fileImport) showNotes(row *sheets.Row) {
	f.bar.clear()
	parts := make([]string, len(row.Notes))
	for i, n := range row.Notes {
		if parts[i] = n.Text.In(f.c.lang); n.Column > 0 {
			parts[i] = f.tally.column(row.Sheet, n.Column, n.Field) + f.c.say("：", ": ") + parts[i]
		}
	}
	f.c.line(f.c.stdout, f.rowName(rowRef{row.Sheet, row.Number})+f.c.say("：", ": ")+strings.Join(parts, f.c.say("；", "; ")))
}

// showColumnNotes says by some values of each column what was understood.
func (f *fileImport) showColumnNotes() {
	for _, g := range f.tally.notes {
		values := make([]string, len(g.items))
		for i, item := range g.items {
			if values[i] = item.text; g.text == "" { // of rows as such
				values[i] = f.rowName(item.row) + f.c.say("：", ": ") + item.text
			}
		}
		line := strings.Join(values, f.c.say("，", ", "))
		if g.text != "" {
			line = g.text + f.c.say("：", ": ") + line
		}
		if more := g.count - len(g.items); more > 0 {
			line += f.c.sayf("，等（另有 %d 处）", ", ... (%d more)", more)
		}
		f.c.line(f.c.stdout, line)
	}
}

// summary says what became of the events.
func (f *importing) summary(n counts) string {
	s := f.c.sayf("新增 %d 条，先前已登记 %d 条，退回 %d 条", "%d new, %d already recorded, %d refused", n.fresh, n.recorded, n.refused)
	if f.dryRun {
		s = f.c.say("试运行，什么都没有登记；真正导入会: ", "dry run, nothing was recorded; it would be: ") + s
	}
	if n.kept > 0 {
		s += f.c.sayf("，暂存 %d 条", ", %d kept for later", n.kept)
	}
	if n.sheets > 0 {
		s += f.c.sayf("，没有导入的工作表 %d 张", ", sheets not imported: %d", n.sheets)
	}
	return s
}

// showTotal says what became of all files, if there are several.
func (f *importing) showTotal(files int) {
	if f.out == nil && files > 1 {
		s := f.summary(f.total)
		if n := f.total.files; n > 0 {
			s += f.c.sayf("，没有导入或没有读完的文件 %d 个", ", files not imported or not to their end: %d", n)
		}
		fmt.Fprintln(f.c.stdout, f.c.sayf("合计 %d 个文件: %s", "%d files in total: %s", files, s))
	}
	if f.total.kept > 0 {
		f.c.line(f.c.stderr, f.c.sayf("注意: %[1]d 条已暂存在 %[2]s；连上服务后执行 kaohe flush --spool %[2]s", "warning: %[1]d events are kept in %[2]s; kaohe flush --spool %[2]s sends them", f.total.kept, f.spoolDir))
	}
}
