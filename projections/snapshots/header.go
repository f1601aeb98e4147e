package snapshots

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/klauspost/compress/s2"
)

var (
	// ErrDamaged says that a file is not what was once saved: cut short, overwritten or never a snapshot. Drop it, take
	// another one or fold the log.
	ErrDamaged = errors.New("damaged snapshot")
	// ErrLayout says that another version of the program wrote the file, in a format that this one does not know. Take
	// another one or fold the log.
	ErrLayout = errors.New("snapshot in another format")
)

// MaxPayload is the largest payload in bytes that a snapshot may hold.
const MaxPayload = 1 << 30

const (
	version   = 1
	blockSize = 256 << 10 // small enough to stay in a core's cache from reading through decoding to its checksum
	suffix    = ".snap"
	temporary = suffix + ".tmp"
)

var (
	magic      = [8]byte([]byte("kaohesnp"))
	kinds      = []Kind{1: Fold, 2: Index} // by their number in a header
	castagnoli = crc32.MakeTable(crc32.Castagnoli)

	headerSize = binary.Size(header{})
	entrySize  = binary.Size(entry{})
	maxStored  = s2.MaxEncodedLen(blockSize)
)

// header is the beginning of a file as it lies on disk.
type header struct {
	Magic    [8]byte
	Version  uint32
	Kind     uint32
	Layout   uint32
	TableSum uint32
	Seq      uint64
	Hash     [32]byte
	Rules    [32]byte
	Recorded int64
	Payload  uint64
	File     uint64
	Sum      uint32
}

// entry of the table is a block as it lies on disk.
type entry struct {
	Stored    uint32
	StoredSum uint32
	RawSum    uint32
}

func checksum(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

// blocks returns how many blocks hold a payload.
func blocks(payload uint64) int { return int((payload + blockSize - 1) / blockSize) }

// newHeader is the header of a file with a sound meta.
func newHeader(m Meta, table []byte, payload, file int64) header {
	h := header{
		Magic: magic, Version: version, Kind: uint32(slices.Index(kinds, m.Kind)), Layout: m.Layout, TableSum: checksum(table),
		Seq: m.Head.Seq, Hash: m.Head.Hash, Recorded: m.Recorded.UnixNano(), Payload: uint64(payload), File: uint64(file),
	}
	hex.Decode(h.Rules[:], []byte(m.Rules))
	return h
}

// bytes returns the header with its checksum.
func (h header) bytes() []byte {
	b := encode(h)
	binary.LittleEndian.PutUint32(b[len(b)-4:], checksum(b[:len(b)-4]))
	return b
}

// encode lays out a header or a table, which have a fixed size and so cannot fail.
func encode(v any) []byte {
	b, err := binary.Append(nil, binary.LittleEndian, v)
	if err != nil {
		panic(err)
	}
	return b
}

// readHeader reads the header of a file of some size and checks it against that size.
func readHeader(r io.ReaderAt, size int64) (h header, m Meta, err error) {
	b := make([]byte, min(int64(headerSize), size))
	if err := readAt(r, b, 0); err != nil {
		return h, m, err
	}
	const known = len(magic) + 4 // what each version of the format begins with
	if len(b) < known || [8]byte(b) != magic {
		return h, m, fmt.Errorf("%w: the file does not begin as one", ErrDamaged)
	}
	if v := binary.LittleEndian.Uint32(b[len(magic):]); v != version {
		return h, m, fmt.Errorf("%w: version %d, want %d", ErrLayout, v, version)
	}
	if _, err := binary.Decode(b, binary.LittleEndian, &h); err != nil || h.Sum != checksum(b[:headerSize-4]) {
		return h, m, fmt.Errorf("%w: the header's checksum is wrong", ErrDamaged)
	}
	if h.File != uint64(size) {
		return h, m, fmt.Errorf("%w: the file has %d bytes, was written with %d", ErrDamaged, size, h.File)
	}
	if h.Payload > MaxPayload {
		return h, m, fmt.Errorf("%w: a payload of %d bytes, at most %d are allowed", ErrDamaged, h.Payload, MaxPayload)
	}
	if m, err = h.meta(); err != nil {
		return h, m, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return h, m, nil
}

func (h header) meta() (Meta, error) {
	m := Meta{
		Layout: h.Layout, Head: events.Head{Seq: h.Seq, Hash: h.Hash},
		Recorded: time.Unix(0, h.Recorded).UTC(),
	}
	if h.Kind < uint32(len(kinds)) {
		m.Kind = kinds[h.Kind]
	}
	if m.Kind != Index || h.Rules != [32]byte{} {
		m.Rules = hex.EncodeToString(h.Rules[:])
	}
	return m, m.check()
}

// readAt fills b. A file that ends too early is damaged, any other error is the disk's.
func readAt(r io.ReaderAt, b []byte, at int64) error {
	n, err := r.ReadAt(b, at)
	switch {
	case n == len(b):
		return nil
	case errors.Is(err, io.EOF):
		return fmt.Errorf("%w: it ends at byte %d, in the middle", ErrDamaged, at+int64(n))
	}
	return err
}
