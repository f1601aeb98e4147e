package access

import (
	"context"

	"github.com/kaohe/kaohe/events"
)

// Ability is one thing that a principal may do within its units. Abilities are combined by |.
type Ability uint8

// The abilities.
const (
	Emit   Ability = 1 << iota // record facts, nil reports, and void and correct facts
	Read                       // see figures, events, findings
	Target                     // set, void and correct targets and reference values
	Close                      // hand a quarter in

	All = Emit | Read | Target | Close
)

// Principal is who was authenticated. The zero Principal may do nothing.
type Principal struct {
	Name string // recorded with events; empty where nobody had to say who they are
	Org  string // code of the unit at the top of what it may touch; Everywhere for the whole tree
	Can  Ability
}

// Everywhere in place of a unit's code means all units.
const Everywhere = "*"

// Local is whoever reaches a daemon that has no tokens: somebody on its own machine.
var Local = Principal{Org: Everywhere, Can: All}

// May reports whether the principal may do all of a at the unit with a code. Of a unit that is not in the tree only a
// principal of all units may say anything.
func (p Principal) May(a Ability, orgs *events.Orgs, org string) bool {
	return p.Can&a == a && p.Reaches(orgs, org)
}

// Reaches reports whether the unit with a code is one that the principal may touch at all.
func (p Principal) Reaches(orgs *events.Orgs, org string) bool {
	switch p.Org {
	case Everywhere:
		return true
	case "":
		return false
	}
	top, known := orgs.Index(p.Org)
	unit, ok := orgs.Index(org)
	return known && ok && orgs.Under(unit, top)
}

type contextKey struct{}

// NewContext returns a context that carries the principal of a request.
func NewContext(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, contextKey{}, p)
}

// FromContext returns the principal of a request; the zero one, who may do nothing, if the context carries none.
func FromContext(ctx context.Context) Principal {
	p, _ := ctx.Value(contextKey{}).(Principal)
	return p
}

// Units names the units that the principal may touch, for people.
func (p Principal) Units() events.Text {
	if p.Org == Everywhere {
		return events.Text{ZH: "全部单位", EN: "all units"}
	}
	return events.Text{ZH: p.Org + " 及其下级", EN: p.Org + " and below"}
}
