package sheets

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/kaohe/kaohe/events"
)

// Bounds of a mapping file, and of what is listed of its mistakes. Reading YAML takes memory by the square of its depth.
const (
	maxMapping  = 64 << 10 // bytes
	maxMistakes = 100
	maxDepth    = 8 // brackets and dashes; a mapping needs two
)

// mappingFile is a mapping file being read. It is read node by node, so that each mistake is said at its own place.
type mappingFile struct {
	name     string
	text     []byte
	mistakes []events.Mistake
}

// entry is a key of a mapping file with its value.
type entry struct {
	key   string
	at    *token.Position
	value ast.Node
}

// parse returns the entries at the top of the file.
func (f *mappingFile) parse() []entry {
	switch {
	case len(f.text) > maxMapping:
		f.whole(events.Text{ZH: "映射文件超过 64 KiB", EN: "the mapping is larger than 64 KiB"})
		return nil
	case !utf8.Valid(f.text) || bytes.IndexByte(f.text, 0) >= 0:
		f.whole(events.Text{ZH: "映射文件不是 UTF-8 编码的文字", EN: "the mapping is not UTF-8 text"})
		return nil
	}
	tokens := lexer.Tokenize(string(f.text))
	if f.tooDeep(tokens) {
		return nil
	}
	doc, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		f.syntax(err)
		return nil
	}
	if len(doc.Docs) != 1 || doc.Docs[0].Body == nil {
		f.whole(events.Text{ZH: "映射文件要有一份 YAML 文档", EN: "the mapping must be one YAML document"})
		return nil
	}
	return f.entries(doc.Docs[0].Body)
}

// tooDeep notes where values are nested too deeply.
func (f *mappingFile) tooDeep(tokens token.Tokens) bool {
	brackets, dashes, line := 0, 0, 0
	for _, t := range tokens {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			brackets++
		case token.SequenceEndType, token.MappingEndType:
			brackets = max(brackets-1, 0)
		case token.SequenceEntryType, token.MappingKeyType:
			if t.Position.Line != line {
				line, dashes = t.Position.Line, 0
			}
			dashes++
		}
		if brackets > maxDepth || dashes > maxDepth {
			f.add(t.Position, events.Text{ZH: "嵌套太深", EN: "this is nested too deeply"}, events.Text{})
			return true
		}
	}
	return false
}

func (f *mappingFile) syntax(err error) {
	var at yaml.Error
	if !errors.As(err, &at) || at.GetToken() == nil {
		f.whole(events.Text{ZH: "YAML 语法错误：" + err.Error(), EN: "YAML syntax error: " + err.Error()})
		return
	}
	f.add(at.GetToken().Position, events.Text{ZH: "YAML 语法错误：" + at.GetMessage(), EN: "YAML syntax error: " + at.GetMessage()}, events.Text{})
}

// entries reads a mapping of YAML.
func (f *mappingFile) entries(n ast.Node) (list []entry) {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		f.add(place(n), events.Text{ZH: "这里要写成 键: 值", EN: "keys with values are wanted here"}, events.Text{})
		return nil
	}
	lines := map[string]int{}
	for _, v := range values {
		key, ok := f.scalar(v.Key)
		if !ok {
			continue
		}
		at := place(v.Key)
		if first := lines[key]; first > 0 {
			f.add(at, events.Text{ZH: key + " 写了两次", EN: key + " is given twice"},
				events.Text{ZH: fmt.Sprintf("上一次在第 %d 行", first), EN: fmt.Sprintf("it is on line %d already", first)})
			continue
		}
		lines[key] = at.Line
		list = append(list, entry{key, at, v.Value})
	}
	return list
}

// list reads a list of texts.
func (f *mappingFile) list(n ast.Node) (list []entry) {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		f.add(place(n), events.Text{ZH: "这里要写成列表", EN: "a list is wanted here"}, events.Text{})
		return nil
	}
	for _, item := range s.Values {
		if text, ok := f.scalar(item); ok {
			list = append(list, entry{key: text, at: place(item)})
		}
	}
	return list
}

// scalar reads a text, a number or a truth value as the text that it is.
func (f *mappingFile) scalar(n ast.Node) (string, bool) {
	text := ""
	switch n := n.(type) {
	case *ast.StringNode:
		text = n.Value
	case *ast.LiteralNode:
		text = n.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		text = n.GetToken().Value
	}
	if text = strings.TrimSpace(text); text == "" {
		f.add(place(n), events.Text{ZH: "这里要写文字", EN: "a text is wanted here"}, events.Text{})
	}
	return text, text != ""
}

// place is where a person would say that a node begins.
func place(n ast.Node) *token.Position {
	switch n := n.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return place(n.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return place(n.Key)
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position
	}
	return &token.Position{Line: 1, Column: 1}
}

// whole notes a mistake of the file as a whole.
func (f *mappingFile) whole(text events.Text) {
	f.mistakes = append(f.mistakes, events.Mistake{File: f.name, Text: text})
}

func (f *mappingFile) add(at *token.Position, text, hint events.Text) {
	if len(f.mistakes) >= maxMistakes {
		return
	}
	source := events.SourceLine(f.text, at.Line)
	f.mistakes = append(f.mistakes, events.Mistake{
		File: f.name, Line: at.Line, Column: max(1, min(at.Column, utf8.RuneCountInString(source)+1)), Source: source, Text: text, Hint: hint,
	})
}
