package sheets

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
)

// TemplateOptions say what is to be filled in.
type TemplateOptions struct {
	Catalogue *forms.Catalogue
	Types     []string    // names of types of event; each gets a sheet
	Lang      events.Lang // of titles and comments; the reader understands both
}

// WriteTemplate writes a workbook to fill in. Each type has a sheet: titles with comments that say what belongs into a
// column, lists to choose from, checks that warn of slips, and an example row that is no fact. A sheet of instructions
// says the rest, in both languages.
//
// Checks only warn where a cell may be written in more ways than a spreadsheet can check: 13万元 is an amount.
func WriteTemplate(w io.Writer, o TemplateOptions) error {
	t := &template{TemplateOptions: o, file: excelize.NewFile()}
	defer t.file.Close()
	t.styles = newStyles(t)
	for _, name := range o.Types {
		typ := o.Catalogue.Type(name)
		if typ == nil {
			return fmt.Errorf("the catalogue has no type of event %q", name)
		}
		t.factSheet(typ)
	}
	t.instructions()
	t.choiceSheet()
	t.must(t.file.DeleteSheet(excelizeSheet))
	t.file.SetActiveSheet(0)
	t.must(t.file.SetDocProps(&excelize.DocProperties{Title: t.title(), Creator: "kaohe", Language: map[events.Lang]string{events.Chinese: "zh-CN", events.English: "en"}[o.Lang]}))
	if t.err != nil {
		return fmt.Errorf("make the template: %w", t.err)
	}
	return t.file.Write(w)
}

// excelizeSheet is the sheet that a new workbook has, because it cannot have none.
const excelizeSheet = "Sheet1"

// template is a workbook that is being made.
type template struct {
	TemplateOptions
	file    *excelize.File
	styles  styles
	sheets  []string     // names of the sheets of facts
	titles  []string     // and of their types
	choices []choiceList // that are too long to stand in a cell's check
	err     error        // the first one
}

// must keeps the first error: one look at the end is enough, as nothing is written before it.
func (t *template) must(err error) {
	if t.err == nil {
		t.err = err
	}
}

func (t *template) say(zh, en string) string { return events.Text{ZH: zh, EN: en}.In(t.Lang) }

// title is what the document is called: after its only type, or after the plan.
func (t *template) title() string {
	if len(t.titles) == 1 {
		return t.titles[0]
	}
	return t.Catalogue.Plan.In(t.Lang)
}

// newSheet adds a sheet with a marker that says what it is about. No other sheet may have its name, in whatever case.
func (t *template) newSheet(title, marker string) string {
	name := sheetName(title, t.file.GetSheetList())
	_, err := t.file.NewSheet(name)
	t.must(err)
	t.must(t.file.SetDefinedName(&excelize.DefinedName{Name: MarkerName, RefersTo: `"` + marker + `"`, Scope: name}))
	return name
}

// landscape sets a sheet up for printing: as wide as the paper, with the titles on each page.
func (t *template) landscape(sheet string) {
	t.must(t.file.SetPageLayout(sheet, &excelize.PageLayoutOptions{
		Size: new(9), Orientation: new("landscape"), FitToWidth: new(1), FitToHeight: new(0), // A4, as many pages as it takes
	}))
	t.must(t.file.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: new(true)}))
	t.must(t.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: quoted(sheet) + "!$1:$1", Scope: sheet}))
}
