package indicators_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

// What was voided before the closing and is brought back after it keeps its cause, however long the chain of voids is: they
// are followed down to the fact, though the walk begins after them.
func TestRestateBringsBackWhatWasVoidedBefore(t *testing.T) {
	target := `{"indicator":"guidances","year":2018,"value":"240","basis":"flow"}`
	for _, tt := range []struct {
		name, typ, data string
		indicator       string
		figure          indicators.Followed
		want            string
	}{
		{"a target", "TargetSet", target, "guidances", "year_target", "null target 240 = 240"},
		{"a reference value", "ReferenceValueSet", `{"key":"population","value":"40000"}`, "population", "quarter_value", "null reference 40000 = 40000"},
		{"a fact", "EnvoyServiceRecorded", fmt.Sprintf(guidance, 5), "guidances", "quarter_value", "0 voided 5 = 5"},
	} {
		for _, before := range []int{1, 3} { // voids of voids
			l := newLedger(t)
			id := l.fact("2018-01-01", "450703", tt.typ, tt.data)
			for range before {
				id = l.void(id)
			}
			l.close("450703", "2018Q1", "")
			again := l.void(l.void(l.void(id))) // back, gone, back
			r := l.restate(l.request(l.plan, "450703", "2018Q1"))
			if got := told(r, tt.indicator, tt.figure); got != tt.want || r.Moving != 3 {
				t.Errorf("%s after %d voids, by %s: %s in %d events, want %s", tt.name, before, again, got, r.Moving, tt.want)
			}
		}
	}
}

// A void may come before what it is about, and voids may void each other: what the log does not tell is a void like others.
func TestRestateVoidsOfNothing(t *testing.T) {
	l := newLedger(t)
	early := l.void("late")
	ring := l.void("ring")
	l.record(events.Event{Type: events.TypeVoided, ID: "ring", Time: "2018-03-01T00:00:00+08:00", Org: "450703",
		Data: fmt.Appendf(nil, `{"reason":"r","target_id":%q,"target_source":"test"}`, ring)})
	lost := l.void("lost")
	l.close("450703", "2018Q1", "")
	for _, id := range []string{ring, lost, early} {
		l.void(id) // what they were about is none of the facts
	}
	l.named("late", "2018-03-20", "450703", "EnvoyServiceRecorded", fmt.Sprintf(guidance, 7))
	l.void(l.void("late"))
	r := l.restate(l.request(l.plan, "450703", "2018Q1"))
	if got, want := told(r, "guidances", "quarter_value"), "0 late 7 = 7"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	req := l.request(l.plan, "450703", "2018Q1")
	away := errors.New("no answer")
	req.Line = func(context.Context, events.Key) ([]byte, error) { return nil, away }
	if _, err := indicators.Restate(context.Background(), l.archive, req); !errors.Is(err, away) {
		t.Errorf("when the log does not answer: %v", err)
	}
}
