package metrics

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

// History is what a collector would have offered on each of many days: one sample a day for each series, at the moment when
// the day began, in the text format of OpenMetrics, from which Prometheus makes blocks. So a new Prometheus knows years on
// its first day.
//
//	kaohe_indicator_value{indicator="envoy_trainings",instance="127.0.0.1:8470",job="kaohe",org="450703",span="quarter"} 9.0 1519747200
//
// The format wants the samples of a series together, while days are evaluated one after the other. In between they are kept
// as runs of days with the same value: most figures change rarely. A series that was not offered on a day has no sample of it.
//
// A History belongs to one goroutine. Days are added in ascending order.
type History struct {
	opt    HistoryOptions
	labels []*dto.LabelPair // in order of their names
	byDesc map[*prometheus.Desc]*chronicle
	series int
	runs   int
	from   events.Day // the first day with samples
	last   events.Day // the last one
	text   []byte     // the labels of the series at hand
}

// HistoryOptions are what a history is made of.
type HistoryOptions struct {
	Zone   *time.Location    // where days begin
	Labels map[string]string // of the scrape, which each series gets: job and instance
	// Orgs and Indicators leave out the series of other units and indicators, unless they are empty. Series that have no
	// such label stay.
	Orgs, Indicators   []string
	MaxSeries, MaxRuns int // bounds of what is kept until it is written
}

// ErrTooMuch says that a history has more series or changes than may be kept.
var ErrTooMuch = errors.New("too many series or changes of values")

// LabelTakenError is the name of a label of the scrape that some series has itself.
type LabelTakenError string

func (e LabelTakenError) Error() string {
	return "the series have a label of that name themselves: " + string(e)
}

// chronicle is the past of one family.
type chronicle struct {
	name, help string
	byLabels   map[string]*track
}

// track is the past of one series. Runs are in the order of their days.
type track struct {
	labels string // {a="b",...}
	runs   []run
}

// run is a value that held on each day from one to another.
type run struct {
	value       float64
	first, last events.Day
}

// NewHistory returns a history without days.
func NewHistory(opt HistoryOptions) (*History, error) {
	switch {
	case opt.Zone == nil:
		return nil, fmt.Errorf("metrics: HistoryOptions.Zone is missing")
	case opt.MaxSeries <= 0 || opt.MaxRuns <= 0:
		return nil, fmt.Errorf("metrics: HistoryOptions.MaxSeries or MaxRuns is not positive")
	}
	h := &History{opt: opt, byDesc: make(map[*prometheus.Desc]*chronicle)}
	for name, value := range opt.Labels {
		h.labels = append(h.labels, &dto.LabelPair{Name: &name, Value: &value})
	}
	slices.SortFunc(h.labels, func(a, b *dto.LabelPair) int { return strings.Compare(a.GetName(), b.GetName()) })
	return h, nil
}

// Add adds what a collector would have offered on a day.
func (h *History) Add(view *projections.View, plan *indicators.Plan, day events.Day) error {
	if h.series > 0 && day <= h.last {
		return fmt.Errorf("metrics: day %v of a history comes after %v", day, h.last)
	}
	for _, m := range build(key{view: view, plan: plan, today: day}) {
		if err := h.note(m, day); err != nil {
			return fmt.Errorf("%v: %w", day, err)
		}
	}
	if h.series > 0 && h.from == 0 {
		h.from = day
	}
	h.last = day
	return nil
}

// note notes one series of a day.
func (h *History) note(m prometheus.Metric, day events.Day) error {
	var written dto.Metric
	if err := m.Write(&written); err != nil {
		return err
	}
	value := written.GetGauge().GetValue()
	if written.Gauge == nil || math.IsNaN(value) || !h.wanted(written.Label) {
		return nil
	}
	if err := h.write(written.Label); err != nil {
		return err
	}
	t, err := h.track(m)
	if err != nil {
		return err
	}
	if n := len(t.runs) - 1; n >= 0 && t.runs[n].last >= day {
		return fmt.Errorf("metrics: %s is offered twice", t.labels)
	} else if n >= 0 && t.runs[n].last == day-1 && t.runs[n].value == value {
		t.runs[n].last = day
		return nil
	}
	if h.runs++; h.runs > h.opt.MaxRuns {
		return ErrTooMuch
	}
	t.runs = append(t.runs, run{value, day, day})
	return nil
}

// wanted tells whether a series is of the units and indicators that were asked for.
func (h *History) wanted(labels []*dto.LabelPair) bool {
	for _, l := range labels {
		only := h.opt.Orgs
		switch l.GetName() {
		case "indicator":
			only = h.opt.Indicators
		case "org":
		default:
			continue
		}
		if len(only) > 0 && !slices.Contains(only, l.GetValue()) {
			return false
		}
	}
	return true
}

// write puts the labels of a series and those of the scrape, both of which are in order, into the text at hand.
func (h *History) write(own []*dto.LabelPair) error {
	scrape := h.labels
	h.text = h.text[:0]
	for len(own)+len(scrape) > 0 {
		order := -1
		switch {
		case len(own) == 0:
			order = 1
		case len(scrape) > 0:
			order = strings.Compare(own[0].GetName(), scrape[0].GetName())
		}
		switch {
		case order == 0:
			return LabelTakenError(own[0].GetName())
		case order < 0:
			h.text, own = appendLabel(h.text, own[0]), own[1:]
		default:
			h.text, scrape = appendLabel(h.text, scrape[0]), scrape[1:]
		}
	}
	if len(h.text) > 0 {
		h.text = append(h.text, '}')
	}
	return nil
}

// track returns the past of the series whose labels are at hand.
func (h *History) track(m prometheus.Metric) (*track, error) {
	c := h.byDesc[m.Desc()]
	if c == nil {
		var err error
		if c, err = newChronicle(m); err != nil {
			return nil, err
		}
		h.byDesc[m.Desc()] = c
	}
	t := c.byLabels[string(h.text)]
	if t == nil {
		if h.series++; h.series > h.opt.MaxSeries {
			return nil, ErrTooMuch
		}
		t = &track{labels: string(h.text)}
		c.byLabels[t.labels] = t
	}
	return t, nil
}

// newChronicle begins the past of the family of a metric. A metric does not tell what its family is called; a registry does.
func newChronicle(m prometheus.Metric) (*chronicle, error) {
	reg := prometheus.NewRegistry()
	if err := reg.Register(only{m}); err != nil {
		return nil, err
	}
	found, err := reg.Gather()
	if err != nil {
		return nil, err
	}
	return &chronicle{name: found[0].GetName(), help: found[0].GetHelp(), byLabels: make(map[string]*track)}, nil
}

// only is a collector of a single metric.
type only struct{ m prometheus.Metric }

func (o only) Describe(ch chan<- *prometheus.Desc) { ch <- o.m.Desc() }
func (o only) Collect(ch chan<- prometheus.Metric) { ch <- o.m }
