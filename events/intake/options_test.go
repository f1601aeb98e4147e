package intake_test

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/kaohe/kaohe/events/intake"
)

func TestMetrics(t *testing.T) {
	r := start(t, memory())
	r.emit(t, training("a", 1), training("a", 1), training("b", -1))
	problems, err := testutil.GatherAndLint(r.registry)
	if err != nil || len(problems) > 0 {
		t.Errorf("lint: %v, %v", problems, err)
	}
	n, err := testutil.GatherAndCount(r.registry, "kaohe_intake_events_total", "kaohe_intake_refused_total")
	if err != nil || n != 3+12 {
		t.Errorf("%d series, %v, want all codes from the start", n, err)
	}
}

func TestNewNamesWhatIsMissing(t *testing.T) {
	log := memory()
	for _, tt := range []struct {
		change func(*intake.Options)
		want   string
	}{
		{func(o *intake.Options) { o.Log = nil }, "intake: Options.Log is not set"},
		{func(o *intake.Options) { o.Zone = nil }, "intake: Options.Zone is not set"},
		{func(o *intake.Options) { o.DefaultOrg = "1" }, "intake: Options.DefaultOrg 1 is no org of the plan"},
		{func(o *intake.Options) { o.Resolve = nil }, `intake: NilReported.indicator refers to "indicator", which Options.Resolve does not have`},
	} {
		o := options(t, log, newReader(log))
		tt.change(&o)
		if _, err := intake.New(o); err == nil || err.Error() != tt.want {
			t.Errorf("New() = %v, want %s", err, tt.want)
		}
	}
}
