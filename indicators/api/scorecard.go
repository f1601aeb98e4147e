package api

import (
	"net/http"

	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators"
)

func (a *API) scorecard(w http.ResponseWriter, r *http.Request) {
	lang := intake.LangOf(r)
	q, bad := a.question(r.URL.Query(), "quarter", "org", "as_of", "known_at", "plan", "at_least")
	if bad != nil {
		bad.problem(lang).Write(w, lang)
		return
	}
	g, problem := a.ground(r.Context(), q, lang)
	if problem != nil {
		problem.Write(w, lang)
		return
	}
	org, bad := g.org(q.org)
	if bad != nil {
		bad.problem(lang).Write(w, lang)
		return
	}
	writeJSON(w, "application/json", http.StatusOK, g.scorecard(q, org))
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
