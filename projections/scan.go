package projections

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/kaohe/kaohe/events"
)

// errData says that the data of a stored event is not laid out canonically.
var errData = errors.New("data is not canonical JSON")

// fields finds the members of a canonical JSON object that are wanted, and puts their raw values into out, nil for those
// that are absent. The names wanted are in ascending order, as the object's must be: one pass finds all.
func fields(data []byte, wanted []string, out [][]byte) error {
	clear(out)
	if len(data) < 2 || data[0] != '{' || data[len(data)-1] != '}' {
		return errData
	}
	var last []byte
	next := 0
	for i := 1; i < len(data)-1; i++ {
		nameEnd := stringEnd(data, i)
		if nameEnd < 0 || nameEnd >= len(data) || data[nameEnd] != ':' {
			return errData
		}
		name := data[i+1 : nameEnd-1]
		if last != nil && bytes.Compare(last, name) >= 0 {
			return errData
		}
		last = name
		end := valueEnd(data, nameEnd+1)
		if end < 0 || end >= len(data) {
			return errData
		}
		for next < len(wanted) && wanted[next] < string(name) {
			next++
		}
		if next < len(wanted) && wanted[next] == string(name) {
			out[next] = data[nameEnd+1 : end]
		}
		switch {
		case data[end] == ',' && end < len(data)-2:
			i = end
		case end == len(data)-1:
			return nil
		default:
			return errData
		}
	}
	if len(data) > 2 {
		return errData
	}
	return nil
}

// stringEnd returns the index after the JSON string that begins at i, or -1.
func stringEnd(b []byte, i int) int {
	if i >= len(b) || b[i] != '"' {
		return -1
	}
	for i++; i < len(b); i++ {
		switch b[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
	return -1
}

// valueEnd returns the index after the JSON value that begins at i, or -1. It looks no closer than it must to find the
// end: whoever uses the value checks it.
func valueEnd(b []byte, i int) int {
	if i >= len(b) {
		return -1
	}
	switch b[i] {
	case '"':
		return stringEnd(b, i)
	case '{', '[':
		return nestedEnd(b, i)
	}
	start := i
	for i < len(b) && b[i] != ',' && b[i] != '}' && b[i] != ']' {
		i++
	}
	if i == start {
		return -1
	}
	return i
}

func nestedEnd(b []byte, i int) int {
	depth := 0
	for i < len(b) {
		switch b[i] {
		case '"':
			if i = stringEnd(b, i); i < 0 {
				return -1
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return -1
}

// isNull reports whether a raw value is absent or null.
func isNull(raw []byte) bool {
	return raw == nil || string(raw) == "null"
}

// text returns the text of a raw JSON string. Canonical strings escape only what must be, so that most are a slice of raw.
func text(raw []byte) ([]byte, error) {
	if len(raw) < 2 || raw[0] != '"' || raw[len(raw)-1] != '"' {
		return nil, fmt.Errorf("%s is not a string", clip(raw))
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1], nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, fmt.Errorf("%s is not a string", clip(raw))
	}
	return []byte(s), nil
}

// scalar returns the text of a raw string, number or boolean.
func scalar(raw []byte) ([]byte, error) {
	switch {
	case len(raw) == 0 || raw[0] == '{' || raw[0] == '[':
		return nil, fmt.Errorf("%s is not a single value", clip(raw))
	case raw[0] == '"':
		return text(raw)
	}
	return raw, nil
}

// scaled returns a raw value as an integer at a scale: a JSON integer, or a decimal string with at most so many places.
func scaled(raw []byte, scale int) (int64, error) {
	digits, places, seen := raw, 0, false
	if scale > 0 {
		s, err := text(raw)
		if err != nil {
			return 0, err
		}
		digits = s
	}
	negative := len(digits) > 0 && digits[0] == '-'
	if negative {
		digits = digits[1:]
	}
	var n int64
	for i, c := range digits {
		switch {
		case c >= '0' && c <= '9' && n <= maxNumber/10:
			n = n*10 + int64(c-'0')
			if seen {
				places++
			}
		case c == '.' && scale > 0 && !seen && i > 0 && i < len(digits)-1:
			seen = true
		default:
			return 0, fmt.Errorf("%s is not a number with at most %d decimals", clip(raw), scale)
		}
	}
	if len(digits) == 0 || places > scale {
		return 0, fmt.Errorf("%s is not a number with at most %d decimals", clip(raw), scale)
	}
	for ; places < scale; places++ {
		if n > maxNumber/10 {
			return 0, fmt.Errorf("%s is too large", clip(raw))
		}
		n *= 10
	}
	if negative {
		n = -n
	}
	return n, nil
}

// maxNumber bounds a single number, so that sums of billions of them still fit.
const maxNumber = int64(events.MaxDecimal)

// date returns a raw value as a day.
func date(raw []byte) (events.Day, error) {
	s, err := text(raw)
	if err != nil {
		return 0, err
	}
	return events.ParseDay(string(s))
}

// clip shortens a raw value for an error.
func clip(raw []byte) string {
	const most = 60
	if raw == nil {
		return "nothing"
	}
	if len(raw) > most {
		return string(bytes.ToValidUTF8(raw[:most], nil)) + "..."
	}
	return string(raw)
}
