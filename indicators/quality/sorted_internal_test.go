package quality

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestSortedIsASortedSet holds the set against a plain sorted slice, with so many elements that blocks are cut and vanish.
func TestSortedIsASortedSet(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s, want := sorted[int]{compare: cmp.Compare[int]}, []int{}
		for range rapid.IntRange(0, 6).Draw(rt, "rounds") {
			from, n, step := rapid.IntRange(0, 3000).Draw(rt, "from"), rapid.IntRange(0, 2000).Draw(rt, "n"), rapid.SampledFrom([]int{1, 2, -1, 7}).Draw(rt, "step")
			takes := rapid.Bool().Draw(rt, "takes")
			for i := range n {
				v := from + i*step
				at, there := slices.BinarySearch(want, v)
				if takes {
					if s.take(v) != there {
						rt.Fatalf("take(%d) = %v, want %v", v, !there, there)
					}
					if there {
						want = slices.Delete(want, at, at+1)
					}
					continue
				}
				if s.put(v) == there {
					rt.Fatalf("put(%d) = %v, want %v", v, there, !there)
				}
				if !there {
					want = slices.Insert(want, at, v)
				}
			}
		}
		compareSets(rt, &s, want)
	})
}

func compareSets(rt *rapid.T, s *sorted[int], want []int) {
	if s.size != len(want) {
		rt.Fatalf("size %d, want %d", s.size, len(want))
	}
	for _, b := range s.blocks {
		if len(b) == 0 || len(b) > blockSize {
			rt.Fatalf("a block of %d", len(b))
		}
	}
	first := rapid.IntRange(-10, 5000).Draw(rt, "first")
	at, _ := slices.BinarySearch(want, first)
	got := []int{}
	s.from(first, func(v int) bool { got = append(got, v); return len(got) < 100 })
	if rest := want[at:]; !slices.Equal(got, rest[:min(100, len(rest))]) {
		rt.Fatalf("from(%d) = %v, want %v", first, got, rest[:min(100, len(rest))])
	}
	if len(want) > 1 {
		i := rapid.IntRange(0, len(want)-1).Draw(rt, "i")
		rank := rapid.IntRange(0, len(want)-2).Draw(rt, "rank")
		without := slices.Delete(slices.Clone(want), i, i+1)
		if s.at(i) != want[i] || s.without(i, rank) != without[rank] {
			rt.Fatalf("at(%d) = %d, without(%d, %d) = %d, want %d, %d", i, s.at(i), i, rank, s.without(i, rank), want[i], without[rank])
		}
	}
}
