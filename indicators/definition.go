package indicators

import "github.com/kaohe/kaohe/events"

// Kind is the way in which an indicator's value arises (SEMANTICS 3).
type Kind string

// The kinds of indicators.
const (
	Count     Kind = "count"     // how often something happened
	Sum       Kind = "sum"       // an amount added up
	Distinct  Kind = "distinct"  // how many different things were mentioned within the span
	Stock     Kind = "stock"     // how many things are in force on the day
	Net       Kind = "net"       // a stock's change since 31 December before
	Latest    Kind = "latest"    // the last value that was set
	Ratio     Kind = "ratio"     // one indicator divided by another
	Coverage  Kind = "coverage"  // how much of one stock is also in force in another
	Milestone Kind = "milestone" // the furthest stage reached, as its ordinal
)

// Level reports whether a value of the kind stands on a day, rather than adding up over a span.
func (k Kind) Level() bool {
	switch k {
	case Stock, Latest, Ratio, Coverage, Milestone:
		return true
	}
	return false
}

// Direction says whether more is better.
type Direction string

// The directions.
const (
	Up   Direction = "up"
	Down Direction = "down"
)

// Definition is one indicator of the plan.
type Definition struct {
	ID        string
	Name      events.Text
	Unit      events.Text
	Office    string // who answers for it (责任科室)
	Kind      Kind
	Direction Direction
	Decimals  int      // places of the value in text
	By        []string // breakdown dimensions, fields of data

	// Measure is the measure of the fold that holds the value; its values have Places decimals (2 for money in fen). For
	// a ratio it is empty.
	Measure string
	Places  int
	// Minus is a second measure to take from the first: the stock that will still hold later, for what expires soon.
	Minus string
	// Types are the event types that feed the indicator, sorted: a NilReported of one of them is about it.
	Types []string

	// Of and Per are the ids of the two indicators of a ratio (numerator, denominator), or of the two stocks of a
	// coverage (what is to be covered, what covers it). A net has the id of its stock in Of.
	Of, Per string
	// Scale multiplies a ratio or a coverage: 100 for percent, 10000 for a rate per ten thousand.
	Scale int64
	// RollUp makes a Latest the sum over the units below; otherwise it belongs to its own unit.
	RollUp bool
	// Stages are the stages of a milestone, in order; its value is the place of the furthest one reached, from 1.
	Stages []string

	Pace Pace
}

// PaceKind is a way in which a year's target is expected to be met (SEMANTICS 4.4).
type PaceKind string

// The paces (序时进度).
const (
	Monthly PaceKind = "monthly"   // months complete, out of twelve
	Daily   PaceKind = "daily"     // days gone, out of the year's
	Stepped PaceKind = "stepped"   // cumulative shares at the quarters' ends
	Hold    PaceKind = "hold"      // the whole target on every day
	Annual  PaceKind = "annual"    // nothing before 31 December
	AtDue   PaceKind = "milestone" // nothing before the due day, all from then on
	NoPace  PaceKind = "none"      // shown without a pace
)

// Pace says which share of the year's target is due on a day.
type Pace struct {
	Kind PaceKind
	// Shares are the cumulative shares of Stepped at the four quarters' ends, in ten-thousandths of one.
	Shares [4]events.Decimal
	// Jump keeps the steps of Stepped: nothing more is due until a quarter's last day.
	Jump bool
}

// Thresholds are the pace ratios from which a status holds (SEMANTICS 4.7).
type Thresholds struct {
	Profile   string         // ratio or points
	OnTrack   events.Decimal // 1.0
	Attention events.Decimal // 0.8
	Behind    events.Decimal // 0.6; below it is critical
	// BehindPoints and CriticalPoints belong to the points profile: percentage points below the pace.
	BehindPoints, CriticalPoints events.Decimal
}
