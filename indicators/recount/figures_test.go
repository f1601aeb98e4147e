package recount_test

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events"
)

// TestFiguresAreThoseOfTheRecount: whatever is recorded, in whatever order, at each unit, for each quarter and as of each day
// the scorecard says what a recount of the live facts says.
func TestFiguresAreThoseOfTheRecount(t *testing.T) {
	for name, load := range map[string]func() *world{"three units": asDelivered, "a larger tree": larger} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := load()
			rapid.Check(t, func(t *rapid.T) {
				log := drawLog(t, w.units, logSize)
				commits := written(log, together(log, one(t, "a commit", 1, 7, 1000)))
				v, facts := folded(t, w, commits), live(flat(commits))
				for range 2 {
					hold(t, w, v, facts, drawQuestion(t, w))
				}
			})
		})
	}
}

// TestDrawnLogsAreValid: the facts of the logs, and the versions that corrections make of them, are ones that the plan's
// schemas let in as they are.
func TestDrawnLogsAreValid(t *testing.T) {
	w := larger()
	rapid.Check(t, func(t *rapid.T) {
		log := drawLog(t, w.units, logSize/10)
		for _, r := range log {
			for _, e := range []events.Event{r.event, r.was, r.now} {
				if e.Type == "" {
					continue
				}
				typ, ok := w.plan.Catalogue.Type(e.Type)
				if !ok {
					t.Fatalf("no type %s", e.Type)
				}
				normal, faults := typ.Normalise(e.Data)
				for _, fault := range faults {
					t.Errorf("%s %s: %s", e.Type, e.Data, fault.In(events.English))
				}
				if len(faults) == 0 && !bytes.Equal(normal.WithDefaults(), e.Data) {
					t.Errorf("%s %s: the intake would write %s", e.Type, e.Data, normal.WithDefaults())
				}
			}
		}
	})
}
