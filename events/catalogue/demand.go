package catalogue

// apply checks what a schema says of the members of an object together. because says when that holds, for a demand that
// depends on something.
func (c *checker) apply(i int32, rec *record, d *demand, because phrase) {
	for _, p := range d.required {
		c.required(i, rec, p, because)
	}
	for _, p := range d.props {
		if m := c.tree.slot(i, p.prop); m != none && !c.tree.nodes[m].bad {
			c.because = because
			c.narrow(m, p.rule)
			c.because = phrase{}
		}
	}
	for _, dep := range d.dependent {
		if c.tree.slot(i, dep.prop) == none {
			continue
		}
		for _, p := range dep.required {
			c.required(i, rec, p, dep.because)
		}
	}
	for _, all := range d.allOf {
		c.apply(i, rec, all, because)
	}
	c.alternatives(i, rec, d)
	if d.when != nil {
		if then := d.then; c.holds(i, rec, d.when) {
			if then != nil {
				c.apply(i, rec, then, d.because)
			}
		} else if d.otherwise != nil {
			c.apply(i, rec, d.otherwise, phrase{})
		}
	}
	if d.minSize != unset || d.maxSize != unset {
		c.length(i, int(c.tree.nodes[i].size), d.minSize, d.maxSize, "field", "个字段")
	}
}

// narrow checks a member against a rule beyond its own, which has no kind unless it says so.
func (c *checker) narrow(i int32, r *rule) {
	if r.kind != Any && !r.admits(c.tree.nodes[i].kind) {
		c.fault(i, CodeType, r.want)
		return
	}
	c.keywords(i, r)
}

func (r *rule) admits(k kind) bool {
	switch k {
	case kindNull:
		return r.nullable
	case kindFalse, kindTrue:
		return r.kind == Boolean
	case kindNumber:
		return r.kind == Integer
	case kindString:
		return r.kind == String
	case kindArray:
		return r.kind == Array
	}
	return r.kind == Object
}

// alternatives checks anyOf, oneOf and not.
func (c *checker) alternatives(i int32, rec *record, d *demand) {
	held := func(list []*demand) (n int) {
		for _, alternative := range list {
			if c.holds(i, rec, alternative) {
				n++
			}
		}
		return n
	}
	if d.anyOf != nil && held(d.anyOf) == 0 {
		c.choice(i, d.anySays)
	}
	if d.oneOf != nil && held(d.oneOf) != 1 {
		c.choice(i, d.oneSays)
	}
	if d.not != nil && c.holds(i, rec, d.not) {
		c.choice(i, d.notSays)
	}
}

// choice notes a combination of members that is not allowed; what came is their names.
func (c *checker) choice(i int32, says phrase) {
	if c.full() {
		return
	}
	got := []byte{}
	for m := c.tree.nodes[i].first; m != none; m = c.tree.nodes[m].next {
		if len(got) > 0 {
			got = append(got, ", "...)
		}
		got = append(got, c.tree.nodes[m].name...)
	}
	c.faultAt(c.tree.path(i), CodeChoice, says, Shorten(got), phrase{})
}

// holds reports whether an object meets a demand, without a fault if it does not.
func (c *checker) holds(i int32, rec *record, d *demand) bool {
	c.mute++
	before := c.wrong
	c.apply(i, rec, d, phrase{})
	c.mute--
	ok := c.wrong == before
	c.wrong = before
	return ok
}

func (c *checker) required(i int32, rec *record, p int, because phrase) {
	if c.tree.slot(i, p) != none || c.full() {
		return
	}
	r := rec.props[p].rule
	w := r.want
	switch {
	case r.enum != nil:
		w = r.listed
	case r.pattern != nil:
		w = r.missingWant()
	}
	c.faultAt(c.tree.path(i)+"."+rec.props[p].name, CodeMissing, w, "", because)
}
