package intake

import (
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// Answer is a [Receipt] in one language, in the JSON shape in which it goes over the wire. Fields are only ever added.
type Answer struct {
	Durability string        `json:"durability"`
	New        int           `json:"new"`
	Recorded   int           `json:"recorded"`
	Refused    int           `json:"refused"`
	DryRun     bool          `json:"dry_run,omitempty"` // nothing was recorded
	Valid      int           `json:"valid,omitempty"`   // of a dry run: how many would be new
	Events     []EventAnswer `json:"events"`
}

// EventAnswer is what became of one event.
type EventAnswer struct {
	Index    int             `json:"index"` // place in the request, from 0
	Status   Status          `json:"status"`
	Source   string          `json:"source,omitempty"`
	ID       string          `json:"id,omitempty"`
	Type     string          `json:"type,omitempty"`
	Position string          `json:"position,omitempty"` // 12-0
	Warnings []WarningAnswer `json:"warnings,omitempty"`
	Error    *ErrorAnswer    `json:"error,omitempty"`
}

// WarningAnswer is a [Warning].
type WarningAnswer struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// ErrorAnswer is a [Refusal].
type ErrorAnswer struct {
	Code    string        `json:"code"`
	Message string        `json:"message"`
	Faults  []FaultAnswer `json:"faults,omitempty"`
}

// FaultAnswer is one thing wrong with an event.
type FaultAnswer struct {
	Field    string `json:"field"`            // data.requested_yuan
	Header   string `json:"header,omitempty"` // in binary mode, the header that carries the attribute: ce-time
	Code     string `json:"code"`
	Expected string `json:"expected,omitempty"`
	Got      string `json:"got,omitempty"` // what came, shortened
	Hint     string `json:"hint,omitempty"`
	Message  string `json:"message"` // all of it in one sentence
}

// In writes the receipt in a language.
func (r Receipt) In(lang events.Lang) Answer {
	a := r.summary()
	a.Events = make([]EventAnswer, len(r.Events))
	for i := range r.Events {
		a.Events[i] = r.event(i, lang)
	}
	return a
}

// summary is the answer without its events.
func (r Receipt) summary() Answer {
	a := Answer{Durability: r.Durability, DryRun: r.DryRun, Events: []EventAnswer{}}
	a.New, a.Recorded, a.Refused = r.Counts()
	if r.DryRun {
		a.Valid = len(r.Events) - a.Recorded - a.Refused
	}
	return a
}

func (r Receipt) event(i int, lang events.Lang) EventAnswer {
	a := r.Events[i].in(lang)
	a.Index = i
	return a
}

func (o *Outcome) in(lang events.Lang) EventAnswer {
	a := EventAnswer{Status: o.Status, Source: o.Source, ID: o.ID, Type: o.Type}
	if o.Position != 0 {
		a.Position = o.Position.String()
	}
	for _, w := range o.Warnings {
		a.Warnings = append(a.Warnings, WarningAnswer{Code: w.Code, Message: w.Text.In(lang)})
	}
	if o.Refusal != nil {
		a.Error = o.Refusal.in(lang)
	}
	return a
}

func (r *Refusal) in(lang events.Lang) *ErrorAnswer {
	a := &ErrorAnswer{Code: r.Code, Message: r.Text.In(lang)}
	for _, f := range r.Faults {
		a.Faults = append(a.Faults, faultIn(f, lang))
	}
	return a
}

func faultIn(f catalogue.Fault, lang events.Lang) FaultAnswer {
	return FaultAnswer{
		Field: f.Field, Code: f.Code, Expected: f.Want.In(lang), Got: f.Got, Hint: f.Hint.In(lang), Message: f.In(lang),
	}
}
