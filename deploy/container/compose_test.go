// Package container_test holds what the containers mount against the files that it comes from. What Docker would say of the
// files themselves is checked by .ci/kube.
package container_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

// compose is the compose file, as far as the tests look at it.
type compose struct {
	Services map[string]struct {
		Image       string            `yaml:"image"`
		Environment map[string]string `yaml:"environment"`
		Volumes     []string          `yaml:"volumes"`
	} `yaml:"services"`
}

func readYAML(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err == nil {
		err = yaml.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

func readCompose(t *testing.T) (c compose) {
	t.Helper()
	readYAML(t, "compose.yaml", &c)
	return c
}

// TestPrometheusConfigDiffersOnlyAsWritten: in containers Prometheus does what it does on one machine, but for this list.
func TestPrometheusConfigDiffersOnlyAsWritten(t *testing.T) {
	var got, want map[string]any
	readYAML(t, "../prometheus/prometheus.yml", &want)
	readYAML(t, "prometheus.yml", &got)
	job := func(name string) map[string]any {
		for _, j := range want["scrape_configs"].([]any) {
			if j := j.(map[string]any); j["job_name"] == name {
				return j
			}
		}
		t.Fatalf("deploy/prometheus/prometheus.yml has no job %s", name)
		return nil
	}
	at := func(address string) []any { return []any{map[string]any{"targets": []any{address}}} }
	// The other services are at their own names, Prometheus itself stays where it is.
	want["alerting"] = map[string]any{"alertmanagers": []any{map[string]any{"static_configs": at("alertmanager:9093")}}}
	job("kaohe")["static_configs"] = at("kaohe:8470")
	job("alertmanager")["static_configs"] = at("alertmanager:9093")
	// setup has made the first token, so Prometheus has one.
	job("kaohe")["authorization"] = map[string]any{"credentials_file": "/run/kaohe/token/prometheus"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("prometheus.yml (+) against deploy/prometheus/prometheus.yml with the written differences (-):\n%s", diff)
	}
}

// TestGrafanaFindsWhatIsProvisioned: the variables that the provisioning files use are set, and dashboards lie where they say.
func TestGrafanaFindsWhatIsProvisioned(t *testing.T) {
	grafana := readCompose(t).Services["grafana"]
	files, err := filepath.Glob("../grafana/provisioning/*/*.y*ml")
	if err != nil || len(files) < 2 {
		t.Fatalf("provisioning files: %q, %v, want those of the datasource and of the dashboards", files, err)
	}
	variable := regexp.MustCompile(`\$\{?([A-Z][A-Z0-9_]*)`)
	for _, file := range files {
		var content struct {
			Datasources []struct{ URL string } `yaml:"datasources"`
			Providers   []struct {
				Options struct{ Path string } `yaml:"options"`
			} `yaml:"providers"`
		}
		readYAML(t, file, &content)
		expand := func(s string) string {
			for _, m := range variable.FindAllStringSubmatch(s, -1) {
				if grafana.Environment[m[1]] == "" {
					t.Errorf("%s uses %s, which compose.yaml does not set", file, m[0])
				}
			}
			return os.Expand(s, func(name string) string { return grafana.Environment[name] })
		}
		for _, d := range content.Datasources {
			if got := strings.TrimRight(expand(d.URL), "/"); got != "http://prometheus:9090" {
				t.Errorf("%s: Prometheus is looked for at %q, and is at http://prometheus:9090", file, got)
			}
		}
		for _, p := range content.Providers {
			if dir := expand(p.Options.Path); !mounts(grafana.Volumes, "../grafana/dashboards", dir) {
				t.Errorf("%s: dashboards are looked for in %q, where they are not mounted: %q", file, dir, grafana.Volumes)
			}
		}
	}
}

// mounts tells whether a path of the host is mounted at a path of the container, or above it.
func mounts(volumes []string, from, to string) bool {
	return slices.ContainsFunc(volumes, func(v string) bool {
		source, rest, _ := strings.Cut(v, ":")
		target, _, _ := strings.Cut(rest, ":")
		below, err := filepath.Rel(target, to)
		return err == nil && !strings.HasPrefix(below, "..") && path.Join(source, below) == from
	})
}
