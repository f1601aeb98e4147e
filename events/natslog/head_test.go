package natslog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/natslog"
)

const headFaults = "kaohe_log_head_faults_total"

func readHead(t *testing.T, dir string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "log.head"))
	must(t, err)
	return b
}

// TestHeadIsMadeAnew: a directory of an old kaohe has no such file, and a spoilt one is as good as none.
func TestHeadIsMadeAnew(t *testing.T) {
	for _, killed := range []bool{false, true} {
		for name, spoil := range map[string]func(*testing.T, string){
			"missing": remove("log.head"),
			"empty":   func(t *testing.T, dir string) { change(t, dir, "log.head", func([]byte) []byte { return nil }) },
			"garbled": func(t *testing.T, dir string) {
				change(t, dir, "log.head", func(b []byte) []byte { return bytes.Replace(b, []byte("7 "), []byte("9 "), 1) })
			},
		} {
			t.Run(fmt.Sprintf("%s/killed=%t", name, killed), func(t *testing.T) {
				opts, commits := stoppedLog(t, killed)
				want := readHead(t, opts.Dir)
				spoil(t, opts.Dir)
				reg := prometheus.NewRegistry()
				opts.Registerer = reg
				log := mustOpen(t, opts)
				if got := metric(t, reg, headFaults); got != 1 {
					t.Errorf("%s = %v, want 1", headFaults, got)
				}
				if got := readHead(t, opts.Dir); !bytes.Equal(got, want) {
					t.Errorf("the head file says %q, want %q as before", got, want)
				}
				eventtest.MustFill(t, log, commits[6].Head(), 1)
				mustClose(t, log)
				truncate(t, opts.Dir)
				checkDamage(t, opts, []natslog.Range{{First: 8, Last: 8}}, "checksums")
			})
		}
	}
}

// TestHeadMayLag: the log is ahead of the file after a crash at the right moment.
func TestHeadMayLag(t *testing.T) {
	opts := options(t)
	reg := prometheus.NewRegistry()
	opts.Registerer = reg
	log := mustOpen(t, opts)
	empty := readHead(t, opts.Dir)
	commits := eventtest.MustFill(t, log, events.Head{}, 7)
	full := readHead(t, opts.Dir)
	mustClose(t, log)
	must(t, os.WriteFile(filepath.Join(opts.Dir, "log.head"), empty, 0o600))
	log = mustOpen(t, opts)
	if got := readHead(t, opts.Dir); !bytes.Equal(got, full) {
		t.Errorf("the head file says %q, want that it has caught up: %q", got, full)
	}
	if got := metric(t, reg, headFaults); got != 0 {
		t.Errorf("%s = %v, want 0: nothing was wrong", headFaults, got)
	}
	// A commit that is repeated long after takes nothing back.
	if _, err := log.Append(t.Context(), commits[1].Head(), commits[2].ID, commits[2].Body); err != nil {
		t.Fatal(err)
	}
	if got := readHead(t, opts.Dir); !bytes.Equal(got, full) {
		t.Errorf("the head file says %q after a repetition, want %q", got, full)
	}
}

func TestHeadThatCannotBeWrittenOnlyLags(t *testing.T) {
	opts := options(t)
	reg := prometheus.NewRegistry()
	opts.Registerer = reg
	log := natslog.OpenWithBrokenHead(t, opts)
	eventtest.MustFill(t, log, events.Head{}, 2)
	if got := metric(t, reg, headFaults); got != 2 {
		t.Errorf("%s = %v, want 2", headFaults, got)
	}
}

// TestTornTailIsNoDamage: a crash cuts short what nobody was told of.
func TestTornTailIsNoDamage(t *testing.T) {
	for _, n := range []int{1, 25, 300, natslog.MaxTail} {
		opts, commits := stoppedLog(t, true)
		change(t, opts.Dir, blockFile, func(b []byte) []byte {
			record := append(bytes.Clone(b[:200]), make([]byte, natslog.MaxTail)...)
			return append(b, record[:n]...)
		})
		log := mustOpen(t, opts)
		eventtest.MustFill(t, log, commits[6].Head(), 1)
		if got := len(eventtest.MustChain(t, log)); got != 8 {
			t.Errorf("the log has %d commits, want 8", got)
		}
		mustClose(t, log)
		mustClose(t, mustOpen(t, opts))
	}
}

// TestDamageOfManyBlocks loses one of several blocks.
func TestDamageOfManyBlocks(t *testing.T) {
	t.Parallel()
	opts := options(t)
	log := mustOpen(t, opts)
	body := eventtest.Batch("e", 900, 500)
	var head events.Head
	for i := range uint64(42) {
		c := eventtest.MustAppend(t, log, head, fmt.Sprint(i), body)
		head = c.Head()
	}
	mustClose(t, log)
	must(t, os.Remove(filepath.Join(opts.Dir, streamDir, "msgs", "2.blk")))
	_, err := natslog.Open(eventtest.Context(t), opts)
	damage, ok := errors.AsType[*natslog.DamageError](err)
	if !ok || len(damage.Missing) != 1 || damage.Lost < 10 || damage.Last != 42 {
		t.Fatalf("Open() = %v, want a DamageError with one range of 42 commits", err)
	}
	gap := damage.Missing[0]
	opts.Salvage = true
	log = mustOpen(t, opts)
	got := eventtest.MustRead(t, log, 3, 42)
	if len(got) != 42-3-int(gap.Last-gap.First+1) || got[0].Seq != 4 {
		t.Errorf("Read() gave %d commits from %d on, want all but 1 to 3 and %v", len(got), got[0].Seq, gap)
	}
	for seq, there := range map[uint64]bool{gap.First - 1: true, gap.First: false, gap.Last: false, gap.Last + 1: true} {
		if _, err := log.Get(t.Context(), seq); (err == nil) != there {
			t.Errorf("Get(%d) = %v, want it there: %t", seq, err, there)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := log.Read(ctx, 42, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("Read() at the end = %v, want that it waits for the context", err)
	}
}

// TestDamageThatOnlyTheServerSees: what was deleted is not bad, and what the server needs is not ours to read.
func TestDamageThatOnlyTheServerSees(t *testing.T) {
	opts := options(t)
	natslog.MakeDamaged(t, opts.Dir, 1, 3, 4, 6)
	checkDamage(t, opts, []natslog.Range{{First: 1, Last: 1}, {First: 3, Last: 4}, {First: 6, Last: 6}}, "lost commits")

	opts, commits := stoppedLog(t, false)
	remove(streamDir+"/meta.inf")(t, opts.Dir)
	for range 2 {
		checkDamage(t, opts, nil, "cannot recover")
	}
	opts.Salvage = true
	if got := ids(eventtest.MustRead(t, mustOpen(t, opts), 0, 7)); !cmp.Equal(got, ids(commits)) {
		t.Errorf("Read() gave %q, want %q", got, ids(commits))
	}

	opts = options(t)
	must(t, os.MkdirAll(filepath.Join(opts.Dir, streamDir), 0o700))
	checkDamage(t, opts, nil, "cannot recover")
}

func TestSalvageOfNothing(t *testing.T) {
	opts := options(t)
	opts.Salvage = true
	if _, err := natslog.Open(t.Context(), opts); !errors.Is(err, natslog.ErrForeign) {
		t.Errorf("Open(Salvage) of an empty directory = %v, want ErrForeign", err)
	}
	opts.Dir = filepath.Join(opts.Dir, "none")
	if _, err := natslog.Open(t.Context(), opts); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Open(Salvage) of no directory = %v, want ErrNotExist", err)
	}
}

func TestSalvageOfAWholeLog(t *testing.T) {
	opts, commits := stoppedLog(t, false)
	opts.Salvage = true
	log := mustOpen(t, opts)
	if d := log.Damage(); d != nil {
		t.Errorf("Damage() = %v, want none", d)
	}
	if got := eventtest.MustChain(t, log); !cmp.Equal(ids(got), ids(commits)) {
		t.Errorf("Read() gave %q, want %q", ids(got), ids(commits))
	}
}

func TestDamageErrorListsABoundedNumberOfRanges(t *testing.T) {
	e := &natslog.DamageError{Dir: "data", Reason: "why", Missing: []natslog.Range{{First: 1, Last: 3}, {First: 7, Last: 7}}, Lost: 9, Last: 20}
	want := "the log in data is damaged: why; of 20 commits 9 cannot be read: 1 to 3, 7 and 5 more; " +
		"restore the data directory from a backup, or read what is left with salvage, which changes nothing"
	if e.Error() != want {
		t.Errorf("Error() = %q, want %q", e, want)
	}
	opts := options(t)
	log := mustOpen(t, opts)
	eventtest.MustFill(t, log, events.Head{}, 60)
	mustClose(t, log)
	for n := 2; n <= 60; n += 2 {
		flip(t, opts.Dir, "[\n{", n, 5)
	}
	_, err := natslog.Open(t.Context(), opts)
	damage, ok := errors.AsType[*natslog.DamageError](err)
	if !ok || len(damage.Missing) != natslog.MaxRanges || damage.Lost != 30 {
		t.Errorf("Open() = %v, want %d ranges of 30 missing commits", err, natslog.MaxRanges)
	}
}

// FuzzReadBlock puts anything behind two good records: they are read all the same.
func FuzzReadBlock(f *testing.F) {
	opts := natslog.NewOptions(f.TempDir())
	log := mustOpen(f, opts)
	c := eventtest.MustAppend(f, log, events.Head{}, "a", eventtest.Batch("a", 1, 60))
	eventtest.MustAppend(f, log, c.Head(), "b", eventtest.Batch("b", 1, 60))
	good, err := os.ReadFile(filepath.Join(opts.Dir, blockFile))
	must(f, err)
	f.Add(good[:len(good)-1])
	f.Add(append(bytes.Repeat([]byte{0xff}, 40), good...))
	f.Add([]byte(natslog.Subject))
	f.Fuzz(func(t *testing.T, more []byte) {
		seqs, tail := natslog.ReadBlock(t, slices.Concat(good, more))
		if len(seqs) < 2 || seqs[0] != 1 || seqs[1] != 2 || tail > len(more) {
			t.Errorf("ReadBlock() = %d, %d bytes of %d left", seqs, tail, len(more))
		}
	})
}

func FuzzHead(f *testing.F) {
	f.Add([]byte("kaohe-head 1 1542931200123456789 00000000000000000007 4eb26be6\n"))
	f.Add([]byte("kaohe-head 1 "))
	f.Fuzz(func(t *testing.T, b []byte) {
		if again, err := natslog.ParseHead(b); err == nil && !bytes.Equal(again, b) {
			t.Errorf("%q was taken for %q", b, again)
		}
	})
}
