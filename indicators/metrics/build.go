package metrics

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

// builder makes the series of one key.
type builder struct {
	key
	quarter indicators.Quarter
	out     []prometheus.Metric
}

func build(k key) []prometheus.Metric {
	b := &builder{key: k, quarter: indicators.QuarterOf(k.today)}
	b.calendar()
	b.add(planInfo, 1, k.plan.Hash, k.plan.Name.ZH, k.plan.Name.EN)
	for _, d := range k.plan.Indicators {
		b.add(indicatorInfo, 1, d.ID, d.Name.ZH, d.Name.EN, d.Unit.ZH, d.Unit.EN, d.Office, string(d.Direction), string(d.Kind))
	}
	b.units()
	return b.out
}

func (b *builder) add(d *prometheus.Desc, v float64, labels ...string) {
	b.out = append(b.out, prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...))
}

// addKnown adds a series unless the number is null.
func (b *builder) addKnown(d *prometheus.Desc, n indicators.Number, labels ...string) {
	if v, ok := n.Float64(); ok {
		b.add(d, v, labels...)
	}
}

// addWritten adds a series of a number as scorecards are written, with four decimals: what was published is known no closer,
// and a value that is still the same must not look like another one.
func (b *builder) addWritten(d *prometheus.Desc, n indicators.Number, labels ...string) {
	if !n.Known() {
		return
	}
	if v, err := strconv.ParseFloat(n.String(), 64); err == nil { // it is a plain number
		b.add(d, v, labels...)
	}
}

func (b *builder) calendar() {
	const day = 24 * 60 * 60
	b.add(businessDate, b.began(b.today))
	b.add(quarterLeft, float64(b.quarter.Last()-b.today)*day)
	b.add(yearLeft, float64(b.quarter.YearLast()-b.today)*day)
	b.add(quarterGone, float64(b.today-b.quarter.First()+1)*day)
	b.add(yearGone, float64(b.today-b.quarter.YearFirst()+1)*day)
	if by := b.plan.ReportBy(b.quarter); by != 0 {
		b.add(reportLeft, float64(by-b.today)*day)
	}
}

// began returns when a day began in the plan's zone.
func (b *builder) began(d events.Day) float64 {
	year, month, day := d.Date()
	return float64(time.Date(year, month, day, 0, 0, 0, 0, b.plan.Zone).Unix())
}

// units adds the units of the tree level by level, as long as a level fits whole with the two series that say what is
// left out and the two that say how many there are. Evaluation stops at the unit that exceeds the bound, so that a scrape costs no more than the series it may
// return, however large the tree is.
func (b *builder) units() {
	levels := b.levels()
	bound := b.plan.Expose.MaxSeries - 4
	var evaluated, omitted, series int
	for i := 0; i < len(levels) && omitted == 0; i++ {
		shown := len(b.out)
		for _, org := range levels[i] {
			before := len(b.out)
			b.unit(org)
			evaluated, series = evaluated+1, series+len(b.out)-before
			if len(b.out) > bound {
				b.out, omitted = b.out[:shown], count(levels[i:])
				break
			}
		}
	}
	b.add(unitsOmitted, float64(omitted))
	b.add(seriesOmitted, float64((omitted*series+max(evaluated, 1)-1)/max(evaluated, 1)))
	b.add(seriesLimit, float64(b.plan.Expose.MaxSeries))
	b.add(seriesShown, float64(len(b.out)+1))
}

// levels returns the units that the plan exposes, by their depth below a root.
func (b *builder) levels() [][]int {
	levels := make([][]int, b.plan.Expose.Depth+1)
	for org := range b.plan.Orgs.Len() {
		if depth := b.plan.Orgs.Depth(org); depth < len(levels) {
			levels[depth] = append(levels[depth], org)
		}
	}
	return levels
}

func count(levels [][]int) (n int) {
	for _, units := range levels {
		n += len(units)
	}
	return n
}

// unit adds all series of one unit.
func (b *builder) unit(org int) {
	unit := b.plan.Orgs.Org(org)
	b.add(orgInfo, 1, unit.Code, unit.Name.ZH, unit.Name.EN, unit.Parent)
	card := indicators.Evaluate(b.view, b.plan, b.quarter, org, b.today)
	for i := range card.Rows {
		b.row(&card.Rows[i], unit.Code)
	}
	for _, id := range b.plan.DutiesOf(unit.Code) {
		b.add(duty, 1, id, unit.Code)
	}
	for n := b.plan.Expose.Quarters - 1; n > 0; n-- {
		b.history(indicators.Evaluate(b.view, b.plan, b.quarter.Add(-n), org, b.today))
	}
	if b.plan.Expose.Quarters > 0 {
		b.history(card)
	}
}

func (b *builder) row(r *indicators.Row, org string) {
	b.figure(r.Quarter, r.ID, org, "quarter")
	b.figure(r.Year, r.ID, org, "year")
	if r.LastEvent != 0 {
		b.add(lastEvent, b.began(r.LastEvent), r.ID, org)
	}
	if r.Reporting != nil {
		b.add(unitsReported, float64(r.Reporting.Have), r.ID, org)
		b.add(unitsDue, float64(r.Reporting.Due), r.ID, org)
	}
	if r.Year == nil || !r.Year.Target.Known() {
		return
	}
	b.add(illustrative, flag(r.TargetIllustrative), r.ID, org)
	b.addKnown(firstTarget, r.FirstTarget, r.ID, org)
	b.addKnown(firstGap, r.FirstGap, r.ID, org)
	lowered, _ := r.TargetEased.Float64() // 0 if it was not
	b.add(eased, lowered, r.ID, org)
}

// mostPortions bounds the series of a breakdown: its members come from the data.
const mostPortions = 20

func (b *builder) figure(f *indicators.Figure, id, org, span string) {
	if f == nil {
		return
	}
	b.addKnown(value, f.Value, id, org, span)
	b.addKnown(base, f.Base, id, org, span)
	b.addKnown(target, f.Target, id, org, span)
	b.addKnown(expected, f.Expected, id, org, span)
	b.addKnown(gap, f.Gap, id, org, span)
	b.addKnown(completion, f.Completion, id, org, span)
	b.addKnown(paceRatio, f.PaceRatio, id, org, span)
	b.add(reported, flag(f.Reported), id, org, span)
	b.add(evidence, float64(f.Events), id, org, span)
	for _, p := range f.Portions(mostPortions) {
		b.addKnown(portion, p.Value, id, org, span, p.Dimension, p.Member)
	}
	if f.Status == "" {
		return
	}
	for _, s := range indicators.Statuses {
		b.add(status, flag(s == f.Status), id, org, span, string(s))
	}
}

// history adds what a scorecard says of its quarter.
func (b *builder) history(card *indicators.Scorecard) {
	quarter := card.Quarter.String()
	for i := range card.Rows {
		r := &card.Rows[i]
		if r.Quarter != nil {
			b.addWritten(quarterValue, r.Quarter.Value, r.ID, card.Org, quarter)
			b.addWritten(quarterTarget, r.Quarter.Target, r.ID, card.Org, quarter)
		}
		if r.Published != nil && r.Published.Quarter != nil {
			b.addWritten(quarterClosed, r.Published.Quarter.Value, r.ID, card.Org, quarter)
		}
	}
	if card.Closed != nil {
		b.add(quarterRevisions, float64(card.Closed.Revision), card.Org, quarter)
	}
}

func flag(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
