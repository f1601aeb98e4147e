package catalogue_test

import (
	"sync"
	"testing"
)

func TestDefaultsAndCounts(t *testing.T) {
	typ := sample(t)
	for _, test := range []struct{ name, in, json, filled, hashable string }{
		{"defaults are filled in, but not into what was said", `{"size":12,"kind":"design","weight":2.50}`,
			`{"kind":"design","size":12,"weight":"2.5"}`, `{"count":1,"kind":"design","size":12,"weight":"2.5"}`, ""},
		{"the schema's default", `{"size":12,"kind":"design"}`,
			`{"kind":"design","size":12}`, `{"count":1,"kind":"design","size":12,"weight":"1.5"}`, ""},
		{"a default within", `{"size":12,"kind":"design","box":{},"count":3}`,
			`{"box":{},"count":3,"kind":"design","size":12}`, `{"box":{"wide":1},"count":3,"kind":"design","size":12,"weight":"1.5"}`, ""},
		{"as many as are named", `{"size":12,"kind":"design","entities":[{"name":"b"},{"name":"a"}],"weight":"1"}`,
			`{"entities":[{"name":"b"},{"name":"a"}],"kind":"design","size":12,"weight":"1"}`,
			`{"count":2,"entities":[{"name":"b"},{"name":"a"}],"kind":"design","size":12,"weight":"1"}`, ""},
		{"at least one", `{"size":12,"kind":"design","entities":[],"weight":"1"}`,
			`{"entities":[],"kind":"design","size":12,"weight":"1"}`, `{"count":1,"entities":[],"kind":"design","size":12,"weight":"1"}`, ""},
		{"more than are named", `{"size":12,"kind":"design","entities":[{"name":"a"}],"count":5.0,"weight":"1"}`,
			`{"count":5,"entities":[{"name":"a"}],"kind":"design","size":12,"weight":"1"}`, `{"count":5,"entities":[{"name":"a"}],"kind":"design","size":12,"weight":"1"}`, ""},
		{"a number that nobody knows", `{"size":12,"kind":"design","entities":[{"name":"a"}],"count":null,"weight":"1"}`,
			`{"count":null,"entities":[{"name":"a"}],"kind":"design","size":12,"weight":"1"}`, `{"count":null,"entities":[{"name":"a"}],"kind":"design","size":12,"weight":"1"}`, ""},
		{"money at every depth, in fen", `{"size":12,"kind":"design","count":1,"fee_yuan":130000,"entities":[{"name":"1.00","part_yuan":"0.05"}],"prices":{"b":0,"a":10.1},"weight":1.25}`,
			`{"count":1,"entities":[{"name":"1.00","part_yuan":"0.05"}],"fee_yuan":"130000.00","kind":"design","prices":{"a":"10.10","b":"0.00"},"size":12,"weight":"1.25"}`,
			`{"count":1,"entities":[{"name":"1.00","part_yuan":"0.05"}],"fee_yuan":"130000.00","kind":"design","prices":{"a":"10.10","b":"0.00"},"size":12,"weight":"1.25"}`,
			`{"count":1,"entities":[{"name":"1.00","part_yuan":5}],"fee_yuan":13000000,"kind":"design","prices":{"a":1010,"b":0},"size":12,"weight":"1.25"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := mustNormalise(t, typ, test.in)
			if got := string(d.JSON()); got != test.json {
				t.Errorf("JSON() = %s, want %s", got, test.json)
			}
			if got := string(d.WithDefaults()); got != test.filled {
				t.Errorf("WithDefaults() = %s, want %s", got, test.filled)
			}
			want := test.hashable
			if want == "" {
				want = test.json
			}
			if got := string(d.Hashable()); got != want {
				t.Errorf("Hashable() = %s, want %s", got, want)
			}
		})
	}
}

func TestGetReturnsScalarsAsText(t *testing.T) {
	d := mustNormalise(t, sample(t), `{"size":12.0,"kind":"design","text":"a \"b\"\n中","fee_yuan":5,"flag":false,"level":null,"box":{},"words":["a"]}`)
	for name, want := range map[string]string{"size": "12", "kind": "design", "text": "a \"b\"\n中", "fee_yuan": "5.00", "flag": "false", "weight": "1.5", "count": "1"} {
		if got, ok := d.Get(name); got != want || !ok {
			t.Errorf("Get(%q) = %q, %v, want %q", name, got, ok, want)
		}
	}
	for _, name := range []string{"level", "box", "words", "code", "nothing"} {
		if got, ok := d.Get(name); ok {
			t.Errorf("Get(%q) = %q, want nothing", name, got)
		}
	}
}

// A checker is used again by another goroutine as soon as its event is done; nothing of it may show in the data.
func TestDataKeepsNothingOfItsChecker(t *testing.T) {
	typ := sample(t)
	var group sync.WaitGroup
	for _, size := range []string{"11", "22", "33", "44"} {
		group.Go(func() {
			in := []byte(`{"kind":"utility","text":"e\u0301","size":` + size + `,"fee_yuan":` + size + `}`)
			want := `{"fee_yuan":"` + size + `.00","kind":"utility","size":` + size + `,"text":"é"}`
			for range 500 {
				d, faults := typ.Normalise(in)
				if faults != nil || string(d.JSON()) != want {
					t.Errorf("got %s %v, want %s", d.JSON(), faults, want)
					return
				}
				_, faults = typ.Normalise([]byte(`{"size":"` + size + `"}`))
				if len(faults) == 0 || faults[0].Got != `"`+size+`"` {
					t.Errorf("got %v, want a fault about %s", faults, size)
					return
				}
			}
		})
	}
	group.Wait()
}
