package projections

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/kaohe/kaohe/events/catalogue"
)

// kind is what a value is. Dates are strings of their own kind: written as 2018-02-28 they sort by themselves.
type kind uint8

const (
	isNil kind = iota
	isBool
	isNumber
	isString
	isDate
	isList
	isObject
)

// value is what a filter computes with.
type value struct {
	kind   kind
	truthy bool
	num    number
	str    string
	list   []value
	object map[string]value
}

// truth is the value as a condition: nothing is not true.
func (v value) truth() bool { return v.kind == isBool && v.truthy }

func boolean(b bool) value { return value{kind: isBool, truthy: b} }

// eval computes a part of a filter.
type eval func(*scope) value

// scope is what a filter sees while it looks at one event.
type scope struct {
	fields []value
	item   value // # within a predicate
}

// compareValues orders two values of one kind; ok is false if there is no order between them, as with nil.
func compareValues(a, b value) (order int, ok bool) {
	switch {
	case a.kind == isNumber && b.kind == isNumber:
		return a.num.compare(b.num), true
	case a.isText() && b.isText():
		return cmp.Compare(a.str, b.str), true
	}
	return 0, false
}

func (v value) isText() bool { return v.kind == isString || v.kind == isDate }

func equalValues(a, b value) bool {
	if order, ok := compareValues(a, b); ok {
		return order == 0
	}
	return a.kind == b.kind && (a.kind == isNil || a.kind == isBool && a.truthy == b.truthy)
}

// decode reads a canonical JSON value of a field. The common kinds take no detour over encoding/json. What the schema leaves
// open (Any) no filter can look into, so it stays nil.
func decode(raw []byte, f *catalogue.Field) (value, error) {
	if len(raw) == 0 || f == nil || f.Kind == catalogue.Any || string(raw) == "null" {
		return value{}, nil
	}
	switch f.Kind {
	case catalogue.Boolean:
		if s := string(raw); s == "true" || s == "false" {
			return boolean(s == "true"), nil
		}
	case catalogue.Integer, catalogue.Money, catalogue.Decimal:
		if n, ok := parseNumber(string(bytes.Trim(raw, `"`))); ok {
			return value{kind: isNumber, num: n}, nil
		}
	case catalogue.String, catalogue.Date:
		if s, ok := unquote(raw); ok {
			return value{kind: kindOf(f), str: s}, nil
		}
	case catalogue.Array:
		return decodeList(raw, f)
	case catalogue.Object:
		return decodeObject(raw, f)
	}
	return value{}, fmt.Errorf("%.80s is not as the schema says", raw)
}

func unquote(raw []byte) (string, bool) {
	if len(raw) < 2 || raw[0] != '"' {
		return "", false
	}
	if inner := raw[1 : len(raw)-1]; bytes.IndexByte(inner, '\\') < 0 {
		return string(inner), raw[len(raw)-1] == '"'
	}
	var s string
	return s, json.Unmarshal(raw, &s) == nil
}

func decodeList(raw []byte, f *catalogue.Field) (value, error) {
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		return value{}, err
	}
	v := value{kind: isList, list: make([]value, len(parts))}
	for i, part := range parts {
		var err error
		if v.list[i], err = decode(part, f.Items); err != nil {
			return value{}, err
		}
	}
	return v, nil
}

func decodeObject(raw []byte, f *catalogue.Field) (value, error) {
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		return value{}, err
	}
	v := value{kind: isObject, object: make(map[string]value, len(f.Fields))}
	for _, inner := range f.Fields {
		var err error
		if v.object[inner.Name], err = decode(parts[inner.Name], inner); err != nil {
			return value{}, err
		}
	}
	return v, nil
}

func kindOf(f *catalogue.Field) kind {
	switch f.Kind {
	case catalogue.Boolean:
		return isBool
	case catalogue.Integer, catalogue.Money, catalogue.Decimal:
		return isNumber
	case catalogue.Date:
		return isDate
	case catalogue.Array:
		return isList
	case catalogue.Object:
		return isObject
	case catalogue.Any:
		return isNil
	}
	return isString
}
