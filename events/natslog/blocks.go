package natslog

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/minio/highwayhash"
)

// Where the server keeps the messages: msgs/1.blk and so on, each up to 8 MiB of records. We read them before it may,
// because at a bad record it cuts the file off and forgets all that came after.
const (
	blockDir = streamDir + "/msgs"
	blockEnd = ".blk"
)

// block is one file.
type block struct {
	path  string
	index int
	last  uint64 // sequence of its last good record; that of the block before if it has none
}

func findBlocks(dir string) ([]*block, error) {
	dir = filepath.Join(dir, filepath.FromSlash(blockDir))
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("look for blocks of the log: %w", err)
	}
	var blocks []*block
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), blockEnd)
		if index, err := strconv.Atoi(name); ok && err == nil {
			blocks = append(blocks, &block{path: filepath.Join(dir, e.Name()), index: index})
		}
	}
	slices.SortFunc(blocks, func(a, b *block) int { return a.index - b.index })
	return blocks, nil
}

// blockReader reads blocks, one at a time, into the same memory.
type blockReader struct{ buf bytes.Buffer }

// read calls fn with each commit of a block whose checksum is right, and returns how many bytes stand behind the last
// good record. Where a record is bad it looks for the next good one.
func (b *blockReader) read(ctx context.Context, from *block, fn func(*record) error) (tail int, err error) {
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	f, err := os.Open(from.path)
	if err != nil {
		return 0, fmt.Errorf("read block: %w", err)
	}
	defer f.Close()
	b.buf.Reset()
	if _, err := b.buf.ReadFrom(f); err != nil {
		return 0, fmt.Errorf("read block: %w", err)
	}
	key := sha256.Sum256([]byte(Stream + "-" + strconv.Itoa(from.index)))
	sum, err := highwayhash.New64(key[:])
	if err != nil {
		return 0, fmt.Errorf("read block: %w", err)
	}
	rest := b.buf.Bytes()
	tail = len(rest)
	for len(rest) > 0 {
		r, ok := parseRecord(rest, sum)
		if !ok {
			rest = rest[nextRecord(rest):]
			continue
		}
		rest = rest[r.size:]
		tail = len(rest)
		if r.seq&deleted == 0 {
			if err := fn(&r); err != nil {
				return tail, err
			}
		}
	}
	return tail, nil
}
