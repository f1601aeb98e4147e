package sheets_test

import (
	"os"
	"strings"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/sheets"
)

func mustMapping(tb testing.TB, text string) *sheets.Mapping {
	tb.Helper()
	m, mistakes := sheets.ParseMapping("map.yaml", []byte(text), plan())
	for _, mistake := range mistakes {
		tb.Fatal(mistake.In(events.English))
	}
	return m
}

// documented returns the mapping of the package comment.
func documented(t *testing.T) string {
	t.Helper()
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(doc)) {
		if code, ok := strings.CutPrefix(line, "//\t"); ok {
			lines = append(lines, code)
		}
	}
	return strings.Join(lines, "")
}

func TestTheDocumentedMapping(t *testing.T) {
	m := mustMapping(t, documented(t))
	b := newBook(t, "补助")
	b.row(3, "企业", "金额(万元)", "办理日期", "经办人", "联系电话", "备注", "编号")
	b.row(4, "E1", 13, "2018-03-05", "张三", "123", "x", "S1")
	if _, err := b.NewSheet("SubsidyApplied"); err != nil {
		t.Fatal(err)
	}
	diff(t, b.read(sheets.Options{Mapping: m}),
		`补助!1 - blank row`, `补助!2 - blank row`, `补助!3 - header`,
		`补助!4 {"specversion":"1.0","type":"SubsidyApplied","time":"2018-03-05","org":"450703","data":{"enterprise_id":"E1","kind":"conversion","note":"x","requested_yuan":"130000.00","subsidy_id":"S1"}}`,
		`补助!4 ~ 2 data.requested_yuan: 13万 = 130 000.00 元`,
	)
}

func TestMappingsAreStrict(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"an unknown key", "typ: SubsidyApplied\n", "map.yaml:1:1: unknown key typ\n  typ: SubsidyApplied\n  ^\n  hint: did you mean type?"},
		{"an unknown type", "type: SubsidyAplied\n", "map.yaml:1:7: there is no type of event \"SubsidyAplied\", did you mean SubsidyApplied?"},
		{"an unknown field", "type: SubsidyApplied\ncolumns:\n  企业: enterprise\n", "map.yaml:3:7: SubsidyApplied has no field enterprise\n"},
		{"an unknown field of a constant", "type: SubsidyApplied\nconstants: {kynd: rd}\n", "map.yaml:2:13: SubsidyApplied has no field kynd\n"},
		{"an unknown unit", "columns: {a: b*箱}\n", "map.yaml:1:14: unknown unit 箱"},
		{"a column that is a list", "columns: {a: [b]}\n", "map.yaml:1:14: a text is wanted here"},
		{"a header row that is none", "header_row: 0\n", "map.yaml:1:13: the header row is a whole number from 1 to 1000"},
		{"columns that are a list", "columns: [a]\n", "map.yaml:1:10: keys with values are wanted here"},
		{"titles to skip that are no list", "skip: a\n", "map.yaml:1:7: a list is wanted here"},
		{"a key given twice", "sheet: a\nsheet: b\n", "map.yaml:2:1: sheet is given twice"},
		{"an anchor", "sheet: &a b\n", "map.yaml:1:8: a text is wanted here"},
		{"not YAML", "sheet: [a\n", "map.yaml:1:8: YAML syntax error"},
		{"nothing", "", "map.yaml: the mapping must be one YAML document"},
		{"GBK", "\xb2\xb9\n", "map.yaml: the mapping is not UTF-8 text"},
		{"nested without end", "skip: " + strings.Repeat("[", 1000), "map.yaml:1:15: this is nested too deeply"},
		{"lists without end", strings.Repeat("- ", 1000), "map.yaml:1:17: this is nested too deeply"},
		{"too large", strings.Repeat("#", 70_000), "map.yaml: the mapping is larger than 64 KiB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, mistakes := sheets.ParseMapping("map.yaml", []byte(tt.text), plan())
			if m != nil || len(mistakes) == 0 || !strings.HasPrefix(mistakes[0].In(events.English), tt.want) {
				t.Errorf("mapping %v, mistakes %v, want %s", m, mistakes, tt.want)
			}
		})
	}
}

func TestMappingsThatDoNotFitTheSheet(t *testing.T) {
	for _, tt := range []struct{ name, mapping, text, want string }{
		{"a column that is not there", "columns: {企业: enterprise_id}\n", "申报日期,补助类别,公司\n",
			`0 ! 0 : the column "企业" of the mapping is not in the header, which has 申报日期, 补助类别, 公司`},
		{"a field that the type does not have", "columns: {公司: company}\n", "申报日期,补助类别,公司\n", `0 ! 0 : the mapping: SubsidyApplied has no field company`},
		{"a constant that is no choice", "constants: {kind: x}\n", "申报日期,申报金额,公司\n",
			`0 ! 0 : the constant data.kind of the mapping: there is no choice "x"; choose from conversion, first high-tech certificate, high-tech re-recognition, patent, R&D, platform`},
		{"a header row without titles", "header_row: 2\n", "申报日期,申报金额,公司\na,b,c\n",
			`0 ! 0 : the header row of the mapping has no titles of SubsidyApplied; it needs Date of the application, Kind, Requested, yuan`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			diff(t, readText(t, "补助申报.csv", tt.text, sheets.Options{Mapping: mustMapping(t, tt.mapping)}), tt.want)
		})
	}
}

func TestWhatAMappingSaysStandsBesideTheTitles(t *testing.T) {
	for _, tt := range []struct{ name, mapping, text, want string }{
		{"the row goes before a constant", "constants: {kind: rd, time: 2018-03-01, source: files}\n", "申报日期,补助类别,申报金额\n,,1元\n2018-3-5,patent,1元\n",
			`{"specversion":"1.0","type":"SubsidyApplied","time":"2018-03-01","source":"files","data":{"kind":"rd","requested_yuan":"1.00"}}
{"specversion":"1.0","type":"SubsidyApplied","time":"2018-03-05","source":"files","data":{"kind":"patent","requested_yuan":"1.00"}}`},
		{"the unit of the title stands if the mapping names none", "columns: {钱(万元): requested_yuan}\n", "申报日期,补助类别,钱（万元）\n2018-03-05,rd,1\n",
			`{"specversion":"1.0","type":"SubsidyApplied","time":"2018-03-05","data":{"kind":"rd","requested_yuan":"10000.00"}}`},
		{"a column skipped that would be understood", "skip: [备注]\n", "申报日期,补助类别,申报金额,备注\n2018-03-05,rd,1,x\n",
			`{"specversion":"1.0","type":"SubsidyApplied","time":"2018-03-05","data":{"kind":"rd","requested_yuan":"1.00"}}`},
		{"a title of the plan given another field", "columns: {备注: policy_ref}\n", "申报日期,补助类别,申报金额,备注\n2018-03-05,rd,1,x\n",
			`{"specversion":"1.0","type":"SubsidyApplied","time":"2018-03-05","data":{"kind":"rd","policy_ref":"x","requested_yuan":"1.00"}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			diff(t, facts(readText(t, "补助申报.csv", tt.text, sheets.Options{Mapping: mustMapping(t, tt.mapping)})), strings.Split(tt.want, "\n")...)
		})
	}
}

func FuzzMapping(f *testing.F) {
	f.Add("type: SubsidyApplied\nsheet: 补助\nheader_row: 3\ncolumns:\n  企业: enterprise_id\n  金额: requested_yuan*万\nconstants: {kind: rd}\nskip: [a]\n")
	f.Add("? a\n: - b\n")
	f.Fuzz(func(t *testing.T, text string) {
		m, mistakes := sheets.ParseMapping("m", []byte(text), plan())
		if (m == nil) != (len(mistakes) > 0) {
			t.Fatalf("a mapping %v with the mistakes %v", m, mistakes)
		}
		for _, mistake := range mistakes {
			_ = mistake.In(events.English)
		}
		if m != nil {
			for _, name := range []string{"补助申报.csv", "x.csv"} {
				readText(t, name, "申报日期,补助类别,申报金额\n2018-03-05,rd,1\n", sheets.Options{Mapping: m})
			}
		}
	})
}
