package projections

import "github.com/kaohe/kaohe/events"

// Kind says what a measure keeps.
type Kind uint8

// The kinds of measures (SEMANTICS 3).
const (
	Flow     Kind = iota + 1 // amounts that happen on days, added up over a span
	Distinct                 // entities mentioned within a span
	Stock                    // things in force on a day
	Coverage                 // things in force in both of two stocks
	Latest                   // the last value set
)

// Measure declares one figure that a fold keeps. Indicators compile to measures; a measure knows no indicator.
type Measure struct {
	Name   string // unique in a fold
	Kind   Kind
	Inputs []Input
	By     []string // fields of data whose values the figure is broken down by
	Of, On string   // Coverage: the names of the stock that is to be covered and of the one that covers it
}

// Role says what an event does to a stock; the other kinds have one role only.
type Role uint8

// The roles.
const (
	Adds   Role = iota // contributes to a flow, mentions an entity, sets a value
	Opens              // begins an interval of a stock
	Closes             // ends the intervals of its pair
)

// Input is one way in which events of a type feed a measure.
type Input struct {
	Type  string
	Role  Role
	Where *Filter // nil lets every event pass

	// Amount is the field that a flow adds up or that Latest takes its value from. Empty means the event's count.
	Amount string
	// Scale is the number of decimals of the values kept: 0 for counts, 2 for money (fen), 4 for decimals.
	Scale int

	// Thing is the field that names what Distinct and Stock count. For Distinct it may be "entities": each is one, by its id
	// or else its name.
	Thing string
	// Pair names the fields that a closing event shares with the opening ones it ends.
	Pair []string
	// Until is a date field: the last day in force. Ends is another: the first day out. Where neither is filled in an
	// interval holds for Valid months less one day, or, if that is 0, until it is closed. The months count from the day in
	// the field ValidFrom, or where that is not filled in from the opening: a patent lasts twenty years from its filing.
	Until, Ends string
	Valid       int
	ValidFrom   string
	// Early ends each interval so many months before its time: the stock of what will still hold then.
	Early int
}

// Target is what a TargetSet event says. Several for one indicator, org and year follow each other (SEMANTICS 4.1).
type Target struct {
	At            events.Position
	Source, ID    string
	Principal     string     // who was authenticated; empty where nobody had to be
	Day           events.Day // when it was set
	Org           int
	Indicator     string
	Year          int
	Value         events.Decimal
	Basis         string           // flow, stock, net or growth
	Plan          []events.Decimal // four cumulative absolute values, one a quarter end; or none
	EffectiveFrom events.Day       // 0 if the event does not say
	Due           events.Day       // of a milestone; 0 if the event does not say
	Weight        events.Decimal
	Illustrative  bool
	Reason        string
	Document      string
	Corrections   []TargetCorrection // in the order of the log
}

// TargetCorrection is how a target was corrected after it was set.
type TargetCorrection struct {
	At         events.Position
	Source, ID string
	Principal  string
	Day        events.Day
	Reason     string
	Was        events.Decimal // the value that it replaced
	WasBasis   string
}
