package sheets

import (
	"bufio"
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// openCSV makes a file of separated values ready to be read.
func (f *File) openCSV(in *bufio.Reader) error {
	if f.options.Sheet != "" {
		return &Error{Text: events.Text{ZH: "CSV 文件没有工作表，不能用 --sheet", EN: "a CSV file has no sheets; leave --sheet out"}}
	}
	f.text = newTextReader(in, strings.ToLower(f.options.Encoding))
	text := bufio.NewReaderSize(f.text, sniffed)
	head, err := text.Peek(sniffed)
	if err != nil && err != io.EOF && len(head) == 0 {
		return err
	}
	if bytes.IndexByte(head, '\r') >= 0 && bytes.IndexByte(head, '\n') < 0 {
		text = bufio.NewReaderSize(returns{text}, sniffed)
		head, _ = text.Peek(sniffed) // what could be read before
	}
	t := &table{file: f}
	first := 1
	if f.comma = f.options.Comma; f.comma == 0 {
		if f.comma = announced(head); f.comma != 0 {
			text.Discard(bytes.IndexByte(head, '\n') + 1)
			first = 2
		} else {
			f.comma = t.likelyComma(head)
		}
	}
	t.grid = &csvReader{in: text, comma: byte(f.comma), line: first}
	f.rows = t
	return nil
}

// returns makes line ends of the carriage returns with which "CSV (Macintosh)" ends its lines.
type returns struct{ io.Reader }

func (r returns) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	for i, b := range p[:n] {
		if b == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// announced returns the separator that Excel's own first line names, as in sep=;
func announced(head []byte) rune {
	first, _, ok := bytes.Cut(head, []byte("\n"))
	if s, found := strings.CutPrefix(strings.TrimRight(string(first), "\r"), "sep="); found && ok && len(s) == 1 && slices.Contains(commas, rune(s[0])) {
		return rune(s[0])
	}
	return 0
}

// likelyComma finds the separator by which the head of a file has a header that is understood best, or else the most
// cells.
func (t *table) likelyComma(head []byte) rune {
	if i := bytes.LastIndexByte(head, '\n'); i >= 0 {
		head = head[:i+1]
	}
	best, most := commas[0], 0
	for _, c := range commas {
		try := &table{file: t.file}
		r := &csvReader{in: bufio.NewReader(bytes.NewReader(head)), comma: byte(c), line: 1}
		widest := 0
		for len(try.ahead) < maxTitles {
			l, err := r.next()
			if err != nil {
				break
			}
			try.ahead = append(try.ahead, l)
			widest = max(widest, len(l.cells))
		}
		n := widest
		if try.headed() {
			n += maxColumns * try.understood()
		}
		if n > most && widest > 1 {
			best, most = c, n
		}
	}
	return best
}

// understood counts the columns that give a field.
func (t *table) understood() (n int) {
	for c := range t.header.titles {
		if t.reader(c) != nil {
			n++
		}
	}
	return n
}
