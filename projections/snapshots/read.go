package snapshots

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/s2"
)

// inspect reads the header of a file only.
func inspect(name string) (Meta, error) {
	f, err := os.Open(name)
	if err != nil {
		return Meta{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Meta{}, err
	}
	_, m, err := readHeader(f, info.Size())
	return m, err
}

// readFile returns the payload of a file that holds the snapshot want, and the size of the file.
func readFile(name string, want Meta) ([]byte, int64, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	h, m, err := readHeader(f, info.Size())
	if err != nil {
		return nil, 0, err
	}
	if m != want {
		return nil, 0, fmt.Errorf("the file holds another one now: %w", fs.ErrNotExist)
	}
	payload, err := readPayload(f, h)
	if err != nil {
		return nil, 0, err
	}
	return payload, info.Size(), nil
}

// readPayload reads what stands behind a header that was found sound.
func readPayload(r io.ReaderAt, h header) ([]byte, error) {
	table := make([]entry, blocks(h.Payload))
	b := make([]byte, len(table)*entrySize)
	if err := readAt(r, b, int64(headerSize)); err != nil {
		return nil, err
	}
	if _, err := binary.Decode(b, binary.LittleEndian, table); err != nil || checksum(b) != h.TableSum {
		return nil, fmt.Errorf("%w: the checksum of its table is wrong", ErrDamaged)
	}
	d := decoder{r: r, table: table, at: make([]int64, len(table))}
	end := int64(headerSize + len(b))
	for i, e := range table {
		if e.Stored > uint32(maxStored) {
			return nil, d.damaged(i, "longer than any can be")
		}
		d.at[i] = end
		end += int64(e.Stored)
	}
	if uint64(end) != h.File {
		return nil, fmt.Errorf("%w: its blocks end at byte %d, the file at %d", ErrDamaged, end, h.File)
	}
	d.payload = make([]byte, h.Payload)
	return d.payload, d.run()
}

// decoder decodes blocks into their places.
type decoder struct {
	r       io.ReaderAt
	table   []entry
	at      []int64 // where each block stands
	payload []byte
	next    atomic.Int64 // block that nobody has begun
}

// run decodes all blocks, on all cores.
func (d *decoder) run() error {
	errs := make([]error, min(runtime.GOMAXPROCS(0), len(d.table)))
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = d.work() })
	}
	wg.Wait()
	return cmp.Or(errs...)
}

// work decodes blocks until none is left.
func (d *decoder) work() error {
	buf := make([]byte, maxStored)
	for {
		i := int(d.next.Add(1)) - 1
		if i >= len(d.table) {
			return nil
		}
		if err := d.block(i, buf); err != nil {
			return err
		}
	}
}

func (d *decoder) block(i int, buf []byte) error {
	e := d.table[i]
	stored := buf[:e.Stored]
	if err := readAt(d.r, stored, d.at[i]); err != nil {
		return err
	}
	if checksum(stored) != e.StoredSum {
		return d.damaged(i, "not what was written")
	}
	from := i * blockSize
	to := min(from+blockSize, len(d.payload))
	raw := d.payload[from:to:to]
	// Only a block of exactly this length is decoded in place.
	if n, err := s2.DecodedLen(stored); err != nil || n != len(raw) {
		return d.damaged(i, "of the wrong length")
	}
	if _, err := s2.Decode(raw, stored); err != nil || checksum(raw) != e.RawSum {
		return d.damaged(i, "not what was saved")
	}
	return nil
}

func (d *decoder) damaged(i int, what string) error {
	return fmt.Errorf("%w: block %d of %d is %s", ErrDamaged, i+1, len(d.table), what)
}
