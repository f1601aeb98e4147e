package indicators

import (
	"fmt"

	"github.com/goccy/go-yaml/token"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// tooDeep notes where values are nested too deeply, and reports whether they are. It goes by the tokens, before the parser
// sees them: that takes memory by the square of the depth, so that 200,000 opening brackets would take 20 GB.
func (f *yamlFile) tooDeep(tokens token.Tokens) bool {
	var n nesting
	for _, t := range tokens {
		if n.next(t) <= catalogue.MaxNesting {
			continue
		}
		if t.Type == token.MappingValueType && t.Prev != nil {
			t = t.Prev // the key
		}
		f.add(t.Position.Line, t.Position.Column, events.Text{
			ZH: fmt.Sprintf("嵌套超过 %d 层", catalogue.MaxNesting), EN: fmt.Sprintf("this is nested more than %d levels deep", catalogue.MaxNesting),
		}, events.Text{})
		return true
	}
	return false
}

// nesting follows how deeply nested a text is. Within brackets that is how many of them are open; outside of them, in how
// many columns an entry or a key stands that goes on.
type nesting struct {
	columns  []int
	brackets int
}

// next returns the depth after one more token.
func (n *nesting) next(t *token.Token) int {
	switch t.Type {
	case token.SequenceStartType, token.MappingStartType:
		n.brackets++
	case token.SequenceEndType, token.MappingEndType:
		n.brackets = max(n.brackets-1, 0)
	case token.SequenceEntryType, token.MappingKeyType:
		n.entry(t)
	case token.MappingValueType:
		if t.Prev != nil {
			n.entry(t.Prev) // the key
		}
	}
	return len(n.columns) + n.brackets
}

// entry takes in what begins an entry of a list or a mapping: it ends those that stand further to the right.
func (n *nesting) entry(t *token.Token) {
	if n.brackets > 0 || t.Position == nil {
		return
	}
	column := t.Position.Column
	for len(n.columns) > 0 && n.columns[len(n.columns)-1] >= column {
		n.columns = n.columns[:len(n.columns)-1]
	}
	n.columns = append(n.columns, column)
}
