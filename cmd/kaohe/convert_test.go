package main

import (
	"encoding/json"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators/api"
)

func TestConvertByKind(t *testing.T) {
	enum := &api.Field{Kind: "string", Enum: []string{"invention"}, EnumTitles: map[string]events.Text{"invention": {ZH: "发明", EN: "Invention"}}}
	for _, tt := range []struct {
		name  string
		field *api.Field
		in    string
		want  string // JSON
		note  string
	}{
		{"text stays", &api.Field{Kind: "string"}, "007", `"007"`, ""},
		{"an unknown field stays text", nil, "12", `"12"`, ""},
		{"an integer", &api.Field{Kind: "integer"}, "64", `64`, ""},
		{"a grouped integer", &api.Field{Kind: "integer"}, "1,500", `1500`, "1,500 = 1500"},
		{"what is no integer goes out as text", &api.Field{Kind: "integer"}, "many", `"many"`, ""},
		{"null where it is allowed", &api.Field{Kind: "integer", Nullable: true}, "null", `null`, ""},
		{"null where it is not", &api.Field{Kind: "integer"}, "null", `"null"`, ""},
		{"money in 万元", &api.Field{Kind: "money"}, "13万元", `"130000"`, "13万元 = 130 000.00 元"},
		{"money is always echoed", &api.Field{Kind: "money"}, "1800", `"1800"`, "1800 = 1 800.00 元"},
		{"a decimal", &api.Field{Kind: "decimal"}, "30万", `"300000"`, "30万 = 300000"},
		{"yes in Chinese", &api.Field{Kind: "boolean"}, "是", `true`, ""},
		{"no", &api.Field{Kind: "boolean"}, "No", `false`, ""},
		{"what is no boolean", &api.Field{Kind: "boolean"}, "maybe", `"maybe"`, ""},
		{"a Chinese date", &api.Field{Kind: "date"}, "2018年3月1日", `"2018-03-01"`, ""},
		{"30 February is for the server to refuse", &api.Field{Kind: "date"}, "2018-2-30", `"2018-02-30"`, ""},
		{"an enum by its title", enum, "发明", `"invention"`, ""},
		{"an enum by its English title", enum, "INVENTION", `"invention"`, ""},
		{"a list", &api.Field{Kind: "array", Items: &api.Field{Kind: "integer"}}, "1, 2，3", `[1,2,3]`, ""},
		{"an empty list", &api.Field{Kind: "array"}, "", `[]`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := convert(tt.field, tt.in)
			b, err := json.Marshal(got.value)
			if err != nil || string(b) != tt.want || got.note != tt.note {
				t.Errorf("convert(%q) = %s, note %q, %v, want %s, note %q", tt.in, b, got.note, err, tt.want, tt.note)
			}
		})
	}
}

func TestFindFieldFollowsObjectsAndLists(t *testing.T) {
	name := api.Field{Name: "name", Kind: "string"}
	fields := []api.Field{
		{Name: "kind", Kind: "string"},
		{Name: "site", Kind: "object", Fields: []api.Field{{Name: "area", Kind: "decimal"}}},
		{Name: "entities", Kind: "array", Items: &api.Field{Kind: "object", Fields: []api.Field{name}}},
		{Name: "tags", Kind: "array", Items: &api.Field{Kind: "integer"}},
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
		if f := findField(fields, tt.path); f != nil {
			got = f.Kind
		}
		if got != tt.want {
			t.Errorf("findField(%v) has kind %q, want %q", tt.path, got, tt.want)
		}
	}
}

func TestPlainDate(t *testing.T) {
	for _, tt := range []struct {
		in, want string
	}{
		{"2018-03-01", "2018-03-01"}, {"2018/3/1", "2018-03-01"}, {"2018.3.1", "2018-03-01"}, {"２０１８年３月１日", "2018-03-01"},
		{"18-3-1", ""}, {"2018-3", ""}, {"2018-03-001", ""}, {"2018-03-01T00:00:00Z", ""}, {"today", ""},
	} {
		if got, _ := plainDate(tt.in); got != tt.want {
			t.Errorf("plainDate(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}
