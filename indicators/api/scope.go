// Who asks is told about the units that it may read, and nothing else. A question about another unit is answered with 403,
// one that names no unit is about the plan's default one, or the asker's own if it may not read that. Both the plan of today
// and the plan of the answer must place the unit among the asker's.
//
// An event is read by who may read all units that it concerns: its own, and, of a void or correction, those of what it is
// about; for everybody else there is no such event. Where a figure of one's own rests on events of other units, as a coverage
// may, they are listed with their position, type, day, unit and contribution, so that the figure adds up, but without source,
// id and what they say. The same holds for what moved a published figure. What could not be used has no unit that anybody
// could rely on, so that the quarantine is for those who may read everything. The units and types of the plan are no secret.
package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/indicators"
)

// mayRead reports whether who asks may read a unit, by the plan of today.
func (a *API) mayRead(ctx context.Context, code string) bool {
	return access.FromContext(ctx).May(access.Read, a.Plan.Orgs, code)
}

// mayReadAll reports whether who asks may read everything.
func mayReadAll(ctx context.Context) bool { return access.FromContext(ctx).Everything(access.Read) }

// OutOfScope is the problem of a question about a unit that is not for the asker to read. It is told to whoever keeps the door.
func OutOfScope(ctx context.Context, code string, lang events.Lang) *Problem {
	by := access.FromContext(ctx)
	access.Denied(ctx, access.Denial{By: by.Name, Ability: access.Read, Org: code})
	p := NewProblem(http.StatusForbidden, "out_of_scope", events.Text{ZH: "不在权限范围内", EN: "out of scope"}, by.Denies(access.Read, code), lang)
	return &p
}

// defaultOrg is the unit of a question that names none: the plan's, or the asker's own.
func (a *API) defaultOrg(ctx context.Context, plan *indicators.Plan) string {
	by := access.FromContext(ctx)
	if by.Org == access.Everywhere || a.mayRead(ctx, plan.DefaultOrg) {
		return plan.DefaultOrg
	}
	return by.Org
}

// unit finds the unit that a question is about, which is one that the asker may read.
func (a *API) unit(ctx context.Context, g *ground, code string, lang events.Lang) (int, *Problem) {
	by, named := access.FromContext(ctx), code != ""
	if by.Can&access.Read == 0 {
		return 0, OutOfScope(ctx, code, lang)
	}
	if !named {
		code = a.defaultOrg(ctx, g.plan)
	}
	org, bad := g.org(code)
	switch {
	case bad != nil && (named || by.Org == access.Everywhere):
		return 0, bad.problem(lang)
	case bad != nil, !a.mayRead(ctx, code), !by.May(access.Read, g.plan.Orgs, code):
		return 0, OutOfScope(ctx, code, lang)
	}
	return org, nil
}

// hidden reports whether a recorded event is not for the asker to read. To find that out may take reading what it is about.
func (a *API) hidden(ctx context.Context, line []byte) (bool, error) {
	if mayReadAll(ctx) {
		return false, nil
	}
	var e events.Stored
	if err := e.ParseLine(line); err != nil {
		return false, err
	}
	units, err := access.Units(&e, func(k events.Key) ([]byte, error) { return a.line(ctx, k) })
	if errors.Is(err, access.ErrLongChain) || errors.Is(err, events.ErrNotFound) {
		return true, nil // nobody can tell whose it is
	}
	return err == nil && !access.FromContext(ctx).MayAll(access.Read, a.Plan.Orgs, units), err
}

// visible fails with events.ErrNotFound if a recorded event is not for the asker to read.
func (a *API) visible(ctx context.Context, line []byte) error {
	hidden, err := a.hidden(ctx, line)
	if err == nil && hidden {
		access.Denied(ctx, access.Denial{By: access.FromContext(ctx).Name, Ability: access.Read})
		err = events.ErrNotFound
	}
	return err
}

// hide takes out of an explanation what events of other units say.
func (a *API) hide(ctx context.Context, p *indicators.Part) {
	if p == nil || mayReadAll(ctx) {
		return
	}
	for i := range p.Events {
		if row := &p.Events[i]; !a.mayRead(ctx, row.Org) {
			row.Source, row.ID, row.Says, row.Things = "", "", events.Text{}, nil
		}
	}
	for _, part := range p.Parts {
		a.hide(ctx, part)
	}
}

// hideMoving takes out of a restatement whose the events of other units are.
func (a *API) hideMoving(ctx context.Context, r *Restatement) error {
	if mayReadAll(ctx) {
		return nil
	}
	known := map[string]bool{} // by position
	for i := range r.Indicators {
		for k := range r.Indicators[i].Events {
			e := &r.Indicators[i].Events[k]
			hidden, asked := known[e.Position]
			if !asked {
				var err error
				if hidden, err = a.hiddenAt(ctx, e.Position); err != nil {
					return err
				}
				known[e.Position] = hidden
			}
			if hidden {
				e.Source, e.ID = "", ""
			}
		}
	}
	return nil
}

func (a *API) hiddenAt(ctx context.Context, position string) (bool, error) {
	at, err := events.ParsePosition(position)
	if err != nil {
		return false, err
	}
	line, err := a.Event(ctx, at)
	if err != nil {
		return false, err
	}
	return a.hidden(ctx, line)
}
