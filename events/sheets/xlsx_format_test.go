package sheets_test

import (
	"strings"
	"testing"

	"github.com/kaohe/kaohe/events/sheets"
)

// TestNumbersAreTakenAsTheyAreShown puts a number with a format into a column of amounts. What a person sees in the cell is
// what gets in, or nothing does.
func TestNumbersAreTakenAsTheyAreShown(t *testing.T) {
	const amount, tenThousand = "申报金额", "申报金额(万元)"
	differs := func(held string) string {
		return "! the cell holds " + held + ", and its format shows another number; set the format to General and write the number as it is"
	}
	for _, tt := range []struct {
		name, title string
		value       any
		format      string
		want        string
	}{
		{"as it is", amount, 130000, "General", "130000.00"},
		{"with thousands", amount, 130000, "#,##0.00_ ;[Red]-#,##0.00", "130000.00"},
		{"with thousands in groups of accounting", amount, 130000, `_ "¥"* #,##0.00_ ;_ "¥"* -#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ `, "130000.00"},
		{"with a currency", amount, 130000, `[$¥-804]#,##0.00;[$¥-804]\-#,##0.00`, "130000.00"},
		{"with the word for yuan", amount, 130000, `#,##0.00"元"`, "130000.00"},
		{"as the word of a locale", amount, 130000, `#,##0.00 [$元-804]`, "130000.00"},
		{"with an exponent", amount, 130000, "0.00E+00", "130000.00"},
		{"as a fraction", amount, 0.5, "# ?/?", "0.50"},
		{"in ten thousands by its format", amount, 13, `0.00"万元"`, "130000.00"},
		{"in ten thousands by its format, in words of no quotes", amount, 13, `0.00万元`, "130000.00"},
		{"in ten thousands by its format, behind the general one", amount, 13, `General"万"`, "130000.00"},
		{"in hundred millions by its format", amount, 1.3, `0.0000"亿元"`, "130000000.00"},
		{"shown in ten thousands, with the word", amount, 130000, `0!.0,"万元"`, "130000.00"},
		{"shown in ten thousands with four places", amount, 130000, `0\.0000"万"`, "130000.00"},
		{"shown in hundred millions, with the word", amount, 130000000, `0"."00,,"亿"`, "130000000.00"},
		{"shown in ten thousands, and nobody says so", amount, 130000, `0!.0,`, differs("130000")},
		{"shown in thousands", amount, 130000, `#,##0,`, differs("130000")},
		{"shown in millions, before the point", amount, 130000, `#,##0,,.00`, differs("130000")},
		{"shown in ten thousands below a wrong word", amount, 130000, `0!.0,"亿元"`, differs("130000")},
		{"with words of amounts that nobody understands", amount, 13, `0.00"万（估）"`, differs("13")},

		{"in the unit of the column", tenThousand, 13, "0.00", "130000.00"},
		{"in the unit of the column, said again", tenThousand, 13, `0.00"万元"`, "130000.00"},
		{"shown in the unit of the column", tenThousand, 130000, `0!.0,`, "130000.00"},
		{"in yuan by its format", tenThousand, 130000, `#,##0"元"`, "130000.00"},
		{"shown in thousands below ten thousands", tenThousand, 130000, `#,##0,`, differs("130000")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := applied(t)
			b.must(b.SetCellStr(b.sheet, "D1", tt.title))
			b.must(b.SetCellValue(b.sheet, "D2", tt.value))
			b.format("D2", tt.format)
			want := `"requested_yuan":"` + tt.want + `"`
			if fault, ok := strings.CutPrefix(tt.want, "! "); ok {
				want = "! 4 data.requested_yuan: " + fault
			}
			if got := strings.Join(b.read(sheets.Options{})[1:], "\n"); !strings.Contains(got, want) {
				t.Errorf("the row is\n%s\nwant %s", got, want)
			}
		})
	}
}

// TestTextsAreTakenAsTheyAreShown does the same with a column of texts.
func TestTextsAreTakenAsTheyAreShown(t *testing.T) {
	const damaged = "! 2 data.enterprise_id: the cell is a date, 2018-03-08, and a text is wanted here; the spreadsheet may have made a date of what was written: make the column text and write it again"
	for _, tt := range []struct {
		name   string
		value  any
		format string
		want   string
	}{
		{"a number", 12, "General", `"enterprise_id":"12"`},
		{"a number with zeros before it", 12, "000000", `"enterprise_id":"000012"`},
		{"a number longer than its format", 1234567, "0000", `"enterprise_id":"1234567"`},
		{"a number with letters before it", 12, `"E-"0000`, "! 2 data.enterprise_id: the cell holds 12 and shows something else; make the column text and write it as it is"},
		{"a number with a line in it", 201812, `0000"-"00`, "! 2 data.enterprise_id: the cell holds 201812 and shows something else; make the column text and write it as it is"},
		{"a number in thousands", 12000, `0,`, "! 2 data.enterprise_id: the cell holds 12000 and shows something else; make the column text and write it as it is"},
		{"what a spreadsheet took for a day", 43167, "m-d", damaged},
		{"a text", "0012", "@", `"enterprise_id":"0012"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := applied(t)
			b.must(b.SetCellValue(b.sheet, "B2", tt.value))
			b.format("B2", tt.format)
			if got := strings.Join(b.read(sheets.Options{})[1:], "\n"); !strings.Contains(got, tt.want) {
				t.Errorf("the row is\n%s\nwant %s", got, tt.want)
			}
		})
	}
}
