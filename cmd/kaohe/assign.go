package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// assignment is one key=value of the command line: where in the data it goes and what it says.
type assignment struct {
	path  []string // entities, 0, name
	value string
}

// key writes the path as it was given.
func (a assignment) key() string { return strings.Join(a.path, ".") }

// Errors of parseAssignment and put. They are wrong usage.
var (
	errNoAssignment = errors.New("not key=value")
	errKey          = errors.New("empty part in the key")
	errConflict     = errors.New("key is given twice or is both a value and a group")
	errIndex        = errors.New("list indexes must be 0, 1, 2, ... without a gap")
)

// parseAssignment splits key=value at the first equals sign. The key may be given with or without the leading "data.".
func parseAssignment(s string) (assignment, error) {
	key, value, ok := strings.Cut(s, "=")
	if !ok {
		return assignment{}, fmt.Errorf("%q: %w", s, errNoAssignment)
	}
	path := strings.Split(strings.TrimPrefix(strings.TrimSpace(key), "data."), ".")
	for _, part := range path {
		if part == "" {
			return assignment{}, fmt.Errorf("%q: %w", s, errKey)
		}
	}
	return assignment{path, value}, nil
}

// node is a tree of values under construction: a value, or a group of named or numbered ones.
type node struct {
	value any
	leaf  bool
	names []string // in the order given
	below map[string]*node
}

// put sets the value at a path.
func (n *node) put(path []string, value any) error {
	if n.leaf || len(path) == 0 && len(n.names) > 0 {
		return errConflict
	}
	if len(path) == 0 {
		n.value, n.leaf = value, true
		return nil
	}
	next, ok := n.below[path[0]]
	if !ok {
		if n.below == nil {
			n.below = map[string]*node{}
		}
		next = &node{}
		n.below[path[0]] = next
		n.names = append(n.names, path[0])
	}
	return next.put(path[1:], value)
}

// build returns what json.Marshal takes. A group whose first name is a number is a list.
func (n *node) build() (any, error) {
	if n.leaf {
		return n.value, nil
	}
	if len(n.names) > 0 && isIndex(n.names[0]) {
		return n.list()
	}
	object := make(map[string]any, len(n.names))
	for _, name := range n.names {
		value, err := n.below[name].build()
		if err != nil {
			return nil, err
		}
		object[name] = value
	}
	return object, nil
}

func (n *node) list() (any, error) {
	list := make([]any, len(n.names))
	for i := range list {
		item, ok := n.below[strconv.Itoa(i)]
		if !ok {
			return nil, errIndex
		}
		value, err := item.build()
		if err != nil {
			return nil, err
		}
		list[i] = value
	}
	return list, nil
}

func isIndex(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= 0 && strconv.Itoa(n) == s
}
