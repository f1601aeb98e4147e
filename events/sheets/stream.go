package sheets

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// MaxEvent is the largest event in bytes, as the intake takes it.
const MaxEvent = 1 << 20

// stream is a file of events. They go through byte for byte: what is wrong with them is for the server to say. No more than
// one is in memory.
type stream struct {
	in   *bufio.Reader
	line int // of the next byte, from 1
	kind Kind

	array bool // within an array, or behind it
	done  bool // behind it
	after bool // behind an element: a comma or the end is next
	event []byte
}

func newStream(in *bufio.Reader, kind Kind) *stream {
	if mark, _ := in.Peek(3); string(mark) == "\ufeff" {
		in.Discard(3)
	}
	return &stream{in: in, line: 1, kind: kind}
}

func (s *stream) next() (*Row, error) {
	if s.kind == NDJSON {
		return s.nextLine()
	}
	return s.nextValue()
}

// nextLine returns the event of the next line that is not blank.
func (s *stream) nextLine() (*Row, error) {
	for {
		number, size := s.line, 0
		s.event = s.event[:0]
		for {
			part, err := s.in.ReadSlice('\n')
			if size += len(part); size <= MaxEvent+len("\r\n") {
				s.event = append(s.event, part...)
			}
			if err == bufio.ErrBufferFull {
				continue
			}
			if err != nil && (err != io.EOF || size == 0) {
				return nil, err
			}
			break
		}
		s.line++
		event := bytes.TrimSpace(s.event)
		switch {
		case size > MaxEvent+len("\r\n") || len(event) > MaxEvent:
			return tooLong(number), nil
		case len(event) > 0:
			return &Row{Number: number, Event: bytes.Clone(event)}, nil
		}
	}
}

func tooLong(number int) *Row {
	return &Row{Number: number, Faults: []Fault{{Text: events.Text{
		ZH: fmt.Sprintf("这个事件超过 %d 字节", MaxEvent), EN: fmt.Sprintf("this event has more than %d bytes", MaxEvent),
	}}}}
}

// nextValue returns the next event of an array, or of a row of values.
func (s *stream) nextValue() (*Row, error) {
	for {
		c, err := s.in.ReadByte()
		if err == io.EOF && s.array && !s.done {
			return nil, s.wrong("文件不完整：数组没有结束", "the file ends within its array")
		}
		if err != nil {
			return nil, err
		}
		switch {
		case c == '\n':
			s.line++
		case c == ' ' || c == '\t' || c == '\r':
		case c == '[' && !s.array && !s.after:
			s.array = true
		case c == ']' && s.array && !s.done:
			s.done = true
		case c == ',' && s.array && !s.done && s.after:
			s.after = false
		case s.done || s.array && s.after || c == ',' || c == ']':
			return nil, s.wrong(fmt.Sprintf("不是合法的 JSON：多出 %q", c), fmt.Sprintf("not JSON: %q does not belong here", c))
		default:
			s.after = true
			return s.value(c)
		}
	}
}

func (s *stream) wrong(zh, en string) error {
	return &Error{Line: s.line, Text: events.Text{ZH: zh, EN: en}}
}

// value reads the value that begins with c: to the brace that closes it, or to what ends a number or a word. One that the
// file breaks off in is an event all the same: the server says that it is not whole.
func (s *stream) value(c byte) (*Row, error) {
	number, size := s.line, 0
	var n nesting
	s.event = s.event[:0]
	for {
		if size++; size <= MaxEvent {
			s.event = append(s.event, c)
		}
		if c == '\n' {
			s.line++
		}
		n.step(c)
		next, err := s.in.ReadByte()
		if err != nil && err != io.EOF {
			return nil, err
		}
		if err == io.EOF {
			break
		}
		if n.ends(c, next) {
			_ = s.in.UnreadByte()
			break
		}
		c = next
	}
	if size > MaxEvent {
		return tooLong(number), nil
	}
	return &Row{Number: number, Event: bytes.Clone(s.event)}, nil
}

// nesting follows the brackets and quotes of JSON.
type nesting struct {
	depth           int
	quoted, escaped bool
}

func (n *nesting) step(c byte) {
	switch {
	case n.escaped:
		n.escaped = false
	case n.quoted && c == '\\':
		n.escaped = true
	case c == '"':
		n.quoted = !n.quoted
	case n.quoted:
	case c == '{' || c == '[':
		n.depth++
	case c == '}' || c == ']':
		n.depth--
	}
}

// ends reports whether a value ends with c, given what follows it.
func (n *nesting) ends(c, next byte) bool {
	return n.depth <= 0 && !n.quoted && (strings.IndexByte(`}]"`, c) >= 0 || strings.IndexByte(" \t\r\n,]}{[", next) >= 0)
}
