package intake

import (
	"slices"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// What a document of the interface must know, told by the tables that the intake itself goes by.

// Sendable reports whether events of a type may come from outside. A PeriodClosed may where somebody draws up what is handed
// in; see Options.Close.
func Sendable(t *catalogue.Type) bool {
	switch t.Name {
	case typePlan:
		return false
	case typeClosed, typeNil, events.TypeVoided, events.TypeCorrected:
		return true
	}
	return !t.Control
}

// FilledIn lists the fields of a type's data that are filled in when an event is recorded, and refused if they are sent.
func FilledIn(typ string) []string {
	if !completed(typ) {
		return nil
	}
	return slices.Clone(completedFields(typ))
}

// ProblemKind is one of the problems with which the intake answers a request that never became events.
type ProblemKind struct {
	Code   string
	Status int
	Title  events.Text
	Detail events.Text // empty where it depends on the request
	Retry  bool        // it says when to send the same again
}

// ProblemKinds lists them.
func ProblemKinds() []ProblemKind {
	var kinds []ProblemKind
	for _, p := range problems {
		kinds = append(kinds, ProblemKind{p.code, p.status, p.title, p.detail, p.retry != ""})
	}
	return kinds
}

// RefusalCodes lists the codes of refusals.
func RefusalCodes() []string { return slices.Clone(refusalCodes) }
