package indicators_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

// guidancesJSON is what the agreed shape has for the guidances of the seed quarter, and what was added to it: the
// breakdown of the year, and the names.
const guidancesJSON = `{"id":"guidances","kind":"sum","unit":"次","direction":"up","status":"on_track","reported":true,` +
	`"last_event":"2018-02-28","target_illustrative":true,` +
	`"name":{"zh":"技术指导","en":"Guidances"},"units":{"zh":"次","en":"times"},"office":"农村科","decimals":0,"money":false,` +
	`"quarter":{"value":"64","base":"0","target":"50","expected":"50","gap":"-14","completion":"1.28","pace_ratio":"1.28",` +
	`"status":"achieved","reported":true,"events":1,"breakdown":{"level":{"none":"64"}}},` +
	`"year":{"value":"64","base":"0","target":"200","expected":"50","gap":"136","completion":"0.32","pace_ratio":"1.28",` +
	`"status":"on_track","reported":true,"events":1,"breakdown":{"level":{"none":"64"}}}}`

func guidancesWorld(t *testing.T) *world {
	return newWorld(t).
		target("2018-01-01", "450703", "guidances", "200", "flow", `,"quarterly_plan":["50","100","150","200"],"illustrative":true`).
		happen(`2018-02-28 450703 EnvoyServiceRecorded {"kind":"guidance","count":64}`)
}

func TestScorecardJSON(t *testing.T) {
	card := guidancesWorld(t).card("2018Q1", "450703", "2018-03-31")
	b, err := json.Marshal(card)
	if err != nil {
		t.Fatal(err)
	}
	head := `{"org":"450703","quarter":"2018Q1","as_of":"2018-03-31","org_name":{"zh":"钦北区","en":"Qinbei"},"plan":"` + card.Plan + `","indicators":[`
	if got, _, _ := strings.Cut(string(b), "[{"); got+"[" != head {
		t.Errorf("head\n got %s[\nwant %s", got, head)
	}
	row, _ := card.Row("guidances")
	got, err := json.Marshal(row)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(guidancesJSON, string(got)); diff != "" {
		t.Errorf("row (-want +got):\n%s", diff)
	}
	if !bytes.Contains(b, got) {
		t.Error("the scorecard does not contain its row")
	}
}

// What the command line decodes is what the server encoded.
func TestScorecardRoundTrip(t *testing.T) {
	w := guidancesWorld(t).happen(certificates+villages).
		target("2018-01-01", "450703", "grants", "10", "growth", "").
		target("2018-03-01", "450703", "guidances", "220", "flow", "")
	w.close("2018-04-02", "2018Q1", "450703", w.card("2018Q1", "450703", "2018-03-31")).
		happen(`2018-02-01 450703 EnvoyServiceRecorded {"kind":"guidance","count":1}`).
		close("2018-04-02", "2018Q1", "450000", `{"indicators":[{"id":"gone","name":{"zh":"旧","en":"Old"}}]}`)
	for _, tt := range []struct{ name, quarter, org, asOf string }{
		{"a leaf", "2018Q1", "450703", "2018-03-31"},
		{"a unit with others below", "2018Q1", "450000", "2018-03-31"},
		{"before the quarter", "2018Q3", "450703", "2018-03-31"},
		{"before the year", "2018Q3", "450703", "2017-03-31"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			card := w.card(tt.quarter, tt.org, tt.asOf)
			card.KnownAt = &indicators.KnownAt{Commit: 7, Recorded: recordedAt}
			first, err := json.Marshal(card)
			if err != nil {
				t.Fatal(err)
			}
			var back indicators.Scorecard
			if err := json.Unmarshal(first, &back); err != nil {
				t.Fatal(err)
			}
			if back.KnownAt == nil || back.KnownAt.Commit != 7 || !back.KnownAt.Recorded.Equal(recordedAt) {
				t.Errorf("known at %+v", back.KnownAt)
			}
			second, err := json.Marshal(back)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(first), string(second)); diff != "" {
				t.Errorf("again (-want +got):\n%s", diff)
			}
			if len(back.Rows) != len(w.plan.Indicators) || back.AsOf.String() != tt.asOf || back.Rows[0].Unit.EN != "times" {
				t.Errorf("decoded %d rows as of %s", len(back.Rows), back.AsOf)
			}
		})
	}
}

func TestScorecardJSONRefuses(t *testing.T) {
	for _, s := range []string{
		`{"quarter":"2018Q7"}`, `{"as_of":"2018-02-30"}`, `{"indicators":[{"last_event":"yesterday"}]}`,
		`{"indicators":[{"quarter":{"value":12}}]}`, `{"closed":{"position":"1"}}`, `{"closed":{"position":"1-0","day":"soon"}}`,
	} {
		var card indicators.Scorecard
		if err := json.Unmarshal([]byte(s), &card); err == nil {
			t.Errorf("Unmarshal(%s) took it", s)
		}
	}
}

// Figures that rest on a part of the log say so.
func TestScorecardSaysWhatIsMissing(t *testing.T) {
	w := guidancesWorld(t)
	if b, err := json.Marshal(w.card("2018Q1", "450703", "2018-03-31")); err != nil || bytes.Contains(b, []byte("left_out")) || bytes.Contains(b, []byte("breaks")) {
		t.Errorf("nothing is missing, yet %.300s, %v", b, err)
	}
	ids := events.NewIDs()
	reader := projections.NewReader(w.fold, ids, nil, func(projections.Quarantined) {})
	parser := mustParser(t, ids)
	for _, seq := range []uint64{7, 8, 9, 11} {
		if err := reader.Take(parser.Parse(events.Commit{Seq: seq, Body: []byte("no commit")}, nil)); err != nil {
			t.Fatal(err)
		}
	}
	card := w.card("2018Q1", "450703", "2018-03-31")
	view := w.fold.View()
	if card.LeftOut != 4 || card.LeftOut != view.LeftOut() || card.Breaks < 2 || card.Breaks != view.Breaks() {
		t.Fatalf("left out %d, breaks %d", card.LeftOut, card.Breaks)
	}
	b, err := json.Marshal(card)
	if err != nil || !bytes.Contains(b, fmt.Appendf(nil, `"left_out":4,"breaks":%d,"indicators":[`, card.Breaks)) {
		t.Errorf("got %.300s, %v", b, err)
	}
	var back indicators.Scorecard
	if err := json.Unmarshal(b, &back); err != nil || back.LeftOut != card.LeftOut || back.Breaks != card.Breaks {
		t.Errorf("decoded %d left out, %d breaks, %v", back.LeftOut, back.Breaks, err)
	}
}
