package access_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
)

// recorded are events as they stand in a log, by identity.
type recorded map[events.Key][]byte

func (r recorded) put(org, typ, id, data string) {
	e := events.Event{Type: typ, Source: "s", ID: id, Time: "2018-03-01T00:00:00+08:00", Org: org, Schema: typ + ".v1", Data: []byte(data)}
	r[e.Key()] = e.AppendLine(nil)
}

func (r recorded) line(k events.Key) ([]byte, error) {
	line, ok := r[k]
	if !ok {
		return nil, events.ErrNotFound
	}
	return line, nil
}

func TestUnitsThatAnEventConcerns(t *testing.T) {
	r := recorded{}
	r.put("450703", "PatentGranted", "fact", `{}`)
	r.put("450700", "EventVoided", "void", `{"target_id":"fact","target_source":"s","was":{"org":"450703"}}`)
	r.put("450702", "EventVoided", "void of the void", `{"target_id":"void","target_source":"s"}`)
	r.put("450000", "EventCorrected", "moved", `{"now":{"org":"450702"},"target_id":"fact","target_source":"s","was":{"org":"450703"}}`)
	r.put("450000", "PeriodClosed", "closed", `{"scorecard":{}}`)
	r.put("450000", "EventVoided", "of nothing", `{"target_id":"gone","target_source":"s"}`)
	r.put("450000", "EventVoided", "no object", `{"target_id":1}`)
	r.put("450703", "EventVoided", "loop", `{"target_id":"loop","target_source":"s"}`)
	for _, tt := range []struct {
		id, want string
		err      error
	}{
		{"fact", "450703", nil},
		{"void", "450700 450703", nil},
		{"void of the void", "450700 450702 450703", nil},
		{"moved", "450000 450702 450703", nil},
		{"closed", "450000", nil},
		{"of nothing", "", events.ErrNotFound},
		{"no object", "", events.ErrLine},
		{"loop", "", access.ErrLongChain},
	} {
		var e events.Stored
		line, _ := r.line(events.KeyOf("s", tt.id))
		if err := e.ParseLine(line); err != nil {
			t.Fatal(err)
		}
		units, err := access.Units(&e, r.line)
		slices.Sort(units)
		if got := strings.Join(units, " "); got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%s: Units() = %s, %v, want %s, %v", tt.id, got, err, tt.want, tt.err)
		}
	}
}

func TestLongChainsAreFollowedToTheirEnd(t *testing.T) {
	r := recorded{}
	r.put("450703", "PatentGranted", "0", `{}`)
	for i := 1; i <= 20; i++ {
		was := ""
		if i == 1 {
			was = `,"was":{"org":"450703"}`
		}
		r.put("450700", "EventVoided", fmt.Sprint(i), fmt.Sprintf(`{"target_id":"%d","target_source":"s"%s}`, i-1, was))
	}
	for i, want := range map[int]error{1: nil, 16: nil, 17: access.ErrLongChain, 20: access.ErrLongChain} {
		var e events.Stored
		line, _ := r.line(events.KeyOf("s", fmt.Sprint(i)))
		if err := e.ParseLine(line); err != nil {
			t.Fatal(err)
		}
		if _, err := access.Units(&e, r.line); !errors.Is(err, want) {
			t.Errorf("a chain of %d voids: %v, want %v", i, err, want)
		}
	}
}
