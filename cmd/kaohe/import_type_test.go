package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/sheets"
)

// sheetOf is a sheet of a workbook, from its first row.
type sheetOf struct {
	name string
	rows [][]any
}

func writeBook(t *testing.T, path string, list ...sheetOf) {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	for i, s := range list {
		if i == 0 {
			if err := book.SetSheetName("Sheet1", s.name); err != nil {
				t.Fatal(err)
			}
		} else if _, err := book.NewSheet(s.name); err != nil {
			t.Fatal(err)
		}
		for r, cells := range s.rows {
			at, err := excelize.CoordinatesToCellName(1, r+1)
			if err != nil {
				t.Fatal(err)
			}
			if err := book.SetSheetRow(s.name, at, &cells); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
}

// TestAWorkbookWithASheetThatCannotBeUsed: the others are imported, the counts tell of it, and the import is refused until
// somebody has said what the sheet is.
func TestAWorkbookWithASheetThatCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	d := startDaemon(t, filepath.Join(dir, "data"))
	env := map[string]string{"KAOHE_SERVER": d.url}
	visits := sheetOf{"Sheet1", [][]any{{"走访日期", "走访内容"}, {"2018-03-05", "政策宣讲"}, {"3月底", "政策宣讲"}}}
	trainings := sheetOf{"Sheet2", [][]any{{"培训日期", "培训人次", "经办人"}, {"2018-03-06", 30, "李娜"}}}
	empty := sheetOf{name: "Sheet3"}
	writeBook(t, "two.xlsx", visits, trainings, empty)
	writeBook(t, "none.xlsx", trainings, empty)
	writeBook(t, "one.xlsx", trainings)
	const unclear = "which type of event this records is not clear: its columns look like EnvoyTrainingHeld (Envoy training held), but \"经办人\" is none of its columns; " +
		"if that is what it records, say so: name the sheet EnvoyTrainingHeld, or give --type EnvoyTrainingHeld --sheet \"Sheet2\"; where titles are not those of the plan see kaohe help mapping\n"
	for _, tt := range []struct {
		name           string
		args           []string
		code           int
		stdout, stderr string
	}{
		{"a dry run", []string{"--dry-run", "two.xlsx"}, exitRefused,
			"two.xlsx: sheet \"Sheet1\": recognised as EnterpriseVisited (Enterprise visited) by its columns: no other type of event has all of them\n" +
				"two.xlsx: dry run, nothing was recorded; it would be: 1 new, 0 already recorded, 1 refused, sheets not imported: 1\n",
			"warning: two.xlsx: sheet \"Sheet2\": " + unclear + "warning: two.xlsx: sheet \"Sheet3\": the sheet is empty\n" +
				"refused: two.xlsx row 3 of sheet \"Sheet1\": 走访日期: \"3月底\" is no date; write it as 2018-03-05 or 2018年3月5日\n"},
		{"an import", []string{"two.xlsx"}, exitRefused,
			"two.xlsx: sheet \"Sheet1\": recognised as EnterpriseVisited (Enterprise visited) by its columns: no other type of event has all of them\n" +
				"two.xlsx: 1 new, 0 already recorded, 1 refused, sheets not imported: 1\n" +
				"  refused rows and reasons: two.refused.xlsx; put them right there and import it: what is recorded is not counted twice\n",
			"warning: two.xlsx: sheet \"Sheet2\": " + unclear + "warning: two.xlsx: sheet \"Sheet3\": the sheet is empty\n" +
				"refused: two.xlsx row 3 of sheet \"Sheet1\": 走访日期: \"3月底\" is no date; write it as 2018-03-05 or 2018年3月5日\n"},
		{"the way out that it names", []string{"--type", "EnvoyTrainingHeld", "--sheet", "Sheet2", "two.refused.xlsx"}, exitDone,
			"two.refused.xlsx: 1 new, 0 already recorded, 0 refused\n",
			"warning: two.refused.xlsx: column \"经办人\" was not imported, the plan does not know it; 1 rows have something in it\n"},
		{"no sheet can be used", []string{"none.xlsx"}, exitRefused, "",
			"warning: none.xlsx: sheet \"Sheet2\": " + unclear + "warning: none.xlsx: sheet \"Sheet3\": the sheet is empty\n" +
				"none.xlsx: nothing of it was imported: none of its sheets could be used, as is said above\n"},
		{"the only sheet cannot be used", []string{"one.xlsx"}, exitRefused, "", "one.xlsx: nothing of it was imported: sheet \"Sheet2\": " + unclear},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, stdout, stderr := invoke(t, env, append([]string{"import", "--lang", "en"}, tt.args...)...)
			if code != tt.code {
				t.Errorf("exit %d, want %d", code, tt.code)
			}
			if diff := cmp.Diff(tt.stdout, stdout); diff != "" {
				t.Errorf("stdout (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.stderr, stderr); diff != "" {
				t.Errorf("stderr (-want +got):\n%s", diff)
			}
		})
	}
}

// TestTheMappingOfTheHelp imports the sheet that kaohe help mapping shows by the mapping that it shows.
func TestTheMappingOfTheHelp(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	d := startDaemon(t, filepath.Join(dir, "data"))
	for _, lang := range []string{"zh", "en"} {
		code, help, stderr := invoke(t, nil, "help", "mapping", "--lang", lang)
		blocks := regexp.MustCompile(`(?m)(^  \S.*\n(?:  .*\n)*)\n`).FindAllString(help, 2)
		if code != exitDone || len(blocks) != 2 {
			t.Fatalf("help mapping: exit %d, stderr %s, blocks %q", code, stderr, blocks)
		}
		mapping, mistakes := sheets.ParseMapping("help", []byte(strings.ReplaceAll(blocks[0], "\n  ", "\n")[2:]), defaultCatalogue(t))
		if len(mistakes) > 0 || mapping.Type != "SubsidyApplied" || mapping.Sheet != "补助" || mapping.HeaderRow != 3 {
			t.Fatalf("the mapping of help mapping is %+v; mistakes %v", mapping, mistakes)
		}
		for _, key := range []string{"type", "sheet", "header_row", "columns", "constants", "skip"} {
			if !strings.Contains(blocks[0], "\n  "+key+":") && !strings.HasPrefix(blocks[0], "  "+key+":") {
				t.Errorf("the mapping of help mapping does not show %s", key)
			}
		}
		for unit := range strings.SplitSeq("千 万 百万 千万 亿", " ") {
			_, mistakes := sheets.ParseMapping("m", []byte("columns: {a: b*"+unit+"}\n"), defaultCatalogue(t))
			if len(mistakes) > 0 || !strings.Contains(help, unit) {
				t.Errorf("the unit %s: %v", unit, mistakes)
			}
		}
		if err := os.WriteFile("mapping.yaml", []byte(blocks[0]), 0o600); err != nil {
			t.Fatal(err)
		}
		rows := [][]any{{"二〇一八年"}, nil}
		for line := range strings.Lines(blocks[1]) {
			var cells []any
			for _, cell := range strings.Fields(line) {
				cells = append(cells, cell)
			}
			rows = append(rows, cells)
		}
		writeBook(t, "old.xlsx", sheetOf{"说明", nil}, sheetOf{"补助", rows})
		code, stdout, stderr := invoke(t, map[string]string{"KAOHE_SERVER": d.url}, "import", "--mapping", "mapping.yaml", "--verbose", "old.xlsx", "--lang", "en")
		want := "1 new, 0 already recorded, 0 refused"
		if lang == "en" {
			want = "0 new, 1 already recorded, 0 refused"
		}
		if code != exitDone || stderr != "" || !strings.Contains(stdout, want) || !strings.Contains(stdout, "金额: 13万 = 130 000.00 元") {
			t.Errorf("exit %d, stderr %s, stdout:\n%s", code, stderr, stdout)
		}
	}
}

// TestTheImportPointsToTheHelpOnMappings: whoever looks for the file's form finds it.
func TestTheImportPointsToTheHelpOnMappings(t *testing.T) {
	for _, lang := range []events.Lang{events.Chinese, events.English} {
		if _, help, _ := invoke(t, nil, "import", "--help", "--lang", string(lang)); strings.Count(help, "kaohe help mapping") < 2 {
			t.Errorf("import --help --lang %s does not point to kaohe help mapping", lang)
		}
	}
}
