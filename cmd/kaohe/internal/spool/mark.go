package spool

import (
	"errors"
	"fmt"
	"hash/crc32"
	"os"
)

// markName is the file that says up to which number all is answered for: one line of fixed size,
//
//	kaohe-spool 1 <number> <CRC-32C of the line before it>
//
// It is made durable before a segment is removed, and may lag behind otherwise: what is sent again is recorded once. One
// that cannot be read says 0, that nothing is answered for.
const (
	markName = "sent"
	markLine = "kaohe-spool 1 %020d "
)

func markOf(n uint64) []byte {
	b := fmt.Appendf(nil, markLine, n)
	return fmt.Appendf(b, "%08x\n", crc32.Checksum(b, castagnoli))
}

func parseMark(b []byte) (n uint64) {
	if _, err := fmt.Sscanf(string(b), markLine, &n); err != nil || string(markOf(n)) != string(b) {
		return 0
	}
	return n
}

func readMark(path string) uint64 {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	return parseMark(b)
}

// writeMark overwrites the file in place.
func writeMark(path string, n uint64, durable bool) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(markOf(n), 0)
	if durable {
		err = errors.Join(err, f.Sync())
	}
	return errors.Join(err, f.Close())
}
