package sheets_test

import (
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// encodeText writes a text in an encoding, by its name as of Dialect.
func encodeText(t *testing.T, name, text string) []byte {
	t.Helper()
	enc := map[string]encoding.Encoding{
		"utf-8": unicode.UTF8, "utf-8-bom": unicode.UTF8BOM, "gb18030": simplifiedchinese.GB18030,
		"utf-16le": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16be": unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
	}[name]
	b, err := enc.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
