package quality

import (
	"slices"
	"sort"
)

// sorted is an ordered set that stays cheap when it grows to millions: it is cut into blocks, so that putting something in moves
// a block and not the whole. No two of its elements are equal.
type sorted[T any] struct {
	compare func(a, b T) int
	blocks  [][]T // none is empty
	size    int
}

// blockSize is how large a block may become.
const blockSize = 512

// find returns where v is, or would be: the block and the index in it.
func (s *sorted[T]) find(v T) (block, i int, found bool) {
	block = sort.Search(len(s.blocks), func(n int) bool {
		b := s.blocks[n]
		return s.compare(b[len(b)-1], v) >= 0
	})
	if block == len(s.blocks) {
		return block, 0, false
	}
	i, found = slices.BinarySearchFunc(s.blocks[block], v, s.compare)
	return block, i, found
}

// put adds v, and reports whether it was not there yet.
func (s *sorted[T]) put(v T) bool {
	block, i, found := s.find(v)
	if found {
		return false
	}
	s.size++
	if block == len(s.blocks) {
		if block == 0 {
			s.blocks = append(s.blocks, []T{v})
			return true
		}
		block--
		i = len(s.blocks[block])
	}
	b := slices.Insert(s.blocks[block], i, v)
	s.blocks[block] = b
	if len(b) > blockSize {
		half := len(b) / 2
		s.blocks = slices.Insert(s.blocks, block+1, slices.Clone(b[half:]))
		s.blocks[block] = slices.Clone(b[:half])
	}
	return true
}

// take removes v, and reports whether it was there.
func (s *sorted[T]) take(v T) bool {
	block, i, found := s.find(v)
	if !found {
		return false
	}
	s.size--
	if s.blocks[block] = slices.Delete(s.blocks[block], i, i+1); len(s.blocks[block]) == 0 {
		s.blocks = slices.Delete(s.blocks, block, block+1)
	}
	return true
}

// at returns the element with a rank, from 0.
func (s *sorted[T]) at(rank int) T {
	for _, b := range s.blocks {
		if rank < len(b) {
			return b[rank]
		}
		rank -= len(b)
	}
	panic("quality: rank beyond the end")
}

// from calls fn with the elements from v on, v itself included, until fn returns false.
func (s *sorted[T]) from(v T, fn func(T) bool) {
	block, i, _ := s.find(v)
	for ; block < len(s.blocks); block, i = block+1, 0 {
		for _, e := range s.blocks[block][i:] {
			if !fn(e) {
				return
			}
		}
	}
}

// without returns the element with a rank in what is left without the one at i.
func (s *sorted[T]) without(i, rank int) T {
	if rank >= i {
		rank++
	}
	return s.at(rank)
}
