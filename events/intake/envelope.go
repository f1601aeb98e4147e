package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// attribute is one that an event from outside may or may not carry: those of CloudEvents 1.0, kaohe's own, and some that
// are known for being sent.
type attribute int

const (
	attrSpecversion attribute = iota
	attrType
	attrSource
	attrID
	attrTime
	attrOrg
	attrDataschema
	attrDatacontenttype
	attrData
	attrNth // transport only: the how-manieth of equal facts this is
	attrDataBase64
	attrSubject
	attrPrincipal
	attrTraceparent
	attrTracestate
	attributes // how many there are
)

var attributeNames = [attributes]string{
	"specversion", "type", "source", "id", "time", "org", "dataschema", "datacontenttype", "data", "nth", "data_base64", "subject",
	"principal", "traceparent", "tracestate",
}

var attributeOf = func() map[string]attribute {
	m := make(map[string]attribute, attributes)
	for a, name := range attributeNames {
		m[name] = attribute(a)
	}
	return m
}()

// envelope is the top level of an event: the raw JSON values of its attributes, as slices of the input.
type envelope struct {
	value   [attributes][]byte // nil where absent or null, which CloudEvents takes as the same
	twice   []string           // attributes given more than once, the first of them
	unknown []string           // attributes that no event has, the first of them
	beyond  int                // how many more of both there are than are listed
}

// errNotObject says that an event is JSON but not an object.
var errNotObject = errors.New("not a JSON object")

type decoder struct {
	buf  bytes.Buffer
	json jsontext.Decoder
}

var decoders = sync.Pool{New: func() any { return new(decoder) }}

// The names of the envelope are compared here and all strings are checked one by one, so that what is wrong with them can
// be said of the field; of the decoder only the grammar is wanted.
var lenient = jsontext.AllowInvalidUTF8(true)

// over runs fn on a decoder of raw.
func over(raw []byte, fn func(*jsontext.Decoder) error) error {
	d := decoders.Get().(*decoder)
	d.buf = *bytes.NewBuffer(raw)
	d.json.Reset(&d.buf, lenient, jsontext.AllowDuplicateNames(true))
	err := fn(&d.json)
	d.buf = bytes.Buffer{} // lets go of raw
	d.json.Reset(&d.buf)
	decoders.Put(d)
	return err
}

// scan splits an event into its attributes. The values are checked for grammar only.
func (e *envelope) scan(raw []byte) error {
	return over(raw, func(d *jsontext.Decoder) error {
		if d.PeekKind() != '{' {
			if _, err := d.ReadValue(); err != nil {
				return err
			}
			return errNotObject
		}
		if _, err := d.ReadToken(); err != nil {
			return err
		}
		for d.PeekKind() != '}' {
			name, err := d.ReadValue()
			if err != nil {
				return err
			}
			name = raw[d.InputOffset()-int64(len(name)) : d.InputOffset()]
			value, err := d.ReadValue()
			if err != nil {
				return err
			}
			e.add(name, raw[d.InputOffset()-int64(len(value)):d.InputOffset()])
		}
		if _, err := d.ReadToken(); err != nil {
			return err
		}
		return atEnd(d)
	})
}

// atEnd fails if anything but blanks follows.
func atEnd(d *jsontext.Decoder) error {
	_, err := d.ReadToken()
	switch {
	case err == io.EOF:
		return nil
	case err == nil:
		return fmt.Errorf("something follows the JSON value, before byte %d", d.InputOffset())
	}
	return err
}

func (e *envelope) add(name, value []byte) {
	name = name[1 : len(name)-1]
	if bytes.IndexByte(name, '\\') >= 0 {
		name, _ = jsontext.AppendUnquote(nil, append(append([]byte{'"'}, name...), '"'))
	}
	a, known := attributeOf[string(name)]
	switch {
	case string(value) == "null":
	case (!known || e.value[a] != nil) && len(e.unknown)+len(e.twice) == maxFaults:
		e.beyond++
	case !known:
		e.unknown = append(e.unknown, string(name))
	case e.value[a] != nil:
		e.twice = append(e.twice, string(name))
	default:
		e.value[a] = value
	}
}
