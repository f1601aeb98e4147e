package snapshots_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections/snapshots"
)

const layout = 7

var (
	planA = strings.Repeat("a1", 32)
	planB = strings.Repeat("02", 32)
	start = time.Date(2018, 1, 31, 15, 59, 59, 123456789, time.UTC)
)

// fold is the meta of a fold by plan A after a commit, each recorded an hour after the one before.
func fold(seq uint64) snapshots.Meta {
	m := snapshots.Meta{
		Kind: snapshots.Fold, Layout: layout, Rules: planA,
		Head: events.Head{Seq: seq}, Recorded: start.Add(time.Duration(seq) * time.Hour),
	}
	binary.LittleEndian.PutUint64(m.Head.Hash[3:], seq)
	return m
}

func index(seq uint64) snapshots.Meta {
	m := fold(seq)
	m.Kind, m.Rules = snapshots.Index, ""
	return m
}

func with(m snapshots.Meta, change func(*snapshots.Meta)) snapshots.Meta {
	change(&m)
	return m
}

// contents are kinds of payloads.
var contents = []struct {
	name string
	make func(n int) []byte
}{
	{"random", random},
	{"like a state", stateLike},
	{"zeros", func(n int) []byte { return make([]byte, n) }},
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}

// stateLike has records of small numbers, some that repeat and some random bytes: it shrinks to about a third.
func stateLike(n int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, 0, n+32)
	for len(b) < n {
		b = binary.AppendUvarint(b, 17000+r.Uint64N(400))
		b = append(b, "\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00"...)
		b = binary.AppendUvarint(b, r.Uint64N(1<<20))
	}
	return b[:n]
}

func mustOpen(tb testing.TB, dir string) *snapshots.Store {
	tb.Helper()
	s, err := snapshots.Open(dir)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func mustSave(tb testing.TB, s *snapshots.Store, m snapshots.Meta, payload []byte) {
	tb.Helper()
	if err := s.Save(tb.Context(), m, payload); err != nil {
		tb.Fatal(err)
	}
}

// checkLoads checks that the store gives back what was saved.
func checkLoads(t *testing.T, s *snapshots.Store, m snapshots.Meta, want []byte) {
	t.Helper()
	got, _, err := s.Load(m)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("Load(%s %d) = %d bytes, %v; want the %d bytes that were saved", m.Kind, m.Head.Seq, len(got), err, len(want))
	}
}

// names are the names of all files in a directory.
func names(tb testing.TB, dir string) (names []string) {
	tb.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		tb.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// only returns the one file in a directory.
func only(tb testing.TB, dir string) string {
	tb.Helper()
	all := names(tb, dir)
	if len(all) != 1 {
		tb.Fatalf("the directory has %q, want one file", all)
	}
	return filepath.Join(dir, all[0])
}

func seqs(metas []snapshots.Meta) (seqs []uint64) {
	for _, m := range metas {
		seqs = append(seqs, m.Head.Seq)
	}
	return seqs
}

func TestRoundTrip(t *testing.T) {
	const block = snapshots.BlockSize
	for _, c := range contents {
		for _, n := range []int{0, 1, 31, 1000, block - 1, block, block + 1, 9_000_000} {
			dir := t.TempDir()
			payload := c.make(n)
			mustSave(t, mustOpen(t, dir), fold(1), payload)
			got, read, err := mustOpen(t, dir).Load(fold(1)) // by another process, as it were
			if err != nil || !bytes.Equal(got, payload) {
				t.Errorf("%s, %d bytes: Load() = %d bytes, %v; want what was saved", c.name, n, len(got), err)
			}
			info, err := os.Stat(only(t, dir))
			if err != nil || info.Size() != read {
				t.Errorf("%s, %d bytes: Load() says it read %d, the file has %d (%v)", c.name, n, read, info.Size(), err)
			}
			if n > 10*block && c.name != "random" && info.Size() > int64(n)/2 {
				t.Errorf("%s, %d bytes: the file has %d, want at most half", c.name, n, info.Size())
			}
		}
	}
}

func TestMetaComesBackWhole(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	local := with(fold(1<<53), func(m *snapshots.Meta) { m.Recorded = start.In(time.FixedZone("", 8*3600)) })
	mustSave(t, s, local, []byte("fold"))
	mustSave(t, s, index(12), []byte("index"))
	want := []snapshots.Meta{with(local, func(m *snapshots.Meta) { m.Recorded = start }), index(12)}
	if diff := cmp.Diff(want, mustOpen(t, dir).List()); diff != "" {
		t.Errorf("List() of a store opened anew (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, s.List()); diff != "" {
		t.Errorf("List() of the store that saved (-want +got):\n%s", diff)
	}
	checkLoads(t, s, local, []byte("fold"))
	wantNames := []string{"fold-9007199254740992-a1a1a1a1a1a1.snap", "index-0000000000000012.snap"}
	if diff := cmp.Diff(wantNames, names(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestOpenMakesAPrivateDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data", "snapshots")
	s := mustOpen(t, dir)
	mustSave(t, s, fold(1), nil)
	for path, want := range map[string]fs.FileMode{dir: 0o700, only(t, dir): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", filepath.Base(path), info.Mode().Perm(), want)
		}
	}
}

func TestSaveRefuses(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	for name, change := range map[string]func(*snapshots.Meta){
		"an unknown kind":               func(m *snapshots.Meta) { m.Kind = "view" },
		"no kind":                       func(m *snapshots.Meta) { m.Kind = "" },
		"a fold without a plan":         func(m *snapshots.Meta) { m.Rules = "" },
		"a plan's hash cut short":       func(m *snapshots.Meta) { m.Rules = planA[:62] },
		"a plan's hash in upper case":   func(m *snapshots.Meta) { m.Rules = strings.ToUpper(planA) },
		"a path for a plan's hash":      func(m *snapshots.Meta) { m.Rules = strings.Repeat("../", 21) + "/" },
		"an index of a plan":            func(m *snapshots.Meta) { m.Kind = snapshots.Index },
		"an empty log":                  func(m *snapshots.Meta) { m.Head = events.Head{} },
		"a time that nanoseconds lack":  func(m *snapshots.Meta) { m.Recorded = time.Time{} },
		"a time far ahead in the years": func(m *snapshots.Meta) { m.Recorded = start.AddDate(400, 0, 0) },
	} {
		if err := s.Save(t.Context(), with(fold(1), change), []byte("x")); err == nil {
			t.Errorf("%s: Save() = nil, want an error", name)
		}
	}
	if all := names(t, dir); len(all) > 0 || len(s.List()) > 0 {
		t.Errorf("the directory has %q, want nothing", all)
	}
}

func TestSaveReplaces(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	diverged := with(fold(5), func(m *snapshots.Meta) { m.Head.Hash[0]++ })
	mustSave(t, s, diverged, []byte("of another log"))
	mustSave(t, s, fold(5), []byte("old"))
	mustSave(t, s, fold(5), []byte("new"))
	only(t, dir)
	checkLoads(t, s, fold(5), []byte("new"))
	if _, _, err := s.Load(diverged); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Load() of what was replaced = %v, want fs.ErrNotExist", err)
	}
}

func TestSaveStopsWithItsContext(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	mustSave(t, s, fold(1), []byte("old"))
	why := errors.New("we stop")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	if err := s.Save(ctx, fold(1), []byte("new")); !errors.Is(err, why) {
		t.Errorf("Save() = %v, want the cause %v", err, why)
	}
	only(t, dir)
	checkLoads(t, s, fold(1), []byte("old"))
}

func TestNearest(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	for _, m := range []snapshots.Meta{
		fold(10), fold(30), fold(20), index(25), index(15),
		with(fold(22), func(m *snapshots.Meta) { m.Rules = planB }),
		with(fold(24), func(m *snapshots.Meta) { m.Layout++ }),
	} {
		mustSave(t, s, m, nil)
	}
	for _, c := range []struct {
		name   string
		kind   snapshots.Kind
		layout uint32
		rules  string
		upTo   uint64
		want   []uint64
	}{
		{"the latest first", snapshots.Fold, layout, planA, 100, []uint64{30, 20, 10}},
		{"the commit itself counts", snapshots.Fold, layout, planA, 20, []uint64{20, 10}},
		{"none before", snapshots.Fold, layout, planA, 9, nil},
		{"another plan", snapshots.Fold, layout, planB, 100, []uint64{22}},
		{"another layout", snapshots.Fold, layout + 1, planA, 100, []uint64{24}},
		{"another kind", snapshots.Index, layout, "", 24, []uint64{15}},
	} {
		if diff := cmp.Diff(c.want, seqs(s.Nearest(c.kind, c.layout, c.rules, c.upTo))); diff != "" {
			t.Errorf("%s: Nearest() (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestLoadOfWhatIsNotThere(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	mustSave(t, s, index(1), []byte("x"))
	if _, _, err := s.Load(fold(1)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Load() of another kind = %v, want fs.ErrNotExist", err)
	}
	if err := os.Remove(only(t, dir)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Load(index(1)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Load() of a file that somebody removed = %v, want fs.ErrNotExist", err)
	}
	if err := s.Drop(index(1)); err != nil || len(s.List()) > 0 {
		t.Errorf("Drop() of it = %v and List() = %v, want nothing left", err, s.List())
	}
}

func TestDrop(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	mustSave(t, s, fold(1), []byte("one"))
	mustSave(t, s, fold(2), []byte("two"))
	if err := s.Drop(fold(2)); err != nil {
		t.Fatal(err)
	}
	if err := s.Drop(fold(2)); err != nil {
		t.Errorf("Drop() again = %v, want nil", err)
	}
	only(t, dir)
	if diff := cmp.Diff([]uint64{1}, seqs(s.List())); diff != "" {
		t.Errorf("List() (-want +got):\n%s", diff)
	}
	checkLoads(t, s, fold(1), []byte("one"))
}
