package indicators

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// yamlFile is a file of a plan and what is wrong in it. A file is read node by node rather than decoded into a struct, so
// that every mistake is found and each is said at its own place.
type yamlFile struct {
	name     string
	text     []byte
	lines    []string
	mistakes []events.Mistake
}

// yamlKind is what a node is. The core schema of YAML guesses types; a plan wants to know only whether a scalar was quoted
// or could be a text by itself.
type yamlKind uint8

const (
	yamlRefused yamlKind = iota // something that a plan does without; that has been said, and nothing more is said of it
	yamlText                    // a string
	yamlPlain                   // a number, true, false or a null that is written out
	yamlNothing                 // a key without a value
	yamlList
	yamlMap
)

// node is a value of a plan's file, with its place.
type node struct {
	file  *yamlFile
	line  int
	col   int // in characters, from 1
	kind  yamlKind
	text  string // of a scalar
	items []*node
	pairs []pair
}

type pair struct{ key, value *node }

var byteOrderMark = []byte("\ufeff")

// parseYAML reads a file. It returns nil if there is nothing to go on with; the reason is among the mistakes then.
func parseYAML(fsys fs.FS, name string) (*yamlFile, *node) {
	f := &yamlFile{name: name}
	text, err := catalogue.ReadFile(fsys, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.whole(events.Text{ZH: "缺少这个文件", EN: "the file is missing"}, events.Text{
			ZH: "`kaohe init 目录` 可写出完整的默认方案", EN: "`kaohe init DIR` writes out a complete plan to start from"})
		return f, nil
	case err != nil:
		f.whole(catalogue.Unreadable(err), events.Text{})
		return f, nil
	}
	f.text = bytes.ReplaceAll(bytes.TrimPrefix(text, byteOrderMark), []byte("\r\n"), []byte("\n"))
	f.lines = strings.Split(string(f.text), "\n")
	if at := invalidUTF8(f.text); at >= 0 {
		line := bytes.Count(f.text[:at], []byte("\n")) + 1
		start := bytes.LastIndexByte(f.text[:at], '\n') + 1
		f.add(line, utf8.RuneCount(f.text[start:at])+1, events.Text{ZH: "不是 UTF-8 编码的文字", EN: "this is not UTF-8 text"},
			events.Text{ZH: "用编辑器另存为 UTF-8(常见于 GBK 编码的文件)", EN: "save the file as UTF-8; it may be in GBK"})
		return f, nil
	}
	return f, f.parse()
}

func invalidUTF8(b []byte) int {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 || r == 0 {
			return i
		}
		i += n
	}
	return -1
}

func (f *yamlFile) parse() *node {
	tokens := lexer.Tokenize(string(f.text))
	if f.tooDeep(tokens) {
		return nil
	}
	doc, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		f.syntaxError(err)
		return nil
	}
	var root *node
	for _, d := range doc.Docs {
		switch {
		case d.Body == nil:
		case root != nil:
			at := place(d.Body)
			f.add(at.Line, at.Column, events.Text{ZH: "一个文件里只能有一份 YAML 文档", EN: "a file holds one YAML document only"},
				events.Text{ZH: "删去 --- 及其后的内容", EN: "remove the --- and what follows"})
		default:
			root = f.convert(d.Body)
		}
	}
	if root == nil && len(f.mistakes) == 0 {
		f.whole(events.Text{ZH: "文件是空的", EN: "the file is empty"}, events.Text{})
	}
	return root
}

func (f *yamlFile) syntaxError(err error) {
	text := events.Text{ZH: "YAML 语法错误:" + err.Error(), EN: "YAML syntax error: " + err.Error()}
	var at yaml.Error
	if !errors.As(err, &at) || at.GetToken() == nil {
		f.whole(text, events.Text{})
		return
	}
	text = events.Text{ZH: "YAML 语法错误:" + at.GetMessage(), EN: "YAML syntax error: " + at.GetMessage()}
	p := at.GetToken().Position
	f.add(p.Line, p.Column, text, events.Text{})
}

// convert turns the parser's tree into ours, which has only what a plan needs. The rest of YAML is refused: a plan is read
// by people who never heard of anchors.
func (f *yamlFile) convert(n ast.Node) *node {
	at := place(n)
	out := &node{file: f, line: at.Line, col: at.Column}
	switch n := n.(type) {
	case *ast.StringNode:
		out.kind, out.text = yamlText, n.Value
	case *ast.LiteralNode:
		out.kind, out.text = yamlText, n.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		out.kind, out.text = yamlPlain, n.GetToken().Value
	case *ast.NullNode:
		out.kind, out.text = yamlPlain, n.GetToken().Value
		if n.GetToken().Type == token.ImplicitNullType {
			out.kind = yamlNothing
		}
	case *ast.SequenceNode:
		out.kind = yamlList
		for _, item := range n.Values {
			out.items = append(out.items, f.convert(item))
		}
	case *ast.MappingNode:
		out.kind = yamlMap
		for _, v := range n.Values {
			f.convertPair(out, v)
		}
	case *ast.MappingValueNode:
		out.kind = yamlMap
		f.convertPair(out, n)
	default:
		f.add(at.Line, at.Column, events.Text{
			ZH: "方案里不用这种 YAML 写法(" + n.Type().String() + ")", EN: "plans do without this part of YAML (" + n.Type().String() + ")"},
			events.Text{ZH: "把值直接写出来", EN: "write the value out"})
	}
	return out
}

func (f *yamlFile) convertPair(out *node, v *ast.MappingValueNode) {
	key, value := f.convert(v.Key), f.convert(v.Value)
	if key.kind == yamlRefused {
		out.kind = yamlRefused // which keys it has cannot be told
	}
	if value.kind == yamlNothing {
		value.line, value.col = key.line, key.col
	}
	out.pairs = append(out.pairs, pair{key, value})
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
func (f *yamlFile) whole(text, hint events.Text) {
	f.mistakes = append(f.mistakes, events.Mistake{File: f.name, Text: text, Hint: hint})
}

func (f *yamlFile) add(line, col int, text, hint events.Text) {
	if len(f.mistakes) >= catalogue.MaxMistakes {
		return
	}
	source := f.line(line)
	col = max(1, min(col, utf8.RuneCountInString(source)+1))
	f.mistakes = append(f.mistakes, events.Mistake{File: f.name, Line: line, Column: col, Source: source, Text: text, Hint: hint})
}

// line returns line n, from 1.
func (f *yamlFile) line(n int) string {
	if n < 1 || n > len(f.lines) {
		return ""
	}
	return f.lines[n-1]
}

// fault notes a mistake at the node.
func (n *node) fault(zh, en string, hint events.Text) {
	n.file.add(n.line, n.col, events.Text{ZH: zh, EN: en}, hint)
}

// faultAt notes a mistake at a character of the node's text, or at the node if that is not written in one piece.
func (n *node) faultAt(offset int, text, hint events.Text) {
	line := []rune(n.file.line(n.line))
	start := n.col - 1
	if start >= 0 && start < len(line) && (line[start] == '\'' || line[start] == '"') {
		start++
	}
	if start < 0 || start > len(line) || !strings.HasPrefix(string(line[start:]), n.text) {
		start, offset = n.col-1, 0
	}
	n.file.add(n.line, start+offset+1, text, hint)
}
