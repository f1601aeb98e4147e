package sheets

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/kaohe/kaohe/events"
)

// File is an open file. It is not for use by several goroutines, but for Offset.
type File struct {
	options  Options
	path     string
	name     string // of the file, without its folder and its extension
	kind     Kind
	rows     rows
	text     *textReader // of CSV
	comma    rune        // of CSV
	close    func() error
	size     int64
	offset   atomic.Int64
	matchers map[string]*matcher
	equal    equals
	layouts  []*Layout
	err      error // that ended it
}

// rows is where the rows of a file come from: a stream of events, a table, or a workbook of tables.
type rows interface {
	next() (*Row, error) // io.EOF after the last
}

// Open opens a file. What cannot be read at all is an error of type [*Error], with the reason and what to do: an old .xls,
// an encrypted workbook.
func Open(path string, o Options) (*File, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	size := int64(-1)
	if info, err := in.Stat(); err == nil && info.Mode().IsRegular() {
		size = info.Size()
	}
	f := newFile(path, o, size, in.Close)
	if err = f.open(in, in); err != nil {
		in.Close()
		return nil, err
	}
	return f, nil
}

// OpenReader opens what comes from elsewhere, as from standard input. The name serves in messages and to tell what it is.
// A workbook is read into memory, up to 64 MiB.
func OpenReader(name string, r io.Reader, o Options) (*File, error) {
	f := newFile(name, o, -1, func() error { return nil })
	if err := f.open(r, nil); err != nil {
		return nil, err
	}
	return f, nil
}

func newFile(path string, o Options, size int64, end func() error) *File {
	base := filepath.Base(path)
	zone, err := time.LoadLocation(o.Catalogue.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	return &File{
		options: o, path: path, name: strings.TrimSuffix(base, filepath.Ext(base)), size: size, close: end,
		matchers: map[string]*matcher{}, equal: equals{zone: zone},
	}
}

// Next returns the next row, or io.EOF. An error is of the file as a whole, mostly an [*Error]; nothing follows it.
func (f *File) Next() (*Row, error) {
	if f.err != nil {
		return nil, f.err
	}
	r, err := f.rows.next()
	f.err = err
	return r, err
}

// Kind tells what the file is.
func (f *File) Kind() Kind { return f.kind }

// Size returns the size of what is to be read, in bytes (of a workbook: unpacked), or -1 if it is not known.
func (f *File) Size() int64 { return f.size }

// Offset returns how much of Size has been read. It may be called at any time by anybody.
func (f *File) Offset() int64 { return f.offset.Load() }

// Dialect returns how a CSV file is written, so that a copy can be written in the same way: its encoding as in
// [Options.Encoding], with "utf-8-bom" for UTF-8 with a byte order mark, and what stands between cells. It is known once
// Next has been called; the encoding of a file that was all ASCII so far is taken to be utf-8, so ask again at the end.
func (f *File) Dialect() (encoding string, comma rune) {
	if f.text == nil {
		return "", 0
	}
	return f.text.encodingName(), f.comma
}

// Layouts returns how the sheets that were begun so far were understood. Those of unknown columns count on while rows are
// read.
func (f *File) Layouts() []*Layout { return f.layouts }

// Close closes the file.
func (f *File) Close() error { return f.close() }

// matcher returns the one of a type that the catalogue has.
func (f *File) matcher(typ string) *matcher {
	m := f.matchers[typ]
	if m == nil {
		m = newMatcher(f.options.Catalogue.Type(typ))
		f.matchers[typ] = m
	}
	return m
}

// Error says why a file as a whole cannot be read.
type Error struct {
	Line int // where, in a text file; 0 if it concerns the whole
	Text events.Text
	Hint events.Text // what to do; may be empty
}

func (e *Error) Error() string { return e.In(events.English) }

// In says it in a language.
func (e *Error) In(lang events.Lang) string {
	s := e.Text.In(lang)
	if e.Line > 0 {
		s = lineText(e.Line).In(lang) + s
	}
	hint := e.Hint.In(lang)
	switch {
	case hint == "":
		return s
	case lang == events.Chinese:
		return s + "；" + hint
	}
	return s + "; " + hint
}

// counted counts what is read of a file.
type counted struct {
	io.Reader
	n *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}
