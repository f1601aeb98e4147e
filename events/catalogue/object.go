package catalogue

import "bytes"

// object checks the members of an object one by one, then together.
func (c *checker) object(i int32, r *rule) {
	rec := r.record
	n := &c.tree.nodes[i]
	n.slots = int32(len(c.tree.slots))
	for range rec.props {
		c.tree.slots = append(c.tree.slots, none)
	}
	for m := n.first; m != none; m = c.tree.nodes[m].next {
		child := &c.tree.nodes[m]
		p, known := rec.index[string(child.name)]
		switch {
		case known && c.tree.slot(i, p) != none:
			c.refuse(m, CodeDuplicate, wantOnce, phrase{})
		case known:
			c.tree.slots[int(n.slots)+p] = m
			c.visit(m, rec.props[p].rule)
		case rec.rest == nil:
			c.unknown(m, rec)
		default:
			c.visit(m, rec.rest)
		}
	}
	if rec.rest != nil {
		c.namesOnce(i)
	}
	if rec.demand != nil {
		c.apply(i, rec, rec.demand, phrase{})
	}
	if rec.count >= 0 {
		c.counted(i, rec)
	}
}

// namesOnce finds members of one name in a free object.
func (c *checker) namesOnce(i int32) {
	if c.tree.nodes[i].size < 2 {
		return
	}
	members := c.tree.members(i)
	for k := 1; k < len(members); k++ {
		if bytes.Equal(c.tree.nodes[members[k]].name, c.tree.nodes[members[k-1]].name) {
			c.refuse(members[k], CodeDuplicate, wantOnce, phrase{})
		}
	}
}

// counted checks that an event counts at least the entities that it names (SEMANTICS 1.3).
func (c *checker) counted(i int32, rec *record) {
	count, named := c.tree.slot(i, rec.count), c.tree.slot(i, rec.entities)
	if count == none || named == none || c.tree.nodes[count].bad || c.tree.nodes[count].kind != kindNumber {
		return
	}
	v, _, _ := parseDecimal(c.tree.nodes[count].text, c.digits[:0]).integer()
	if size := c.tree.nodes[named].size; v < int64(size) && !c.full() {
		c.faultAt(c.tree.path(count), CodeCount, countWant(size), Shorten(c.tree.source(count)), phrase{})
	}
}
