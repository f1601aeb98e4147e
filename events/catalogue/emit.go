package catalogue

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// span is a part of a text.
type span struct{ from, to int }

// write appends a value in canonical form (RFC 8785). A record's members stand where its schema has them, filled up with
// defaults if asked for; the members of a free object are sorted.
func (c *checker) write(i int32, r *rule, fill bool) {
	n := &c.tree.nodes[i]
	switch n.kind {
	case kindNull:
		c.out = append(c.out, "null"...)
	case kindFalse:
		c.out = append(c.out, "false"...)
	case kindTrue:
		c.out = append(c.out, "true"...)
	case kindNumber:
		c.out = append(c.out, n.text...)
	case kindString:
		c.writeString(n)
	case kindArray:
		c.out = append(c.out, '[')
		var items *rule
		if r != nil {
			items = r.items
		}
		for m := n.first; m != none; m = c.tree.nodes[m].next {
			c.write(m, items, fill)
			if c.tree.nodes[m].next != none {
				c.out = append(c.out, ',')
			}
		}
		c.out = append(c.out, ']')
	case kindObject:
		if r != nil && r.record != nil && r.record.rest == nil {
			c.writeRecord(i, r.record, fill)
		} else {
			c.writeObject(i, r, fill)
		}
	}
}

func (c *checker) writeString(n *node) {
	if n.money {
		c.money = append(c.money, span{len(c.out), len(c.out) + len(n.text) + 2})
	}
	if n.plain {
		c.out = append(c.out, '"')
		c.out = append(c.out, n.text...)
		c.out = append(c.out, '"')
		return
	}
	c.out = appendString(c.out, n.text)
}

func (c *checker) writeRecord(i int32, rec *record, fill bool) {
	c.out = append(c.out, '{')
	from := len(c.out)
	for p := range rec.props {
		m := c.tree.slot(i, p)
		if m == none && !(fill && (rec.props[p].fill != nil || p == rec.count)) {
			continue
		}
		if len(c.out) > from {
			c.out = append(c.out, ',')
		}
		c.out = append(c.out, rec.props[p].label...)
		switch {
		case m != none:
			c.write(m, rec.props[p].rule, fill)
		case p == rec.count:
			c.out = strconv.AppendInt(c.out, int64(c.defaultCount(i, rec)), 10)
		default:
			c.out = append(c.out, rec.props[p].fill...)
		}
	}
	c.out = append(c.out, '}')
}

// defaultCount is how many an event counts that does not say so: as many as it names, at least one (SEMANTICS 1.3).
func (c *checker) defaultCount(i int32, rec *record) int32 {
	if named := c.tree.slot(i, rec.entities); named != none {
		return max(c.tree.nodes[named].size, 1)
	}
	return 1
}

func (c *checker) writeObject(i int32, r *rule, fill bool) {
	c.out = append(c.out, '{')
	for k, m := range c.tree.members(i) {
		if k > 0 {
			c.out = append(c.out, ',')
		}
		c.out = append(appendString(c.out, c.tree.nodes[m].name), ':')
		c.write(m, r.member(c.tree.nodes[m].name), fill)
	}
	c.out = append(c.out, '}')
}

// member returns the rule of a member, or nil.
func (r *rule) member(name []byte) *rule {
	if r == nil || r.record == nil {
		return nil
	}
	if p, ok := r.record.index[string(name)]; ok {
		return r.record.props[p].rule
	}
	return r.record.rest
}

// appendString writes a JSON string as RFC 8785 does: only what must be escaped is.
func appendString(dst, s []byte) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for _, b := range s {
		if b >= 0x20 && b != '"' && b != '\\' {
			dst = append(dst, b)
			continue
		}
		if at := bytes.IndexByte([]byte("\"\\\b\f\n\r\t"), b); at >= 0 {
			dst = append(dst, '\\', `"\bfnrt`[at])
			continue
		}
		dst = append(dst, '\\', 'u', '0', '0', hex[b>>4], hex[b&15])
	}
	return append(dst, '"')
}

// compareUTF16 orders names by their UTF-16 code units, as RFC 8785 sorts members. It differs from the order of the bytes
// only in that characters beyond U+FFFF come before U+E000 to U+FFFF.
func compareUTF16(a, b []byte) int {
	for len(a) > 0 && len(b) > 0 {
		x, n := utf8.DecodeRune(a)
		y, m := utf8.DecodeRune(b)
		if x != y {
			if (x > 0xffff) != (y > 0xffff) && min(x, y) >= 0xe000 {
				return int(y - x)
			}
			return int(x - y)
		}
		a, b = a[n:], b[m:]
	}
	return len(a) - len(b)
}
