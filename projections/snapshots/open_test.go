package snapshots_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kaohe/kaohe/projections/snapshots"
)

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func TestOpenRemovesTemporariesOnly(t *testing.T) {
	dir := t.TempDir()
	mustSave(t, mustOpen(t, dir), fold(1), []byte("one"))
	for name, content := range map[string][]byte{
		"fold-0000000000000002-a1a1a1a1a1a1.snap.tmp": make([]byte, 5000),
		"index-0000000000000002.snap.tmp":             nil,
		"notes.tmp":                                   []byte("of the operator"),
		"notes":                                       []byte("of the operator"),
	} {
		must(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
	}
	must(t, os.Mkdir(filepath.Join(dir, "old.snap"), 0o700))
	must(t, os.Mkdir(filepath.Join(dir, "old.snap.tmp"), 0o700))
	s := mustOpen(t, dir)
	must(t, s.Prune(snapshots.Policy{}))
	want := []string{"notes", "notes.tmp", "old.snap", "old.snap.tmp"}
	if diff := cmp.Diff(want, names(t, dir)); diff != "" {
		t.Errorf("files after Open() and Prune() (-want +got):\n%s", diff)
	}
	if flaws := s.Flaws(); len(flaws) > 0 {
		t.Errorf("Flaws() = %v, want none", flaws)
	}
}

func TestOpenBelievesTheHeaderNotTheName(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	mustSave(t, s, index(3), []byte("three"))
	lying := filepath.Join(dir, "fold-0000000000009999-ffffffffffff.snap")
	must(t, os.Rename(only(t, dir), lying))
	s = mustOpen(t, dir)
	if diff := cmp.Diff([]snapshots.Meta{index(3)}, s.List()); diff != "" {
		t.Errorf("List() (-want +got):\n%s", diff)
	}
	checkLoads(t, s, index(3), []byte("three"))
	must(t, s.Drop(index(3)))
	if left := names(t, dir); len(left) > 0 {
		t.Errorf("Drop() leaves %q, want nothing", left)
	}
}

func TestSaveOverANameThatLies(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	mustSave(t, s, fold(3), []byte("three"))
	must(t, os.Rename(only(t, dir), filepath.Join(dir, "fold-0000000000000004-a1a1a1a1a1a1.snap")))
	s = mustOpen(t, dir)
	mustSave(t, s, fold(4), []byte("four"))
	if diff := cmp.Diff([]snapshots.Meta{fold(4)}, s.List()); diff != "" {
		t.Errorf("List() (-want +got):\n%s", diff)
	}
	checkLoads(t, s, fold(4), []byte("four"))
}

func TestCopiesCountOnce(t *testing.T) {
	for _, name := range []string{"a copy.snap", "the copy.snap"} { // before and behind the original
		dir := t.TempDir()
		mustSave(t, mustOpen(t, dir), fold(3), []byte("three"))
		original := only(t, dir)
		file, err := os.ReadFile(original)
		must(t, err)
		must(t, os.WriteFile(filepath.Join(dir, name), file, 0o600))
		s := mustOpen(t, dir)
		if list, flaws := s.List(), s.Flaws(); len(list) != 1 || len(flaws) != 1 || flaws[0].File != name {
			t.Errorf("List() = %v and Flaws() = %v, want the original and %q", list, flaws, name)
		}
		must(t, s.Prune(snapshots.Policy{Rules: planA, Layouts: map[snapshots.Kind]uint32{snapshots.Fold: layout}}))
		if left := only(t, dir); left != original {
			t.Errorf("Prune() keeps %q, want %q", left, original)
		}
		checkLoads(t, s, fold(3), []byte("three"))
	}
}

func TestOpenFailsWhereNoDirectoryCanBe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(path, nil, 0o600))
	if _, err := snapshots.Open(path); err == nil {
		t.Error("Open() of a file = nil, want an error")
	}
}

func TestFlawedFilesAreReportedUntilPruned(t *testing.T) {
	for _, s := range mustSpecimens(t) {
		s.overwrite(t, s.file[:len(s.file)-1])
		store := mustOpen(t, s.dir)
		flaws := store.Flaws()
		if len(flaws) != 1 || flaws[0].File != filepath.Base(s.path) || len(store.List()) > 0 {
			t.Fatalf("Flaws() = %v, List() = %v, want the file to be flawed", flaws, store.List())
		}
		must(t, store.Prune(snapshots.Policy{}))
		if left := names(t, s.dir); len(left) > 0 || len(store.Flaws()) > 0 {
			t.Errorf("after Prune(): files %q, Flaws() = %v, want none", left, store.Flaws())
		}
	}
}

func TestSaveMendsAFlawedFile(t *testing.T) {
	s := mustSpecimens(t)[1]
	s.overwrite(t, s.file[1:])
	store := mustOpen(t, s.dir)
	mustSave(t, store, s.meta, s.payload)
	if flaws := store.Flaws(); len(flaws) > 0 {
		t.Errorf("Flaws() = %v, want none", flaws)
	}
	checkLoads(t, store, s.meta, s.payload)
}

func TestFileThatMayNotBeReadIsLeftAlone(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	s := mustSpecimens(t)[1]
	must(t, os.Chmod(s.path, 0))
	store := mustOpen(t, s.dir)
	must(t, store.Prune(snapshots.Policy{}))
	if flaws := store.Flaws(); len(flaws) != 1 || only(t, s.dir) != s.path {
		t.Errorf("Flaws() = %v, want the file, still in place", flaws)
	}
}
