//go:build unix

package snapshots_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kaohe/kaohe/projections/snapshots"
)

// checkSaveFails checks that a snapshot cannot be saved, that the error says where, and that all is as before.
func checkSaveFails(t *testing.T, s *snapshots.Store, dir string, m snapshots.Meta, want error) {
	t.Helper()
	before := names(t, dir)
	err := s.Save(t.Context(), m, random(5_000_000))
	if !errors.Is(err, want) || !strings.Contains(err.Error(), dir) {
		t.Errorf("Save() = %v, want %v with the path of the file", err, want)
	}
	if diff := cmp.Diff(before, names(t, dir)); diff != "" {
		t.Errorf("files after Save() (-want +got):\n%s", diff)
	}
}

// fullDisk in the environment says that the process may be kept from writing longer files.
const fullDisk = "KAOHE_SNAPSHOTS_FULL_DISK"

// TestFullDisk lets the kernel refuse to make a file longer, as a full disk does. That concerns all files of a process,
// so that it is one of its own.
func TestFullDisk(t *testing.T) {
	if os.Getenv(fullDisk) == "" {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFullDisk$", "-test.v")
		child.Env = append(os.Environ(), fullDisk+"=1")
		out, err := child.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "--- PASS: TestFullDisk") {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	dir := t.TempDir()
	s := mustOpen(t, dir)
	mustSave(t, s, fold(1), []byte("old"))
	var limit syscall.Rlimit
	must(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit))
	limit.Cur = 1 << 20
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))
	checkSaveFails(t, s, dir, fold(1), syscall.EFBIG)
	checkSaveFails(t, s, dir, fold(2), syscall.EFBIG)
	checkLoads(t, s, fold(1), []byte("old"))
	checkLoads(t, mustOpen(t, dir), fold(1), []byte("old"))
	mustSave(t, s, fold(2), []byte("a small one"))
}

func TestReadOnlyDirectory(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	s := mustOpen(t, dir)
	mustSave(t, s, fold(1), []byte("old"))
	must(t, os.Chmod(dir, 0o500))
	defer os.Chmod(dir, 0o700)
	checkSaveFails(t, s, dir, fold(1), syscall.EACCES)
	checkSaveFails(t, s, dir, fold(2), syscall.EACCES)
	if err := s.Drop(fold(1)); !errors.Is(err, syscall.EACCES) {
		t.Errorf("Drop() = %v, want EACCES", err)
	}
	if err := s.Prune(snapshots.Policy{}); !errors.Is(err, syscall.EACCES) {
		t.Errorf("Prune() = %v, want EACCES", err)
	}
	checkLoads(t, s, fold(1), []byte("old"))
	checkLoads(t, mustOpen(t, dir), fold(1), []byte("old"))
}

func TestNameThatIsTaken(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	taken := filepath.Join(dir, "fold-0000000000000002-a1a1a1a1a1a1.snap")
	must(t, os.MkdirAll(filepath.Join(taken, "x"), 0o700))
	checkSaveFails(t, s, dir, fold(2), syscall.EEXIST)
	if list := s.List(); len(list) > 0 {
		t.Errorf("List() = %v, want nothing", list)
	}
}

func TestDirectoryThatWent(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "snapshots")
	s := mustOpen(t, dir)
	must(t, os.Remove(dir))
	if err := s.Save(t.Context(), fold(1), nil); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), dir) {
		t.Errorf("Save() = %v, want os.ErrNotExist with the path of the file", err)
	}
}
