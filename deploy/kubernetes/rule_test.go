// Package kubernetes_test holds the manifests against the files of which they are copies. That they are what Kubernetes takes
// is checked by .ci/kube, which has its types.
package kubernetes_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write prometheusrule.yaml anew")

const ruleHeader = `# The rules of deploy/prometheus/rules, as the Prometheus Operator takes them. Made of these files; after a change there:
# 由 deploy/prometheus/rules 生成，改了那里之后执行：
#
#   go test ./deploy/kubernetes -update
`

// rules reads the groups of all rule files, with their keys in the order of the files.
func rules(t *testing.T) (groups []any) {
	t.Helper()
	files, err := filepath.Glob("../prometheus/rules/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("rule files: %q, %v", files, err)
	}
	slices.Sort(files)
	for _, file := range files {
		var content struct {
			Groups []any `yaml:"groups"`
		}
		text, err := os.ReadFile(file)
		if err == nil {
			err = yaml.UnmarshalWithOptions(text, &content, yaml.Strict(), yaml.UseOrderedMap())
		}
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		groups = append(groups, content.Groups...)
	}
	return groups
}

// written is what prometheusrule.yaml should be.
func written(t *testing.T) []byte {
	t.Helper()
	body, err := yaml.MarshalWithOptions(yaml.MapSlice{
		{Key: "apiVersion", Value: "monitoring.coreos.com/v1"},
		{Key: "kind", Value: "PrometheusRule"},
		{Key: "metadata", Value: yaml.MapSlice{{Key: "name", Value: "kaohe"}}},
		{Key: "spec", Value: yaml.MapSlice{{Key: "groups", Value: rules(t)}}},
	}, yaml.IndentSequence(true), yaml.UseLiteralStyleIfMultiline(true))
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte(ruleHeader), body...)
}

func TestPrometheusRuleIsThatOfPrometheus(t *testing.T) {
	const file = "prometheusrule.yaml"
	want := written(t)
	if *update {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(got, want) {
		return
	}
	wants, gots := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	line := 0
	for line < min(len(wants), len(gots))-1 && wants[line] == gots[line] {
		line++
	}
	t.Errorf("%s is not what deploy/prometheus/rules says; go test ./deploy/kubernetes -update writes it anew\nline %d: %s\nwant: %s", file, line+1, gots[line], wants[line])
}

// TestPrometheusRuleReadsBack: what the writer makes of quotes, templates and folded expressions is what was meant.
func TestPrometheusRuleReadsBack(t *testing.T) {
	var rule struct {
		Spec struct {
			Groups []any `yaml:"groups"`
		} `yaml:"spec"`
	}
	if err := yaml.UnmarshalWithOptions(written(t), &rule, yaml.UseOrderedMap()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rules(t), rule.Spec.Groups); diff != "" {
		t.Errorf("groups as read back (+) and of deploy/prometheus/rules (-):\n%s", diff)
	}
}
