package intake

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// codeNotAllowed is the code of a fault: the attribute is not for the sender to give, or not here. The other codes are those
// of the catalogue.
const codeNotAllowed = "not_allowed"

// Bounds of the faults that are listed. An event of a request of up to 1,000 has all its faults listed, up to 50 like
// the catalogue's; of larger requests each has its share.
const (
	maxFaults      = 50     // of an event
	minFaults      = 5      // of an event in the largest request
	requestsFaults = 50_000 // of a request
)

// listed returns how many faults of each event are listed in a request of n events.
func listed(n int) int { return min(maxFaults, max(minFaults, requestsFaults/n)) }

// fault notes one thing wrong with an attribute.
func (p *preparation) fault(field, code string, want events.Text, got string, hint events.Text) {
	p.note(catalogue.Fault{Field: field, Code: code, Want: want, Got: got, Hint: hint})
}

// note counts all faults and lists the first of them.
func (p *preparation) note(faults ...catalogue.Fault) {
	p.wrong += len(faults)
	p.faults = append(p.faults, faults[:min(len(faults), p.list-len(p.faults))]...)
}

// full counts a fault if it would not be listed, so that nobody needs to find words for it.
func (p *preparation) full() bool {
	if len(p.faults) < p.list {
		return false
	}
	p.wrong++
	return true
}

func (p *preparation) missing(field string, want events.Text) {
	p.fault(field, catalogue.CodeMissing, want, "", events.Text{})
}

// didYouMean is the hint for a mistyped name: the nearest known one, or all if they are few.
func didYouMean(name string, known []string) events.Text {
	if near := events.Suggest(name, known); near != "" {
		return events.Text{ZH: "是否想写 " + near + "?", EN: "did you mean " + near + "?"}
	}
	if len(known) == 0 || len(known) > 12 {
		return events.Text{}
	}
	return events.Text{ZH: "已知的有:" + strings.Join(known, "、"), EN: "known are " + strings.Join(known, ", ")}
}

// place returns the line and column, from 1 and in characters, of a byte offset.
func place(raw []byte, offset int) (line, column int) {
	before := raw[:min(max(offset, 0), len(raw))]
	start := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[start:]) + 1
}

// suggestType is the hint for a mistyped type.
func (in *Intake) suggestType(name string) events.Text {
	if near := in.Catalogue.Suggest(name); near != "" {
		return events.Text{ZH: "是否想写 " + near + "?", EN: "did you mean " + near + "?"}
	}
	return events.Text{}
}
