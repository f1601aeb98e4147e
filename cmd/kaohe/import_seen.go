package main

import "hash/maphash"

// maxSeen bounds the rows that are remembered: beyond it a repeat is still recognised by the server, but the row that it
// repeats is not named.
const maxSeen = 400_000

// seen knows in which row an event came first.
type seen struct {
	seed  maphash.Seed
	rows  map[uint64]firstRow
	names []string // of sheets, by number
}

// firstRow is the row in which an event came first. What it says is kept as a hash.
type firstRow struct {
	sheet, number uint32
	content       uint32
}

func newSeen() *seen { return &seen{seed: maphash.MakeSeed(), rows: map[uint64]firstRow{}} }

// first returns the row in which an event came before, and whether that one said the same. Otherwise it remembers it.
func (s *seen) first(source, id string, event []byte, row rowRef) (before rowRef, same, ok bool) {
	if id == "" {
		return rowRef{}, false, false
	}
	key := s.key(source, id)
	content := uint32(maphash.Bytes(s.seed, event))
	if f, ok := s.rows[key]; ok {
		return s.ref(f), f.content == content, true
	}
	if len(s.rows) < maxSeen {
		s.rows[key] = firstRow{s.sheet(row.sheet), uint32(row.number), content}
	}
	return rowRef{}, false, false
}

// find returns the row in which an event came, if it is remembered.
func (s *seen) find(source, id string) (rowRef, bool) {
	f, ok := s.rows[s.key(source, id)]
	if !ok {
		return rowRef{}, false
	}
	return s.ref(f), true
}

func (s *seen) key(source, id string) uint64 { return maphash.String(s.seed, source+"\x00"+id) }

func (s *seen) ref(f firstRow) rowRef { return rowRef{s.names[f.sheet], int(f.number)} }

func (s *seen) sheet(name string) uint32 {
	for i := len(s.names) - 1; i >= 0; i-- {
		if s.names[i] == name {
			return uint32(i)
		}
	}
	s.names = append(s.names, name)
	return uint32(len(s.names) - 1)
}
