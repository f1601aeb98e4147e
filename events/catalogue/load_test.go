package catalogue_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

const thing = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "ThingDone.v1",
  "title": "事", "x-title-en": "Thing done",
  "x-day": {"zh": "日期", "en": "Date"},
  "x-identity": ["name", "day"],
  "x-entity": ["name"],
  "type": "object",
  "additionalProperties": false,
  "required": ["name"],
  "properties": {
    "name": {"title": "名称", "x-title-en": "Name", "type": "string", "minLength": 1},
    "kind": {"title": "类型", "x-title-en": "Kind", "type": "string", "enum": ["a", "b"], "x-titles": {"a": {"zh": "甲", "en": "A"}, "b": {"zh": "乙", "en": "B"}}},
    "size": {"title": "大小", "x-title-en": "Size", "type": "integer", "minimum": 1, "default": 1},
    "fee_yuan": {"title": "费用", "x-title-en": "Fee", "type": "string", "x-money": "yuan", "pattern": "^(0|[1-9][0-9]{0,12})\\.[0-9]{2}$"},
    "list": {"title": "列表", "x-title-en": "List", "type": "array", "items": {"type": "string"}}
  }
}
`

func TestMistakesAreListedWithTheirPlace(t *testing.T) {
	for _, test := range []struct {
		name     string
		old, new string   // replaced in thing
		want     []string // the line, what stands at the place, what is wrong
	}{
		{"none", "", "", nil},
		{"an unknown keyword", `"minLength"`, `"minLenght"`, []string{`12 "minLenght": unknown keyword "minLenght"; did you mean minLength?`}},
		{"a keyword not supported", `"minLength": 1`, `"$ref": "#/x"`, []string{`12 "$ref": kaohe does not support the keyword "$ref"`}},
		{"a keyword of another type", `"minLength": 1`, `"minimum": 1`, []string{`12 "minimum": the keyword "minimum" does not apply to text`}},
		{"a keyword of another place", `"minLength": 1`, `"x-day": {"zh": "a", "en": "b"}`, []string{`12 "x-day": the keyword "x-day" does not apply to text`}},
		{"a keyword with a wrong value", `"minLength": 1`, `"minLength": "1"`, []string{`12 "1": "minLength" must be a whole number`}},
		{"a negative size", `"minLength": 1`, `"minLength": -1`, []string{`12 -1: "minLength" must be 0 or more`}},
		{"bounds the wrong way round", `"minLength": 1`, `"minLength": 3, "maxLength": 2`, []string{`12 3: minLength is greater than maxLength`}},
		{"a pattern that is none", `"minLength": 1`, `"pattern": "("`, []string{"12 \"(\": this pattern does not compile: error parsing regexp: missing closing ): `(`"}},
		{"no English title", `"x-title-en": "Name", `, ``, []string{`12 {"title": "x-title-en" is missing; labels are in Chinese (title) and in English (x-title-en)`}},
		{"no title at all", `"title": "事", "x-title-en": "Thing done",`, ``, []string{
			`1 {: "x-title-en" is missing; labels are in Chinese (title) and in English (x-title-en)`,
			`1 {: "title" is missing; labels are in Chinese (title) and in English (x-title-en)`}},
		{"two fields with one title", `"x-title-en": "Size"`, `"x-title-en": "Kind"`, []string{`14 "size": size and kind have the same title "Kind"`}},
		{"half a day", `{"zh": "日期", "en": "Date"}`, `{"zh": "日期"}`, []string{`5 {"zh": "x-day" must be like {"zh": "发证日期", "en": "Date of issue"}`}},
		{"an enum without titles", `, "x-titles": {"a": {"zh": "甲", "en": "A"}, "b": {"zh": "乙", "en": "B"}}`, ``, []string{`13 ["a": "x-titles" is missing: an enum says what its values mean; "x-titles": {"a": {"zh": "...", "en": "..."}}`}},
		{"an enum without a title", `, "b": {"zh": "乙", "en": "B"}`, `, "c": {"zh": "乙", "en": "B"}`, []string{
			`13 "c": "c" is not a value of the enum; did you mean a?`, `13 {"a": no title for b`}},
		{"an enum of another type", `["a", "b"]`, `["a", "b", 3]`, []string{`13 3: "enum" must be a value of the schema's type`}},
		{"required but unknown", `"required": ["name"]`, `"required": ["nam", "name", "name"]`, []string{
			`10 "nam": "nam" is not among the properties; did you mean name?`, `10 "name": "name" stands here twice`}},
		{"required with a default", `"required": ["name"]`, `"required": ["name", "size"]`, []string{`14 1: a required field needs no default`}},
		{"an identity of nothing", `"x-identity": ["name", "day"]`, `"x-identity": ["nome", "list"]`, []string{
			`6 "nome": "nome" is not among the properties; did you mean name?`, `6 "list": "list" is a list or an object and names nothing`}},
		{"an entity of nothing", `"x-entity": ["name"]`, `"x-entity": "name"`, []string{`7 "name": "x-entity" must be a list of names`}},
		{"a default that does not fit", `"default": 1`, `"default": 0`, []string{`14 0: the default does not fit: default: expected a whole number of at least 1, got 0`}},
		{"an open object", `  "additionalProperties": false,
`, ``, []string{`1 {: an object with properties must say "additionalProperties": false; otherwise a mistyped name would be taken in silence`}},
		{"an object open on purpose", `"additionalProperties": false`, `"additionalProperties": true`, []string{
			`9 true: an object with properties must say "additionalProperties": false; otherwise a mistyped name would be taken in silence`}},
		{"money under another name", `"fee_yuan"`, `"fee"`, []string{`15 "fee": names of money, and only those, end in _yuan; money is {"type": "string", "x-money": "yuan", "pattern": ...}`}},
		{"text under a name of money", `"name": {`, `"name_yuan": {"title": "名", "x-title-en": "N", "type": "string"}, "name": {`, []string{
			`12 "name_yuan": names of money, and only those, end in _yuan; money is {"type": "string", "x-money": "yuan", "pattern": ...}`}},
		{"money without its pattern", `, "pattern": "^(0|[1-9][0-9]{0,12})\\.[0-9]{2}$"`, ``, []string{
			`15 {"title": money and decimals have a pattern of their own; write "pattern": "^(0|[1-9][0-9]{0,12})\\.[0-9]{2}$"`}},
		{"money in another currency", `"x-money": "yuan"`, `"x-money": "usd"`, []string{`15 "usd": "x-money" must be "yuan"`}},
		{"money as a number", `"type": "string", "x-money"`, `"type": "integer", "x-money"`, []string{
			`15 "x-money": the keyword "x-money" does not apply to a whole number`,
			`15 "pattern": the keyword "pattern" does not apply to a whole number`,
			`15 "fee_yuan": names of money, and only those, end in _yuan; money is {"type": "string", "x-money": "yuan", "pattern": ...}`}},
		{"a number that is not exact", `"type": "integer"`, `"type": "number"`, []string{
			`14 "number": the type "number" is not exact; use "integer", or "string" with "x-decimal": true or "x-money": "yuan"`}},
		{"two types", `"type": "integer"`, `"type": ["integer", "string"]`, []string{
			`14 "string": "type" must be "string", "integer", "boolean", "array" or "object", or a list of one of them and "null"`}},
		{"no type", `"type": "string", "minLength"`, `"minLength"`, []string{`12 {"title": "type" is missing; such as "string", "integer" or ["integer", "null"]`}},
		{"no items", `, "items": {"type": "string"}`, ``, []string{`16 {"title": "items" is missing; say what the items of the list are`}},
		{"a format not supported", `"minLength": 1`, `"format": "uri"`, []string{`12 "uri": "format" must be "date", the only one supported`}},
		{"a bad name", `"size": {`, `"Size": {`, []string{`14 "Size": "Size" is not a name of a field; lower-case letters, digits and _, beginning with a letter`}},
		{"another id", `"ThingDone.v1"`, `"ThingDone.v2"`, []string{`3 "ThingDone.v2": "$id" must be "ThingDone.v1"`}},
		{"another dialect", `draft/2020-12/schema`, `draft-07/schema`, []string{`2 "https: "$schema" must be "https://json-schema.org/draft/2020-12/schema"`}},
		{"a member twice", `"size": {`, `"kind": {"title": "甲", "x-title-en": "X", "type": "string"}, "size": {`, []string{`14 "kind": "kind" stands here twice; remove one of them`}},
		{"not JSON", `"x-entity": ["name"],`, `"x-entity": ["name"]`, []string{`8 "type": this is not JSON: invalid character '"' after object value (expecting ',' or '}')`}},
		{"something behind it", "  }\n}\n", "  }\n}\n[]", []string{`19 [: something follows the end of the schema`}},
		{"a condition on what is unknown", `"required": ["name"],`, `"required": ["name"], "dependentRequired": {"nme": ["kind"]}, "anyOf": [{"required": ["sizes"]}, {"properties": {"kin": {"const": "a"}}}],`, []string{
			`10 "nme": "nme" is not among the properties; did you mean name?`, `10 "sizes": "sizes" is not among the properties; did you mean size?`,
			`10 "kin": "kin" is not among the properties; did you mean kind?`}},
		{"a condition on a default", `"required": ["name"],`, `"required": ["name"], "if": {"required": ["size"]}, "then": {"required": ["kind"]},`, []string{
			`10 "size": "size" has a default, nothing may depend on whether it is given`}},
		{"then without if", `"required": ["name"],`, `"required": ["name"], "then": {"required": ["kind"]},`, []string{`1 {: "then" and "else" need an "if"`}},
		{"a condition that is none", `"required": ["name"],`, `"required": ["name"], "not": {"titel": 1},`, []string{`10 "titel": unknown keyword "titel"`}},
		{"a reference to nothing", `"minLength": 1`, `"x-ref": "An Indicator"`, []string{`12 "An Indicator": nothing is known by the reference "An Indicator"; it is one of org, event_type, indicator`}},
		{"a reference that the intake cannot follow", `"minLength": 1`, `"x-ref": "township"`, []string{`12 "township": nothing is known by the reference "township"; it is one of org, event_type, indicator`}},
		{"a reference to a unit", `"minLength": 1`, `"x-ref": "org"`, nil},
		{"true for a schema", `"size": {`, `"extra": true, "size": {`, []string{`14 true: a schema must be an object`}},
		{"true within a condition", `"required": ["name"],`, `"required": ["name"], "if": {"properties": {"kind": true}}, "then": {"required": ["kind"]},`, []string{`10 true: a schema must be an object`}},
		{"true for the items of a list", `"items": {"type": "string"}`, `"items": true`, []string{`16 true: a schema must be an object`}},
		{"a condition on a text", `"required": ["name"],`, `"required": ["name"], "not": {"properties": "kind"},`, []string{`10 "kind": "properties" must be an object`}},
		{"titles of the values of nothing", `"minLength": 1`, `"x-titles": 1`, []string{`12 1: "x-titles" needs an "enum" whose values it names`}},
		{"titles of null", `"type": "string", "minLength": 1`, `"type": ["string", "null"], "enum": [null], "x-titles": {}`, []string{`12 {: "x-titles" needs an "enum" whose values it names`}},
		{"a title equal in both languages", `"title": "大小", "x-title-en": "Size"`, `"title": "GDP", "x-title-en": "GDP"`, nil},
		{"a title that is another field's in the other language", `"title": "大小"`, `"title": "Kind"`, nil},
		{"two fields with one Chinese title", `"title": "大小"`, `"title": "类型"`, []string{`14 "size": size and kind have the same title "类型"`}},
		{"a count of text", `"size": {`, `"count": {"title": "数", "x-title-en": "N", "type": "string"}, "size": {`, []string{
			`14 "string": count is how many an event stands for: a whole number from 1; write "type": ["integer", "null"], "minimum": 1; null says that the number is unknown`}},
		{"a decimal count", `"size": {`, `"count": {"title": "数", "x-title-en": "N", "type": "string", "x-decimal": true, "pattern": "^-?(0|[1-9][0-9]{0,13})(\\.[0-9]{1,4})?$"}, "size": {`, []string{
			`14 "string": count is how many an event stands for: a whole number from 1; write "type": ["integer", "null"], "minimum": 1; null says that the number is unknown`}},
		{"a count from 0", `"size": {`, `"count": {"title": "数", "x-title-en": "N", "type": "integer", "minimum": 0}, "size": {`, []string{
			`14 0: count is how many an event stands for: a whole number from 1; write "type": ["integer", "null"], "minimum": 1; null says that the number is unknown`}},
		{"a count without a bound", `"size": {`, `"count": {"title": "数", "x-title-en": "N", "type": "integer"}, "size": {`, []string{
			`14 {"title": count is how many an event stands for: a whole number from 1; write "type": ["integer", "null"], "minimum": 1; null says that the number is unknown`}},
		{"a good count", `"size": {`, `"count": {"title": "数", "x-title-en": "N", "type": "integer", "exclusiveMinimum": 0}, "size": {`, nil},
		{"entities that need no name", `"size": {`, `"entities": {"title": "单位", "x-title-en": "E", "type": "array", "items": {"type": "object", "additionalProperties": false, "properties": {"name": {"title": "名", "x-title-en": "N", "type": "string"}}}}, "size": {`, []string{
			`14 {"title": entities is a list of objects with a name; each has name, a required text, and perhaps id, another text`}},
		{"entities with a number for an id", `"size": {`, `"entities": {"title": "单位", "x-title-en": "E", "type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["name"], "properties": {"name": {"title": "名", "x-title-en": "N", "type": "string"}, "id": {"title": "号", "x-title-en": "I", "type": "integer"}}}}, "size": {`, []string{
			`14 {"title": entities is a list of objects with a name; each has name, a required text, and perhaps id, another text`}},
		{"entities without names", `"list": {"title": "列表", "x-title-en": "List"`, `"entities": {"title": "列表", "x-title-en": "List"`, []string{
			`16 {"title": entities is a list of objects with a name; each has name, a required text, and perhaps id, another text`}},
		{"two mistakes at once", `"type": "string", "minLength": 1`, `"type": "sting", "minLength": -1`, []string{
			`12 "sting": "type" must be "string", "integer", "boolean", "array" or "object", or a list of one of them and "null"`, `12 -1: "minLength" must be 0 or more`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := thing
			if test.old != "" {
				if text = strings.Replace(thing, test.old, test.new, 1); text == thing {
					t.Fatal("nothing was replaced")
				}
			}
			c, mistakes := catalogue.Load(fstest.MapFS{"events/ThingDone.v1.json": {Data: []byte(text)}})
			if (c == nil) != (len(mistakes) > 0) {
				t.Errorf("catalogue %v with %d mistakes", c, len(mistakes))
			}
			var got []string
			for _, m := range mistakes {
				got = append(got, brief(m))
				checkPlace(t, text, m)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// brief writes a mistake in one line: the line's number, what stands at its place, what is wrong and the hint, unless that
// is a long list of keywords.
func brief(m events.Mistake) string {
	at := string([]rune(m.Source)[m.Column-1:])
	if end := strings.IndexAny(at[min(1, len(at)):], ",:}]"); end >= 0 {
		at = at[:end+1]
	}
	s := fmt.Sprintf("%d %s: %s", m.Line, at, m.Text.In(events.English))
	if h := m.Hint.In(events.English); h != "" && !strings.HasPrefix(h, "allowed here: ") {
		s += "; " + h
	}
	return s
}

// checkPlace checks that the place is in the file and the line is that of the file.
func checkPlace(t *testing.T, text string, m events.Mistake) {
	t.Helper()
	lines := strings.Split(text, "\n")
	if m.File != "events/ThingDone.v1.json" || m.Line < 1 || m.Line > len(lines) || m.Source != lines[m.Line-1] || m.Column < 1 || m.Column > len([]rune(m.Source))+1 {
		t.Errorf("%s:%d:%d is no place of %q", m.File, m.Line, m.Column, m.Source)
	}
	if m.Text.ZH == "" || m.Text.EN == "" || (m.Hint.ZH == "") != (m.Hint.EN == "") {
		t.Errorf("%s is not in both languages", brief(m))
	}
}

func TestMistakesOfFiles(t *testing.T) {
	again := strings.ReplaceAll(thing, "ThingDone.v1", "ThingDone.v2")
	for _, test := range []struct {
		name string
		fsys fstest.MapFS
		want []string // file: text
	}{
		{"no folder", fstest.MapFS{}, []string{"events: cannot read the folder of the event schemas: file does not exist"}},
		{"an empty folder", fstest.MapFS{"events/.keep": {}}, []string{"events: there is no event schema"}},
		{"other names", fstest.MapFS{"events/thing.json": {Data: []byte(thing)}, "events/notes.txt": {}}, []string{
			"events/notes.txt: the file name is not <Type>.v<N>.json", "events/thing.json: the file name is not <Type>.v<N>.json"}},
		{"a type twice", fstest.MapFS{"events/ThingDone.v1.json": {Data: []byte(thing)}, "events/ThingDone.v2.json": {Data: []byte(again)}}, []string{
			"events/ThingDone.v2.json: ThingDone is already defined by ThingDone.v1"}},
		{"a file beyond all reason", fstest.MapFS{"events/ThingDone.v1.json": {Data: []byte(thing + strings.Repeat(" ", 1<<20))}}, []string{
			"events/ThingDone.v1.json: the file is larger than 1 MiB"}},
		{"mistakes in two files", fstest.MapFS{"events/A.v1.json": {Data: []byte("[]")}, "events/B.v1.json": {Data: []byte("")}}, []string{
			"events/A.v1.json: a schema must be an object", "events/B.v1.json: this is not JSON: unexpected EOF"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, mistakes := catalogue.Load(test.fsys)
			var got []string
			for _, m := range mistakes {
				got = append(got, m.File+": "+m.Text.In(events.English))
			}
			if diff := cmp.Diff(test.want, got); diff != "" || c != nil {
				t.Errorf("catalogue %v (-want +got)\n%s", c, diff)
			}
		})
	}
}

func TestATypeSaysWhatItsSchemaSays(t *testing.T) {
	typ := sample(t)
	if typ.Schema() != "SampleTaken.v1" || typ.Title.ZH != "采样" || typ.Description.EN != "For tests" || typ.Day.EN != "Date of the sample" || typ.Control {
		t.Errorf("got %+v", typ)
	}
	if diff := cmp.Diff([]string{"code", "day"}, typ.Identity); diff != "" {
		t.Error(diff)
	}
	var got []string
	for _, f := range typ.Fields {
		got = append(got, fmt.Sprintf("%s %s %v %v %s", f.Name, f.Kind, f.Required, f.Nullable, f.Default))
	}
	want := []string{
		"kind string true false ", "code string false false ", "text string false true ", "size integer false false ", "level integer false true ",
		"fee_yuan money false true ", "share decimal false false ", `weight decimal false false "1.5"`, "on date false false ", "flag boolean false false ",
		"sure boolean false false ", "left string false false ", "right integer false false ", "indicator string false false ", "words array false false ",
		"plan array false false ", "count integer false true ", "entities array false false ", "box object false false ", "free object false false ", "prices object false false ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	kind, _ := typ.Field("kind")
	if diff := cmp.Diff([]string{"invention", "utility", "design"}, kind.Enum); diff != "" || kind.EnumTitles["utility"].ZH != "实用新型" {
		t.Errorf("kind %+v %s", kind, diff)
	}
	entities, _ := typ.Field("entities")
	if ref, _ := typ.Field("indicator"); ref.Ref != "indicator" || entities.Items.Kind != catalogue.Object || entities.Items.Fields[2].Kind != catalogue.Money {
		t.Errorf("indicator %+v, entities %+v", ref, entities.Items)
	}
	if _, ok := typ.Field("nothing"); ok {
		t.Error("a field of no schema is known")
	}
}

func TestTypesAreFoundAndSuggested(t *testing.T) {
	c := defaultPlan(t)
	for wrong, want := range map[string]string{"PatentGrant": "PatentGranted", "patentgranted": "PatentGranted", "专利授权": "PatentGranted", "Patent granted": "PatentGranted", "Xyz": ""} {
		if got := c.Suggest(wrong); got != want {
			t.Errorf("Suggest(%q) = %q, want %q", wrong, got, want)
		}
		if _, ok := c.Type(wrong); ok {
			t.Errorf("%q is a type", wrong)
		}
	}
	if _, ok := c.Type("PatentGranted"); !ok {
		t.Error("PatentGranted is no type")
	}
}
