package projections

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// runnerMetrics tells how far the fold is and what it left out.
type runnerMetrics struct {
	runner      *Runner
	duplicates  atomic.Int64
	quarantined map[Reason]*atomic.Int64

	sequence, events, repeated, left, recorded, leftOut, breaks *prometheus.Desc
}

func newRunnerMetrics(r *Runner) *runnerMetrics {
	m := &runnerMetrics{
		runner:      r,
		quarantined: make(map[Reason]*atomic.Int64),
		sequence:    prometheus.NewDesc("kaohe_fold_sequence", "Sequence of the last commit that the published view includes.", nil, nil),
		events:      prometheus.NewDesc("kaohe_fold_events", "Events that the published view includes.", nil, nil),
		repeated:    prometheus.NewDesc("kaohe_fold_duplicates_total", "Events left out since the start because the log holds them twice.", nil, nil),
		left:        prometheus.NewDesc("kaohe_fold_quarantined_total", "Events and commits that could not be used since the start, by reason. After a restart only what is read anew counts.", []string{"reason"}, nil),
		recorded:    prometheus.NewDesc("kaohe_fold_recorded_timestamp_seconds", "When the last commit that the published view includes was recorded.", nil, nil),
		leftOut:     prometheus.NewDesc("kaohe_fold_left_out", "Events and whole commits of the log that the figures leave out because they cannot be used.", nil, nil),
		breaks:      prometheus.NewDesc("kaohe_fold_chain_breaks", "Places in which the chain of commits is broken: something is missing or was put in.", nil, nil),
	}
	for _, reason := range Reasons() {
		m.quarantined[reason] = new(atomic.Int64)
	}
	return m
}

// Describe implements prometheus.Collector.
func (m *runnerMetrics) Describe(ch chan<- *prometheus.Desc) {
	prometheus.DescribeByCollect(m, ch)
}

// Collect implements prometheus.Collector.
func (m *runnerMetrics) Collect(ch chan<- prometheus.Metric) {
	v := m.runner.View()
	if v == nil {
		return
	}
	ch <- prometheus.MustNewConstMetric(m.sequence, prometheus.GaugeValue, float64(v.Head().Seq))
	ch <- prometheus.MustNewConstMetric(m.events, prometheus.GaugeValue, float64(v.Events()))
	ch <- prometheus.MustNewConstMetric(m.repeated, prometheus.CounterValue, float64(m.duplicates.Load()))
	ch <- prometheus.MustNewConstMetric(m.leftOut, prometheus.GaugeValue, float64(v.LeftOut()))
	ch <- prometheus.MustNewConstMetric(m.breaks, prometheus.GaugeValue, float64(v.Breaks()))
	for reason, n := range m.quarantined {
		ch <- prometheus.MustNewConstMetric(m.left, prometheus.CounterValue, float64(n.Load()), string(reason))
	}
	if !v.Recorded().IsZero() {
		ch <- prometheus.MustNewConstMetric(m.recorded, prometheus.GaugeValue, float64(v.Recorded().UnixMilli())/1000)
	}
}
