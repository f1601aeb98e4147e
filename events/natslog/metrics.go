package natslog

import (
	"errors"
	"sync/atomic"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	last     atomic.Uint64 // greatest sequence that anybody here has seen
	bytes    atomic.Uint64 // size of the stream when it was last asked for
	sequence prometheus.GaugeFunc
	size     prometheus.GaugeFunc // nil: there is no server that counts
	free     prometheus.GaugeFunc // nil: others see to the space
	commit   prometheus.Histogram
	retries  prometheus.Counter
	full     prometheus.Counter
	rebuilds prometheus.Counter
	restarts prometheus.Counter // nil: no server is ours to restart
	warnings prometheus.Counter
	head     prometheus.Counter
	door     *doorMetrics // nil: there is no door
}

func newMetrics() *metrics {
	m := &metrics{}
	m.sequence = prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "kaohe_log_last_sequence",
		Help: "Greatest sequence of a commit that this process has appended or read."},
		func() float64 { return float64(m.last.Load()) })
	m.commit = prometheus.NewHistogram(prometheus.HistogramOpts{Name: "kaohe_log_commit_duration_seconds",
		Help:    "Time from sending a commit to knowing that it is durable, with all tries.",
		Buckets: prometheus.ExponentialBuckets(0.0001, 2, 16)})
	m.retries = counter("kaohe_log_append_retries_total", "Commits sent again because no acknowledgement came.")
	m.full = counter("kaohe_log_append_full_total", "Commits refused because too little space was free.")
	m.rebuilds = counter("kaohe_log_reader_rebuilds_total", "Consumers rebuilt because commits failed to arrive in order or at all.")
	m.warnings = counter("kaohe_log_server_warnings_total", "Warnings and errors of the server, and about its space.")
	m.head = counter("kaohe_log_head_faults_total", "Times that log.head was missing, not readable or could not be written.")
	return m
}

// served adds what there is to tell of a log that a server keeps.
func (m *metrics) served() {
	m.size = prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "kaohe_log_bytes",
		Help: "Size of the log as its server counts it, once however many servers keep it."},
		func() float64 { return float64(m.bytes.Load()) })
}

// local adds what there is to tell of an embedded server.
func (m *metrics) local(free func() float64) {
	m.free = prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "kaohe_log_free_bytes",
		Help: "Free space where the log lies; nothing is appended below the reserve."}, free)
	m.restarts = counter("kaohe_log_server_restarts_total", "Restarts of the embedded server because it could not store any more.")
}

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
}

func (m *metrics) all() []prometheus.Collector {
	list := []prometheus.Collector{m.sequence, m.commit, m.retries, m.full, m.rebuilds, m.warnings, m.head}
	if m.size != nil {
		list = append(list, m.size)
	}
	if m.free != nil {
		list = append(list, m.free, m.restarts)
	}
	if d := m.door; d != nil {
		list = append(list, d.connections, d.refused, d.expelled, d.complaints)
	}
	return list
}

func (m *metrics) register(r prometheus.Registerer) error {
	var errs []error
	for _, c := range m.all() {
		errs = append(errs, r.Register(c))
	}
	if err := errors.Join(errs...); err != nil {
		m.unregister(r)
		return err
	}
	return nil
}

func (m *metrics) unregister(r prometheus.Registerer) {
	for _, c := range m.all() {
		r.Unregister(c)
	}
}

// state notes what a server says of the stream.
func (m *metrics) state(s jetstream.StreamState) {
	m.saw(s.LastSeq)
	m.bytes.Store(s.Bytes)
}

// saw notes that the log reaches up to a sequence.
func (m *metrics) saw(seq uint64) {
	for {
		old := m.last.Load()
		if seq <= old || m.last.CompareAndSwap(old, seq) {
			return
		}
	}
}

// doorMetrics tell of clients from outside.
type doorMetrics struct {
	connections prometheus.GaugeFunc
	refused     prometheus.Counter
	expelled    prometheus.Counter
	complaints  *prometheus.CounterVec
}

func newDoorMetrics(connections func() float64) *doorMetrics {
	m := &doorMetrics{
		connections: prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "kaohe_nats_connections",
			Help: "Connections of clients from outside."}, connections),
		refused: counter("kaohe_nats_refused_logins_total", "Clients that were not let in, for want of a token that is good."),
		expelled: counter("kaohe_nats_expelled_total",
			"Connections cut because their token was revoked or has expired, or because everybody needs one now."),
		complaints: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "kaohe_nats_complaints_total",
			Help: "What the server had to say against clients: subject (not theirs to publish or hear), slow (did not read), other."}, []string{"reason"}),
	}
	for _, reason := range []string{"subject", "slow", "other"} {
		m.complaints.WithLabelValues(reason)
	}
	return m
}
