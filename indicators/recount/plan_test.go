package recount_test

import (
	"math/big"
	"slices"
)

// The plan in the words of the recount: indicators.yaml, plan.yaml and orgs.yaml written out by hand.

// plan is what a body decides.
type plan struct {
	units      tree
	indicators []*indicator
	duties     map[string][]string // by unit
	// thresholds of the pace ratio: on_track, attention, behind
	thresholds [3]*big.Rat
}

func (p *plan) indicator(id string) *indicator {
	for _, d := range p.indicators {
		if d.id == id {
			return d
		}
	}
	panic("no indicator " + id)
}

// indicator is one entry of the plan.
type indicator struct {
	id, kind string
	down     bool // less is better
	by       []string
	pace     pace

	counts  func(fact) bool // count, sum, distinct, latest, milestone: which facts count
	types   []string        // that feed it
	of, per string          // fields: what a sum adds up, a distinct tells apart, a latest takes; or the ids of two indicators
	scale   int64
	stock   stock
	rollUp  bool
	stages  []string
	heads   bool // a sum of whole numbers
}

// stock says what opens an interval, what closes it, and how long it lasts by itself.
type stock struct {
	opens, closes     func(fact) bool
	pair              []string
	thing             string
	until, ends, from string
	months, expiring  int
}

type pace struct {
	kind   string
	shares [4]string
}

// level reports whether the figure stands on a day rather than adding up.
func (d *indicator) level() bool {
	return slices.Contains([]string{"stock", "latest", "ratio", "coverage", "milestone"}, d.kind)
}

// whole reports whether its values are numbers of things.
func (d *indicator) whole() bool {
	return d.heads || slices.Contains([]string{"count", "distinct", "stock", "net"}, d.kind)
}

// Conditions on facts.
type condition = func(fact) bool

func every(fact) bool { return true }

func is(field string, values ...string) condition {
	return func(f fact) bool { return slices.Contains(values, f.text(field)) }
}

func not(c condition) condition { return func(f fact) bool { return !c(f) } }

func all(list ...condition) condition {
	return func(f fact) bool {
		for _, c := range list {
			if !c(f) {
				return false
			}
		}
		return true
	}
}

// event limits a condition to one type.
func event(typ string, c condition) condition {
	return func(f fact) bool { return f.Type == typ && c(f) }
}

// convertedFrom lets conversions of an amount or more pass, and those without one.
func convertedFrom(yuan int64) condition {
	return func(f fact) bool {
		return !f.has("amount_yuan") || f.amount("amount_yuan").Cmp(big.NewRat(yuan, 1)) >= 0
	}
}

func monthly() pace { return pace{kind: "monthly"} }
func none() pace    { return pace{kind: "none"} }
func always() pace  { return pace{kind: "hold"} }
func byDue() pace   { return pace{kind: "milestone"} }
func stepped(q1, q2, q3, q4 string) pace {
	return pace{"stepped", [4]string{q1, q2, q3, q4}}
}

// Kinds of indicators, as the plan writes them.

func countOf(id, typ string, c condition, p pace, by ...string) *indicator {
	return &indicator{id: id, kind: "count", types: []string{typ}, counts: event(typ, c), pace: p, by: by}
}

func sumOf(id, typ, of string, c condition, p pace, by ...string) *indicator {
	heads := of == "count" || of == "sessions" || of == "attendees"
	return &indicator{id: id, kind: "sum", types: []string{typ}, counts: event(typ, c), of: of, pace: p, by: by, heads: heads}
}

func distinctOf(id, typ, of string, c condition, p pace, by ...string) *indicator {
	return &indicator{id: id, kind: "distinct", types: []string{typ}, counts: event(typ, c), of: of, pace: p, by: by}
}

func stockOf(id string, types []string, s stock, p pace, by ...string) *indicator {
	return &indicator{id: id, kind: "stock", types: types, stock: s, pace: p, by: by}
}

func latestOf(id, key string, rollUp bool) *indicator {
	return &indicator{id: id, kind: "latest", types: []string{"ReferenceValueSet"}, counts: event("ReferenceValueSet", is("key", key)),
		of: "value", rollUp: rollUp, pace: none()}
}

func ratioOf(id, of, per string, scale int64, p pace) *indicator {
	return &indicator{id: id, kind: "ratio", of: of, per: per, scale: scale, pace: p}
}

func carrierProgress(id, kind string) *indicator {
	return &indicator{id: id, kind: "milestone", types: []string{"CarrierStageChanged"}, of: "to_stage", pace: byDue(),
		counts: event("CarrierStageChanged", all(is("kind", kind), not(is("to_stage", "withdrawn")))),
		stages: []string{"planning", "preparing", "filed", "recognized", "operating"}}
}
