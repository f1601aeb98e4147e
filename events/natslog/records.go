package natslog

import (
	"bytes"
	"encoding/binary"
	"hash"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/nats-io/nats.go"
)

// A record of the server's files is, little-endian:
//
//	length of the record, high bit: has headers  4 bytes
//	sequence; the two high bits: deleted         8
//	time of storing, Unix nanoseconds            8
//	length of the subject                        2
//	subject
//	length of the headers, if it has any         4
//	headers, payload
//	highwayhash of sequence to payload, without the lengths   8
const (
	recordHead = 22
	recordHash = 8
	hasHeaders = 1 << 31
	deleted    = 0b11 << 62

	// maxTail bounds a record that a crash cut short: there is one commit in flight at most.
	maxTail = events.MaxCommit + 4096
)

// record is a message as it stands in a block; its slices are valid until the next block is read.
type record struct {
	seq          uint64 // with the bits of deletion
	time         int64
	header, body []byte
	size         int
}

func (r *record) commit() events.Commit {
	h, err := nats.DecodeHeadersMsg(r.header)
	if err != nil {
		h = nil // it is somebody else's, as the lack of an id will tell
	}
	return commitOf(r.seq, time.Unix(0, r.time), h, r.body)
}

// parseRecord returns the record at the beginning of b if there is a good one.
func parseRecord(b []byte, sum hash.Hash64) (r record, ok bool) {
	if len(b) < recordHead+recordHash {
		return r, false
	}
	length := binary.LittleEndian.Uint32(b)
	r.size = int(length &^ hasHeaders)
	r.seq, r.time = binary.LittleEndian.Uint64(b[4:]), int64(binary.LittleEndian.Uint64(b[12:]))
	at, end := recordHead+int(binary.LittleEndian.Uint16(b[20:])), r.size-recordHash
	if r.size > len(b) || at > end {
		return r, false
	}
	sum.Reset()
	sum.Write(b[4:20])
	sum.Write(b[recordHead:at])
	if length&hasHeaders != 0 {
		if at+4 > end {
			return r, false
		}
		n := int(binary.LittleEndian.Uint32(b[at:]))
		if at += 4; n > end-at {
			return r, false
		}
		r.header, r.body = b[at:at+n], b[at+n:end]
	} else {
		r.body = b[at:end]
	}
	sum.Write(b[at:end])
	return r, sum.Sum64() == binary.LittleEndian.Uint64(b[end:])
}

// nextRecord returns where behind a bad record the next one may begin, by the subject in it.
func nextRecord(b []byte) int {
	const skip = recordHead + 1
	if len(b) > skip {
		if i := bytes.Index(b[skip:], []byte(Subject)); i >= 0 {
			return i + 1
		}
	}
	return len(b)
}
