package quality

import "github.com/prometheus/client_golang/prometheus"

var (
	findingsDesc = prometheus.NewDesc("kaohe_findings",
		"Findings about the facts of a unit and of the units below it, by rule of data quality; 0 is shown as well. A rule that is switched off has no series.",
		[]string{"rule", "org"}, nil)
	sequenceDesc = prometheus.NewDesc("kaohe_findings_sequence",
		"Sequence of the last commit whose events were checked. Where it stays behind kaohe_fold_sequence, findings are out of date.", nil, nil)
)

// Describe implements [prometheus.Collector].
func (w *Watch) Describe(ch chan<- *prometheus.Desc) {
	ch <- findingsDesc
	ch <- sequenceDesc
}

// Collect implements [prometheus.Collector]. Until the facts of the log have been read there are no findings to count. Units are
// those that the plan exposes: level by level from the roots down, as many as its bound of series allows.
func (w *Watch) Collect(ch chan<- prometheus.Metric) {
	w.mu.RLock()
	ready, through := w.ready, w.through
	var byRule map[string][]int
	if ready {
		byRule = w.state.byRule()
	}
	w.mu.RUnlock()
	ch <- prometheus.MustNewConstMetric(sequenceDesc, prometheus.GaugeValue, float64(through))
	if !ready {
		return
	}
	orgs := w.opts.Plan.Orgs
	for _, org := range exposed(orgs.Len(), orgs.Depth, w.opts.Plan.Expose.Depth, w.opts.Plan.Expose.MaxSeries/max(len(byRule), 1)) {
		for rule, counts := range byRule {
			ch <- prometheus.MustNewConstMetric(findingsDesc, prometheus.GaugeValue, float64(counts[org]), rule, orgs.Org(org).Code)
		}
	}
}

// byRule counts the findings of each rule that is on, at each unit and below.
func (s *state) byRule() map[string][]int {
	orgs := s.plan.Orgs
	all := map[string][]int{}
	for _, c := range checks {
		if s.off[c.rank] {
			continue
		}
		if all[c.rule] == nil {
			all[c.rule] = make([]int, orgs.Len())
		}
		for org, n := range s.counts[c.rank] {
			if n == 0 {
				continue
			}
			for _, above := range orgs.Path(org) {
				all[c.rule][above] += n
			}
		}
	}
	return all
}

// exposed returns the units down to a depth, but for the levels with which they would be more than most.
func exposed(n int, depthOf func(int) int, depth, most int) (units []int) {
	for level := 0; level <= depth; level++ {
		var next []int
		for i := range n {
			if depthOf(i) == level {
				next = append(next, i)
			}
		}
		if len(next) == 0 || len(units)+len(next) > most {
			return units
		}
		units = append(units, next...)
	}
	return units
}
