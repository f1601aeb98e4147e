package indicators

import (
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
	"github.com/kaohe/kaohe/projections"
)

// Plan is all that a body decides: its units, the events it knows, its indicators and how they are judged. It never
// changes once loaded.
type Plan struct {
	Name        events.Text
	Hash        string // SHA-256 over the plan's files, in hex
	Archive     []byte // those files, as the log keeps them; see [Unpack]
	Zone        *time.Location
	Orgs        *events.Orgs
	DefaultOrg  string // unit of an event or a question that names none; empty if the plan has none
	Catalogue   *catalogue.Catalogue
	Indicators  []*Definition // in the plan's order
	Measures    []projections.Measure
	Thresholds  Thresholds
	Duties      []Duty
	ReportDay   int // day of the quarter's last month by which figures must be reported; 0 if the plan has none
	Expose      Expose
	Quality     QualitySettings
	filters     int // how many filters the definitions have
	indicatorBy map[string]*Definition
	place       map[string]int      // of each indicator in Indicators
	dutiesOf    map[string][]string // by a unit's code: the indicators of its duties
	below       [][]int             // by a unit's index: the units directly below it
}

// Duty says that a unit must have a target for an indicator and report it.
type Duty struct {
	Org       string
	Indicator string
}

// Expose bounds what is offered as metrics.
type Expose struct {
	Depth     int // how far below the roots of the tree units are shown
	Quarters  int // how many of the last quarters
	MaxSeries int
}

// Indicator finds a definition by its id.
func (p *Plan) Indicator(id string) (*Definition, bool) {
	d, ok := p.indicatorBy[id]
	return d, ok
}
