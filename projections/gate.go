package projections

import "encoding/binary"

// gate decides which of a type's filters an event passes. Filters read few fields with few different values (kind, level),
// so that the answers are remembered: an expression is run once for each combination of values, not once an event.
type gate struct {
	wanted  []int // fields that the filters read, as indexes into the type's wanted fields
	filters []*Filter
	memo    map[string]uint64
	kept    int // bytes of the keys in memo
	key     []byte
	raw     [][]byte
}

// memoSize and memoBytes bound what a gate remembers. Past them, as with filters over amounts, it starts afresh.
const (
	memoSize  = 4096
	memoBytes = 1 << 20
)

// pass returns the filters that let an event with these values pass, as a set of bits.
func (g *gate) pass(values [][]byte) (uint64, error) {
	g.key = g.key[:0]
	for i, w := range g.wanted {
		g.raw[i] = values[w]
		g.key = binary.AppendVarint(g.key, int64(len(values[w]))-b2i(values[w] == nil))
		g.key = append(g.key, values[w]...)
	}
	if bits, ok := g.memo[string(g.key)]; ok {
		return bits, nil
	}
	var bits uint64
	for i, f := range g.filters {
		ok, err := f.Match(g.raw)
		if err != nil {
			return 0, err
		}
		if ok {
			bits |= 1 << i
		}
	}
	if g.kept += len(g.key); len(g.memo) >= memoSize || g.kept > memoBytes {
		clear(g.memo)
		g.kept = len(g.key)
	}
	g.memo[string(g.key)] = bits
	return bits, nil
}

func b2i(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
