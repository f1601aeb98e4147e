package intake

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// In binary mode each attribute of an event is a header, in any case of its letters, and the body is the data:
//
//	ce-specversion: 1.0
//	ce-type: EnvoyTrainingHeld
//	ce-source: kaohe:450703
//	ce-id: %E7%AC%AC%E4%B8%80%E6%9C%9F          第一期
//	ce-time: 2018-02-28
//	ce-org: 450703
//	Content-Type: application/json
//
// Values are percent-encoded UTF-8, with one round of decoding; raw UTF-8 is taken as well, since that is what the SDKs send.
// A value that begins with a double quote is a quoted string. So a percent sign is written %25. From there on the event goes
// the way of a structured one, and gets the same id. (HTTP protocol binding for CloudEvents 1.0.2, section 3.1.3.2.)

// MediaData is the media type of an event's data in binary mode; any +json type will do.
const MediaData = "application/json"

// HeaderPrefix makes the name of a header of the name of an attribute.
const HeaderPrefix = "ce-"

// Bounds of the attributes in headers.
const (
	maxHeaders     = 100
	maxHeaderBytes = 16 << 10 // names and values
	maxHeaderFlaws = 10       // listed in one refusal
)

// attributeOfHeader returns the attribute that a header carries, if it does.
func attributeOfHeader(header string) (name string, ok bool) {
	if len(header) <= len(HeaderPrefix) || !strings.EqualFold(header[:len(HeaderPrefix)], HeaderPrefix) {
		return "", false
	}
	return strings.ToLower(header[len(HeaderPrefix):]), true
}

func hasAttributes(h http.Header) bool {
	for header := range h {
		if _, ok := attributeOfHeader(header); ok {
			return true
		}
	}
	return false
}

// headerAttributes reads the attributes of an event in binary mode, sorted by the headers' names. One that is given twice is
// there twice, to be refused like in any other mode.
func headerAttributes(h http.Header) ([]member, error) {
	var list []member
	var flaws headerFlaws
	size := 0
	for _, header := range slices.Sorted(maps.Keys(h)) {
		name, ok := attributeOfHeader(header)
		if !ok {
			continue
		}
		for _, value := range h[header] {
			size += len(header) + len(value)
			if len(list) == maxHeaders || size > maxHeaderBytes {
				return nil, errHeaders
			}
			text, flaw := decodeHeader(value)
			flaws.add(HeaderPrefix+name, flaw)
			list = append(list, member{name, text})
		}
	}
	return list, flaws.err()
}

// headerFlaws are the headers that cannot be decoded.
type headerFlaws struct {
	first  string
	zh, en []string
}

func (f *headerFlaws) add(header string, flaw *events.Text) {
	if flaw == nil || len(f.zh) == maxHeaderFlaws {
		return
	}
	if f.first == "" {
		f.first = header
	}
	f.zh, f.en = append(f.zh, header+":"+flaw.ZH), append(f.en, header+": "+flaw.EN)
}

func (f *headerFlaws) err() error {
	if f.first == "" {
		return nil
	}
	return &detailed{&headerError{f.first}, events.Text{ZH: strings.Join(f.zh, ";"), EN: strings.Join(f.en, "; ")}}
}

// headerError names the first header that cannot be decoded.
type headerError struct{ header string }

func (e *headerError) Error() string        { return "header " + e.header + " cannot be decoded" }
func (e *headerError) Is(target error) bool { return target == errHeader }

// blamed returns the header that an error is about; empty if it is about none.
func blamed(err error) string {
	var h *headerError
	if errors.As(err, &h) {
		return h.header
	}
	return ""
}

// decodeHeader returns the text of a header's value, or what is wrong with it.
func decodeHeader(value string) (string, *events.Text) {
	if strings.HasPrefix(value, `"`) {
		inner, ok := unquoteHeader(value)
		if !ok {
			return "", &events.Text{ZH: "引号没有成对;值本身的引号写成 %22", EN: "the double quotes do not pair; one that belongs to the value is written %22"}
		}
		value = inner
	}
	text := make([]byte, 0, len(value))
	for i := 0; i < len(value); i++ {
		c := value[i]
		if c == '%' {
			if i+2 >= len(value) || !isHex(value[i+1]) || !isHex(value[i+2]) {
				return "", &events.Text{
					ZH: fmt.Sprintf("第 %d 个字节的 %% 后面不是两位十六进制数;百分号本身写成 %%25", i+1),
					EN: fmt.Sprintf("the %% at byte %d is not followed by two hexadecimal digits; a percent sign itself is written %%25", i+1)}
			}
			c, i = unhex(value[i+1])<<4|unhex(value[i+2]), i+2
		}
		text = append(text, c)
	}
	if !utf8.Valid(text) {
		return "", &events.Text{
			ZH: "不是合法的 UTF-8;中文等字符请先编码为 UTF-8,再写成 %XX(例如 中 写成 %E4%B8%AD)",
			EN: "this is not valid UTF-8; encode characters beyond ASCII in UTF-8 and write the bytes as %XX (中 is %E4%B8%AD)"}
	}
	return string(text), nil
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

// unquoteHeader reads a quoted string (RFC 9110, section 5.6.4); it must be all of the value.
func unquoteHeader(value string) (string, bool) {
	var b strings.Builder
	for i := 1; i < len(value); i++ {
		switch c := value[i]; {
		case c == '"':
			return b.String(), i == len(value)-1
		case c == '\\' && i+1 < len(value):
			i++
			b.WriteByte(value[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", false
}

// binaryEvent writes the structured event of attributes and data. A body without content is an event without data.
func binaryEvent(attributes []member, data []byte, room *loan) ([]byte, error) {
	data = bytes.TrimSpace(data)
	if len(data) > 0 {
		if err := wellFormed(data); err != nil {
			return nil, err
		}
	}
	size := len(data) + 2*maxHeaderBytes
	if !room.take(int64(size)) {
		return nil, errCrowded
	}
	event := append(make([]byte, 0, size), '{')
	if len(data) > 0 {
		event = append(append(append(event, `"data":`...), data...), ',')
	}
	for _, a := range attributes {
		event = append(appendMember(event, a.name, a.value), ',')
	}
	event[len(event)-1] = '}' // in place of a comma: there is an attribute, or it would not be binary mode
	return event, nil
}

// nameHeaders adds to the faults of an event in binary mode the headers that they are about. In a header the hint for a source
// that is no URI reference would lead astray, for a percent sign has its own meaning there.
func (a *Answer) nameHeaders(lang events.Lang) {
	for i := range a.Events {
		refusal := a.Events[i].Error
		if refusal == nil {
			continue
		}
		for j := range refusal.Faults {
			f := &refusal.Faults[j]
			if f.Field == "data" && f.Code != catalogue.CodeDuplicate || strings.HasPrefix(f.Field, "data.") {
				continue
			}
			f.Header = HeaderPrefix + f.Field
			if f.Field == "source" && f.Code == catalogue.CodeFormat {
				more := events.Text{ZH: ";在 HTTP 头里 % 本身写成 %25", EN: "; in a header a percent sign itself is written %25"}.In(lang)
				f.Hint, f.Message = f.Hint+more, f.Message+more
			}
		}
	}
}
