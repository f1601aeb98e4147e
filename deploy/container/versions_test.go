package container_test

import (
	"cmp"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// version reads the version that the first group of a pattern matches in a file.
func version(t *testing.T, file, pattern string) (parts [3]int, said string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(pattern).FindSubmatch(text)
	if m == nil {
		t.Fatalf("%s: nothing is like %s", file, pattern)
	}
	for i, s := range strings.SplitN(string(m[1]), ".", 3) {
		if parts[i], err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	return parts, string(m[1])
}

// TestImageIsBuiltByTheGoOfTheModule: the same minor version, and no older patch.
func TestImageIsBuiltByTheGoOfTheModule(t *testing.T) {
	want, module := version(t, "../../go.mod", `(?m)^go ([0-9.]+)$`)
	got, image := version(t, "Dockerfile", `(?m)^ARG GO_IMAGE=golang:([0-9.]+)-`)
	if got[0] != want[0] || got[1] != want[1] || cmp.Compare(got[2], want[2]) < 0 {
		t.Errorf("the image is built by Go %s, and go.mod says %s", image, module)
	}
}

// TestPrometheusIsThatOfTheRules: the rules are parsed by the library of one version in our tests, and run by the same one.
// Prometheus 3.12.0 is the module's v0.312.0.
func TestPrometheusIsThatOfTheRules(t *testing.T) {
	library, module := version(t, "../../go.mod", `github.com/prometheus/prometheus v([0-9.]+)`)
	got, image := version(t, "compose.yaml", `image: prom/prometheus:v([0-9.]+)`)
	if want := [3]int{library[1] / 100, library[1] % 100, library[2]}; got != want {
		t.Errorf("compose.yaml runs Prometheus %s, and the rules are tested by the library %s", image, module)
	}
}
