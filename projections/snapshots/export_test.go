package snapshots

import (
	"bytes"
	"encoding/binary"
	"io"
)

// Decode reads a file that r has and that says of itself that it has this size.
func Decode(r io.ReaderAt, size int64) (Meta, []byte, error) {
	h, m, err := readHeader(r, size)
	if err != nil {
		return Meta{}, nil, err
	}
	payload, err := readPayload(r, h)
	return m, payload, err
}

// Seal returns the file with the version, the length of the file and the checksums of header, table and blocks put
// right, so that what is wrong otherwise gets past them.
func Seal(file []byte) []byte {
	file = bytes.Clone(file)
	var h header
	if _, err := binary.Decode(file, binary.LittleEndian, &h); err != nil {
		return file
	}
	h.Version, h.File = version, uint64(len(file))
	if h.Payload/blockSize < uint64(len(file)) {
		h.TableSum = sealTable(file, blocks(h.Payload))
	}
	copy(file, h.bytes())
	return file
}

func sealTable(file []byte, n int) uint32 {
	table := make([]entry, n)
	if _, err := binary.Decode(file[headerSize:], binary.LittleEndian, table); err != nil {
		return 0
	}
	rest := file[headerSize+n*entrySize:]
	for i, e := range table {
		stored := rest[:min(uint64(e.Stored), uint64(len(rest)))]
		rest = rest[len(stored):]
		table[i].StoredSum = checksum(stored)
	}
	b := encode(table)
	copy(file[headerSize:], b)
	return checksum(b)
}

// Hold takes the writer's turn.
func (s *Store) Hold() (release func()) {
	s.turn <- struct{}{}
	return func() { <-s.turn }
}

// BlockSize is how much of a payload goes into a block.
const BlockSize = blockSize

// Sizes on disk.
var (
	HeaderSize = headerSize
	EntrySize  = entrySize
)
