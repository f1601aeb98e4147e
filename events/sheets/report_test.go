package sheets_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/sheets"
)

// report makes the report of a workbook with some remarks and opens it.
func report(t *testing.T, path string, remarks ...sheets.Remark) (out string, book *excelize.File) {
	t.Helper()
	f, err := sheets.Open(path, sheets.Options{Catalogue: plan(), Type: "EnvoyTrainingHeld"})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	outcomes(f)
	var b bytes.Buffer
	if err := sheets.ReportXLSX(&b, path, f.Layouts(), slices.Values(remarks), events.English); err != nil {
		t.Fatal(err)
	}
	out = filepath.Join(t.TempDir(), "report.xlsx")
	if err := os.WriteFile(out, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if book, err = excelize.OpenFile(out); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { book.Close() })
	return out, book
}

// trainings writes a workbook of two sheets with styles, merged cells, a comment and 200 columns.
func trainings(t *testing.T) string {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(book.SetSheetRow("Sheet1", "A1", &[]any{"培训日期", "培训人次", "备注"}))
	must(book.SetSheetRow("Sheet1", "A2", &[]any{"2018-03-05", 30, "甲"}))
	must(book.SetSheetRow("Sheet1", "A3", &[]any{"2018-03-06", "许多", "乙"}))
	must(book.SetSheetRow("Sheet1", "A4", &[]any{"三月", 5, "丙"}))
	for c := 4; c <= 200; c++ {
		cell, err := excelize.CoordinatesToCellName(c, 1)
		must(err)
		must(book.SetCellStr("Sheet1", cell, fmt.Sprintf("自己的列 %d", c)))
	}
	style, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, NumFmt: 4, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"00FF00"}}})
	must(err)
	must(book.SetCellStyle("Sheet1", "B2", "B3", style))
	must(book.MergeCell("Sheet1", "C3", "C4"))
	must(book.SetColWidth("Sheet1", "B", "B", 33))
	must(book.AddComment("Sheet1", excelize.Comment{Cell: "B3", Author: "张三", Paragraph: []excelize.RichTextRun{{Text: "待核"}}}))
	_, err = book.NewSheet("别的")
	must(err)
	must(book.SetCellStr("别的", "A1", "不相干"))
	path := filepath.Join(t.TempDir(), "trainings.xlsx")
	must(book.SaveAs(path))
	return path
}

func look(t *testing.T, book *excelize.File, cell string) (value, color string, style *excelize.Style) {
	t.Helper()
	value, err := book.GetCellValue("Sheet1", cell)
	if err != nil {
		t.Fatal(err)
	}
	id, err := book.GetCellStyle("Sheet1", cell)
	if err != nil {
		t.Fatal(err)
	}
	if style, err = book.GetStyle(id); err != nil {
		t.Fatal(err)
	}
	if len(style.Fill.Color) > 0 {
		color = style.Fill.Color[0]
	}
	return value, color, style
}

func commentsOf(t *testing.T, book *excelize.File) map[string]string {
	t.Helper()
	list, err := book.GetComments("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for _, c := range list {
		said[c.Cell] += c.Text
		for _, run := range c.Paragraph {
			said[c.Cell] += run.Text
		}
	}
	return said
}

const (
	lightRed  = "FFF4E1"
	strongRed = "FFB9A3"
)

func TestReportMarksRowsAndLeavesTheRestAsItIs(t *testing.T) {
	_, book := report(t, trainings(t),
		sheets.Remark{Sheet: "Sheet1", Number: 3, Text: "attendees: no number", Cells: []sheets.CellRemark{{Column: 2, Text: "no number"}}},
		sheets.Remark{Sheet: "Sheet1", Number: 4, Text: "day: no day;\nand more", Cells: []sheets.CellRemark{{Column: 1, Text: "no day"}, {Column: 1, Text: "none at all"}}})
	for cell, want := range map[string][2]string{
		"A2": {"2018-03-05", ""}, "B2": {"30.00", "00FF00"}, "A3": {"2018-03-06", lightRed}, "B3": {"许多", strongRed}, "A4": {"三月", strongRed}, "B4": {"5", lightRed}, "C4": {"", lightRed},
		"GR1": {"自己的列 200", ""}, "GS1": {"Import result", lightRed}, "GS2": {"", ""}, "GS3": {"refused: attendees: no number", lightRed}, "GS4": {"refused: day: no day;\nand more", lightRed},
	} {
		if cell == "C4" {
			continue // merged with C3, whose value it shows
		}
		if value, color, _ := look(t, book, cell); value != want[0] || color != want[1] {
			t.Errorf("%s is %q in %q, want %q in %q", cell, value, color, want[0], want[1])
		}
	}
	if _, _, style := look(t, book, "B3"); style.Font == nil || !style.Font.Bold || style.NumFmt != 4 {
		t.Errorf("B3 has lost its style: %+v", style)
	}
	if width, err := book.GetColWidth("Sheet1", "B"); err != nil || width != 33 {
		t.Errorf("column B is %v wide, %v, want 33", width, err)
	}
	merged, err := book.GetMergeCells("Sheet1")
	if err != nil || len(merged) != 1 || merged[0].GetStartAxis() != "C3" {
		t.Errorf("merged cells %v, %v, want C3:C4", merged, err)
	}
	if diff := cmp.Diff([]string{"Sheet1", "别的"}, book.GetSheetList()); diff != "" {
		t.Errorf("sheets (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"B3": "待核\n\nno number", "A4": "no day\nnone at all"}, commentsOf(t, book)); diff != "" {
		t.Errorf("comments (-want +got):\n%s", diff)
	}
}

func TestReportOfAReportTakesOldMarksAway(t *testing.T) {
	path := trainings(t)
	first, _ := report(t, path, sheets.Remark{Sheet: "Sheet1", Number: 3, Text: "a", Cells: []sheets.CellRemark{{Column: 2, Text: "a"}}},
		sheets.Remark{Sheet: "Sheet1", Number: 4, Text: "b", Cells: []sheets.CellRemark{{Column: 1, Text: "b"}}})
	_, book := report(t, first, sheets.Remark{Sheet: "Sheet1", Number: 4, Text: "c"})
	for cell, want := range map[string][2]string{
		"A3": {"2018-03-06", ""}, "B3": {"许多", ""}, "GS3": {"", lightRed}, "A4": {"三月", lightRed}, "GS4": {"refused: c", lightRed}, "GS1": {"Import result", lightRed}, "GT1": {"", ""},
	} {
		if value, color, _ := look(t, book, cell); value != want[0] || color != want[1] {
			t.Errorf("%s is %q in %q, want %q in %q", cell, value, color, want[0], want[1])
		}
	}
	if said := commentsOf(t, book); len(said) != 0 {
		t.Errorf("comments %v are left", said)
	}
}

func TestReportOfATemplateKeepsItsComments(t *testing.T) {
	_, content := mustTemplate(t, events.English, "EnvoyTrainingHeld")
	path := filepath.Join(t.TempDir(), "t.xlsx")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := sheets.Open(path, sheets.Options{Catalogue: plan()})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	outcomes(f)
	var b bytes.Buffer
	remark := sheets.Remark{Sheet: f.Layouts()[0].Sheet, Number: 5, Text: "x", Cells: []sheets.CellRemark{{Column: 1, Text: "x"}}}
	if err := sheets.ReportXLSX(&b, path, f.Layouts(), slices.Values([]sheets.Remark{remark}), events.English); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	comments, err := book.GetComments(remark.Sheet)
	if want := len(sheets.Columns(plan().Type("EnvoyTrainingHeld"))) + 1; err != nil || len(comments) != want {
		t.Errorf("%d comments, %v, want %d: one on each title, and that of the report", len(comments), err, want)
	}
	checks, err := book.GetDataValidations(remark.Sheet)
	if err != nil || len(checks) == 0 {
		t.Errorf("%d checks, %v, want those of the template", len(checks), err)
	}
}

// TestReportCSV copies a file in each encoding, with each separator.
func TestReportCSV(t *testing.T) {
	const text = "培训日期,培训人次,备注\n2018-03-05,30,\"甲,乙\"\n\n2018-03-06,许多\n"
	for _, tt := range []struct {
		encoding, comma string
	}{{"utf-8", ","}, {"utf-8-bom", ";"}, {"gb18030", ","}, {"utf-16le", "\t"}, {"utf-16be", ","}} {
		t.Run(tt.encoding, func(t *testing.T) {
			source := encodeText(t, tt.encoding, strings.ReplaceAll(strings.ReplaceAll(text, "甲,乙", "甲"), ",", tt.comma))
			open := func() *sheets.File {
				f, err := sheets.OpenReader("t.csv", bytes.NewReader(source), sheets.Options{Catalogue: plan(), Type: "EnvoyTrainingHeld"})
				if err != nil {
					t.Fatal(err)
				}
				return f
			}
			f := open()
			outcomes(f)
			d := sheets.Dialect{Width: 3}
			d.Encoding, d.Comma = f.Dialect()
			var b bytes.Buffer
			remark := sheets.Remark{Number: 4, Text: "不是数"}
			if err := sheets.ReportCSV(&b, open(), d, slices.Values([]sheets.Remark{remark}), events.Chinese); err != nil {
				t.Fatal(err)
			}
			want := strings.ReplaceAll("培训日期,培训人次,备注,导入结果\r\n2018-03-05,30,甲,\r\n,,,\r\n2018-03-06,许多,,退回: 不是数\r\n", ",", tt.comma)
			if diff := cmp.Diff(string(encodeText(t, tt.encoding, want)), b.String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestReportOfAFileThatHasChanged(t *testing.T) {
	f, err := sheets.OpenReader("t.csv", strings.NewReader("培训日期,培训人次\n2018-03-05,30\n"), sheets.Options{Catalogue: plan(), Type: "EnvoyTrainingHeld"})
	if err != nil {
		t.Fatal(err)
	}
	err = sheets.ReportCSV(&bytes.Buffer{}, f, sheets.Dialect{Encoding: "utf-8", Comma: ',', Width: 2}, slices.Values([]sheets.Remark{{Number: 9}}), events.English)
	if err == nil || !strings.Contains(err.Error(), "row 9 of the report is not in the file: it has changed") {
		t.Errorf("error %v", err)
	}
}

func TestReportEventsCopiesLinesAsTheyAre(t *testing.T) {
	long := strings.Repeat("x", 5000) + "\r"
	for _, tt := range []struct {
		name, in string
		numbers  []int
		want     string
	}{
		{"some lines", "a\nb\n\nd\n", []int{2, 4}, "b\nd\n"},
		{"a line longer than the buffer", "a\n" + long + "\nc\n", []int{2}, long + "\n"},
		{"the last one without its end", "a\nb", []int{2}, "b\n"},
		{"the first one behind a mark", "\ufeffa\nb\n", []int{1}, "a\n"},
		{"beyond the end", "a\n", []int{3}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var remarks []sheets.Remark
			for _, n := range tt.numbers {
				remarks = append(remarks, sheets.Remark{Number: n})
			}
			var b bytes.Buffer
			if err := sheets.ReportEvents(&b, strings.NewReader(tt.in), slices.Values(remarks)); err != nil || b.String() != tt.want {
				t.Errorf("%q, %v, want %q", b.String(), err, tt.want)
			}
		})
	}
}

func TestReasonsCSV(t *testing.T) {
	var b bytes.Buffer
	err := sheets.ReasonsCSV(&b, slices.Values([]sheets.Remark{{Number: 3, Text: "=1+1"}, {Sheet: "甲", Number: 12, Text: "no, \"really\""}}), events.English)
	want := "\ufeffSheet,Row,Import result\r\n,3,refused: =1+1\r\n甲,12,\"refused: no, \"\"really\"\"\"\r\n"
	if err != nil || b.String() != want {
		t.Errorf("%q, %v, want %q", b.String(), err, want)
	}
}
