package snapshots_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"

	"github.com/kaohe/kaohe/projections/snapshots"
)

// childDir in the environment makes the test binary a child that saves snapshots there until it is killed.
const childDir = "KAOHE_SNAPSHOTS_CHILD_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		fmt.Fprintln(os.Stderr, saveForEver(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// saveForEver prints the sequence of each snapshot once it is saved, and drops older ones.
func saveForEver(dir string) error {
	s, err := snapshots.Open(dir)
	if err != nil {
		return err
	}
	var seq uint64
	if list := s.List(); len(list) > 0 {
		seq = list[0].Head.Seq
	}
	for {
		seq++
		if err := s.Save(context.Background(), fold(seq), childPayload(seq)); err != nil {
			return err
		}
		fmt.Println(seq)
		if seq > 2 {
			if err := s.Drop(fold(seq - 2)); err != nil {
				return err
			}
		}
	}
}

func childPayload(seq uint64) []byte { return random(900_000 + int(seq)) }

// TestKilledWriter kills a process that saves as fast as it can, and looks each time that all snapshots there are whole
// and that the last one it told of is among them.
func TestKilledWriter(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for range 12 {
		last := killAfter(t, dir, 1+rand.IntN(6))
		s := mustOpen(t, dir)
		list := s.List()
		if len(list) == 0 || list[0].Head.Seq < last || len(s.Flaws()) > 0 {
			t.Fatalf("%d was saved; List() = %v, Flaws() = %v", last, seqs(list), s.Flaws())
		}
		for _, m := range list {
			checkLoads(t, s, m, childPayload(m.Head.Seq))
		}
		if all := names(t, dir); len(all) != len(list) {
			t.Fatalf("the directory has %q, want the %d snapshots only", all, len(list))
		}
	}
}

// killAfter lets a child save n snapshots, then kills it in the middle of more. It returns the last that it told of.
func killAfter(t *testing.T, dir string, n int) (last uint64) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	told := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, err := fmt.Sscanln(lines.Text(), &last); err != nil {
			break // the kill cut the line short
		}
		if told++; told == n {
			must(t, child.Process.Kill())
		}
	}
	if err := child.Wait(); told < n {
		t.Fatalf("the child gave up after %d snapshots: %v", told, err)
	}
	return last
}
