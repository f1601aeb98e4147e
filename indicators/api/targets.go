package api

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

// Targets is the history of the targets of a year: every one that was set, unit by unit, indicator by indicator, in the
// order in which they were recorded.
type Targets struct {
	Org     string              `json:"org"`
	OrgName events.Text         `json:"org_name"`
	Year    int                 `json:"year"`
	AsOf    string              `json:"as_of"` // the day of in_force: never after the year's end
	Plan    string              `json:"plan"`  // hash
	KnownAt *indicators.KnownAt `json:"known_at,omitempty"`
	Targets []Target            `json:"targets"`
}

// Target is a target as it was set. Its numbers are as they were worded: what they come to depends on the basis.
type Target struct {
	Org       string      `json:"org"`
	OrgName   events.Text `json:"org_name"`
	Indicator string      `json:"indicator"`
	Name      events.Text `json:"name"`
	Units     events.Text `json:"units"`
	Money     bool        `json:"money"` // the unit is yuan
	Set       string      `json:"set"`   // the day
	From      string      `json:"effective_from"`
	InForce   bool        `json:"in_force"` // on the day of as_of
	Wording
	Before       *Wording `json:"before"` // of the target set before it; null for the first
	Due          string   `json:"due,omitempty"`
	Illustrative bool     `json:"illustrative"`
	Reason       string   `json:"reason,omitempty"`
	Document     string   `json:"document,omitempty"`
	By           string   `json:"by"` // the principal, or else the source
	Source       string   `json:"source"`
	ID           string   `json:"id"`
	// Corrections say how it came to be worded as it is, in the order of the log.
	Corrections []TargetCorrection `json:"corrections,omitempty"`
}

// TargetCorrection is a correction of a target: who made it, when and why, and what the target said before.
type TargetCorrection struct {
	Wording        // that it replaced; the position is the correction's
	Day     string `json:"day"`
	By      string `json:"by"`
	Reason  string `json:"reason,omitempty"`
}

// Wording is what a target says and where it stands in the log.
type Wording struct {
	Position      string              `json:"position"`
	Value         indicators.Number   `json:"value"`
	Basis         string              `json:"basis"`
	QuarterlyPlan []indicators.Number `json:"quarterly_plan,omitempty"`
}

func (a *API) targets(w http.ResponseWriter, r *http.Request) {
	q, g, org, ok := a.asked(w, r, "org", "below", "year", "indicator", "as_of", "known_at", "plan", "at_least")
	if !ok {
		return
	}
	units := []int{org}
	if q.below { // a plan of former days may have had units below that are others' today
		units = slices.DeleteFunc(g.plan.Subtree(org), func(u int) bool { return !a.mayRead(r.Context(), g.plan.Orgs.Org(u).Code) })
	}
	writeJSON(w, "application/json", http.StatusOK, g.targets(q, org, units))
}

// targets lists the targets of some units, in the name of one.
func (g *ground) targets(q question, org int, units []int) Targets {
	year := q.year
	if year == 0 {
		year = g.day(q).Year()
	}
	day, unit := min(g.day(q), indicators.Quarter{Year: year, N: 4}.Last()), g.plan.Orgs.Org(org)
	t := Targets{Org: unit.Code, OrgName: unit.Name, Year: year, AsOf: day.String(), Plan: g.plan.Hash, KnownAt: g.known, Targets: []Target{}}
	for _, c := range indicators.TargetHistory(g.view, g.plan, units, year, q.indicator, day) {
		t.Targets = append(t.Targets, g.target(&c))
	}
	return t
}

func (g *ground) target(c *indicators.TargetChange) Target {
	unit, d := g.plan.Orgs.Org(c.Org), c.Definition
	t := Target{
		Org: unit.Code, OrgName: unit.Name, Indicator: d.ID, Name: d.Name, Units: d.Unit, Money: d.Places == 2,
		Set: c.Day.String(), From: c.From.String(), InForce: c.InForce, Wording: wording(&c.Target),
		Illustrative: c.Illustrative, Reason: c.Reason, Document: c.Document, By: c.By(), Source: c.Source, ID: c.ID,
	}
	if c.Before != nil {
		before := wording(c.Before)
		t.Before = &before
	}
	for _, k := range c.Corrections {
		t.Corrections = append(t.Corrections, TargetCorrection{
			Wording{Position: k.At.String(), Value: indicators.NumberOf(k.Was), Basis: k.WasBasis}, k.Day.String(), cmp.Or(k.Principal, k.Source), k.Reason,
		})
	}
	if c.Due != 0 {
		t.Due = c.Due.String()
	}
	return t
}

func wording(t *projections.Target) Wording {
	w := Wording{Position: t.At.String(), Value: indicators.NumberOf(t.Value), Basis: t.Basis}
	for _, v := range t.Plan {
		w.QuarterlyPlan = append(w.QuarterlyPlan, indicators.NumberOf(v))
	}
	return w
}
