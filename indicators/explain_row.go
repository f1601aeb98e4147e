package indicators

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
	"github.com/kaohe/kaohe/projections"
)

// EvidenceRow is an event that was considered, as it counts: in its corrected version, if it was corrected.
type EvidenceRow struct {
	Position     string              `json:"position"`
	Source       string              `json:"source"`
	ID           string              `json:"id"`
	Type         string              `json:"type"`
	TypeTitle    events.Text         `json:"type_title"`
	Day          string              `json:"day"`
	Org          string              `json:"org"`
	Contribution Number              `json:"contribution"`
	Verdict      projections.Verdict `json:"verdict"` // counted, or the rule that leaves it out
	Rule         events.Text         `json:"rule"`    // the verdict in words
	By           string              `json:"by,omitempty"`
	Says         events.Text         `json:"says"`                   // its data in short
	Late         string              `json:"late,omitempty"`         // the closing of its quarter that came before it
	CorrectedBy  []string            `json:"corrected_by,omitempty"` // in the order of the log
	Things       []ThingRow          `json:"things,omitempty"`

	at events.Position
}

// ThingRow is a thing that an event names.
type ThingRow struct {
	Name        string `json:"name"`
	CountedWith string `json:"counted_with,omitempty"` // another event
	CoveredBy   string `json:"covered_by,omitempty"`
}

// Covered reports whether what an event lists is covered.
func (r *EvidenceRow) Covered() bool {
	return len(r.Things) > 0 && r.Things[0].CoveredBy != ""
}

func (w *planWords) row(ev *projections.Evidence, places int) EvidenceRow {
	r := EvidenceRow{
		Position: ev.At.String(), Source: string(ev.Event.Source), ID: string(ev.Event.ID), Type: string(ev.Event.Type), Day: ev.Event.Day().String(),
		Org: string(ev.Event.Org), Contribution: NewNumber(ev.Amount, places), Verdict: ev.Verdict, Rule: rule(ev), By: positionOf(ev.By), Late: positionOf(ev.Late),
		at: ev.At,
	}
	if t, ok := w.plan.Catalogue.Type(r.Type); ok {
		r.TypeTitle, r.Says = t.Title, says(t, ev.Event.Data)
	}
	for _, at := range ev.Corrected {
		r.CorrectedBy = append(r.CorrectedBy, at.String())
	}
	for _, thing := range ev.Things {
		r.Things = append(r.Things, ThingRow{thing.Name, positionOf(thing.By), positionOf(thing.Covered)})
	}
	return r
}

// positionOf writes a position; none is empty.
func positionOf(at events.Position) string {
	if at == 0 {
		return ""
	}
	return at.String()
}

// How much of an event is said in short, in characters.
const (
	maxSaid  = 80
	maxValue = 30
)

// unsaid are the fields that schemas have in common: where a fact is from, not what happened.
var unsaid = []string{"source_ref", "evidence", "note", "period_start"}

// says puts the data of an event in short: the fields in the order of the schema, with their titles.
func says(t *catalogue.Type, data []byte) events.Text {
	var values map[string]json.RawMessage
	if json.Unmarshal(data, &values) != nil {
		return events.Text{}
	}
	return events.Text{ZH: saysIn(t, values, events.Chinese), EN: saysIn(t, values, events.English)}
}

func saysIn(t *catalogue.Type, values map[string]json.RawMessage, lang events.Lang) string {
	between, colon := "; ", ": "
	if lang == events.Chinese {
		between, colon = "；", "："
	}
	var parts []string
	said := 0
	for _, f := range t.Fields {
		value := short(valueIn(f, values[f.Name], lang), maxValue)
		if value == "" || slices.Contains(unsaid, f.Name) {
			continue
		}
		part := f.Title.In(lang) + colon + value
		if said += len([]rune(part)); said > maxSaid && len(parts) > 0 {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, between)
}

// valueIn writes a value; what has no short form is empty.
func valueIn(f *catalogue.Field, raw json.RawMessage, lang events.Lang) string {
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return ""
	}
	switch f.Kind {
	case catalogue.Array:
		return namesIn(raw)
	case catalogue.Object, catalogue.Any:
		return ""
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return string(raw) // a number or a truth value
	}
	if title, ok := f.EnumTitles[s]; ok {
		return title.In(lang)
	}
	return s
}

// namesIn lists the things of a joint fact.
func namesIn(raw json.RawMessage) string {
	var list []struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	if json.Unmarshal(raw, &list) != nil {
		return ""
	}
	var names []string
	for _, thing := range list {
		if thing.Name == "" {
			thing.Name = thing.ID
		}
		names = append(names, thing.Name)
	}
	return strings.Join(names, ", ")
}

// short cuts a text that is longer than so many characters. It takes one line.
func short(s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
