package intake_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/intake"
)

// withPlan makes an intake record a plan, which is named by one letter.
func withPlan(letter string) func(*intake.Options) {
	return func(o *intake.Options) {
		o.Plan = intake.PlanRecord{Hash: planHash(letter), Archive: []byte("files of " + letter), InForce: o.State.(*reader).inForce}
	}
}

// plans lists the plans that a log holds, in order, as "1-0 a".
func plans(tb testing.TB, log events.Log) string {
	tb.Helper()
	var all []string
	for _, c := range eventtest.MustChain(tb, log) {
		lines, err := c.Lines()
		if err != nil {
			tb.Fatal(err)
		}
		for i, line := range lines {
			var s events.Stored
			if err := s.ParseLine(line); err != nil {
				tb.Fatal(err)
			}
			if string(s.Type) == "PlanActivated" {
				_, hash, _ := strings.Cut(string(s.Data), `"hash":"`)
				all = append(all, fmt.Sprintf("%v %.1s", events.At(c.Seq, i), hash))
			}
		}
	}
	return strings.Join(all, ", ")
}

func TestPlanIsRecordedOnceBeforeAnyEvent(t *testing.T) {
	log := memory()
	first := start(t, log, withPlan("a"))
	want := `{"specversion":"1.0","type":"PlanActivated","source":"kaohe:450703","id":"plan-aaaaaaaaaaaaaaaa-1","time":"2018-04-02T00:00:00+08:00",` +
		`"org":"450703","dataschema":"PlanActivated.v1","data":{"archive":"` + base64.StdEncoding.EncodeToString([]byte("files of a")) + `","hash":"` + planHash("a") + `"}}`
	c, err := log.Get(eventtest.Context(t), 1)
	if got := "[\n" + want + "\n]"; err != nil || string(c.Body) != got {
		t.Fatalf("commit 1, %v:\n%s\nwant\n%s", err, c.Body, got)
	}
	if got := statuses(first.emit(t, training("a", 1))); got != "new 2-0" {
		t.Errorf("the first event: %s, want new 2-0", got)
	}
	first.stop()
	start(t, log, withPlan("a")).stop()
	start(t, log).stop() // without a plan nothing is recorded
	if got := plans(t, log); got != "1-0 a" {
		t.Errorf("after a restart: %s, want 1-0 a", got)
	}
	start(t, log, withPlan("b")).stop()
	start(t, log, withPlan("a")).stop()
	last := start(t, log, withPlan("a"))
	if got, want := plans(t, log), "1-0 a, 3-0 b, 4-0 a"; got != want {
		t.Errorf("after other plans: %s, want %s", got, want)
	}
	if got := statuses(last.emit(t, training("a", 1), training("b", 1))); got != "recorded 2-0, new 5-0" {
		t.Errorf("events afterwards: %s", got)
	}
	stored(t, log) // and no id is taken twice
}

func TestPlanIsRecordedInTheNameOfARoot(t *testing.T) {
	log := memory()
	start(t, log, withPlan("a"), func(o *intake.Options) {
		o.DefaultOrg = ""
		o.Catalogue = mustCatalogue(t, fstest.MapFS{"events/TrainingHeld.v1.json": testTypes["events/TrainingHeld.v1.json"]})
	})
	if e := stored(t, log)["1-0"]; e.Org != "450000" || e.Source != "kaohe:450000" || e.Schema != "PlanActivated.v1" {
		t.Errorf("recorded as %+v, want the org 450000 and a schema that the plan need not have", e)
	}
}

func TestNothingIsTakenUntilThePlanIsRecorded(t *testing.T) {
	g := newGate()
	r := newReader(g)
	o := options(t, g, r)
	withPlan("a")(&o)
	var warned bytes.Buffer
	o.Logger = slog.New(slog.NewTextHandler(&warned, nil))
	in, stop := run(t, o, r)
	try := func(err error) error {
		t.Helper()
		<-g.entered
		_, failure := in.Emit(eventtest.Context(t), intake.Request{Events: [][]byte{training("a", 1)}, By: access.Local})
		if in.Ready() {
			t.Error("ready before the plan is recorded")
		}
		g.pass <- err
		return failure
	}
	if err := try(fmt.Errorf("%w: 7 bytes are free", events.ErrFull)); !errors.Is(err, intake.ErrNotReady) {
		t.Errorf("Emit() = %v, want ErrNotReady", err)
	}
	if err := try(fmt.Errorf("%w: 8 bytes are free", events.ErrFull)); !errors.Is(err, events.ErrFull) {
		t.Errorf("Emit() with a full disk = %v, want ErrFull", err)
	}
	if err := try(errors.New("read-only")); !errors.Is(err, events.ErrFull) {
		t.Errorf("Emit() with a disk still full = %v, want ErrFull", err)
	}
	if err := try(nil); !errors.Is(err, intake.ErrNotReady) {
		t.Errorf("Emit() with space again = %v, want ErrNotReady", err)
	}
	awaitReady(t, in)
	stop()
	if n := strings.Count(warned.String(), "plan cannot be recorded"); n != 1 {
		t.Errorf("%d warnings, want one:\n%s", n, &warned)
	}
	if got := plans(t, g.Log); got != "1-0 a" {
		t.Errorf("the log holds %s, want 1-0 a", got)
	}
}

func TestStopWhileThePlanCannotBeRecorded(t *testing.T) {
	g := newGate()
	r := newReader(g)
	o := options(t, g, r)
	withPlan("a")(&o)
	in, stop := run(t, o, r)
	<-g.entered
	stop()
	if _, err := in.Emit(context.Background(), intake.Request{Events: [][]byte{training("a", 1)}, By: access.Local}); !errors.Is(err, intake.ErrStopped) || in.Ready() {
		t.Errorf("Emit() = %v, Ready() = %v, want ErrStopped", err, in.Ready())
	}
}

// run runs an intake that need not become ready.
func run(t *testing.T, o intake.Options, r *reader) (in *intake.Intake, stop func()) {
	t.Helper()
	in, err := intake.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(eventtest.Context(t))
	var running sync.WaitGroup
	running.Go(func() { _ = in.Run(ctx) })
	running.Go(func() { r.run(ctx) })
	stop = func() {
		cancel()
		running.Wait()
	}
	t.Cleanup(stop)
	return in, stop
}

// forgetful is a log that stores a commit and says that it does not know.
type forgetful struct {
	events.Log
	times int
}

func (f *forgetful) Append(ctx context.Context, head events.Head, id string, body []byte) (events.Commit, error) {
	c, err := f.Log.Append(ctx, head, id, body)
	if f.times--; f.times >= 0 && err == nil {
		return events.Commit{}, fmt.Errorf("%w: the line went dead", events.ErrUnknown)
	}
	return c, err
}

func TestPlanWhoseOutcomeIsUnknownIsNotRecordedTwice(t *testing.T) {
	log := memory()
	r := start(t, &forgetful{log, 1}, withPlan("a"))
	if got := statuses(r.emit(t, training("a", 1))); got != "new 2-0" || plans(t, log) != "1-0 a" {
		t.Errorf("the log holds %s, then %s, want the plan once", plans(t, log), got)
	}
}

// A process that dies after the commit and before it took events leaves a plan that the next one finds.
func TestPlanIsFoundAfterACrash(t *testing.T) {
	log := memory()
	r := newReader(log)
	o := options(t, &forgetful{log, 1 << 30}, r)
	withPlan("a")(&o)
	o.State, o.Plan.InForce = newReader(log), func() (string, bool) { return "", false }
	ctx, crash := context.WithCancel(eventtest.Context(t))
	in, err := intake.New(o)
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() { _ = in.Run(ctx) })
	if err := log.Read(ctx, 0, func(events.Commit) error { return errSeen }); !errors.Is(err, errSeen) {
		t.Fatal(err)
	}
	crash()
	running.Wait()
	start(t, log, withPlan("a"))
	if got := plans(t, log); got != "1-0 a" {
		t.Errorf("the log holds %s, want 1-0 a", got)
	}
}

var errSeen = errors.New("seen")

func TestPlanOfTwoWhoStartAtOnce(t *testing.T) {
	log := memory()
	var meanwhile sync.Once
	m := &moved{Log: log, intrude: func(context.Context, events.Head) {
		meanwhile.Do(func() { start(t, log, withPlan("a")) })
	}}
	r := start(t, m, withPlan("a"))
	if got := statuses(r.emit(t, training("a", 1))); got != "new 2-0" || plans(t, log) != "1-0 a" {
		t.Errorf("the log holds %s, then %s, want the plan once", plans(t, log), got)
	}
	if moved, failed := gathered(t, r.registry, "kaohe_intake_moved_total"), gathered(t, r.registry, "kaohe_intake_log_errors_total"); moved != 1 || failed != 0 {
		t.Errorf("%v times moved, %v errors, want 1 and 0: that is nothing to worry about", moved, failed)
	}
	var another sync.Once
	m.intrude = func(context.Context, events.Head) {
		another.Do(func() { start(t, log, withPlan("c")) })
	}
	start(t, m, withPlan("b"))
	if got, want := plans(t, log), "1-0 a, 3-0 c, 4-0 b"; got != want {
		t.Errorf("of two plans: %s, want %s", got, want)
	}
}

func TestPlanWhoseIDSomebodyUsed(t *testing.T) {
	log := memory()
	first := start(t, log)
	first.emit(t, training("plan-aaaaaaaaaaaaaaaa-3", 1), training("plan-aaaaaaaaaaaaaaaa-4", 1))
	first.emit(t, training("b", 1))
	start(t, log, withPlan("a"))
	if e := stored(t, log)["3-0"]; e.Type != "PlanActivated" || e.ID != "plan-aaaaaaaaaaaaaaaa-5" {
		t.Errorf("recorded as %s %s", e.Type, e.ID)
	}
}

func TestPlanThatCannotBeRecorded(t *testing.T) {
	log := memory()
	for _, tt := range []struct {
		name   string
		change func(*intake.Options)
		want   string
	}{
		{"too large", func(o *intake.Options) { o.Plan.Archive = make([]byte, 400_000) },
			"intake: Options.Plan: the plan's archive of 400000 bytes makes a commit of 533636 bytes, at most 524288 are allowed; shorten the plan's files"},
		{"no archive", func(o *intake.Options) { o.Plan.Archive = nil }, "intake: Options.Plan has a hash, but no archive or no InForce"},
		{"nobody to ask", func(o *intake.Options) { o.Plan.InForce = nil }, "intake: Options.Plan has a hash, but no archive or no InForce"},
		{"no units", func(o *intake.Options) { o.Orgs, o.DefaultOrg = mustOrgs(t), "" }, "intake: Options.Plan cannot be recorded: the plan has no org"},
	} {
		o := options(t, log, newReader(log))
		withPlan("a")(&o)
		tt.change(&o)
		if _, err := intake.New(o); err == nil || err.Error() != tt.want {
			t.Errorf("%s: New() = %v, want %s", tt.name, err, tt.want)
		}
	}
	start(t, log, withPlan("a"), func(o *intake.Options) { o.Plan.Archive = make([]byte, 392_000) })
	if c := eventtest.MustChain(t, log)[0]; len(c.Body) > events.MaxCommit || len(c.Body) < events.MaxCommit-2000 {
		t.Errorf("a plan that just fits is a commit of %d bytes", len(c.Body))
	}
}

func mustOrgs(tb testing.TB, list ...events.Org) *events.Orgs {
	tb.Helper()
	orgs, err := events.NewOrgs(list)
	if err != nil {
		tb.Fatal(err)
	}
	return orgs
}

func TestPlanFromOutsideIsRefused(t *testing.T) {
	r := start(t, memory(), withPlan("a"))
	receipt := r.emit(t, fmt.Appendf(nil, `{"specversion":"1.0","type":"PlanActivated","time":"2018-04-02","data":{"archive":"eA==","hash":%q}}`, planHash("b")))
	if refusal := receipt.Events[0].Refusal; refusal == nil || refusal.Code != intake.CodeControl ||
		!strings.Contains(refusal.Text.EN, "recorded by the server itself") || !strings.Contains(refusal.Text.ZH, "由系统") {
		t.Errorf("refusal %+v", refusal)
	}
	if got := plans(t, r.log); got != "1-0 a" {
		t.Errorf("the log holds %s", got)
	}
}

// gathered is the value of a metric without labels.
func gathered(tb testing.TB, registry *prometheus.Registry, name string) float64 {
	tb.Helper()
	families, err := registry.Gather()
	if err != nil {
		tb.Fatal(err)
	}
	for _, f := range families {
		if m := f.GetMetric()[0]; f.GetName() == name {
			return m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
	}
	tb.Fatalf("no metric %s", name)
	return 0
}
