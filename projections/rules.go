package projections

import (
	"errors"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// Rules are all that a fold depends on besides the log: what a plan comes to for it. They never change once made.
type Rules struct {
	Hash      string // names the plan; folds by different rules share no snapshot
	Orgs      *events.Orgs
	Catalogue *catalogue.Catalogue
	Measures  []Measure
}

func (r *Rules) validate() error {
	switch {
	case r.Orgs == nil:
		return errors.New("rules: Orgs is missing")
	case r.Catalogue == nil:
		return errors.New("rules: Catalogue is missing")
	}
	return nil
}
