package sheets_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
	"github.com/kaohe/kaohe/events/sheets"
)

// layoutOf reads a file and returns how its first sheet was understood.
func layoutOf(t *testing.T, name, text string, o sheets.Options) *sheets.Layout {
	t.Helper()
	o.Catalogue = plan()
	f, err := sheets.OpenReader(name, strings.NewReader(text), o)
	if err != nil {
		t.Fatal(err)
	}
	outcomes(f)
	if len(f.Layouts()) != 1 {
		t.Fatalf("%d layouts, want 1", len(f.Layouts()))
	}
	return f.Layouts()[0]
}

func TestTitlesNameColumns(t *testing.T) {
	for _, tt := range []struct{ typ, title, want string }{
		{"SubsidyApplied", "requested_yuan", "data.requested_yuan"},
		{"SubsidyApplied", "data.requested_yuan", "data.requested_yuan"},
		{"SubsidyApplied", "申报金额(元)", "data.requested_yuan"},
		{"SubsidyApplied", "申报金额（元）*", "data.requested_yuan"},
		{"SubsidyApplied", "*申报金额", "data.requested_yuan"},
		{"SubsidyApplied", "申报金额（万元）", "data.requested_yuan"},
		{"SubsidyApplied", "申报金额/万元", "data.requested_yuan"},
		{"SubsidyApplied", "申报金额：亿元", "data.requested_yuan"},
		{"SubsidyApplied", "申报金额\n(单位：万元)", "data.requested_yuan"},
		{"SubsidyApplied", "申报金额（必填）", "data.requested_yuan"},
		{"SubsidyApplied", "Requested, yuan", "data.requested_yuan"},
		{"SubsidyApplied", "Requested (10,000 yuan)", "data.requested_yuan"},
		{"SubsidyApplied", "REQUESTED", "data.requested_yuan"},
		{"SubsidyApplied", "申报金额（美元）", ""},
		{"SubsidyApplied", "申报金额(USD)", ""},
		{"SubsidyApplied", "补助　类别", "data.kind"},
		{"SubsidyApplied", "补助类别（下拉选择）", "data.kind"},
		{"SubsidyApplied", "申报日期", "time"},
		{"SubsidyApplied", "Date of the application", "time"},
		{"SubsidyApplied", "日期", "time"},
		{"SubsidyApplied", "time", "time"},
		{"SubsidyApplied", "单位代码", "org"},
		{"SubsidyApplied", "单位", "org"},
		{"SubsidyApplied", "org", "org"},
		{"SubsidyApplied", "id", "id"},
		{"SubsidyApplied", "记录编号", "id"},
		{"SubsidyApplied", "编号", ""},
		{"SubsidyApplied", "source", "source"},
		{"SubsidyApplied", "Source", "data.source_ref"},
		{"SubsidyApplied", "出处", "data.source_ref"},
		{"SubsidyApplied", "申报单位", "data.entities.name"},
		{"SubsidyApplied", "申报单位名称", "data.entities.name"},
		{"SubsidyApplied", "申报单位-名称", "data.entities.name"},
		{"SubsidyApplied", "Applicants: Name", "data.entities.name"},
		{"SubsidyApplied", "申报单位编号", "data.entities.id"},
		{"SubsidyApplied", "entities.id", "data.entities.id"},
		{"AchievementConverted", "source", "data.source"},
		{"AchievementConverted", "Source", "data.source_ref"},
		{"AchievementConverted", "成果来源", "data.source"},
		{"ProjectSubmitted", "申报单位编号", "data.applicant_id"},
		{"ProjectSubmitted", "申报单位（多家）编号", "data.entities.id"},
		{"HighTechRevoked", "原因", "data.reason"},
		{"EnvoyServiceRecorded", "面积(亩)", "data.area_mu"},
		{"EnvoyServiceRecorded", "面积（公顷）", ""},
		{"EnvoyTrainingHeld", "培训人次（人次）", "data.attendees"},
		{"EnvoyTrainingHeld", "培训人次（每期）", ""},
		{"EventVoided", "事件编号", "data.target_id"},
	} {
		t.Run(tt.typ+" "+tt.title, func(t *testing.T) {
			others := "note,evidence"
			if tt.typ == "EventVoided" {
				others = "reason,target_source"
			}
			layout := layoutOf(t, "x.csv", others+`,"`+tt.title+`"`+"\n", sheets.Options{Type: tt.typ})
			got := ""
			for _, b := range layout.Columns {
				if b.Column == 3 {
					got = b.Path
				}
			}
			if got != tt.want || (got == "") != (len(layout.Unknown) == 1) {
				t.Errorf("%s gives %q, want %q; unknown are %v", tt.title, got, tt.want, layout.Unknown)
			}
		})
	}
}

func TestLayoutsSayHowASheetWasUnderstood(t *testing.T) {
	layout := layoutOf(t, "补助申报.csv", "补助统计表,单位：万元\n序号,申报日期,申报金额,企业编号,联系电话,申报单位编码,导入结果\n1,2018-3-5,13,E1,123,,\n2,2018-3-5,13,E1,,,\n", sheets.Options{})
	want := &sheets.Layout{
		Type: "SubsidyApplied", Header: 2, Result: 7, Width: 7,
		Columns: []sheets.Bound{
			{Column: 2, Title: "申报日期", Path: "time"},
			{Column: 3, Title: "申报金额", Path: "data.requested_yuan", Note: events.Text{ZH: "单位为万元：数值乘以 10000", EN: "in 万元: numbers are taken times 10000"}},
			{Column: 4, Title: "企业编号", Path: "data.enterprise_id"},
		},
		Unknown: []sheets.Unknown{{Column: 5, Title: "联系电话", Filled: 1}, {Column: 6, Title: "申报单位编码", Near: "申报单位编号"}},
	}
	missing := layout.Missing
	layout.Missing = nil
	if d := cmp.Diff(want, layout); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if len(missing) != 1 || missing[0].Path != "data.kind" || missing[0].Title.ZH != "补助类别" {
		t.Errorf("missing are %v, want the kind", missing)
	}
}

func TestTheUnitOfATitleGoesBeforeThatOfTheTable(t *testing.T) {
	text := "单位：万元\n申报日期,企业编号,补助类别,%s\n2018-03-05,E1,rd,13\n"
	for title, want := range map[string]string{"申报金额": "130000.00", "申报金额（元）": "13.00", "申报金额(亿元)": "1300000000.00", "申报金额（必填）": "130000.00"} {
		got := facts(readText(t, "补助申报.csv", strings.Replace(text, "%s", title, 1), sheets.Options{}))
		if len(got) != 1 || !strings.Contains(got[0], `"requested_yuan":"`+want+`"`) {
			t.Errorf("13 below %s is %v, want %s", title, got, want)
		}
	}
}

func TestColumnsOfAType(t *testing.T) {
	var got []string
	for _, c := range sheets.Columns(plan().Type("SubsidyApplied")) {
		s := c.Path + " " + c.Kind + " " + c.Title.ZH + "|" + c.Title.EN
		if c.Many {
			s += " many"
		}
		if c.Required {
			s += " required"
		}
		got = append(got, s)
	}
	diff(t, got,
		"time date 申报日期|Date of the application required",
		"data.subsidy_id string 补助编号|Subsidy id",
		"data.enterprise_id string 企业编号|Enterprise id",
		"data.entities.id string 申报单位编号|Applicants: Id many",
		"data.entities.name string 申报单位名称|Applicants: Name many",
		"data.count integer 笔数|Number of applications",
		"data.kind string 补助类别|Kind required",
		"data.requested_yuan money 申报金额(元)|Requested, yuan required",
		"data.policy_ref string 政策依据|Policy",
		"data.period_start date 起始日期|First day of the period",
		"data.source_ref string 出处|Source",
		"data.evidence string 佐证材料|Evidence many",
		"data.note string 备注|Note",
		"org string 单位代码|Org code",
		"id string 记录编号|Record id",
		"source string 记录来源|Record source",
	)
}

func TestTitlesOfATypeAreDifferent(t *testing.T) {
	for _, typ := range plan().Types {
		for _, lang := range []events.Lang{events.Chinese, events.English} {
			seen := map[string]string{}
			for _, c := range sheets.Columns(&typ) {
				title := forms.Fold(c.Title.In(lang))
				if seen[title] != "" {
					t.Errorf("%s: %s and %s are both %q", typ.Name, seen[title], c.Path, c.Title.In(lang))
				}
				seen[title] = c.Path
			}
		}
	}
}

func TestTheHeaderIsFound(t *testing.T) {
	body := "2018-02-05,30,水稻种植\n"
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"at the top", trainingHead + body, []string{"1 - header", "2 " + training1}},
		{"below titles and blank lines", "2018年培训表\n\n填报单位：钦北区\n" + trainingHead + body,
			[]string{"1 - text above the header", "2 - blank row", "3 - text above the header", "4 - header", "5 " + training1}},
		{"in two lines", "培训日期,参加情况,\n,培训人次,培训内容\n" + body, []string{"1 - header", "2 - header", "3 " + training1}},
		{"with a unit in the second line", "培训日期,培训人次,培训内容\n,（人次）,\n" + body, []string{"1 - header", "2 - header", "3 " + training1}},
		{"with a unit of amounts in the second line", "培训日期,培训人次,培训内容\n,万人次,\n2018-02-05,0.003,水稻种植\n",
			[]string{"1 - header", "2 - header", "3 " + training1, "3 ~ 2 data.attendees: 0.003万人次 = 30"}},
		{"again on each page", trainingHead + body + trainingHead, []string{"1 - header", "2 " + training1, "3 - header again"}},
		{"beyond the thirtieth line", strings.Repeat("x\n", 30) + trainingHead + body,
			[]string{"0 ! 0 : no header of EnvoyTrainingHeld was found in the first 30 rows; it needs Date of the training, Attendances"}},
		{"in no line", "a,b\nc,d\n", []string{"0 ! 0 : no header of EnvoyTrainingHeld was found in the first 30 rows; it needs Date of the training, Attendances"}},
		{"in an empty file", "", []string{"0 - the file is empty"}},
		{"in a file of blanks", "\n\n,,\n", []string{"0 - the file is empty"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			diff(t, readText(t, "科技培训.csv", tt.text, sheets.Options{}), tt.want...)
		})
	}
}

func TestRowsThatAreNoFacts(t *testing.T) {
	text := "序号,培训日期,培训人次,培训内容,备注,导入结果\n" +
		"1,2018-02-05,30,水稻种植,,\n" +
		"2,,,,,上次拒收\n" + // only a number and an old result
		",,,,,\n" +
		"例,2018-02-05,30,示例行：请删除,,\n" +
		"合 计,,58,,,\n" +
		",小计：,58,,,\n" +
		"总计（人次）,,58,,,\n" +
		"Total,,58,,,\n" +
		"本页小计,,58,,,\n" +
		"填表人：张三,,审核人：李四,,,\n" +
		"注：本表按季报送,,,,,\n" +
		"3,2018-02-06,28,总计划讲解,,\n"
	diff(t, readText(t, "科技培训.csv", text, sheets.Options{}),
		"1 - header", "2 "+training1, "3 - blank row", "4 - blank row", "5 - example row", "6 - total row", "7 - total row", "8 - total row", "9 - total row",
		"10 - total row", "11 - remark below the table", "12 - remark below the table",
		`13 {"specversion":"1.0","type":"EnvoyTrainingHeld","time":"2018-02-06","data":{"attendees":28,"topic":"总计划讲解"}}`)
}

func TestFaultsOfARowAreSaidAtOnceAndAtTheirCells(t *testing.T) {
	text := "申报日期,企业编号,补助类别,申报金额,笔数,企业编号(备用)\n" +
		"3/5/2018,9.14507E+17,转化,若干,两三笔,\n" +
		",E1,,13万,,\n" +
		",E1,研发,13万,,\n"
	diff(t, readText(t, "补助申报.csv", text, sheets.Options{}),
		"1 - header",
		`2 ! 1 time: "3/5/2018" may be 5 March or 3 May 2018; write it as 2018-03-05`,
		`2 ! 2 data.enterprise_id: "9.14507E+17" was damaged by the spreadsheet, which keeps 15 digits; make the column text and write it again`,
		`2 ! 3 data.kind: there is no choice "转化"; choose from conversion, first high-tech certificate, high-tech re-recognition, patent, R&D, platform`,
		`2 ! 4 data.requested_yuan: "若干" is no amount; write it as 1800万元 or 18000000.00`,
		`2 ! 5 data.count: "两三笔" is no whole number; write digits only, such as 246`,
		`3 {"specversion":"1.0","type":"SubsidyApplied","data":{"enterprise_id":"E1","requested_yuan":"130000.00"}}`, // the server says what is missing
		`3 ~ 4 data.requested_yuan: 13万 = 130 000.00 元`,
		`4 ! 3 data.kind: there is no choice "研发"; choose from conversion, first high-tech certificate, high-tech re-recognition, patent, R&D, platform`,
		`4 ! 1 time: Date of the application is missing`,
		`4 ~ 4 data.requested_yuan: 13万 = 130 000.00 元`,
	)
}

func TestListsInOneCell(t *testing.T) {
	head := "申报日期,补助类别,申报金额,申报单位名称,申报单位编号,佐证材料\n"
	for _, tt := range []struct{ name, cells, want string }{
		{"semicolons of both widths and enumeration commas", "甲；乙;丙、丁,,x；y", `"entities":[{"name":"甲"},{"name":"乙"},{"name":"丙"},{"name":"丁"}],"evidence":["x","y"]`},
		{"line ends, behind semicolons or not", "\"甲；\n乙\n丙\",,", `"entities":[{"name":"甲"},{"name":"乙"},{"name":"丙"}]`},
		{"ids go with names by their place", "甲；乙；丙,1；；3,", `"entities":[{"id":"1","name":"甲"},{"name":"乙"},{"id":"3","name":"丙"}]`},
		{"a separator at the end", "甲；乙；,1；2；,x；", `"entities":[{"id":"1","name":"甲"},{"id":"2","name":"乙"}],"evidence":["x"]`},
		{"one of each", "Foo Co., Ltd,1,", `"entities":[{"id":"1","name":"Foo Co., Ltd"}]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cells := strings.Replace(tt.cells, "Foo Co., Ltd", `"Foo Co., Ltd"`, 1)
			got := facts(readText(t, "补助申报.csv", head+"2018-03-05,rd,1元,"+cells+"\n", sheets.Options{}))
			diff(t, got, `{"specversion":"1.0","type":"SubsidyApplied","time":"2018-03-05","data":{`+tt.want+`,"kind":"rd","requested_yuan":"1.00"}}`)
		})
	}
	diff(t, readText(t, "补助申报.csv", head+"2018-03-05,rd,1元,甲；乙；丙,1；2,\n", sheets.Options{})[1:2],
		`2 ! 5 data.entities.id: Applicants: Id has 2 values and Applicants: Name has 3; leave an empty place for what is not there, as in a;;c`)
}

func TestUnitsByCodeOrName(t *testing.T) {
	head := "培训日期,培训人次,单位\n"
	for _, tt := range []struct{ in, want string }{
		{"450703", `2 {"specversion":"1.0","type":"EnvoyTrainingHeld","time":"2018-02-05","org":"450703","data":{"attendees":30}}`},
		{"钦 北 区", `2 {"specversion":"1.0","type":"EnvoyTrainingHeld","time":"2018-02-05","org":"450703","data":{"attendees":30}}`},
		{"qinzhou", `2 {"specversion":"1.0","type":"EnvoyTrainingHeld","time":"2018-02-05","org":"450700","data":{"attendees":30}}`},
		{"", `2 {"specversion":"1.0","type":"EnvoyTrainingHeld","time":"2018-02-05","org":"450700","data":{"attendees":30}}`},
		{"钦北", `2 ! 3 org: "钦北" is no unit of the plan; write its code or its name, did you mean 钦北区?`},
	} {
		got := readText(t, "科技培训.csv", head+"2018-02-05,30,"+tt.in+"\n", sheets.Options{Org: "450700"})
		diff(t, got[1:2], tt.want)
	}
}

func TestFieldsOfAReceiptAreFoundInTheRow(t *testing.T) {
	f, err := sheets.OpenReader("补助申报.csv", strings.NewReader("申报金额,日期,申报单位名称,申报单位编号,佐证材料\n1,2018-03-05,甲,1,x\n"), sheets.Options{Catalogue: plan()})
	if err != nil {
		t.Fatal(err)
	}
	f.Next()
	r, err := f.Next()
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]int{
		"time": 2, "data.requested_yuan": 1, "data.entities[1].name": 3, "data.entities.1.name": 3, "data.entities[0].id": 4, "data.entities": 3, "data.entities[1]": 3,
		"data.evidence[0]": 5, "org": 0, "data.kind": 0, "data": 0, "": 0,
	} {
		if got, ok := r.Column(field); got != want || ok != (want > 0) {
			t.Errorf("Column(%q) = %d, %v, want %d", field, got, ok, want)
		}
	}
}
