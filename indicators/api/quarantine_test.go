package api_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
	"github.com/kaohe/kaohe/projections"
)

func TestQuarantineKeepsItsOrder(t *testing.T) {
	opts := options(t, mustFold(t))
	opts.Quarantine = func() []projections.Quarantined {
		return []projections.Quarantined{
			{At: events.At(3, 17), Reason: projections.BadType, Detail: "<Unknown> & more"},
			{At: events.At(12, 0), Whole: true, Reason: projections.BadCommit, Detail: "no commit"},
		}
	}
	rec := ask(t, opts, "/v1/quarantine", "")
	var got []api.Quarantined
	if err := json.Unmarshal(rec.Body.Bytes(), &got); err != nil || rec.Code != http.StatusOK || rec.Header().Get("Content-Type") != "application/json" {
		t.Fatalf("status %d, %s, %v", rec.Code, rec.Header().Get("Content-Type"), err)
	}
	want := []api.Quarantined{
		{Position: "3-17", Reason: "type", Detail: "<Unknown> & more"},
		{Position: "12-0", Whole: true, Reason: "commit", Detail: "no commit"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("quarantine (-want +got):\n%s", diff)
	}
}

func TestNoViewNoFigures(t *testing.T) {
	opts := options(t, mustFold(t, "2018-01-10"))
	opts.Figures = func() (*projections.View, *indicators.Plan) { return nil, nil }
	for _, query := range []string{"", "?at_least=1", "?at_least=9"} { // 9 does not come while the log is read
		rec := ask(t, opts, "/v1/scorecard"+query, "en")
		var p api.Problem
		if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		if rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") != "1" || p.Code != "not_ready" || p.Title != "still reading the log" {
			t.Errorf("GET /v1/scorecard%s = %d, %v, %+v", query, rec.Code, rec.Header(), p)
		}
	}
}
