package intake_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/intake"
)

// answers collects what concurrent callers got.
type answers struct {
	wg       sync.WaitGroup
	mu       sync.Mutex
	receipts []intake.Receipt
	errs     []error
}

func (a *answers) emit(ctx context.Context, in *intake.Intake, atomic bool, raw ...[]byte) {
	a.wg.Go(func() {
		receipt, err := in.Emit(ctx, raw, atomic)
		a.mu.Lock()
		defer a.mu.Unlock()
		if err != nil {
			a.errs = append(a.errs, err)
			return
		}
		a.receipts = append(a.receipts, receipt)
	})
}

func (a *answers) counts() (fresh, recorded, refused int) {
	a.wg.Wait()
	for _, r := range a.receipts {
		n, m, k := r.Counts()
		fresh, recorded, refused = fresh+n, recorded+m, refused+k
	}
	return fresh, recorded, refused
}

// awaitQueued waits until so many events are queued or in flight.
func awaitQueued(tb testing.TB, r *rig, n int) {
	tb.Helper()
	ctx := eventtest.Context(tb)
	for queued(tb, r) < n {
		if ctx.Err() != nil {
			tb.Fatalf("%d events are queued, want %d", queued(tb, r), n)
		}
	}
}

func queued(tb testing.TB, r *rig) int {
	tb.Helper()
	families, err := r.registry.Gather()
	if err != nil {
		tb.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "kaohe_intake_queue_events" {
			return int(f.GetMetric()[0].GetGauge().GetValue())
		}
	}
	tb.Fatal("no metric kaohe_intake_queue_events")
	return 0
}

func TestWriterCommitsInGroups(t *testing.T) {
	g := newGate()
	r := start(t, g)
	var all answers
	ctx := eventtest.Context(t)
	all.emit(ctx, r.Intake, false, training("first", 1))
	<-g.entered
	for i := range 100 {
		all.emit(ctx, r.Intake, i%2 == 0, training(fmt.Sprint(i), 1))
	}
	awaitQueued(t, r, 101)
	g.pass <- nil
	<-g.entered
	g.pass <- nil
	if fresh, _, _ := all.counts(); fresh != 101 || len(all.errs) > 0 {
		t.Errorf("%d new, errors %v, want 101", fresh, all.errs)
	}
	if end := eventtest.MustEnd(t, g.Log); end != 2 {
		t.Errorf("%d commits, want 2: what gathered while the first was in flight is the second", end)
	}
}

func TestARepeatOfAPendingIDGetsItsFate(t *testing.T) {
	for _, fail := range []bool{false, true} {
		t.Run(fmt.Sprintf("failed=%v", fail), func(t *testing.T) {
			g := newGate()
			r := start(t, g)
			ctx := eventtest.Context(t)
			var first, repeats, other answers
			first.emit(ctx, r.Intake, false, training("a", 1))
			<-g.entered
			for i := range 8 {
				repeats.emit(ctx, r.Intake, i == 0, training("a", 1))
			}
			other.emit(ctx, r.Intake, false, training("a", 2))
			awaitQueued(t, r, 10)
			if fail {
				g.pass <- events.ErrFull
				<-g.entered
				g.pass <- nil
				fresh, _, _ := first.counts()
				new2, recorded2, refused2 := repeats.counts()
				new3, _, refused3 := other.counts()
				if fresh != 0 || len(first.errs) != 1 || !errors.Is(first.errs[0], events.ErrFull) {
					t.Errorf("first: %d new, errors %v, want ErrFull", fresh, first.errs)
				}
				if new2+new3 != 1 || (new2 == 1 && (recorded2 != 7 || refused3 != 1)) || (new3 == 1 && refused2 != 8) {
					t.Errorf("then %d+%d new, %d recorded, %d+%d refused, want one to be first and the others to see it", new2, new3, recorded2, refused2, refused3)
				}
			} else {
				g.pass <- nil
				fresh, _, _ := first.counts()
				fresh2, recorded, _ := repeats.counts()
				_, _, refused := other.counts()
				if fresh != 1 || fresh2 != 0 || recorded != 8 || refused != 1 {
					t.Errorf("%d new, then %d new, %d recorded, %d refused, want 1, 0, 8, 1", fresh, fresh2, recorded, refused)
				}
			}
			if n := len(stored(t, g.Log)); n != 1 {
				t.Errorf("the log holds %d events, want 1", n)
			}
		})
	}
}

func TestManyCallersOneID(t *testing.T) {
	r := start(t, memory())
	ctx := eventtest.Context(t)
	var all answers
	for i := range 200 {
		all.emit(ctx, r.Intake, i%3 == 0, training("x", 1), training(fmt.Sprint(i%7), i%7))
	}
	fresh, recorded, refused := all.counts()
	if fresh != 8 || recorded != 392 || refused != 0 || len(all.errs) > 0 {
		t.Errorf("%d new, %d recorded, %d refused, errors %v, want 8, 392, 0", fresh, recorded, refused, all.errs)
	}
	if n := len(stored(t, r.log)); n != 8 {
		t.Errorf("the log holds %d events, want 8", n)
	}
}

func TestAtomicRequestLooksAgainAfterARace(t *testing.T) {
	g := newGate()
	r := start(t, g)
	ctx := eventtest.Context(t)
	var first, second, third answers
	first.emit(ctx, r.Intake, false, training("a", 1), training("b", 1))
	<-g.entered
	second.emit(ctx, r.Intake, true, training("a", 1), training("c", 1)) // a will be there, and the same
	third.emit(ctx, r.Intake, true, training("b", 99), training("d", 1)) // b will be there, and another
	awaitQueued(t, r, 6)
	g.pass <- nil
	<-g.entered
	g.pass <- nil
	for _, a := range []*answers{&first, &second, &third} {
		a.wg.Wait()
		if len(a.errs) > 0 {
			t.Fatal(a.errs)
		}
	}
	if got, want := statuses(second.receipts[0]), "recorded 1-0, new 2-0"; got != want {
		t.Errorf("second: %s, want %s", got, want)
	}
	if got, want := statuses(third.receipts[0]), "refused id_conflict, refused not_committed"; got != want {
		t.Errorf("third: %s, want %s", got, want)
	}
}

// Two intakes on one log, each with a reader of its own: whoever comes second reads what the first wrote, and nothing is
// lost or doubled.
func TestTwoIntakesOnOneLog(t *testing.T) {
	log := memory()
	one, two := start(t, log), start(t, log)
	ctx := eventtest.Context(t)
	var all answers
	for i := range 300 {
		in := []*rig{one, two}[i%2]
		all.emit(ctx, in.Intake, i%5 == 0, training(fmt.Sprint("own", i), 1), training(fmt.Sprint("shared", i/3), 2))
	}
	fresh, recorded, refused := all.counts()
	if fresh != 400 || recorded != 200 || refused != 0 || len(all.errs) > 0 {
		t.Errorf("%d new, %d recorded, %d refused, errors %v, want 400, 200, 0", fresh, recorded, refused, all.errs)
	}
	held := stored(t, log)
	if len(held) != 400 {
		t.Errorf("the log holds %d events, want 400", len(held))
	}
	for _, r := range all.receipts {
		for _, o := range r.Events {
			if e := held[o.Position.String()]; e.ID != o.ID || e.Source != o.Source {
				t.Errorf("%s is said to be at %v, where %s is", o.ID, o.Position, e.ID)
			}
		}
	}
}

// moved is a log into which somebody else writes just before a commit.
type moved struct {
	events.Log
	intrude func(ctx context.Context, head events.Head)
}

func (m *moved) Append(ctx context.Context, head events.Head, id string, body []byte) (events.Commit, error) {
	m.intrude(ctx, head)
	return m.Log.Append(ctx, head, id, body)
}

func TestMovedLogIsReadBeforeTheNextTry(t *testing.T) {
	log := memory()
	in := offline(t)
	var script []string // ids of the events that somebody else writes, one a try
	m := &moved{Log: log, intrude: func(ctx context.Context, head events.Head) {
		if len(script) == 0 {
			return
		}
		e, refusal := in.Prepare(training(script[0], 1))
		if refusal != nil {
			panic(refusal.Text.EN)
		}
		body := events.AppendBatch(nil, [][]byte{e.AppendLine(nil)})
		if _, err := log.Append(ctx, head, "other-"+script[0], body); err != nil {
			panic(err)
		}
		script = script[1:]
	}}
	r := start(t, m)
	script = []string{"x1", "x2", "x3"}
	receipt := r.emit(t, training("a", 1), training("x1", 1), training("x2", 2), training("x9", 1))
	if got, want := statuses(receipt), "new 4-0, recorded 1-0, refused id_conflict, new 4-1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	script = []string{"x4"}
	receipt = r.emitAtomic(t, training("b", 1), training("x4", 1))
	if got, want := statuses(receipt), "new 6-0, recorded 5-0"; got != want {
		t.Errorf("atomic: %s, want %s", got, want)
	}
	script = []string{"x5"}
	receipt = r.emitAtomic(t, training("c", 1), training("x5", 2))
	if got, want := statuses(receipt), "refused not_committed, refused id_conflict"; got != want {
		t.Errorf("atomic in conflict: %s, want %s", got, want)
	}
	if n := len(stored(t, log)); n != 8 {
		t.Errorf("the log holds %d events, want 8", n)
	}
}

func TestCallerThatStopsWaitingIsToldTheOutcomeIsUnknown(t *testing.T) {
	g := newGate()
	r := start(t, g)
	ctx, cancel := context.WithCancelCause(eventtest.Context(t))
	var flying, waiting answers
	flying.emit(ctx, r.Intake, false, training("a", 1))
	<-g.entered
	waiting.emit(ctx, r.Intake, false, training("b", 1))
	awaitQueued(t, r, 2)
	gone := errors.New("the user went home")
	cancel(gone)
	flying.wg.Wait()
	waiting.wg.Wait()
	for _, a := range []*answers{&flying, &waiting} {
		if len(a.errs) != 1 || !errors.Is(a.errs[0], events.ErrUnknown) || !errors.Is(a.errs[0], gone) {
			t.Errorf("receipts %v, errors %v, want ErrUnknown and its cause", a.receipts, a.errs)
		}
	}
	g.pass <- nil // the writer went on with what was in flight; the rest it drops
	var again answers
	again.emit(eventtest.Context(t), r.Intake, false, training("a", 1), training("b", 1))
	<-g.entered
	g.pass <- nil
	again.wg.Wait()
	if len(again.errs) > 0 {
		t.Fatal(again.errs)
	}
	if got, want := statuses(again.receipts[0]), "recorded 1-0, new 2-0"; got != want {
		t.Errorf("the same again: %s, want %s", got, want)
	}
}

func TestStopAnswersEveryone(t *testing.T) {
	g := newGate()
	r := start(t, g)
	ctx := eventtest.Context(t)
	var all answers
	all.emit(ctx, r.Intake, false, training("first", 1))
	<-g.entered
	for i := range 20 {
		all.emit(ctx, r.Intake, false, training(fmt.Sprint(i), 1))
	}
	awaitQueued(t, r, 21)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		r.stop()
	}()
	g.pass <- nil
	<-g.entered
	g.pass <- nil // within the grace the queue is committed
	<-stopped
	if fresh, _, _ := all.counts(); fresh != 21 || len(all.errs) > 0 {
		t.Errorf("%d new, errors %v, want 21", fresh, all.errs)
	}
	if _, err := r.Emit(ctx, [][]byte{training("late", 1)}, false); !errors.Is(err, intake.ErrStopped) || r.Ready() {
		t.Errorf("Emit() after the stop = %v, Ready() = %v", err, r.Ready())
	}
}

func TestStopWithoutGraceSaysWhatIsUnknown(t *testing.T) {
	g := newGate()
	r := start(t, g, func(o *intake.Options) { o.Grace = 1 })
	ctx := eventtest.Context(t)
	var flying, waiting answers
	flying.emit(ctx, r.Intake, false, training("a", 1))
	<-g.entered
	waiting.emit(ctx, r.Intake, false, training("b", 1))
	awaitQueued(t, r, 2)
	r.stop() // the append in flight never comes back
	flying.wg.Wait()
	waiting.wg.Wait()
	if len(flying.errs) != 1 || !errors.Is(flying.errs[0], events.ErrUnknown) {
		t.Errorf("in flight: %v, want ErrUnknown", flying.errs)
	}
	if len(waiting.errs) != 1 || !errors.Is(waiting.errs[0], intake.ErrStopped) {
		t.Errorf("waiting: %v, want ErrStopped", waiting.errs)
	}
}

func TestQueueIsBounded(t *testing.T) {
	g := newGate()
	r := start(t, g, func(o *intake.Options) { o.Queue = intake.Limits{Events: 3} })
	ctx := eventtest.Context(t)
	var all answers
	all.emit(ctx, r.Intake, false, training("a", 1))
	<-g.entered
	all.emit(ctx, r.Intake, false, training("b", 1), training("c", 1), training("d", 1), training("e", 1))
	awaitQueued(t, r, 5)
	if _, err := r.Emit(ctx, [][]byte{training("f", 1)}, false); !errors.Is(err, intake.ErrOverloaded) {
		t.Errorf("Emit() to a full queue = %v, want ErrOverloaded", err)
	}
	g.pass <- nil
	<-g.entered
	g.pass <- nil
	if fresh, _, _ := all.counts(); fresh != 5 {
		t.Errorf("%d new, want 5", fresh)
	}
	if queued(t, r) != 0 {
		t.Errorf("%d events still count as queued", queued(t, r))
	}
}

func TestNotReadyUntilTheLogWasRead(t *testing.T) {
	log := memory()
	first := start(t, log)
	first.emit(t, training("a", 1))
	state := newReader(log) // does not read yet
	in, err := intake.New(options(t, log, state))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(eventtest.Context(t))
	var running sync.WaitGroup
	running.Go(func() { _ = in.Run(ctx) })
	defer running.Wait()
	defer cancel()
	if _, err := in.Emit(ctx, [][]byte{training("a", 1)}, false); !errors.Is(err, intake.ErrNotReady) || in.Ready() {
		t.Errorf("Emit() before the log was read = %v, want ErrNotReady", err)
	}
	running.Go(func() { state.run(ctx) })
	awaitReady(t, in)
	receipt, err := in.Emit(ctx, [][]byte{training("a", 1)}, false)
	if err != nil || statuses(receipt) != "recorded 1-0" {
		t.Errorf("then %s, %v, want recorded 1-0", statuses(receipt), err)
	}
}

func TestMetrics(t *testing.T) {
	r := start(t, memory())
	r.emit(t, training("a", 1), training("a", 1), training("b", -1))
	problems, err := testutil.GatherAndLint(r.registry)
	if err != nil || len(problems) > 0 {
		t.Errorf("lint: %v, %v", problems, err)
	}
	n, err := testutil.GatherAndCount(r.registry, "kaohe_intake_events_total", "kaohe_intake_refused_total")
	if err != nil || n != 3+7 {
		t.Errorf("%d series, %v, want all codes from the start", n, err)
	}
}

func TestNewNamesWhatIsMissing(t *testing.T) {
	log := memory()
	for _, tt := range []struct {
		change func(*intake.Options)
		want   string
	}{
		{func(o *intake.Options) { o.Log = nil }, "intake: Options.Log is not set"},
		{func(o *intake.Options) { o.Zone = nil }, "intake: Options.Zone is not set"},
		{func(o *intake.Options) { o.DefaultOrg = "1" }, "intake: Options.DefaultOrg 1 is no org of the plan"},
		{func(o *intake.Options) { o.Resolve = nil }, `intake: NilReported.indicator refers to "indicator", which Options.Resolve does not have`},
	} {
		o := options(t, log, newReader(log))
		tt.change(&o)
		if _, err := intake.New(o); err == nil || err.Error() != tt.want {
			t.Errorf("New() = %v, want %s", err, tt.want)
		}
	}
}

// flaky is a log that fails now and then to be read.
type flaky struct {
	events.Log
	mu   sync.Mutex
	ends int // calls of End yet to fail
	gets int // calls of Get yet to fail
}

var errFlaky = errors.New("no route to host")

func (f *flaky) failing(n *int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	*n--
	return *n >= 0
}

func (f *flaky) End(ctx context.Context) (uint64, error) {
	if f.failing(&f.ends) {
		return 0, errFlaky
	}
	return f.Log.End(ctx)
}

func (f *flaky) Get(ctx context.Context, seq uint64) (events.Commit, error) {
	if f.failing(&f.gets) {
		return events.Commit{}, errFlaky
	}
	return f.Log.Get(ctx, seq)
}

func TestALogThatCannotBeReadIsAnErrorAndHeals(t *testing.T) {
	log := memory()
	other := start(t, log)
	other.emit(t, training("a", 1))
	f := &flaky{Log: log, ends: 1, gets: 1}
	r := start(t, f) // tries again after the End that fails
	ctx := eventtest.Context(t)
	if _, err := r.Emit(ctx, [][]byte{training("a", 1)}, false); !errors.Is(err, intake.ErrUnavailable) {
		t.Errorf("Emit() of a repeat that cannot be compared = %v, want ErrUnavailable", err)
	}
	if got, want := statuses(r.emit(t, training("a", 1))), "recorded 1-0"; got != want {
		t.Errorf("again: %s, want %s", got, want)
	}
	other.emit(t, training("b", 1))
	f.mu.Lock()
	f.ends = 1
	f.mu.Unlock()
	// The log has grown by b, and where it ends cannot be asked.
	if _, err := r.Emit(ctx, [][]byte{training("c", 1)}, false); !errors.Is(err, intake.ErrUnavailable) {
		t.Errorf("Emit() to a log that has moved = %v, want ErrUnavailable", err)
	}
	fresh, recorded, _ := r.emit(t, training("c", 1)).Counts()
	if fresh != 1 || len(stored(t, log)) != 3 {
		t.Errorf("then %d new, %d recorded, %d in the log, want c once", fresh, recorded, len(stored(t, log)))
	}
}

func TestAtomicRequestIsNotMixedWithAnotherOfItsIDs(t *testing.T) {
	g := newGate()
	r := start(t, g)
	ctx := eventtest.Context(t)
	var first, plain, atomic answers
	first.emit(ctx, r.Intake, false, training("first", 1))
	<-g.entered
	plain.emit(ctx, r.Intake, false, training("a", 1))
	awaitQueued(t, r, 2)
	atomic.emit(ctx, r.Intake, true, training("a", 2), training("c", 1)) // would share a commit with the other a
	awaitQueued(t, r, 4)
	g.pass <- nil
	<-g.entered
	g.pass <- nil
	for _, a := range []*answers{&first, &plain, &atomic} {
		a.wg.Wait()
		if len(a.errs) > 0 {
			t.Fatal(a.errs)
		}
	}
	if got, want := statuses(atomic.receipts[0]), "refused id_conflict, refused not_committed"; got != want {
		t.Errorf("atomic: %s, want %s", got, want)
	}
	if n := len(stored(t, g.Log)); n != 2 {
		t.Errorf("the log holds %d events, want first and a", n)
	}
}
