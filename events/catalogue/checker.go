package catalogue

import "sync"

// maxFaults is how many faults of one event are listed.
const maxFaults = 50

// maxHints is among how many of them wrong names come with the name that was probably meant.
const maxHints = 10

// checker checks one event. It is used again and again, so that an event costs no more memory than its result.
type checker struct {
	tree    tree
	faults  []Fault
	wrong   int    // faults found, those not noted included
	mute    int    // more than 0 while a demand is only tried
	because phrase // when the rule at hand holds, for one that depends on something
	out     []byte
	money   []span
	digits  [64]byte
}

var checkers = sync.Pool{New: func() any { return new(checker) }}

// keep is the largest buffer that a checker keeps for its next event.
const keep = 64 << 10

func (c *checker) release() {
	if cap(c.tree.bytes) <= keep && cap(c.tree.nodes) <= keep/64 && cap(c.out) <= keep {
		c.tree.src, c.faults, c.wrong = nil, nil, 0
		checkers.Put(c)
	}
}

func (c *checker) faultAt(field, code string, w phrase, got string, hint phrase) {
	c.wrong++
	if c.mute == 0 && len(c.faults) < maxFaults {
		c.faults = append(c.faults, Fault{Field: field, Code: code, Want: w, Got: got, Hint: hint})
	}
}

// full reports whether another fault would not be noted, so that nobody needs to find words for it.
func (c *checker) full() bool {
	if c.mute > 0 || len(c.faults) >= maxFaults {
		c.wrong++
		return true
	}
	return false
}

// fault notes what is wrong with a node.
func (c *checker) fault(i int32, code string, w phrase) { c.faultHint(i, code, w, phrase{}) }

func (c *checker) faultHint(i int32, code string, w, hint phrase) {
	if !c.full() {
		if hint == (phrase{}) {
			hint = c.because
		}
		c.faultAt(c.tree.path(i), code, w, Shorten(c.tree.source(i)), hint)
	}
}

// refuse is fault for a value that cannot be looked at further.
func (c *checker) refuse(i int32, code string, w, hint phrase) {
	c.tree.nodes[i].bad = true
	c.faultHint(i, code, w, hint)
}
