package catalogue_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
)

func TestFaultsNameTheFieldWhatWasExpectedAndWhatCame(t *testing.T) {
	granted, _ := defaultPlan(t).Type("PatentGranted")
	everything := sample(t)
	for _, test := range []struct {
		name, data string
		sample     bool
		want       []string // code | sentence
	}{
		{"nothing wrong", `{"kind":"design"}`, false, nil},
		{"a slip in a value", `{"kind":"inventoin"}`, false, []string{`enum | data.kind: expected one of invention, utility, design, got "inventoin"; did you mean invention?`}},
		{"a title for a value", `{"kind":"发明"}`, false, []string{`enum | data.kind: expected one of invention, utility, design, got "发明"; did you mean invention?`}},
		{"a field missing", `{}`, false, []string{`missing | data.kind: is missing, expected one of invention, utility, design`}},
		{"not an object", `[]`, false, []string{`type | data: expected an object, got []`}},
		{"nothing at all", ``, false, []string{`syntax | data: expected a value, got nothing; data is not JSON from its character 1 on`}},
		{"an object left open", `{"kind":"发明"`, false, []string{`syntax | data: expected "," or "}" after a value, got nothing; data is not JSON from its character 13 on`}},
		{"something behind it", `{"kind":"design"} x`, false, []string{`syntax | data: expected nothing more, got x; data is not JSON from its character 19 on`}},
		{"text for a number and a truth value", `{"kind":"design","count":"3","high_value":"true"}`, false, []string{
			`type | data.count: expected a whole number, or null, got "3"; write 3 without quotes`,
			`type | data.high_value: expected true or false, got "true"; write true without quotes`}},
		{"half a patent", `{"kind":"design","count":1.5}`, false, []string{`type | data.count: expected a whole number, or null, got 1.5`}},
		{"a number for two patents", `{"kind":"design","patent_no":"ZL1","count":2}`, false, []string{`range | data.count: expected a whole number of at most 1, got 2; because patent_no is given`}},
		{"no patent", `{"kind":"design","count":0}`, false, []string{`range | data.count: expected a whole number from 1 to 1000000, got 0`}},
		{"a number beyond JSON", `{"kind":"design","count":1e30}`, false, []string{`number | data.count: expected a whole number of at most 9007199254740991, got 1e30`}},
		{"30 February", `{"kind":"design","filed_on":"2018-02-30"}`, false, []string{`format | data.filed_on: expected a day written as 2018-02-28, got "2018-02-30"; the calendar has no such day`}},
		{"a day written otherwise", `{"kind":"design","filed_on":"2018年2月3日"}`, false, []string{`format | data.filed_on: expected a day written as 2018-02-28, got "2018年2月3日"; did you mean 2018-02-03?`}},
		{"GBK", "{\"kind\":\"design\",\"note\":\"\xd6\xd0\"}", false, []string{`utf8 | data.note: expected text in UTF-8, got "` + "\ufffd\ufffd" + `"; save the file as UTF-8, not as GBK`}},
		{"half a character", `{"kind":"design","note":"\ud83dx"}`, false, []string{`surrogate | data.note: expected whole characters, got "\ud83dx"; an escape like \ud83d needs its second half`}},
		{"NUL", `{"kind":"design","note":"a\u0000"}`, false, []string{`control | data.note: expected text without control characters, got "a\u0000"; write a line feed as \n and a tab as \t; remove NUL, carriage returns and the like`}},
		{"a control character beyond ASCII", "{\"kind\":\"design\",\"note\":\"a\u009f\"}", false, []string{"control | data.note: expected text without control characters, got \"a \"; write a line feed as \\n and a tab as \\t; remove NUL, carriage returns and the like"}},
		{"a name twice", `{"kind":"design","kind":"design"}`, false, []string{`duplicate | data.kind: expected each field once, got "design"`}},
		{"equal items", `{"kind":"design","evidence":["a","b"," a"]}`, false, []string{`not_unique | data.evidence[2]: expected items that differ from each other, got " a"`}},
		{"equal items among many", `{"kind":"design","evidence":["a","b","c","d","e","f","g","h","i","d"]}`, false, []string{`not_unique | data.evidence[9]: expected items that differ from each other, got "d"`}},
		{"too deep", `{"kind":"design","evidence":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}`, false, []string{`depth | data.evidence[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]: expected at most 16 levels of nesting, got [1]]]]]]]]]]]]]]]]}`}},

		{"money of all kinds", `{"kind":"design","size":1,"fee_yuan":-5,"prices":{"a":"1.234","b":"1,000","c":"13万","d":99999999999999}}`, true, []string{
			`money_negative | data.fee_yuan: expected an amount of yuan from 0.00 to 9999999999999.99, such as 130000.00, got -5; it must not be negative`,
			`money_places | data.prices.a: expected an amount of yuan from 0.00 to 9999999999999.99, such as 130000.00, got "1.234"; it has too many decimal places`,
			`money_format | data.prices.b: expected an amount of yuan from 0.00 to 9999999999999.99, such as 130000.00, got "1,000"; write it without separators`,
			`money_format | data.prices.c: expected an amount of yuan from 0.00 to 9999999999999.99, such as 130000.00, got "13万"; write the full amount in yuan: 13万元 is 130000.00`,
			`money_range | data.prices.d: expected an amount of yuan from 0.00 to 9999999999999.99, such as 130000.00, got 99999999999999; it is too large`}},
		{"decimals", `{"kind":"design","size":1,"share":"1.23456","weight":-1}`, true, []string{
			`decimal_places | data.share: expected a decimal number with at most four places, such as 0.35, got "1.23456"; it has too many decimal places`,
			`decimal_negative | data.weight: expected a decimal number with at most four places, such as 0.35, got -1; it must not be negative`}},
		{"fewer counted than named", `{"kind":"design","size":1,"count":1,"entities":[{"name":"a"},{"name":"b"}]}`, true, []string{`count | data.count: expected at least 2, as many as there are entities, got 1`}},
		{"an unknown field within", `{"kind":"design","size":1,"entities":[{"name":"a"},{"nme":"b"}]}`, true, []string{
			`unknown | data.entities[1].nme: expected one of the fields id, name, part_yuan, times, got "b"; did you mean name?`,
			`missing | data.entities[1].name: is missing, expected text`}},
		{"an unknown field by its title", `{"kind":"design","size":1,"box":{"宽":1,"Height":2}}`, true, []string{
			`unknown | data.box.宽: expected one of the fields tall, wide, got 1; did you mean wide?`,
			`unknown | data.box.Height: expected one of the fields tall, wide, got 2; did you mean tall?`}},
		{"none of the alternatives", `{"kind":"design"}`, true, []string{`choice | data: expected at least code, or size, or kind is utility and text, got kind`,
			`length | data: expected at least 2 fields, got {"kind":"design"}; these are 1 field`}},
		{"two alternatives at once", `{"kind":"design","size":1,"left":"L","right":7}`, true, []string{`choice | data: expected exactly one of: left; right; not (left or right), got kind, size, left, right`}},
		{"what depends on another field", `{"kind":"invention","size":9,"code":"A-1"}`, true, []string{
			`missing | data.fee_yuan: is missing, expected an amount of yuan from 0.00 to 9999999999999.99, such as 130000.00, or null; because code is given`,
			`missing | data.on: is missing, expected a day written as 2018-02-28; because code is given`,
			`missing | data.level: is missing, expected one of 1, 2, 3, null; because kind is invention`,
			`range | data.size: expected a whole number of at least 10, got 9; because kind is invention`}},
		{"a form", `{"kind":"design","size":1,"code":"12"}`, true, []string{
			`format | data.code: expected text of the form ^[A-Z]-[0-9]{1,3}$ (Such as A-12), got "12"`,
			`missing | data.fee_yuan: is missing, expected an amount of yuan from 0.00 to 9999999999999.99, such as 130000.00, or null; because code is given`,
			`missing | data.on: is missing, expected a day written as 2018-02-28; because code is given`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			typ := granted
			if test.sample {
				typ = everything
			}
			_, faults := typ.Normalise([]byte(test.data))
			var got []string
			for _, f := range faults {
				got = append(got, f.Code+" | "+f.In(events.English))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got)\n%s", test.data, diff)
			}
		})
	}
}

func TestFaultsInChinese(t *testing.T) {
	granted, _ := defaultPlan(t).Type("PatentGranted")
	for data, want := range map[string]string{
		`{"kind":"inventoin"}`:                    `data.kind:应为 invention(发明)、utility(实用新型)、design(外观设计)之一,收到 "inventoin";是否想写 invention?`,
		`{}`:                                      `data.kind:缺少,应为 invention(发明)、utility(实用新型)、design(外观设计)之一`,
		`{"kind":"design","count":0}`:             `data.count:应为 1 到 1000000 的整数,收到 0`,
		`{"kind":"design","count":"x"}`:           `data.count:应为整数,或 null,收到 "x"`,
		`{"kind":"design","valid_to":"20180230"}`: `data.valid_to:应为 2018-02-28 这样的日期,收到 "20180230"`,
		``: `data:应为一个值,但没有值;data 从第 1 个字符起不是 JSON`,
	} {
		_, faults := granted.Normalise([]byte(data))
		if len(faults) != 1 || faults[0].In(events.Chinese) != want {
			t.Errorf("%s: got %v, want %s", data, faults, want)
		}
	}
}

func TestManyFaultsAreListedUpToFifty(t *testing.T) {
	typ := sample(t)
	var members []string
	for i := range 49 {
		members = append(members, fmt.Sprintf(`"x%d":1`, i))
	}
	data := `{"kind":"design","size":1,` + strings.Join(members, ",")
	if _, faults := typ.Normalise([]byte(data + "}")); len(faults) != 49 {
		t.Errorf("%d faults, want 49", len(faults))
	}
	if _, faults := typ.Normalise([]byte(data + `,"x49":1,"x50":1,"size":2}`)); len(faults) != 50 {
		t.Errorf("%d faults, want 50", len(faults))
	}
}

func TestWhatCameIsShortened(t *testing.T) {
	granted, _ := defaultPlan(t).Type("PatentGranted")
	_, faults := granted.Normalise([]byte(`{"kind":"` + strings.Repeat("很", 5000) + `"}`))
	if want := `"` + strings.Repeat("很", 78) + "…"; len(faults) != 1 || faults[0].Got != want {
		t.Errorf("got %v, want %s", faults, want)
	}
}
