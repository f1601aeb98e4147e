package intake

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	events   *prometheus.CounterVec
	refused  *prometheus.CounterVec
	failures *prometheus.CounterVec
	size     prometheus.Histogram
	bytes    prometheus.Histogram
	duration prometheus.Histogram
	late     prometheus.Counter
	moved    prometheus.Counter
	errors   prometheus.Counter
}

func newMetrics(in *Intake) (*metrics, error) {
	m := &metrics{
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kaohe_intake_events_total", Help: "Events by what became of them: recorded for the first time, recorded before, or refused."}, []string{"result"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kaohe_intake_refused_total", Help: "Events refused, by the code of the refusal."}, []string{"reason"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kaohe_intake_failures_total", Help: "Requests that got an error instead of a receipt."}, []string{"reason"}),
		size: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "kaohe_intake_commit_events", Help: "Events in a commit.",
			Buckets: []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000}}),
		bytes: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "kaohe_intake_commit_bytes", Help: "Size of a commit's body.",
			Buckets: prometheus.ExponentialBuckets(512, 4, 6)}),
		duration: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "kaohe_intake_commit_duration_seconds", Help: "Time from sending a commit to its being durable.",
			Buckets: prometheus.ExponentialBuckets(0.0001, 2.5, 12)}),
		late: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "kaohe_intake_late_total", Help: "Events recorded that concern a quarter closed before."}),
		moved: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "kaohe_intake_moved_total", Help: "Commits made anew because another writer was there first."}),
		errors: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "kaohe_intake_log_errors_total", Help: "Commits and readings that the log failed to do."}),
	}
	for _, s := range []Status{StatusNew, StatusRecorded, StatusRefused} {
		m.events.WithLabelValues(string(s))
	}
	for _, code := range refusalCodes {
		m.refused.WithLabelValues(code)
	}
	for _, p := range problems {
		m.failures.WithLabelValues(p.code)
	}
	return m, m.register(in)
}

func (m *metrics) register(in *Intake) error {
	depth := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "kaohe_intake_queue_events", Help: "Events that wait for their commit or are in flight."},
		func() float64 { n, _ := in.queue.depth(); return float64(n) })
	size := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "kaohe_intake_queue_bytes", Help: "Bytes that wait for their commit or are in flight."},
		func() float64 { _, n := in.queue.depth(); return float64(n) })
	ready := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "kaohe_intake_ready", Help: "1 if events are taken, 0 while the log is still being read or does not hold the plan."},
		func() float64 {
			if in.Ready() {
				return 1
			}
			return 0
		})
	var errs []error
	for _, c := range []prometheus.Collector{m.events, m.refused, m.failures, m.size, m.bytes, m.duration, m.late, m.moved, m.errors, depth, size, ready} {
		errs = append(errs, in.Registerer.Register(c))
	}
	return errors.Join(errs...)
}

func (m *metrics) committed(n, bytes int) {
	m.size.Observe(float64(n))
	m.bytes.Observe(float64(bytes))
}

// recordedNew counts events that are in the log now, also those whose sender has not waited for the receipt.
func (m *metrics) recordedNew(n int) { m.events.WithLabelValues(string(StatusNew)).Add(float64(n)) }

// answered counts what else became of the events of a request.
func (m *metrics) answered(r Receipt) {
	_, recorded, refused := r.Counts()
	m.events.WithLabelValues(string(StatusRecorded)).Add(float64(recorded))
	m.events.WithLabelValues(string(StatusRefused)).Add(float64(refused))
	if refused == 0 {
		return
	}
	for i := range r.Events {
		if refusal := r.Events[i].Refusal; refusal != nil {
			m.refused.WithLabelValues(refusal.Code).Inc()
		}
	}
}

// failed counts a request that got an error.
func (m *metrics) failed(err error) { m.failures.WithLabelValues(problemOf(err).code).Inc() }
