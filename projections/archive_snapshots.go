package projections

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections/snapshots"
)

// Versions of what snapshots hold. A change to what is written is a new version; what older programs wrote is then folded
// from the log.
const (
	foldLayout  = 1
	indexLayout = 1
)

// Why a snapshot could not be used; labels of a metric.
const (
	unusableDamaged  = "damaged"  // truncated, overwritten, or not what it says
	unusableLayout   = "layout"   // written by another version of the program
	unusableAhead    = "ahead"    // it goes further than the log
	unusableDiverged = "diverged" // the log has another commit there
	unusableRead     = "read"     // the disk does not give it
	unusablePlan     = "plan"     // all that there are are by other plans
	unusableMissing  = "missing"  // there is none
)

var unusableReasons = []string{unusableDamaged, unusableLayout, unusableAhead, unusableDiverged, unusableRead, unusablePlan, unusableMissing}

// lookOver counts what can be of no use whatever is asked for.
func (a *Archive) lookOver(end uint64) {
	for _, flaw := range a.opts.Store.Flaws() {
		a.unusable(reasonOfSnapshot(flaw.Err), flaw.File, flaw.Err)
	}
	for _, m := range a.opts.Store.List() {
		switch {
		case m.Layout != layoutOf(m.Kind):
			a.unusable(unusableLayout, name(m), fmt.Errorf("version %d of the layout, this program has %d", m.Layout, layoutOf(m.Kind)))
		case m.Head.Seq > end:
			a.unusable(unusableAhead, name(m), fmt.Errorf("the log ends with commit %d", end))
			a.drop(m)
		}
	}
}

// lacking says why there is no fold by some rules to go on from.
func (a *Archive) lacking(rules Rules) string {
	for _, m := range a.opts.Store.List() {
		if m.Kind == snapshots.Fold && m.Rules != rules.Hash {
			return unusablePlan
		}
	}
	return unusableMissing
}

func layoutOf(k snapshots.Kind) uint32 {
	if k == snapshots.Index {
		return indexLayout
	}
	return foldLayout
}

func name(m snapshots.Meta) string { return fmt.Sprintf("%s of commit %d", m.Kind, m.Head.Seq) }

func reasonOfSnapshot(err error) string {
	switch {
	case errors.Is(err, snapshots.ErrLayout):
		return unusableLayout
	case errors.Is(err, snapshots.ErrDamaged), errors.Is(err, errState), errors.Is(err, events.ErrIDs):
		return unusableDamaged
	}
	return unusableRead
}

// unusable counts and says that a snapshot is of no use. It costs time only: the log is read instead.
func (a *Archive) unusable(reason, what string, err error) {
	a.metrics.unusable[reason].Add(1)
	a.opts.Logger.Warn("a snapshot cannot be used", "snapshot", what, "reason", reason, "error", err)
}

func (a *Archive) drop(m snapshots.Meta) {
	if err := a.opts.Store.Drop(m); err != nil {
		a.opts.Logger.Warn("a snapshot cannot be removed", "snapshot", name(m), "error", err)
	}
}

// load returns what a snapshot holds, if it is of this log.
func (a *Archive) load(ctx context.Context, m snapshots.Meta) ([]byte, error) {
	c, err := a.opts.Log.Get(ctx, m.Head.Seq)
	if err != nil {
		err = fmt.Errorf("look at commit %d: %w", m.Head.Seq, err)
		a.unusable(unusableRead, name(m), err)
		return nil, err
	}
	if c.Head() != m.Head {
		a.unusable(unusableDiverged, name(m), fmt.Errorf("the log has another commit %d", m.Head.Seq))
		a.drop(m)
		return nil, snapshots.ErrDamaged
	}
	payload, read, err := a.opts.Store.Load(m)
	if err != nil {
		a.spoilt(m, err)
		return nil, err
	}
	a.metrics.read.Add(read)
	return payload, nil
}

// spoilt says that a snapshot cannot be used, and removes it if it will never be.
func (a *Archive) spoilt(m snapshots.Meta, err error) {
	reason := reasonOfSnapshot(err)
	a.unusable(reason, name(m), err)
	if reason == unusableDamaged {
		a.drop(m)
	}
}

// loadFold returns the nearest sound fold up to a commit, or nil.
func (a *Archive) loadFold(ctx context.Context, rules Rules, upTo uint64) *Fold {
	for _, m := range a.opts.Store.Nearest(snapshots.Fold, foldLayout, rules.Hash, upTo) {
		payload, err := a.load(ctx, m)
		if err != nil {
			continue
		}
		f, err := decodeFold(rules, payload)
		if err == nil && f.head != m.Head {
			err = errState
		}
		if err != nil {
			a.spoilt(m, err)
			continue
		}
		a.metrics.saved(m, f.applied, len(payload))
		return f
	}
	return nil
}

// loadIndex loads the identities and plans from the latest sound index.
func (a *Archive) loadIndex(ctx context.Context, end uint64) {
	for _, m := range a.opts.Store.Nearest(snapshots.Index, indexLayout, "", end) {
		payload, err := a.load(ctx, m)
		if err != nil {
			continue
		}
		d := decoder{b: payload}
		plans := d.bytes()
		var list []Activation
		if d.err == nil {
			d.err = json.Unmarshal(plans, &list)
		}
		if d.err == nil {
			var ids *events.IDs
			if ids, d.err = events.LoadIDs(d.b); d.err == nil {
				a.ids, a.plans, a.through = ids, list, m.Head.Seq
				return
			}
		}
		a.spoilt(m, errors.Join(errState, d.err))
	}
}

// Save writes the state after a commit, folded anew from the snapshot before, and the identities up to there, and removes
// the snapshots that are needed no more. The commit must have been read by whoever follows the log.
func (a *Archive) Save(ctx context.Context, rules Rules, seq uint64, pinned []uint64) error {
	if a.opts.Store == nil {
		return nil
	}
	err := a.withFold(ctx, rules, seq, func(f *Fold, _ *Reader) error { return a.save(ctx, f, pinned) })
	if err != nil && ctx.Err() == nil {
		a.failed(err)
	}
	return err
}

func (a *Archive) failed(err error) {
	a.metrics.failures.Add(1)
	a.opts.Logger.Warn("no snapshot was made: the next start reads more of the log", "error", err)
}

// save writes a fold that nobody changes meanwhile.
func (a *Archive) save(ctx context.Context, f *Fold, pinned []uint64) error {
	plans, err := json.Marshal(f.activations)
	if err != nil {
		return err
	}
	var e encoder
	e.bytes(plans)
	index := snapshots.Meta{Kind: snapshots.Index, Layout: indexLayout, Head: f.head, Recorded: f.recorded}
	if err := a.opts.Store.Save(ctx, index, a.ids.AppendTo(e.b, f.head.Seq)); err != nil {
		return err
	}
	m := snapshots.Meta{Kind: snapshots.Fold, Layout: foldLayout, Rules: f.rules.Hash, Head: f.head, Recorded: f.recorded}
	payload := f.encode()
	if err := a.opts.Store.Save(ctx, m, payload); err != nil { // after the index: without that it is of no use
		return err
	}
	a.metrics.saved(m, f.applied, len(payload))
	a.opts.Logger.Info("snapshot made", "commit", f.head.Seq, "events", f.applied, "bytes", len(payload))
	policy := snapshots.Policy{
		Rules: f.rules.Hash, Layouts: map[snapshots.Kind]uint32{snapshots.Fold: foldLayout, snapshots.Index: indexLayout}, Pinned: map[uint64]bool{},
	}
	for _, seq := range pinned {
		policy.Pinned[seq] = true
	}
	return a.opts.Store.Prune(policy)
}

// archiveMetrics tells of the snapshots.
type archiveMetrics struct {
	archive                 *Archive
	unusable                map[string]*atomic.Int64
	failures, read          atomic.Int64
	seq, bytes, recorded    atomic.Int64
	events                  atomic.Int64
	bad, failed, from, held *prometheus.Desc
	commit, size, recorder  *prometheus.Desc
}

func newArchiveMetrics(a *Archive) *archiveMetrics {
	m := &archiveMetrics{
		archive: a, unusable: make(map[string]*atomic.Int64),
		bad:      prometheus.NewDesc("kaohe_snapshot_unusable_total", "Snapshots that could not be used since the start, by reason; the log was read instead.", []string{"reason"}, nil),
		failed:   prometheus.NewDesc("kaohe_snapshot_failures_total", "Snapshots since the start that could not be made.", nil, nil),
		from:     prometheus.NewDesc("kaohe_snapshot_read_bytes_total", "Bytes of snapshots read since the start.", nil, nil),
		commit:   prometheus.NewDesc("kaohe_snapshot_sequence", "Sequence of the commit that the latest snapshot includes, 0 if none was made or used.", nil, nil),
		held:     prometheus.NewDesc("kaohe_snapshot_events", "Events that the latest snapshot includes, 0 if none was made or used.", nil, nil),
		size:     prometheus.NewDesc("kaohe_snapshot_size_bytes", "Size of the state in the snapshot made last, before compression.", nil, nil),
		recorder: prometheus.NewDesc("kaohe_snapshot_recorded_timestamp_seconds", "When the last commit that the latest snapshot includes was recorded.", nil, nil),
	}
	for _, reason := range unusableReasons {
		m.unusable[reason] = new(atomic.Int64)
	}
	return m
}

// saved notes the latest snapshot.
func (m *archiveMetrics) saved(meta snapshots.Meta, events int64, size int) {
	if int64(meta.Head.Seq) < m.seq.Load() {
		return // one for a look into the past
	}
	m.seq.Store(int64(meta.Head.Seq))
	m.events.Store(events)
	m.recorded.Store(meta.Recorded.UnixMilli())
	if size > 0 {
		m.bytes.Store(int64(size))
	}
}

// Describe implements prometheus.Collector.
func (m *archiveMetrics) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(m, ch) }

// Collect implements prometheus.Collector.
func (m *archiveMetrics) Collect(ch chan<- prometheus.Metric) {
	for reason, n := range m.unusable {
		ch <- prometheus.MustNewConstMetric(m.bad, prometheus.CounterValue, float64(n.Load()), reason)
	}
	ch <- prometheus.MustNewConstMetric(m.failed, prometheus.CounterValue, float64(m.failures.Load()))
	ch <- prometheus.MustNewConstMetric(m.from, prometheus.CounterValue, float64(m.read.Load()))
	ch <- prometheus.MustNewConstMetric(m.commit, prometheus.GaugeValue, float64(m.seq.Load()))
	ch <- prometheus.MustNewConstMetric(m.held, prometheus.GaugeValue, float64(m.events.Load()))
	ch <- prometheus.MustNewConstMetric(m.size, prometheus.GaugeValue, float64(m.bytes.Load()))
	if at := m.recorded.Load(); at != 0 {
		ch <- prometheus.MustNewConstMetric(m.recorder, prometheus.GaugeValue, float64(at)/1000)
	}
}
