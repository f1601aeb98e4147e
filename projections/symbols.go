package projections

import "hash/maphash"

// symbols gives each distinct text a small number. Texts are kept one after the other in chunks and found through an open
// hash table of numbers, which takes about 35 bytes for a certificate number where a map of strings takes 60.
type symbols struct {
	seed  maphash.Seed
	table []uint32 // number+1 of a text, 0 for none; its length is a power of two
	texts []extent
	chunk []byte
	full  [][]byte
}

// extent is where a text stands.
type extent struct {
	chunk  uint32
	offset uint32
	length uint32
}

const chunkSize = 1 << 16

func newSymbols() *symbols {
	return &symbols{seed: maphash.MakeSeed(), table: make([]uint32, 1024)}
}

// number returns the number of a text, a new one if it was never seen.
func (s *symbols) number(text []byte) uint32 {
	if 4*(len(s.texts)+1) > 3*len(s.table) {
		s.grow()
	}
	i := s.place(text)
	if s.table[i] == 0 {
		s.texts = append(s.texts, s.keep(text))
		s.table[i] = uint32(len(s.texts))
	}
	return s.table[i] - 1
}

// text returns the text of a number.
func (s *symbols) text(n uint32) []byte {
	t := s.texts[n]
	chunk := s.chunk
	if int(t.chunk) < len(s.full) {
		chunk = s.full[t.chunk]
	}
	return chunk[t.offset : t.offset+t.length]
}

// place returns where in the table a text is or belongs.
func (s *symbols) place(text []byte) int {
	mask := uint64(len(s.table) - 1)
	i := maphash.Bytes(s.seed, text) & mask
	for s.table[i] != 0 && string(s.text(s.table[i]-1)) != string(text) {
		i = (i + 1) & mask
	}
	return int(i)
}

func (s *symbols) grow() {
	s.table = make([]uint32, 2*len(s.table))
	mask := uint64(len(s.table) - 1)
	for n := range s.texts {
		i := maphash.Bytes(s.seed, s.text(uint32(n))) & mask
		for s.table[i] != 0 {
			i = (i + 1) & mask
		}
		s.table[i] = uint32(n) + 1
	}
}

func (s *symbols) keep(text []byte) extent {
	if len(s.chunk)+len(text) > cap(s.chunk) {
		if s.chunk != nil {
			s.full = append(s.full, s.chunk)
		}
		s.chunk = make([]byte, 0, max(chunkSize, len(text)))
	}
	at := extent{uint32(len(s.full)), uint32(len(s.chunk)), uint32(len(text))}
	s.chunk = append(s.chunk, text...)
	return at
}

// reserve makes room for so many texts.
func (s *symbols) reserve(n int) {
	size := len(s.table)
	for 4*(n+1) > 3*size {
		size *= 2
	}
	s.table, s.texts = make([]uint32, size), make([]extent, 0, n)
}

// append gives the next number to a text, and reports false if the text has one.
func (s *symbols) append(text []byte) bool {
	n := len(s.texts)
	return int(s.number(text)) == n
}
