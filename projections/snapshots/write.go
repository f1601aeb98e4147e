package snapshots

import (
	"context"
	"errors"
	"os"
	"slices"

	"github.com/klauspost/compress/s2"
)

// syncEvery is after how many bytes what was written is made durable. An fsync of the log that comes meanwhile waits for
// some megabytes, not for the whole file.
const syncEvery = 8 << 20

// writeFile makes a durable file of that name, or none.
func writeFile(ctx context.Context, name string, m Meta, payload []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = write(ctx, f, m, payload)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}

// write puts the blocks first and what says that they are there last.
func write(ctx context.Context, f *os.File, m Meta, payload []byte) error {
	table := make([]entry, 0, blocks(uint64(len(payload))))
	at := int64(headerSize + cap(table)*entrySize)
	synced := at
	buf := make([]byte, maxStored)
	for raw := range slices.Chunk(payload, blockSize) {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		stored := s2.Encode(buf, raw)
		if _, err := f.WriteAt(stored, at); err != nil {
			return err
		}
		table = append(table, entry{uint32(len(stored)), checksum(stored), checksum(raw)})
		at += int64(len(stored))
		if at-synced < syncEvery {
			continue
		}
		if err := f.Sync(); err != nil {
			return err
		}
		synced = at
	}
	b := encode(table)
	h := newHeader(m, b, int64(len(payload)), at)
	_, err := f.WriteAt(append(h.bytes(), b...), 0)
	return err
}
