package events_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"maps"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events"
)

// crowded draws keys that meet each other: in few parts, most at few homes, first and last ones among them.
var crowded = rapid.Custom(func(t *rapid.T) (k events.Key) {
	k[0] = rapid.SampledFrom([]byte{0, 7, 255}).Draw(t, "first byte")
	few := rapid.SampledFrom([]uint64{0, 1<<56 - 1, 1 << 56, 1 << 62, 1<<62 + 1, 3 << 61, math.MaxUint64 - 1, math.MaxUint64})
	binary.BigEndian.PutUint64(k[1:], rapid.OneOf(few, few, rapid.Uint64()).Draw(t, "home"))
	k[15] = rapid.Byte().Draw(t, "last byte")
	return k
})

// TestKeyTableIsAMap: whatever is done to a table, it holds what a Go map holds, in order, and so does what is read from
// its snapshot.
func TestKeyTableIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var table events.KeyTable
		model := make(map[events.Key]uint64)
		n := rapid.SampledFrom([]int{1, 10, 60, 300}).Draw(t, "number of keys")
		keys := rapid.SampledFrom(rapid.SliceOfN(crowded, n, n).Draw(t, "keys"))
		for range rapid.SampledFrom([]int{0, 5, 100, 600}).Draw(t, "number of steps") {
			step(t, &table, model, keys.Draw(t, "key"))
		}
		mustEqual(t, &table, model)

		snapshot := table.AppendTo([]byte("before"))
		read, rest, err := events.LoadKeyTable(append(snapshot[len("before"):], "after"...))
		if err != nil || string(rest) != "after" {
			t.Fatalf("LoadKeyTable() leaves %q, %v", rest, err)
		}
		mustEqual(t, read, model)
		var twin events.KeyTable
		for k, v := range model { // in another order, with nothing deleted in between
			twin.Set(k, v)
		}
		if !bytes.Equal(twin.AppendTo([]byte("before")), snapshot) {
			t.Fatal("an equal table has another snapshot")
		}
		step(t, read, model, keys.Draw(t, "key"))
		mustEqual(t, read, model)
	})
}

// step does one thing to a table and to its model, and compares the answers.
func step(t *rapid.T, table *events.KeyTable, model map[events.Key]uint64, k events.Key) {
	v := rapid.Uint64Min(1).Draw(t, "value")
	old, known := model[k]
	if got, ok := table.Get(k); got != old || ok != known {
		t.Fatalf("Get(%x) = %d, %v, want %d, %v", k, got, ok, old, known)
	}
	switch rapid.SampledFrom([]string{"add", "add", "set", "delete"}).Draw(t, "step") {
	case "add":
		if !known {
			model[k] = v
		}
		if first, added := table.Add(k, v); first != model[k] || added == known {
			t.Fatalf("Add(%x, %d) = %d, %v, the table had %d, %v", k, v, first, added, old, known)
		}
	case "set":
		model[k] = v
		table.Set(k, v)
	case "delete":
		delete(model, k)
		if table.Delete(k) != known {
			t.Fatalf("Delete(%x) = %v", k, !known)
		}
	}
	if table.Len() != len(model) {
		t.Fatalf("Len() = %d, want %d", table.Len(), len(model))
	}
}

func mustEqual(tb rapid.TB, table *events.KeyTable, model map[events.Key]uint64) {
	tb.Helper()
	var keys []events.Key
	for k, v := range table.All() {
		keys = append(keys, k)
		if got, ok := table.Get(k); !ok || got != v || model[k] != v {
			tb.Fatalf("All() gives %x the value %d, Get() = %d, %v, want %d", k, v, got, ok, model[k])
		}
	}
	want := slices.SortedFunc(maps.Keys(model), func(a, b events.Key) int { return bytes.Compare(a[:], b[:]) })
	if diff := cmp.Diff(want, keys); diff != "" || table.Len() != len(want) {
		tb.Fatalf("Len() = %d, want %d; keys (-want +got):\n%s", table.Len(), len(want), diff)
	}
}

func TestAllEndsWhenToldTo(t *testing.T) {
	var table events.KeyTable
	for _, k := range randomKeys(1000) {
		table.Set(k, 1)
	}
	n := 0
	for range table.All() {
		if n++; n == 10 {
			break
		}
	}
	if n != 10 {
		t.Errorf("All() went on to %d entries after the loop had ended", n)
	}
}

// fill adds keys and returns how many allocations that took.
func fill(table *events.KeyTable, keys []events.Key) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i, k := range keys {
		table.Add(k, uint64(i)+1)
	}
	runtime.ReadMemStats(&after)
	return after.Mallocs - before.Mallocs
}

// TestGrowth: a table grows only when it has to, wherever its entries came from.
func TestGrowth(t *testing.T) {
	keys := randomKeys(100_000)
	var table events.KeyTable
	if n := fill(&table, keys); n < 256 {
		t.Errorf("%d allocations to fill a table, want at least one in each part: or else the count says nothing below", n)
	}
	read, _, err := events.LoadKeyTable(table.AppendTo(nil))
	if err != nil {
		t.Fatal(err)
	}
	for name, table := range map[string]*events.KeyTable{"filled": &table, "read": read} {
		for _, k := range keys {
			table.Delete(k)
		}
		if n := fill(table, keys); n > 20 {
			t.Errorf("%d allocations to put back what was deleted from a table that was %s", n, name)
		}
	}
}

// TestChosenKeysTakeLittleMemory: keys that all have the last home lengthen the tail, not the table.
func TestChosenKeysTakeLittleMemory(t *testing.T) {
	const n = 4000
	before := heap()
	var table events.KeyTable
	var k events.Key
	for i := range k {
		k[i] = 255
	}
	for i := range uint64(n) {
		binary.BigEndian.PutUint32(k[12:], uint32(i*2654435761))
		table.Set(k, i+1)
	}
	if got := float64(heap()-before) / n; got > 100 || table.Len() != n {
		t.Errorf("%.0f bytes an entry for %d keys, want at most 100 for %d", got, table.Len(), n)
	}
	snapshot := table.AppendTo(nil)
	if read, _, err := events.LoadKeyTable(snapshot); err != nil || read.Len() != n {
		t.Errorf("LoadKeyTable() of such keys: %v", err)
	}
}

func TestKeyTableHoldsNoZero(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("Set() took the value 0, which means nothing")
		}
	}()
	new(events.KeyTable).Set(events.Key{1}, 0)
}

// parts writes a snapshot by hand: the bytes of some parts, and empty ones between and after them.
func parts(of map[int][]byte) (snapshot []byte) {
	for i := range 256 {
		if part, ok := of[i]; ok {
			snapshot = append(snapshot, part...)
		} else {
			snapshot = append(snapshot, 0)
		}
	}
	return snapshot
}

// entry writes an entry by hand: its key ends with last, its value is the bytes.
func entry(last byte, value ...byte) []byte {
	return append(append(make([]byte, 14), last), value...)
}

func TestKeyTableIsFrozen(t *testing.T) {
	var table events.KeyTable
	table.Set(events.Key{3, 15: 9}, 300)
	table.Set(events.Key{3, 15: 2}, 1)
	want := parts(map[int][]byte{3: slices.Concat([]byte{2}, entry(2, 1), entry(9, 0xac, 0x02))})
	if diff := cmp.Diff(want, table.AppendTo(nil)); diff != "" {
		t.Errorf("the format of a table has changed (-want +got):\n%s", diff)
	}
}

func TestLoadKeyTableRefuses(t *testing.T) {
	good := parts(map[int][]byte{3: slices.Concat([]byte{2}, entry(1, 0xff, 0xff, 0xff, 1), entry(2, 1))})
	for i := range good {
		if _, _, err := events.LoadKeyTable(good[:i]); !errors.Is(err, events.ErrKeyTable) {
			t.Errorf("LoadKeyTable() of the first %d bytes of %d = %v", i, len(good), err)
		}
	}
	for name, part := range map[string][]byte{
		"a key twice":                              slices.Concat([]byte{2}, entry(1, 1), entry(1, 1)),
		"keys in descending order":                 slices.Concat([]byte{2}, entry(2, 1), entry(1, 1)),
		"the value 0":                              slices.Concat([]byte{1}, entry(1, 0)),
		"a value longer than it needs":             slices.Concat([]byte{1}, entry(1, 0x81, 0)),
		"a value beyond 64 bits":                   slices.Concat([]byte{1}, entry(1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2)),
		"a number of entries longer than it needs": {0x80, 0},
		"more entries than bytes":                  binary.AppendUvarint(nil, 1<<62),
		"more entries than memory":                 binary.AppendUvarint(nil, 1<<34),
	} {
		b := parts(map[int][]byte{255: part})
		if table, _, err := events.LoadKeyTable(b); !errors.Is(err, events.ErrKeyTable) || table != nil {
			t.Errorf("LoadKeyTable() of %s = %v, %v, want that it is no table", name, table, err)
		}
	}
}

// randomKeys returns keys as different as hashes are, the same in each run.
func randomKeys(n int) []events.Key {
	random, keys := rand.NewChaCha8([32]byte{}), make([]events.Key, n)
	for i := range keys {
		random.Read(keys[i][:])
	}
	return keys
}

// heap returns the bytes in use.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
