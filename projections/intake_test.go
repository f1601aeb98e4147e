package projections_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/projections"
)

// desk is the whole way in: an intake over a log in memory, and the runner that tells it what was amended.
type desk struct {
	in     *intake.Intake
	runner *projections.Runner
	log    events.Log
}

// open runs a desk until the test case ends.
func open(t *rapid.T, f func() projections.RunnerOptions) (d *desk, stop func()) {
	opts := f()
	runner, err := projections.NewRunner(opts)
	if err != nil {
		t.Fatal(err)
	}
	commits := 0
	any := intake.Resolver{Known: func(string) bool { return true }}
	in, err := intake.New(intake.Options{
		Log: opts.Log, IDs: opts.IDs, Catalogue: opts.Rules.Catalogue, Orgs: opts.Rules.Orgs, State: runner, DefaultOrg: "450703",
		Zone: time.FixedZone("CST", 8*3600), Now: func() time.Time { return time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC) },
		NewID: func() string { commits++; return fmt.Sprint(commits) }, Resolve: map[string]intake.Resolver{"indicator": any},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	reading, stopReading := context.WithCancel(context.Background())
	var writer, reader sync.WaitGroup
	writer.Go(func() { _ = in.Run(ctx) })
	reader.Go(func() { _ = runner.Run(reading) })
	<-runner.CaughtUp()
	return &desk{in, runner, opts.Log}, func() {
		cancel()
		writer.Wait()
		stopReading()
		reader.Wait()
	}
}

// emit sends one event, again and again until the desk is open, and reports whether it was new.
func (d *desk) emit(t *rapid.T, raw []byte) (fresh bool, code string) {
	for {
		receipt, err := d.in.Emit(context.Background(), intake.Request{Events: [][]byte{raw}, By: access.Local})
		if err == intake.ErrNotReady {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if r := receipt.Events[0].Refusal; r != nil {
			return false, r.Code
		}
		return receipt.Events[0].Status == intake.StatusNew, ""
	}
}

// TestFiguresThroughTheIntake: facts, voids and corrections sent one after the other, sensible or not, leave the figures of
// those that the plain rules leave; what the intake takes is never quarantined, and what it refuses changes nothing.
func TestFiguresThroughTheIntake(t *testing.T) {
	types, orgs := mustCatalogue(t), mustOrgs(t)
	measures := testMeasures(t, types)
	rapid.Check(t, func(t *rapid.T) {
		d, stop := open(t, func() projections.RunnerOptions {
			return projections.RunnerOptions{Log: newMemory(), IDs: events.NewIDs(), Rules: projections.Rules{Orgs: orgs, Catalogue: types, Measures: measures}}
		})
		defer stop()
		var log []record
		for i := range rapid.IntRange(1, 25).Draw(t, "events") {
			r := record{kind: rapid.SampledFrom([]string{"fact", "fact", "void", "correction"}).Draw(t, "kind"), target: -1}
			if r.kind == "fact" {
				r.event = drawEvent(t, i)
			} else {
				r.target, r.patch = rapid.IntRange(0, i).Draw(t, "target"), drawPatch(t)
			}
			if fresh, code := d.emit(t, r.raw(i)); !fresh {
				if code == "" || r.kind == "fact" {
					t.Fatalf("%s %d is not taken: %q", r.kind, i, code)
				}
				r.kind, r.target = "nothing", -1
			}
			log = append(log, r)
		}
		end, err := d.log.End(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.runner.Await(context.Background(), end); err != nil {
			t.Fatal(err)
		}
		if q := d.runner.Quarantine(); len(q) > 0 {
			t.Fatalf("what the intake took is quarantined: %+v", q)
		}
		compare(t, d.runner.View(), orgs, survivors(log))
	})
}

// raw is the record as a client would send it.
func (r record) raw(i int) []byte {
	e := map[string]any{"specversion": "1.0", "source": "kaohe:test", "id": fmt.Sprint(i), "time": "2018-04-01", "org": "450703"}
	if r.kind == "fact" {
		e["type"], e["time"], e["org"], e["data"] = r.event.Type, r.event.Time, r.event.Org, json.RawMessage(r.event.Data)
	} else {
		data := map[string]any{"target_source": "kaohe:test", "target_id": fmt.Sprint(r.target), "reason": "试验"}
		e["type"] = events.TypeVoided
		if r.kind == "correction" {
			e["type"], data["patch"] = events.TypeCorrected, r.patch
		}
		e["data"] = data
	}
	raw, err := json.Marshal(e)
	if err != nil {
		panic(err)
	}
	return raw
}
