package indicators_test

import (
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

var update = flag.Bool("update", false, "write what comes out into the golden files")

func mustArchive(tb testing.TB, file string) *txtar.Archive {
	tb.Helper()
	a, err := txtar.ParseFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

// planOf makes a plan of an archive's files, in the order that later ones replace earlier ones.
func planOf(archives ...*txtar.Archive) fstest.MapFS {
	plan := fstest.MapFS{}
	for _, a := range archives {
		for _, f := range a.Files {
			plan[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	return plan
}

func goodPlan(tb testing.TB) fstest.MapFS {
	tb.Helper()
	return planOf(mustArchive(tb, "testdata/plans/good.txtar"))
}

func mustLoad(tb testing.TB, fsys fs.FS) *indicators.Plan {
	tb.Helper()
	plan, mistakes := indicators.Load(fsys)
	for _, m := range mistakes {
		tb.Error(m.In(events.English))
	}
	if plan == nil {
		tb.FailNow()
	}
	return plan
}

func TestLoadTheDefaultPlan(t *testing.T) {
	plan := mustLoad(t, os.DirFS("../deploy/plan"))
	if c := plan.Counts(); c.Orgs < 3 || c.EventTypes < 31 || c.Indicators < 30 || c.Filters < 10 {
		t.Errorf("Counts() = %+v", c)
	}
	kinds := make(map[indicators.Kind]bool)
	for _, d := range plan.Indicators {
		kinds[d.Kind] = true
	}
	if len(kinds) != 9 {
		t.Errorf("the default plan has the kinds %v", slices.Sorted(maps.Keys(kinds)))
	}
}

// What an archive in testdata/plans/broken says is wrong with the good plan once its files have replaced some of that. In
// the comment, `without NAME` takes a file away. The files want.en and want.zh hold what is to be said.
func TestLoadBrokenPlans(t *testing.T) {
	files, err := filepath.Glob("testdata/plans/broken/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no broken plans", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a := mustArchive(t, file)
			plan := planOf(mustArchive(t, "testdata/plans/good.txtar"), a)
			for line := range strings.Lines(string(a.Comment)) {
				if name, ok := strings.CutPrefix(strings.TrimSpace(line), "without "); ok {
					delete(plan, name)
				}
			}
			loaded, mistakes := indicators.Load(plan)
			if loaded != nil || len(mistakes) == 0 {
				t.Fatal("the plan loads")
			}
			for i, lang := range []events.Lang{events.English, events.Chinese} {
				var got strings.Builder
				for _, m := range mistakes {
					got.WriteString(m.In(lang) + "\n")
				}
				name := "want." + string(lang)
				if *update {
					setFile(a, name, got.String())
				} else if want := string(plan[name].Data); want != got.String() {
					t.Errorf("%d: mistakes in %s (-want +got):\n%s", i, lang, cmp.Diff(want, got.String()))
				}
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func setFile(a *txtar.Archive, name, data string) {
	a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool { return f.Name == name })
	a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(data)})
}

func TestLoadSaysWhereTextIsNotUTF8(t *testing.T) {
	plan := goodPlan(t)
	plan["orgs.yaml"] = &fstest.MapFile{Data: []byte("- {code: \"450700\"}\n- {name: \xc7\xd5\xd6\xdd}\n")}
	_, mistakes := indicators.Load(plan)
	if len(mistakes) != 1 || mistakes[0].Line != 2 || mistakes[0].Column != 10 || !strings.Contains(mistakes[0].Text.EN, "UTF-8") {
		t.Errorf("mistakes = %+v", mistakes)
	}
}

// Editors of other systems leave their marks in a file; they are no mistake and do not shift the places of others.
func TestLoadTakesByteOrderMarkAndCarriageReturns(t *testing.T) {
	plan := goodPlan(t)
	for _, name := range []string{"plan.yaml", "orgs.yaml", "indicators.yaml"} {
		plan[name] = &fstest.MapFile{Data: []byte("\ufeff" + strings.ReplaceAll(string(plan[name].Data), "\n", "\r\n"))}
	}
	mustLoad(t, plan)
	plan["orgs.yaml"] = &fstest.MapFile{Data: []byte("\ufeff- {cod: \"450700\", name: {zh: 钦州市, en: Q}}\r\n")}
	_, mistakes := indicators.Load(plan)
	if len(mistakes) == 0 || mistakes[0].Column != 3 || strings.ContainsAny(mistakes[0].Source, "\r\ufeff") {
		t.Errorf("mistakes = %+v", mistakes)
	}
}

func TestLoadHash(t *testing.T) {
	hash := mustLoad(t, goodPlan(t)).Hash
	if len(hash) != 64 || mustLoad(t, goodPlan(t)).Hash != hash {
		t.Errorf("hash %q does not stay", hash)
	}
	for name := range goodPlan(t) {
		plan := goodPlan(t)
		plan[name].Data = append(plan[name].Data, '\n')
		if mustLoad(t, plan).Hash == hash {
			t.Errorf("a change in %s does not change the hash", name)
		}
	}
	plan := goodPlan(t)
	plan["demo/facts.ndjson"] = &fstest.MapFile{Data: []byte("{}")}
	if mustLoad(t, plan).Hash != hash {
		t.Error("the demo's events change the hash of the plan")
	}
}

func FuzzLoad(f *testing.F) {
	good := goodPlan(f)
	f.Add(good["plan.yaml"].Data, good["orgs.yaml"].Data, good["indicators.yaml"].Data)
	files, _ := filepath.Glob("testdata/plans/broken/*.txtar")
	for _, file := range files {
		plan := planOf(mustArchive(f, "testdata/plans/good.txtar"), mustArchive(f, file))
		f.Add(plan["plan.yaml"].Data, plan["orgs.yaml"].Data, plan["indicators.yaml"].Data)
	}
	f.Fuzz(func(t *testing.T, plan, orgs, defs []byte) {
		fsys := maps.Clone(good)
		fsys["plan.yaml"], fsys["orgs.yaml"], fsys["indicators.yaml"] = &fstest.MapFile{Data: plan}, &fstest.MapFile{Data: orgs}, &fstest.MapFile{Data: defs}
		loaded, mistakes := indicators.Load(fsys)
		if (loaded == nil) == (len(mistakes) == 0) {
			t.Fatalf("plan %v with mistakes %v", loaded, mistakes)
		}
		for _, m := range mistakes {
			if m.File == "" || m.Text.EN == "" || m.Text.ZH == "" || m.In(events.Chinese) == "" {
				t.Fatalf("mistake %+v says too little", m)
			}
		}
		if loaded == nil {
			return
		}
		names := make(map[string]bool)
		for _, m := range loaded.Measures {
			if names[m.Name] || m.Name == "" || (m.Kind == projections.Coverage) == (m.Of == "") {
				t.Fatalf("measure %+v", m)
			}
			names[m.Name] = true
		}
	})
}
