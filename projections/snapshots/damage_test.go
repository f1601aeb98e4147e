package snapshots_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kaohe/kaohe/projections/snapshots"
)

// specimen is a file in a directory of its own, and what it was made from.
type specimen struct {
	dir, path     string
	meta          snapshots.Meta
	payload, file []byte
	store         *snapshots.Store // opened while the file was whole
}

func mustSpecimen(tb testing.TB, payload []byte) specimen {
	tb.Helper()
	s := specimen{dir: tb.TempDir(), meta: fold(uint64(len(payload) + 1)), payload: payload}
	s.store = mustOpen(tb, s.dir)
	mustSave(tb, s.store, s.meta, payload)
	s.path = only(tb, s.dir)
	var err error
	s.file, err = os.ReadFile(s.path)
	must(tb, err)
	return s
}

// mustSpecimens are small files with no, one and three blocks.
func mustSpecimens(tb testing.TB) (all []specimen) {
	tb.Helper()
	for _, payload := range [][]byte{{}, stateLike(300), make([]byte, 600_000)} {
		s := mustSpecimen(tb, payload)
		if len(s.file) > 1000 {
			tb.Fatalf("the file has %d bytes, want a small one", len(s.file))
		}
		all = append(all, s)
	}
	return all
}

func (s *specimen) overwrite(tb testing.TB, file []byte) {
	tb.Helper()
	if err := os.WriteFile(s.path, file, 0o600); err != nil {
		tb.Fatal(err)
	}
}

// refuse checks that the bytes in place of the file are found to be wrong, by a store that is opened and by one that
// is open.
func (s *specimen) refuse(t *testing.T, what string, file []byte, want ...error) {
	t.Helper()
	s.overwrite(t, file)
	for name, store := range map[string]*snapshots.Store{"opened": mustOpen(t, s.dir), "open": s.store} {
		err := refusal(store)
		if !slices.ContainsFunc(want, func(w error) bool { return errors.Is(err, w) }) {
			t.Fatalf("payload of %d bytes, %s, store %s: %v, want %v", len(s.payload), what, name, err, want)
		}
	}
}

// refusal is the error with which a store of one file refuses it.
func refusal(s *snapshots.Store) error {
	if flaws := s.Flaws(); len(flaws) > 0 {
		return flaws[0].Err
	}
	payload, _, err := s.Load(s.List()[0])
	if err == nil {
		return fmt.Errorf("%d bytes were loaded", len(payload))
	}
	return err
}

func TestEveryFlippedBitIsFound(t *testing.T) {
	for _, s := range mustSpecimens(t) {
		for i := range s.file {
			b := bytes.Clone(s.file)
			for bit := range 8 {
				b[i] = s.file[i] ^ 1<<bit
				_, _, err := snapshots.Decode(bytes.NewReader(b), int64(len(b)))
				if !errors.Is(err, snapshots.ErrDamaged) && !errors.Is(err, snapshots.ErrLayout) {
					t.Fatalf("bit %d of byte %d: Decode() = %v, want ErrDamaged or ErrLayout", bit, i, err)
				}
			}
			b[i] = ^s.file[i]
			s.refuse(t, fmt.Sprintf("byte %d", i), b, snapshots.ErrDamaged, snapshots.ErrLayout)
		}
		s.overwrite(t, s.file)
		checkLoads(t, s.store, s.meta, s.payload)
	}
}

func TestEveryTruncationIsFound(t *testing.T) {
	for _, s := range mustSpecimens(t) {
		for n := range s.file {
			s.refuse(t, fmt.Sprintf("cut at byte %d", n), s.file[:n], snapshots.ErrDamaged)
			zeros := append(bytes.Clone(s.file[:n]), make([]byte, len(s.file)-n)...)
			if !bytes.Equal(zeros, s.file) {
				s.refuse(t, fmt.Sprintf("zeros from byte %d on", n), zeros, snapshots.ErrDamaged, snapshots.ErrLayout)
			}
		}
	}
}

func TestWhatStandsBehindIsFound(t *testing.T) {
	for _, s := range mustSpecimens(t) {
		s.refuse(t, "one byte more", append(bytes.Clone(s.file), 0), snapshots.ErrDamaged)
		s.refuse(t, "twice the same", append(bytes.Clone(s.file), s.file...), snapshots.ErrDamaged)
	}
}

// le writes a number into a copy of a file and makes its checksums right again.
func le(file []byte, at, size int, n uint64) []byte {
	b := bytes.Clone(file)
	number := binary.LittleEndian.AppendUint64(nil, n)
	copy(b[at:], number[:size])
	return snapshots.Seal(b)
}

// TestLiesUnderTheRightChecksum has files that no disk makes, but a program with a fault might. Whatever they say, they
// do not make us ask for much memory.
func TestLiesUnderTheRightChecksum(t *testing.T) {
	all := mustSpecimens(t)
	for _, s := range all {
		if !bytes.Equal(snapshots.Seal(s.file), s.file) {
			t.Fatalf("Seal() changes a sound file of %d bytes", len(s.file))
		}
	}
	one, three, table := all[1], all[2], snapshots.HeaderSize
	large := mustSpecimen(t, random(2*snapshots.BlockSize))
	block, blocks := table+snapshots.EntrySize, table+3*snapshots.EntrySize
	for _, c := range []struct {
		name string
		of   specimen
		file []byte
	}{
		{"another beginning", three, le(three.file, 0, 1, 'K')},
		{"a kind that there is not", three, le(three.file, 12, 4, 9)},
		{"no kind", three, le(three.file, 12, 4, 0)},
		{"an index with a plan", three, le(three.file, 12, 4, 2)},
		{"commit 0", three, le(three.file, 24, 8, 0)},
		{"a payload of 4 GiB", three, le(three.file, 104, 8, 4<<30)},
		{"a payload of 2^64-1", three, le(three.file, 104, 8, 1<<64-1)},
		{"the largest payload", three, le(three.file, 104, 8, snapshots.MaxPayload)},
		{"more than the largest payload, of empty blocks", three, emptyBlocks(three.file, snapshots.MaxPayload+1)},
		{"a byte more in the last block", three, le(three.file, 104, 8, 600_001)},
		{"a block less", three, le(three.file, 104, 8, 512<<10)},
		{"no payload before the blocks", three, le(three.file, 104, 8, 0)},
		{"a block of 4 GiB", three, le(three.file, table, 4, 1<<32-1)},
		{"an empty block", three, le(three.file, table, 4, 0)},
		{"a block in the room of two", large, le(le(large.file, block, 4, 0), table, 4, uint64(len(large.file)-table)-2*12)},
		{"a block that says it becomes 4 GiB", three, le(three.file, blocks, 5, 0x0fffffffff)},
		{"a block that says it becomes 128 TiB", three, le(three.file, blocks, 6, 0xffffffffffff)},
		{"a block that says it becomes 1 byte", three, le(three.file, blocks, 3, 0x808081)},
		{"a block that copies from before it", three, le(three.file, blocks+3, 3, 0xff01ff)},
		{"a block with other content", one, le(one.file, len(one.file)-1, 1, uint64(one.file[len(one.file)-1])^1)},
	} {
		before := allocated()
		c.of.refuse(t, c.name, c.file, snapshots.ErrDamaged)
		if got := allocated() - before; got > 16<<20 {
			t.Errorf("%s: %d bytes were allocated for a file of %d", c.name, got, len(c.file))
		}
	}
}

// emptyBlocks is a file that says it has a payload of n bytes, in blocks of no bytes.
func emptyBlocks(file []byte, n uint64) []byte {
	b := make([]byte, snapshots.HeaderSize+int((n+snapshots.BlockSize-1)/snapshots.BlockSize)*snapshots.EntrySize)
	copy(b, file[:snapshots.HeaderSize])
	return le(b, 104, 8, n)
}

func allocated() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.TotalAlloc
}

// TestBlocksThatChangedPlaces has two blocks of the same length, each still with its own entry of the table.
func TestBlocksThatChangedPlaces(t *testing.T) {
	s := mustSpecimen(t, random(2*snapshots.BlockSize))
	table, blocks := snapshots.HeaderSize, snapshots.HeaderSize+2*snapshots.EntrySize
	half := blocks + (len(s.file)-blocks)/2
	s.refuse(t, "swapped", slices.Concat(s.file[:table], s.file[table+snapshots.EntrySize:blocks],
		s.file[table:table+snapshots.EntrySize], s.file[half:], s.file[blocks:half]), snapshots.ErrDamaged)
}

func TestOtherVersionsOfTheFormat(t *testing.T) {
	for _, s := range mustSpecimens(t) {
		for _, v := range []uint32{0, 2, 1 << 31} {
			b := bytes.Clone(s.file)
			binary.LittleEndian.PutUint32(b[8:], v)
			s.refuse(t, fmt.Sprintf("version %d", v), b, snapshots.ErrLayout)
			s.refuse(t, fmt.Sprintf("version %d with a header of 12 bytes", v), b[:12], snapshots.ErrLayout)
		}
	}
}

func TestFileOfAnotherSnapshotInItsPlace(t *testing.T) {
	all := mustSpecimens(t)
	all[0].overwrite(t, all[1].file)
	if _, _, err := all[0].store.Load(all[0].meta); err == nil {
		t.Error("Load() = nil, want an error: the file holds another snapshot")
	}
	checkLoads(t, mustOpen(t, all[0].dir), all[1].meta, all[1].payload)
}

func TestDamagedSnapshotLeavesTheOneBefore(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	mustSave(t, s, fold(2), random(1000))
	path := only(t, dir)
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file[len(file)-1]++
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	mustSave(t, s, fold(1), []byte("one"))

	candidates := s.Nearest(snapshots.Fold, layout, planA, 9)
	if diff := cmp.Diff([]uint64{2, 1}, seqs(candidates)); diff != "" {
		t.Fatalf("Nearest() (-want +got):\n%s", diff)
	}
	if _, _, err := s.Load(candidates[0]); !errors.Is(err, snapshots.ErrDamaged) {
		t.Errorf("Load() = %v, want ErrDamaged", err)
	}
	if err := s.Drop(candidates[0]); err != nil {
		t.Fatal(err)
	}
	checkLoads(t, s, candidates[1], []byte("one"))
	only(t, dir)
}

var errDisk = errors.New("the disk failed")

// failing is a file whose disk fails behind some byte.
type failing struct {
	*bytes.Reader
	from int64
}

func (f failing) ReadAt(b []byte, at int64) (int, error) {
	if at+int64(len(b)) > f.from {
		return 0, errDisk
	}
	return f.Reader.ReadAt(b, at)
}

// TestFileThatChangesWhileItIsRead has files that are shorter, or fail, once their size was asked for.
func TestFileThatChangesWhileItIsRead(t *testing.T) {
	for _, s := range mustSpecimens(t) {
		size := int64(len(s.file))
		for n := range size {
			if _, _, err := snapshots.Decode(bytes.NewReader(s.file[:n]), size); !errors.Is(err, snapshots.ErrDamaged) {
				t.Fatalf("cut at byte %d: Decode() = %v, want ErrDamaged", n, err)
			}
			_, _, err := snapshots.Decode(failing{bytes.NewReader(s.file), n}, size)
			if !errors.Is(err, errDisk) || errors.Is(err, snapshots.ErrDamaged) {
				t.Fatalf("disk fails from byte %d on: Decode() = %v, want what the disk said: the file may be sound", n, err)
			}
		}
	}
}
