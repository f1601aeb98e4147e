package sheets

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// sniffed is how many bytes are looked at to tell what a file is.
const sniffed = 64 << 10

// maxPiped is the largest workbook, in bytes, that is read from where one cannot go back.
const maxPiped = 64 << 20

// open finds out what the file is and makes it ready to be read. at is nil where one cannot go back.
func (f *File) open(r io.Reader, at io.ReaderAt) error {
	if err := f.check(); err != nil {
		return err
	}
	in := bufio.NewReaderSize(counted{r, &f.offset}, sniffed)
	head, err := in.Peek(sniffed)
	if err != nil && err != io.EOF && len(head) == 0 {
		return err
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return f.openWorkbook(in, at)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return oldWorkbook(in)
	case isMarkup(head):
		return &Error{Text: events.Text{ZH: "这是网页或 XML 文件，不是电子表格", EN: "this is a web page or an XML file, not a spreadsheet"}, Hint: saveAsXLSX}
	}
	if f.kind = f.textKind(head); f.kind == CSV {
		return f.openCSV(in)
	}
	f.rows = newStream(in, f.kind)
	return nil
}

// check refuses options that cannot be followed.
func (f *File) check() error {
	o := &f.options
	if o.Type != "" && o.Catalogue.Type(o.Type) == nil {
		t := f.typeCalled(o.Type) // 补助申报 is as good
		if t == nil {
			return &Error{Text: f.unknownType(o.Type)}
		}
		o.Type = t.Name
	}
	if _, ok := encodings[strings.ToLower(o.Encoding)]; o.Encoding != "" && !ok {
		return &Error{
			Text: events.Text{ZH: "不认识编码 " + o.Encoding, EN: "unknown encoding " + o.Encoding},
			Hint: events.Text{ZH: "可用：utf-8、gb18030、utf-16le、utf-16be", EN: "it is one of utf-8, gb18030, utf-16le, utf-16be"},
		}
	}
	if o.Comma != 0 && !slices.Contains(commas, o.Comma) {
		return &Error{Text: events.Text{
			ZH: fmt.Sprintf("分隔符 %q 不可用；可用逗号、分号、制表符或竖线", o.Comma), EN: fmt.Sprintf("%q cannot separate cells; a comma, a semicolon, a tab or | can", o.Comma)}}
	}
	return nil
}

// textKind tells what a file of text is.
func (f *File) textKind(head []byte) Kind {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	switch strings.ToLower(filepath.Ext(f.path)) {
	case ".ndjson", ".jsonl", ".ndj":
		return NDJSON
	case ".csv", ".tsv", ".txt":
		return CSV
	}
	switch {
	case bytes.HasPrefix(head, []byte("[")):
		return JSON
	case !bytes.HasPrefix(head, []byte("{")):
		return CSV
	}
	if first, _, whole := bytes.Cut(head, []byte("\n")); whole && json.Valid(first) {
		return NDJSON
	}
	return JSON
}

func isMarkup(head []byte) bool {
	head = bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head[:min(len(head), 512)], []byte("\ufeff")), " \t\r\n"))
	for _, s := range [...]string{"<html", "<!doctype", "<?xml", "<table", "<meta", "<head", "<workbook"} {
		if bytes.HasPrefix(head, []byte(s)) {
			return true
		}
	}
	return false
}

var saveAsXLSX = events.Text{
	ZH: "请用 Excel 或 WPS 打开，另存为 .xlsx（Excel 工作簿）后再导入", EN: "open it in Excel, WPS or LibreOffice, save it as .xlsx and import that",
}

// oldWorkbook says what is wrong with a compound file: an old workbook, or a new one that is encrypted.
func oldWorkbook(in io.Reader) error {
	if contains(in, utf16Name("EncryptedPackage")) {
		return &Error{
			Text: events.Text{ZH: "工作簿有打开密码", EN: "the workbook is encrypted"},
			Hint: events.Text{ZH: "请去掉密码另存后再导入", EN: "save it without its password and import that"},
		}
	}
	return &Error{Text: events.Text{ZH: "这是旧的 .xls 格式", EN: "this is a file of the old .xls format"}, Hint: saveAsXLSX}
}

// utf16Name is how the directory of a compound file has a name.
func utf16Name(s string) []byte {
	var b []byte
	for i := range len(s) {
		b = append(b, s[i], 0)
	}
	return b
}

// contains looks for bytes in a stream.
func contains(r io.Reader, want []byte) bool {
	buf := make([]byte, 64<<10)
	kept := 0
	for {
		n, err := r.Read(buf[kept:])
		if bytes.Contains(buf[:kept+n], want) {
			return true
		}
		if err != nil {
			return false
		}
		end := kept + n
		kept = copy(buf, buf[max(0, end-len(want)):end])
	}
}
