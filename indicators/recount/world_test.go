package recount_test

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/deploy"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

// world is a plan as the program reads it, and the same plan as the recount has it written out.
type world struct {
	plan    *indicators.Plan
	recount *plan
	units   []string
}

// The units of the plan as delivered, and a larger tree: two levels with brothers, and another root.
var (
	threeUnits = tree{"450000": "", "450700": "450000", "450703": "450700"}
	manyUnits  = tree{"450000": "", "450700": "450000", "450703": "450700", "450702": "450700", "450721": "450700", "450100": "450000",
		"450102": "450100", "460000": "", "460100": "460000"}
)

var (
	asDelivered = sync.OnceValue(func() *world { return newWorld(nil, delivered(threeUnits)) })
	larger      = sync.OnceValue(func() *world { return newWorld(nil, delivered(manyUnits)) })
	// changed is the larger plan after a change of filters, terms, paces and units: one has moved to another above it,
	// one is gone.
	changed = sync.OnceValue(func() *world {
		units := maps.Clone(manyUnits)
		units["450702"] = "450100"
		delete(units, "450721")
		terms := delivered(units)
		terms.certificate, terms.conversionFrom, terms.conversionPace = 24, 50_000, pace{kind: "daily"}
		terms.training = is("topic", "水稻")
		return newWorld(map[string]string{
			"valid: 3y":                    "valid: 2y",
			"data.amount_yuan >= 100000'}": "data.amount_yuan >= 50000'}\n  pace: daily",
			"{event: EnvoyTrainingHeld, of: data.sessions}": `{event: EnvoyTrainingHeld, of: data.sessions, where: 'data.topic == "水稻"'}`,
		}, terms)
	})
)

// newWorld loads the plan as delivered, but with texts of indicators.yaml replaced and the units of the terms.
func newWorld(replace map[string]string, terms terms) *world {
	files := fstest.MapFS{}
	err := fs.WalkDir(deploy.Plan(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(name, "demo/") {
			return err
		}
		data, err := fs.ReadFile(deploy.Plan(), name)
		files[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		panic(err)
	}
	text := string(files["indicators.yaml"].Data)
	for old, now := range replace {
		if !strings.Contains(text, old) {
			panic("indicators.yaml does not say " + old)
		}
		text = strings.ReplaceAll(text, old, now)
	}
	files["indicators.yaml"].Data = []byte(text)
	w := &world{recount: terms.written(), units: slices.Sorted(maps.Keys(terms.units))}
	var orgs strings.Builder
	for _, unit := range w.units {
		fmt.Fprintf(&orgs, "- {code: %q, name: {zh: %q, en: %q}", unit, unit, unit)
		if above := terms.units[unit]; above != "" {
			fmt.Fprintf(&orgs, ", parent: %q", above)
		}
		orgs.WriteString("}\n")
	}
	files["orgs.yaml"].Data = []byte(orgs.String())
	var mistakes []events.Mistake
	if w.plan, mistakes = indicators.Load(files); len(mistakes) > 0 {
		panic(mistakes[0].In(events.English))
	}
	return w
}

// recordedAt is when all commits were recorded.
var recordedAt = time.Date(2019, time.April, 2, 2, 0, 0, 0, time.UTC)

// logOf returns a log of commits.
func logOf(tb rapid.TB, commits [][][]byte) *eventtest.Memory {
	log := eventtest.NewMemory(func() time.Time { return recordedAt })
	appendTo(tb, log, commits)
	return log
}

// appendTo appends commits to a log.
func appendTo(tb rapid.TB, log events.Log, commits [][][]byte) {
	ctx := context.Background()
	end, err := log.End(ctx)
	if err != nil {
		tb.Fatal(err)
	}
	var head events.Head
	if end > 0 {
		last, err := log.Get(ctx, end)
		if err != nil {
			tb.Fatal(err)
		}
		head = last.Head()
	}
	for _, lines := range commits {
		c, err := log.Append(ctx, head, fmt.Sprintf("commit-%d", head.Seq+1), events.AppendBatch(nil, lines))
		if err != nil {
			tb.Fatal(err)
		}
		head = c.Head()
	}
}

// folded folds commits from the beginning, all of which must be of use, apart from those of units that the plan lacks.
func folded(tb rapid.TB, w *world, commits [][][]byte) *projections.View {
	r := follow(tb, projections.RunnerOptions{Log: logOf(tb, commits), IDs: events.NewIDs(), Rules: w.plan.Rules()})
	defer r.stop(tb)
	return r.await(tb, uint64(len(commits)))
}

// runner is a runner that runs.
type runner struct {
	*projections.Runner
	cancel context.CancelFunc
	done   chan error
}

func follow(tb rapid.TB, opts projections.RunnerOptions) *runner {
	r, err := projections.NewRunner(opts)
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	running := &runner{r, cancel, make(chan error, 1)}
	go func() { running.done <- r.Run(ctx) }()
	return running
}

// await waits until so many commits are folded.
func (r *runner) await(tb rapid.TB, seq uint64) *projections.View {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if _, err := r.Await(ctx, seq); err != nil {
		tb.Fatal(err)
	}
	<-r.CaughtUp()
	for _, q := range r.Quarantine() {
		if q.Reason == projections.BadOrg {
			continue
		}
		tb.Errorf("%v: %s: %s", q.At, q.Reason, q.Detail)
	}
	return r.View()
}

func (r *runner) stop(tb rapid.TB) {
	r.cancel()
	if err := <-r.done; err != nil {
		tb.Error(err)
	}
}
