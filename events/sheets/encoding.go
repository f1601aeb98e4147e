package sheets

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/kaohe/kaohe/events"
)

// The encodings of CSV files. GB18030 is what Excel writes in China; GBK and GB2312 are parts of it.
const (
	encodingUTF8    = "utf-8"
	encodingUTF8BOM = "utf-8-bom"
	encodingGB      = "gb18030"
	encodingUTF16LE = "utf-16le"
	encodingUTF16BE = "utf-16be"
)

var encodings = map[string]string{
	"utf-8": encodingUTF8, "utf8": encodingUTF8, "utf-8-bom": encodingUTF8BOM, "gb18030": encodingGB, "gbk": encodingGB, "gb2312": encodingGB,
	"ansi": encodingGB, "utf-16le": encodingUTF16LE, "utf-16be": encodingUTF16BE, "utf-16": encodingUTF16LE,
}

// textReader turns a file into UTF-8, and stops where its bytes are not what they were taken for. Which encoding it is need
// not be known before the first byte that is not ASCII: what follows there is UTF-8, or else GB18030. A Chinese text of
// the one is hardly ever a valid one of the other.
type textReader struct {
	in   *bufio.Reader
	name string // of the encoding; empty as long as all is ASCII
	told bool   // the encoding was named by the user
	out  io.Reader
	line int // that is being read, from 1
	err  error
}

func newTextReader(in *bufio.Reader, name string) *textReader {
	t := &textReader{in: in, line: 1, name: encodings[name], told: name != ""}
	mark, _ := in.Peek(3)
	switch {
	case bytes.HasPrefix(mark, []byte("\ufeff")):
		in.Discard(3)
		t.name = encodingUTF8BOM
	case bytes.HasPrefix(mark, []byte("\xff\xfe")):
		in.Discard(2)
		t.name = encodingUTF16LE
	case bytes.HasPrefix(mark, []byte("\xfe\xff")):
		in.Discard(2)
		t.name = encodingUTF16BE
	}
	return t
}

// encodingName returns the name of the encoding, as far as it is known.
func (t *textReader) encodingName() string {
	if t.name == "" {
		return encodingUTF8
	}
	return t.name
}

// Read returns valid UTF-8, though a character may be cut in two between calls. Nothing follows an error.
func (t *textReader) Read(p []byte) (n int, err error) {
	if t.err != nil {
		return 0, t.err
	}
	if t.name == "" {
		n, err = t.ascii(p)
	}
	if n == 0 && err == nil {
		if t.out == nil {
			t.decide()
			t.out = t.decoder()
		}
		n, err = t.out.Read(p)
	}
	t.err = t.check(p[:n], err)
	return n, t.err
}

// ascii reads up to the first byte that is not ASCII.
func (t *textReader) ascii(p []byte) (int, error) {
	if _, err := t.in.Peek(1); err != nil {
		return 0, err
	}
	head, _ := t.in.Peek(min(t.in.Buffered(), len(p)))
	n := bytes.IndexFunc(head, func(r rune) bool { return r >= utf8.RuneSelf || r == 0 })
	if n < 0 {
		n = len(head)
	}
	copy(p, head[:n])
	return t.in.Discard(n)
}

// decide takes what follows for UTF-8 if it is valid as such, unless the encoding is known.
func (t *textReader) decide() {
	if t.name != "" {
		return
	}
	head, _ := t.in.Peek(sniffed)
	whole := len(head)
	for i := 1; i < utf8.UTFMax && whole == sniffed; i++ { // a character may be cut off at the end
		if c := head[len(head)-i]; utf8.RuneStart(c) {
			if !utf8.FullRune(head[len(head)-i:]) {
				whole = len(head) - i
			}
			break
		}
	}
	t.name = encodingGB
	if utf8.Valid(head[:whole]) {
		t.name = encodingUTF8
	}
}

func (t *textReader) decoder() io.Reader {
	switch t.name {
	case encodingGB:
		return strictly(t.in, simplifiedchinese.GB18030)
	case encodingUTF16LE:
		return strictly(t.in, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM))
	case encodingUTF16BE:
		return strictly(t.in, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM))
	}
	return transform.NewReader(t.in, encoding.UTF8Validator)
}

// errNoText says that bytes are none of their encoding.
var errNoText = errors.New("no text")

// strict is a decoder that fails where another would write U+FFFD. A text that has that character itself was damaged before
// it was saved.
type strict struct{ transform.Transformer }

func strictly(r io.Reader, e encoding.Encoding) io.Reader {
	return transform.NewReader(r, strict{e.NewDecoder().Transformer})
}

var replacement = []byte(string(utf8.RuneError))

func (s strict) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	nDst, nSrc, err = s.Transformer.Transform(dst, src, atEOF)
	if i := bytes.Index(dst[:nDst], replacement); i >= 0 {
		return i, nSrc, errNoText
	}
	return nDst, nSrc, err
}

// check counts the lines of what was read, and finds what is no text.
func (t *textReader) check(p []byte, err error) error {
	if nul := bytes.IndexByte(p, 0); nul >= 0 {
		return &Error{
			Line: t.line + bytes.Count(p[:nul], []byte("\n")), Text: events.Text{ZH: "有空字节，不是文字", EN: "there is a NUL byte; this is no text"},
			Hint: events.Text{ZH: "如果是 UTF-16 文件，请用 --encoding utf-16le", EN: "if it is UTF-16, say --encoding utf-16le"},
		}
	}
	t.line += bytes.Count(p, []byte("\n"))
	if err == errNoText || err == encoding.ErrInvalidUTF8 {
		return t.wrong()
	}
	return err
}

func (t *textReader) wrong() error {
	e := &Error{Line: t.line, Text: events.Text{ZH: "这一行有不是 " + t.encodingName() + " 编码的文字", EN: "there is something that is not text in " + t.encodingName()}}
	e.Hint = events.Text{ZH: "请把文件另存为 UTF-8", EN: "save the file as UTF-8"}
	if other := map[string]string{encodingUTF8: encodingGB, encodingGB: encodingUTF8}[t.name]; other != "" && !t.told {
		e.Hint.ZH += "，或用 --encoding " + other
		e.Hint.EN += ", or say --encoding " + other
	}
	return e
}

func lineText(n int) events.Text {
	return events.Text{ZH: fmt.Sprintf("第 %d 行：", n), EN: fmt.Sprintf("line %d: ", n)}
}
