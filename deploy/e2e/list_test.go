package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// written is what the list says of an alert: it fires, and these are told. Nobody is told of one that is inhibited.
type written struct {
	of   subject
	told []string
}

// inhibited stands in the list where nobody is told.
const inhibited = "(inhibited)"

// readList reads alerts.txt: the alerts by the name of the step in which they fire.
func readList(text []byte) (map[string][]written, error) {
	steps := make(map[string][]written)
	step, lines := "", bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		line = strings.TrimSpace(line)
		name, isStep := strings.CutPrefix(line, "[")
		switch fields := strings.Fields(line); {
		case line == "":
		case isStep:
			step = strings.TrimSuffix(name, "]")
			if _, again := steps[step]; again {
				return nil, fmt.Errorf("line %d: %s comes twice", n, line)
			}
			steps[step] = nil
		case step == "" || len(fields) != 4:
			return nil, fmt.Errorf("line %d: expected [step], or below one: alert indicator org receivers", n)
		default:
			steps[step] = append(steps[step], listed(fields))
		}
	}
	return steps, lines.Err()
}

func listed(fields []string) written {
	for i := range fields {
		if fields[i] == "-" {
			fields[i] = ""
		}
	}
	w := written{of: subject{fields[0], fields[1], fields[2]}}
	if fields[3] != inhibited {
		w.told = strings.Split(fields[3], ",")
		slices.Sort(w.told)
	}
	return w
}

func TestTheListIsRead(t *testing.T) {
	got, err := readList([]byte("# x\n[one]\nA i 45 b,a # y\nB - - (inhibited)\n\n[none]\n"))
	want := map[string][]written{
		"one":  {{subject{"A", "i", "45"}, []string{"a", "b"}}, {subject{"B", "", ""}, nil}},
		"none": nil,
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(written{}, subject{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, wrong := range []string{"A i 45 a", "[one]\nA i 45", "[one]\n[one]"} {
		if _, err := readList([]byte(wrong)); err == nil {
			t.Errorf("%q is read", wrong)
		}
	}
}

// mustList reads the list that is beside this file.
func mustList(t *testing.T) map[string][]written {
	t.Helper()
	text, err := os.ReadFile("alerts.txt")
	if err != nil {
		t.Fatal(err)
	}
	list, err := readList(text)
	if err != nil {
		t.Fatalf("alerts.txt: %v", err)
	}
	return list
}
