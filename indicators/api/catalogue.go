package api

import (
	"net/http"

	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/forms"
	"github.com/kaohe/kaohe/events/intake"
)

func (a *API) catalogue(w http.ResponseWriter, r *http.Request) {
	by := access.FromContext(r.Context())
	if by.Can == 0 {
		lang := intake.LangOf(r)
		OutOfScope(r.Context(), "", lang).Write(w, lang)
		return
	}
	c := forms.Catalogue{
		Plan: a.Plan.Name, PlanHash: a.Plan.Hash, TimeZone: a.Plan.Zone.String(), Today: a.Today().String(),
		DefaultOrg: a.ownOrg(by), Orgs: []forms.Org{}, Types: []forms.Type{},
	}
	for i := range a.Plan.Orgs.Len() {
		org := a.Plan.Orgs.Org(i)
		c.Orgs = append(c.Orgs, forms.Org{Code: org.Code, Name: org.Name, Parent: org.Parent})
	}
	for _, t := range a.Plan.Catalogue.Types() {
		c.Types = append(c.Types, forms.Describe(t))
	}
	writeJSON(w, "application/json", http.StatusOK, c)
}

// ownOrg is the unit of events that name none: the plan's default one, or that of who sends them.
func (a *API) ownOrg(by access.Principal) string {
	if by.Reaches(a.Plan.Orgs, a.Plan.DefaultOrg) {
		return a.Plan.DefaultOrg
	}
	return by.Org
}
