package catalogue_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// subject is an event type with an independent implementation of JSON Schema that judges it, too.
type subject struct {
	typ    *catalogue.Type
	oracle *jsonschema.Schema
}

// subjects returns the types of the default plan and the one with every keyword. That jsonschema compiles their files
// says that they are valid by the metaschema.
func subjects(tb testing.TB) []subject {
	tb.Helper()
	list := []subject{{sample(tb), compileOracle(tb, "testdata/events/SampleTaken.v1.json")}}
	for _, t := range defaultPlan(tb).Types() {
		list = append(list, subject{t, compileOracle(tb, filepath.Join("../../deploy/plan/events", t.Schema()+".json"))})
	}
	return list
}

func compileOracle(tb testing.TB, file string) *jsonschema.Schema {
	tb.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		tb.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", doc); err != nil {
		tb.Fatal(err)
	}
	schema, err := c.Compile("schema.json")
	if err != nil {
		tb.Fatalf("%s: %v", file, err)
	}
	return schema
}

func (s subject) judge(tb testing.TB, data []byte) error {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		tb.Fatalf("%s is not JSON: %v", data, err)
	}
	return s.oracle.Validate(v)
}

// examine checks all that must hold of any data whatever.
func (s subject) examine(tb testing.TB, data []byte) {
	d, faults := s.typ.Normalise(bytes.Clone(data))
	if (d == nil) != (len(faults) > 0) {
		tb.Fatalf("%q: data %v with %d faults", data, d, len(faults))
	}
	s.strict(tb, data, faults)
	if form, ok := catalogue.NormalForm(s.typ, data); ok && !bytes.Contains(form, []byte(`"0000-`)) {
		// The year 0, which no calendar has, is a day for RFC 3339 but none for us.
		if err := s.judge(tb, form); (err == nil) != (d != nil) {
			tb.Fatalf("%s\njsonschema says: %v\nkaohe says: %v", form, err, sentences(faults))
		}
	}
	if d == nil {
		for _, f := range faults {
			if f.Code == "" || !strings.HasPrefix(f.Field, "data") || f.Want.EN == "" || f.Want.ZH == "" || len([]rune(f.Got)) > 80 {
				tb.Fatalf("%q: incomplete fault %+v", data, f)
			}
		}
		if len(faults) > 50 {
			tb.Fatalf("%d faults", len(faults))
		}
		return
	}
	s.stable(tb, d)
}

// strict compares what is taken as JSON with jsontext, which refuses what we refuse save what only we do.
func (s subject) strict(tb testing.TB, data []byte, faults []catalogue.Fault) {
	codes := map[string]bool{}
	for _, f := range faults {
		codes[f.Code] = true
	}
	valid := jsontext.Value(data).IsValid()
	if !valid && len(faults) == 0 {
		tb.Fatalf("%q is taken, but is not strict JSON", data)
	}
	if valid && (codes["syntax"] || codes["utf8"] || codes["surrogate"] || codes["duplicate"]) {
		tb.Fatalf("%q is strict JSON, but is refused as %v", data, sentences(faults))
	}
}

// stable checks that the forms are canonical, and that a second pass changes nothing.
func (s subject) stable(tb testing.TB, d *catalogue.Data) {
	for _, form := range [][]byte{d.JSON(), d.WithDefaults(), d.Hashable()} {
		canonical := jsontext.Value(bytes.Clone(form))
		if err := canonical.Canonicalize(); err != nil || !bytes.Equal(canonical, form) {
			tb.Fatalf("got %s, canonical is %s (%v)", form, canonical, err)
		}
	}
	for _, form := range [][]byte{d.JSON(), d.WithDefaults()} {
		again, faults := s.typ.Normalise(form)
		if again == nil {
			tb.Fatalf("%s was good and now is not: %v", form, sentences(faults))
		}
		if !bytes.Equal(again.JSON(), form) || !bytes.Equal(again.WithDefaults(), d.WithDefaults()) {
			tb.Fatalf("%s becomes %s, with defaults %s", form, again.JSON(), again.WithDefaults())
		}
	}
}

func sentences(faults []catalogue.Fault) (list []string) {
	for _, f := range faults {
		list = append(list, f.In(events.English))
	}
	return list
}

func TestTheValidatorAgreesWithAnotherImplementation(t *testing.T) {
	for _, s := range subjects(t) {
		t.Run(s.typ.Name, func(t *testing.T) {
			t.Parallel()
			good, bad := 0, 0
			rapid.Check(t, func(rt *rapid.T) {
				for range 8 {
					data := drawData(rt, s.typ)
					s.examine(rt2tb{TB: t, rt: rt}, data)
					if d, _ := s.typ.Normalise(data); d != nil {
						good++
					} else {
						bad++
					}
				}
			})
			t.Logf("%d good and %d bad events", good, bad)
			if good < 5 || bad < 5 {
				t.Errorf("%d good and %d bad events were compared, too few of a kind", good, bad)
			}
		})
	}
}

// rt2tb makes failures those of rapid, which then finds a smaller example.
type rt2tb struct {
	testing.TB
	rt *rapid.T
}

func (r rt2tb) Fatalf(format string, args ...any) { r.rt.Fatalf(format, args...) }
