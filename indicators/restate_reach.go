package indicators

import (
	"encoding/json"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections"
)

// typeTarget and typeReference are the types of the events whose steps have causes of their own.
const (
	typeTarget    = "TargetSet"
	typeReference = "ReferenceValueSet"
)

// reach tells which indicators of a unit an event can move, so that only these are evaluated after it. It may name more than
// do move, and never fewer.
type reach struct {
	view       *projections.View // what is known in the end
	orgs       *events.Orgs
	org        int
	on         events.Day
	rows       map[string]int        // by indicator
	fed        map[string][]int      // by event type: the rows of the indicators that it feeds, their parts included
	everywhere map[string]bool       // types whose events matter to units that they do not belong to
	voids      map[events.Key]string // of the voids met: the type of what they are about in the end
	all        []int
}

func newReach(v *projections.View, p *Plan, org int, on events.Day, rows []RestatedRow) *reach {
	r := &reach{
		view: v, orgs: p.Orgs, org: org, on: on, rows: make(map[string]int), fed: make(map[string][]int),
		everywhere: foreign(p.Measures), voids: make(map[events.Key]string),
	}
	for i := range rows {
		d, ok := p.Indicator(rows[i].ID)
		if !ok {
			continue // what is gone is not moved by anything
		}
		r.rows[d.ID], r.all = i, append(r.all, i)
		for _, t := range d.Types {
			r.fed[t] = append(r.fed[t], i)
		}
	}
	return r
}

// foreign returns the types whose events matter beyond their own units and those above: what closes an interval does so
// wherever it is open, and whoever covers a list does so for all (SEMANTICS 3.3, 3.4).
func foreign(measures []projections.Measure) map[string]bool {
	covering, types := make(map[string]bool), make(map[string]bool)
	for _, m := range measures {
		if m.Kind == projections.Coverage {
			covering[m.On] = true
		}
	}
	for _, m := range measures {
		for _, in := range m.Inputs {
			if covering[m.Name] || in.Role == projections.Closes {
				types[in.Type] = true
			}
		}
	}
	return types
}

// of returns the rows that an event can move, and the cause that it then is.
func (r *reach) of(e *events.Stored) (Cause, []int) {
	switch typ := string(e.Type); typ {
	case events.TypeVoided, events.TypeCorrected:
		return r.ofControl(e)
	case typeTarget:
		return ByTarget, r.ofTarget(e)
	default:
		return causeOf(typ, ByLate), r.ofFact(e, typ)
	}
}

// causeOf returns the cause that an event about another one of a type is.
func causeOf(typ string, otherwise Cause) Cause {
	switch typ {
	case typeTarget:
		return ByTarget
	case typeReference:
		return ByReference
	}
	return otherwise
}

// ofFact passes over facts of later days and of other units. One that was voided or corrected before it was read may count
// for another day or unit than it says.
func (r *reach) ofFact(e *events.Stored, typ string) []int {
	rows := r.fed[typ]
	if len(rows) == 0 || r.amended(e) {
		return rows
	}
	if e.Day() > r.on {
		return nil
	}
	if org, ok := r.orgs.Index(string(e.Org)); ok && !r.everywhere[typ] && !r.orgs.Under(org, r.org) {
		return nil
	}
	return rows
}

func (r *reach) amended(e *events.Stored) bool {
	_, amended := r.view.Amended(e.Key())
	return amended
}

// ofTarget returns the indicator of a target: targets of other units are not the unit's.
func (r *reach) ofTarget(e *events.Stored) []int {
	if r.amended(e) {
		return r.all
	}
	var data struct {
		Indicator string `json:"indicator"`
	}
	if string(e.Org) != r.orgs.Org(r.org).Code || json.Unmarshal(e.Data, &data) != nil {
		return nil // the fold would not have taken what cannot be read
	}
	if i, ok := r.rows[data.Indicator]; ok {
		return []int{i}
	}
	return nil
}

// ofControl returns what a void or correction can move: what its target feeds, wherever and whenever that counts. Without
// the version that it replaces it is a void of a void, or came before its target.
func (r *reach) ofControl(e *events.Stored) (Cause, []int) {
	var data struct {
		Source string `json:"target_source"`
		ID     string `json:"target_id"`
		Was    struct {
			Type string `json:"type"`
		} `json:"was"`
	}
	cause := ByCorrection
	if string(e.Type) == events.TypeVoided {
		cause = ByVoid
	}
	if json.Unmarshal(e.Data, &data) != nil {
		return cause, r.all
	}
	about := data.Was.Type
	if about == "" {
		about = r.voids[events.KeyOf(data.Source, data.ID)]
	}
	if cause == ByVoid {
		r.voids[e.Key()] = about
	}
	switch {
	case about == "", about == typeTarget:
		return causeOf(about, cause), r.all
	}
	return causeOf(about, cause), r.fed[about]
}
