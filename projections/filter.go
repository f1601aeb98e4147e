package projections

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// Filter decides which events of a type feed a measure. It is written in the grammar of expr (https://expr-lang.org) over
// data, the event's payload, as its schema describes it:
//
//	data.kind in ["invention", "design"] && data.amount_yuan >= 100000.10
//
// Of expr it has the operators, ?: and ??, len, lower, upper, trim, and any, all, none, one and count with a predicate. There
// is nothing in it that could give two answers for one event: no clock, no variables, no calls to the outside. On three points
// it says more than expr does, so that a figure neither drifts nor stops the fold:
//
//   - Numbers are exact. Money is a number of yuan; 0.1 + 0.2 == 0.3.
//   - A field that is absent is nil, and so is every part of it. Arithmetic with nil and division by zero give nil; comparing
//     the size of nil, or looking for something in it, is false; as a condition nil is false; len(nil) is 0.
//   - Types are checked when the plan is loaded: dates against dates, enums against their values, nil only against what may
//     be absent. Nothing is left that could fail on an event of the schema.
//
// A Filter never changes and may be used by many goroutines.
type Filter struct {
	src    string
	fields []*field
	match  eval
}

// field is a top-level field of data that a filter reads.
type field struct {
	*catalogue.Field
	slot int // its place in Fields
}

// FilterMistake is something wrong in a filter, at a place in its text.
type FilterMistake struct {
	Offset int // in characters, from 0
	Text   events.Text
	Hint   events.Text // what to do; may be empty
}

// maxFilter is the longest filter in characters: enough for any sentence that a person can still read, and little enough
// for the parser to recurse over.
const maxFilter = 4000

// CompileFilter checks a filter over the data of a type and compiles it. It returns all mistakes that it can tell, in the
// order of the text; the filter is nil if there are any.
func CompileFilter(src string, t *catalogue.Type) (*Filter, []FilterMistake) {
	root, mistake := parseFilter(src)
	if mistake != nil {
		return nil, []FilterMistake{*mistake}
	}
	c := &compiler{src: []rune(src), data: t.Fields, used: make(map[string]*field)}
	match := c.condition(root)
	if len(c.mistakes) > 0 {
		slices.SortStableFunc(c.mistakes, func(a, b FilterMistake) int { return a.Offset - b.Offset })
		return nil, slices.CompactFunc(c.mistakes, func(a, b FilterMistake) bool { return a == b })
	}
	f := &Filter{src: strings.TrimSpace(src), match: match}
	for _, used := range c.used {
		f.fields = append(f.fields, used)
	}
	slices.SortFunc(f.fields, func(a, b *field) int { return cmp.Compare(a.Name, b.Name) })
	for i := range f.fields {
		f.fields[i].slot = i
	}
	return f, nil
}

// String returns the filter as it was written.
func (f *Filter) String() string { return f.src }

// Fields returns the top-level fields of data that the filter reads, sorted.
func (f *Filter) Fields() []string {
	names := make([]string, len(f.fields))
	for i := range f.fields {
		names[i] = f.fields[i].Name
	}
	return names
}

// Match reports whether an event passes. It takes the canonical JSON of each of [Filter.Fields], nil for one that is absent.
// An error means that a value is not what the schema says.
func (f *Filter) Match(raw [][]byte) (bool, error) {
	if len(raw) != len(f.fields) {
		return false, fmt.Errorf("filter reads %d fields, not %d", len(f.fields), len(raw))
	}
	var few [4]value
	s := scope{fields: few[:]}
	if len(raw) > len(few) {
		s.fields = make([]value, len(raw))
	}
	for i, b := range raw {
		v, err := decode(b, f.fields[i].Field)
		if err != nil {
			return false, fmt.Errorf("data.%s: %w", f.fields[i].Name, err)
		}
		s.fields[i] = v
	}
	return f.match(&s).truth(), nil
}
