package events

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"time"
)

// Commit is a number of events that were accepted together, are durable together and become visible together: one
// message of the log.
type Commit struct {
	Seq      uint64    // place in the log, from 1
	ID       string    // chosen by the writer, unique; empty for a message that no kaohe wrote
	Prev     string    // the [Head.Hash] before it, in hex, as the commit states it
	Recorded time.Time // when the log took it
	Body     []byte    // a CloudEvents JSON batch, one event a line; see [AppendBatch]
}

// Head is the end of the log as somebody has read it: what a writer must name to append.
type Head struct {
	Seq  uint64   // 0 for an empty log
	Hash [32]byte // hash of the commit at Seq; zero for an empty log
}

// HashHex returns the hash as the next commit states it.
func (h Head) HashHex() string { return hex.EncodeToString(h.Hash[:]) }

// Head returns the head of a log that ends with the commit. The hash covers what the commit says of the one before, its
// id and its body, so that one hash vouches for everything up to it.
func (c *Commit) Head() Head {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n", c.Prev, c.ID)
	h.Write(c.Body)
	head := Head{Seq: c.Seq}
	h.Sum(head.Hash[:0])
	return head
}

// Follows reports whether the commit names h as what stands before it. Where it does not, a commit is missing, damaged or
// was put there by somebody else.
func (c *Commit) Follows(h Head) bool {
	return c.Seq == h.Seq+1 && c.Prev == h.HashHex()
}

// Log keeps commits in order and for ever. One writer appends; any number of readers follow. eventtest holds the
// conformance suite that each implementation passes.
type Log interface {
	// Append stores body as the commit after head and returns it once it is durable. It returns [ErrMoved] if another
	// commit stands there already: read on to the end, then try again. On a time-out or a lost connection it finds out
	// what became of the commit; only if ctx ends first the outcome stays open, and the error is [ErrUnknown].
	Append(ctx context.Context, head Head, id string, body []byte) (Commit, error)

	// Read calls fn with each commit after the sequence, in order, and goes on waiting for new ones until ctx ends or fn
	// returns an error, which it returns. The commit's body is valid until fn returns.
	Read(ctx context.Context, after uint64, fn func(Commit) error) error

	// Get returns the commit at a sequence, or [ErrNotFound].
	Get(ctx context.Context, seq uint64) (Commit, error)

	// End returns the sequence of the last commit at this moment, 0 for none.
	End(ctx context.Context) (uint64, error)
}

var (
	// ErrMoved says that the log has grown since head was read: another commit stands at the place. Read it, then
	// decide and append anew.
	ErrMoved = errors.New("the log has grown meanwhile")
	// ErrUnknown says that nobody can tell yet whether the commit was stored. Sending the same events again is safe.
	ErrUnknown = errors.New("outcome unknown")
	// ErrNotFound says that no commit stands at the sequence.
	ErrNotFound = errors.New("no such commit")
	// ErrFull says that there is too little space left to accept more; reading goes on. Free some space.
	ErrFull = errors.New("no space left for the log")
)

// AppendBatch appends the body of a commit made of canonical lines.
func AppendBatch(dst []byte, lines [][]byte) []byte {
	dst = append(dst, "[\n"...)
	for i, line := range lines {
		if i > 0 {
			dst = append(dst, ",\n"...)
		}
		dst = append(dst, line...)
	}
	return append(dst, "\n]"...)
}

// BatchSize returns the size of the body of a commit with n lines of the given bytes together.
func BatchSize(n, bytes int) int { return bytes + 2*max(n-1, 0) + 4 }

// ErrBody says that a message of the log is not a commit's body. The reader quarantines it whole.
var ErrBody = errors.New("not a commit")

// Lines splits the body of a commit into its lines, with their indexes. It fails if the body is not laid out as
// [AppendBatch] does it or holds more than [MaxEvents].
func (c *Commit) Lines() (iter.Seq2[int, []byte], error) {
	b, ok1 := bytes.CutPrefix(c.Body, []byte("[\n"))
	b, ok2 := bytes.CutSuffix(b, []byte("\n]"))
	if !ok1 || !ok2 || len(b) == 0 {
		return nil, fmt.Errorf("%w: commit %d is not a batch with one event a line", ErrBody, c.Seq)
	}
	if n := bytes.Count(b, []byte{'\n'}) + 1; n > MaxEvents {
		return nil, fmt.Errorf("%w: commit %d has %d events, at most %d are allowed", ErrBody, c.Seq, n, MaxEvents)
	}
	return func(yield func(int, []byte) bool) {
		for i := 0; ; i++ {
			line, rest, more := bytes.Cut(b, []byte{'\n'})
			if more {
				line = bytes.TrimSuffix(line, []byte{','})
			}
			if !yield(i, line) || !more {
				return
			}
			b = rest
		}
	}, nil
}
