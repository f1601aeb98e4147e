package catalogue

import (
	"slices"
	"strconv"
)

// kind is a type of JSON value.
type kind uint8

const (
	kindNull kind = iota
	kindFalse
	kindTrue
	kindNumber
	kindString
	kindArray
	kindObject
)

// node is one value of the event at hand. Nodes refer to each other by their place in the tree, 0 being the root and none
// for no node, so that the tree is one slice that is used again and again.
type node struct {
	kind  kind
	bad   bool   // something is wrong with it: it has its fault, and is not looked at further
	plain bool   // a string that needs no escapes
	money bool   // an amount in its normal form
	name  []byte // of a member of an object, unescaped
	text  []byte // what a string says, in normal form; a number as it is written
	up    int32  // the array or object that it is in
	next  int32  // the next item or member
	first int32  // the first item or member of its own
	size  int32  // how many it has
	slots int32  // of a record: where its places begin in tree.slots
	from  int32  // where its source text begins
	to    int32  // and ends
}

const none int32 = -1

// tree is an event's data, parsed.
type tree struct {
	src   []byte
	nodes []node
	slots []int32 // for each record, the member at each of its schema's properties, or none
	bytes []byte  // texts that differ from their source
}

func (t *tree) reset(src []byte) {
	t.src, t.nodes, t.slots, t.bytes = src, t.nodes[:0], t.slots[:0], t.bytes[:0]
}

// add appends a node after the last child of up.
func (t *tree) add(up, last int32, from int) int32 {
	i := int32(len(t.nodes))
	t.nodes = append(t.nodes, node{up: up, next: none, first: none, slots: none, from: int32(from)})
	switch {
	case up == none:
		return i
	case last == none:
		t.nodes[up].first = i
	default:
		t.nodes[last].next = i
	}
	t.nodes[up].size++
	return i
}

// own returns a copy of b that lives as long as the tree.
func (t *tree) own(b []byte) []byte {
	at := len(t.bytes)
	t.bytes = append(t.bytes, b...)
	return t.bytes[at:len(t.bytes):len(t.bytes)]
}

// source returns the text of a node as it came.
func (t *tree) source(i int32) []byte {
	n := &t.nodes[i]
	return t.src[n.from:n.to]
}

// path names a node as in the event: data.entities[2].name.
func (t *tree) path(i int32) string {
	n := &t.nodes[i]
	if n.up == none {
		return "data"
	}
	up := &t.nodes[n.up]
	if up.kind == kindObject {
		return t.path(n.up) + "." + Shorten(n.name)
	}
	at := 0
	for c := up.first; c != i; c = t.nodes[c].next {
		at++
	}
	return t.path(n.up) + "[" + strconv.Itoa(at) + "]"
}

// slot returns the member of a record at a property of its schema, or none.
func (t *tree) slot(i int32, prop int) int32 {
	return t.slots[int(t.nodes[i].slots)+prop]
}

// members returns the members of an object in the order of RFC 8785, those of one name as they came.
func (t *tree) members(i int32) []int32 {
	list := make([]int32, 0, t.nodes[i].size)
	for m := t.nodes[i].first; m != none; m = t.nodes[m].next {
		list = append(list, m)
	}
	slices.SortStableFunc(list, func(a, b int32) int { return compareUTF16(t.nodes[a].name, t.nodes[b].name) })
	return list
}
