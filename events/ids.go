package events

import "sync"

// IDs is the identity of every event in the log with the position at which it stands first. It depends on no plan, so
// that the writer and all folds share one: an event is a duplicate if and only if the set names another position.
// It may be used by many goroutines.
type IDs struct {
	mu    sync.RWMutex
	first map[Key]Position
}

// NewIDs returns an empty set.
func NewIDs() *IDs {
	return &IDs{first: make(map[Key]Position)}
}

// Record notes that an event stands at a position, and returns the first position that is known of it: at, unless it was
// recorded before. Events are recorded in the order of the log, by the writer once they are stored and by whoever reads
// the log; doing both is harmless.
func (s *IDs) Record(k Key, at Position) (first Position) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, ok := s.first[k]; ok {
		return p
	}
	s.first[k] = at
	return at
}

// RecordAll records events of one commit, given their identities and indexes in it, and puts the first position of each
// into first.
func (s *IDs) RecordAll(keys []Key, seq uint64, index []int, first []Position) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, k := range keys {
		p, ok := s.first[k]
		if !ok {
			p = At(seq, index[i])
			s.first[k] = p
		}
		first[i] = p
	}
}

// Lookup returns the first position of an event.
func (s *IDs) Lookup(k Key) (Position, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	p, ok := s.first[k]
	return p, ok
}

// Len returns how many events are known.
func (s *IDs) Len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.first)
}
