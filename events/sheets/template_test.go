package sheets_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/sheets"
)

// mustTemplate writes a template and opens it again.
func mustTemplate(tb testing.TB, lang events.Lang, types ...string) (*excelize.File, []byte) {
	tb.Helper()
	var b bytes.Buffer
	if err := sheets.WriteTemplate(&b, sheets.TemplateOptions{Catalogue: plan(), Types: types, Lang: lang}); err != nil {
		tb.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { book.Close() })
	return book, b.Bytes()
}

// allTypes are the names of all types of the plan.
func allTypes() (names []string) {
	for _, t := range plan().Types {
		names = append(names, t.Name)
	}
	return names
}

func TestTemplateIsReadAsSheetsWithoutFacts(t *testing.T) {
	for _, lang := range []events.Lang{events.Chinese, events.English} {
		_, content := mustTemplate(t, lang, allTypes()...)
		f, err := sheets.OpenReader("template.xlsx", bytes.NewReader(content), sheets.Options{Catalogue: plan()})
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range outcomes(f) {
			if !strings.HasSuffix(line, " - header") && !strings.HasSuffix(line, " - example row") {
				t.Errorf("%s: %s", lang, line)
			}
		}
		read := map[string]int{}
		for _, layout := range f.Layouts() {
			read[layout.Type] = len(layout.Columns)
			if len(layout.Unknown) > 0 || len(layout.Missing) > 0 {
				t.Errorf("%s: the titles of %s are not understood: unknown %v, missing %v", lang, layout.Type, layout.Unknown, layout.Missing)
			}
		}
		for _, typ := range plan().Types {
			if want := len(sheets.Columns(&typ)); read[typ.Name] != want {
				t.Errorf("%s: %d columns of %s are understood, want %d", lang, read[typ.Name], typ.Name, want)
			}
		}
		f.Close()
	}
}

func TestTemplateTellsWhatToFillIn(t *testing.T) {
	book, _ := mustTemplate(t, events.Chinese, "SubsidyApplied")
	sheet := "补助申报"
	title := func(cell string) string {
		s, err := book.GetCellValue(sheet, cell)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for cell, want := range map[string]string{"A1": "申报日期 *", "B1": "补助编号", "E1": "申报单位名称", "G1": "补助类别 *", "H1": "申报金额(元) *", "F1": "笔数"} {
		if got := title(cell); got != want {
			t.Errorf("%s is %q, want %q", cell, got, want)
		}
	}
	if got := title("A2"); !strings.HasPrefix(got, sheets.ExampleMark.ZH) {
		t.Errorf("the example row begins with %q, want the mark %q", got, sheets.ExampleMark.ZH)
	}
	comments, err := book.GetComments(sheet)
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for _, c := range comments {
		for _, run := range c.Paragraph {
			said[c.Cell] += run.Text
		}
	}
	for cell, want := range map[string][]string{
		"A1": {"必填", "不晚于今天"}, "B1": {"选填", "不超过 64 字", "如 450703-2018-001"}, "E1": {"用 ； 隔开"}, "F1": {"1 到 1000000", "不详"},
		"G1": {"必填", "科技成果转化补助", "平台载体补助"}, "H1": {"单位元", "13万元"},
	} {
		for _, part := range want {
			if !strings.Contains(said[cell], part) {
				t.Errorf("the comment of %s is %q, want %q in it", cell, said[cell], part)
			}
		}
	}
	if len(comments) != len(sheets.Columns(plan().Type("SubsidyApplied"))) {
		t.Errorf("%d comments, want one on each column", len(comments))
	}
}

func TestTemplateChecksWhatIsTyped(t *testing.T) {
	book, _ := mustTemplate(t, events.English, "SubsidyApplied", "TargetSet")
	checks := map[string]string{}
	for _, sheet := range book.GetSheetList() {
		list, err := book.GetDataValidations(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range list {
			checks[sheet+"!"+v.Sqref] = strings.Join([]string{v.Type, v.Operator, v.Formula1, v.Formula2, *v.ErrorStyle}, " ")
		}
	}
	for where, want := range map[string]string{
		"Subsidy applied for!A2:A1048576": "date between 32874 TODAY() warning",
		"Subsidy applied for!B2:B1048576": "textLength between 0 64 stop",
		"Subsidy applied for!F2:F1048576": "whole between 1 1000000 warning",
		"Subsidy applied for!G2:G1048576": `list  "conversion,first high-tech certificate,high-tech re-recognition,patent,R&D,platform"  stop`,
		"Subsidy applied for!H2:H1048576": "decimal greaterThanOrEqual 0  warning",
		"Subsidy applied for!J2:J1048576": "date greaterThanOrEqual 32874  warning",
	} {
		if checks[where] != want {
			t.Errorf("the check of %s is %q, want %q", where, checks[where], want)
		}
	}
}

// TestTemplateKeepsWithinTheLimitsOfExcel: beyond them Excel takes a workbook to be damaged and offers to repair it.
func TestTemplateKeepsWithinTheLimitsOfExcel(t *testing.T) {
	units := func(s string) int { return len(utf16.Encode([]rune(s))) }
	for _, lang := range []events.Lang{events.Chinese, events.English} {
		book, _ := mustTemplate(t, lang, allTypes()...)
		for _, sheet := range book.GetSheetList() {
			if units(sheet) > 31 || strings.ContainsAny(sheet, `:\/?*[]`) {
				t.Errorf("no sheet may be called %q", sheet)
			}
			list, err := book.GetDataValidations(sheet)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range list {
				if units(*v.Error) > 255 || units(*v.ErrorTitle) > 32 || units(v.Formula1) > 257 {
					t.Errorf("%s %s: a text is too long: %q, %q, %q", sheet, v.Sqref, *v.ErrorTitle, *v.Error, v.Formula1)
				}
			}
		}
	}
}

func TestTemplateKeepsCodesAsTextAndFreezesTitles(t *testing.T) {
	book, _ := mustTemplate(t, events.Chinese, "SubsidyApplied")
	for cell, want := range map[string]string{"C3": "@", "A3": "yyyy-mm-dd", "H3": "#,##0.00", "F3": "0"} {
		id, err := book.GetCellStyle("补助申报", cell)
		if err != nil {
			t.Fatal(err)
		}
		style, err := book.GetStyle(id)
		if err != nil {
			t.Fatal(err)
		}
		got := map[int]string{49: "@", 1: "0", 4: "#,##0.00"}[style.NumFmt]
		if style.CustomNumFmt != nil {
			got = *style.CustomNumFmt
		}
		if got != want {
			t.Errorf("the format of %s is %q, want %q", cell, got, want)
		}
	}
	panes, err := book.GetPanes("补助申报")
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("panes are %+v, %v, want the first row frozen", panes, err)
	}
	layout, err := book.GetPageLayout("补助申报")
	if err != nil || *layout.Orientation != "landscape" {
		t.Errorf("the page is laid out as %+v, %v, want landscape", layout, err)
	}
}

// TestTemplateListsTooLongForACheck puts choices that do not fit into a check on a hidden sheet.
func TestTemplateListsTooLongForACheck(t *testing.T) {
	known := *plan()
	known.Types = slices.Clone(known.Types)
	typ := *plan().Type("SubsidyApplied")
	typ.Fields = slices.Clone(typ.Fields)
	for i := range typ.Fields {
		if f := &typ.Fields[i]; f.Name == "kind" {
			f.Enum, f.EnumTitles = nil, map[string]events.Text{}
			for _, c := range "甲乙丙丁戊己庚辛" {
				value := strings.Repeat(string(c), 40)
				f.Enum = append(f.Enum, value)
			}
		}
	}
	known.Types = append(known.Types[:0:0], typ)
	var b bytes.Buffer
	if err := sheets.WriteTemplate(&b, sheets.TemplateOptions{Catalogue: &known, Types: []string{typ.Name}, Lang: events.Chinese}); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	visible, err := book.GetSheetVisible("选项")
	if err != nil || visible {
		t.Errorf("the sheet of choices: visible %v, %v, want a hidden one", visible, err)
	}
	list, err := book.GetDataValidations("补助申报")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(list, func(v *excelize.DataValidation) bool { return v.Formula1 == "'选项'!$A$1:$A$8" }) {
		t.Error("no check refers to the sheet of choices")
	}
}

func TestTemplateIsTheSameEachTime(t *testing.T) {
	_, one := mustTemplate(t, events.Chinese, "PatentGranted")
	_, other := mustTemplate(t, events.Chinese, "PatentGranted")
	if !bytes.Equal(one, other) {
		t.Error("two templates of a type differ")
	}
}

func TestTemplateOfUnknownType(t *testing.T) {
	err := sheets.WriteTemplate(&bytes.Buffer{}, sheets.TemplateOptions{Catalogue: plan(), Types: []string{"Nope"}, Lang: events.English})
	if err == nil || !cmp.Equal(err.Error(), `the catalogue has no type of event "Nope"`) {
		t.Errorf("error %v", err)
	}
}
