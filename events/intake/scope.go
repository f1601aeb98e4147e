package intake

import (
	"context"
	"errors"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
)

// Everybody records for the units that they may, and learns nothing of the others. Each event is held against its own unit; a
// void or correction moreover against each unit that what it is about concerns, when the writer completes it. What is refused
// for that is [CodeScope]; only of a target outside the sender's units nothing is said, not even that it is there. A repeat is
// "recorded" for whoever sends it, as it says the same in the name of a unit that its sender may record for: it learns
// where that stands, and nothing else. Where an id is taken by something else, the sender learns what that says if it
// may read it.

// Types of the events that say what is to be reached. Whoever records facts need not be allowed to.
const (
	typeTarget    = "TargetSet"
	typeReference = "ReferenceValueSet"
)

// abilityFor returns what it takes to record an event of a type for a unit. For a void or correction it takes what it takes
// to record what it is about, at each unit that it concerns: see [writer.checkTarget].
func abilityFor(typ string) access.Ability {
	switch typ {
	case typeTarget, typeReference:
		return access.Target
	case typeClosed:
		return access.Close
	}
	return access.Emit
}

// orgOf is the unit of events that name none: the default one, or the sender's own if it may not touch that.
func (in *Intake) orgOf(by access.Principal) string {
	if in.DefaultOrg != "" && by.Reaches(in.Orgs, in.DefaultOrg) {
		return in.DefaultOrg
	}
	if _, known := in.Orgs.Index(by.Org); known {
		return by.Org
	}
	return ""
}

// checkScope refuses an event that its sender may not record for the unit that it names, or under a source that is the name
// of a unit of others. It comes before all that is wrong with the data: there is no use in mending that.
func (p *preparation) checkScope() *Refusal {
	if p.by.Everything(access.All) {
		return nil
	}
	need := abilityFor(p.typ.Name)
	if amends(p.typ.Name) && p.by.Can&access.Target != 0 {
		need = access.Target // what it takes is known once the target is
	}
	switch org := p.event.Org; {
	case p.by.Can&need == 0 || p.by.Org == "", org != "" && !p.by.Reaches(p.in.Orgs, org):
		return p.deny(need, org)
	}
	if unit, ok := sourceUnit(p.event.Source); ok && !p.by.Reaches(p.in.Orgs, unit) {
		return p.deny(need, unit)
	}
	return nil
}

func (p *preparation) deny(need access.Ability, org string) *Refusal {
	p.denied = &access.Denial{By: p.by.Name, Ability: need, Org: org}
	return outOfScope(p.by, need, org)
}

// sourceUnit returns the unit whose name a source is: kaohe:450703 and kaohe:450703/patents belong to 450703. The ids of such
// sources are derived, so that whoever could use them could take the ids of others.
func sourceUnit(source string) (code string, ok bool) {
	const scheme = "kaohe:"
	if len(source) < len(scheme) || !strings.EqualFold(source[:len(scheme)], scheme) {
		return "", false
	}
	code = source[len(scheme):]
	if end := strings.IndexAny(code, "/?#"); end >= 0 {
		code = code[:end]
	}
	return code, true
}

func outOfScope(by access.Principal, need access.Ability, org string) *Refusal {
	return &Refusal{Code: CodeScope, Text: by.Denies(need, org)}
}

// mustMay refuses a fact unless its sender may do something for a unit.
func (f *fact) mustMay(orgs *events.Orgs, need access.Ability, org string) {
	if !f.by.May(need, orgs, org) {
		f.denied = &access.Denial{By: f.by.Name, Ability: need, Org: org}
		f.refusal = outOfScope(f.by, need, org)
	}
}

// checkTarget refuses a void or correction of what cannot be voided or corrected, or not by its sender. What lies outside the
// sender's units is for it as if it were not there.
func (w *writer) checkTarget(ctx context.Context, f *fact, t *target) error {
	if f.by.Everything(access.Emit | access.Target) {
		f.refusal = t.refusal(&f.event)
		return nil
	}
	units, need, err := w.concerned(ctx, t)
	if err != nil {
		return err
	}
	for _, unit := range units {
		if !f.by.Reaches(w.Orgs, unit) {
			f.denied = &access.Denial{By: f.by.Name, Ability: need, Org: unit}
		}
	}
	if t.at == 0 || f.denied != nil {
		f.refusal = refusal(CodeUnknownTarget, "没有来源为 %s、编号为 %s 的事件,或它不在令牌 %s 的单位范围内;请核对 target_source 和 target_id",
			"no event has source %s and id %s, or it is not among the units of the token %s; check target_source and target_id", t.source, t.id, f.by.Name)
		return nil
	}
	if f.refusal = t.refusal(&f.event); f.refusal != nil {
		return nil
	}
	for _, unit := range units {
		f.mustMay(w.Orgs, need, unit)
	}
	return nil
}

// concerned returns the units that a void or correction of a target concerns, and what it takes there: those of the version
// in force, and of a void also those of what that is about.
func (w *writer) concerned(ctx context.Context, t *target) (units []string, need access.Ability, err error) {
	for n := 0; t.at != 0; n++ {
		units = append(units, t.org)
		if t.void == nil {
			break
		}
		if t, err = w.target(ctx, t.void); err != nil {
			return nil, 0, err
		}
		if t.at == 0 || n == maxVoids { // nobody can tell whose it is in the end
			return append(units, ""), access.Emit | access.Target, nil
		}
	}
	return units, abilityFor(t.typeName), nil
}

// mayRead reports whether somebody may read a recorded event.
func (in *Intake) mayRead(ctx context.Context, by access.Principal, e *events.Stored) (bool, error) {
	if by.Everything(access.Read) {
		return true, nil
	}
	units, err := access.Units(e, func(k events.Key) ([]byte, error) {
		at, known := in.IDs.Lookup(k)
		if !known {
			return nil, access.ErrLongChain // a void that was recorded of what is not there: nobody knows whose it is
		}
		return in.recall.line(ctx, at)
	})
	switch {
	case errors.Is(err, access.ErrLongChain):
		return false, nil
	case err != nil:
		return false, unreadable(ctx, err)
	}
	return by.MayAll(access.Read, in.Orgs, units), nil
}

// reportDenied tells whoever keeps the door what was denied.
func (in *Intake) reportDenied(ctx context.Context, facts []fact) {
	for i := range facts {
		if d := facts[i].denied; d != nil {
			access.Denied(ctx, *d)
		}
	}
}
