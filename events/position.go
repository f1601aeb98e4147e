package events

import (
	"fmt"
	"strconv"
	"strings"
)

// MaxEvents is the most events one commit may hold, and [MaxCommit] its largest body in bytes: the size at which a
// durable append reaches its best rate while a commit stays far below the server's message limit.
const (
	MaxEvents = 1000
	MaxCommit = 512 << 10
)

// MaxEvent is the largest canonical event in bytes.
const MaxEvent = 128 << 10

const indexBits = 10 // 1<<10 >= MaxEvents

// Position is where an event stands in the log: the sequence of its commit and its index in it, as one sortable number.
// The zero position is before everything. Outside it is written as 1234-17.
type Position uint64

// At returns the position of the event with index i of commit seq.
func At(seq uint64, i int) Position {
	return Position(seq<<indexBits | uint64(i))
}

// Seq returns the sequence of the commit.
func (p Position) Seq() uint64 { return uint64(p >> indexBits) }

// Index returns the event's index in its commit, from 0.
func (p Position) Index() int { return int(p & (1<<indexBits - 1)) }

// String writes the position as 1234-17.
func (p Position) String() string {
	return fmt.Sprintf("%d-%d", p.Seq(), p.Index())
}

// ParsePosition reads what String wrote.
func ParsePosition(s string) (Position, error) {
	seq, index, ok := strings.Cut(s, "-")
	n, err1 := strconv.ParseUint(seq, 10, 64-indexBits)
	i, err2 := strconv.ParseUint(index, 10, indexBits)
	p := At(n, int(i))
	if !ok || err1 != nil || err2 != nil || i >= MaxEvents || p.String() != s {
		return 0, fmt.Errorf("%q is not a position like 1234-17", s)
	}
	return p, nil
}
