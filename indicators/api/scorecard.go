package api

import (
	"net/http"

	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators"
)

func (a *API) scorecard(w http.ResponseWriter, r *http.Request) {
	q, g, org, ok := a.asked(w, r, "quarter", "org", "as_of", "known_at", "plan", "at_least")
	if ok {
		writeJSON(w, "application/json", http.StatusOK, g.scorecard(q, org))
	}
}

// asked reads a question about a unit that may have some parameters, and finds what its answer rests on and which unit it is
// about. If that cannot be done, or the unit is not for the asker to read, it answers itself, and is not ok.
func (a *API) asked(w http.ResponseWriter, r *http.Request, parameters ...string) (q question, g ground, org int, ok bool) {
	lang := intake.LangOf(r)
	q, bad := a.question(r.URL.Query(), parameters...)
	if bad != nil {
		bad.problem(lang).Write(w, lang)
		return q, g, 0, false
	}
	g, problem := a.ground(r.Context(), q, lang)
	if problem != nil {
		problem.Write(w, lang)
		return q, g, 0, false
	}
	if org, problem = a.unit(r.Context(), &g, q.org, lang); problem == nil && q.indicator != "" {
		if bad := g.indicator(q.indicator); bad != nil {
			problem = bad.problem(lang)
		}
	}
	if problem != nil {
		problem.Write(w, lang)
		return q, g, 0, false
	}
	return q, g, org, true
}

func (g *ground) scorecard(q question, org int) *indicators.Scorecard {
	day := g.day(q)
	quarter := indicators.QuarterOf(day)
	if q.quarter != nil {
		quarter = *q.quarter
	}
	card := indicators.Evaluate(g.view, g.plan, quarter, org, day)
	card.KnownAt = g.known
	return card
}
