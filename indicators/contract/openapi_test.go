package contract_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kaohe/kaohe/deploy"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/contract"
)

func mustPlan(tb testing.TB) *indicators.Plan {
	tb.Helper()
	plan, mistakes := indicators.Load(deploy.Plan())
	for _, m := range mistakes {
		tb.Error(m.In(events.English))
	}
	if plan == nil {
		tb.FailNow()
	}
	return plan
}

// demo are the events of the demo, one a line.
func demo(tb testing.TB) (list [][]byte) {
	tb.Helper()
	for _, name := range []string{"facts.ndjson", "targets.ndjson"} {
		content, err := fs.ReadFile(deploy.Demo(), name)
		if err != nil {
			tb.Fatal(err)
		}
		for line := range bytes.Lines(content) {
			if line = bytes.TrimSpace(line); len(line) > 0 {
				list = append(list, line)
			}
		}
	}
	return list
}

func options(tb testing.TB) contract.Options {
	return contract.Options{Plan: mustPlan(tb), Version: "1.2.3", Examples: demo(tb)}
}

// mustRead reads JSON as a validator wants it.
func mustRead(tb testing.TB, raw []byte) any {
	tb.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

const documentURL = "https://kaohe.example/document.json"

// compiler knows a document, so that its parts can be compiled as schemas.
func compiler(tb testing.TB, document any) *jsonschema.Compiler {
	tb.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(documentURL, document); err != nil {
		tb.Fatal(err)
	}
	return c
}

func mustCompile(tb testing.TB, c *jsonschema.Compiler, pointer string) *jsonschema.Schema {
	tb.Helper()
	s, err := c.Compile(documentURL + "#" + pointer)
	if err != nil {
		tb.Fatalf("%s: %v", pointer, err)
	}
	return s
}

func mustOpenAPI(tb testing.TB, o contract.Options) any {
	tb.Helper()
	raw, err := contract.OpenAPI(o)
	if err != nil {
		tb.Fatal(err)
	}
	return mustRead(tb, raw)
}

func TestOpenAPIIsValid(t *testing.T) {
	official, err := os.ReadFile(filepath.Join("testdata", "openapi-3.1.json"))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(documentURL, mustRead(t, official)); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(documentURL)
	if err != nil {
		t.Fatal(err)
	}
	document := mustOpenAPI(t, options(t))
	if err := schema.Validate(document); err != nil {
		t.Errorf("the document is not OpenAPI 3.1: %v", err)
	}
	delete(document.(map[string]any)["info"].(map[string]any), "title")
	if schema.Validate(document) == nil {
		t.Error("a document without a title is valid, too: nothing is checked")
	}
}

// escape writes a name into a JSON pointer of a URL.
func escape(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(name)
}

// TestSchemasOfTheDocumentCompile: each component is a schema, and all references lead somewhere.
func TestSchemasOfTheDocumentCompile(t *testing.T) {
	document := mustOpenAPI(t, options(t)).(map[string]any)
	c := compiler(t, document)
	for name := range document["components"].(map[string]any)["schemas"].(map[string]any) {
		mustCompile(t, c, "/components/schemas/"+escape(name))
	}
	walk(document, "", func(at string, v map[string]any) {
		ref, ok := v["$ref"].(string)
		if !ok || strings.Contains(at, "/properties/$ref") {
			return
		}
		if find(document, ref) == nil {
			t.Errorf("%s leads nowhere: %s", at, ref)
		}
	})
}

// walk goes through all objects of a document.
func walk(v any, at string, each func(at string, v map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		each(at, v)
		for name, part := range v {
			walk(part, at+"/"+escape(name), each)
		}
	case []any:
		for _, part := range v {
			walk(part, at+"/-", each)
		}
	}
}

// find follows a reference within a document.
func find(document any, ref string) any {
	for _, name := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		m, ok := document.(map[string]any)
		if !ok {
			return nil
		}
		document = m[strings.NewReplacer("~1", "/", "~0", "~").Replace(name)]
	}
	return document
}

// TestExamplesAreValid holds each example of the document against the schema beside it.
func TestExamplesAreValid(t *testing.T) {
	document := mustOpenAPI(t, options(t))
	c := compiler(t, document)
	count := 0
	walk(document, "", func(at string, v map[string]any) {
		if v["schema"] == nil || strings.HasSuffix(at, "/properties") {
			return
		}
		var values []any
		if one, ok := v["example"]; ok {
			values = append(values, one)
		}
		if all, ok := v["examples"].(map[string]any); ok {
			for _, x := range all {
				values = append(values, x.(map[string]any)["value"])
			}
		}
		if len(values) == 0 {
			return
		}
		schema := mustCompile(t, c, at+"/schema")
		for _, value := range values {
			count++
			if err := schema.Validate(value); err != nil {
				t.Errorf("example at %s: %v", at, err)
			}
		}
	})
	if count < 20 {
		t.Errorf("%d examples, want more", count)
	}
}

// TestEventsFitTheDocument: what the demo sends is valid as it is sent, and what cannot be sent is not.
func TestEventsFitTheDocument(t *testing.T) {
	c := compiler(t, mustOpenAPI(t, options(t)))
	event := mustCompile(t, c, "/components/schemas/Event")
	for _, raw := range demo(t) {
		if err := event.Validate(mustRead(t, raw)); err != nil {
			t.Errorf("%.120s: %v", raw, err)
		}
	}
	const good = `{"specversion":"1.0","type":"PatentGranted","time":"2018-02-28","data":{"kind":"invention","patent_no":"ZL201510000001.1"}}`
	for name, raw := range map[string]string{
		"a good one":                   good,
		"a void":                       `{"specversion":"1.0","type":"EventVoided","time":"2018-02-28","data":{"target_source":"a","target_id":"b","reason":"c"}}`,
		"with nth as text":             strings.Replace(good, `"data"`, `"nth":"2","org":"450703","data"`, 1),
		"! no data":                    `{"specversion":"1.0","type":"PatentGranted","time":"2018-02-28"}`,
		"! another type":               strings.Replace(good, "PatentGranted", "Patent", 1),
		"! the data of another":        strings.Replace(good, "PatentGranted", "EnvoyTrainingHeld", 1),
		"! an attribute of nobody":     strings.Replace(good, `"data"`, `"sorce":"a","data"`, 1),
		"! a unit of nobody":           strings.Replace(good, `"data"`, `"org":"1","data"`, 1),
		"! a plan, which nobody sends": `{"specversion":"1.0","type":"PlanActivated","time":"2018-02-28","data":{}}`,
		"! a void that is filled in":   `{"specversion":"1.0","type":"EventVoided","time":"2018-02-28","data":{"target_source":"a","target_id":"b","reason":"c","target":"1-0"}}`,
	} {
		err := event.Validate(mustRead(t, []byte(raw)))
		if bad := strings.HasPrefix(name, "!"); bad != (err != nil) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDocumentsStayTheSame(t *testing.T) {
	for name, write := range map[string]func(contract.Options) ([]byte, error){"OpenAPI": contract.OpenAPI, "AsyncAPI": contract.AsyncAPI} {
		first, err := write(options(t))
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := write(options(t)); !bytes.Equal(first, again) {
			t.Errorf("%s is another document the second time", name)
		}
		if !json.Valid(first) || bytes.Contains(first, []byte(`\u0026`)) {
			t.Errorf("%s is not JSON as people read it", name)
		}
		if _, err := write(contract.Options{}); err == nil {
			t.Errorf("%s without a plan succeeds", name)
		}
	}
}
