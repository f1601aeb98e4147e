package natslog_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/natslog"
)

const (
	streamDir = "jetstream/KAOHE/streams/KAOHE_LOG"
	blockFile = streamDir + "/msgs/1.blk"
)

// must fails the test on an error.
func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// stoppedLog makes a log of seven commits, stopped in good order or as a kill leaves it.
func stoppedLog(t *testing.T, killed bool) (natslog.Options, []events.Commit) {
	t.Helper()
	opts := options(t)
	log := mustOpen(t, opts)
	commits := eventtest.MustFill(t, log, events.Head{}, 7)
	if !killed {
		mustClose(t, log)
		return opts, commits
	}
	copied := options(t)
	must(t, os.CopyFS(copied.Dir, os.DirFS(opts.Dir)))
	return copied, commits
}

// change rewrites a file in a data directory.
func change(t *testing.T, dir, name string, edit func([]byte) []byte) {
	t.Helper()
	name = filepath.Join(dir, name)
	b, err := os.ReadFile(name)
	must(t, err)
	must(t, os.WriteFile(name, edit(b), 0o600))
}

// flip changes one byte somewhere behind the place where a text stands for the n-th time, from 1.
func flip(t *testing.T, dir, text string, n, offset int) {
	t.Helper()
	change(t, dir, blockFile, func(b []byte) []byte {
		at := 0
		for range n {
			i := bytes.Index(b[at:], []byte(text))
			if i < 0 {
				t.Fatalf("%q does not stand in the block %d times", text, n)
			}
			at += i + 1
		}
		b[at-1+offset] ^= 0x20
		return b
	})
}

func remove(name string) func(*testing.T, string) {
	return func(t *testing.T, dir string) { must(t, os.RemoveAll(filepath.Join(dir, name))) }
}

func truncate(t *testing.T, dir string) {
	change(t, dir, blockFile, func(b []byte) []byte { return b[:len(b)-100] })
}

var allSeven = []natslog.Range{{First: 1, Last: 7}}

// damages are what may happen to a log of seven commits. No server may touch what is left, so all of it is there for
// salvage and for who looks into it.
var damages = []struct {
	name    string
	do      func(t *testing.T, dir string)
	missing []natslog.Range
	reason  string
	left    []uint64 // nil: not even salvage opens it
}{
	{"a flipped byte in the first payload", func(t *testing.T, dir string) { flip(t, dir, "[\n{", 1, 20) },
		[]natslog.Range{{1, 1}}, "checksums", []uint64{2, 3, 4, 5, 6, 7}},
	{"flipped bytes in the middle", func(t *testing.T, dir string) { flip(t, dir, "[\n{", 3, 9); flip(t, dir, "[\n{", 4, 9) },
		[]natslog.Range{{3, 4}}, "checksums", []uint64{1, 2, 5, 6, 7}},
	{"a flipped byte in the last payload", func(t *testing.T, dir string) { flip(t, dir, "[\n{", 7, 5) },
		[]natslog.Range{{7, 7}}, "checksums", []uint64{1, 2, 3, 4, 5, 6}},
	{"a flipped byte in a header", func(t *testing.T, dir string) { flip(t, dir, natslog.HeaderPrev, 2, 30) },
		[]natslog.Range{{2, 2}}, "checksums", []uint64{1, 3, 4, 5, 6, 7}},
	{"a flipped byte in a length", func(t *testing.T, dir string) { flip(t, dir, natslog.Subject, 3, -22) },
		[]natslog.Range{{3, 3}}, "checksums", []uint64{1, 2, 4, 5, 6, 7}},
	{"a flipped byte in a subject", func(t *testing.T, dir string) { flip(t, dir, natslog.Subject, 3, 2) },
		[]natslog.Range{{3, 3}}, "checksums", []uint64{1, 2, 4, 5, 6, 7}},
	{"a block cut short", truncate, []natslog.Range{{7, 7}}, "checksums", []uint64{1, 2, 3, 4, 5, 6}},
	{"a block cut short and its index gone", func(t *testing.T, dir string) {
		remove(streamDir+"/msgs/index.db")(t, dir)
		truncate(t, dir)
	}, []natslog.Range{{7, 7}}, "checksums", []uint64{1, 2, 3, 4, 5, 6}},
	{"an empty block", func(t *testing.T, dir string) { change(t, dir, blockFile, func(b []byte) []byte { return nil }) },
		allSeven, "checksums", []uint64{}},
	{"no block", remove(blockFile), allSeven, "messages are gone", nil},
	{"no messages", remove(streamDir + "/msgs"), allSeven, "messages are gone", nil},
	{"no stream", remove(streamDir), allSeven, "KAOHE_LOG is gone", nil},
	{"no store", remove("jetstream"), allSeven, "KAOHE_LOG is gone", nil},
	{"no store and no lock file", func(t *testing.T, dir string) {
		remove("jetstream")(t, dir)
		remove("kaohe.lock")(t, dir)
	}, allSeven, "KAOHE_LOG is gone", nil},
	{"no store and a spoilt head file", func(t *testing.T, dir string) {
		remove("jetstream")(t, dir)
		change(t, dir, "log.head", func([]byte) []byte { return []byte("x") })
	}, nil, "KAOHE_LOG is gone", nil},
	{"garbage that no crash explains", func(t *testing.T, dir string) {
		change(t, dir, blockFile, func(b []byte) []byte { return append(b, make([]byte, natslog.MaxTail+1)...) })
	}, nil, "bytes cannot be read", []uint64{1, 2, 3, 4, 5, 6, 7}},
	{"another log in its place", func(t *testing.T, dir string) {
		other, _ := stoppedLog(t, false)
		remove("jetstream")(t, dir)
		must(t, os.CopyFS(filepath.Join(dir, "jetstream"), os.DirFS(filepath.Join(other.Dir, "jetstream"))))
	}, nil, "another log", []uint64{1, 2, 3, 4, 5, 6, 7}},
}

func TestDamageIsRefusedAndNamed(t *testing.T) {
	for _, killed := range []bool{false, true} {
		for _, c := range damages {
			t.Run(fmt.Sprintf("%s/killed=%t", c.name, killed), func(t *testing.T) {
				t.Parallel()
				opts, commits := stoppedLog(t, killed)
				c.do(t, opts.Dir)
				before := tree(t, opts.Dir)
				for range 2 { // the first refusal must not make the second pass
					checkDamage(t, opts, c.missing, c.reason)
				}
				salvage(t, opts, commits, c.missing, c.left)
				if diff := cmp.Diff(before, tree(t, opts.Dir)); diff != "" {
					t.Errorf("refusing and salvaging have changed files: %s", diff)
				}
			})
		}
	}
}

// tree returns the contents of all files of the store, so that any change shows.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	must(t, fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == "kaohe.lock" {
			return err
		}
		b, err := os.ReadFile(filepath.Join(dir, name))
		files[name] = string(b)
		return err
	}))
	return files
}

func checkDamage(t *testing.T, opts natslog.Options, missing []natslog.Range, reason string) {
	t.Helper()
	log, err := natslog.Open(eventtest.Context(t), opts)
	if err == nil {
		mustClose(t, log)
	}
	damage, ok := errors.AsType[*natslog.DamageError](err)
	if !ok {
		t.Fatalf("Open() = %v, want a DamageError", err)
	}
	if !cmp.Equal(damage.Missing, missing) || !strings.Contains(damage.Reason, reason) || damage.Dir != opts.Dir {
		t.Errorf("Open() = %+v, want the missing %v and the reason %q", damage, missing, reason)
	}
	for _, want := range []string{"is damaged", "backup", "salvage", opts.Dir} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("Open() = %v, want %q in it", err, want)
		}
	}
}

// salvage reads what is left of a log and checks that it cannot be written to.
func salvage(t *testing.T, opts natslog.Options, commits []events.Commit, missing []natslog.Range, want []uint64) {
	t.Helper()
	opts.Salvage = true
	log, err := natslog.Open(eventtest.Context(t), opts)
	if want == nil {
		if _, ok := errors.AsType[*natslog.DamageError](err); !ok {
			t.Fatalf("Open(Salvage) = %v, want a DamageError, nothing is left", err)
		}
		return
	}
	must(t, err)
	defer mustClose(t, log)
	if d := log.Damage(); d == nil || !cmp.Equal(d.Missing, missing) {
		t.Errorf("Damage() = %v, want the missing %v", d, missing)
	}
	end := uint64(0)
	if len(want) > 0 {
		end = want[len(want)-1]
		checkCommits(t, log, commits, want)
	}
	if got := eventtest.MustEnd(t, log); got != end {
		t.Errorf("End() = %d, want %d", got, end)
	}
	if _, err := log.Append(t.Context(), commits[6].Head(), "x", eventtest.Batch("x", 1, 50)); !errors.Is(err, natslog.ErrReadOnly) {
		t.Errorf("Append() = %v, want ErrReadOnly", err)
	}
	if err := log.Room(); !errors.Is(err, natslog.ErrReadOnly) {
		t.Errorf("Room() = %v, want ErrReadOnly", err)
	}
}

func checkCommits(t *testing.T, log *natslog.Log, commits []events.Commit, want []uint64) {
	t.Helper()
	ctx := eventtest.Context(t)
	stop := errors.New("enough")
	var got []uint64
	err := log.Read(ctx, 0, func(c events.Commit) error {
		got = append(got, c.Seq)
		if stored := commits[c.Seq-1]; c.ID != stored.ID || c.Prev != stored.Prev || !bytes.Equal(c.Body, stored.Body) || c.Recorded.IsZero() {
			if !strings.Contains(log.Damage().Reason, "another log") {
				t.Errorf("Read() gave %+v, want %+v", c, stored)
			}
		}
		if c.Seq == want[len(want)-1] {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || !cmp.Equal(got, want) {
		t.Errorf("Read() gave %d, then %v, want %d", got, err, want)
	}
	for seq := range uint64(9) {
		c, err := log.Get(ctx, seq)
		if there := slices.Contains(want, seq); there != (err == nil) || (there && c.Seq != seq) || (!there && !errors.Is(err, events.ErrNotFound)) {
			t.Errorf("Get(%d) = %d, %v, want it there: %t", seq, c.Seq, err, there)
		}
	}
}
