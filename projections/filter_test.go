package projections_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/expr-lang/expr"
	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events/catalogue"
	"github.com/kaohe/kaohe/projections"
)

// deal is a type with a field of every kind.
var deal = &catalogue.Type{Name: "DealMade", Version: 1, Fields: []*catalogue.Field{
	{Name: "kind", Kind: catalogue.String, Required: true, Enum: []string{"dev", "transfer", "licence"}},
	{Name: "level", Kind: catalogue.String, Enum: []string{"city", "region"}},
	{Name: "note", Kind: catalogue.String},
	{Name: "amount_yuan", Kind: catalogue.Money},
	{Name: "share", Kind: catalogue.Decimal},
	{Name: "count", Kind: catalogue.Integer, Required: true, Nullable: true},
	{Name: "rank", Kind: catalogue.Integer, Required: true},
	{Name: "valid_to", Kind: catalogue.Date},
	{Name: "first", Kind: catalogue.Boolean},
	{Name: "tags", Kind: catalogue.Array, Items: &catalogue.Field{Kind: catalogue.String, Required: true}},
	{Name: "entities", Kind: catalogue.Array, Items: &catalogue.Field{Kind: catalogue.Object, Required: true, Fields: []*catalogue.Field{
		{Name: "id", Kind: catalogue.String}, {Name: "name", Kind: catalogue.String, Required: true},
	}}},
	{Name: "site", Kind: catalogue.Object, Fields: []*catalogue.Field{{Name: "area", Kind: catalogue.Decimal, Required: true}}},
}}

func mustFilter(tb testing.TB, src string) *projections.Filter {
	tb.Helper()
	f, mistakes := projections.CompileFilter(src, deal)
	if len(mistakes) > 0 {
		tb.Fatalf("CompileFilter(%s): %+v", src, mistakes)
	}
	return f
}

// rawFields takes the values that a filter wants out of a JSON object.
func rawFields(tb testing.TB, f *projections.Filter, data string) [][]byte {
	tb.Helper()
	var all map[string]json.RawMessage
	if err := json.Unmarshal([]byte(data), &all); err != nil {
		tb.Fatal(err)
	}
	var raw [][]byte
	for _, name := range f.Fields() {
		raw = append(raw, all[name])
	}
	return raw
}

func TestFilterMatch(t *testing.T) {
	const full = `{"amount_yuan":"100000.10","count":3,"entities":[{"id":"a","name":"甲"},{"name":"乙"}],"first":true,"kind":"dev",
		"level":"city","note":"say \"hi\"\n","rank":7,"share":"0.3333","site":{"area":"2.5"},"tags":["x","y"],"valid_to":"2018-03-31"}`
	const bare = `{"count":null,"kind":"licence","rank":0}`
	tests := []struct {
		filter     string
		full, bare bool
	}{
		{`data.kind == "dev"`, true, false},
		{`data["kind"] != "dev"`, false, true},
		{`data.kind in ["dev", "transfer"]`, true, false},
		{`data.kind not in ["dev", "transfer"]`, false, true},
		{`not (data.kind == "dev") or data.rank == 7`, true, true},
		{`data.kind startsWith "d" and data.kind endsWith "v" and data.kind contains "e"`, true, false},
		{`data.kind matches "^(dev|transfer)$"`, true, false},
		{`data.note == "say \"hi\"\n"`, true, false},
		{`data.note == nil`, false, true},
		{`upper(data.note) contains "HI" && lower("ABC") == "abc"`, true, false},
		{`trim(data.note) == 'say "hi"'`, true, false},
		{`len(data.note) == 9`, true, false},
		{`data.level + "!" == "city!"`, true, false},
		{`(data.level ?? "none") == "none"`, false, true},

		{`data.amount_yuan >= 100000.10`, true, false},
		{`data.amount_yuan > 100000.10`, false, false},
		{`data.amount_yuan == 100000.1`, true, false},
		{`data.amount_yuan > 100000.0999999999999999999`, true, false},
		{`data.amount_yuan - 100000 == 0.1`, true, false},
		{`data.amount_yuan == nil || data.amount_yuan >= 100_000`, true, true},
		{`data.amount_yuan != nil`, true, false},
		{`data.amount_yuan < 1`, false, false},
		{`data.amount_yuan >= 0 or data.amount_yuan < 0`, true, false},
		{`not (data.amount_yuan < 1)`, true, true},
		{`data.amount_yuan / data.rank * data.rank == data.amount_yuan`, true, true},
		{`1 < data.rank < 10`, true, false},
		{`data.share * 3 == 0.9999`, true, false},
		{`data.rank % 4 == 3`, true, false},
		{`data.rank / 2 == 3.5`, true, false},
		{`1 / data.rank == nil`, false, true},
		{`-data.rank == -7`, true, false},
		{`data.rank in 1..7`, true, false},
		{`data.share in 0..1`, false, false},
		{`data.rank in [7, 8.0]`, true, false},
		{`data.count == nil`, false, true},
		{`data.count > 2`, true, false},
		{`(data.count ?? 1) == 1`, false, true},
		{`data.count in [nil, 9]`, false, true},
		{`0.1 + 0.2 == 0.3`, true, true},

		{`data.valid_to >= "2018-03-31"`, true, false},
		{`"2018-04-01" > data.valid_to`, true, false},
		{`data.valid_to startsWith "2018"`, true, false},

		{`data.first`, true, false},
		{`!data.first`, false, true},
		{`data.first == nil`, false, true},
		{`data.first ? data.rank == 7 : data.rank == 0`, true, true},
		{`if data.first { false } else { true }`, false, true},

		{`"x" in data.tags`, true, false},
		{`len(data.tags) == 2`, true, false},
		{`len(data.tags) == 0`, false, true},
		{`data.tags[1] == "y"`, true, false},
		{`data.tags[2] == nil`, true, true},
		{`any(data.tags, # == "y")`, true, false},
		{`all(data.tags, # != "z")`, true, true},
		{`none(data.entities, .id == "a")`, false, true},
		{`one(data.entities, .id == nil)`, true, false},
		{`count(data.entities, any(data.tags, # == "x") && .name == "乙") == 1`, true, false},
		{`data.entities[0].name == "甲"`, true, false},
		{`(data.entities[0]?.id ?? data.entities[1].name) == "a"`, true, false},
		{`data.site.area > 2`, true, false},
		{`data.site?.area == nil`, false, true},
		{`data.site == nil`, false, true},
	}
	for _, tt := range tests {
		t.Run(tt.filter, func(t *testing.T) {
			f := mustFilter(t, tt.filter)
			for data, want := range map[string]bool{full: tt.full, bare: tt.bare} {
				if got, err := f.Match(rawFields(t, f, data)); got != want || err != nil {
					t.Errorf("Match(%s) = %v, %v, want %v", data, got, err, want)
				}
			}
		})
	}
}

func TestFilterFields(t *testing.T) {
	f := mustFilter(t, `data.rank > 1 && data.kind == "dev" && data.rank < 9 && any(data.entities, .name == "x")`)
	if diff := cmp.Diff([]string{"entities", "kind", "rank"}, f.Fields()); diff != "" {
		t.Error(diff)
	}
}

func TestFilterMistakes(t *testing.T) {
	tests := []struct {
		filter string
		want   string // offset: text (hint); ...
	}{
		{``, `0: the filter is empty (leave where out if every event counts)`},
		{`data.kind = "dev"`, `10: syntax error: unexpected token Operator("=") (equality is written ==)`},
		{`data.kind == "dev`, `16: syntax error: literal not terminated`},
		{`data.amount >= 1`, `5: there is no field data.amount (did you mean data.amount_yuan?)`},
		{`data.zzzzzz >= 1`, `5: there is no field data.zzzzzz (the fields are kind, level, note, amount_yuan, share, count, rank, valid_to, first, tags, entities, site)`},
		{`data.amount_yaun >= 1 && data.knd == "x"`, `5: there is no field data.amount_yaun (did you mean data.amount_yuan?); 30: there is no field data.knd (did you mean data.kind?)`},
		{`dta.kind == "dev"`, `0: unknown name dta: a filter reads nothing but data (did you mean data?)`},
		{`kind == "dev"`, `0: unknown name kind: a filter reads nothing but data (did you mean data.kind?)`},
		{`data == nil`, `0: data needs the name of a field (for example data.kind)`},
		{`data.kind == "devv"`, `13: kind is never "devv" (did you mean "dev"?)`},
		{`"县" == data.kind`, `0: kind is never "县" (it is one of dev, transfer, licence)`},
		{`data.kind in ["dev", "license"]`, `21: kind is never "license" (did you mean "licence"?)`},
		{`data.kind == nil`, `5: this is never nil (a required field always has a value; leave this out)`},
		{`data.kind ?? "x" == "x"`, `17: syntax error: Operator (==) and coalesce expressions (??) cannot be mixed. Wrap either by parentheses.`},
		{`data.kind > "a"`, `10: one of a set of values cannot be compared like this`},
		{`data.kind == 1`, `10: a text cannot be compared with a number`},
		{`data.amount_yuan >= "100"`, `17: a number cannot be compared with a text (a number has no quotes)`},
		{`data.amount_yuan > nil`, `17: nothing is more or less than nil (use == nil or != nil)`},
		{`data.amount_yuan >= 1e5`, `20: 1e5 is not a plain decimal number (write it like 100000.10)`},
		{`data.valid_to > "2018-02-30"`, `16: "2018-02-30" is not a date (write it like "2018-02-28")`},
		{`data.valid_to == data.note`, `22: a date cannot be compared with a text`},
		{`data.amount_yuan`, `5: a condition is wanted here, this is a number (for example data.kind == "...")`},
		{`data.first && data.rank`, `19: a condition is wanted here, this is a number (for example data.kind == "...")`},
		{`data.rank + data.note > 1`, `17: a number is wanted here, this is a text`},
		{`data.note matches data.kind`, `23: matches wants a pattern in quotes`},
		{`data.note matches "("`, "18: bad pattern: error parsing regexp: missing closing ): `(`"},
		{`now() > 1`, `0: filters have no function now (there are len, lower, upper, trim, any, all, none, one, count)`},
		{`lenn(data.note) > 1`, `0: filters have no function lenn (did you mean len?)`},
		{`len(data.rank) > 1`, `9: a text is wanted here, this is a number`},
		{`data.note.upper() == "A"`, `10: data has no functions`},
		{`let x = 1; x == 1`, `4: this part of the language is not for filters (there are comparisons, in, &&, ||, not, arithmetic, ?: and ??)`},
		{`data.rank ** 2 == 4`, `10: filters have no operator **`},
		{`data.kind.x == 1`, `10: a text has no parts`},
		{`any(data.entities, .nam == "x")`, `20: there is no field .nam (did you mean .name?)`},
		{`any(data.rank, # == 1)`, `9: a list is wanted here, this is a number`},
		{`#`, `0: syntax error: unexpected token Operator("#")`},
		{`data.tags[data.rank] == "x"`, `15: the place in a list must be a whole number like 0, 1 or 2`},
		{strings.Repeat("(", 4001), `4000: the filter has 4001 characters, at most 4000 are allowed`},
	}
	for _, tt := range tests {
		t.Run(tt.filter, func(t *testing.T) {
			f, mistakes := projections.CompileFilter(tt.filter, deal)
			if f != nil {
				t.Error("CompileFilter returns a filter along with mistakes")
			}
			var got []string
			for _, m := range mistakes {
				s := fmt.Sprintf("%d: %s", m.Offset, m.Text.EN)
				if m.Hint.EN != "" {
					s += " (" + m.Hint.EN + ")"
				}
				if m.Text.ZH == "" || m.Hint.EN != "" && m.Hint.ZH == "" {
					t.Errorf("mistake %q is not said in Chinese", s)
				}
				got = append(got, s)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, "; ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Where expr itself has an answer that depends on no float and no nil, a filter has the same.
func TestFilterAgreesWithExpr(t *testing.T) {
	f := `{"count":3,"entities":[{"id":"a","name":"甲"}],"first":true,"kind":"dev","level":"city","note":"n","rank":7,"tags":["x","y"]}`
	var data any
	if err := json.Unmarshal([]byte(f), &data); err != nil {
		t.Fatal(err)
	}
	for _, src := range []string{
		`data.first or data.rank > 8 and data.rank < 0`, `(data.first or data.rank > 8) and data.rank < 0`,
		`not data.first == true`, `!(data.first == true)`, `data.rank + 2 * 3 - 1 == 12`, `-data.rank + 10 == 3`,
		`1 < data.rank <= 7 < 8`, `data.rank in 1..6`, `data.rank not in 1..6`, `data.note not in ["a", "n"]`,
		`data.first ? data.rank > 9 : true`, `data.level + data.note == "cityn"`, `data.note matches "^n$"`,
		`data.tags | any(# == "y")`, `count(data.tags, # != "y") + len(data.entities) == 2`,
		`all(data.entities, {.name == "甲" && .id == "a"})`, `data?.note == "n"`, `data.rank - 2 - 3 == 2`,
	} {
		want, err := expr.Eval(src, map[string]any{"data": data})
		if err != nil {
			t.Fatalf("expr.Eval(%s): %v", src, err)
		}
		filter := mustFilter(t, src)
		if got, err := filter.Match(rawFields(t, filter, f)); got != want || err != nil {
			t.Errorf("%s = %v, %v, expr says %v", src, got, err, want)
		}
	}
}

func TestFilterMatchRefusesWhatTheSchemaDoesNotAllow(t *testing.T) {
	for src, raw := range map[string]string{
		`data.amount_yuan > 1`: `"many"`, `data.rank > 1`: `true`, `data.note == "a"`: `1`, `data.first`: `"true"`,
		`len(data.tags) > 1`: `{}`, `data.site.area > 1`: `[]`, `data.share > 1`: `"1e99999999"`,
	} {
		if _, err := mustFilter(t, src).Match([][]byte{[]byte(raw)}); err == nil {
			t.Errorf("%s takes %s", src, raw)
		}
	}
	if _, err := mustFilter(t, `data.rank > 1`).Match(nil); err == nil {
		t.Error("Match takes fewer values than fields")
	}
}

func TestFilterConcurrently(t *testing.T) {
	f := mustFilter(t, `one(data.entities, .name == "甲") && any(data.tags, # == "x")`)
	hit := [][]byte{[]byte(`[{"name":"甲"}]`), []byte(`["x"]`)}
	miss := [][]byte{[]byte(`[{"name":"乙"}]`), []byte(`["x"]`)}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 500 {
				a, _ := f.Match(hit)
				b, _ := f.Match(miss)
				if !a || b {
					t.Error("a filter mixes up events of different goroutines")
					return
				}
			}
		})
	}
	wg.Wait()
}

func FuzzCompileFilter(f *testing.F) {
	for _, src := range []string{
		`data.kind in ["dev", "transfer"] && data.amount_yuan >= 100000.10`, `any(data.entities, .name == "x" || # == nil)`,
		`let x = data.rank; x`, `data.tags[1:2]`, `{a: 1}`, `1..1000000000`, `data?.[0]`, `0x1F == .5`, `5. == 1_0.0`, "`raw``s`", `b"x"`, `::len(1)`,
		`if data.first {1} else {2}; 3`, `data.rank ? : 1`, `-9223372036854775808`, `#`, `data.note matches "(a+)+$"`,
	} {
		f.Add(src, []byte(`{"kind":"dev","rank":7,"count":1,"tags":["x"],"entities":[{"name":"甲"}],"amount_yuan":"1.00"}`))
	}
	f.Fuzz(func(t *testing.T, src string, data []byte) {
		filter, mistakes := projections.CompileFilter(src, deal)
		if (filter == nil) == (len(mistakes) == 0) {
			t.Fatalf("filter %v with mistakes %v", filter, mistakes)
		}
		for _, m := range mistakes {
			if n := len([]rune(src)); m.Offset < 0 || m.Offset > n {
				t.Fatalf("offset %d in %d characters", m.Offset, n)
			}
		}
		var all map[string]json.RawMessage
		if filter == nil || json.Unmarshal(data, &all) != nil {
			return
		}
		var raw [][]byte
		for _, name := range filter.Fields() {
			raw = append(raw, all[name])
		}
		got, err := filter.Match(raw)
		if again, err2 := filter.Match(slices.Clone(raw)); got != again || (err == nil) != (err2 == nil) {
			t.Fatalf("two answers to %q: %v, %v and %v, %v", src, got, err, again, err2)
		}
	})
}

func BenchmarkFilterMatch(b *testing.B) {
	f := mustFilter(b, `data.kind in ["dev", "transfer"] && (data.amount_yuan == nil || data.amount_yuan >= 100000.10)`)
	raw := [][]byte{[]byte(`"100000.10"`), []byte(`"transfer"`)}
	b.ReportAllocs()
	for b.Loop() {
		if ok, err := f.Match(raw); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
