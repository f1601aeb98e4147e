package catalogue

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kaohe/kaohe/events"
)

// Fault is one thing wrong with an event, at a field.
type Fault struct {
	Field string      // dotted path as in the event: "type", "org", "data.entities[2].name"
	Code  string      // one of the codes below, or of the intake's; stable, for programs
	Want  events.Text // what was expected, a phrase: "one of invention, utility, design"
	Got   string      // what came, JSON-ish, at most 80 characters; empty if nothing came
	Hint  events.Text // what to do; may be empty
}

// Codes of the faults in data. They are stable; the list only grows.
const (
	CodeSyntax          = "syntax"           // not JSON
	CodeUTF8            = "utf8"             // a string that is not UTF-8
	CodeSurrogate       = "surrogate"        // an escape of half a character
	CodeControl         = "control"          // a NUL or another control character in a string
	CodeDepth           = "depth"            // nested too deeply
	CodeDuplicate       = "duplicate"        // an object with two members of one name
	CodeMissing         = "missing"          // a required field is absent
	CodeUnknown         = "unknown"          // a field that the type does not have
	CodeType            = "type"             // another type of JSON value
	CodeEnum            = "enum"             // not one of the values allowed
	CodeFormat          = "format"           // text that is not written as it must be; a day that no calendar has
	CodeLength          = "length"           // too few or too many characters, items or members
	CodeRange           = "range"            // a number too small or too large
	CodeNotUnique       = "not_unique"       // a list with two equal items
	CodeChoice          = "choice"           // a combination of fields that the type does not allow
	CodeCount           = "count"            // count is less than the number of entities named
	CodeNumber          = "number"           // a number that a JSON number cannot hold exactly
	CodeMoneyFormat     = "money_format"     // not a plain decimal number of yuan
	CodeMoneyNegative   = "money_negative"   // below zero
	CodeMoneyPlaces     = "money_places"     // more than two decimal places
	CodeMoneyRange      = "money_range"      // more than events.MaxMoney
	CodeDecimalFormat   = "decimal_format"   // not a plain decimal number
	CodeDecimalNegative = "decimal_negative" // below zero where that cannot be
	CodeDecimalPlaces   = "decimal_places"   // more than four decimal places
	CodeDecimalRange    = "decimal_range"    // beyond events.MaxDecimal
)

// In says the fault in one sentence.
func (f Fault) In(lang events.Lang) string {
	if lang == events.Chinese {
		return f.sentence(lang, ":应为", ":缺少,应为", ",收到 ", ",但没有值", ";")
	}
	return f.sentence(lang, ": expected ", ": is missing, expected ", ", got ", ", got nothing", "; ")
}

func (f Fault) sentence(lang events.Lang, expected, missing, got, nothing, hint string) string {
	var b strings.Builder
	b.WriteString(f.Field)
	if f.Code == CodeMissing {
		expected, nothing = missing, ""
	}
	b.WriteString(expected)
	w := f.Want.In(lang)
	if r, _ := utf8.DecodeRuneInString(w); lang == events.Chinese && r < firstIdeograph {
		b.WriteByte(' ') // Latin letters stand apart from Chinese ones
	}
	b.WriteString(w)
	if f.Got != "" {
		nothing = got + f.Got
	}
	b.WriteString(nothing)
	if h := f.Hint.In(lang); h != "" {
		b.WriteString(hint + h)
	}
	return b.String()
}

const firstIdeograph = 0x2e80

// maxGot is how many characters of a wrong value a fault repeats.
const maxGot = 80

// Shorten makes the Got of a fault from what came: valid UTF-8 without control characters, at most 80 characters.
func Shorten(raw []byte) string {
	var b strings.Builder
	n := 0
	for len(raw) > 0 {
		r, size := utf8.DecodeRune(raw)
		raw = raw[size:]
		if unicode.IsControl(r) {
			r = ' '
		}
		if n++; n == maxGot && len(raw) > 0 {
			b.WriteRune('…')
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}
