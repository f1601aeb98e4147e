package spool_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/spool"
)

// filled returns what a spool holds after some entries, and how long the segment was each time that one was kept.
func filled(t *testing.T, ids ...string) (content []byte, acked []int) {
	t.Helper()
	dir := t.TempDir()
	s := mustOpen(t, dir)
	for _, id := range ids {
		mustAdd(t, s, id)
		info, err := os.Stat(filepath.Join(dir, firstSegment))
		must(t, err)
		acked = append(acked, int(info.Size()))
	}
	content, err := os.ReadFile(filepath.Join(dir, firstSegment))
	must(t, err)
	return content, acked
}

// holding makes a spool with a segment.
func holding(t *testing.T, content []byte) *spool.Spool {
	t.Helper()
	dir := t.TempDir()
	s := mustOpen(t, dir)
	must(t, os.WriteFile(filepath.Join(dir, firstSegment), content, 0o600))
	return s
}

// TestKilledAtAnyByte cuts the segment off at each byte, as a kill in the middle of a write does. What was kept before is
// there, what was not is not, but for the one entry of which only the end of the line is missing; and more can be added.
func TestKilledAtAnyByte(t *testing.T) {
	ids := []string{"a", "b", strings.Repeat("长", 20), "d"}
	content, acked := filled(t, ids...)
	for cut := range content {
		s := holding(t, content[:cut])
		whole := 0
		for whole < len(acked) && acked[whole]-1 <= cut {
			whole++
		}
		want := slices.Clone(ids[:whole])
		if n := mustAdd(t, s, "next"); n != whole+1 {
			t.Errorf("cut at %d: %d wait, want %d", cut, n, whole+1)
		}
		if got := drain(t, s); !cmp.Equal(got, append(want, "next")) {
			t.Errorf("cut at %d: left %v, want %v and next", cut, got, want)
		}
		if d := s.Damage(); d != nil {
			t.Errorf("cut at %d: %v is damage, want none: it is the beginning of a line", cut, d)
		}
	}
}

// TestAnyByteMayBeDamaged changes each byte. That costs one entry at most, is reported, and keeps the damaged file for people.
func TestAnyByteMayBeDamaged(t *testing.T) {
	ids := []string{"a", "b", "c"}
	content, _ := filled(t, ids...)
	for at := range content {
		change := []byte{0x01, 0x80, content[at]}[at%3] // the last makes it NUL
		bad := bytes.Clone(content)
		bad[at] ^= change
		s := holding(t, bad)
		mustAdd(t, s, "next")
		got := drain(t, s)
		left := slices.DeleteFunc(append(slices.Clone(ids), "next"), func(id string) bool { return !slices.Contains(got, id) })
		if len(got) < len(ids) || !cmp.Equal(got, left) {
			t.Errorf("byte %d ^ %#x: left %v, want all of %v and next in order but one", at, change, got, ids)
		}
		if len(got) == len(ids)+1 && content[at] == '\n' {
			continue // an end of a line, which says nothing
		}
		if len(got) > len(ids) || s.Damage() == nil || !slices.Contains(names(t, s.Dir), "damaged-"+firstSegment) {
			t.Errorf("byte %d ^ %#x: left %v, damage %v in %v, want that it is reported and put aside", at, change, got, s.Damage(), names(t, s.Dir))
		}
	}
}

func TestATailThatIsNoBeginningOfALineIsNotCut(t *testing.T) {
	content, _ := filled(t, "a", "b")
	for name, tail := range map[string]string{
		"zeros":           strings.Repeat("\x00", 40),
		"a beginning":     `{"sum":"1234` + "\x00\x00",
		"another object":  `{"hello":"wor`,
		"a whole one":     `{"sum":"00000000","n":3,"event":{"id":"c"}}`,
		"two in one line": `{"sum":"00000000"}{"sum":`,
	} {
		t.Run(name, func(t *testing.T) {
			s := holding(t, append(bytes.Clone(content), tail...))
			mustAdd(t, s, "c")
			mustAdd(t, mustOpen(t, s.Dir), "d")
			if got := drain(t, s); !cmp.Equal(got, []string{"a", "b", "c", "d"}) {
				t.Errorf("left %v, want a to d", got)
			}
			kept, err := os.ReadFile(filepath.Join(s.Dir, "damaged-"+firstSegment))
			if err != nil || !bytes.HasSuffix(kept, []byte(tail)) {
				t.Errorf("the damaged file is %q, %v, want it to end in %q", kept, err, tail)
			}
			if d := s.Damage(); len(d) != 1 || d[0] != (spool.Damage{File: firstSegment, Offset: int64(len(content)), Bytes: len(tail)}) {
				t.Errorf("Damage() = %v, want the tail", d)
			}
		})
	}
}

// FuzzSegment reads anything as a segment. Whatever is taken for an entry is written in just that way somewhere in it.
func FuzzSegment(f *testing.F) {
	good := slices.Concat(spool.Line(spool.Entry{N: 1, Event: []byte(`{"a":1}`)}), spool.Line(spool.Entry{N: 2, Draft: []byte(`{}`)}))
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add(bytes.ReplaceAll(good, []byte("\n"), []byte(" ")))
	f.Add([]byte(`{"sum":"`))
	f.Add([]byte("{\"sum\":\"00000000\",\"n\":1,\"event\":\n\n{}}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		entries, damage, cut := spool.ParseSegment(b)
		if cut < 0 || cut > int64(len(b)) {
			t.Errorf("cut at %d of %d bytes", cut, len(b))
		}
		size := 0
		for _, e := range entries {
			line := bytes.TrimSuffix(spool.Line(e), []byte("\n"))
			if !bytes.Contains(b, line) {
				t.Errorf("%q is no line of %q", line, b)
			}
			size += len(line)
		}
		for _, d := range damage {
			size += d.Bytes
		}
		if size > len(b) {
			t.Errorf("%d bytes of entries and damage in %d bytes", size, len(b))
		}
	})
}

func FuzzMark(f *testing.F) {
	f.Add(spool.Mark(12))
	f.Add([]byte("kaohe-spool 1 "))
	f.Fuzz(func(t *testing.T, b []byte) {
		if n := spool.ParseMark(b); n != 0 && !bytes.Equal(spool.Mark(n), b) {
			t.Errorf("%q was taken for %d", b, n)
		}
	})
}
