package contract_test

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kaohe/kaohe/indicators/contract"
)

func mustAsyncAPI(tb testing.TB, o contract.Options) map[string]any {
	tb.Helper()
	raw, err := contract.AsyncAPI(o)
	if err != nil {
		tb.Fatal(err)
	}
	return mustRead(tb, raw).(map[string]any)
}

// officialAsyncAPI is the schema of AsyncAPI documents.
func officialAsyncAPI(tb testing.TB) *jsonschema.Schema {
	tb.Helper()
	f, err := os.Open(filepath.Join("testdata", "asyncapi-3.0.json.gz"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	raw, err := io.ReadAll(unpacked)
	if err != nil {
		tb.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(documentURL, mustRead(tb, raw)); err != nil {
		tb.Fatal(err)
	}
	schema, err := c.Compile(documentURL)
	if err != nil {
		tb.Fatal(err)
	}
	return schema
}

func TestAsyncAPIIsValid(t *testing.T) {
	official := officialAsyncAPI(t)
	document := mustAsyncAPI(t, options(t))
	if err := official.Validate(any(document)); err != nil {
		t.Errorf("the document is not AsyncAPI 3.0: %v", err)
	}
	document["channels"].(map[string]any)["emit"].(map[string]any)["adress"] = "kaohe.v1.emit"
	if official.Validate(any(document)) == nil {
		t.Error("a document with a misspelt field is valid, too: nothing is checked")
	}
}

func TestReferencesOfAsyncAPILeadSomewhere(t *testing.T) {
	document := mustAsyncAPI(t, options(t))
	walk(document, "", func(at string, v map[string]any) {
		if ref, ok := v["$ref"].(string); ok && find(document, ref) == nil {
			t.Errorf("%s leads nowhere: %s", at, ref)
		}
	})
}

// TestAsyncAPIHasTheCatalogue: each type of event that may be sent can be sent and is announced, with the plan's schema.
func TestAsyncAPIHasTheCatalogue(t *testing.T) {
	o := options(t)
	document := mustAsyncAPI(t, o)
	channels := document["channels"].(map[string]any)
	sent := find(document, "#/channels/emit/messages").(map[string]any)
	c := compiler(t, document)
	for _, typ := range o.Plan.Catalogue.Types() {
		if typ.Name == "PlanActivated" {
			if sent[typ.Name] != nil || channels["announced."+typ.Name] != nil {
				t.Error("a plan is sent by nobody and announced to nobody")
			}
			continue
		}
		told, ok := channels["announced."+typ.Name].(map[string]any)
		if !ok || told["address"] != "kaohe.event."+typ.Name+".{units}" || sent[typ.Name] == nil {
			t.Errorf("%s: %v, sent %v", typ.Name, told["address"], sent[typ.Name])
		}
		message := find(document, "#/components/messages/"+typ.Name).(map[string]any)
		if text := message["title"].(string); !strings.Contains(text, typ.Title.ZH) || !strings.Contains(text, typ.Title.EN) {
			t.Errorf("%s has the title %q, want it in both languages", typ.Name, text)
		}
		mustCompile(t, c, "/components/schemas/"+escape("recorded."+typ.Name)+"/schema")
	}
	units := find(document, "#/channels/announced.PatentGranted/parameters/units/enum").([]any)
	if len(units) != o.Plan.Orgs.Len() || !strings.HasSuffix(units[len(units)-1].(string), ".450703") {
		t.Errorf("units %v, want those of the plan from the root down", units)
	}
}

// TestEventsFitAsyncAPI: the two documents say the same of an event.
func TestEventsFitAsyncAPI(t *testing.T) {
	document := mustAsyncAPI(t, options(t))
	event := mustCompile(t, compiler(t, document), "/components/schemas/Event/schema")
	for _, raw := range demo(t) {
		if err := event.Validate(mustRead(t, raw)); err != nil {
			t.Errorf("%.120s: %v", raw, err)
		}
	}
	examples := 0
	walk(document, "", func(at string, v map[string]any) {
		list, ok := v["examples"].([]any)
		if !ok || !strings.HasPrefix(at, "/components/messages/") || strings.Contains(at, "/payload") || strings.Contains(at, "/headers") {
			return
		}
		for _, x := range list {
			examples++
			if err := event.Validate(x.(map[string]any)["payload"]); err != nil {
				t.Errorf("example at %s: %v", at, err)
			}
		}
	})
	if examples == 0 {
		t.Error("no example is shown")
	}
}
