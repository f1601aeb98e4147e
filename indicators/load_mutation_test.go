package indicators_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

// A plan is written by hand, so that anything may stand anywhere in it: a schema's part replaced by another one, taken away or
// put where it does not belong, a line of a YAML file lost, doubled or mistyped. Whatever comes of it, loading says what is
// wrong or gives a plan that a fold can be made of.
func TestLoadMutatedPlans(t *testing.T) {
	files := defaultFiles(t)
	names := slices.Sorted(maps.Keys(files))
	parts := jsonParts(t, files)
	rapid.Check(t, func(rt *rapid.T) {
		plan := maps.Clone(files)
		for range rapid.IntRange(1, 2).Draw(rt, "mutations") {
			name := rapid.SampledFrom(names).Draw(rt, "file")
			old := plan[name].Data
			changed := old
			if strings.HasSuffix(name, ".json") {
				changed = mutateJSON(rt, old, parts)
			} else {
				changed = mutateText(rt, old)
			}
			plan[name] = &fstest.MapFile{Data: changed}
		}
		loaded, mistakes := indicators.Load(plan)
		if (loaded == nil) == (len(mistakes) == 0) {
			rt.Fatalf("plan %v with mistakes %v", loaded, mistakes)
		}
		if loaded == nil {
			return
		}
		fold, err := projections.NewFold(loaded.Rules())
		if err != nil {
			rt.Fatalf("the plan loads, but: %v", err)
		}
		q := indicators.Quarter{Year: 2018, N: 1}
		for org := range loaded.Orgs.Len() {
			indicators.Evaluate(fold.View(), loaded, q, org, q.Last())
		}
	})
}

// places lists every value of a document so that it can be set. Members of objects are held by pointers meanwhile.
func places(v *any, list []*any) []*any {
	list = append(list, v)
	switch t := (*v).(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(t)) {
			member := t[key]
			t[key] = &member
			list = places(&member, list)
		}
	case []any:
		for i := range t {
			list = places(&t[i], list)
		}
	}
	return list
}

func mustMarshal(tb testing.TB, v any) []byte {
	tb.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func defaultFiles(tb testing.TB) fstest.MapFS {
	tb.Helper()
	files := fstest.MapFS{}
	plan := os.DirFS("../deploy/plan")
	for _, pattern := range []string{"*.yaml", "events/*.json"} {
		names, err := fs.Glob(plan, pattern)
		if err != nil {
			tb.Fatal(err)
		}
		for _, name := range names {
			data, err := fs.ReadFile(plan, name)
			if err != nil {
				tb.Fatal(err)
			}
			files[name] = &fstest.MapFile{Data: data}
		}
	}
	return files
}

// jsonParts lists what stands in the schemas, to be put elsewhere, and what never should.
func jsonParts(tb testing.TB, files fstest.MapFS) []string {
	tb.Helper()
	seen := map[string]bool{"true": true, "null": true, "0": true, "-1": true, `""`: true, "[]": true, "{}": true, "[true]": true, "1e99": true, `{"kind":true}`: true}
	for name, file := range files {
		if !strings.HasSuffix(name, ".json") {
			continue
		}
		var doc any
		if err := json.Unmarshal(file.Data, &doc); err != nil {
			tb.Fatal(err)
		}
		for _, at := range places(&doc, nil) {
			if b := mustMarshal(tb, *at); len(b) < 300 {
				seen[string(b)] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// mutateJSON sets, adds or takes away one member or value.
func mutateJSON(rt *rapid.T, text []byte, parts []string) []byte {
	var doc any
	if json.Unmarshal(text, &doc) != nil {
		return text
	}
	all := places(&doc, nil)
	at := rapid.SampledFrom(all).Draw(rt, "at")
	part := json.RawMessage(rapid.SampledFrom(parts).Draw(rt, "part"))
	members, isObject := (*at).(map[string]any)
	switch how := rapid.IntRange(0, 2).Draw(rt, "how"); {
	case how == 0 && isObject && len(members) > 0:
		delete(members, rapid.SampledFrom(slices.Sorted(maps.Keys(members))).Draw(rt, "member"))
	case how == 1 && isObject:
		members[rapid.SampledFrom(keywords).Draw(rt, "keyword")] = part
	default:
		*at = part
	}
	b, err := json.Marshal(doc)
	if err != nil {
		return text
	}
	return b
}

// keywords are the names by which something may be added to a schema.
var keywords = []string{
	"type", "properties", "required", "if", "then", "else", "not", "anyOf", "oneOf", "allOf", "items", "enum", "const", "default", "minimum",
	"maximum", "pattern", "format", "x-titles", "x-ref", "x-money", "x-decimal", "x-identity", "x-entity", "x-day", "x-control", "dependentRequired",
	"additionalProperties", "uniqueItems", "minItems", "maxProperties", "title", "x-title-en", "count", "entities", "kind", "day",
}

// mutateText loses, doubles or moves a line, or puts one word in place of another.
func mutateText(rt *rapid.T, text []byte) []byte {
	lines := bytes.SplitAfter(text, []byte("\n"))
	i := rapid.IntRange(0, len(lines)-1).Draw(rt, "line")
	j := rapid.IntRange(0, len(lines)-1).Draw(rt, "other")
	switch rapid.IntRange(0, 3).Draw(rt, "how") {
	case 0:
		lines = slices.Delete(lines, i, i+1)
	case 1:
		lines = slices.Insert(lines, j, lines[i])
	default:
		a, b := words(lines[i]), words(lines[j])
		if len(a) == 0 || len(b) == 0 {
			return text
		}
		from, to := rapid.SampledFrom(a).Draw(rt, "word"), rapid.SampledFrom(b).Draw(rt, "by")
		lines[i] = bytes.Replace(lines[i], []byte(from), []byte(to), 1)
	}
	return bytes.Join(lines, nil)
}

func words(line []byte) []string {
	return strings.FieldsFunc(string(line), func(r rune) bool { return strings.ContainsRune(" ,:{}[]\n", r) })
}
