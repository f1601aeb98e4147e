package catalogue_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/kaohe/kaohe/events/catalogue"
)

// Every part of a schema that has every keyword, replaced by what may be anything: each time there is a catalogue or a list
// of mistakes, never a panic.
func TestAnythingAnywhereInASchema(t *testing.T) {
	const file = "events/SampleTaken.v1.json"
	text, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	for _, at := range places(&doc, nil) {
		old := *at
		for _, value := range []any{true, "x", []any{true}, map[string]any{"kind": true}} {
			*at = value
			changed, err := json.Marshal(doc)
			if err != nil {
				t.Fatal(err)
			}
			c, mistakes := catalogue.Load(fstest.MapFS{file: {Data: changed}})
			if (c == nil) != (len(mistakes) > 0) {
				t.Fatalf("catalogue %v with mistakes %v of %s", c, mistakes, changed)
			}
		}
		*at = old
	}
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
