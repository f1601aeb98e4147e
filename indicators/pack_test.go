package indicators_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/deploy"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
	"github.com/kaohe/kaohe/indicators"
)

func mustUnpack(tb testing.TB, archive []byte) fs.FS {
	tb.Helper()
	files, err := indicators.Unpack(archive)
	if err != nil {
		tb.Fatalf("Unpack() failed: %v", err)
	}
	return files
}

func TestArchiveHoldsThePlan(t *testing.T) {
	for name, files := range map[string]fs.FS{"the default plan": deploy.Plan(), "the plan of the tests": goodPlan(t)} {
		t.Run(name, func(t *testing.T) {
			plan := mustLoad(t, files)
			unpacked := mustUnpack(t, plan.Archive)
			again := mustLoad(t, unpacked)
			if again.Hash != plan.Hash || !bytes.Equal(again.Archive, plan.Archive) {
				t.Errorf("the archive of the plan %s is of the plan %s, and of the same bytes: %v", plan.Hash, again.Hash, bytes.Equal(again.Archive, plan.Archive))
			}
			names := []string{"plan.yaml", "orgs.yaml", "indicators.yaml"}
			for _, typ := range plan.Catalogue.Types() {
				names = append(names, "events/"+typ.Schema()+".json")
			}
			if err := fstest.TestFS(unpacked, names...); err != nil {
				t.Error(err)
			}
			for _, f := range list(t, plan.Archive) {
				want, err := fs.ReadFile(files, f.Name)
				if err != nil {
					t.Fatal(err)
				}
				if got, err := fs.ReadFile(unpacked, f.Name); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s is not what it was: %v", f.Name, err)
				}
				if f.ModifiedDate != 0 || f.ModifiedTime != 0 || f.Method != zip.Deflate || len(f.Extra) > 0 {
					t.Errorf("%s tells more than its name and content: %+v", f.Name, f.FileHeader)
				}
			}
		})
	}
}

// list returns the files of an archive, having checked that they are sorted.
func list(tb testing.TB, archive []byte) []*zip.File {
	tb.Helper()
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		tb.Fatal(err)
	}
	if !slices.IsSortedFunc(r.File, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) }) {
		tb.Error("the files are not sorted by name")
	}
	return r.File
}

func TestArchiveLeavesOutWhatTheHashDoes(t *testing.T) {
	plan := goodPlan(t)
	want := mustLoad(t, plan).Archive
	for _, name := range []string{"demo/facts.ndjson", "README.md", "events/.hidden"} {
		plan[name] = &fstest.MapFile{Data: []byte("x")}
	}
	if !bytes.Equal(mustLoad(t, plan).Archive, want) {
		t.Error("a file that is not of the plan is in its archive")
	}
}

// Whatever the comments, blanks and further types of a plan: its archive is that plan.
func TestArchiveOfAnyPlan(t *testing.T) {
	good := goodPlan(t)
	rapid.Check(t, func(t *rapid.T) {
		plan := maps.Clone(good)
		for _, name := range slices.Sorted(maps.Keys(plan)) {
			blanks := rapid.SliceOfN(rapid.SampledFrom([]byte(" \n")), 0, 40).Draw(t, name)
			plan[name] = &fstest.MapFile{Data: slices.Concat(plan[name].Data, []byte("\n"), blanks)}
		}
		for i := range rapid.IntRange(0, 5).Draw(t, "types") {
			name := fmt.Sprintf("More%d", i)
			plan["events/"+name+".v1.json"] = &fstest.MapFile{Data: minimalSchema(name)}
		}
		loaded, mistakes := indicators.Load(plan)
		if loaded == nil {
			t.Fatal(mistakes[0].In(events.English))
		}
		files, err := indicators.Unpack(loaded.Archive)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := indicators.Load(files); again == nil || again.Hash != loaded.Hash {
			t.Fatalf("the plan %s comes back as %v", loaded.Hash, again)
		}
	})
}

func minimalSchema(name string) []byte {
	return fmt.Appendf(nil, `{"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"%s.v1","title":"甲","x-title-en":"A",`+
		`"description":"乙","x-description-en":"B","type":"object","additionalProperties":false,"properties":{}}`, name)
}

// entry is a file of an archive made by hand. Large ones are stored as they are, which takes less time.
type entry struct {
	zip.FileHeader
	content string
}

func archive(tb testing.TB, entries ...entry) []byte {
	tb.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, e := range entries {
		if len(e.content) < catalogue.MaxFile {
			e.Method = zip.Deflate
		}
		f, err := w.CreateHeader(&e.FileHeader)
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := f.Write([]byte(e.content)); err != nil && e.content != "" {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

func named(name string) entry { return entry{FileHeader: zip.FileHeader{Name: name}, content: "x"} }

func TestUnpackRefuses(t *testing.T) {
	bomb := entry{content: strings.Repeat("x", 4<<20)} // a few kilobytes
	bomb.FileHeader = zip.FileHeader{Name: "plan.yaml", Method: zip.Deflate}
	link := named("plan.yaml")
	link.SetMode(fs.ModeSymlink | 0o777)
	large := named("plan.yaml")
	large.content = strings.Repeat("x", catalogue.MaxFile+1)
	var many, much []entry
	for i := range 1001 {
		many = append(many, named(fmt.Sprintf("events/T%d.v1.json", i)))
	}
	for i := range 17 {
		e := named(fmt.Sprintf("events/T%d.v1.json", i))
		e.content = strings.Repeat("x", catalogue.MaxFile)
		much = append(much, e)
	}
	whole := archive(t, named("plan.yaml"), named("orgs.yaml"))
	lying := archive(t, bomb)
	at := bytes.LastIndex(lying, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(lying[at+24:], 10) // says that it is of 10 bytes
	damaged := bytes.Clone(whole)
	damaged[bytes.Index(damaged, []byte("plan.yaml"))+len("plan.yaml")] ^= 0xff
	for _, tt := range []struct {
		name    string
		archive []byte
		says    string
	}{
		{"nothing", nil, "zip"},
		{"something else", []byte("PK, they say"), "zip"},
		{"half an archive", whole[:len(whole)/2], "zip"},
		{"a damaged file", damaged, `"plan.yaml"`},
		{"a path out of it", archive(t, named("../plan.yaml")), `"../plan.yaml": it is no file of a plan`},
		{"a path out of the schemas", archive(t, named("events/../plan.yaml")), "no file of a plan"},
		{"a path through the schemas", archive(t, named("events//T.v1.json")), "no file of a plan"},
		{"an absolute path", archive(t, named("/plan.yaml")), "no file of a plan"},
		{"a path of another system", archive(t, named(`events\..\plan.yaml`)), "no file of a plan"},
		{"such a path among the schemas", archive(t, named(`events/..\T.v1.json`)), "no file of a plan"},
		{"a drive", archive(t, named("C:plan.yaml")), "no file of a plan"},
		{"a folder", archive(t, entry{FileHeader: zip.FileHeader{Name: "events/"}}), "no file of a plan"},
		{"a folder in the folder", archive(t, named("events/a/T.v1.json")), "no file of a plan"},
		{"a hidden schema", archive(t, named("events/.T.v1.json")), "no file of a plan"},
		{"another file", archive(t, named("README.md")), "no file of a plan"},
		{"no name", archive(t, named("")), "no file of a plan"},
		{"bytes that are no text", archive(t, named("events/\xff.json")), "no file of a plan"},
		{"a link", archive(t, link), "no file of a plan"},
		{"a file twice", archive(t, named("plan.yaml"), named("orgs.yaml"), named("plan.yaml")), `"plan.yaml": it is there twice`},
		{"a large file", archive(t, large), "larger than 1 MiB"},
		{"a bomb that says what it is", archive(t, bomb), "larger than 1 MiB"},
		{"a bomb that does not", lying, `"plan.yaml"`},
		{"many files", archive(t, many...), "at most 1000 files"},
		{"much in all", archive(t, much...), "at most 1000 files and 16 MiB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files, err := indicators.Unpack(tt.archive)
			if files != nil || !errors.Is(err, indicators.ErrArchive) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Unpack() = %v, %v, want an error that says %q", files, err, tt.says)
			}
		})
	}
	if _, err := indicators.Unpack(archive(t, many[:1000]...)); err != nil {
		t.Errorf("as many as there may be: %v", err)
	}
	if _, err := indicators.Unpack(archive(t, much[:16]...)); err != nil {
		t.Errorf("as much as there may be: %v", err)
	}
}

// A plan that could not be unpacked is not loaded.
func TestLoadBoundsThePlan(t *testing.T) {
	many, much := goodPlan(t), goodPlan(t)
	for i := 0; len(many) <= 1000; i++ {
		name := fmt.Sprintf("More%04d", i)
		many["events/"+name+".v1.json"] = &fstest.MapFile{Data: minimalSchema(name)}
	}
	for i := range 16 {
		name := fmt.Sprintf("More%04d", i)
		much["events/"+name+".v1.json"] = &fstest.MapFile{Data: append(minimalSchema(name), bytes.Repeat([]byte{' '}, catalogue.MaxFile-400)...)}
	}
	for name, plan := range map[string]fstest.MapFS{"many": many, "much": much} {
		loaded, mistakes := indicators.Load(plan)
		if loaded != nil || len(mistakes) != 1 {
			t.Fatalf("%s: loaded %v, mistakes %.300v", name, loaded != nil, mistakes)
		}
		want := events.Text{ZH: "方案至多 1000 个文件、共 16 MiB,到这里已超出", EN: "a plan holds at most 1000 files and 16 MiB, and here there is more"}
		if diff := cmp.Diff(want, mistakes[0].Text); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	delete(many, "events/More0000.v1.json")
	delete(much, "events/More0000.v1.json")
	for name, plan := range map[string]fstest.MapFS{"many": many, "much": much} {
		if _, err := indicators.Unpack(mustLoad(t, plan).Archive); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLoadWantsAPlanThatFitsTheLog: a plan that could not be recorded is refused when it is checked, not when it is used.
func TestLoadWantsAPlanThatFitsTheLog(t *testing.T) {
	plan := goodPlan(t)
	noise := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	b.Write(plan["orgs.yaml"].Data)
	for b.Len() < catalogue.MaxFile-100 {
		fmt.Fprintf(&b, "# %016x%016x\n", noise.Uint64(), noise.Uint64())
	}
	plan["orgs.yaml"] = &fstest.MapFile{Data: b.Bytes()}
	loaded, mistakes := indicators.Load(plan)
	if loaded != nil || len(mistakes) != 1 || !strings.Contains(mistakes[0].Text.EN, "do not fit one commit of the log") {
		t.Errorf("loaded %v, mistakes %v, want that it is too large for the log", loaded != nil, mistakes)
	}
}

// FuzzUnpack: whatever the bytes, what is unpacked is within the bounds of a plan; and if it is a plan, its archive is the
// same plan.
func FuzzUnpack(f *testing.F) {
	good := mustLoad(f, goodPlan(f)).Archive
	f.Add(good)
	f.Add(good[:len(good)-30])
	f.Add(good[100:])
	f.Add(archive(f, named("plan.yaml"), named("plan.yaml")))
	f.Add(archive(f, named("events/../plan.yaml"), named("events/T.v1.json")))
	f.Add(archive(f, entry{zip.FileHeader{Name: "plan.yaml"}, strings.Repeat("x", 2<<20)}))
	f.Fuzz(func(t *testing.T, packed []byte) {
		files, err := indicators.Unpack(packed)
		if err != nil {
			if files != nil || !errors.Is(err, indicators.ErrArchive) {
				t.Fatalf("files %v with %v", files, err)
			}
			return
		}
		total := 0
		for _, e := range list(t, packed) {
			text, err := catalogue.ReadFile(files, e.Name)
			if err != nil {
				t.Fatalf("%q cannot be read though it was examined: %v", e.Name, err)
			}
			total += len(text)
		}
		if total > 16<<20 {
			t.Fatalf("%d bytes", total)
		}
		plan, _ := indicators.Load(files)
		if plan == nil {
			return
		}
		if again := mustLoad(t, mustUnpack(t, plan.Archive)); again.Hash != plan.Hash {
			t.Fatalf("the plan %s comes back as %s", plan.Hash, again.Hash)
		}
	})
}
