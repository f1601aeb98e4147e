package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators/api"
)

// A day and a time without a zone are those of the plan that the answer follows, also if it is not the present one's zone.
func TestKnownAtIsInTheZoneOfThePlanOfThen(t *testing.T) {
	then := *mustPlan(t)
	then.Hash, then.Zone = "then", time.FixedZone("elsewhere", -10*3600)
	for _, tt := range []struct{ query, asOf, recorded string }{
		// the day ends in the present plan's zone right before commit 3 was recorded, in that of then 18 hours after
		{"known_at=2018-02-11", "2018-02-11", "2018-02-11T06:00:00-10:00"},
		{"known_at=2018-02-11&plan=current", "2018-02-11", "2018-02-11T23:59:59.9+08:00"},
		{"known_at=2018-02-11T06:00", "2018-02-11", "2018-02-11T06:00:00-10:00"},
		{"known_at=2018-02-12T00:00:00%2B08:00", "2018-02-11", "2018-02-11T06:00:00-10:00"},
		{"known_at=3", "2018-02-11", "2018-02-11T06:00:00-10:00"},
	} {
		opts := remember(t)
		known := opts.Known
		opts.Known = func(ctx context.Context, at api.KnownAt, current bool) (api.Known, error) {
			k, err := known(ctx, at, current)
			if k.Plan = opts.Plan; !current {
				k.Plan = &then
			}
			if k.Day = events.DayOf(at.Time.In(k.Plan.Zone)); at.Time.IsZero() && err == nil {
				k.Day = events.DayOf(k.View.Recorded().In(k.Plan.Zone))
			}
			return k, err
		}
		rec := ask(t, opts, "/v1/scorecard?"+tt.query, "en")
		var card struct {
			AsOf    string `json:"as_of"`
			KnownAt struct {
				Recorded string `json:"recorded"`
			} `json:"known_at"`
		}
		if err := json.Unmarshal(rec.Body.Bytes(), &card); err != nil || rec.Code != http.StatusOK {
			t.Fatalf("%s: status %d, %v: %s", tt.query, rec.Code, err, rec.Body)
		}
		if card.AsOf != tt.asOf || card.KnownAt.Recorded != tt.recorded {
			t.Errorf("%s: as of %s, recorded %s, want %s, %s", tt.query, card.AsOf, card.KnownAt.Recorded, tt.asOf, tt.recorded)
		}
	}
}
