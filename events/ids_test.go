package events_test

import (
	"bytes"
	"errors"
	"math"
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events"
)

// commitIndexes are those of a commit of 1,000 events.
var commitIndexes = func() (index []int) {
	for i := range events.MaxEvents {
		index = append(index, i)
	}
	return index
}()

// record records keys in commits of 1,000 from commit seq on.
func record(ids *events.IDs, keys []events.Key, seq uint64) {
	first := make([]events.Position, events.MaxEvents)
	for commit := range slices.Chunk(keys, events.MaxEvents) {
		ids.RecordAll(commit, seq, commitIndexes, first)
		seq++
	}
}

// TestIDsUpTo: a snapshot up to a commit is that of a set which knows no later one, and comes back as that set.
func TestIDsUpTo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		through := rapid.SampledFrom([]uint64{0, 1, 2, 3, 5, 1<<54 - 2, 1<<54 - 1, 1 << 54, math.MaxUint64}).Draw(t, "through")
		all, some := events.NewIDs(), events.NewIDs()
		for _, seq := range []uint64{1, 2, 3, 4, 1<<54 - 2, 1<<54 - 1} {
			for i, k := range rapid.SliceOfN(crowded, 0, 20).Draw(t, "keys") {
				first := all.Record(k, events.At(seq, i))
				if seq <= through && some.Record(k, events.At(seq, i)) != first {
					t.Fatalf("%x was first at %v before", k, first)
				}
			}
		}
		snapshot := all.AppendTo([]byte("before"), through)
		if !bytes.Equal(snapshot, some.AppendTo([]byte("before"), math.MaxUint64)) {
			t.Fatalf("the snapshot through %d is not that of the identities through there", through)
		}
		read, err := events.LoadIDs(snapshot[len("before"):])
		if err != nil || !bytes.Equal(read.AppendTo([]byte("before"), math.MaxUint64), snapshot) {
			t.Fatalf("LoadIDs() does not bring back the set: %v", err)
		}
	})
}

// TestSnapshotWhileRecording: what is recorded meanwhile does not show in a snapshot up to a commit that is done.
func TestSnapshotWhileRecording(t *testing.T) {
	const commits = 60
	keys := randomKeys(commits * events.MaxEvents)
	for i := range commits - 1 { // each commit but the first repeats an event of the one before
		keys[(i+1)*events.MaxEvents] = keys[i*events.MaxEvents+1]
	}
	commit := func(seq uint64) []events.Key { return keys[(seq-1)*events.MaxEvents:][:events.MaxEvents] }
	ids, want := events.NewIDs(), events.NewIDs()
	recorded := make(chan uint64) // without room: each snapshot begins when the next commit does
	go func() {
		defer close(recorded)
		for seq := uint64(1); seq <= commits; seq++ {
			record(ids, commit(seq), seq)
			recorded <- seq
		}
	}()
	for through := range recorded {
		snapshot := ids.AppendTo(nil, through)
		record(want, commit(through), through)
		if !bytes.Equal(snapshot, want.AppendTo(nil, math.MaxUint64)) {
			t.Errorf("the snapshot through commit %d holds something else", through)
		}
	}
}

func TestLoadIDsRefuses(t *testing.T) {
	for name, b := range map[string][]byte{
		"nothing":               nil,
		"a word":                []byte("hello"),
		"a byte too many":       append(events.NewIDs().AppendTo(nil, 1), 0),
		"a position in no log":  parts(map[int][]byte{0: append([]byte{1}, entry(1, 5)...)}),        // 0-5
		"an index of no commit": parts(map[int][]byte{0: append([]byte{1}, entry(1, 0xe8, 15)...)}), // 1-1000
	} {
		if ids, err := events.LoadIDs(b); !errors.Is(err, events.ErrIDs) || ids != nil {
			t.Errorf("LoadIDs() of %s = %v, %v, want that it is no set", name, ids, err)
		}
	}
	if ids, err := events.LoadIDs(parts(map[int][]byte{0: append([]byte{1}, entry(1, 0xe7, 15)...)})); err != nil || ids.Len() != 1 {
		t.Errorf("LoadIDs() of the last event of a commit: %v", err)
	}
}

// FuzzLoadIDs: what is accepted is a set, is written as the same bytes again, and can be added to.
func FuzzLoadIDs(f *testing.F) {
	ids := events.NewIDs()
	f.Add(ids.AppendTo(nil, 1))
	record(ids, randomKeys(20), 7)
	f.Add(ids.AppendTo(nil, 7))
	f.Add(ids.AppendTo(nil, 7)[:200])
	f.Add(parts(map[int][]byte{0: slices.Concat([]byte{2}, entry(1, 0x80, 8), entry(2, 0x81, 8))}))
	f.Add(parts(map[int][]byte{255: slices.Concat([]byte{2}, entry(1, 0x80, 8), entry(1, 0x81, 8))}))
	f.Add(parts(map[int][]byte{9: {255, 255, 255, 255, 255, 255, 255, 255, 255, 1}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		ids, err := events.LoadIDs(b)
		if (err == nil) != (ids != nil) || err != nil && !errors.Is(err, events.ErrIDs) {
			t.Fatalf("LoadIDs() = %v, %v", ids, err)
		}
		if err != nil {
			return
		}
		if !bytes.Equal(ids.AppendTo(nil, math.MaxUint64), b) {
			t.Fatal("the set is written in another way than it was read")
		}
		table, _, err := events.LoadKeyTable(b)
		if err != nil || table.Len() != ids.Len() {
			t.Fatalf("%d identities, the table has %d, %v", ids.Len(), table.Len(), err)
		}
		for k, v := range table.All() {
			if at, ok := ids.Lookup(k); !ok || uint64(at) != v {
				t.Fatalf("Lookup(%x) = %v, %v, want %v", k, at, ok, events.Position(v))
			}
		}
		record(ids, randomKeys(500), 1)
		if n := ids.Len() - table.Len(); n < 480 || n > 500 { // 20 of them are in a seed
			t.Fatalf("%d of 500 events are new", n)
		}
	})
}

// TestIDsStaySmall guards what BenchmarkIDs measures by counts, which no other load on the machine changes.
func TestIDsStaySmall(t *testing.T) {
	keys := randomKeys(1_000_000)
	before, ids := heap(), events.NewIDs()
	record(ids, keys, 1)
	if got := float64(heap()-before) / float64(len(keys)); got > 36 {
		t.Errorf("%.1f bytes an identity, want at most 36", got)
	}
	commit, first := keys[:events.MaxEvents], make([]events.Position, events.MaxEvents)
	for name, tt := range map[string]struct {
		do   func()
		most float64
	}{
		"Lookup of known and unknown": {func() { ids.Lookup(keys[5]); ids.Lookup(events.Key{}) }, 0},
		"RecordAll of known":          {func() { ids.RecordAll(commit, 9999, commitIndexes, first) }, 0},
		"AppendTo, one for all":       {func() { ids.AppendTo(nil, math.MaxUint64) }, 2}, // the race detector adds one
	} {
		if got := testing.AllocsPerRun(3, tt.do); got > tt.most {
			t.Errorf("%s: %v allocations, want at most %v", name, got, tt.most)
		}
	}
	runtime.KeepAlive(ids)
}

// BenchmarkIDs works on 1 M identities at a time.
func BenchmarkIDs(b *testing.B) {
	keys := randomKeys(1_000_000)
	unknown := randomKeys(2_000_000)[1_000_000:]
	before, ids := heap(), events.NewIDs()
	record(ids, keys, 1)
	size := float64(heap()-before) / float64(len(keys))
	snapshot := ids.AppendTo(nil, math.MaxUint64)
	lookup := func(keys []events.Key) {
		for _, k := range keys {
			ids.Lookup(k)
		}
	}
	for _, bb := range []struct {
		name string
		do   func()
	}{
		{"record", func() { record(events.NewIDs(), keys, 1) }},
		{"lookup", func() { lookup(keys) }},
		{"lookup-unknown", func() { lookup(unknown) }},
		{"append", func() { ids.AppendTo(nil, math.MaxUint64) }},
		{"load", func() { events.LoadIDs(snapshot) }},
	} {
		b.Run(bb.name, func(b *testing.B) {
			for b.Loop() {
				bb.do()
			}
			b.ReportMetric(float64(len(keys))*float64(b.N)/b.Elapsed().Seconds(), "ids/s")
			b.ReportMetric(size, "B/entry")
		})
	}
	b.Logf("a snapshot takes %.1f bytes an identity", float64(len(snapshot))/float64(len(keys)))
}
