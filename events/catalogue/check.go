package catalogue

import (
	"bytes"
	"unicode/utf8"

	"github.com/kaohe/kaohe/events"
)

// visit brings a value into its normal form and checks it.
func (c *checker) visit(i int32, r *rule) {
	n := &c.tree.nodes[i]
	if n.bad {
		return
	}
	if n.kind == kindNull && r.nullable {
		c.literals(i, r)
		return
	}
	ok := true
	switch r.kind {
	case Any:
		c.free(i)
	case String:
		ok = n.kind == kindString
	case Integer:
		ok = n.kind == kindNumber && c.integer(i)
	case Money, Decimal:
		ok = (n.kind == kindString || n.kind == kindNumber) && c.amount(i, r)
	case Date:
		ok = n.kind == kindString
		if ok {
			c.date(i)
		}
	case Boolean:
		ok = n.kind == kindTrue || n.kind == kindFalse
	case Array:
		ok = n.kind == kindArray
		for m := n.first; ok && m != none; m = c.tree.nodes[m].next {
			c.visit(m, r.items)
		}
	case Object:
		if ok = n.kind == kindObject; ok {
			c.object(i, r)
		}
	}
	if !ok {
		c.refuse(i, CodeType, r.want, unquote(n, r.kind))
	}
	if !n.bad {
		c.keywords(i, r)
	}
}

// unquote is the hint for a number or a truth value that came as text.
func unquote(n *node, k FieldKind) phrase {
	s := string(n.text)
	if n.kind == kindString && (k == Boolean && (s == "true" || s == "false") || k == Integer && len(s) > 0 && len(s) < 16 && allDigits(n.text)) {
		return want("write "+s+" without quotes", "去掉引号,写 "+s)
	}
	return phrase{}
}

// keywords checks what the schema says of a value whose kind is right.
func (c *checker) keywords(i int32, r *rule) {
	n := &c.tree.nodes[i]
	c.literals(i, r)
	switch n.kind {
	case kindString:
		if r.minLength != unset || r.maxLength != unset {
			c.length(i, utf8.RuneCount(n.text), r.minLength, r.maxLength, "character", "个字符")
		}
		if r.pattern != nil && !r.pattern.Match(n.text) {
			c.fault(i, CodeFormat, r.patternWant())
		}
	case kindNumber:
		if r.min != nil || r.max != nil {
			c.bounds(i, r)
		}
	case kindArray:
		if r.minItems != unset || r.maxItems != unset {
			c.length(i, int(n.size), r.minItems, r.maxItems, "item", "项")
		}
		if r.unique {
			c.unique(i, r.items)
		}
	}
}

func (c *checker) date(i int32) {
	n := &c.tree.nodes[i]
	if _, err := events.ParseDay(string(n.text)); err != nil {
		c.refuse(i, CodeFormat, wantDate, dateHint(n.text))
	}
}

// literals checks enum and const.
func (c *checker) literals(i int32, r *rule) {
	if r.enum == nil {
		return
	}
	n := &c.tree.nodes[i]
	for k := range r.enum {
		if r.enum[k].is(n) {
			return
		}
	}
	if !c.full() {
		c.faultAt(c.tree.path(i), CodeEnum, r.listed, Shorten(c.tree.source(i)), c.enumHint(n, r))
	}
}

func (c *checker) bounds(i int32, r *rule) {
	v, _, _ := parseDecimal(c.tree.nodes[i].text, c.digits[:0]).integer()
	if r.min != nil && v < *r.min || r.max != nil && v > *r.max {
		c.fault(i, CodeRange, r.boundsWant())
	}
}

func (c *checker) length(i int32, n, low, high int, unit, unitZH string) {
	if (low == unset || n >= low) && (high == unset || n <= high) || c.full() {
		return
	}
	c.faultAt(c.tree.path(i), CodeLength, lengthWant(low, high, unit, unitZH), Shorten(c.tree.source(i)), lengthHint(n, unit, unitZH))
}

// few is how many items are compared one with another rather than by a map.
const few = 8

// unique checks that no two items are equal, which is that their canonical forms are.
func (c *checker) unique(i int32, items *rule) {
	if c.wrong > 0 {
		items = nil // an item may not be the record that its schema wants
	}
	var seen map[string]bool
	size := c.tree.nodes[i].size
	if size > few {
		seen = make(map[string]bool, size)
	}
	var ends [few]int
	from, money := len(c.out), len(c.money)
	for m, k := c.tree.nodes[i].first, 0; m != none && size > 1; m, k = c.tree.nodes[m].next, k+1 {
		at := len(c.out)
		c.write(m, items, false)
		if c.seen(c.out[at:], seen, from, ends[:min(k, few)]) {
			c.fault(m, CodeNotUnique, wantUnique)
			break
		}
		if seen == nil {
			ends[k] = len(c.out)
		} else {
			seen[string(c.out[at:])] = true
			c.out = c.out[:at]
		}
	}
	c.out, c.money = c.out[:from], c.money[:money]
}

// seen reports whether an item is in the map or, without one, among those that end in c.out at the ends.
func (c *checker) seen(item []byte, seen map[string]bool, from int, ends []int) bool {
	if seen != nil {
		return seen[string(item)]
	}
	for _, end := range ends {
		if bytes.Equal(c.out[from:end], item) {
			return true
		}
		from = end
	}
	return false
}

// free checks a value that no schema describes: names are unique, numbers survive.
func (c *checker) free(i int32) {
	n := &c.tree.nodes[i]
	switch n.kind {
	case kindNumber:
		c.number(i)
	case kindArray:
		for m := n.first; m != none; m = c.tree.nodes[m].next {
			if !c.tree.nodes[m].bad {
				c.free(m)
			}
		}
	case kindObject:
		c.object(i, anything)
	}
}
