package indicators

import (
	"cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections"
)

// TargetChange is a target as it was set, with the one that it replaced: together they say who changed what, when and why.
type TargetChange struct {
	projections.Target
	Definition *Definition
	From       events.Day          // when it takes effect
	Before     *projections.Target // the one set before it for the same unit, indicator and year; nil for the first
	InForce    bool                // on the day that was asked for
}

// By returns who set the target: the principal, or else the source of the event.
func (t *TargetChange) By() string { return cmp.Or(t.Principal, t.Source) }

// TargetHistory lists the targets of some units for a year in the order of the log, unit by unit and then in the plan's
// order of indicators, and which of them hold on a day; a day after the year counts as its last. An empty indicator means
// all of the plan. A target that was voided was never set.
func TargetHistory(v *projections.View, p *Plan, orgs []int, year int, indicator string, asOf events.Day) []TargetChange {
	on := min(asOf, Quarter{Year: year, N: 4}.Last())
	var list []TargetChange
	for _, org := range orgs {
		for _, d := range p.Indicators {
			if indicator == "" || indicator == d.ID {
				list = appendChanges(list, v.Targets(org, d.ID, year), d, on)
			}
		}
	}
	return list
}

func appendChanges(list []TargetChange, targets []projections.Target, d *Definition, on events.Day) []TargetChange {
	holding, any := inForce(targets, on)
	for i := range targets {
		c := TargetChange{Target: targets[i], Definition: d, From: effectiveFrom(targets[i], i == 0)}
		c.InForce = any && c.At == holding.At
		if i > 0 {
			c.Before = &targets[i-1]
		}
		list = append(list, c)
	}
	return list
}

// Subtree returns a unit and all below it, each before those below it.
func (p *Plan) Subtree(org int) []int {
	units := []int{org}
	for _, child := range p.below[org] {
		units = append(units, p.Subtree(child)...)
	}
	return units
}
