package indicators

import (
	"context"
	"fmt"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections"
)

// Role says what a part is to the figure above it.
type Role string

// The roles of parts.
const (
	RoleValue   Role = "value"   // the figure itself
	RoleOf      Role = "of"      // what a ratio divides
	RolePer     Role = "per"     // what a ratio divides by
	RoleCovered Role = "covered" // the things of a coverage that are covered
	RoleListed  Role = "listed"  // the things of a coverage that are to be covered
	RoleNow     Role = "now"     // the level of a net on the day
	RoleBefore  Role = "before"  // the level of a net before the span began
)

// Part is a figure, or what a figure is computed from, with the events that it rests on or with parts of its own.
type Part struct {
	Role      Role        `json:"role"`
	Indicator string      `json:"indicator"`
	Name      events.Text `json:"name"`
	Units     events.Text `json:"units"`
	Money     bool        `json:"money"`
	// From and To are the days whose events count; From is empty where all events up to To do.
	From  string `json:"from,omitempty"`
	To    string `json:"to"`
	Value Number `json:"value"` // what the view says
	// Sum is what the events come to: their contributions added up, or what follows from the sums of the parts.
	Sum        Number `json:"sum"`
	Consistent bool   `json:"consistent"` // Sum is Value, here and in all parts
	// Formula is how the value follows from the parts, with the numbers put in; empty for a part without parts.
	Formula string `json:"formula,omitempty"`
	// Counted and NotCounted are how many events were considered, on all pages together.
	Counted    int64 `json:"counted"`
	NotCounted int64 `json:"not_counted"`
	// Missing are the units without a value, of what is the sum of several units' values.
	Missing []string      `json:"missing,omitempty"`
	Parts   []*Part       `json:"parts,omitempty"`
	Events  []EvidenceRow `json:"events,omitzero"`

	last events.Position // of the events listed
	more bool            // there are others behind it
	sum  int64
}

// explaining is the making of one explanation.
type explaining struct {
	reading
	ctx   context.Context // of the one call that it lives for
	src   projections.Source
	ask   ExplainAsk
	words *planWords
}

// explain fills in a part with what an indicator comes to in a window.
func (e *explaining) explain(p *Part, d *Definition, w window) error {
	p.Indicator, p.Name, p.Units, p.Money, p.To = d.ID, d.Name, d.Unit, d.money(), w.to.String()
	p.Value = e.value(d, e.ask.Org, w)
	err := e.take(p, d, w)
	p.Consistent = p.Sum.Equal(p.Value)
	for _, part := range p.Parts {
		p.Consistent = p.Consistent && part.Consistent
		p.Counted, p.NotCounted = p.Counted+part.Counted, p.NotCounted+part.NotCounted
	}
	return err
}

// take takes a figure apart.
func (e *explaining) take(p *Part, d *Definition, w window) error {
	switch d.Kind {
	case Ratio:
		return e.ratio(p, d, w.yearOf())
	case Coverage:
		return e.cover(p, d, w)
	case Net:
		return e.net(p, d, w)
	case Milestone:
		return e.stages(p, d, w)
	case Latest:
		return e.values(p, d, w)
	case Stock:
		return e.level(p, d, w, projections.None)
	}
	p.From = w.from.String()
	q, err := e.query(d.Measure, w)
	if err != nil {
		return err
	}
	return e.list(p, d.Places, q, nil)
}

func (e *explaining) query(measure string, w window) (projections.EvidenceQuery, error) {
	m, ok := e.view.Measure(measure)
	if !ok {
		return projections.EvidenceQuery{}, fmt.Errorf("explain: the view has no measure %s", measure)
	}
	return projections.EvidenceQuery{Measure: m, Org: e.ask.Org, From: w.from, To: w.to, Less: projections.None, CoveredBy: projections.None}, nil
}

// list goes through the evidence of a measure, adds it up, and lists what is on the page. change, if given, has the last
// word on each event.
func (e *explaining) list(p *Part, places int, q projections.EvidenceQuery, change func(*projections.Evidence)) error {
	p.Events = []EvidenceRow{}
	err := e.view.Explain(e.ctx, e.src, q, func(ev *projections.Evidence) error {
		if change != nil {
			change(ev)
		}
		if p.sum += ev.Amount; ev.Verdict == projections.Counted {
			p.Counted++
		} else {
			p.NotCounted++
		}
		switch {
		case ev.At <= e.ask.After:
		case len(p.Events) < e.ask.Limit:
			p.Events, p.last = append(p.Events, e.words.row(ev, places)), ev.At
		default:
			p.more = true
		}
		return nil
	})
	p.Sum = NewNumber(p.sum, places)
	return err
}

// level explains a stock. Of what is on a list it says what covers it, if a stock is named that does.
func (e *explaining) level(p *Part, d *Definition, w window, coveredBy int) error {
	q, err := e.query(d.Measure, w)
	if err != nil {
		return err
	}
	q.CoveredBy = coveredBy
	if d.Minus != "" {
		less, err := e.query(d.Minus, w)
		if err != nil {
			return err
		}
		q.Less = less.Measure
	}
	return e.list(p, d.Places, q, nil)
}

// under adds a part that is an indicator of its own.
func (e *explaining) under(p *Part, role Role, id string, w window) (*Part, error) {
	part := &Part{Role: role}
	p.Parts = append(p.Parts, part)
	d := e.part(id)
	if d == nil {
		return part, fmt.Errorf("explain: the plan has no indicator %s", id)
	}
	return part, e.explain(part, d, w)
}

func (e *explaining) ratio(p *Part, d *Definition, w window) error {
	of, err := e.under(p, RoleOf, d.Of, w)
	if err != nil {
		return err
	}
	per, err := e.under(p, RolePer, d.Per, w)
	p.divide(of, per, d.Scale)
	return err
}

// divide makes a part the quotient of two others.
func (p *Part) divide(of, per *Part, scale int64) {
	p.Sum = of.Sum.mul(NewNumber(scale, 0)).quo(per.Sum)
	p.Formula = formula("%s × %s / %s", operandOf(of.Sum), operandOf(NewNumber(scale, 0)), operandOf(per.Sum)).equals(p.Sum)
}

// net is the level on the day less that before the span began.
func (e *explaining) net(p *Part, d *Definition, w window) error {
	now, err := e.under(p, RoleNow, d.Of, w)
	if err != nil {
		return err
	}
	before, err := e.under(p, RoleBefore, d.Of, window{w.span, w.from, w.from - 1})
	p.Sum = now.Sum.sub(before.Sum)
	p.Formula = formula("%s - %s", operandOf(now.Sum), operandOf(before.Sum)).equals(p.Sum)
	return err
}

// cover is how many of the things listed are covered.
func (e *explaining) cover(p *Part, d *Definition, w window) error {
	of, by := e.part(d.Of), e.part(d.Per)
	if of == nil || by == nil {
		return fmt.Errorf("explain %s: the plan lacks %s or %s", d.ID, d.Of, d.Per)
	}
	q, err := e.query(d.Measure, w)
	if err != nil {
		return err
	}
	on, err := e.query(by.Measure, w)
	if err != nil {
		return err
	}
	covered := &Part{Role: RoleCovered, Indicator: by.ID, Name: by.Name, Units: of.Unit, To: p.To}
	cell, _ := e.cell(d.Measure, e.ask.Org)
	covered.Value = NewNumber(cell.Level(w.to), 0)
	if err := e.list(covered, 0, q, nil); err != nil {
		return err
	}
	covered.Consistent = covered.Sum.Equal(covered.Value)
	listed := &Part{Role: RoleListed, Indicator: of.ID, Name: of.Name, Units: of.Unit, To: p.To, Value: e.value(of, e.ask.Org, w)}
	p.Parts = []*Part{covered, listed}
	err = e.level(listed, of, w, on.Measure)
	listed.Consistent = listed.Sum.Equal(listed.Value)
	p.divide(covered, listed, d.Scale)
	return err
}

// values explains the values that were set. What is the sum of several units' is not known unless all have one.
func (e *explaining) values(p *Part, d *Definition, w window) error {
	q, err := e.query(d.Measure, w)
	if err != nil {
		return err
	}
	units := []int{e.ask.Org}
	if below := e.plan.leavesBelow(e.ask.Org); d.RollUp && len(below) > 0 {
		q.Units, units = below, below
	}
	have := make(map[int]bool)
	err = e.list(p, d.Places, q, func(ev *projections.Evidence) {
		if ev.Verdict == projections.Counted {
			have[ev.Org] = true
		}
	})
	for _, u := range units {
		if !have[u] {
			p.Missing = append(p.Missing, e.plan.Orgs.Org(u).Code)
			p.Sum = Number{}
		}
	}
	return err
}

// stages explains a milestone: the first event of the furthest stage contributes its place, the others were stages on the way.
func (e *explaining) stages(p *Part, d *Definition, w window) error {
	w.from = events.FirstDay
	q, err := e.query(d.Measure, w)
	if err != nil {
		return err
	}
	place := make(map[string]int)
	for i, stage := range d.Stages {
		place[stage] = i + 1
	}
	best, at := 0, events.Position(0)
	err = e.view.Explain(e.ctx, e.src, q, func(ev *projections.Evidence) error {
		if ev.Verdict == projections.Counted && place[ev.Members[0]] > best {
			best, at = place[ev.Members[0]], ev.At
		}
		return nil
	})
	if err != nil {
		return err
	}
	return e.list(p, 0, q, func(ev *projections.Evidence) {
		switch {
		case ev.Verdict != projections.Counted:
		case ev.At == at:
			ev.Amount = int64(best)
		case place[ev.Members[0]] == 0:
			ev.Verdict, ev.Amount = verdictNoStage, 0
		default:
			ev.Verdict, ev.By, ev.Amount = projections.Superseded, at, 0
		}
	})
}

// verdictNoStage says of an event that what it reached is no stage of the milestone.
const verdictNoStage projections.Verdict = "no_stage"
