package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

// TestDocumentsInBothFormats: what is written as YAML reads as the JSON, to the last date, number and quote.
func TestDocumentsInBothFormats(t *testing.T) {
	for command, key := range map[string]string{"asyncapi": "asyncapi", "openapi": "openapi"} {
		code, asYAML, stderr := invoke(t, nil, command, "-o", "yaml")
		if code != 0 || stderr != "" {
			t.Fatalf("kaohe %s = %d, %s", command, code, stderr)
		}
		_, asJSON, _ := invoke(t, nil, command, "-o", "json")
		var want, got map[string]any
		if err := json.Unmarshal([]byte(asJSON), &want); err != nil {
			t.Fatal(err)
		}
		raw, err := yaml.YAMLToJSON([]byte(asYAML))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("kaohe %s as YAML (-JSON +YAML):\n%.2000s", command, diff)
		}
		if version, _ := want[key].(string); !strings.HasPrefix(version, "3.") {
			t.Errorf("kaohe %s: version %q", command, version)
		}
		if !strings.Contains(asYAML, "发明专利") && !strings.Contains(asYAML, "专利授权") {
			t.Errorf("kaohe %s has no Chinese titles", command)
		}
	}
}

func TestDocumentOfAnotherPlan(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "plan")
	if code, _, stderr := invoke(t, nil, "init", dir); code != 0 {
		t.Fatal(stderr)
	}
	orgs := filepath.Join(dir, "orgs.yaml")
	content, err := os.ReadFile(orgs)
	if err != nil {
		t.Fatal(err)
	}
	content = append(content, "\n- {code: \"450702\", name: {zh: 钦南区, en: Qinnan}, parent: \"450700\"}\n"...)
	if err := os.WriteFile(orgs, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, stderr := invoke(t, nil, "asyncapi", "--plan", dir); code != 0 || !strings.Contains(out, "450000.450700.450702") {
		t.Errorf("kaohe asyncapi --plan = %d, %s: the new unit is not there", code, stderr)
	}
	if err := os.WriteFile(orgs, []byte("- {code: 1}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"asyncapi", "openapi"} {
		if code, out, stderr := invoke(t, nil, command, "--plan", dir); code != exitRefused || out != "" || !strings.Contains(stderr, "orgs.yaml") {
			t.Errorf("kaohe %s of a wrong plan = %d, %q, %s, want 3 and the mistakes", command, code, out, stderr)
		}
		if code, _, _ := invoke(t, nil, command, "extra"); code != exitUsage {
			t.Errorf("kaohe %s extra = %d, want 2", command, code)
		}
		if code, _, _ := invoke(t, nil, command, "--plan", ""); code != exitUsage {
			t.Errorf("kaohe %s --plan '' = %d, want 2", command, code)
		}
	}
}
