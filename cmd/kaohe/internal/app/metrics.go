package app

import (
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// newRegistry returns the daemon's own registry: nothing of it is global, so that two daemons live in one process.
func newRegistry(version string) *prometheus.Registry {
	registry := prometheus.NewRegistry()
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "kaohe_build_info", Help: "The program that runs, always 1.",
		ConstLabels: prometheus.Labels{"version": version, "goversion": runtime.Version()},
	})
	build.Set(1)
	registry.MustRegister(build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return registry
}

// metricsHandler exposes the registry, in the format that the scraper asks for.
func (a *App) metricsHandler() (http.Handler, error) {
	if err := a.registerScorecard(); err != nil {
		return nil, err
	}
	return promhttp.InstrumentMetricHandler(a.registry, promhttp.HandlerFor(a.registry, promhttp.HandlerOpts{
		Registry: a.registry, EnableOpenMetrics: true, Timeout: readTimeout,
		ErrorLog: scrapeErrors{a},
	})), nil
}

// scrapeErrors takes what goes wrong while metrics are gathered.
type scrapeErrors struct{ a *App }

func (s scrapeErrors) Println(v ...any) {
	s.a.opts.Logger.Error("metrics cannot be gathered", "error", v)
}

// measured notes how long requests take, by the path's pattern, which keeps the number of series bounded.
func (a *App) measured(mux *http.ServeMux, next http.Handler) http.Handler {
	duration := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "kaohe_http_request_duration_seconds", Help: "Time to answer a request, by handler and status.",
		Buckets: prometheus.ExponentialBuckets(0.0005, 4, 8),
	}, []string{"handler", "code"})
	a.registry.MustRegister(duration)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, pattern := mux.Handler(r)
		if pattern == "" {
			pattern = "other"
		}
		begin, rec := a.opts.Now(), &recorder{ResponseWriter: w, code: http.StatusOK}
		next.ServeHTTP(rec, r)
		duration.WithLabelValues(pattern, strconv.Itoa(rec.code)).Observe(max(a.opts.Now().Sub(begin), time.Duration(0)).Seconds())
	})
}

// recorder notes the status of an answer.
type recorder struct {
	http.ResponseWriter
	code int
}

func (r *recorder) WriteHeader(code int) {
	r.code = code
	r.ResponseWriter.WriteHeader(code)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
