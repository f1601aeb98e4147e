package sheets

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kaohe/kaohe/events"
)

const (
	maxRecord  = 1 << 20 // bytes of a record: a quote that is never closed must not swallow the file
	maxColumns = 1024    // cells of a record
)

// commas are what may separate cells. The first is what is meant where nothing tells.
var commas = []rune{',', ';', '\t', '|'}

// csvReader is a grid of a file of separated values. It reads what spreadsheets write, and takes a quote for a quote only
// where it opens or closes a cell.
type csvReader struct {
	in    *bufio.Reader
	comma byte
	line  int    // of the next byte, from 1
	first int    // line of the record
	raw   []byte // the line that is being read
	cells []byte // of the record, one after the other
	ends  []int  // of each of them
	size  int    // of the record in bytes, so far
	torn  bool   // the record goes over lines because of a quote that opens no cell
}

// next reads a record, which may be several lines.
func (r *csvReader) next() (*line, error) {
	r.first = r.line
	closed, err := r.read()
	if err != nil {
		return nil, err
	}
	l := &line{number: r.first, record: make([]string, len(r.ends)), cells: make([]cell, len(r.ends))}
	whole, from := string(r.cells), 0
	for i, end := range r.ends {
		l.record[i] = whole[from:end]
		l.cells[i].text = plainText(l.record[i])
		from = end
	}
	switch {
	case !closed:
		l.fault = &events.Text{
			ZH: fmt.Sprintf("引号没有成对：从这一行到第 %d 行都在引号里", r.line-1), EN: fmt.Sprintf("a quote is not closed: all from here to line %d is within it", r.line-1)}
	case r.torn:
		l.fault = &events.Text{
			ZH: fmt.Sprintf("引号没有成对：从这一行到第 %d 行连成了一条", r.line-1), EN: fmt.Sprintf("a quote is not closed, or stands within a text: all from here to line %d has become one record", r.line-1)}
	case len(l.cells) > maxColumns:
		l.fault = &events.Text{ZH: fmt.Sprintf("一行超过 %d 格", maxColumns), EN: fmt.Sprintf("more than %d cells in a row", maxColumns)}
	}
	return l, nil
}

// plainText takes off a cell what makes spreadsheets leave it as it is: '007 and ="007".
func plainText(s string) string {
	s = trim(s)
	if inner, ok := strings.CutPrefix(s, `="`); ok && strings.HasSuffix(inner, `"`) {
		return trim(inner[:len(inner)-1])
	}
	if inner, ok := strings.CutPrefix(s, "'"); ok && inner != "" && inner[0] >= '0' && inner[0] <= '9' {
		return inner
	}
	return s
}

// read reads the cells of a record. closed is false if the file ends within a quoted cell.
func (r *csvReader) read() (closed bool, err error) {
	r.cells, r.ends, r.size, r.torn = r.cells[:0], r.ends[:0], 0, false
	rest, err := r.readLine()
	if err != nil {
		return false, err
	}
	for closed = true; ; rest = rest[1:] {
		if inner, ok := bytes.CutPrefix(bytes.TrimLeft(rest, " "), []byte{'"'}); ok {
			if rest, closed, err = r.quoted(inner); err != nil {
				return false, err
			}
		} else {
			i := bytes.IndexByte(rest, r.comma)
			if i < 0 {
				i = len(rest)
			}
			r.cells, rest = append(r.cells, rest[:i]...), rest[i:]
		}
		r.ends = append(r.ends, len(r.cells))
		if len(rest) == 0 {
			return closed, nil
		}
	}
}

// quoted reads a cell behind the quote that opened it, and returns what follows in its last line.
func (r *csvReader) quoted(rest []byte) ([]byte, bool, error) {
	for begun := r.line; ; {
		i := bytes.IndexByte(rest, '"')
		if i < 0 { // the cell goes on in the next line
			r.cells = append(append(r.cells, rest...), '\n')
			next, err := r.readLine()
			if err == io.EOF {
				return nil, false, nil
			}
			if err != nil {
				return nil, false, err
			}
			rest = next
			continue
		}
		r.cells = append(r.cells, rest[:i]...)
		rest = rest[i+1:]
		if after := bytes.TrimLeft(rest, " "); len(after) == 0 || after[0] == r.comma {
			return after, true, nil
		}
		if rest[0] != '"' { // it stands within: "漓源"粮油 is no quoted cell
			r.torn = r.torn || r.line > begun
			return r.unquoted(rest), true, nil
		}
		r.cells, rest = append(r.cells, '"'), rest[1:]
	}
}

// unquoted reads the rest of a cell that began with a quote and is none that is quoted, and gives it back its quotes.
func (r *csvReader) unquoted(rest []byte) []byte {
	from := 0
	if n := len(r.ends); n > 0 {
		from = r.ends[n-1]
	}
	i := bytes.IndexByte(rest, r.comma)
	if i < 0 {
		i = len(rest)
	}
	r.cells = append(append(slices.Insert(r.cells, from, '"'), '"'), rest[:i]...)
	return rest[i:]
}

// readLine reads a line without its end. It is good until the next is read.
func (r *csvReader) readLine() ([]byte, error) {
	r.raw = r.raw[:0]
	for {
		part, err := r.in.ReadSlice('\n')
		r.raw = append(r.raw, part...)
		if r.size += len(part); r.size > maxRecord {
			return nil, &Error{Line: r.first, Text: events.Text{
				ZH: fmt.Sprintf("从这里开始的一条记录超过 %d 字节；可能有没成对的引号", maxRecord),
				EN: fmt.Sprintf("the record that begins here has more than %d bytes; a quote may not be closed", maxRecord)}}
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if err != nil && (err != io.EOF || len(r.raw) == 0) {
			return nil, err
		}
		r.line++
		return bytes.TrimSuffix(bytes.TrimSuffix(r.raw, []byte{'\n'}), []byte{'\r'}), nil
	}
}
