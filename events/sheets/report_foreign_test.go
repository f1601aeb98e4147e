package sheets_test

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/sheets"
)

// repack writes a workbook anew, with other content in some of its parts; parts that it does not have are added.
func repack(t *testing.T, path string, parts map[string]func(old string) string) {
	t.Helper()
	in, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var b bytes.Buffer
	out, left := zip.NewWriter(&b), map[string]bool{}
	write := func(name, text string) {
		w, err := out.Create(name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for name := range parts {
		left[name] = true
	}
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		text := string(content)
		if change := parts[f.Name]; change != nil {
			text = change(text)
			delete(left, f.Name)
		}
		write(f.Name, text)
	}
	for name := range left {
		write(name, parts[name](""))
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func replaced(pattern, by string) func(string) string {
	return func(s string) string { return regexp.MustCompile(pattern).ReplaceAllString(s, by) }
}

// TestReportOfWorkbooksOfOtherPrograms marks workbooks that the library cannot add comments to: the column of results says
// what is wrong all the same, and what people have said in comments stays.
func TestReportOfWorkbooksOfOtherPrograms(t *testing.T) {
	for name, parts := range map[string]map[string]func(string) string{
		"shapes have names of their own, as in LibreOffice": {"xl/drawings/vmlDrawing1.vml": replaced(`_x0000_s\d+`, "shape_0")},
		"fonts have no names":                               {"xl/styles.xml": replaced(`<name [^>]*></name>`, "")},
		"a page has a picture in its head":                  {"xl/drawings/vmlDrawing2.vml": func(string) string { return `<xml xmlns:v="urn:schemas-microsoft-com:vml"></xml>` }},
		"people answer each other in comments":              {"xl/threadedComments/threadedComment1.xml": func(string) string { return "<ThreadedComments/>" }},
	} {
		t.Run(name, func(t *testing.T) {
			path := trainings(t)
			repack(t, path, parts)
			_, book := report(t, path,
				sheets.Remark{Sheet: "Sheet1", Number: 3, Text: "no number", Cells: []sheets.CellRemark{{Column: 2, Text: "no number"}}})
			if value, color, _ := look(t, book, "GS3"); value != "refused: no number" || color != lightRed {
				t.Errorf("the result is %q in %q", value, color)
			}
			if _, color, _ := look(t, book, "B3"); color != strongRed {
				t.Errorf("the wrong cell is %q, want %s", color, strongRed)
			}
			if diff := cmp.Diff(map[string]string{"B3": "待核"}, commentsOf(t, book)); diff != "" {
				t.Errorf("comments (-want +got):\n%s", diff)
			}
		})
	}
}

// TestReportOfABrokenWorkbook holds that what the library stumbles over is an error and no end of the program.
func TestReportOfABrokenWorkbook(t *testing.T) {
	path := trainings(t)
	f, err := sheets.Open(path, sheets.Options{Catalogue: plan(), Type: "EnvoyTrainingHeld"})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	outcomes(f)
	broken := func(yield func(sheets.Remark) bool) { panic(excelize.ErrSheetNotExist{SheetName: "x"}) }
	if err := sheets.ReportXLSX(io.Discard, path, f.Layouts(), broken, events.English); err == nil || !strings.Contains(err.Error(), "copy the workbook") {
		t.Errorf("ReportXLSX() = %v, want that the workbook cannot be copied", err)
	}
}
