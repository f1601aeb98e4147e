package spool_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/spool"
)

func readRefused(tb testing.TB, dir string) string {
	tb.Helper()
	b, err := os.ReadFile(filepath.Join(dir, spool.RefusedName))
	must(tb, err)
	return string(b)
}

// refuseSecond answers for three entries, of which the second is refused.
func refuseSecond(tb testing.TB, s *spool.Spool) error {
	tb.Helper()
	list, err := s.Batch(tb.Context(), 3, 1<<20)
	must(tb, err)
	return s.Sent(tb.Context(), list[2].N, spool.Refused{Entry: list[1], Reason: json.RawMessage(`{"code":"invalid","message":"类型 <不对>"}`)})
}

func TestRefusedEntriesAreKeptWithTheReason(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	mustAdd(t, s, "1", "2", "3", "4")
	must(t, refuseSecond(t, s))
	want := `{"n":2,"refused":{"code":"invalid","message":"类型 <不对>"},"event":` + string(event("2").Event) + "}\n"
	if got := readRefused(t, s.Dir); got != want {
		t.Errorf("refused:\n%swant:\n%s", got, want)
	}
	if n, err := s.Refusals(t.Context()); n != 1 || err != nil {
		t.Errorf("Refusals() = %d, %v, want 1", n, err)
	}
	if got := drain(t, s); !cmp.Equal(got, []string{"4"}) {
		t.Errorf("left %v, want 4", got)
	}
}

// TestARefusalStandsOnce, though whoever sent was killed before he had noted that it was answered for, and the same is refused
// again. What lacks its end was written by him.
func TestARefusalStandsOnce(t *testing.T) {
	for name, spoil := range map[string]func(path string, size int64) error{
		"before the mark":      func(string, int64) error { return nil },
		"in the line":          func(path string, size int64) error { return os.Truncate(path, size/2) },
		"before its end":       func(path string, size int64) error { return os.Truncate(path, size-1) },
		"before anything else": func(path string, _ int64) error { return os.Truncate(path, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := mustOpen(t, dir)
			mustAdd(t, s, "1", "2", "3", "4")
			must(t, refuseSecond(t, s))
			want := readRefused(t, dir)
			must(t, os.WriteFile(filepath.Join(dir, "sent"), spool.Mark(0), 0o600))
			must(t, spoil(filepath.Join(dir, spool.RefusedName), int64(len(want))))
			must(t, refuseSecond(t, mustOpen(t, dir)))
			if got := strings.Trim(readRefused(t, dir), "\n"); got != strings.Trim(want, "\n") {
				t.Errorf("refused:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func TestRefusedEntriesGoAgainBehindTheOthers(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	mustAdd(t, s, "1", "2", "3", "4")
	must(t, refuseSecond(t, s))
	// Somebody puts it right by hand, and leaves an empty line.
	must(t, os.WriteFile(filepath.Join(dir, spool.RefusedName), []byte("\n"+strings.Replace(readRefused(t, dir), `"id":"2"`, `"id": "two"`, 1)), 0o600))
	if n, err := s.Again(t.Context()); n != 1 || err != nil {
		t.Fatalf("Again() = %d, %v, want 1", n, err)
	}
	if got := drain(t, s); !cmp.Equal(got, []string{"4", "two"}) {
		t.Errorf("left %v, want 4 and two", got)
	}
	if n, err := s.Again(t.Context()); n != 0 || err != nil {
		t.Errorf("Again() = %d, %v, want that nothing is left", n, err)
	}
}

func TestALineThatCannotBeReadStopsAgain(t *testing.T) {
	for _, line := range []string{"garbage", `{"n":3}`, `{"n":3,"event":[]}`, `{"n":3,"event":{},"draft":{}}`} {
		dir := t.TempDir()
		s := mustOpen(t, dir)
		mustAdd(t, s, "1", "2", "3")
		must(t, refuseSecond(t, s))
		content := readRefused(t, dir) + line + "\n"
		must(t, os.WriteFile(filepath.Join(dir, spool.RefusedName), []byte(content), 0o600))
		var wrong *spool.LineError
		if _, err := s.Again(t.Context()); !errors.As(err, &wrong) || wrong.Line != 2 {
			t.Errorf("Again() with %s = %v, want an error of line 2", line, err)
		}
		mustWait(t, s, 0)
		if got := readRefused(t, dir); got != content {
			t.Errorf("%s: the file was changed to %s", line, got)
		}
	}
}

func TestDraftsBecomeEventsWhereTheyStand(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	draft := func(text string) spool.Entry { return spool.Entry{Draft: []byte(text)} }
	if _, err := s.Add(t.Context(), event("1"), draft(`{"id":"2"}`), draft(`{"id":"?"}`), event("4")); err != nil {
		t.Fatal(err)
	}
	list, err := s.Batch(t.Context(), 10, 1<<20)
	if err != nil || len(list) != 1 || idOf(t, list[0]) != "1" {
		t.Fatalf("Batch() = %v, %v, want what is before the draft", list, err)
	}
	must(t, s.Sent(t.Context(), 1))
	if list, err = s.Batch(t.Context(), 10, 1<<20); err != nil || len(list) != 1 || string(list[0].Draft) != `{"id":"2"}` {
		t.Fatalf("Batch() = %v, %v, want the draft alone", list, err)
	}
	other := mustOpen(t, dir)
	mustAdd(t, other, "5")
	must(t, s.Complete(t.Context(), func(text []byte) []byte {
		if string(text) == `{"id":"2"}` {
			return event("2").Event
		}
		return nil
	}))
	mustAdd(t, other, "6")
	if list, err = mustOpen(t, dir).Batch(t.Context(), 10, 1<<20); err != nil || len(list) != 1 || idOf(t, list[0]) != "2" {
		t.Fatalf("Batch() = %v, %v, want the event that was made", list, err)
	}
	must(t, s.Sent(t.Context(), 2))
	if list, err = s.Batch(t.Context(), 10, 1<<20); err != nil || len(list) != 1 || string(list[0].Draft) != `{"id":"?"}` {
		t.Fatalf("Batch() = %v, %v, want the draft of which nothing was made", list, err)
	}
	must(t, s.Sent(t.Context(), 3, spool.Refused{Entry: list[0], Reason: json.RawMessage(`{}`)}))
	if got := drain(t, s); !cmp.Equal(got, []string{"4", "5", "6"}) {
		t.Errorf("left %v, want 4 to 6", got)
	}
	if n, err := s.Again(t.Context()); n != 1 || err != nil {
		t.Errorf("Again() = %d, %v, want the draft", n, err)
	}
}

// TestDraftsAmidDamage: what cannot be read stays as it is when drafts are completed around it.
func TestDraftsAmidDamage(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	if _, err := s.Add(t.Context(), spool.Entry{Draft: []byte(`{"id":"1"}`)}, event("2"), event("3")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, firstSegment)
	b, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path, []byte(strings.Replace(string(b), `"id":"2"`, `"id":"X"`, 1)), 0o600))
	must(t, s.Complete(t.Context(), func([]byte) []byte { return event("1").Event }))
	if b, err = os.ReadFile(path); err != nil || !strings.Contains(string(b), `"id":"X"`) {
		t.Errorf("the segment is %s, %v, want the damaged line in it", b, err)
	}
	if got := drain(t, s); !cmp.Equal(got, []string{"1", "3"}) {
		t.Errorf("left %v, want 1 and 3", got)
	}
}
