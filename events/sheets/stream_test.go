package sheets_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/events/sheets"
)

func TestEventsGoThroughAsTheyAre(t *testing.T) {
	for _, tt := range []struct {
		name, file, text string
		kind             sheets.Kind
		want             string
	}{
		{"a line each", "x.ndjson", "{\"a\": 1}\r\n\n  {\"b\":2}  \n{\"c\":\"\\u00e9\"}", sheets.NDJSON, `1 {"a": 1}|3 {"b":2}|4 {"c":"\u00e9"}`},
		{"a line each, whatever the name", "x.dat", "{\"a\":1}\n{\"b\":2}\n", sheets.NDJSON, `1 {"a":1}|2 {"b":2}`},
		{"a line each with a byte order mark", "x.jsonl", "\ufeff{\"a\":1}\n", sheets.NDJSON, `1 {"a":1}`},
		{"a line that is broken", "x.ndjson", "{\"a\":1}\n{\"b\n{\"c\":3}\n", sheets.NDJSON, `1 {"a":1}|2 {"b|3 {"c":3}`},
		{"one event over several lines", "x.json", "{\n  \"a\": [1, {\"]\": \"}\\\"\"}]\n}\n", sheets.JSON, "1 {\n  \"a\": [1, {\"]\": \"}\\\"\"}]\n}"},
		{"an array", "x.json", "\ufeff [\n {\"a\":1},\n {\"b\":\n2} ,{\"c\":3}\n]\n", sheets.JSON, "2 {\"a\":1}|3 {\"b\":\n2}|4 {\"c\":3}"},
		{"an array of what are no events", "x.json", `[1,"a, ]", null,[2]]`, sheets.JSON, `1 1|1 "a, ]"|1 null|1 [2]`},
		{"an empty array", "x.json", `[]`, sheets.JSON, ""},
		{"events one after the other", "x.json", "{\"a\":1} {\"b\":\n2}\n{\"c\":3}", sheets.JSON, "1 {\"a\":1}|1 {\"b\":\n2}|3 {\"c\":3}"},
		{"an event that breaks off", "x.json", `[{"a":1},{"b":`, sheets.JSON, `1 {"a":1}|1 {"b":|error line 1: the file ends within its array`},
		{"an array that is not closed", "x.json", "[{\"a\":1}\n", sheets.JSON, `1 {"a":1}|error line 2: the file ends within its array`},
		{"a comma too many", "x.json", `[{"a":1},,{"b":2}]`, sheets.JSON, `1 {"a":1}|error line 1: not JSON: ',' does not belong here`},
		{"no comma", "x.json", `[{"a":1}{"b":2}]`, sheets.JSON, `1 {"a":1}|error line 1: not JSON: '{' does not belong here`},
		{"something behind the array", "x.json", "[{\"a\":1}]\n{\"b\":2}", sheets.JSON, `1 {"a":1}|error line 2: not JSON: '{' does not belong here`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := sheets.OpenReader(tt.file, strings.NewReader(tt.text), sheets.Options{Catalogue: plan()})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(outcomes(f), "|"); got != tt.want || f.Kind() != tt.kind {
				t.Errorf("a %s file of\n%s\nwant a %s file of\n%s", f.Kind(), got, tt.kind, tt.want)
			}
		})
	}
}

func TestAnEventThatIsTooLongIsTheOnlyOneRefused(t *testing.T) {
	if sheets.MaxEvent != intake.MaxRaw {
		t.Fatalf("events of %d bytes are read, the intake takes %d", sheets.MaxEvent, intake.MaxRaw)
	}
	event := func(size int) string { return `{"a":"` + strings.Repeat("x", size-len(`{"a":""}`)) + `"}` }
	whole, long := event(sheets.MaxEvent), event(sheets.MaxEvent+1)
	for name, text := range map[string]string{"x.ndjson": whole + "\r\n" + long + "\r\n{}\n", "x.json": "[" + whole + ",\n" + long + ",\n{}]"} {
		f, err := sheets.OpenReader(name, strings.NewReader(text), sheets.Options{Catalogue: plan()})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for r, err := f.Next(); err == nil; r, err = f.Next() {
			got = append(got, fmt.Sprint(r.Number, " ", len(r.Event), " ", len(r.Faults)))
		}
		diff(t, got, fmt.Sprint("1 ", sheets.MaxEvent, " 0"), "2 0 1", "3 2 0")
	}
}

func FuzzEvents(f *testing.F) {
	f.Add(`[{"a":1},{"b":"\""}]`, true)
	f.Add("{\"a\":1}\n{\"b\":2}\n", false)
	f.Fuzz(func(t *testing.T, text string, array bool) {
		name := "x.ndjson"
		if array {
			name = "x.json"
		}
		in, err := sheets.OpenReader(name, strings.NewReader(text), sheets.Options{Catalogue: plan()})
		if err != nil {
			return
		}
		rest := text
		for r, err := in.Next(); err == nil; r, err = in.Next() {
			i := strings.Index(rest, string(r.Event))
			if i < 0 {
				t.Fatalf("%q is not in what follows in %q", r.Event, text)
			}
			rest = rest[i+len(r.Event):]
		}
	})
}
