package app_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/intake"
)

func TestEventsAreAnnounced(t *testing.T) {
	t.Parallel()
	r := startNATS(t)
	boss, _ := r.connect(t, nats.Token(r.token(t, "boss", access.Everywhere, access.All)))
	all := subscribe(t, boss, "kaohe.event.>")
	clerk, _ := r.connect(t, nats.Token(r.token(t, "clerk", "450703", access.All)))
	own := subscribe(t, clerk, "kaohe.event.*.450000.450700.450703")
	below := subscribe(t, clerk, "kaohe.event.*.450000.450700.450703.>")
	for _, tt := range []struct{ event, subject string }{
		{training("450702", "a"), "EnvoyTrainingHeld.450000.450700.450702"},
		{training("450703", "b"), "EnvoyTrainingHeld.450000.450700.450703"},
		{training("450703.100", "c"), "EnvoyTrainingHeld.450000.450700.450703.450703~100"},
		{`{"specversion":"1.0","type":"TargetSet","source":"s","id":"d","time":"2018-01-01","org":"450700","data":{"indicator":"conversions","year":2018,"value":"10","basis":"flow"}}`, "TargetSet.450000.450700"},
		{`{"specversion":"1.0","type":"EventCorrected","source":"s","id":"e","time":"2018-04-01","org":"450703","data":{"target_source":"test:450703","target_id":"b","reason":"人数不对","patch":{"data":{"attendees":31}}}}`,
			"EventCorrected.450000.450700.450703"},
		{`{"specversion":"1.0","type":"EventCorrected","source":"s","id":"f","time":"2018-04-01","org":"450703","data":{"target_source":"test:450703","target_id":"b","reason":"单位不对","patch":{"org":"450702"}}}`,
			"EventCorrected.450000.450700"},
		{`{"specversion":"1.0","type":"EventVoided","source":"s","id":"g","time":"2018-04-01","org":"450703.100","data":{"target_source":"test:450703:100","target_id":"c","reason":"重复"}}`,
			"EventVoided.450000.450700.450703.450703~100"},
		{`{"specversion":"1.0","type":"EventVoided","source":"s","id":"h","time":"2018-04-01","org":"450703","data":{"target_source":"s","target_id":"g","reason":"没有重复"}}`,
			"EventVoided.450000.450700.450703"},
	} {
		status, receipt := emit(t, boss, tt.event)
		if status != "200" || receipt.New != 1 {
			t.Fatalf("emit %s = %s %+v", tt.event, status, receipt.Events[0].Error)
		}
		m, at := next(t, all), receipt.Events[0].Position
		if m.Subject != "kaohe.event."+tt.subject || m.Header.Get("Kaohe-Position") != at || m.Header.Get("Content-Type") != intake.MediaEvent {
			t.Errorf("announced as %s %v, want %s at %s", m.Subject, m.Header, tt.subject, at)
		}
		if _, body := request(t, boss, "event", `{"position":"`+at+`"}`); strings.TrimSpace(body) != string(m.Data) {
			t.Errorf("announced %s, recorded %s", m.Data, body)
		}
	}
	if got := []string{next(t, own).Subject, next(t, own).Subject, next(t, own).Subject}; !slices.Equal(got, []string{
		"kaohe.event.EnvoyTrainingHeld.450000.450700.450703", "kaohe.event.EventCorrected.450000.450700.450703", "kaohe.event.EventVoided.450000.450700.450703"}) {
		t.Errorf("the clerk hears %v", got)
	}
	if got := []string{next(t, below).Subject, next(t, below).Subject}; !slices.Equal(got, []string{
		"kaohe.event.EnvoyTrainingHeld.450000.450700.450703.450703~100", "kaohe.event.EventVoided.450000.450700.450703.450703~100"}) {
		t.Errorf("the clerk hears %v from below", got)
	}
	if status, receipt := emit(t, boss, training("450703", "b")); status != "200" || receipt.Recorded != 1 {
		t.Errorf("emit again = %s %+v", status, receipt)
	}
	if _, receipt := emit(t, boss, training("450703", "last")); receipt.New != 1 {
		t.Fatal("not recorded")
	}
	if m := next(t, all); !strings.Contains(string(m.Data), `"id":"last"`) {
		t.Errorf("a repeat is announced: %s", m.Data)
	}
}
