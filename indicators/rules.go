package indicators

import "github.com/kaohe/kaohe/projections"

// Rules returns what the plan comes to for a fold.
func (p *Plan) Rules() projections.Rules {
	return projections.Rules{Hash: p.Hash, Orgs: p.Orgs, Catalogue: p.Catalogue, Measures: p.Measures}
}
