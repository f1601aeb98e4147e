package sheets

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"sync/atomic"

	"github.com/kaohe/kaohe/events"
)

// Bounds of what a workbook is unpacked to, in bytes. A zip file of 1 MB may unpack to 1 GB.
const (
	maxSmallPart = 16 << 20  // the list of sheets, the styles
	maxStrings   = 256 << 20 // the texts of all cells, which are kept in memory
	maxSheetPart = 1 << 30   // a sheet, which is not
	maxToken     = 1 << 20   // a piece of XML: a cell holds at most 32,767 characters
)

var errNoPart = errors.New("a part of the workbook is missing")

// part is a part of a workbook that is being read as XML.
type part struct {
	io.Closer
	xml  *xml.Decoder
	from *bounded
}

// bounded reads within bounds.
type bounded struct {
	io.Reader
	left  int64         // of the part
	token int64         // of the piece of XML
	count *atomic.Int64 // may be nil
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 || b.token <= 0 {
		return 0, &Error{
			Text: events.Text{ZH: "解压后太大，拒绝读取", EN: "it is too large once it is unpacked"},
			Hint: events.Text{ZH: "请把记录分成几个文件", EN: "divide the records among several files"},
		}
	}
	n, err := b.Reader.Read(p[:min(int64(len(p)), b.left, b.token)])
	b.left -= int64(n)
	b.token -= int64(n)
	if b.count != nil {
		b.count.Add(int64(n))
	}
	return n, err
}

// part opens a part by its name in lower case.
func (w *workbook) part(name string, limit int64, count *atomic.Int64) (*part, error) {
	z := w.parts[name]
	if z == nil {
		return nil, errNoPart
	}
	return openPart(z, limit, count)
}

func openPart(z *zip.File, limit int64, count *atomic.Int64) (*part, error) {
	in, err := z.Open()
	if err != nil {
		return nil, err
	}
	from := &bounded{Reader: in, left: limit, token: maxToken, count: count}
	return &part{Closer: in, from: from, xml: xml.NewDecoder(from)}, nil
}

// next returns the next token; it is good until the one after. The names have no name spaces: workbooks use few, and
// those of the strict and the usual kind differ in nothing else.
func (p *part) next() (xml.Token, error) {
	p.from.token = maxToken
	return p.xml.RawToken()
}

// each calls fn for each element that begins, until the part ends.
func (p *part) each(fn func(xml.StartElement) error) error {
	for {
		t, err := p.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if e, ok := t.(xml.StartElement); ok {
			if err := fn(e); err != nil {
				return err
			}
		}
	}
}

// text reads the text within the element that has just begun, up to its end. Texts of elements within count if they are
// called t, but not those of a phonetic guide, which tells how Chinese characters are read.
func (p *part) text(whole bool) (string, error) {
	var b strings.Builder
	depth, inText, phonetic := 1, 0, 0
	for depth > 0 {
		t, err := p.next()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			depth++
			switch t.Name.Local {
			case "t":
				inText = depth
			case "rPh":
				phonetic = depth
			}
		case xml.EndElement:
			if inText == depth {
				inText = 0
			}
			if phonetic == depth {
				phonetic = 0
			}
			depth--
		case xml.CharData:
			if (whole || inText > 0) && phonetic == 0 && b.Len() < maxToken {
				b.Write(t)
			}
		}
	}
	return b.String(), nil
}

func attribute(e xml.StartElement, name string) string {
	for i := range e.Attr {
		if e.Attr[i].Name.Local == name {
			return e.Attr[i].Value
		}
	}
	return ""
}

// truth reads an attribute that is 1 or true.
func truth(s string) bool { return s == "1" || s == "true" || s == "on" }
