package catalogue_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// quarterly is thing with a property that has a form.
func quarterly(property string) fstest.MapFS {
	text := strings.Replace(thing, `"required": ["name"]`, `"required": ["name", "quarter"]`, 1)
	text = strings.Replace(text, `"kind": {`, `"quarter": {"title": "季度", "x-title-en": "Quarter", `+property+`}, "kind": {`, 1)
	return fstest.MapFS{"events/ThingDone.v1.json": {Data: []byte(text)}}
}

func TestExamplesSayWhatIsExpected(t *testing.T) {
	const pattern = `"type": "string", "pattern": "^20[0-9]{2}Q[1-4]$"`
	const described = pattern + `, "description": "年和季", "x-description-en": "Year and quarter"`
	for _, test := range []struct {
		name, property, data string
		en, zh               string
	}{
		{"missing, with an example", pattern + `, "examples": ["2018Q1", "2019Q2"]`, `{"name":"a"}`,
			"data.quarter: is missing, expected text such as 2018Q1", "data.quarter:缺少,应为 2018Q1 这样的文字"},
		{"wrong, with an example", described + `, "examples": ["2018Q1"]`, `{"name":"a","quarter":"1"}`,
			`data.quarter: expected text such as 2018Q1, of the form ^20[0-9]{2}Q[1-4]$ (Year and quarter), got "1"`,
			`data.quarter:应为 2018Q1 这样的文字,须符合 ^20[0-9]{2}Q[1-4]$(年和季),收到 "1"`},
		{"a number, with an example", strings.Replace(pattern, `"string"`, `["string", "null"]`, 1) + `, "examples": ["2018Q1"]`, `{"name":"a","quarter":1}`,
			"data.quarter: expected text such as 2018Q1, or null, got 1", "data.quarter:应为 2018Q1 这样的文字,或 null,收到 1"},
		{"missing, with a description", described, `{"name":"a"}`,
			"data.quarter: is missing, expected text (Year and quarter)", "data.quarter:缺少,应为文字(年和季)"},
		{"missing, with neither", pattern, `{"name":"a"}`, "data.quarter: is missing, expected text", "data.quarter:缺少,应为文字"},
		{"of a number, which says more by itself", `"type": "integer", "minimum": 1, "examples": [2]`, `{"name":"a"}`,
			"data.quarter: is missing, expected a whole number", "data.quarter:缺少,应为整数"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, mistakes := catalogue.Load(quarterly(test.property))
			if c == nil {
				t.Fatal(mistakes)
			}
			typ, _ := c.Type("ThingDone")
			_, faults := typ.Normalise([]byte(test.data))
			if len(faults) != 1 || faults[0].In(events.English) != test.en || faults[0].In(events.Chinese) != test.zh {
				t.Errorf("got %s\nwant %s\n     %s", sentences(faults), test.en, test.zh)
			}
		})
	}
}

func TestExamplesFitTheirSchema(t *testing.T) {
	const pattern = `"type": "string", "pattern": "^20[0-9]{2}Q[1-4]$", "examples": `
	for examples, want := range map[string][]string{
		`["2018Q1"]`:         nil,
		`["2018Q1", "2018"]`: {`13 "2018": the example does not fit: example: expected text of the form ^20[0-9]{2}Q[1-4]$, got "2018"`},
		`"2018Q1"`:           {`13 "2018Q1": "examples" must be a list of values`},
		`[]`:                 {`13 [: "examples" must be a list of values`},
	} {
		_, mistakes := catalogue.Load(quarterly(pattern + examples))
		var got []string
		for _, m := range mistakes {
			got = append(got, brief(m))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", examples, diff)
		}
	}
	c, _ := catalogue.Load(quarterly(pattern + `["2018Q1", "2019Q2"]`))
	typ, _ := c.Type("ThingDone")
	quarter, _ := typ.Field("quarter")
	if diff := cmp.Diff([]string{`"2018Q1"`, `"2019Q2"`}, quarter.Examples); diff != "" {
		t.Error(diff)
	}
}

// An event with thousands of faults costs little more than one with as many good values.
func TestManyFaultsAreCheap(t *testing.T) {
	typ := sample(t)
	names := make([]string, 20)
	for i := range names {
		names[i] = fmt.Sprintf(`"shar%c":1`, 'f'+i)
	}
	_, faults := typ.Normalise([]byte(`{"kind":"design","size":1,` + strings.Join(names, ",") + `}`))
	hints := 0
	for _, f := range faults {
		if f.Hint.EN != "" {
			hints++
		}
	}
	if len(faults) != len(names) || hints != 10 {
		t.Errorf("%d faults with %d hints, want %d with 10", len(faults), hints, len(names))
	}
	good, none := fastest(typ, `"\u0061",`)
	bad, many := fastest(typ, `"\u0001",`)
	if len(none) != 0 || len(many) != 50 || bad > 20*good {
		t.Errorf("%d faults in %v, and %d in %v, want none, and 50 in not much more", len(none), good, len(many), bad)
	}
}

// fastest returns what is wrong with an event that has 100,000 of a value, and the least time of a few that it took to say so:
// a slow machine is slow with good values too.
func fastest(typ *catalogue.Type, value string) (least time.Duration, faults []catalogue.Fault) {
	event := []byte(`{"kind":"design","size":1,"free":{"a":[` + strings.Repeat(value, 100_000) + `1]}}`)
	for i := range 3 {
		start := time.Now()
		_, faults = typ.Normalise(event)
		if took := time.Since(start); i == 0 || took < least {
			least = took
		}
	}
	return least, faults
}
