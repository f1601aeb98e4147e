package indicators

import (
	"time"

	"github.com/kaohe/kaohe/events"
)

// Scorecard is how one unit stands in a quarter, indicator by indicator, as of a day. Command line, API, metrics and
// report all show the same one.
type Scorecard struct {
	Org     string
	OrgName events.Text
	Quarter Quarter
	AsOf    events.Day // effective: never after the quarter's end
	Plan    string     // hash of the plan that the figures follow
	KnownAt *KnownAt   // the point of the log that was asked for; nil for all that is known
	Closed  *Closed    // nil for a quarter that was never closed
	Duties  *Duties    // nil for a unit without duties
	// LeftOut is how many events and commits of the log the figures leave out because the plan cannot use them, and Breaks
	// in how many places the log's chain is broken: what the figures rest on is then not all that was recorded.
	LeftOut, Breaks int64
	Rows            []Row // in the plan's order
}

// KnownAt is a point of the log: figures rest on what was recorded by then, and on nothing later.
type KnownAt struct {
	Commit   uint64    `json:"commit"`   // the last one included
	Recorded time.Time `json:"recorded"` // when it was recorded
}

// Row is one indicator of a scorecard.
type Row struct {
	ID        string
	Name      events.Text
	Kind      Kind
	Unit      events.Text
	Office    string
	Direction Direction
	Decimals  int  // places of the values in text
	Money     bool // values are yuan

	Status   Status // the headline: that of the year
	Reported bool   // for the quarter; before it begins, for the year
	// LastEvent is the day of the last event that counts, 0 if there is none.
	LastEvent events.Day

	// TargetIllustrative marks a target that nobody issued, in a demonstration.
	TargetIllustrative bool
	// TargetProblem says why the target that was set cannot be used; empty if it can, or if there is none.
	TargetProblem TargetProblem
	// FirstTarget is the first target of the year where another one has replaced it; else null.
	FirstTarget Number
	// FirstGap is what is missing to the first target; null unless FirstTarget is known.
	FirstGap Number
	// TargetEased is by how much the target was made easier while the indicator was behind its pace; null for not at all.
	TargetEased Number

	// Published is what the closing of the quarter recorded; nil where it recorded nothing of the indicator.
	Published *Published
	// Restated says that a value has changed since it was published. It is not said of a day before the published one.
	Restated bool

	Reporting *Reporting // nil for a unit with none below it

	Quarter *Figure // nil before the quarter begins
	Year    *Figure // nil before the year begins
}

// Reporting counts the units without others below them that have reported for the quarter, and those that there are.
type Reporting struct {
	Have int `json:"have"`
	Due  int `json:"due"`
}

// Figure is what an indicator comes to in one span, held against its target. What is not known is null.
type Figure struct {
	Value      Number `json:"value"`
	Base       Number `json:"base"`       // level on 31 December before; 0 for what adds up
	Target     Number `json:"target"`     // absolute, whatever it was based on
	Expected   Number `json:"expected"`   // what was due by the day
	Gap        Number `json:"gap"`        // what is missing to the target; negative beyond it
	Completion Number `json:"completion"` // value / target, never capped
	PaceRatio  Number `json:"pace_ratio"` // the way gone over the way due
	Status     Status `json:"status"`
	Reported   bool   `json:"reported"`
	Events     int64  `json:"events"` // how many events the value rests on
	// Breakdown has the parts of the value that are not 0, by field of the data and its value,
	// "none" where the events lack it.
	Breakdown map[string]map[string]Number `json:"breakdown,omitempty"`
}

// Row finds an indicator's row.
func (s *Scorecard) Row(id string) (*Row, bool) {
	for i := range s.Rows {
		if s.Rows[i].ID == id {
			return &s.Rows[i], true
		}
	}
	return nil, false
}
