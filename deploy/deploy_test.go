package deploy_test

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kaohe/kaohe/deploy"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// types are the types of the default plan: twenty-eight of the field, then five of the machine.
var types = []string{
	"EnterpriseRegistered", "EnterpriseRenamed", "EnterpriseVisited", "EnterpriseIncubated",
	"HighTechApplied", "HighTechRecognized", "HighTechRevoked", "TechSmeListed",
	"PatentFiled", "PatentGranted", "PatentLapsed",
	"ProjectSubmitted", "ProjectStageChanged", "SubsidyApplied", "SubsidyDecided", "SubsidyDisbursed",
	"AchievementConverted", "TechContractRegistered", "CarrierStageChanged", "TenantMoved",
	"VillageListed", "EnvoyAssigned", "EnvoyReleased", "EnvoyServiceRecorded", "EnvoyTrainingHeld", "OutreachHeld",
	"TargetSet", "ReferenceValueSet",
	"EventVoided", "EventCorrected", "NilReported", "PeriodClosed", "PlanActivated",
}

var control = types[28:]

func TestEveryTypeHasASchema(t *testing.T) {
	var got []string
	for name := range schemas(t) {
		got = append(got, name)
	}
	slices.Sort(got)
	want := slices.Sorted(slices.Values(types))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("types (-want +got):\n%s", diff)
	}
}

func TestSchemasKeepTheMetaschema(t *testing.T) {
	for name, schema := range schemas(t) {
		mustCompile(t, name, schema)
	}
}

func TestSchemasSayWhatTheyAre(t *testing.T) {
	for name, s := range schemas(t) {
		if got, want := s["$id"], name+".v1"; got != want {
			t.Errorf("%s: $id = %v, want %v", name, got, want)
		}
		if s["additionalProperties"] != false {
			t.Errorf("%s takes fields that nobody named", name)
		}
		if got, want := s["x-control"] == true, slices.Contains(control, name); got != want {
			t.Errorf("%s: x-control = %v, want %v", name, got, want)
		}
		inBoth(t, name, s, "description", "x-description-en")
		day, _ := s["x-day"].(map[string]any)
		inBoth(t, name+": x-day", day, "zh", "en")
		properties := s["properties"].(map[string]any)
		for _, key := range []string{"required", "x-identity", "x-entity"} {
			for _, field := range list(s[key]) {
				if _, ok := properties[field]; !ok && (key != "x-identity" || field != "day") {
					t.Errorf("%s: %s names %s, which is no field", name, key, field)
				}
			}
		}
		eachField(name, s, func(at string, field map[string]any) { checkField(t, at, field) })
	}
}

func TestBusinessFactsCarryTheirEvidence(t *testing.T) {
	for name, s := range schemas(t) {
		if slices.Contains(control, name) {
			continue
		}
		for _, field := range []string{"source_ref", "evidence", "note"} {
			if _, ok := s["properties"].(map[string]any)[field]; !ok {
				t.Errorf("%s has no %s", name, field)
			}
		}
	}
}

// The day of an event is its time, and nothing in its data repeats it (SEMANTICS 1.1).
func TestNoFieldRepeatsTheDay(t *testing.T) {
	gone := []string{"on", "occurred_on", "granted_on", "issued_on", "listed_on", "entered_on", "registered_on", "effective_on", "from", "group_id"}
	for name, s := range schemas(t) {
		for _, field := range gone {
			if _, ok := s["properties"].(map[string]any)[field]; ok {
				t.Errorf("%s has %s", name, field)
			}
		}
	}
}

// checkField checks what a person and the intake need to know of a field: a title in both languages, a bound on what may
// come, a title for each choice, and exact numbers.
func checkField(t *testing.T, at string, field map[string]any) {
	t.Helper()
	inBoth(t, at, field, "title", "x-title-en")
	if field["description"] != nil || field["x-description-en"] != nil {
		inBoth(t, at, field, "description", "x-description-en")
	}
	titles, _ := field["x-titles"].(map[string]any)
	for _, value := range list(field["enum"]) {
		title, _ := titles[value].(map[string]any)
		inBoth(t, at+"="+value, title, "zh", "en")
	}
	if got, want := len(titles), len(list(field["enum"])); got != want {
		t.Errorf("%s has %d titles for %d choices", at, got, want)
	}
	exact := field["x-decimal"] == true || field["x-money"] == "yuan"
	bound := map[string][]string{
		"string": {"maxLength", "enum", "format"}, "integer": {"maximum"}, "array": {"maxItems"}, "object": {"additionalProperties"}, "boolean": {"type"},
	}[list(field["type"])[0]]
	if !exact && !slices.ContainsFunc(bound, func(key string) bool { return field[key] != nil }) {
		t.Errorf("%s is without bounds", at)
	}
	if money := strings.HasSuffix(at, "_yuan"); money != (field["x-money"] != nil) {
		t.Errorf("%s: a field is money if and only if its name ends in _yuan", at)
	}
}

// A pattern tells people little: a field that has one shows what it means. Hashes, which nobody types, need no example, and
// of amounts it is always said.
func TestPatternsHaveExamples(t *testing.T) {
	for name, s := range schemas(t) {
		eachField(name, s, func(at string, field map[string]any) {
			pattern, _ := field["pattern"].(string)
			if pattern == "" || strings.Contains(pattern, "[0-9a-f]{64}") || field["x-decimal"] != nil || field["x-money"] != nil {
				return
			}
			if len(list(field["examples"])) == 0 {
				t.Errorf("%s has a pattern and no examples", at)
			}
		})
	}
}

func TestANilWithoutAQuarterIsToldItsForm(t *testing.T) {
	c, mistakes := catalogue.Load(deploy.Plan())
	if c == nil {
		t.Fatal(mistakes)
	}
	typ, _ := c.Type("NilReported")
	_, faults := typ.Normalise([]byte(`{"indicator":"i"}`))
	if len(faults) != 1 || faults[0].In(events.English) != "data.quarter: is missing, expected text such as 2018Q1" {
		t.Errorf("got %v", faults)
	}
}

func inBoth(t *testing.T, at string, s map[string]any, zh, en string) {
	t.Helper()
	for _, key := range []string{zh, en} {
		if text, _ := s[key].(string); text == "" {
			t.Errorf("%s has no %s", at, key)
		}
	}
}

// eachField calls fn for every field of a schema, at any depth.
func eachField(at string, s map[string]any, fn func(string, map[string]any)) {
	properties, _ := s["properties"].(map[string]any)
	for name, p := range properties {
		field := p.(map[string]any)
		fn(at+"."+name, field)
		eachField(at+"."+name, field, fn)
	}
	if items, ok := s["items"].(map[string]any); ok {
		fn(at+"[]", items)
		eachField(at+"[]", items, fn)
	}
}

// list reads a string, or a list of them.
func list(v any) (all []string) {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		for _, item := range v {
			all = append(all, item.(string))
		}
	}
	return all
}

// schemas reads the schemas of the default plan by the names of their types.
func schemas(t *testing.T) map[string]map[string]any {
	t.Helper()
	files, err := fs.Glob(deploy.Plan(), "events/*")
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]map[string]any)
	for _, file := range files {
		name, ok := strings.CutSuffix(path.Base(file), ".v1.json")
		if !ok {
			t.Errorf("%s is not a schema's file", file)
			continue
		}
		f, err := deploy.Plan().Open(file)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(f)
		f.Close()
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[name] = doc.(map[string]any)
	}
	return all
}

// mustCompile compiles a schema, which checks it against the metaschema of JSON Schema 2020-12.
func mustCompile(t *testing.T, name string, schema map[string]any) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("kaohe:/"+name, schema); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	compiled, err := c.Compile("kaohe:/" + name)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if got := compiled.DraftVersion; got != 2020 {
		t.Errorf("%s: draft %d, want 2020", name, got)
	}
	return compiled
}
