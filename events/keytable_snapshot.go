package events

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// ErrKeyTable says that bytes are not a table as [KeyTable.AppendTo] writes it. Do without the snapshot that holds them.
var ErrKeyTable = errors.New("not a table of keys")

const storedKey = len(Key{}) - 1 // bytes of a key in a snapshot; the part implies the first

// AppendTo appends the table to a snapshot: for each of the 256 parts the number of its entries, then each entry, in the
// order of the keys, as the 15 bytes of the key after the first and the value. Numbers are uvarints in their shortest form.
func (t *KeyTable) AppendTo(dst []byte) []byte {
	dst = slices.Grow(dst, maxSnapshot(t.n, math.MaxUint64))
	for i := range keyParts {
		dst = t.appendPart(dst, i, math.MaxUint64)
	}
	return dst
}

// maxSnapshot returns the most bytes that n entries with values of at most limit take in a snapshot.
func maxSnapshot(n int, limit uint64) int {
	return keyParts*binary.MaxVarintLen64 + n*(storedKey+(bits.Len64(limit)+6)/7)
}

// appendPart appends those entries of one part whose value is at most limit.
func (t *KeyTable) appendPart(dst []byte, first int, limit uint64) []byte {
	if t.parts == nil {
		return append(dst, 0)
	}
	p, n := &t.parts[first], uint64(0)
	for i := range p.slots {
		if v := p.slots[i].value; v != 0 && v <= limit {
			n++
		}
	}
	dst = binary.AppendUvarint(dst, n)
	for i := range p.slots {
		if v := p.slots[i].value; v != 0 && v <= limit {
			k := p.slots[i].key()
			dst = binary.AppendUvarint(append(dst, k[1:]...), v)
		}
	}
	return dst
}

// LoadKeyTable reads the table that AppendTo wrote off the front of b. It accepts nothing else, so that the table is
// written as the same bytes again. Whatever numbers stand there, it takes no more memory than a small multiple of len(b).
// Errors wrap [ErrKeyTable].
func LoadKeyTable(b []byte) (t *KeyTable, rest []byte, err error) {
	t = new(KeyTable)
	for i := range keyParts {
		if b, err = t.loadPart(b, i); err != nil {
			return nil, nil, fmt.Errorf("%w: part %d of %d: %w", ErrKeyTable, i, keyParts, err)
		}
	}
	return t, b, nil
}

func (t *KeyTable) loadPart(b []byte, first int) (rest []byte, err error) {
	n, width := uvarint(b)
	if b = b[width:]; width == 0 {
		return nil, errors.New("the number of entries cannot be read")
	}
	if most := len(b) / (storedKey + 1); n > uint64(most) { // a value has at least one byte
		return nil, fmt.Errorf("%d entries are announced, there can be at most %d", n, most)
	}
	if n == 0 {
		return b, nil
	}
	t.start()
	t.n += int(n)
	return t.parts[first].load(b, first, int(n))
}

// load reads n entries into an empty part.
func (p *part) load(b []byte, first, n int) (rest []byte, err error) {
	p.resize(homesFor(n))
	p.n = n
	var last slot
	for i, next := 0, 0; i < n; i++ {
		if len(b) <= storedKey {
			return nil, fmt.Errorf("entry %d of %d is cut short", i, n)
		}
		// Bytes 1 to 8 of the key, then 8 to 15.
		e := slot{hi: uint64(first)<<56 | binary.BigEndian.Uint64(b)>>8, lo: binary.BigEndian.Uint64(b[7:])}
		v, width := uvarint(b[storedKey:])
		if v == 0 {
			return nil, fmt.Errorf("entry %d of %d has no value", i, n)
		}
		if i > 0 && !last.before(&e) {
			return nil, fmt.Errorf("entry %d of %d does not come after the one before", i, n)
		}
		b, last, e.value = b[storedKey+width:], e, v
		next = p.put(&e, next) + 1
	}
	return b, nil
}

// uvarint reads a number in its shortest form. The width is 0 if there is none.
func uvarint(b []byte) (v uint64, width int) {
	v, width = binary.Uvarint(b)
	if width <= 0 || width > 1 && b[width-1] == 0 {
		return 0, 0
	}
	return v, width
}
