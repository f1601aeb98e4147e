package spool_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/spool"
)

const firstSegment = "00000000000000000001.ndjson"

func event(id string) spool.Entry {
	return spool.Entry{Event: []byte(fmt.Sprintf(`{"id":%q,"名":"<&>"}`, id))}
}

func mustOpen(tb testing.TB, dir string) *spool.Spool {
	tb.Helper()
	s, err := spool.Open(dir, spool.DefaultLimit)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func mustAdd(tb testing.TB, s *spool.Spool, ids ...string) (waiting int) {
	tb.Helper()
	entries := make([]spool.Entry, len(ids))
	for i, id := range ids {
		entries[i] = event(id)
	}
	waiting, err := s.Add(tb.Context(), entries...)
	if err != nil {
		tb.Fatalf("Add(%v) = %v", ids, err)
	}
	return waiting
}

// idOf returns the id of an event that went through the spool unchanged.
func idOf(tb testing.TB, e spool.Entry) string {
	tb.Helper()
	_, after, _ := bytes.Cut(e.Event, []byte(`"id":"`))
	id, _, _ := bytes.Cut(after, []byte(`"`))
	if want := event(string(id)).Event; !bytes.Equal(e.Event, want) {
		tb.Fatalf("entry %d is %s, want %s", e.N, e.Event, want)
	}
	return string(id)
}

// drain takes out all that waits, as one who sends it.
func drain(tb testing.TB, s *spool.Spool) (ids []string) {
	tb.Helper()
	for {
		list, err := s.Batch(tb.Context(), 3, 1<<20)
		if err != nil {
			tb.Fatal(err)
		}
		if len(list) == 0 {
			return ids
		}
		for _, e := range list {
			ids = append(ids, idOf(tb, e))
		}
		if err := s.Sent(tb.Context(), list[len(list)-1].N); err != nil {
			tb.Fatal(err)
		}
	}
}

func mustWait(tb testing.TB, s *spool.Spool, want int) {
	tb.Helper()
	if n, err := s.Waiting(tb.Context()); n != want || err != nil {
		tb.Errorf("Waiting() = %d, %v, want %d", n, err, want)
	}
}

func names(tb testing.TB, dir string) (list []string) {
	tb.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		tb.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func TestEntriesLeaveInTheOrderInWhichTheyCame(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	s := mustOpen(t, dir)
	mustAdd(t, s, "1", "2")
	if n := mustAdd(t, mustOpen(t, dir), "3", "4", "5"); n != 5 {
		t.Errorf("Add() = %d waiting, want 5", n)
	}
	list, err := s.Batch(t.Context(), 2, 1<<20)
	if err != nil || len(list) != 2 {
		t.Fatalf("Batch(2) = %d entries, %v", len(list), err)
	}
	must(t, s.Sent(t.Context(), list[0].N))
	mustWait(t, s, 4)
	if got := drain(t, mustOpen(t, dir)); !cmp.Equal(got, []string{"2", "3", "4", "5"}) {
		t.Errorf("left %v, want 2 to 5", got)
	}
	mustWait(t, s, 0)
	if got := names(t, dir); !cmp.Equal(got, []string{"sent", "spool.lock"}) {
		t.Errorf("the directory holds %v, want that the segment is gone", got)
	}
	mustAdd(t, s, "6")
	if got := drain(t, s); !cmp.Equal(got, []string{"6"}) {
		t.Errorf("left %v, want 6: numbers go on", got)
	}
}

func TestABatchKeepsItsBounds(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	mustAdd(t, s, "1", "2", "3")
	size := len(event("1").Event)
	for want, bytes := range map[int]int{1: 1, 2: 2 * size, 3: 100 * size} {
		if list, err := s.Batch(t.Context(), 10, bytes); len(list) != want || err != nil {
			t.Errorf("Batch(10, %d bytes) = %d entries, %v, want %d", bytes, len(list), err, want)
		}
	}
}

func TestManySegments(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	const portions, each = 6, 400
	var want []string
	for p := range portions {
		var ids []string
		for i := range each {
			ids = append(ids, fmt.Sprint(p, "-", i, strings.Repeat("x", 3000)))
		}
		mustAdd(t, s, ids...)
		want = append(want, ids...)
	}
	if n := len(names(t, dir)); n < 3 {
		t.Fatalf("%d files: nothing was tested", n)
	}
	mustWait(t, mustOpen(t, dir), portions*each)
	if got := drain(t, s); !cmp.Equal(got, want) {
		t.Errorf("left %d entries, want %d in order", len(got), len(want))
	}
}

func TestWhatIsNoEntryIsNotKept(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	for text, want := range map[string]error{
		`[1]`: spool.ErrNotObject, `{"a":`: spool.ErrNotObject, ``: spool.ErrNotObject, `{} {}`: spool.ErrNotObject,
		`{"a":"` + strings.Repeat("x", spool.MaxEntry) + `"}`: spool.ErrTooLarge,
	} {
		if _, err := s.Add(t.Context(), event("1"), spool.Entry{Event: []byte(text)}); !errors.Is(err, want) {
			t.Errorf("Add(%.20s) = %v, want %v", text, err, want)
		}
	}
	mustWait(t, s, 0)
}

func TestAFullSpoolKeepsNothingMore(t *testing.T) {
	dir := t.TempDir()
	s, err := spool.Open(dir, 1000)
	must(t, err)
	n := 0
	for ; err == nil; n++ {
		_, err = s.Add(t.Context(), event("x"))
	}
	if !errors.Is(err, spool.ErrFull) || n < 5 {
		t.Fatalf("Add() = %v after %d, want ErrFull", err, n)
	}
	mustWait(t, s, n-1)
	if got := drain(t, s); len(got) != n-1 {
		t.Errorf("left %d, want %d", len(got), n-1)
	}
	mustAdd(t, s, "y")
}

func TestADirectoryOfSomethingElseIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "report.xlsx"), nil, 0o600))
	if _, err := spool.Open(dir, spool.DefaultLimit); !errors.Is(err, spool.ErrForeign) {
		t.Errorf("Open() = %v, want ErrForeign", err)
	}
	if got := names(t, dir); len(got) != 1 {
		t.Errorf("the directory holds %v, want nothing new", got)
	}
	for _, none := range []string{dir, filepath.Join(dir, "none")} {
		if _, err := spool.Existing(none, spool.DefaultLimit); !errors.Is(err, spool.ErrNone) {
			t.Errorf("Existing(%s) = %v, want ErrNone", none, err)
		}
	}
	if _, err := spool.Open(filepath.Join(dir, "report.xlsx"), spool.DefaultLimit); err == nil {
		t.Error("Open() of a file = nil, want an error")
	}
}

func TestOneSendsAtATime(t *testing.T) {
	dir := t.TempDir()
	release, err := mustOpen(t, dir).Sending()
	must(t, err)
	if _, err := mustOpen(t, dir).Sending(); !errors.Is(err, spool.ErrBusy) {
		t.Errorf("Sending() = %v, want ErrBusy", err)
	}
	mustAdd(t, mustOpen(t, dir), "1") // that others send keeps nobody from adding
	must(t, release())
	release, err = mustOpen(t, dir).Sending()
	must(t, err)
	must(t, release())
}

// TestTheMarkMayBeLost: what was sent is sent again then, and nothing is left out.
func TestTheMarkMayBeLost(t *testing.T) {
	for name, spoil := range map[string]func(path string) error{
		"gone":  os.Remove,
		"empty": func(path string) error { return os.Truncate(path, 0) },
		"torn":  func(path string) error { return os.Truncate(path, 20) },
		"other": func(path string) error { return os.WriteFile(path, spool.Mark(7)[1:], 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := mustOpen(t, dir)
			mustAdd(t, s, "1", "2", "3")
			must(t, s.Sent(t.Context(), 2))
			must(t, spoil(filepath.Join(dir, "sent")))
			if got := drain(t, s); !cmp.Equal(got, []string{"1", "2", "3"}) {
				t.Errorf("left %v, want all again", got)
			}
			must(t, os.Remove(filepath.Join(dir, "sent")))
			mustAdd(t, s, "4")
			if got := drain(t, s); !cmp.Equal(got, []string{"4"}) {
				t.Errorf("left %v, want 4", got)
			}
		})
	}
}

func TestTheCatalogueIsKept(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	if b, err := s.Remembered(); b != nil || err != nil {
		t.Errorf("Remembered() = %q, %v, want nothing", b, err)
	}
	for _, text := range []string{`{"a":1}`, `{"a":1}`, `{"b":2}`} {
		must(t, s.Remember(t.Context(), []byte(text)))
		if b, err := mustOpen(t, dir).Remembered(); string(b) != text || err != nil {
			t.Errorf("Remembered() = %q, %v, want %s", b, err, text)
		}
	}
}

func TestRecentFindsEqualEventsThatWait(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	recent := func(id string, want bool) {
		t.Helper()
		if got, err := s.Recent(t.Context(), event(id).Event); got != want || err != nil {
			t.Errorf("Recent(%s) = %t, %v, want %t", id, got, err, want)
		}
	}
	recent("1", false)
	mustAdd(t, s, "1", "2")
	recent("1", true)
	recent("3", false)
	drain(t, s)
	recent("1", false)
}
