package api

import (
	"net/http"

	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/projections"
)

// Quarantined is something that stands in the log and could not be used. It counts nowhere.
type Quarantined struct {
	Position string             `json:"position"` // of the event; index 0 if the whole commit is meant
	Whole    bool               `json:"whole"`    // the commit as a whole
	Reason   projections.Reason `json:"reason"`   // the label of the metric that counts them
	Detail   string             `json:"detail"`
}

// quarantine lists what was quarantined, in the order in which it was read. While the log is being read the list grows.
func (a *API) quarantine(w http.ResponseWriter, r *http.Request) {
	if !mayReadAll(r.Context()) {
		lang := intake.LangOf(r)
		OutOfScope(r.Context(), access.Everywhere, lang).Write(w, lang)
		return
	}
	list := []Quarantined{}
	for _, q := range a.Quarantine() {
		list = append(list, Quarantined{q.At.String(), q.Whole, q.Reason, q.Detail})
	}
	writeJSON(w, "application/json", http.StatusOK, list)
}
