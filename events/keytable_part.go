package events

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// part holds the entries of a [KeyTable] whose keys have one first byte. Each stands at its home or behind it with no
// empty slot between, all in ascending order of their keys.
type part struct {
	slots []slot // homes, then the tail
	homes uint64
	n     int // entries
}

// slot is an entry, its key as two numbers that compare like its bytes; with the value 0 it is empty.
type slot struct {
	hi, lo, value uint64
}

const (
	maxLoad20 = 17 // a part grows before more entries than this many twentieths of its homes go in
	maxTail   = 16 // slots: at full load entries stand 3 slots from home on average, and 1 part in 200 needs a longer tail
)

func slotOf(k Key, v uint64) slot {
	return slot{binary.BigEndian.Uint64(k[:8]), binary.BigEndian.Uint64(k[8:]), v}
}

func (s *slot) key() (k Key) {
	binary.BigEndian.PutUint64(k[:8], s.hi)
	binary.BigEndian.PutUint64(k[8:], s.lo)
	return k
}

// before reports whether the key of s comes before that of e.
func (s *slot) before(e *slot) bool {
	return s.hi < e.hi || s.hi == e.hi && s.lo < e.lo
}

// home returns the slot at which the search for a key begins.
func (p *part) home(e *slot) int {
	h, _ := bits.Mul64(e.hi<<8|e.lo>>56, p.homes)
	return int(h)
}

// find returns the slot of a key, or the one to insert it at, which may be the one after the last.
func (p *part) find(e *slot) (i int, found bool) {
	for i = p.home(e); i < len(p.slots); i++ {
		if s := &p.slots[i]; s.value == 0 || !s.before(e) {
			return i, s.value != 0 && s.hi == e.hi && s.lo == e.lo
		}
	}
	return i, false
}

// insert puts a new entry at the slot that find returned, or at another if the part has to grow, and returns which. What
// stands there moves up, and what follows, as far as the next empty slot.
func (p *part) insert(i int, e slot) int {
	if uint64(p.n+1)*20 > p.homes*maxLoad20 {
		p.resize(p.homes + p.homes/4 + 4)
		i, _ = p.find(&e)
	}
	empty := i
	for empty < len(p.slots) && p.slots[empty].value != 0 {
		empty++
	}
	if empty == len(p.slots) {
		p.lengthen()
	}
	copy(p.slots[i+1:empty+1], p.slots[i:empty])
	p.slots[i] = e
	p.n++
	return i
}

// remove takes out the entry of a slot; what follows moves down as far as the next that is empty or holds an entry at home.
func (p *part) remove(i int) {
	end := i + 1
	for end < len(p.slots) && p.slots[end].value != 0 && p.home(&p.slots[end]) < end {
		end++
	}
	copy(p.slots[i:end-1], p.slots[i+1:end])
	p.slots[end-1] = slot{}
	p.n--
}

// put puts an entry behind all others, at its home or at from if that comes later, and returns where. It does not count.
func (p *part) put(e *slot, from int) int {
	i := max(p.home(e), from)
	if i == len(p.slots) {
		p.lengthen()
	}
	p.slots[i] = *e
	return i
}

// homesFor returns the homes of a part that begins with n entries: enough for a few more.
func homesFor(n int) uint64 { return uint64(n + n/4 + 4) }

// resize moves the entries to new slots, with as many homes or a few more: what the allocator rounds up to is used.
func (p *part) resize(homes uint64) {
	old, next := p.slots, 0
	tail := min(homes/16+1, maxTail)
	p.slots = slices.Grow([]slot(nil), int(homes+tail))
	p.slots = p.slots[:cap(p.slots)]
	p.homes = uint64(len(p.slots)) - tail
	for i := range old {
		if old[i].value != 0 {
			next = p.put(&old[i], next) + 1
		}
	}
}

// lengthen doubles the tail. The homes stay, and so do all entries.
func (p *part) lengthen() {
	longer := make([]slot, 2*len(p.slots)-int(p.homes))
	copy(longer, p.slots)
	p.slots = longer
}
