package indicators

import "github.com/kaohe/kaohe/events"

// Duties says what a unit still owes in a quarter: the indicators that the plan makes its duty and that lack a target or a
// report, in the plan's order. Nothing is owed before the year (a target) or the quarter (a report) begins.
type Duties struct {
	// ReportBy is the day of the quarter's last month by which figures must be reported; 0 if the plan has none.
	ReportBy events.Day
	// NoTarget are the indicators without a target on the day: none is in force, or the one that is cannot be used.
	NoTarget []string
	// NotReported are the indicators that nobody has reported for the quarter yet.
	NotReported []string
}

// duties looks up in a scorecard's rows what the unit's duties have come to; nil for a unit without duties.
func (e *evaluation) duties(card *Scorecard) *Duties {
	owed := e.plan.dutiesOf[card.Org]
	if len(owed) == 0 {
		return nil
	}
	d := &Duties{ReportBy: e.plan.ReportBy(e.quarter), NoTarget: []string{}, NotReported: []string{}}
	for _, id := range owed {
		row := &card.Rows[e.plan.place[id]]
		if row.Year != nil && !row.Year.Target.Known() {
			d.NoTarget = append(d.NoTarget, id)
		}
		if row.Quarter != nil && !row.Quarter.Reported {
			d.NotReported = append(d.NotReported, id)
		}
	}
	return d
}

// ReportBy returns the day by which a quarter's figures must be reported; 0 if the plan has none.
func (p *Plan) ReportBy(q Quarter) events.Day {
	if p.ReportDay == 0 {
		return 0
	}
	year, month, _ := q.Last().Date()
	return events.NewDay(year, month, p.ReportDay)
}

// DutiesOf returns the indicators for which a unit must have a target and report, in the plan's order.
func (p *Plan) DutiesOf(org string) []string { return p.dutiesOf[org] }

// index notes what evaluating looks up for every unit: its duties, and the units below it.
func (p *Plan) index() {
	p.place, p.dutiesOf = make(map[string]int, len(p.Indicators)), make(map[string][]string)
	for i, d := range p.Indicators {
		p.place[d.ID] = i
	}
	for _, duty := range p.Duties {
		p.dutiesOf[duty.Org] = append(p.dutiesOf[duty.Org], duty.Indicator)
	}
	p.below = make([][]int, p.Orgs.Len())
	for i := range p.Orgs.Len() {
		if path := p.Orgs.Path(i); len(path) > 1 {
			p.below[path[1]] = append(p.below[path[1]], i)
		}
	}
}

// leavesBelow returns the units below org that have none below themselves, in the plan's order within each branch.
func (p *Plan) leavesBelow(org int) []int {
	var leaves []int
	for _, child := range p.below[org] {
		if len(p.below[child]) == 0 {
			leaves = append(leaves, child)
		}
		leaves = append(leaves, p.leavesBelow(child)...)
	}
	return leaves
}
