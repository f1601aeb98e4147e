package sheets_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/sheets"
)

const notClear = "0 ! 0 : which type of event this records is not clear: "

func TestTheTypeThatTheColumnsTell(t *testing.T) {
	const mapping = "; where titles are not those of the plan see kaohe help mapping"
	for _, tt := range []struct{ name, text, want string }{
		{"all titles are of one type", "申报日期,补助编号,企业编号,补助类别,申报金额(元)\n", "SubsidyApplied"},
		{"in another order, with units and marks", "申报金额（万元）*,补助类别（必填）,申报日期\n", "SubsidyApplied"},
		{"in English", "Date of grant,Kind,Patent no.\n", "PatentGranted"},
		{"by the names of the fields", "time,enterprise_id,kind,requested_yuan\n", "SubsidyApplied"},
		{"in two lines", "申报日期,补助类别,申报单位,,申报金额\n,,编号,名称,（万元）\n", "SubsidyApplied"},
		{"below titles", "2018年培训表\n填报单位：钦北区,2018-03\n培训日期,培训人次\n", "EnvoyTrainingHeld"},
		{"with numbers of rows, a gap and the results of an import", "序号,培训日期,,培训人次,导入结果\n", "EnvoyTrainingHeld"},
		{"a column is not known", "申报日期,补助类别,申报金额,经办人\n",
			`its columns look like SubsidyApplied (Subsidy applied for), but "经办人" is none of its columns; if that is what it records, say so: give --type SubsidyApplied, or name the file SubsidyApplied.csv` + mapping},
		{"a title is almost right", "培训日期,培训人数,培训内容\n",
			`its columns look like EnvoyTrainingHeld (Envoy training held), but "培训人数" is none of its columns (did you mean "培训人次"?), the required column "Attendances" is missing; ` +
				`add what is missing; if that is what it records, say so: give --type EnvoyTrainingHeld, or name the file EnvoyTrainingHeld.csv` + mapping},
		{"a column is there twice", "培训日期,培训人次,培训人次\n",
			`its columns look like EnvoyTrainingHeld (Envoy training held), but "培训人次" says the same as another column; if that is what it records, say so: give --type EnvoyTrainingHeld, or name the file EnvoyTrainingHeld.csv` + mapping},
		{"a required column is missing", "申报日期,补助编号,补助类别\n",
			`its columns look like SubsidyApplied (Subsidy applied for), but the required column "Requested, yuan" is missing; add what is missing` + mapping},
		{"the day is missing", "培训人次,期数,发放资料份数\n",
			`its columns look like EnvoyTrainingHeld (Envoy training held), but the required column "Date of the training" is missing; add what is missing` + mapping},
		{"a title is not that of the plan", "日期,培训人次\n",
			`its columns look like EnvoyTrainingHeld (Envoy training held), but "日期" is called "Date of the training" by the plan; if that is what it records, say so: give --type EnvoyTrainingHeld, or name the file EnvoyTrainingHeld.csv` + mapping},
		{"what stands above a title may change it", "培训日期,计划,\n,培训人次,期数\n",
			`its columns look like EnvoyTrainingHeld (Envoy training held), but "计划/培训人次" is called "Attendances" by the plan, "计划/期数" is called "Sessions" by the plan; ` +
				`if that is what it records, say so: give --type EnvoyTrainingHeld, or name the file EnvoyTrainingHeld.csv` + mapping},
		{"other numbers than those of the plan", "培训日期,培训人次（每期）,培训内容\n",
			`its columns look like EnvoyTrainingHeld (Envoy training held), but "培训人次（每期）" is none of its columns (did you mean "培训人次"?), the required column "Attendances" is missing; ` +
				`add what is missing; if that is what it records, say so: give --type EnvoyTrainingHeld, or name the file EnvoyTrainingHeld.csv` + mapping},
		{"another type might lack a column", "申请日期,专利类型,件数\n",
			"its columns may be those of PatentFiled (Patent filed) or PatentGranted (Patent granted); say which: give --type TYPE, or name the file TYPE.csv" + mapping},
		{"many types might", "time,envoy_id,village_id\n",
			"its columns may be those of EnvoyAssigned (Envoy assigned), EnvoyReleased (Envoy released), EnvoyServiceRecorded (Envoy service recorded) or EnvoyTrainingHeld (Envoy training held); " +
				"say which: give --type TYPE, or name the file TYPE.csv" + mapping},
		{"two tables", "培训日期,培训人次\n2018-02-05,30\n\n走访日期,走访内容\n2018-02-05,x\n",
			"its columns may be those of EnterpriseVisited (Enterprise visited) or EnvoyTrainingHeld (Envoy training held); say which: give --type TYPE, or name the file TYPE.csv" + mapping},
		{"two tables, the upper one not quite right", "培训日期,培训内容,经办人\n2018-02-05,水稻种植,张三\n\n走访日期,走访内容,走访家次\n2018-02-05,x,1\n",
			"its columns look like EnterpriseVisited (Enterprise visited), but row 1 looks like a header, too; if that is what it records, say so: give --type EnterpriseVisited, or name the file EnterpriseVisited.csv" + mapping},
		{"what cannot be taken back", "锁定日期,季度,说明\n",
			"its columns are those of PeriodClosed (Period closed), but such events cannot be taken back and must be named; if that is what it records, say so: give --type PeriodClosed, or name the file PeriodClosed.csv" + mapping},
		{"the day alone", "培训日期\n2018-02-05\n",
			"no line of the first 30 names two columns that the plan knows; kaohe template writes sheets with the right titles, and where titles are others see kaohe help mapping"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			typ, why := recognised(t, "x.csv", tt.text, sheets.Options{})
			if got := typ + strings.TrimPrefix(why, notClear); got != tt.want {
				t.Errorf("it is\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestColumnsTellWhatNothingElseSays(t *testing.T) {
	const text = "申报日期,补助类别,申报金额,备注\n2018-03-05,rd,1元,\n"
	const copied = "申报日期,补助类别,申报金额,Import result\n2018-03-05,rd,1元,refused: x\n"
	skip, mistakes := sheets.ParseMapping("m", []byte("skip: [经办人]\nconstants: {kind: rd}\ncolumns: {什么时候: time}\n"), plan())
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	other, mistakes := sheets.ParseMapping("m", []byte("columns: {申报金额: attendees}\n"), plan())
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	for _, tt := range []struct {
		name, file, text string
		o                sheets.Options
		want             string
	}{
		{"a file without a name", "", text, sheets.Options{}, "SubsidyApplied by its columns"},
		{"a name that says nothing", "一季度.csv", text, sheets.Options{}, "SubsidyApplied by its columns"},
		{"the copy of a file with what was refused", "一季度.refused.csv", copied, sheets.Options{}, "SubsidyApplied by its columns"},
		{"the name of the file goes before", "项目申报.csv", text, sheets.Options{}, "ProjectSubmitted"},
		{"so does what is said", "一季度.csv", text, sheets.Options{Type: "ProjectSubmitted"}, "ProjectSubmitted"},
		{"and a column of types", "一季度.csv", "类型,申报日期\n项目申报,2018-03-05\n", sheets.Options{}, ""},
		{"a mapping gives what is missing", "x.csv", "什么时候,申报金额,经办人\n2018-03-05,1元,张三\n", sheets.Options{Mapping: skip}, "SubsidyApplied by its columns"},
		{"a mapping to a field of another type", "x.csv", text, sheets.Options{Mapping: other}, "?"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.o.Catalogue = plan()
			f, err := sheets.OpenReader(tt.file, strings.NewReader(tt.text), tt.o)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			outcomes(f)
			got := "?"
			for _, l := range f.Layouts() {
				if got = l.Type; l.Recognised {
					got += " by its columns"
				}
			}
			if got != tt.want {
				t.Errorf("it is %s, want %s", got, tt.want)
			}
		})
	}
}

func TestEachSheetOfAWorkbookIsRecognised(t *testing.T) {
	b := newBook(t, "Sheet1")
	b.row(1, "走访日期", "走访内容")
	b.row(2, "2018-03-05", "x")
	for sheet, titles := range map[string][]any{"Sheet2": {"培训日期", "培训人次", "经办人"}, "Sheet3": {"a", "b"}, "科技培训": {"培训日期", "培训人次", "经办人"}} {
		_, err := b.NewSheet(sheet)
		b.must(err)
		b.must(b.SetSheetRow(sheet, "A1", &titles))
	}
	got := map[string]bool{}
	for _, line := range b.read(sheets.Options{}) {
		got[line] = true
	}
	for _, want := range []string{
		`Sheet1!2 {"specversion":"1.0","type":"EnterpriseVisited","time":"2018-03-05","data":{"topic":"x"}}`,
		`Sheet2!` + notClear + `its columns look like EnvoyTrainingHeld (Envoy training held), but "经办人" is none of its columns; ` +
			`if that is what it records, say so: name the sheet EnvoyTrainingHeld, or give --type EnvoyTrainingHeld --sheet "Sheet2"; where titles are not those of the plan see kaohe help mapping`,
		`Sheet3!` + notClear + `no line of the first 30 names two columns that the plan knows; kaohe template writes sheets with the right titles, ` +
			`and where titles are others see kaohe help mapping; if it holds no facts hide the sheet, or read another one alone by --sheet`,
		`科技培训!1 - header`,
	} {
		if !got[want] {
			t.Errorf("no %s in %v", want, got)
		}
	}
}

// recognised returns the type that the columns of a file tell, or what is said of them.
func recognised(tb rapid.TB, name, text string, o sheets.Options) (typ, why string) {
	tb.Helper()
	o.Catalogue = plan()
	f, err := sheets.OpenReader(name, strings.NewReader(text), o)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	list := outcomes(f)
	if l := f.Layouts(); len(l) == 1 {
		if !l[0].Recognised || len(l[0].Missing)+len(l[0].Unknown) > 0 {
			tb.Fatal("the layout is", *l[0])
		}
		return l[0].Type, ""
	}
	return "", strings.Join(list, "\n")
}

// TestTheTitlesOfThePlanAreRecognised takes the titles of each type, all of them and the required ones. Only those of filings
// are not enough where nothing else is said: patents granted have them, too.
func TestTheTitlesOfThePlanAreRecognised(t *testing.T) {
	for i := range plan().Types {
		typ := &plan().Types[i]
		for _, lang := range []events.Lang{events.Chinese, events.English} {
			var all, required []string
			for _, c := range sheets.Columns(typ) {
				if all = append(all, c.Title.In(lang)); c.Required {
					required = append(required, c.Title.In(lang))
				}
			}
			want := typ.Name
			if typ.Control {
				want = ""
			}
			if got, why := recognised(t, "x.csv", csvLine(all), sheets.Options{}); got != want {
				t.Errorf("all %s titles of %s are taken to be of %q: %s", lang, typ.Name, got, why)
			}
			if typ.Name == "PatentFiled" {
				want = ""
			}
			if got, why := recognised(t, "x.csv", csvLine(required), sheets.Options{}); got != want {
				t.Errorf("the required %s titles of %s are taken to be of %q: %s", lang, typ.Name, got, why)
			}
		}
	}
}

// TestNoTypeIsTakenForAnother takes some titles of a type in any order: they are recognised as those of that type, or not.
func TestNoTypeIsTakenForAnother(t *testing.T) {
	types := plan().Types
	rapid.Check(t, func(t *rapid.T) {
		typ := &types[rapid.IntRange(0, len(types)-1).Draw(t, "type")]
		var titles []string
		for _, c := range rapid.SliceOfNDistinct(rapid.SampledFrom(sheets.Columns(typ)), 1, -1, func(c sheets.Column) string { return c.Path }).Draw(t, "columns") {
			way := rapid.SampledFrom([]string{c.Title.ZH, c.Title.EN, strings.TrimPrefix(c.Path, "data.")}).Draw(t, "title")
			titles = append(titles, way)
		}
		if got, _ := recognised(t, "x.csv", csvLine(titles), sheets.Options{}); got != "" && got != typ.Name {
			t.Fatalf("titles of %s are taken for those of %s: %q", typ.Name, got, titles)
		}
	})
}

func csvLine(cells []string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(cells)
	w.Flush()
	return b.String()
}
