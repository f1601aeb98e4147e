package natsapi

import (
	"errors"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics counts requests, for Prometheus and for discovery.
type metrics struct {
	*tallies
	duration *prometheus.HistogramVec
	lost     prometheus.Counter
}

func newMetrics(r prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		tallies: newTallies(),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "kaohe_nats_request_duration_seconds", Help: "Time to answer a request over NATS, by endpoint and status.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 4, 8),
		}, []string{"endpoint", "code"}),
		lost: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "kaohe_nats_lost_total", Help: "Times that requests came faster than they could be looked at, and answers that could not be sent."}),
	}
	return m, errors.Join(r.Register(m.duration), r.Register(m.lost))
}

func (m *metrics) observe(endpoint string, status int, took time.Duration) {
	took = max(took, 0)
	m.duration.WithLabelValues(endpoint, strconv.Itoa(status)).Observe(took.Seconds())
	m.tallies.observe(endpoint, status, took)
}
