package catalogue

import (
	"regexp"

	"github.com/kaohe/kaohe/events"
)

// phrase is words in both languages.
type phrase = events.Text

func want(en, zh string) phrase { return phrase{EN: en, ZH: zh} }

// unset stands for a bound that a schema does not have.
const unset = -1

// rule is a schema of a value, compiled: everything that the schema says of it, checked keyword by keyword.
type rule struct {
	field    *Field
	kind     FieldKind
	nullable bool
	want     phrase // what its kind is, in words

	enum    []literal
	listed  phrase // the values of enum, in words
	pattern *regexp.Regexp

	minLength, maxLength int // characters, unset without
	minItems, maxItems   int
	unique               bool
	min, max             *int64 // inclusive
	unsigned             bool   // a decimal that must not be negative

	items  *rule
	record *record
}

func newRule(k FieldKind) *rule {
	return &rule{kind: k, minLength: unset, maxLength: unset, minItems: unset, maxItems: unset}
}

// anything is the rule of a value that no schema describes.
var anything = func() *rule {
	r := newRule(Any)
	r.record = &record{rest: r, count: unset, entities: unset}
	return r
}()

// literal is a value of an enum or a const: a string's text, a number's canonical form.
type literal struct {
	kind kind
	text string
}

func (l literal) is(n *node) bool { return l.kind == n.kind && l.text == string(n.text) }

// record is what a schema says of an object.
type record struct {
	props  []prop         // sorted by name, as RFC 8785 wants members
	index  map[string]int // into props
	fields known          // the names of the properties, for faults
	rest   *rule          // of members that are not in props; nil if there may be none
	demand *demand        // of the members together; nil without one

	// Of an event that counts: the properties count and entities, or unset.
	count, entities int
}

// prop is a property of a record.
type prop struct {
	name  string
	label []byte // "name": as it is written
	rule  *rule
	fill  []byte // canonical default, nil without one
}

// demand is what a schema says of the members of an object together.
type demand struct {
	required              []int
	props                 []propDemand // what it says of single members, beyond the record's own rules
	dependent             []dependent
	anyOf, oneOf, allOf   []*demand
	not                   *demand
	when, then, otherwise *demand
	minSize, maxSize      int

	// The demand in words: its alternatives, and when what follows from when is asked for.
	anySays, oneSays, notSays, because phrase
}

type propDemand struct {
	prop int
	rule *rule
}

// dependent demands members where another one is there.
type dependent struct {
	prop     int
	required []int
	because  phrase
}
