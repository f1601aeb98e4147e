package catalogue

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kaohe/kaohe/events"
)

// document is a schema's file.
type document struct {
	file     string
	text     []byte
	mistakes []events.Mistake
}

// value is a value of a document, with its place.
type value struct {
	kind    jsontext.Kind // n t f " 0 [ {
	text    string        // a string's characters, a number's literal
	from    int           // offset of its first byte
	to      int           // and after its last one
	items   []*value
	members []member // in the document's order
}

type member struct {
	name  string
	at    int // offset of the name
	value *value
}

// get returns a member of an object, or nil.
func (v *value) get(name string) *value {
	for _, m := range v.members {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// full reports whether another mistake would not be listed.
func (d *document) full() bool { return len(d.mistakes) >= MaxMistakes }

// mistake notes one at an offset of the document. What is read twice is noted once.
func (d *document) mistake(offset int, text, hint phrase) {
	if d.full() {
		return
	}
	offset = min(offset, len(d.text))
	line := bytes.Count(d.text[:offset], []byte{'\n'}) + 1
	start := bytes.LastIndexByte(d.text[:offset], '\n') + 1
	m := events.Mistake{
		File: d.file, Line: line, Column: utf8.RuneCount(d.text[start:offset]) + 1,
		Source: events.SourceLine(d.text, line), Text: text, Hint: hint,
	}
	if !slices.Contains(d.mistakes, m) {
		d.mistakes = append(d.mistakes, m)
	}
}

// parse reads the document; nil if it is not JSON.
func (d *document) parse() *value {
	dec := jsontext.NewDecoder(bytes.NewReader(d.text), jsontext.AllowDuplicateNames(true))
	v, err := d.value(dec)
	if errors.Is(err, errNesting) {
		return nil
	}
	if err == nil {
		if end := d.skip(int(dec.InputOffset())); end < len(d.text) {
			d.mistake(end, want("something follows the end of the schema", "模式结束后还有内容"), phrase{})
		}
		return v
	}
	at, why := int(dec.InputOffset()), err.Error()
	if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		at = int(syntactic.ByteOffset)
		why = syntactic.Err.Error()
	}
	if errors.Is(err, io.EOF) {
		at, why = len(d.text), "unexpected EOF"
	}
	d.mistake(at, want("this is not JSON: "+why, "不是合法的 JSON:"+why), phrase{})
	return nil
}

// skip returns the offset of the next token.
func (d *document) skip(at int) int {
	for at < len(d.text) && bytes.IndexByte([]byte(" \t\r\n,:"), d.text[at]) >= 0 {
		at++
	}
	return at
}

// errNesting ends the reading of a document that is nested too deeply, which has been said.
var errNesting = errors.New("nested too deeply")

func (d *document) value(dec *jsontext.Decoder) (*value, error) {
	from := d.skip(int(dec.InputOffset()))
	token, err := dec.ReadToken()
	if err != nil {
		return nil, err
	}
	if dec.StackDepth() > MaxNesting {
		d.mistake(from, want(fmt.Sprintf("this is nested more than %d levels deep", MaxNesting), fmt.Sprintf("嵌套超过 %d 层", MaxNesting)), phrase{})
		return nil, errNesting
	}
	v := &value{kind: token.Kind(), from: from}
	switch v.kind {
	case '"', '0':
		v.text = token.String()
	case '[':
		for dec.PeekKind() != ']' {
			item, err := d.value(dec)
			if err != nil {
				return nil, err
			}
			v.items = append(v.items, item)
		}
		_, err = dec.ReadToken()
	case '{':
		names := make(map[string]bool)
		for err == nil && dec.PeekKind() != '}' {
			err = d.member(dec, v, names)
		}
		if err == nil {
			_, err = dec.ReadToken()
		}
	}
	v.to = int(dec.InputOffset())
	return v, err
}

func (d *document) member(dec *jsontext.Decoder, v *value, names map[string]bool) error {
	at := d.skip(int(dec.InputOffset()))
	token, err := dec.ReadToken()
	if err != nil {
		return err
	}
	name := token.String()
	if names[name] {
		d.mistake(at, want(`"`+name+`" stands here twice`, `"`+name+`" 重复`), want("remove one of them", "请去掉一处"))
	}
	names[name] = true
	child, err := d.value(dec)
	if err != nil {
		return err
	}
	v.members = append(v.members, member{name: name, at: at, value: child})
	return nil
}
