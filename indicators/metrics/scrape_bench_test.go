package metrics_test

import (
	"fmt"
	"io"
	"io/fs"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/kaohe/kaohe/deploy"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

// wideUnits makes the default plan offer about 100,000 series.
const wideUnits = 90

// wide returns a scene of the default plan with that many units, each with a target and a fact, and its fold.
func wide(tb testing.TB) (*scene, *projections.Fold) {
	tb.Helper()
	files := fstest.MapFS{}
	plan := deploy.Plan()
	err := fs.WalkDir(plan, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files[name] = &fstest.MapFile{}
			files[name].Data, err = fs.ReadFile(plan, name)
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	tree, facts := `- {code: "450703", name: {zh: 钦北区, en: Qinbei}}`+"\n", ""
	for i := range wideUnits {
		code := fmt.Sprintf("450703.%d", i)
		tree += fmt.Sprintf("- {code: %q, name: {zh: 镇%d, en: Town %[2]d}, parent: \"450703\"}\n", code, i)
		facts += fmt.Sprintf("2018-01-01 %s TargetSet {\"indicator\":\"envoy_guidances\",\"year\":2018,\"value\":\"200\",\"basis\":\"flow\"}\n", code)
		facts += fmt.Sprintf("2018-02-28 %s EnvoyServiceRecorded {\"kind\":\"guidance\",\"count\":64}\n", code)
	}
	files["orgs.yaml"] = &fstest.MapFile{Data: []byte(tree)}
	p, mistakes := indicators.Load(files)
	if len(mistakes) > 0 {
		tb.Fatal(mistakes[0].In(events.English))
	}
	p.Expose.MaxSeries = 1_000_000
	fold := mustFold(tb, p, facts)
	return &scene{fold.View(), p, mustDate(tb, "2018-03-31")}, fold
}

// plain offers the series of another collector as const gauges that are there already: what promhttp itself needs.
type plain []prometheus.Metric

func (p plain) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(p, ch) }

func (p plain) Collect(ch chan<- prometheus.Metric) {
	for _, m := range p {
		ch <- m
	}
}

// gauges makes n const gauges, each with three labels as most of ours have.
func gauges(n int) (list plain) {
	desc := prometheus.NewDesc("plain_gauge", "A gauge.", []string{"indicator", "org", "span"}, nil)
	for i := range n {
		list = append(list, prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(i), fmt.Sprint(i%42), fmt.Sprint(i/42), "quarter"))
	}
	return list
}

// BenchmarkScrape compares a scrape of about 100,000 series with one of as many plain const gauges ("plain"): when nothing
// has changed since the scrape before ("unchanged"), and when a fact has come since, so that all is evaluated again
// ("changed").
func BenchmarkScrape(b *testing.B) {
	s, fold := wide(b)
	n := len(series(exposition(b, s.collector(b)), ""))
	b.Run("plain", func(b *testing.B) { scrapes(b, gauges(n), n, func() {}) })
	b.Run("unchanged", func(b *testing.B) { scrapes(b, s.collector(b), n, func() {}) })
	b.Run("changed", func(b *testing.B) { scrapes(b, s.collector(b), n, func() { s.view = fold.View() }) })
}

func scrapes(b *testing.B, c prometheus.Collector, n int, before func()) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(c)
	handler := promhttp.HandlerFor(registry, promhttp.HandlerOpts{EnableOpenMetrics: true})
	request := httptest.NewRequest("GET", "/metrics", nil)
	request.Header.Set("Accept", "application/openmetrics-text; version=1.0.0")
	request.Header.Set("Accept-Encoding", "gzip")
	b.ReportAllocs()
	for b.Loop() {
		before()
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, request)
		if _, err := io.Copy(io.Discard, w.Body); err != nil || w.Code != 200 {
			b.Fatalf("status %d, %v", w.Code, err)
		}
	}
	b.ReportMetric(float64(n), "series")
}

// What a scrape allocates beside what promhttp does: nothing as long as nothing has changed, and a bounded number of times a
// series where all is evaluated again.
func TestScrapeAllocates(t *testing.T) {
	s, fold := wide(t)
	c, n := s.collector(t), 0
	collect := func() {
		ch := make(chan prometheus.Metric, 1024)
		go func() { c.Collect(ch); close(ch) }()
		for n = 0; ; n++ {
			if _, ok := <-ch; !ok {
				return
			}
		}
	}
	collect()
	if got := testing.AllocsPerRun(2, collect); got > 20 {
		t.Errorf("nothing has changed: %.0f allocations for %d series", got, n)
	}
	got := testing.AllocsPerRun(2, func() { s.view = fold.View(); collect() }) / float64(n)
	if got > 25 {
		t.Errorf("all is evaluated again: %.1f allocations a series, want at most 25", got)
	}
}
