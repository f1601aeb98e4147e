package events

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
)

// IDs is the identity of every event in the log with the position at which it stands first. It depends on no plan, so
// that the writer and all folds share one: an event is a duplicate if and only if the set names another position.
// It may be used by many goroutines. What is recorded stays: no identity is ever removed or gets another position.
type IDs struct {
	mu    sync.RWMutex
	first KeyTable // of positions, which are never 0: sequences begin at 1
}

// NewIDs returns an empty set.
func NewIDs() *IDs {
	return new(IDs)
}

// Record notes that an event stands at a position, and returns the first position that is known of it: at, unless it was
// recorded before. Events are recorded in the order of the log, by the writer once they are stored and by whoever reads
// the log; doing both is harmless.
func (s *IDs) Record(k Key, at Position) (first Position) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, _ := s.first.Add(k, uint64(at))
	return Position(p)
}

// RecordAll records events of one commit, given their identities and indexes in it, and puts the first position of each
// into first.
func (s *IDs) RecordAll(keys []Key, seq uint64, index []int, first []Position) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, k := range keys {
		p, _ := s.first.Add(k, uint64(At(seq, index[i])))
		first[i] = Position(p)
	}
}

// Lookup returns the first position of an event.
func (s *IDs) Lookup(k Key) (Position, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	p, ok := s.first.Get(k)
	return Position(p), ok
}

// Len returns how many events are known.
func (s *IDs) Len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.first.Len()
}

// AppendTo appends a snapshot of the identities whose first position is in a commit up to through. Once the caller knows
// that all commits up to there are recorded it is exact, and always the same bytes, whatever is recorded meanwhile: such
// entries are never added or changed any more. So it need not keep others waiting, and holds the lock for a 256th of the
// set at a time, for reading.
func (s *IDs) AppendTo(dst []byte, through uint64) []byte {
	limit := uint64(math.MaxUint64)
	if through < limit>>indexBits {
		limit = uint64(At(through+1, 0)) - 1
	}
	dst = slices.Grow(dst, maxSnapshot(s.Len(), limit)) // not under the lock
	for i := range keyParts {
		dst = s.appendPart(dst, i, limit)
	}
	return dst
}

func (s *IDs) appendPart(dst []byte, first int, limit uint64) []byte {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.first.appendPart(dst, first, limit)
}

// ErrIDs says that bytes are not the identities of a log as [IDs.AppendTo] writes them. Read the log instead.
var ErrIDs = errors.New("not a set of identities")

// LoadIDs returns the set that AppendTo wrote. It accepts nothing else: no trailing bytes, and no position that cannot be
// in a log. It does not find changes that make another such set; whoever keeps the bytes keeps a checksum with them.
// Errors wrap [ErrIDs].
func LoadIDs(b []byte) (*IDs, error) {
	table, rest, err := LoadKeyTable(b)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrIDs, err)
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("%w: %d bytes follow it", ErrIDs, len(rest))
	}
	for k, v := range table.All() {
		if p := Position(v); p.Seq() == 0 || p.Index() >= MaxEvents {
			return nil, fmt.Errorf("%w: %x has the position %v, which no event has", ErrIDs, k, p)
		}
	}
	return &IDs{first: *table}, nil
}
