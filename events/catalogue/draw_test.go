package catalogue_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events/catalogue"
)

// drawData draws an object that often fits the type, and otherwise nearly does.
func drawData(t *rapid.T, typ *catalogue.Type) []byte {
	// How often something is wrong in one event: never, seldom or often.
	slips := rapid.SampledFrom([]int{0, 0, 0, 2, 20}).Draw(t, "slips")
	return []byte(drawObject(t, typ.Fields, slips, 0))
}

// narrow are values of fields that have few.
var narrow = map[string]string{
	"quarter": `"2018Q1"`, "position": `"12-0"`, "plan": quote(strings.Repeat("0a", 32)), "hash": quote(strings.Repeat("f1", 32)),
	"left": `"L"`, "right": "7.0", "text": `"text "`,
}

func slip(t *rapid.T, percent int) bool {
	return percent > 0 && rapid.IntRange(1, 100).Draw(t, "slip") <= percent
}

func drawObject(t *rapid.T, fields []*catalogue.Field, slips, depth int) string {
	var members []string
	for _, f := range fields {
		wanted := f.Required || f.Name == "size" || rapid.IntRange(0, 2).Draw(t, "given") == 0
		if wanted == slip(t, slips) {
			continue
		}
		members = append(members, quote(f.Name)+": "+drawValue(t, f, slips, depth))
	}
	if slip(t, slips) {
		members = append(members, quote(rapid.SampledFrom([]string{"other", "kinds", "名称", "count", "name"}).Draw(t, "name"))+":"+drawAny(t, depth))
	}
	members = rapid.Permutation(members).Draw(t, "order")
	return "{" + strings.Join(members, " ,") + "\n}"
}

func drawValue(t *rapid.T, f *catalogue.Field, slips, depth int) string {
	if slip(t, slips) {
		return drawAny(t, depth)
	}
	if form, ok := narrow[f.Name]; ok && f.Kind != catalogue.Array {
		return form
	}
	if f.Nullable && rapid.IntRange(0, 3).Draw(t, "null") == 0 {
		return "null"
	}
	if f.Enum != nil {
		v := rapid.SampledFrom(f.Enum).Draw(t, "enum")
		if f.Kind == catalogue.Integer {
			return v
		}
		return quote(v)
	}
	switch f.Kind {
	case catalogue.Integer:
		return fmt.Sprint(rapid.SampledFrom([]int{1, 1, 2, 4, 7, 9, 10, 11, 30, 2018}).Draw(t, "integer")) + rapid.SampledFrom([]string{"", "", ".0", "e0"}).Draw(t, "tail")
	case catalogue.Money:
		return rapid.SampledFrom([]string{"0", `"0.00"`, "130000", `"18000000.5"`, `"0.05"`, "1e+05", "12.34", `" 7.00 "`, "9999999999999.99"}).Draw(t, "money")
	case catalogue.Decimal:
		return rapid.SampledFrom([]string{"0", `"0.35"`, "16", `"100.2500"`, "0.0001", "1.5e1", "-0", `"2"`}).Draw(t, "decimal")
	case catalogue.Date:
		return quote(rapid.SampledFrom([]string{"2018-02-28", "2020-02-29", "1999-12-31", " 2017-06-30"}).Draw(t, "date"))
	case catalogue.Boolean:
		return rapid.SampledFrom([]string{"true", "true", "false"}).Draw(t, "boolean")
	case catalogue.Array:
		items := make([]string, rapid.SampledFrom([]int{1, 1, 2, 3, 4, 4, 9, 0}).Draw(t, "items"))
		for i := range items {
			items[i] = drawValue(t, f.Items, slips, depth+1)
		}
		return "[" + strings.Join(items, ",") + "]"
	case catalogue.Object:
		if f.Fields == nil {
			return drawFree(t, depth)
		}
		return drawObject(t, f.Fields, slips, depth+1)
	}
	words := rapid.SampledFrom([]string{
		"A-12", "91450700MA5K9X1234", "ZL201810012345.6", "2018Q1", "12-0", "漓源粮油有限公司", "L", "abc", "450703001", "cafe\u0301", "\u3000空格\u00a0",
		strings.Repeat("0a", 32), "hightech_firms",
	})
	return quote(rapid.OneOf(words, words, words, rapid.StringN(0, 12, -1)).Draw(t, "text"))
}

// drawAny draws any value, not always good JSON.
func drawAny(t *rapid.T, depth int) string {
	if depth < 4 && rapid.IntRange(0, 4).Draw(t, "deep") == 0 {
		return drawFree(t, depth+1)
	}
	return rapid.SampledFrom([]string{
		"null", "true", "false", "0", "-1", "1.5", "1e400", "9007199254740992", "-9007199254740991", "12345678901234567890", "-0.0", "1E-7", "1e21", "123456789e3",
		`""`, `"x"`, `" "`, `"12"`, `"-5"`, `"1.234"`, `"12345678901234"`, `"2018-02-30"`, `"2018/2/3"`, `"true"`, `"\u0000"`, `"\ud83d"`, `"\ud83d\ude00"`, `"\u4e2d\/\b"`,
		"\"\xff\"", "\"a\x01\"", `"Å"`, "[]", "{}", "[1,1]", `["a","a"]`, `[{"name":"a"},{"name":"a"}]`, `{"a":1,"a":2}`, `{"name":""}`, "tru", "01", `"`, "[1,]",
	}).Draw(t, "any")
}

// drawFree draws an object that no schema describes.
func drawFree(t *rapid.T, depth int) string {
	members := make([]string, rapid.IntRange(0, 4).Draw(t, "members"))
	for i := range members {
		name := rapid.OneOf(rapid.SampledFrom([]string{"a", "b", "é", "\ufb33", "\U0001f600", "名", "data", "wide", "a\nb", `"`}), rapid.StringN(0, 3, -1)).Draw(t, "name")
		value := rapid.SampledFrom([]string{"1", "0.1", "-1.50", "1e2", "1e-7", "123456789012345680000", "1e21", "100", `"x"`, `"12.5"`, `" é "`, "[true, null]", "3.0"}).Draw(t, "value")
		if depth < 4 && rapid.IntRange(0, 5).Draw(t, "deep") == 0 {
			value = drawFree(t, depth+1)
		}
		members[i] = quote(name) + ":" + value
	}
	return "{" + strings.Join(members, ",") + "}"
}

func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}
