package indicators

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

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
	rows       map[string]int       // by indicator
	fed        map[string][]int     // by event type: the rows of the indicators that it feeds, their parts included
	everywhere map[string]bool      // types whose events matter to units that they do not belong to
	line       Line                 // reads what the walk has not met
	told       map[events.Key]about // of the voids met, and of what they led to
	all        []int
}

func newReach(req *RestateRequest, on events.Day, rows []RestatedRow) *reach {
	p := req.Plan
	r := &reach{
		view: req.View, orgs: p.Orgs, org: req.Closing.Org, on: on, rows: make(map[string]int), fed: make(map[string][]int),
		everywhere: foreign(p.Measures), line: req.Line, told: make(map[events.Key]about),
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
func (r *reach) of(ctx context.Context, e *events.Stored) (Cause, []int, error) {
	switch typ := string(e.Type); typ {
	case events.TypeVoided, events.TypeCorrected:
		return r.ofControl(ctx, e)
	case typeTarget:
		return ByTarget, r.ofTarget(e), nil
	default:
		return causeOf(typ, ByLate), r.ofFact(e, typ), nil
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

// ofControl returns what a void or correction can move: what its target feeds, wherever and whenever that counts.
func (r *reach) ofControl(ctx context.Context, e *events.Stored) (Cause, []int, error) {
	cause, target := ByCorrection, aboutOf(e)
	if string(e.Type) == events.TypeVoided {
		cause, r.told[e.Key()] = ByVoid, target
	}
	typ, err := r.inTheEnd(ctx, target)
	if typ == "" || typ == typeTarget {
		return causeOf(typ, cause), r.all, err
	}
	return causeOf(typ, cause), r.fed[typ], err
}

// about is what an event is about: a fact of a type, or another event, which is a void.
type about struct {
	typ  string
	void events.Key
}

// aboutOf reads what a control event is about. It holds the version that it replaces, unless it is a void of a void or came
// before its target.
func aboutOf(e *events.Stored) about {
	var data struct {
		Source string `json:"target_source"`
		ID     string `json:"target_id"`
		Was    struct {
			Type string `json:"type"`
		} `json:"was"`
	}
	if json.Unmarshal(e.Data, &data) != nil {
		return about{}
	}
	return about{data.Was.Type, events.KeyOf(data.Source, data.ID)}
}

// inTheEnd follows voids of voids, some of which may have come before the closing, down to the fact, and returns its type;
// "" if it is not in the log.
func (r *reach) inTheEnd(ctx context.Context, a about) (string, error) {
	met := make(map[events.Key]bool)
	for a.typ == "" && a.void != (events.Key{}) && !met[a.void] { // voids that void each other stand in the log, refused
		met[a.void] = true
		next, ok := r.told[a.void]
		if !ok {
			var err error
			if next, err = r.look(ctx, a.void); err != nil {
				return "", err
			}
			r.told[a.void] = next
		}
		a = next
	}
	return a.typ, nil
}

// look reads an event that the walk has not met.
func (r *reach) look(ctx context.Context, k events.Key) (about, error) {
	line, err := r.line(ctx, k)
	if errors.Is(err, events.ErrNotFound) {
		return about{}, nil
	}
	var e events.Stored
	if err == nil {
		err = e.ParseLine(line)
	}
	if err != nil {
		return about{}, fmt.Errorf("read what a void is about: %w", err)
	}
	if string(e.Type) == events.TypeVoided {
		return aboutOf(&e), nil
	}
	return about{typ: string(e.Type)}, nil
}
