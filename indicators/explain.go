package indicators

import (
	"context"
	"fmt"
	"slices"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections"
)

// The spans that an indicator can be explained for.
const (
	SpanQuarter = "quarter"
	SpanYear    = "year"
)

// ExplainAsk asks what an indicator's figure is made of.
type ExplainAsk struct {
	Indicator string // an id of the plan
	Quarter   Quarter
	Org       int
	Span      string // SpanQuarter or SpanYear
	AsOf      events.Day
	After     events.Position // only events after it are listed; sums are always of all
	Limit     int             // how many events are listed of each part
}

// Explanation says what a figure of a scorecard is made of: the definition in words, the arithmetic with the numbers put in,
// and every event that was considered, with what it contributes or the rule that leaves it out.
type Explanation struct {
	Org        string             `json:"org"`
	OrgName    events.Text        `json:"org_name"`
	Quarter    Quarter            `json:"quarter"`
	Span       string             `json:"span"`
	AsOf       string             `json:"as_of"` // effective: never after the quarter's end
	Plan       string             `json:"plan"`  // hash
	KnownAt    *KnownAt           `json:"known_at,omitempty"`
	LeftOut    int64              `json:"left_out,omitempty"`
	Breaks     int64              `json:"breaks,omitempty"`
	Indicator  ExplainedIndicator `json:"indicator"`
	Figure     *Figure            `json:"figure"` // of the scorecard; null before the span begins
	Arithmetic []Step             `json:"arithmetic"`
	// Consistent says that the contributions sum to the value in every part. That they do not cannot be unless the log or the
	// program is damaged: then nobody may rely on the figure.
	Consistent bool `json:"consistent"`
	// Value is the figure in its parts; nil before the span begins.
	Value *Part `json:"value"`
	// Next is the position to ask on after; empty if all was listed.
	Next string `json:"next,omitempty"`
}

// ExplainedIndicator is an indicator in words.
type ExplainedIndicator struct {
	ID                 string        `json:"id"`
	Name               events.Text   `json:"name"`
	Kind               Kind          `json:"kind"`
	Units              events.Text   `json:"units"`
	Office             string        `json:"office"`
	Direction          Direction     `json:"direction"`
	Decimals           int           `json:"decimals"`
	Money              bool          `json:"money"`
	Definition         events.Text   `json:"definition"`
	Pace               events.Text   `json:"pace"`
	TargetIllustrative bool          `json:"target_illustrative"`
	TargetProblem      TargetProblem `json:"target_problem,omitempty"`
}

// Explain says what a figure is made of. The figure is that of the scorecard; its events are read from the log once more, and
// their contributions are held against it. The view must be one of a fold of the plan.
func Explain(ctx context.Context, src projections.Source, v *projections.View, p *Plan, ask ExplainAsk) (*Explanation, error) {
	d, ok := p.Indicator(ask.Indicator)
	if !ok {
		return nil, fmt.Errorf("explain %s: the plan has no such indicator", ask.Indicator)
	}
	card := Evaluate(v, p, ask.Quarter, ask.Org, ask.AsOf)
	row, _ := card.Row(d.ID)
	words := newPlanWords(p)
	x := &Explanation{
		Org: card.Org, OrgName: card.OrgName, Quarter: ask.Quarter, Span: ask.Span, AsOf: card.AsOf.String(), Plan: p.Hash, LeftOut: card.LeftOut, Breaks: card.Breaks,
		Indicator: ExplainedIndicator{
			ID: d.ID, Name: d.Name, Kind: d.Kind, Units: d.Unit, Office: d.Office, Direction: d.Direction, Decimals: d.Decimals, Money: d.money(),
			Definition: words.definition(d), Pace: words.pace(d.Pace), TargetIllustrative: row.TargetIllustrative, TargetProblem: row.TargetProblem,
		},
		Arithmetic: []Step{}, Consistent: true,
	}
	w := quarterTo(card.AsOf)
	if x.Figure = row.Quarter; ask.Span == SpanYear {
		x.Figure, w = row.Year, yearTo(card.AsOf)
	}
	if x.Figure == nil {
		return x, nil
	}
	e := &explaining{reading: reading{v, p}, ctx: ctx, src: src, ask: ask, words: words}
	root := &Part{Role: RoleValue}
	if err := e.explain(root, d, w); err != nil {
		return nil, err
	}
	root.Consistent = root.Consistent && root.Sum.Equal(x.Figure.Value)
	x.Value, x.Consistent = root, root.Consistent
	x.Next = root.cut()
	x.Arithmetic = e.steps(x, d, card.AsOf)
	return x, nil
}

// cut ends all parts at one position, so that a page has the same stretch of the log in each, and returns it; empty if no
// part has more than it lists.
func (p *Part) cut() string {
	leaves := p.leaves()
	end := events.Position(0)
	for _, leaf := range leaves {
		if leaf.more && (end == 0 || leaf.last < end) {
			end = leaf.last
		}
	}
	if end == 0 {
		return ""
	}
	for _, leaf := range leaves {
		leaf.Events = slices.DeleteFunc(leaf.Events, func(r EvidenceRow) bool { return r.at > end })
	}
	return end.String()
}

// leaves returns the parts that list events.
func (p *Part) leaves() []*Part {
	if len(p.Parts) == 0 {
		return []*Part{p}
	}
	var all []*Part
	for _, part := range p.Parts {
		all = append(all, part.leaves()...)
	}
	return all
}

// Append adds the events of the page after to an explanation. It reports false, and leaves the explanation of no use, if the
// two are not of one state of the figures.
func (x *Explanation) Append(next *Explanation) bool {
	if x.Value == nil || next.Value == nil {
		return false
	}
	x.Next = next.Next
	return x.Value.append(next.Value)
}

func (p *Part) append(next *Part) bool {
	same := p.Role == next.Role && p.Indicator == next.Indicator && p.Sum.Equal(next.Sum) && p.Value.Equal(next.Value) &&
		p.Counted == next.Counted && p.NotCounted == next.NotCounted && len(p.Parts) == len(next.Parts)
	for i := 0; same && i < len(p.Parts); i++ {
		same = p.Parts[i].append(next.Parts[i])
	}
	p.Events = append(p.Events, next.Events...)
	return same
}
