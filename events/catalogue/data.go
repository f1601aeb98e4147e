package catalogue

import (
	"bytes"
)

// Data is the data of an event that was found good, in normal form. It never changes.
type Data struct {
	json   []byte
	filled []byte // the same slice if nothing is filled in
	money  []span // where the amounts of money stand in json, in order
}

// Normalise checks data, a JSON object, against every keyword of the type's schema and brings it into normal form. It
// returns all that is wrong, up to 50 faults, or the data; it keeps nothing of what it was given.
//
// The normal form: strings in NFC without white space at either end, whole numbers without a fraction or an exponent,
// money as a string with two places, decimals as the shortest string, members sorted, no blanks (RFC 8785).
func (t *Type) Normalise(data []byte) (*Data, []Fault) {
	c := checkers.Get().(*checker)
	defer c.release()
	if !c.run(t.data, data) {
		return nil, c.faults
	}
	return c.data(t.data), nil
}

// run parses data and checks it against a rule.
func (c *checker) run(r *rule, data []byte) bool {
	c.tree.reset(data)
	c.out, c.money, c.faults, c.wrong = c.out[:0], c.money[:0], nil, 0
	if c.scan() {
		c.visit(0, r)
	}
	return c.wrong == 0
}

// data writes what was checked, without and with defaults, into one buffer.
func (c *checker) data(r *rule) *Data {
	c.write(0, r, false)
	n, m := len(c.out), len(c.money)
	d := new(Data)
	if m > 0 {
		d.money = append(d.money, c.money[:m]...)
	}
	c.write(0, r, true)
	if bytes.Equal(c.out[:n], c.out[n:]) {
		c.out = c.out[:n]
	}
	buf := bytes.Clone(c.out)
	d.json, d.filled = buf[:n:n], buf[n:]
	if len(d.filled) == 0 {
		d.filled = d.json
	}
	return d
}

// JSON returns the canonical object as it came, without defaults. The caller must not change it.
func (d *Data) JSON() []byte { return d.json }

// WithDefaults returns the canonical object with defaults filled in: the schema's, and for an event that names entities
// the count of those it names, at least one (SEMANTICS 1.3). The caller must not change it.
func (d *Data) WithDefaults() []byte { return d.filled }

// Hashable returns the object of [Data.JSON] with money as a whole number of fen, which identity hashes are taken of. The
// caller must not change it.
func (d *Data) Hashable() []byte {
	if len(d.money) == 0 {
		return d.json
	}
	out := make([]byte, 0, len(d.json))
	at := 0
	for _, s := range d.money {
		out = append(out, d.json[at:s.from]...)
		out = appendFen(out, d.json[s.from+1:s.to-1])
		at = s.to
	}
	return append(out, d.json[at:]...)
}

// appendFen writes 130000.00 as 13000000.
func appendFen(dst, yuan []byte) []byte {
	n, places := bytes.TrimLeft(yuan[:len(yuan)-3], "0"), yuan[len(yuan)-2:]
	if len(n) == 0 {
		if places = bytes.TrimLeft(places, "0"); len(places) == 0 {
			places = []byte{'0'}
		}
	}
	return append(append(dst, n...), places...)
}

// Get returns a member of the object with its defaults as text: a string's characters, a number, true or false. It
// returns false if the member is absent, null, a list or an object.
func (d *Data) Get(name string) (string, bool) {
	c := checkers.Get().(*checker)
	defer c.release()
	c.tree.reset(d.filled)
	c.scan()
	for m := c.tree.nodes[0].first; m != none; m = c.tree.nodes[m].next {
		if n := &c.tree.nodes[m]; string(n.name) == name {
			switch n.kind {
			case kindString, kindNumber, kindFalse, kindTrue:
				return c.textOf(n), true
			}
		}
	}
	return "", false
}

func (c *checker) textOf(n *node) string {
	if n.kind == kindString || n.kind == kindNumber {
		return string(n.text)
	}
	return string(c.tree.src[n.from:n.to])
}
