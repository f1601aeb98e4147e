package events

import "iter"

// KeyTable maps keys to numbers other than 0, in 29 to 35 bytes an entry once there are many. The zero value is empty and
// ready to use; from the first entry on it takes 10 KB. Many goroutines may read it at once, but while one changes it
// nobody else may use it.
//
// A key is a piece of a SHA-256 and so its own hash. Its first byte names one of 256 parts, each of which grows by itself:
// however large the table is, only a 256th of it is copied at a time. The next eight bytes, as a fraction of 1, say where
// in the part the key has its home: keys in ascending order have homes in ascending order. Linear probing, which puts a
// key into the slots behind its home if that is taken, is made to keep the order, too. Then
//
//   - a search ends at the first greater key: for an unknown one after 4 slots at full load instead of 23;
//   - a part is copied, and read from a snapshot, by writing each slot once from front to back;
//   - equal tables have equal snapshots, and a key that is in one twice is out of order.
//
// Keys that find no room before the end of a part go on into a short tail, which is lengthened if need be. So keys that
// somebody chose for their one home make a table slow but not large.
type KeyTable struct {
	parts *[keyParts]part // nil until the first entry
	n     int
}

const keyParts = 256 // one for each first byte

// Get returns the value of a key, and whether it has one.
func (t *KeyTable) Get(k Key) (uint64, bool) {
	if t.parts == nil {
		return 0, false
	}
	p, e := &t.parts[k[0]], slotOf(k, 0)
	i, found := p.find(&e)
	if !found {
		return 0, false
	}
	return p.slots[i].value, true
}

// Set gives a key a value other than 0, in place of any that it has.
func (t *KeyTable) Set(k Key, v uint64) {
	if s, added := t.add(k, v); !added {
		s.value = v
	}
}

// Add gives a key a value other than 0 unless it has one, which stays. It returns the value that the key has now, and
// whether that is the new one.
func (t *KeyTable) Add(k Key, v uint64) (first uint64, added bool) {
	s, added := t.add(k, v)
	return s.value, added
}

// add returns the slot of a key, which holds the value if the key is new.
func (t *KeyTable) add(k Key, v uint64) (s *slot, added bool) {
	if v == 0 {
		panic("events: a KeyTable holds no value 0") // it would be lost without a word
	}
	t.start()
	p, e := &t.parts[k[0]], slotOf(k, v)
	i, found := p.find(&e)
	if !found {
		i = p.insert(i, e)
		t.n++
	}
	return &p.slots[i], !found
}

// Delete removes a key and reports whether it was there. The memory is kept for others.
func (t *KeyTable) Delete(k Key) bool {
	if t.parts == nil {
		return false
	}
	p, e := &t.parts[k[0]], slotOf(k, 0)
	i, found := p.find(&e)
	if found {
		p.remove(i)
		t.n--
	}
	return found
}

// Len returns how many keys have a value.
func (t *KeyTable) Len() int { return t.n }

// All returns the entries in the order of their keys. The table must not change meanwhile.
func (t *KeyTable) All() iter.Seq2[Key, uint64] {
	return func(yield func(Key, uint64) bool) {
		if t.parts == nil {
			return
		}
		for i := range t.parts {
			for j := range t.parts[i].slots {
				if s := &t.parts[i].slots[j]; s.value != 0 && !yield(s.key(), s.value) {
					return
				}
			}
		}
	}
}

func (t *KeyTable) start() {
	if t.parts == nil {
		t.parts = new([keyParts]part)
	}
}
