package projections_test

import (
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections"
)

// FuzzFold: whatever stands in a commit, the fold takes it in or leaves it out, and its state can be written and read back.
func FuzzFold(f *testing.F) {
	rules := testRules(f, "a")
	line := func(typ, id, data string) []byte {
		e := events.Event{Type: typ, Source: "s", ID: id, Time: "2018-03-01T00:00:00+08:00", Org: "450703", Schema: typ + ".v1", Data: []byte(data)}
		return e.AppendLine(nil)
	}
	const was = `{"data":{"enterprise_id":"x","pool":"hnte"},"dataschema":"EnterpriseIncubated.v1","org":"450703","time":"2018-03-01T00:00:00+08:00","type":"EnterpriseIncubated"}`
	f.Add(events.AppendBatch(nil, [][]byte{
		line("EnterpriseIncubated", "1", `{"enterprise_id":"x","pool":"hnte"}`),
		line("EventVoided", "2", `{"reason":"r","target_id":"1","target_source":"s","was":`+was+`}`),
		line("EventVoided", "3", `{"reason":"r","target_id":"2","target_source":"s"}`),
		line("EventCorrected", "4", `{"patch":{"data":{"pool":"sme"}},"reason":"r","target_id":"1","target_source":"s","was":`+was+`}`),
	}))
	f.Add(events.AppendBatch(nil, [][]byte{
		line("TargetSet", "5", `{"basis":"flow","indicator":"pool","quarterly_plan":["1","2","3","4"],"value":"4","year":2018}`),
		line("NilReported", "6", `{"indicator":"pool","quarter":"2018Q1"}`),
		line("PeriodClosed", "7", `{"as_of":"2018-03-31","plan":"aa","position":"0-0","quarter":"2018Q1","reason":"r","scorecard":{}}`),
		line("PlanActivated", "8", `{"archive":"UEsFBg==","hash":"bb"}`),
		line("HighTechRecognized", "9", `{"certificate_no":"c","enterprise_id":"x","kind":"first","valid_to":"2020-01-01"}`),
		line("HighTechRecognized", "10", `{"certificate_no":"c","enterprise_id":"y","kind":"first"}`),
		line("HighTechRevoked", "11", `{"certificate_no":"c","enterprise_id":"x","reason":"revoked"}`),
		line("ProjectSubmitted", "12", `{"count":3,"entities":[{"name":"a"},{"id":"b","name":"b"}],"level":"city","requested_yuan":"10.00"}`),
		line("ReferenceValueSet", "13", `{"key":"population","value":"-1.5"}`),
	}))
	f.Add([]byte("[\n{}\n]"))
	f.Fuzz(func(t *testing.T, body []byte) {
		fold, err := projections.NewFold(rules)
		if err != nil {
			t.Fatal(err)
		}
		ids := events.NewIDs()
		parser, err := projections.NewParser(rules, ids)
		if err != nil {
			t.Fatal(err)
		}
		commit := events.Commit{Seq: 2, ID: "c", Prev: events.Head{}.HashHex(), Body: body}
		fetch := func(at events.Position) ([]byte, error) {
			lines, err := commit.Lines()
			if err != nil {
				return nil, err
			}
			for i, line := range lines {
				if i == at.Index() {
					return line, nil
				}
			}
			return nil, events.ErrNotFound
		}
		if err := projections.NewReader(fold, ids, fetch, func(projections.Quarantined) {}).Take(parser.Parse(commit, nil)); err != nil {
			t.Fatal(err)
		}
		again, err := projections.DecodeFold(rules, fold.Encode())
		if err != nil {
			t.Fatalf("the state cannot be read back: %v", err)
		}
		if a, b := fold.View(), again.View(); a.Events() != b.Events() || a.LeftOut() != b.LeftOut() || pool(a) != pool(b) {
			t.Fatalf("read back it is another: %d and %d events, %d and %d left out", a.Events(), b.Events(), a.LeftOut(), b.LeftOut())
		}
	})
}
