package sheets_test

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/kaohe/kaohe/events/sheets"
)

// zipped makes a zip file of parts, given by name and content.
func zipped(tb testing.TB, parts ...string) string {
	tb.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err == nil {
			_, err = w.Write([]byte(parts[i+1]))
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

const (
	relsXML = `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="x/sharedStrings" Target="/xl/sharedStrings.xml"/><Relationship Id="r3" Type="x/styles" Target="styles.xml"/></Relationships>`
	bookXML = `<x:workbook xmlns:x="a" xmlns:r="b"><x:sheets><x:sheet name="科技培训" sheetId="1" r:id="r1"/></x:sheets></x:workbook>`
)

// handMade is a workbook with one sheet.
func handMade(tb testing.TB, sheet string, more ...string) string {
	return zipped(tb, append([]string{"xl/workbook.xml", bookXML, "xl/_rels/workbook.xml.rels", relsXML, "xl/worksheets/sheet1.xml", sheet}, more...)...)
}

const headXML = `<row><c t="inlineStr"><is><t>培训日期</t></is></c><c t="inlineStr"><is><t>培训人次</t></is></c></row>`

func TestWorkbooksThatOtherProgramsWrite(t *testing.T) {
	want := `{"specversion":"1.0","type":"EnvoyTrainingHeld","time":"2018-02-05","data":{"attendees":30}}`
	strs := `<sst><si><t>2018-02-05</t></si><si><r><t>3</t></r><r><t>0</t></r><rPh><t>x</t></rPh></si></sst>`
	for _, tt := range []struct {
		name, rows, strings, styles string
	}{
		{"without the names of cells and rows", headXML + `<row><c t="inlineStr"><is><t>2018-02-05</t></is></c><c><v>30</v></c></row>`, "", ""},
		{"with shared texts and a phonetic guide", headXML + `<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v> 1 </v></c></row>`, strs, ""},
		{"with a day of its own kind", headXML + `<row><c t="d"><v>2018-02-05T00:00:00</v></c><c t="str"><f>A1</f><v>30</v></c></row>`, "", ""},
		{"with an exponent", headXML + `<row><c s="1"><v>4.3136E4</v></c><c><v>3.0000000000000001E+1</v></c></row>`, "",
			`<styleSheet><numFmts><numFmt numFmtId="200" formatCode="yyyy\-mm\-dd;@"/></numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="200"/></cellXfs></styleSheet>`},
		{"with a built-in format", headXML + `<row><c s="1"><v>43136</v></c><c><v>30</v></c></row>`, "", `<styleSheet><cellXfs><xf/><xf numFmtId="31"/></cellXfs></styleSheet>`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := readText(t, "x.xlsx", handMade(t, `<x:worksheet xmlns:x="a"><sheetData>`+tt.rows+`</sheetData></x:worksheet>`,
				"xl/sharedStrings.xml", "<a>"+tt.strings+"</a>", "xl/styles.xml", "<a>"+tt.styles+"</a>"), sheets.Options{})
			diff(t, facts(got), want)
		})
	}
}

func TestCellsThatAreDamaged(t *testing.T) {
	for _, tt := range []struct{ name, cell, want string }{
		{"an error", `<c r="B2" t="e"><v>#REF!</v></c>`, "the cell holds the error #REF!"},
		{"an error of a formula", `<c r="B2" t="e"><f>A1/0</f><v>#DIV/0!</v></c>`, "the cell holds the error #DIV/0!"},
		{"a formula without a result", `<c r="B2"><f>1+1</f></c>`, "the formula has no result; open the workbook in Excel or WPS and save it"},
		{"a text that is not there", `<c r="B2" t="s"><v>7</v></c>`, "the text of the cell is damaged"},
		{"a number that is none", `<c r="B2"><v>1e400</v></c>`, `"1e400" is no whole number; write digits only, such as 246`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := readText(t, "x.xlsx", handMade(t, `<worksheet><sheetData>`+headXML+`<row r="2"><c r="A2" t="inlineStr"><is><t>2018-02-05</t></is></c>`+tt.cell+`</row></sheetData></worksheet>`), sheets.Options{})
			diff(t, got[1:], "科技培训!2 ! 2 data.attendees: "+tt.want)
		})
	}
	got := readText(t, "x.xlsx", handMade(t, `<worksheet><sheetData>`+headXML+`<row r="2"><c r="A2"><v>1</v></c><c r="XFD2"><v>1</v></c></row></sheetData></worksheet>`), sheets.Options{})
	diff(t, got[1:], "科技培训!2 ! 0 : there is something beyond column 1024")
}

func TestFilesThatAreNoWorkbooksSayWhatToDo(t *testing.T) {
	save := "; open it in Excel, WPS or LibreOffice, save it as .xlsx and import that"
	ole := "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 70_000)
	whole := handMade(t, `<worksheet><sheetData>`+headXML+`</sheetData></worksheet>`)
	for _, tt := range []struct{ name, text, want string }{
		{"an old workbook", ole + "W\x00o\x00r\x00k\x00b\x00o\x00o\x00k\x00", "error this is a file of the old .xls format" + save},
		{"an encrypted workbook", ole + "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00", "error the workbook is encrypted; save it without its password and import that"},
		{"a web page", "\ufeff <!DOCTYPE html><table>", "error this is a web page or an XML file, not a spreadsheet" + save},
		{"XML of 2003", `<?xml version="1.0"?><Workbook>`, "error this is a web page or an XML file, not a spreadsheet" + save},
		{"OpenDocument", zipped(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet"), "error this spreadsheet is in another format than .xlsx" + save},
		{"a binary workbook", zipped(t, "xl/workbook.bin", ""), "error this spreadsheet is in another format than .xlsx" + save},
		{"another zip file", zipped(t, "a.txt", ""), "error the workbook is damaged or no .xlsx file (a part of the workbook is missing)" + save},
		{"half of a workbook", whole[:len(whole)/2], "error the workbook is damaged or no .xlsx file (zip: not a valid zip file)" + save},
		{"a list of sheets that is no XML", zipped(t, "xl/workbook.xml", "<a"), "error the workbook is damaged or no .xlsx file (XML syntax error on line 1: unexpected EOF)" + save},
		{"a sheet that breaks off", handMade(t, `<worksheet><sheetData>`+headXML+`<row><c>`), `error sheet "科技培训": the workbook is damaged or no .xlsx file (unexpected EOF)` + save},
		{"rows out of order", handMade(t, `<worksheet><sheetData><row r="2"/><row r="1"/></sheetData></worksheet>`), `error sheet "科技培训": the workbook is damaged or no .xlsx file (row "1" follows row 2)` + save},
		{"a cell that has no place", handMade(t, `<worksheet><sheetData><row r="2"><c r="22"/></row></sheetData></worksheet>`), `error sheet "科技培训": the workbook is damaged or no .xlsx file (row 2 has a cell "22")` + save},
		{"one piece of XML without end", handMade(t, `<worksheet><sheetData><row><c><v>`+strings.Repeat("1", 2<<20)), `error sheet "科技培训": it is too large once it is unpacked; divide the records among several files`},
		{"an entity that stands for more", handMade(t, `<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet><sheetData><row><c><v>&a;</v></c></row></sheetData></worksheet>`),
			`error sheet "科技培训": the workbook is damaged or no .xlsx file (XML syntax error on line 1: invalid character entity &a;)` + save},
	} {
		t.Run(tt.name, func(t *testing.T) {
			diff(t, readText(t, "x.xlsx", tt.text, sheets.Options{}), tt.want)
		})
	}
}

func TestAPipedWorkbookIsBounded(t *testing.T) {
	diff(t, readText(t, "-", "PK\x03\x04"+strings.Repeat("x", 64<<20), sheets.Options{}), "error a workbook of more than 64 MiB cannot be read from a pipe; name the file instead")
}

// A worksheet that says of each of its rows that its last cell is in the last column takes gigabytes as a grid.
func TestWideRowsTakeNoMemory(t *testing.T) {
	var rows strings.Builder
	for range 20_000 {
		rows.WriteString(`<row><c r="XFD1"/></row>`)
	}
	text := handMade(t, `<worksheet><sheetData>`+headXML+rows.String()+`<row><c t="inlineStr"><is><t>2018-02-05</t></is></c><c><v>30</v></c></row></sheetData></worksheet>`)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got := readText(t, "x.xlsx", text, sheets.Options{})
	runtime.ReadMemStats(&after)
	if len(facts(got)) != 1 {
		t.Errorf("%d events, want 1:\n%s", len(facts(got)), strings.Join(got[:min(len(got), 5)], "\n"))
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 100<<20 {
		t.Errorf("%d MB for a file of %d KB", used>>20, len(text)>>10)
	}
}

func TestAFileIsReadFromItsPlace(t *testing.T) {
	b := applied(t)
	path := filepath.Join(t.TempDir(), "补助.xlsx")
	b.must(b.SaveAs(path))
	f, err := sheets.Open(path, sheets.Options{Catalogue: plan()})
	if err != nil {
		t.Fatal(err)
	}
	if got := facts(outcomes(f)); len(got) != 1 || f.Kind() != sheets.XLSX || f.Size() <= 0 || f.Offset() != f.Size() {
		t.Errorf("a %s file of %d events, %d of %d bytes read, want 1 and all", f.Kind(), len(got), f.Offset(), f.Size())
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	csv := filepath.Join(t.TempDir(), "科技培训.csv")
	if err := os.WriteFile(csv, []byte(trainingHead+"2018-02-05,30,x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if f, err = sheets.Open(csv, sheets.Options{Catalogue: plan()}); err != nil {
		t.Fatal(err)
	}
	if got := facts(outcomes(f)); len(got) != 1 || f.Offset() != f.Size() || f.Size() != 54+1 {
		t.Errorf("%d events, %d of %d bytes read, want 1 and all", len(got), f.Offset(), f.Size())
	}
	f.Close()
	if _, err := sheets.Open(filepath.Join(t.TempDir(), "x"), sheets.Options{Catalogue: plan()}); err == nil {
		t.Error("a file that is not there was opened")
	}
}

func FuzzCSV(f *testing.F) {
	f.Add("培训日期,培训人次,培训内容\n2018-02-05,30,\"a\n\"\n")
	f.Add("sep=;\ntime;attendees\n2018-3-5;3\n")
	f.Add("\xff\xfea\x00")
	f.Fuzz(func(t *testing.T, text string) {
		readText(t, "科技培训.csv", text, sheets.Options{})
		readText(t, "x.csv", text, sheets.Options{})
	})
}

func FuzzSheet(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>培训人次</t></is></c></row><row r="2"><c><v>43164</v></c></row>`, `<mergeCells><mergeCell ref="A1:B2"/></mergeCells>`)
	f.Fuzz(func(t *testing.T, rows, after string) {
		readText(t, "x.xlsx", handMade(t, `<worksheet><sheetData>`+rows+`</sheetData>`+after+`</worksheet>`, "xl/sharedStrings.xml", `<sst><si><t>培训日期</t></si></sst>`,
			"xl/styles.xml", `<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>`), sheets.Options{})
	})
}

func FuzzWorkbook(f *testing.F) {
	b := excelize.NewFile()
	defer b.Close()
	b.SetSheetRow("Sheet1", "A1", &[]any{"培训日期", "培训人次"})
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		f.Fatal(err)
	}
	f.Add(out.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		readText(t, "x.xlsx", string(data), sheets.Options{Type: "EnvoyTrainingHeld"})
	})
}
