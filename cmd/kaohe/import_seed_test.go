package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/kaohe/kaohe/deploy"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
	"github.com/kaohe/kaohe/events/sheets"
)

// TestSeedFactsTypedIntoTemplates types the facts of the seed quarter into the templates as people would, imports them, and
// looks for the very scorecard that the events of the demo come to.
func TestSeedFactsTypedIntoTemplates(t *testing.T) {
	dir := t.TempDir()
	d := startDaemon(t, filepath.Join(dir, "data"))
	env := map[string]string{"KAOHE_SERVER": d.url}
	known := defaultCatalogue(t)
	types, facts := demoFacts(t)
	var files []string
	for _, typ := range types {
		file := filepath.Join(dir, typ+".xlsx")
		if code, _, stderr := invoke(t, env, "template", typ, "-o", file, "--lang", "zh"); code != exitDone {
			t.Fatalf("template %s: exit %d, stderr %s", typ, code, stderr)
		}
		typeIn(t, file, known.Type(typ), facts[typ])
		files = append(files, file)
		code, stdout, stderr := invoke(t, env, "import", file, "--lang", "zh")
		if want := fmt.Sprintf("新增 %d 条，先前已登记 0 条，退回 0 条", len(facts[typ])); code != exitDone || !strings.Contains(stdout, want) {
			t.Fatalf("import of %s: exit %d, stdout:\n%s\nstderr:\n%s\nwant %q", typ, code, stdout, stderr, want)
		}
	}
	want, err := os.ReadFile("internal/app/testdata/seed_scorecard.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(cardFigures(t, want), cardFigures(t, d.card(t))); diff != "" {
		t.Errorf("the scorecard of the sheets (+) is not that of the events (-):\n%s", diff)
	}
	code, stdout, stderr := invoke(t, env, append([]string{"import", "--lang", "zh"}, files...)...)
	if code != exitDone || !strings.Contains(stdout, fmt.Sprintf("合计 %d 个文件: 新增 0 条，先前已登记 143 条，退回 0 条", len(files))) {
		t.Errorf("the second time: exit %d, stdout:\n%s\nstderr:\n%s", code, stdout, stderr)
	}
}

// defaultCatalogue is what the built-in plan knows.
func defaultCatalogue(t *testing.T) *forms.Catalogue {
	t.Helper()
	plan, mistakes := readPlan(deploy.Plan(), "")
	if len(mistakes) > 0 {
		t.Fatal(mistakes[0].In(events.English))
	}
	return catalogueOf(plan, demoDay)
}

// fact is an event of the demo.
type fact struct {
	Type, Time, Org string
	Data            map[string]any
}

// demoFacts reads the events of the demo, by type, and their types in order.
func demoFacts(t *testing.T) (types []string, facts map[string][]fact) {
	t.Helper()
	facts = map[string][]fact{}
	names, err := fs.Glob(deploy.Demo(), "*.ndjson")
	if err != nil || len(names) == 0 {
		t.Fatalf("the demo's files: %v, %v", names, err)
	}
	for _, name := range names {
		content, err := fs.ReadFile(deploy.Demo(), name)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range splitLines(content) {
			var f fact
			d := json.NewDecoder(bytes.NewReader(line))
			d.UseNumber()
			if err := d.Decode(&f); err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(types, f.Type) {
				types = append(types, f.Type)
			}
			facts[f.Type] = append(facts[f.Type], f)
		}
	}
	return types, facts
}

// typeIn fills in a template, below its example row.
func typeIn(t *testing.T, file string, typ *forms.Type, facts []fact) {
	t.Helper()
	book, err := excelize.OpenFile(file)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	sheet := book.GetSheetName(0)
	columns := sheets.Columns(typ)
	for i, f := range facts {
		filled := 0
		for c := range columns {
			value, ok := typedIn(&columns[c], &f, i)
			if !ok {
				continue
			}
			filled++
			cell, err := excelize.CoordinatesToCellName(c+1, i+3)
			if err != nil {
				t.Fatal(err)
			}
			if err := book.SetCellValue(sheet, cell, value); err != nil {
				t.Fatal(err)
			}
		}
		if filled < 3 {
			t.Fatalf("only %d columns of %s could be filled in", filled, f.Type)
		}
	}
	if err := book.Save(); err != nil {
		t.Fatal(err)
	}
}

// typedIn returns what a person would type into a column: days as dates or in Chinese, amounts in 万元, choices by their
// titles, lists with ； between.
func typedIn(c *sheets.Column, f *fact, row int) (value any, ok bool) {
	switch c.Path {
	case "time":
		day, err := time.Parse(time.DateOnly, f.Time[:10])
		if err != nil || row%2 == 0 {
			return chineseDay(f.Time[:10]), true
		}
		return day, true
	case "org", "id", "source":
		return nil, false
	}
	name, leaf, nested := strings.Cut(strings.TrimPrefix(c.Path, "data."), ".")
	v, ok := f.Data[name]
	if !ok {
		return nil, false
	}
	list, many := v.([]any)
	if !many {
		return typedValue(c, v), true
	}
	parts := make([]string, len(list))
	for i, item := range list {
		if nested {
			if item, ok = item.(map[string]any)[leaf]; !ok {
				return nil, false
			}
		}
		parts[i] = fmt.Sprint(typedValue(c, item))
	}
	return strings.Join(parts, "；"), true
}

func typedValue(c *sheets.Column, v any) any {
	s := fmt.Sprint(v)
	switch {
	case v == nil:
		return "不详"
	case c.Kind == "boolean":
		return map[string]string{"true": "是", "false": "否"}[s]
	case c.Kind == "money":
		return strings.TrimSuffix(s, "0000.00") + "万元" // all amounts of the seed are whole 万元
	case c.Kind == "date":
		return chineseDay(s)
	case len(c.Field.Enum) > 0:
		return c.Field.EnumTitles[s].ZH
	}
	return s
}

func chineseDay(s string) string {
	day, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return s
	}
	return day.Format("2006年1月2日")
}

// card asks for the scorecard, by all that is in the log.
func (d *daemon) card(t *testing.T) []byte {
	t.Helper()
	code, stdout, stderr := invoke(t, map[string]string{"KAOHE_SERVER": d.url}, "gaps", "-o", "json", "--all")
	if code != exitDone {
		t.Fatalf("gaps: exit %d, %s", code, stderr)
	}
	return []byte(stdout)
}

// cardFigures reads a scorecard, without what has nothing to do with its figures.
func cardFigures(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var card map[string]any
	if err := json.Unmarshal(text, &card); err != nil {
		t.Fatal(err)
	}
	delete(card, "plan")
	return card
}
