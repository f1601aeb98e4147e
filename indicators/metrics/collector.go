// Package metrics shows scorecards to Prometheus.
//
// A [Collector] evaluates the current quarter, as of the business date, for each unit that the plan exposes, and offers
// the figures as gauges. What is not known has no series: there is never a NaN, and a 0 is a real 0. Figures are in the
// units that kaohe_indicator_info states, ratios are fractions of 1, times are seconds.
//
//	kaohe_indicator_value{indicator="envoy_guidances",org="450703",span="quarter"} 64
//	kaohe_indicator_status{indicator="envoy_guidances",org="450703",span="quarter",status="achieved"} 1
//
// A quarter that was closed has what was published, too, and how often it was closed. Where that is not
// kaohe_quarter_value any more the quarter has been restated:
//
//	kaohe_quarter_value{indicator="envoy_guidances",org="450703",quarter="2018Q1"} 65
//	kaohe_quarter_closed_value{indicator="envoy_guidances",org="450703",quarter="2018Q1"} 64
//	kaohe_quarter_revisions{org="450703",quarter="2018Q1"} 1
//
// The number of series is bounded by the plan. Units are taken level by level from the roots down; where a level would
// exceed the bound, it and those below are left out, and kaohe_units_omitted and kaohe_series_omitted say so.
//
// A scrape reads an immutable view: it never waits for the fold. Between two scrapes nothing is evaluated again unless
// the view, the plan or the business date has changed.
package metrics

import (
	"fmt"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

// Options are what a collector reads. Each is asked at every scrape.
type Options struct {
	// Figures returns the latest view and the plan by which it was folded; nil as long as there is none: nothing is shown.
	Figures func() (*projections.View, *indicators.Plan)
	Today   func() events.Day // the business date
}

func (o Options) validate() error {
	switch {
	case o.Figures == nil:
		return fmt.Errorf("metrics: Options.Figures is missing")
	case o.Today == nil:
		return fmt.Errorf("metrics: Options.Today is missing")
	}
	return nil
}

// Collector is the [prometheus.Collector] of the business gauges. It may be used by many goroutines.
type Collector struct {
	opt Options

	mu     sync.Mutex // guards the fields below
	key    key
	series []prometheus.Metric
}

// key is what the series are a function of. Views and plans never change, so their addresses name them.
type key struct {
	view  *projections.View
	plan  *indicators.Plan
	today events.Day
}

// New returns a collector, to be registered by the caller.
func New(opt Options) (*Collector, error) {
	if err := opt.validate(); err != nil {
		return nil, err
	}
	return &Collector{opt: opt}, nil
}

// Describe implements [prometheus.Collector].
func (c *Collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range families {
		ch <- d
	}
}

// Collect implements [prometheus.Collector].
func (c *Collector) Collect(ch chan<- prometheus.Metric) {
	for _, m := range c.current() {
		ch <- m
	}
}

// current returns the series, evaluated anew only if something they depend on has changed. Of several scrapes at once one
// evaluates and the others wait for it.
func (c *Collector) current() []prometheus.Metric {
	view, plan := c.opt.Figures()
	k := key{view, plan, c.opt.Today()}
	if k.view == nil || k.plan == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if k != c.key {
		c.key, c.series = k, build(k)
	}
	return c.series
}
