package api

import (
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

// Restatement leads from what was published when a unit closed a quarter to what is known now: published + causes = current,
// for each figure of each indicator. In differences what is not known (null) counts as 0.
type Restatement struct {
	Org       string             `json:"org"`
	OrgName   events.Text        `json:"org_name"`
	Quarter   indicators.Quarter `json:"quarter"`
	AsOf      string             `json:"as_of"`   // of the current figures: never after the quarter's end
	Through   uint64             `json:"through"` // the last commit that they include
	Plan      string             `json:"plan"`    // hash
	Revision  int                `json:"revision"`
	Revisions int                `json:"revisions"` // how often the quarter was closed
	Closing   RestatedClosing    `json:"closing"`
	// PlanUnreadable says that the figures cannot be computed by the plan of the closing: it is not in the log, cannot be read
	// any more, or has no unit with this code. The step of the definition includes that of the software then.
	PlanUnreadable bool                `json:"plan_unreadable,omitempty"`
	Changed        bool                `json:"changed"`
	Events         int64               `json:"events"` // recorded after what was published, the closing itself aside
	Moving         int64               `json:"moving"` // those of them that changed a figure
	Indicators     []RestatedIndicator `json:"indicators"`
}

// RestatedClosing is the closing that published the figures.
type RestatedClosing struct {
	Position string `json:"position"`
	Source   string `json:"source"`
	ID       string `json:"id"`
	Day      string `json:"day"`
	AsOf     string `json:"as_of"` // the last day that the published figures include
	Cutoff   string `json:"cutoff,omitempty"`
	Through  uint64 `json:"through"` // the last commit that they include
	Plan     string `json:"plan"`    // hash
	Reason   string `json:"reason,omitempty"`
	By       string `json:"by"` // the principal, or else the source
}

// RestatedIndicator is what has become of an indicator.
type RestatedIndicator struct {
	ID       string                                 `json:"id"`
	Name     events.Text                            `json:"name"`
	Units    events.Text                            `json:"units"`
	Decimals int                                    `json:"decimals"`
	Money    bool                                   `json:"money"`          // the unit is yuan
	Gone     bool                                   `json:"gone,omitempty"` // it was published, and the plan no longer has it
	New      bool                                   `json:"new,omitempty"`  // it was not published
	Changed  bool                                   `json:"changed"`
	Figures  map[indicators.Followed]RestatedFigure `json:"figures"`
	Events   []RestatingEvent                       `json:"events"`         // those that changed a figure, in the order of the log
	More     int                                    `json:"more,omitempty"` // how many more there are; what they changed is in the figures
}

// RestatedFigure leads from a published figure to the current one. Causes that changed nothing are left out.
type RestatedFigure struct {
	Published   indicators.Number                      `json:"published"`
	Current     indicators.Number                      `json:"current"`
	Difference  indicators.Number                      `json:"difference"`
	Causes      map[indicators.Cause]indicators.Number `json:"causes"`
	Unexplained indicators.Number                      `json:"unexplained,omitzero"` // a defect of the program, to be reported
}

// RestatingEvent is an event that changed figures of an indicator.
type RestatingEvent struct {
	Position string                                 `json:"position"`
	Source   string                                 `json:"source"`
	ID       string                                 `json:"id"`
	Type     string                                 `json:"type"`
	Title    events.Text                            `json:"title"`
	Day      string                                 `json:"day"`
	Cause    indicators.Cause                       `json:"cause"`
	Changes  map[indicators.Followed]RestatedChange `json:"changes"`
}

// RestatedChange is what an event changed a figure by, and the figure after it.
type RestatedChange struct {
	By    indicators.Number `json:"by"`
	After indicators.Number `json:"after"`
}
