package sheets_test

import (
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/kaohe/kaohe/events/sheets"
)

// applied is a workbook of subsidies with one row, all texts, to be changed by a test.
func applied(t *testing.T) *book {
	b := newBook(t, "补助申报")
	b.row(1, "申报日期", "企业编号", "补助类别", "申报金额", "笔数", "备注", "起始日期")
	b.row(2, "2018-03-05", "E1", "rd", "1元")
	return b
}

func TestCellsOfAllKinds(t *testing.T) {
	date := func(code string) func(b *book, cell string) {
		return func(b *book, cell string) { b.format(cell, code) }
	}
	for _, tt := range []struct {
		name, cell string
		value      any
		then       func(b *book, cell string)
		want       string // what differs in the event, or the faults
	}{
		{"a day", "A2", 43164, date("yyyy-mm-dd"), `"time":"2018-03-05"`},
		{"a day of a Chinese format", "A2", 43164, date(`[$-804]yyyy"年"m"月"d"日";@`), `"time":"2018-03-05"`},
		{"a day with a weekday", "A2", 43164, date("[$-F800]dddd, mmmm dd, yyyy"), `"time":"2018-03-05"`},
		{"a day with a time", "A2", 43164.75, date("yyyy/m/d h:mm"), `"time":"2018-03-05"`},
		{"a day that was typed without its year", "A2", 43164, date(`m"月"d"日"`), `"time":"2018-03-05"`},
		{"a month", "A2", 43160, date(`yyyy"年"m"月"`), `! 1 time: "2018-03" is a month and no day; write it as 2018-03-05 or 2018年3月5日`},
		{"a number in the column of the day", "A2", 43164, nil, `"time":"2018-03-05" ~ 1 time: 43164 = 2018-03-05`},
		{"a plain number for a day", "A2", 20180305, nil, `"time":"2018-03-05" ~ 1 time: 20180305 = 2018-03-05`},
		{"a year", "A2", 2018, nil, `! 1 time: "2018" is no date; write it as 2018-03-05 or 2018年3月5日`},
		{"a day before there were facts", "A2", 59, date("yyyy-mm-dd"), `"time":"1900-02-28"`},
		{"a day in a field", "G2", 43101, date("yyyy-mm-dd"), `"period_start":"2018-01-01"`},
		{"a number as an id", "B2", 450703101201, nil, `"enterprise_id":"450703101201"`},
		{"an id cut to 15 digits", "B2", 914507037000000000.0, nil, `! 2 data.enterprise_id: "914507037000000000" was damaged by the spreadsheet, which keeps 15 digits; make the column text and write it again`},
		{"an id as a text", "B2", "914507037000000001", nil, `"enterprise_id":"914507037000000001"`},
		{"a day as a text", "F2", 43164, date("yyyy-mm-dd"), `"note":"2018-03-05" ~ 6 data.note: = 2018-03-05`},
		{"a number as a text", "F2", 1.5, nil, `"note":"1.5"`},
		{"a truth value as a text", "F2", true, nil, `"note":"TRUE"`},
		{"an amount", "D2", 13.1, nil, `"requested_yuan":"13.10" ~ 4 data.requested_yuan: 13.1 = 13.10 元`},
		{"an amount with the noise of binary arithmetic", "D2", 0.1 + 0.2, nil, `"requested_yuan":"0.30" ~ 4 data.requested_yuan: 0.3 = 0.30 元`},
		{"a large amount", "D2", 1.8e12, nil, `"requested_yuan":"1800000000000.00" ~ 4 data.requested_yuan: 1800000000000 = 1 800 000 000 000.00 元`},
		{"an amount as a text", "D2", " １３０，０００.00 ", nil, `"requested_yuan":"130000.00" ~ 4 data.requested_yuan: １３０，０００.00 = 130 000.00 元`},
		{"a day for an amount", "D2", 43164, date("yyyy-mm-dd"), `! 4 data.requested_yuan: a number is wanted here, but the cell is a date or a truth value, 2018-03-05; change its format and write it again`},
		{"a share for an amount", "D2", 0.25, date("0%"), `! 4 data.requested_yuan: "25%" is no amount; write it as 1800万元 or 18000000.00`},
		{"a truth value for a number", "E2", true, nil, `! 5 data.count: a number is wanted here, but the cell is a date or a truth value, TRUE; change its format and write it again`},
		{"a count", "E2", 2, nil, `"count":2`},
		{"rich text", "F2", nil, func(b *book, cell string) {
			b.must(b.SetCellRichText(b.sheet, cell, []excelize.RichTextRun{{Text: "水"}, {Text: "稻", Font: &excelize.Font{Bold: true}}}))
		}, `"note":"水稻"`},
		{"a text with line ends", "F2", "水\r\n稻", nil, `"note":"水\n稻"`},
		{"an escape of what XML cannot hold", "F2", "水_x000D_\n稻", nil, `"note":"水\n稻"`},
		{"a formula that was never computed", "D2", nil, func(b *book, cell string) { b.must(b.SetCellFormula(b.sheet, cell, "1+1")) },
			`! 4 data.requested_yuan: the formula has no result; open the workbook in Excel or WPS and save it`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := applied(t)
			b.must(b.SetCellValue(b.sheet, tt.cell, tt.value))
			if tt.then != nil {
				tt.then(b, tt.cell)
			}
			got := b.read(sheets.Options{})[1:]
			want, note, _ := strings.Cut(tt.want, " ~ ")
			if strings.HasPrefix(tt.want, "!") {
				want, note = tt.want, ""
			}
			if !strings.Contains(got[0], want) || note != "" && !strings.Contains(strings.Join(got, "\n"), "~ "+note) {
				t.Errorf("the row is\n%s\nwant %s", strings.Join(got, "\n"), tt.want)
			}
		})
	}
}

func TestWorkbooksOfOldMacs(t *testing.T) {
	b := applied(t)
	yes := true
	b.must(b.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}))
	b.row(2, 41702)
	b.format("A2", "yyyy-mm-dd")
	b.row(3, 41702, "E2", "rd", "1元")
	for i, s := range facts(b.read(sheets.Options{})) {
		if !strings.Contains(s, `"time":"2018-03-05"`) {
			t.Errorf("row %d is %s, want 5 March", i, s)
		}
	}
	b.row(2, "41702", "E1", "rd", "1元")
	const want = `! 1 time: "41702" is a text, and nobody can tell whether it counts days from 1900 or from 1904; write it as 2018-03-05`
	if got := b.read(sheets.Options{})[1]; !strings.Contains(got, want) {
		t.Errorf("a number as a text is %s, want %s", got, want)
	}
}

func TestMergedCellsBelowTheHeader(t *testing.T) {
	b := applied(t)
	b.row(2, "2018-03-05", "E1", "rd", "1元", nil, "甲")
	b.row(3, nil, "E2", nil, "2元", nil, "乙")
	b.row(4, "2018-03-06", "E3", "rd", "9元", nil, "丙")
	b.row(5, "2018-03-06", "E4", "rd", nil, nil, "丁")
	for _, m := range [][2]string{{"A2", "A3"}, {"C2", "C3"}, {"D4", "D5"}, {"F4", "G4"}} {
		b.must(b.MergeCell(b.sheet, m[0], m[1]))
	}
	want := `rows 4 to 5 are merged here, and "Requested, yuan" would count for each of them; unmerge them and fill in each row, or make them one row`
	diff(t, b.read(sheets.Options{}),
		`补助申报!1 - header`,
		`补助申报!2 {"specversion":"1.0","type":"SubsidyApplied","time":"2018-03-05","data":{"enterprise_id":"E1","kind":"rd","note":"甲","requested_yuan":"1.00"}}`,
		`补助申报!2 ~ 4 data.requested_yuan: 1元 = 1.00 元`,
		`补助申报!3 {"specversion":"1.0","type":"SubsidyApplied","time":"2018-03-05","data":{"enterprise_id":"E2","kind":"rd","note":"乙","requested_yuan":"2.00"}}`,
		`补助申报!3 ~ 1 time: merged cells, as in row 2`,
		`补助申报!3 ~ 3 data.kind: merged cells, as in row 2`,
		`补助申报!3 ~ 4 data.requested_yuan: 2元 = 2.00 元`,
		`补助申报!4 ! 4 data.requested_yuan: `+want,
		`补助申报!5 ! 4 data.requested_yuan: `+want,
	)
}

func TestWhatIsHidden(t *testing.T) {
	b := applied(t)
	b.row(3, "2018-03-06", "E2", "rd", "1元")
	b.must(b.SetRowVisible(b.sheet, 3, false))
	b.must(b.SetColVisible(b.sheet, "D", false))
	_, err := b.NewSheet("补助申报旧")
	b.must(err)
	b.must(b.SetSheetVisible("补助申报旧", false))
	b.must(b.SetCellValue("补助申报旧", "A1", "申报日期"))
	f, err := sheets.OpenReader("x.xlsx", strings.NewReader(string(b.bytes())), sheets.Options{Catalogue: plan()})
	if err != nil {
		t.Fatal(err)
	}
	got := outcomes(f)
	if len(got) != 6 || !strings.HasPrefix(got[3], `补助申报!3 (hidden) {"specversion"`) || got[5] != `补助申报旧!0 - hidden sheet, not imported` {
		t.Errorf("rows are\n%s", strings.Join(got, "\n"))
	}
	for _, c := range f.Layouts()[0].Columns {
		if c.Hidden != (c.Column == 4) {
			t.Errorf("column %d is hidden: %v", c.Column, c.Hidden)
		}
	}
	if got := b.read(sheets.Options{Sheet: "补助申报旧", Type: "SubsidyApplied"}); !strings.HasPrefix(got[0], "补助申报旧!") {
		t.Errorf("the hidden sheet that was asked for is not read:\n%s", strings.Join(got, "\n"))
	}
}

func TestRowsThatAreNotThere(t *testing.T) {
	b := applied(t)
	b.row(5, "2018-03-06", "E2", "rd", "1元")
	b.row(2000, "2018-03-07", "E3", "rd", "1元")
	b.row(2010, "", " ", "—") // formatted, and blank to the end
	got := b.read(sheets.Options{})
	diff(t, got[3:5], "补助申报!3 - blank row", "补助申报!4 - blank row")
	if n := len(got); n != 9 || !strings.HasPrefix(got[7], `补助申报!2000 {`) {
		t.Errorf("%d rows, want 9:\n%s", n, strings.Join(got, "\n"))
	}
}

func TestSheetsOfAWorkbook(t *testing.T) {
	b := applied(t)
	for _, name := range []string{"科技培训", "说明", "杂项", "空"} {
		_, err := b.NewSheet(name)
		b.must(err)
	}
	b.must(b.SetCellValue("科技培训", "A1", "培训日期"))
	b.must(b.SetCellValue("科技培训", "B1", "培训人次"))
	b.must(b.SetCellValue("说明", "A1", "怎样填写"))
	b.must(b.SetDefinedName(&excelize.DefinedName{Name: sheets.MarkerName, RefersTo: `"` + sheets.MarkerNone + `"`, Scope: "说明"}))
	b.must(b.SetCellValue("杂项", "A1", "走访日期"))
	b.must(b.SetCellValue("杂项", "B1", "走访内容"))
	b.must(b.SetDefinedName(&excelize.DefinedName{Name: sheets.MarkerName, RefersTo: `"EnterpriseVisited"`, Scope: "杂项"}))
	got := b.read(sheets.Options{})
	diff(t, append(got[:1:1], got[3:]...), "补助申报!1 - header", "科技培训!1 - header", "杂项!1 - header", "空!0 - the sheet is empty")
	diff(t, b.read(sheets.Options{Sheet: "杂 项"}), "杂项!1 - header")
	diff(t, b.read(sheets.Options{Sheet: "x"}), `error there is no sheet "x", but 补助申报, 科技培训, 说明, 杂项, 空`)
	diff(t, b.read(sheets.Options{Sheet: "说明"}),
		"说明!0 ! 0 : which type of event this records is not clear: no line of the first 30 names two columns that the plan knows; kaohe template writes sheets with the right titles, "+
			"and where titles are others see kaohe help mapping; if it holds no facts hide the sheet, or read another one alone by --sheet")
}
