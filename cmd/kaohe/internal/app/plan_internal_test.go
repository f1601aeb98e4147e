package app

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
	"github.com/kaohe/kaohe/projections"
)

// stuck is a log whose commits cannot be had; asked is told of each try.
type stuck struct {
	events.Log
	asked chan struct{}
}

func (stuck) End(context.Context) (uint64, error) { return 0, nil }

func (s stuck) Get(ctx context.Context, _ uint64) (events.Commit, error) {
	s.asked <- struct{}{}
	<-ctx.Done()
	return events.Commit{}, ctx.Err()
}

// TestNobodyWaitsForAPlanOfThePast: whoever asks for figures does not wait for a plan that is being read from the log.
func TestNobodyWaitsForAPlanOfThePast(t *testing.T) {
	log := stuck{asked: make(chan struct{})}
	archive, err := projections.OpenArchive(t.Context(), projections.ArchiveOptions{Log: log})
	if err != nil {
		t.Fatal(err)
	}
	p := &plans{archive: archive, byHash: map[string]*indicators.Plan{"present": {}}}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	done := make(chan error)
	go func() {
		_, err := p.of(ctx, projections.Activation{At: events.At(1, 0), Hash: "past"})
		done <- err
	}()
	<-log.asked
	if p.loaded("present") == nil { // would hang here
		t.Error("the present plan is not there")
	}
	cancel()
	if err := <-done; err == nil || errors.Is(err, api.ErrPlanUnreadable) {
		t.Errorf("of() = %v, want that the log cannot be read", err)
	}
}

// commits is a log of one commit.
type commits struct {
	events.Log
	body string
}

func (commits) End(context.Context) (uint64, error) { return 0, nil }

func (c commits) Get(context.Context, uint64) (events.Commit, error) {
	return events.Commit{Seq: 1, Body: []byte(c.body)}, nil
}

// TestPlansThatAreNone: what is wrong with a plan in the log is not a log that cannot be reached.
func TestPlansThatAreNone(t *testing.T) {
	for name, data := range map[string]string{
		"no archive": `{"hash":"past"}`, "not base64": `{"archive":"?","hash":"past"}`, "not a zip": `{"archive":"aGFzaA==","hash":"past"}`,
	} {
		e := events.Event{Type: "PlanActivated", Source: "s", ID: "1", Time: "2018-01-01T00:00:00+08:00", Org: "450703", Schema: "PlanActivated.v1", Data: []byte(data)}
		log := commits{body: string(events.AppendBatch(nil, [][]byte{e.AppendLine(nil)}))}
		archive, err := projections.OpenArchive(t.Context(), projections.ArchiveOptions{Log: log})
		if err != nil {
			t.Fatal(err)
		}
		p := &plans{archive: archive, byHash: map[string]*indicators.Plan{}}
		if _, err := p.of(t.Context(), projections.Activation{At: events.At(1, 0), Hash: "past"}); !errors.Is(err, api.ErrPlanUnreadable) {
			t.Errorf("%s: of() = %v, want that the plan cannot be read", name, err)
		}
	}
}
