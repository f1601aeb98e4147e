package catalogue

import (
	"fmt"
	"unicode/utf8"
)

// maxDepth is how deeply data may be nested; data itself is at depth 1.
const maxDepth = 16

// scan parses JSON strictly (RFC 8259 with the demands of RFC 7493) into the tree. It is written by hand because it stands
// before every event that is recorded: it goes over the text once, copies next to nothing and keeps on after a fault
// wherever the text still has a structure. What it takes is compared with jsontext by the tests.
//
// It returns false if the text is no JSON value at all, having noted why.
func (c *checker) scan() bool {
	s := scanner{c: c, tree: &c.tree, src: c.tree.src}
	s.space()
	s.tree.add(none, none, s.at)
	if !s.value(0, 1) {
		return false
	}
	if s.space(); s.at < len(s.src) {
		return s.syntax(0, want("nothing more", "到此结束"))
	}
	return true
}

type scanner struct {
	c    *checker
	tree *tree
	src  []byte
	at   int
}

func (s *scanner) space() {
	for s.at < len(s.src) {
		switch s.src[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

// take steps over a byte if it is the next one.
func (s *scanner) take(b byte) bool {
	if s.at < len(s.src) && s.src[s.at] == b {
		s.at++
		return true
	}
	return false
}

// value parses what stands next into node i.
func (s *scanner) value(i int32, depth int) bool {
	if s.at == len(s.src) {
		return s.syntax(i, want("a value", "一个值"))
	}
	ok := true
	switch b := s.src[s.at]; {
	case b == '"':
		ok = s.stringValue(i)
	case b == '{' || b == '[':
		if depth > maxDepth {
			got := s.src[s.at:min(len(s.src), s.at+maxGot)]
			s.c.faultAt(s.tree.path(i), CodeDepth, want("at most 16 levels of nesting", "嵌套不超过 16 层"), Shorten(got), phrase{})
			return false
		}
		s.at++
		if b == '{' {
			ok = s.object(i, depth)
		} else {
			ok = s.array(i, depth)
		}
	case b == '-' || b >= '0' && b <= '9':
		ok = s.number(i)
	case s.word("null"):
	case s.word("true"):
		s.tree.nodes[i].kind = kindTrue
	case s.word("false"):
		s.tree.nodes[i].kind = kindFalse
	default:
		ok = s.syntax(i, want("a value", "一个值"))
	}
	s.tree.nodes[i].to = int32(s.at)
	return ok
}

func (s *scanner) word(w string) bool {
	if len(s.src)-s.at < len(w) || string(s.src[s.at:s.at+len(w)]) != w {
		return false
	}
	s.at += len(w)
	return true
}

func (s *scanner) array(i int32, depth int) bool {
	s.tree.nodes[i].kind = kindArray
	if s.space(); s.take(']') {
		return true
	}
	for last := none; ; {
		s.space()
		last = s.tree.add(i, last, s.at)
		if !s.value(last, depth+1) {
			return false
		}
		if s.space(); s.take(',') {
			continue
		}
		return s.take(']') || s.syntax(i, want(`"," or "]" after an item`, `列表项后为 "," 或 "]"`))
	}
}

func (s *scanner) object(i int32, depth int) bool {
	s.tree.nodes[i].kind = kindObject
	if s.space(); s.take('}') {
		return true
	}
	for last := none; ; {
		s.space()
		from := s.at
		if !s.take('"') {
			return s.syntax(i, want("a name in double quotes", "双引号中的字段名"))
		}
		name, t, ok := s.text(i)
		if !ok {
			return false
		}
		to := s.at
		if s.space(); !s.take(':') {
			return s.syntax(i, want(`":" after a name`, `字段名后为 ":"`))
		}
		s.space()
		last = s.tree.add(i, last, s.at)
		s.tree.nodes[last].name = name
		if t.faulty() {
			s.textFault(last, t, s.src[from:to])
		}
		if !s.value(last, depth+1) {
			return false
		}
		if s.space(); s.take(',') {
			continue
		}
		return s.take('}') || s.syntax(i, want(`"," or "}" after a value`, `值后为 "," 或 "}"`))
	}
}

// syntax notes that the text is not JSON from here on.
func (s *scanner) syntax(i int32, w phrase) bool {
	got := Shorten(s.src[s.at:min(len(s.src), s.at+4*maxGot)])
	at := utf8.RuneCount(s.src[:s.at]) + 1
	s.c.faultAt(s.tree.path(i), CodeSyntax, w, got,
		want(fmt.Sprintf("data is not JSON from its character %d on", at), fmt.Sprintf("data 从第 %d 个字符起不是 JSON", at)))
	return false
}

// number steps over a number as RFC 8259 writes it.
func (s *scanner) number(i int32) bool {
	from := s.at
	s.take('-')
	if !s.take('0') && s.digits() == 0 {
		return s.syntax(i, want("a number", "一个数"))
	}
	if s.take('.') && s.digits() == 0 {
		return s.syntax(i, want("a digit after the decimal point", "小数点后的数字"))
	}
	if s.take('e') || s.take('E') {
		if !s.take('+') {
			s.take('-')
		}
		if s.digits() == 0 {
			return s.syntax(i, want("a digit in the exponent", "指数部分的数字"))
		}
	}
	n := &s.tree.nodes[i]
	n.kind, n.text = kindNumber, s.src[from:s.at]
	return true
}

func (s *scanner) digits() int {
	from := s.at
	for s.at < len(s.src) && s.src[s.at] >= '0' && s.src[s.at] <= '9' {
		s.at++
	}
	return s.at - from
}
