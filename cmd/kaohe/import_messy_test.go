package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// messyRow is a row of a sheet as staff keep them, and what must become of it.
type messyRow struct {
	cells  []any
	hidden bool
	fate   string // status, and part of what is said
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// messy is a sheet of subsidies with a title, a header of two rows whose cells are merged, and rows of all sorts.
var messy = []messyRow{
	{cells: []any{"2018年第一季度补助申报情况（单位：万元）"}, fate: "skipped"},
	{cells: []any{"申报日期", "补助编号", "企业编号", "申报单位", "", "笔数", "补助类别", "申报金额", "经办人", "备注"}, fate: "skipped header"},
	{cells: []any{"", "", "", "编号", "名称"}, fate: "skipped header"},
	{cells: []any{day(2018, 3, 5), "S-01", "E-1", "", "", "", "科技成果转化补助", 13, "张三"}, fate: "new"},
	{cells: []any{"2018年3月6日", "S-02", "E-2", "", "", "", "专利资助", "10万元"}, fate: "new"},
	{cells: []any{}, fate: "skipped blank"},
	{cells: []any{"2018/3/7", "S-03", "E-3", "", "", "", "专利资助", "待定"}, fate: "refused 申报金额: “待定”"},
	{cells: []any{"2018-03-05", "S-01", "E-1", "", "", "", "科技成果转化补助", "13"}, fate: "recorded same as 4"},
	{cells: []any{"2018-03-05", "S-01", "E-1", "", "", "", "科技成果转化补助", "31"}, fate: "refused id_conflict 与第 4 行是同一件事 申报金额"},
	{cells: []any{"2018.3.8", "S-04", "E-4", "", "", "", "转化补贴", 5}, fate: "refused 补助类别: 没有“转化补贴”这一项"},
	{cells: []any{day(2018, 3, 9), "S-05", "E-5", "", "", "", "专利资助", 1}, hidden: true, fate: "new"},
	{cells: []any{"２０１８－３－１０", "S-06", "E-6", "", "", "", "专利资助", "１３.5"}, fate: "new"},
	{cells: []any{"2018-3-11", "S-07", "E-7", "", "", "", "", "2"}, fate: "refused 补助类别"},
	{cells: []any{"2018-2-30", "S-08", "E-8", "", "", "", "专利资助", "2"}, fate: "refused 申报日期"},
	{cells: []any{"2018-3-12", "", "", "A-1；A-2", "甲公司；乙公司", "若干", "专利资助", "0.002亿元"}, fate: "refused 笔数"},
	{cells: []any{"2018-3-12", "", "", "A-1；A-2", "甲公司；乙公司", "2", "专利资助", "0.002亿元"}, fate: "new"},
	{cells: []any{"2018-3-13", "", "", "A-1；A-2；A-3", "甲公司；乙公司", "", "专利资助", "2"}, fate: "refused 名称"},
	{cells: []any{"2018-3-14", "S-09", 91450703123456781, "", "", "", "专利资助", "2"}, fate: "refused 企业编号"},
	{cells: []any{"合计", "", "", "", "", "", "", 67.5}, fate: "skipped total"},
	{cells: []any{"填表人：李四"}, fate: "skipped"},
}

// write writes the sheet as a workbook.
func writeMessy(t *testing.T, path string, rows []messyRow) {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(book.SetSheetName("Sheet1", "补助申报"))
	for i, row := range rows {
		for c, value := range row.cells {
			cell, err := excelize.CoordinatesToCellName(c+1, i+1)
			must(err)
			if value != "" {
				must(book.SetCellValue("补助申报", cell, value))
			}
		}
		if row.hidden {
			must(book.SetRowVisible("补助申报", i+1, false))
		}
	}
	for _, area := range [][2]string{{"A1", "J1"}, {"A2", "A3"}, {"B2", "B3"}, {"C2", "C3"}, {"D2", "E2"}, {"F2", "F3"}, {"G2", "G3"}, {"H2", "H3"}, {"I2", "I3"}, {"J2", "J3"}} {
		must(book.MergeCell("补助申报", area[0], area[1]))
	}
	must(book.SaveAs(path))
}

// writeMessyCSV writes the sheet as Chinese Excel writes a CSV.
func writeMessyCSV(t *testing.T, path string, rows []messyRow) {
	t.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	for _, row := range rows {
		cells := make([]string, 10)
		for c, value := range row.cells {
			switch v := value.(type) {
			case time.Time:
				cells[c] = v.Format("2006/1/2")
			case int:
				if cells[c] = fmt.Sprint(v); len(cells[c]) > 15 {
					cells[c] = "9.14507E+16" // what Excel makes of a long code
				}
			default:
				cells[c] = fmt.Sprint(value)
			}
		}
		if err := w.Write(cells); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	text, err := simplifiedchinese.GB18030.NewEncoder().String(b.String())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// importedFile is what import -o json says of a file.
type importedFile struct {
	Rows    []rowJSON `json:"rows"`
	Reports []string  `json:"reports"`
	Unknown []string  `json:"unknown_columns"`
	countsJSON
}

// mustImport imports a file and returns what became of its rows.
func mustImport(t *testing.T, d *daemon, code int, args ...string) importedFile {
	t.Helper()
	got, stdout, stderr := invoke(t, map[string]string{"KAOHE_SERVER": d.url}, append([]string{"import", "-o", "json", "--lang", "zh"}, args...)...)
	var answer struct{ Files []importedFile }
	if err := json.Unmarshal([]byte(stdout), &answer); err != nil || len(answer.Files) != 1 {
		t.Fatalf("import %v: %v; stdout:\n%s\nstderr:\n%s", args, err, stdout, stderr)
	}
	if got != code {
		t.Fatalf("import %v: exit %d, want %d; stdout:\n%s\nstderr:\n%s", args, got, code, stdout, stderr)
	}
	return answer.Files[0]
}

// fate is what became of a row, in a line.
func (r *rowJSON) fate() string {
	s := string(r.Status)
	if r.Reason != "" {
		s += " " + r.Reason
	}
	if r.SameAs > 0 {
		s += fmt.Sprintf(" same as %d", r.SameAs)
	}
	if r.Error != nil {
		s += " " + r.Error.Code
		for _, f := range r.Error.Faults {
			s += " " + f.Title + ": " + f.Message
		}
	}
	return s
}

// TestMessySheet imports a messy workbook and its twin in GB18030, each into a log of its own: what becomes of each row is
// the same. Then it puts the rows right in the reports and imports these: just the rest is recorded.
func TestMessySheet(t *testing.T) {
	var fates [2][]string
	for i, kind := range []string{"xlsx", "csv"} {
		t.Run(kind, func(t *testing.T) {
			dir := t.TempDir()
			d := startDaemon(t, filepath.Join(dir, "data"))
			file := filepath.Join(dir, "补助申报."+kind)
			if kind == "xlsx" {
				writeMessy(t, file, messy)
			} else {
				writeMessyCSV(t, file, messy)
			}
			got := mustImport(t, d, exitRefused, file)
			if len(got.Rows) != len(messy) {
				t.Fatalf("%d rows, want %d", len(got.Rows), len(messy))
			}
			for j := range got.Rows {
				r := &got.Rows[j]
				if want := strings.Fields(strings.NewReplacer("header", "表头", "blank", "空行", "total", "合计").Replace(messy[j].fate)); r.Row != j+1 || !containsAll(r.fate(), want) {
					t.Errorf("row %d (%d): %s, want %s", j+1, r.Row, r.fate(), messy[j].fate)
				}
				if kind == "xlsx" && r.Hidden != messy[j].hidden {
					t.Errorf("row %d: hidden %v, want %v", j+1, r.Hidden, messy[j].hidden)
				}
				fates[i] = append(fates[i], fmt.Sprintf("%d %s", r.Row, r.Status))
			}
			if want := (countsJSON{New: 5, Recorded: 1, Refused: 8}); got.countsJSON != want {
				t.Errorf("counts %+v, want %+v", got.countsJSON, want)
			}
			if diff := cmp.Diff([]string{"经办人"}, got.Unknown); diff != "" {
				t.Errorf("unknown columns (-want +got):\n%s", diff)
			}
			if again := mustImport(t, d, exitRefused, file); again.New != 0 || again.Recorded != 6 || again.Refused != 8 || !cmp.Equal(again.Reports, got.Reports) {
				t.Errorf("the second time: %+v, reports %v, want nothing new and the same report", again.countsJSON, again.Reports)
			}
			putRight(t, d, got.Reports[0])
		})
	}
	if diff := cmp.Diff(fates[0], fates[1]); diff != "" {
		t.Errorf("the workbook (-) and its twin (+) differ:\n%s", diff)
	}
}

// putRight corrects the rows of a report, all but one, and imports it; then the last one in the report of the report.
func putRight(t *testing.T, d *daemon, report string) {
	t.Helper()
	edit(t, report, map[string]string{
		"H7": "3万元", "B9": "S-10", "G13": "专利资助", "A14": "2018-2-28", "F15": "3", "E17": "甲公司；乙公司；丙公司", "C18": "91450703123456781X",
	})
	got := mustImport(t, d, exitRefused, report)
	if want := (countsJSON{New: 7, Recorded: 6, Refused: 1}); got.countsJSON != want {
		t.Errorf("the corrected report: %+v, want %+v", got.countsJSON, want)
	}
	if want := strings.Replace(report, "退回", "退回-2", 1); len(got.Reports) != 1 || got.Reports[0] != want {
		t.Fatalf("the report of the report is %v, want %s", got.Reports, want)
	}
	for i, row := range readRows(t, got.Reports[0]) {
		result := ""
		if len(row) > 10 {
			result = row[10]
		}
		switch {
		case i+1 == 3 && result != "导入结果", i+1 == 10 && !strings.HasPrefix(result, "退回: 补助类别："), i+1 != 3 && i+1 != 10 && result != "":
			t.Errorf("the report of the report says %q in row %d", result, i+1)
		}
	}
	edit(t, got.Reports[0], map[string]string{"G10": "科技成果转化补助"})
	got = mustImport(t, d, exitDone, got.Reports[0])
	if want := (countsJSON{New: 1, Recorded: 13}); got.countsJSON != want || len(got.Reports) != 0 {
		t.Errorf("the second report: %+v, reports %v, want %+v", got.countsJSON, got.Reports, want)
	}
}

// edit puts texts into cells of a workbook or a CSV in GB18030.
func edit(t *testing.T, path string, cells map[string]string) {
	t.Helper()
	if strings.HasSuffix(path, ".csv") {
		rows := readRows(t, path)
		for cell, text := range cells {
			column, row, err := excelize.CellNameToCoordinates(cell)
			if err != nil {
				t.Fatal(err)
			}
			rows[row-1][column-1] = text
		}
		var b strings.Builder
		w := csv.NewWriter(simplifiedchinese.GB18030.NewEncoder().Writer(&b))
		if err := w.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	for cell, text := range cells {
		if err := book.SetCellStr(book.GetSheetName(0), cell, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.Save(); err != nil {
		t.Fatal(err)
	}
}

// readRows reads a workbook or a CSV in GB18030.
func readRows(t *testing.T, path string) [][]string {
	t.Helper()
	if strings.HasSuffix(path, ".csv") {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(simplifiedchinese.GB18030.NewDecoder().Reader(bytes.NewReader(content))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows(book.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func containsAll(s string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(s, part) {
			return false
		}
	}
	return true
}
