package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/kaohe/kaohe/"

// ban forbids imports, and says why. from and to name a package and all below it; a trailing "." means the package alone.
type ban struct {
	from, to string
	except   string // packages below from that may
	reason   string
}

// bans is the way of the data, cmd -> indicators -> projections -> events, as what must not be imported.
var bans = []ban{
	{"events", module + "projections", "", "facts do not depend on how they are counted"},
	{"events", module + "indicators", "", "facts do not depend on what the figures mean"},
	{"events", module + "cmd", "", "nothing depends on the program"},
	{"events", module + "deploy", "", "the plan is passed in: a body brings its own"},
	{"events.", module, "", "the root of events is what everything else shares"},
	{"events/catalogue", module + "events/intake", "", "what may happen does not depend on how it comes in"},
	{"events/catalogue", module + "events/natslog", "", "what may happen does not depend on where it is kept"},
	{"events/intake", module + "events/natslog", "", "the intake writes to any events.Log"},
	{"events/natslog", module + "events/catalogue", "", "the log keeps commits and does not look into them"},
	{"events/natslog", module + "events/intake", "", "the log does not know who writes to it"},
	{"projections", module + "indicators", "", "measures are declared here and filled by indicators"},
	{"projections", module + "cmd", "", "nothing depends on the program"},
	{"projections", module + "deploy", "", "the plan is passed in: a body brings its own"},
	{"projections", module + "events/natslog", "", "a fold reads any events.Log"},
	{"projections", module + "events/intake", "", "the intake asks the fold through its own interface, not the other way round"},
	{"indicators", module + "cmd", "", "nothing depends on the program"},
	{"indicators", module + "deploy", "", "the plan is passed in: a body brings its own"},
	{"indicators", module + "events/natslog", "", "figures come from a view, wherever the log is kept"},
	{"deploy", module, "", "what an operator puts in place is files, not code"},
	{"events", "github.com/nats-io/", "events/natslog", "of what holds facts, natslog alone knows NATS"},
	{"projections", "github.com/nats-io/", "", "a fold reads any events.Log"},
	{"indicators", "github.com/nats-io/", "", "figures come from a view, wherever the log is kept"},
	{"deploy", "github.com/nats-io/", "", "what an operator puts in place is files, not code"},
	{"", "github.com/xuri/", "events/sheets", "of spreadsheets, sheets alone knows the format"},
	{"", "github.com/spf13/", "cmd", "the command line belongs to cmd"},
	{"", "github.com/jedib0t/", "cmd", "output for people belongs to cmd"},
	{"projections", "net/http", "", "a fold does no I/O"},
	{"indicators.", "net/http", "", "evaluation is pure; the API is a package of its own"},
}

func TestImportsRunOneWay(t *testing.T) {
	packages := listPackages(t)
	for _, needed := range []string{"events", "events/natslog", "events/intake", "projections", "indicators", "indicators/api", "deploy", "cmd/kaohe"} {
		if _, ok := packages[needed]; !ok {
			t.Errorf("go list does not know %s: the bans would check nothing", needed)
		}
	}
	for _, v := range violations(packages, bans) {
		t.Error(v)
	}
}

func TestViolationsAreFound(t *testing.T) {
	packages := map[string][]string{
		"events":         {"fmt", module + "events/catalogue"},
		"events/natslog": {"github.com/nats-io/nats.go"},
		"eventsource":    {module + "cmd/kaohe"},
		"projections":    {module + "events", module + "indicators/api", "github.com/nats-io/nats.go"},
	}
	got := strings.Join(violations(packages, []ban{
		{"events", module + "cmd", "", "a"}, {"events.", module, "", "b"}, {"projections", module + "indicators", "", "c"},
		{"", "github.com/nats-io/", "events/natslog", "d"},
	}), "\n")
	want := "events must not import " + module + "events/catalogue: b\n" +
		"projections must not import " + module + "indicators/api: c\n" +
		"projections must not import github.com/nats-io/nats.go: d"
	if got != want {
		t.Errorf("violations:\n%s\nwant:\n%s", got, want)
	}
}

// violations lists what is imported against a ban, sorted by ban.
func violations(packages map[string][]string, bans []ban) (list []string) {
	for _, b := range bans {
		for from, imports := range packages {
			if !b.concerns(from) {
				continue
			}
			for _, to := range imports {
				if within(to, strings.TrimSuffix(b.to, "/")) {
					list = append(list, fmt.Sprintf("%s must not import %s: %s", from, to, b.reason))
				}
			}
		}
	}
	return list
}

func (b ban) concerns(from string) bool {
	if alone, ok := strings.CutSuffix(b.from, "."); ok {
		return from == alone
	}
	return within(from, b.from) && (b.except == "" || !within(from, b.except))
}

// within tells whether a package is root or below it.
func within(pkg, root string) bool {
	return root == "" || pkg == root || strings.HasPrefix(pkg, root+"/")
}

// listPackages returns the imports of all our packages, tests aside, by their path within the module.
func listPackages(t *testing.T) map[string][]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.Bytes())
	}
	packages := map[string][]string{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err == io.EOF {
			return packages
		} else if err != nil {
			t.Fatalf("read go list: %v", err)
		}
		packages[strings.TrimPrefix(p.ImportPath, module)] = p.Imports
	}
}
