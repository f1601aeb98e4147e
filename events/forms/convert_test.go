package forms

import (
	"encoding/json"
	"testing"

	"github.com/kaohe/kaohe/events"
)

func TestConvertByKind(t *testing.T) {
	level := &Field{Kind: "string", Enum: []string{"region", "city"}, EnumTitles: map[string]events.Text{
		"region": {ZH: "自治区(省)级", EN: "region"}, "city": {ZH: "市级", EN: "city"}}}
	enum := &Field{Kind: "string", Enum: []string{"invention"}, EnumTitles: map[string]events.Text{"invention": {ZH: "发明", EN: "Invention"}}}
	for _, tt := range []struct {
		name  string
		field *Field
		in    string
		want  string // JSON
		note  string
	}{
		{"text stays", &Field{Kind: "string"}, "007", `"007"`, ""},
		{"a code however wide", &Field{Kind: "string", MaxLength: 64}, "Ｅ－１７", `"E-17"`, "Ｅ－１７ = E-17"},
		{"brackets of a code stay as they are written", &Field{Kind: "string", MaxLength: 64}, "桂科（2018）１号", `"桂科（2018）1号"`, "桂科（2018）１号 = 桂科（2018）1号"},
		{"a name stays as it is written", &Field{Kind: "string", MaxLength: 200}, "Ｅ－１７", `"Ｅ－１７"`, ""},
		{"an unknown field stays text", nil, "12", `"12"`, ""},
		{"an integer", &Field{Kind: "integer"}, "64", `64`, ""},
		{"a grouped integer", &Field{Kind: "integer"}, "1,500", `1500`, "1,500 = 1500"},
		{"attendances with their word of measure", &Field{Kind: "integer"}, "30人次", `30`, "30人次 = 30"},
		{"a whole number with a point", &Field{Kind: "integer"}, "3.0", `3`, "3.0 = 3"},
		{"half a person is for the server to refuse", &Field{Kind: "integer"}, "3.5", `3.5`, ""},
		{"what is no integer goes out as text", &Field{Kind: "integer"}, "many", `"many"`, ""},
		{"money is no integer", &Field{Kind: "integer"}, "246元", `"246元"`, ""},
		{"a share is no integer", &Field{Kind: "integer"}, "25%", `"25%"`, ""},
		{"null where it is allowed", &Field{Kind: "integer", Nullable: true}, "null", `null`, ""},
		{"not known, where that may be said", &Field{Kind: "integer", Nullable: true}, "不详", `null`, "不详 = null"},
		{"null where it is not", &Field{Kind: "integer"}, "null", `"null"`, ""},
		{"money in 万元", &Field{Kind: "money"}, "13万元", `"130000.00"`, "13万元 = 130 000.00 元"},
		{"money is always echoed", &Field{Kind: "money"}, "1800", `"1800.00"`, "1800 = 1 800.00 元"},
		{"three places are for the server to refuse", &Field{Kind: "money"}, "1.005", `"1.005"`, "1.005 = 1.005 元"},
		{"zeros behind the point are none", &Field{Kind: "money"}, "1.500", `"1.50"`, "1.500 = 1.50 元"},
		{"three things are no money", &Field{Kind: "money"}, "3项", `"3项"`, ""},
		{"a decimal", &Field{Kind: "decimal"}, "30万", `"300000"`, "30万 = 300000"},
		{"a percentage is a figure in percent", &Field{Kind: "decimal"}, "25%", `"25"`, "25% = 25"},
		{"yes in Chinese", &Field{Kind: "boolean"}, "是", `true`, ""},
		{"a tick", &Field{Kind: "boolean"}, " √ ", `true`, ""},
		{"no", &Field{Kind: "boolean"}, "No", `false`, ""},
		{"a full-width N", &Field{Kind: "boolean"}, "Ｎ", `false`, ""},
		{"what is no boolean", &Field{Kind: "boolean"}, "maybe", `"maybe"`, ""},
		{"a date", &Field{Kind: "date"}, "2018-03-01", `"2018-03-01"`, ""},
		{"a Chinese date", &Field{Kind: "date"}, "2018年3月1日", `"2018-03-01"`, "2018年3月1日 = 2018-03-01"},
		{"30 February is for the server to refuse", &Field{Kind: "date"}, "2018-2-30", `"2018-02-30"`, "2018-2-30 = 2018-02-30"},
		{"the number that a spreadsheet keeps for a day", &Field{Kind: "date"}, "43164", `"2018-03-05"`, "43164 = 2018-03-05"},
		{"a month is no day", &Field{Kind: "date"}, "2018年3月", `"2018年3月"`, ""},
		{"an enum by its value", enum, "invention", `"invention"`, ""},
		{"an enum by its title", enum, "发明", `"invention"`, ""},
		{"an enum by its English title", enum, "INVENTION", `"invention"`, ""},
		{"blanks and widths do not matter", enum, "　发 明 ", `"invention"`, ""},
		{"full-width brackets are brackets", level, "自治区（省）级", `"region"`, ""},
		{"what stands in brackets may be left out", level, "自治区级", `"region"`, ""},
		{"an unknown choice goes out as text", enum, "外观", `"外观"`, ""},
		{"a list", &Field{Kind: "array", Items: &Field{Kind: "integer"}}, "1, 2，3", `[1,2,3]`, ""},
		{"an empty list", &Field{Kind: "array"}, "", `[]`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Convert(tt.field, tt.in)
			b, err := json.Marshal(got.Value)
			if err != nil || string(b) != tt.want || got.Note != tt.note {
				t.Errorf("Convert(%q) = %s, note %q, %v, want %s, note %q", tt.in, b, got.Note, err, tt.want, tt.note)
			}
		})
	}
}

func TestFindFollowsObjectsAndLists(t *testing.T) {
	name := Field{Name: "name", Kind: "string"}
	fields := []Field{
		{Name: "kind", Kind: "string"},
		{Name: "site", Kind: "object", Fields: []Field{{Name: "area", Kind: "decimal"}}},
		{Name: "entities", Kind: "array", Items: &Field{Kind: "object", Fields: []Field{name}}},
		{Name: "tags", Kind: "array", Items: &Field{Kind: "integer"}},
	}
	for _, tt := range []struct {
		path []string
		want string // kind
	}{
		{[]string{"kind"}, "string"}, {[]string{"site", "area"}, "decimal"}, {[]string{"entities", "0", "name"}, "string"},
		{[]string{"entities", "0"}, "object"}, {[]string{"tags", "3"}, "integer"}, {[]string{"tags", "3", "x"}, ""},
		{[]string{"nope"}, ""}, {[]string{"kind", "x"}, ""}, {[]string{"kind", "0"}, ""}, {[]string{"entities", "name"}, ""},
	} {
		got := ""
		if f := Find(fields, tt.path); f != nil {
			got = f.Kind
		}
		if got != tt.want {
			t.Errorf("Find(%v) has kind %q, want %q", tt.path, got, tt.want)
		}
	}
}

func TestFaultsSayWhatToWrite(t *testing.T) {
	kind := &Field{Kind: "string", Enum: []string{"invention", "plain"}, EnumTitles: map[string]events.Text{"invention": {ZH: "发明", EN: "Invention"}}}
	for _, tt := range []struct {
		name   string
		field  *Field
		in     string
		zh, en string
	}{
		{"money", &Field{Kind: "money"}, "若干", "“若干”不是金额；请写成 1800万元 或 18000000.00", `"若干" is no amount; write it as 1800万元 or 18000000.00`},
		{"a choice", kind, "外观", "没有“外观”这一项；可选：发明、plain", `there is no choice "外观"; choose from Invention, plain`},
		{"a month", &Field{Kind: "date"}, "2018年3月", "“2018年3月”只有月份，没有日子；请写成 2018-03-05 或 2018年3月5日", `"2018年3月" is a month and no day; write it as 2018-03-05 or 2018年3月5日`},
		{"the first that is wrong in a list", &Field{Kind: "array", Items: &Field{Kind: "integer"}}, "1,x,y", "“x”不是整数；请只写数字，如 246", `"x" is no whole number; write digits only, such as 246`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Convert(tt.field, tt.in)
			if got.Fault.ZH != tt.zh || got.Fault.EN != tt.en || got.OK() {
				t.Errorf("Convert(%q).Fault = %q, %q, want %q, %q", tt.in, got.Fault.ZH, got.Fault.EN, tt.zh, tt.en)
			}
		})
	}
	if c := Convert(kind, "发明"); !c.OK() {
		t.Errorf("a good choice has the fault %v", c.Fault)
	}
}
