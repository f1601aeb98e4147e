package e2e

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// remembers shows that a Prometheus that was not there knows the past: one that has nothing but what kaohe backfill wrote.
// The demo's nine trainings were all held on 28 February, so it must have 0 for every day before and 9 from that day on.
func (w *world) remembers(t *testing.T) {
	t.Helper()
	history := w.run(t, "backfill", "--from", "2018-01-01", "--to", "2018-03-31", "--label", "job=kaohe", "--label", "instance="+w.addr)
	file := filepath.Join(w.dir, "history.om")
	if err := os.WriteFile(file, history, 0o644); err != nil {
		t.Fatal(err)
	}
	blocks := filepath.Join(w.dir, "blocks")
	once(t, nil, "promtool", "tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=8760h", "--quiet", file, blocks)
	config := filepath.Join(w.dir, "nothing.yml")
	if err := os.WriteFile(config, []byte("{}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	p := startPrometheus(t, w.dir, "prometheus-of-the-past", freePort(t), config, blocks)

	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	const expr = `last_over_time(kaohe_indicator_value{job="kaohe", indicator="envoy_trainings", org="450703", span="quarter"}[1d])`
	for day := time.Date(2018, 1, 1, 12, 0, 0, 0, zone); day.Before(time.Date(2018, 4, 1, 0, 0, 0, 0, zone)); day = day.AddDate(0, 0, 1) {
		want := "0"
		if !day.Before(time.Date(2018, 2, 28, 0, 0, 0, 0, zone)) {
			want = "9"
		}
		if got, err := p.value(t.Context(), expr, day); err != nil || got != want {
			t.Fatalf("%s: envoy_trainings is %s (%v), want %s", day.Format(time.DateOnly), got, err, want)
		}
	}
}
