package contract_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kaohe/kaohe/indicators/contract"
)

// elsewhere are the codes of what is no operation: other paths and methods, and what is refused before it comes to one.
var elsewhere = map[string]bool{"not_found": true, "method": true, "request": true}

var written = regexp.MustCompile(`(?:NewProblem\([^"\n]*|said\{)"([a-z_]+)"`)

// TestCodesOfProblemsAreDocumented: each code that the source answers with over HTTP is explained.
func TestCodesOfProblemsAreDocumented(t *testing.T) {
	document, err := contract.OpenAPI(options(t))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, dir := range []string{"../api", "../../cmd/kaohe/internal/app"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range written.FindAllSubmatch(source, -1) {
				found++
				if code := string(m[1]); !elsewhere[code] && !bytes.Contains(document, []byte("`"+code+"`: ")) {
					t.Errorf("%s answers with the code %s, which is not documented", name, code)
				}
			}
		}
	}
	if found < 15 {
		t.Errorf("found %d codes in the source, want more", found)
	}
}
