package quality

import (
	"slices"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

var poolCounted = newCheck("DQ-16", "pool_counted", Error,
	"在方案的 indicators.yaml 中把两者分开：入库不是认定。",
	"Keep them apart in the plan's indicators.yaml: entering the pool is no recognition.")

// definitions judges the plan itself: DQ-16 of DOMAIN 4.4. An indicator that takes firms from both the cultivation pool and the
// recognitions counts the former as the latter; in the seed, "培育入库高企1家" is no high-tech firm. The finding has no
// events, and belongs to the roots of the tree.
type definitions struct {
	id   uint8
	plan *indicators.Plan
}

func (d *definitions) touch(each func(ref)) {
	for i := range d.plan.Orgs.Len() {
		if org := d.plan.Orgs.Org(i); org.Parent == "" {
			each(ref{d.id, org.Code})
		}
	}
}

func (d *definitions) judge(code string, b *bench) {
	org, _ := d.plan.Orgs.Index(code)
	for _, def := range d.plan.Indicators {
		if def.Measure == "" || !slices.Contains(def.Types, "EnterpriseIncubated") || !slices.Contains(def.Types, "HighTechRecognized") {
			continue
		}
		b.find(verdict{check: poolCounted, org: int32(org), say: func() events.Text {
			return textf("指标 %s（%s）把培育入库（EnterpriseIncubated）和认定（HighTechRecognized）算在一起", "indicator %s (%s) counts pool entries (EnterpriseIncubated) together with recognitions (HighTechRecognized)",
				def.Name, def.ID)
		}})
	}
}
