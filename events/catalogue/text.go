package catalogue

import (
	"bytes"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// textTraits is what a string turned out to hold.
type textTraits struct {
	escaped   bool // has a backslash
	unstable  bool // may not be in NFC
	utf8      bool // has bytes that are not UTF-8
	surrogate bool // has an escape of half a character
	control   bool // has a control character other than a line end or a tab
}

func (t textTraits) faulty() bool { return t.utf8 || t.surrogate || t.control }

func (s *scanner) stringValue(i int32) bool {
	from := s.at
	s.at++
	text, t, ok := s.text(i)
	if !ok {
		return false
	}
	n := &s.tree.nodes[i]
	n.kind, n.to = kindString, int32(s.at)
	if t.faulty() {
		s.textFault(i, t, s.src[from:s.at])
	}
	n.plain = !t.escaped
	n.text = normalText(text, !t.unstable)
	return true
}

// textFault notes what is wrong with a string or with the name of a member.
func (s *scanner) textFault(i int32, t textTraits, raw []byte) {
	s.tree.nodes[i].bad = true
	if s.c.full() {
		return
	}
	add := func(code string, w phrase, hint phrase) {
		s.c.faultAt(s.tree.path(i), code, w, Shorten(raw), hint)
	}
	switch {
	case t.utf8:
		add(CodeUTF8, want("text in UTF-8", "UTF-8 编码的文字"), want("save the file as UTF-8, not as GBK", "文件请存为 UTF-8,而不是 GBK"))
	case t.surrogate:
		add(CodeSurrogate, want("whole characters", "完整的字符"), want(`an escape like \ud83d needs its second half`, `\ud83d 这样的转义须成对出现`))
	default:
		add(CodeControl, want("text without control characters", "不含控制字符的文字"),
			want(`write a line feed as \n and a tab as \t; remove NUL, carriage returns and the like`, `换行写作 \n,制表符写作 \t;请去掉 NUL、回车等`))
	}
}

// text steps over a string whose opening quote was taken, and returns what it says.
func (s *scanner) text(i int32) (text []byte, t textTraits, ok bool) {
	from := s.at
	for s.at < len(s.src) {
		switch b := s.src[s.at]; {
		case b == '"':
			text = s.src[from:s.at]
			s.at++
			if t.escaped {
				text = s.unescape(text, &t)
			}
			return text, t, true
		case b == '\\':
			t.escaped = true
			if !s.escape() {
				return nil, t, s.syntax(i, want(`an escape such as \n or \u4e2d`, `\n 或 \u4e2d 这样的转义`))
			}
		case b < 0x20 || b == 0x7f:
			t.control = true
			s.at++
		case b < utf8.RuneSelf:
			s.at++
		default:
			r, size := utf8.DecodeRune(s.src[s.at:])
			t.note(r, size)
			s.at += size
		}
	}
	return nil, t, s.syntax(i, want("a closing quotation mark", "右双引号"))
}

// note looks at a character beyond ASCII. Those of Chinese, by far the most, never change under NFC.
func (t *textTraits) note(r rune, size int) {
	switch {
	case r >= 0x4e00 && r <= 0x9fff, r >= 0x3000 && r <= 0x3029, r >= 0xff01 && r <= 0xff60:
	case r == utf8.RuneError && size == 1:
		t.utf8 = true
	case r <= 0x9f:
		t.control = true
	default:
		t.unstable = true
	}
}

// escape steps over an escape.
func (s *scanner) escape() bool {
	if s.at++; s.at == len(s.src) {
		return false
	}
	b := s.src[s.at]
	s.at++
	if b != 'u' {
		return bytes.IndexByte([]byte(`"\/bfnrt`), b) >= 0
	}
	if len(s.src)-s.at < 4 || hex4(s.src[s.at:]) < 0 {
		return false
	}
	s.at += 4
	return true
}

// hex4 reads four hexadecimal digits, or returns -1.
func hex4(b []byte) rune {
	var r rune
	for _, c := range b[:4] {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return -1
		}
	}
	return r
}

// normalText returns s in its normal form: NFC, without white space at either end. Mostly it is s or a part of it; stable
// says that every character of s stays as it is under NFC.
func normalText(s []byte, stable bool) []byte {
	if !stable && !norm.NFC.IsNormal(s) {
		s = norm.NFC.Bytes(s)
	}
	return trim(s)
}

// trim removes white space, as Unicode knows it, from both ends.
func trim(s []byte) []byte {
	if len(s) == 0 || s[0] > ' ' && s[0] < utf8.RuneSelf && s[len(s)-1] > ' ' && s[len(s)-1] < utf8.RuneSelf {
		return s
	}
	return bytes.TrimFunc(s, unicode.IsSpace)
}

// unescape returns the text of a string with escapes, each of which is well-formed, and notes what they hold.
func (s *scanner) unescape(raw []byte, t *textTraits) []byte {
	tree := s.tree
	from := len(tree.bytes)
	for i := 0; i < len(raw); {
		if raw[i] != '\\' {
			tree.bytes = append(tree.bytes, raw[i])
			i++
			continue
		}
		if raw[i+1] != 'u' {
			b := plainEscape(raw[i+1])
			t.control = t.control || b == '\b' || b == '\f' || b == '\r'
			tree.bytes = append(tree.bytes, b)
			i += 2
			continue
		}
		r := hex4(raw[i+2:])
		i += 6
		if utf16.IsSurrogate(r) {
			var second rune = -1
			if len(raw)-i >= 6 && raw[i] == '\\' && raw[i+1] == 'u' {
				second = hex4(raw[i+2:])
			}
			if r = utf16.DecodeRune(r, second); r == utf8.RuneError {
				t.surrogate = true
			} else {
				i += 6
			}
		}
		t.control = t.control || r < 0x20 && r != '\n' && r != '\t' || r == 0x7f
		if r >= utf8.RuneSelf {
			t.note(r, 0)
		}
		tree.bytes = utf8.AppendRune(tree.bytes, r)
	}
	return tree.bytes[from:len(tree.bytes):len(tree.bytes)]
}

func plainEscape(b byte) byte {
	switch b {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return b // " \ /
}
