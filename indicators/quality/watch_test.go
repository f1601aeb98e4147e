package quality_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/indicators/quality"
)

func (r *rig) wants(what string, want ...string) {
	r.tb.Helper()
	if got := r.shorts(); !cmp.Equal(got, append([]string{}, want...)) {
		r.tb.Errorf("%s (-want +got):\n%s", what, cmp.Diff(want, got))
	}
}

func TestFindingsFollowWhatBecomesOfFacts(t *testing.T) {
	r := newRig(t, treePlan())
	const small = "DQ-09/amount_small warn 450703: 0"
	r.record(requested("C", "18.00"))
	r.wants("as recorded", small)
	r.record(void("e0")) // e1
	r.wants("voided")
	r.record(void("e1")) // e2
	r.wants("the void is voided", small)
	r.record(void("e2"))
	r.wants("the void of the void is voided")
	r.record(void("e3"))
	r.wants("and once more", small)
	r.record(correct("e0", `{"data":{"requested_yuan":"180000.00"}}`))
	r.wants("corrected")
	r.record(correct("e0", `{"data":{"requested_yuan":"17.00"},"org":"450702"}`))
	r.wants("corrected to another amount, at another unit", strings.Replace(small, "450703", "450702", 1))
	r.record(correct("e0", `{"org":"999999"}`))
	r.wants("moved to where nothing is known")
	r.record(correct("e0", `{"org":"450703"}`))
	r.wants("and back", small)
}

func TestWhatCannotBeUsedIsLeftOut(t *testing.T) {
	r := newRig(t, treePlan())
	good := r.event(requested("C", "18.00"))
	foreign := good
	foreign.ID, foreign.Schema = "other", "ProjectSubmitted.v2"
	unit := good
	unit.ID, unit.Org = "nowhere", "999999"
	unknown := good
	unknown.ID, unknown.Type, unknown.Schema = "unknown", "Unknown", "Unknown.v1"
	r.append(good, good, foreign, unit, unknown) // the second one is the first once more
	c := eventtest.MustAppend(t, r.log, r.head, "rubbish", []byte("[\nrubbish,\n{\"specversion\":\"1.0\"}\n]"))
	c = eventtest.MustAppend(t, r.log, c.Head(), "more rubbish", []byte("rubbish"))
	r.head = c.Head()
	for _, data := range []string{`{}`, `{"target_source":"test","target_id":"nobody","reason":"r"}`, `{"target_source":"test","target_id":"v1","reason":"r"}`} {
		r.append(newEvent(t, fact{typ: "EventVoided", day: "2018-01-01", data: data}, fmt.Sprintf("v%d", len(r.at)-4)))
	}
	r.wants("only the good one", "DQ-09/amount_small warn 450703: 0")
}

// Another watch that reads the same log says the same, down to the ids.
func TestAnotherReadingSaysTheSame(t *testing.T) {
	r := newRig(t, treePlan())
	r.record(requested("C", "18.00"), assigned("2018-01-01", ""), service("2017-01-01", ""), granted("X", "design", ""))
	r.record(correct("e0", `{"data":{"requested_yuan":"17.00"}}`), void("e3"))
	before := r.findings()
	r.stop()
	r.start()
	if after := r.findings(); !cmp.Equal(before, after) || len(after) != 3 {
		t.Errorf("findings (-before +after):\n%s", cmp.Diff(before, after))
	}
}

// An id stays as long as the finding concerns the same events.
func TestIDsAreThoseOfTheEvents(t *testing.T) {
	r := newRig(t, treePlan())
	r.record(service("2018-01-01", ""))
	one := r.findings()[0].ID
	r.record(assigned("2018-02-01", ""), village("l", "listed", "2018-01-01", ""))
	other := r.findings()[0].ID
	r.record(requested("C", "18000.00"))
	if again := r.findings()[0].ID; one == other || other != again || !strings.HasPrefix(one, "DQ-08-") {
		t.Errorf("ids %s, %s, %s: the check changes, then nothing does", one, other, again)
	}
}

// Events have the same id together, whichever of them the finding is about.
func TestIDsDoNotHangOnTheOrderOfEvents(t *testing.T) {
	r := newRig(t, treePlan())
	r.record(certificate("f1", "G1", "2016-11-30", "first", ""), certificate("f1", "G2", "2017-02-01", "renewal", ""))
	overlap := func() (string, string) {
		for _, f := range r.findings() {
			if f.Check == "overlap" {
				return f.ID, r.short(f)
			}
		}
		return "", ""
	}
	id, before := overlap()
	r.record(correct("e0", `{"time":"2017-06-01T00:00:00+08:00"}`))
	if again, after := overlap(); id != again || before == after || id == "" {
		t.Errorf("%s (%s), then %s (%s)", id, before, again, after)
	}
}

// A weight holds as long as any target gives it.
func TestWeightOfSeveralTargets(t *testing.T) {
	r := newRig(t, treePlan())
	const missing = "DQ-20/missing warn 450703: 0"
	r.record(fact{typ: "OutreachHeld", day: "2018-01-01", data: `{"kind":"lecture"}`}, target("450703", "outreach_events", "5"), target("450703", "outreach_events", "6"))
	r.wants("with two targets", missing)
	r.record(void("e1"))
	r.wants("with one of them", missing)
	r.record(correct("e2", `{"data":{"weight":null}}`))
	r.wants("with one that gives no weight")
	r.record(correct("e2", `{"data":{"weight":"7"}}`))
	r.wants("and does again", missing)
}

func TestBeforeTheFiguresHaveCaughtUp(t *testing.T) {
	r := newRig(t, treePlan())
	r.record(requested("C", "18.00"), contractOf("C1", "1800.00"))
	r.findings() // the ids are known from now on, as they are once a runner has caught up
	ready := make(chan struct{})
	runner := &slowState{ready: ready}
	w := r.another(runner, ready)
	if _, err := w.List(quality.Query{Limit: 1}); !errors.Is(err, quality.ErrNotReady) {
		t.Errorf("List() = %v, want ErrNotReady", err)
	}
	short, end := context.WithTimeout(t.Context(), time.Millisecond)
	defer end()
	if _, err := w.Findings(short, 1, quality.Query{Limit: 1}); !errors.Is(err, quality.ErrNotReady) {
		t.Errorf("Findings() = %v, want ErrNotReady", err)
	}
	fresh := []events.Event{newEvent(t, contractOf("C1", "90.00"), "x"), newEvent(t, service("2018-01-01", ""), "y")}
	if got := checksOf(w.Notice(fresh), 0); !cmp.Equal(got, []string{"DQ-09/amount_small"}) {
		t.Errorf("Notice() = %v: that it repeats a number cannot be known yet", got)
	}
	if got := checksOf(w.Notice(fresh), 1); len(got) > 0 {
		t.Errorf("Notice() = %v, want nothing of an envoy", got)
	}
	close(ready)
	p, err := w.Findings(eventtest.Context(t), 1, quality.Query{Limit: 9})
	if err != nil || len(p.Findings) != 1 || p.Through != 1 {
		t.Errorf("Findings() = %+v, %v", p, err)
	}
	if got := checksOf(w.Notice(fresh), 0); !slices.Contains(got, "DQ-13/number_differs") {
		t.Errorf("Notice() = %v, want that it repeats a number", got)
	}
	short, end = context.WithTimeout(t.Context(), time.Millisecond)
	defer end()
	if _, err := w.Findings(short, 2, quality.Query{Limit: 1}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Findings(commit that is not there) = %v", err)
	}
}

// slowState has read everything, once it is ready, and nothing was amended.
type slowState struct{ ready chan struct{} }

func (s *slowState) Await(ctx context.Context, seq uint64) (events.Head, error) {
	select {
	case <-s.ready:
		return events.Head{Seq: seq}, nil
	case <-ctx.Done():
		return events.Head{}, ctx.Err()
	}
}

func (s *slowState) Amended(events.Key) (events.Amendment, bool) { return events.Amendment{}, false }

func contractOf(no, yuan string) fact {
	return fact{typ: "TechContractRegistered", day: "2018-01-01", data: `{"contract_no":"` + no + `","kind":"dev","direction":"output","amount_yuan":"` + yuan + `"}`}
}

// brokenLog cannot be read.
type brokenLog struct{ events.Log }

func (brokenLog) Read(context.Context, uint64, func(events.Commit) error) error {
	return errors.New("no disk")
}

func TestALogThatCannotBeRead(t *testing.T) {
	r := newRig(t, treePlan())
	ready := make(chan struct{})
	close(ready)
	w, err := quality.New(quality.Options{Plan: r.plan, Log: brokenLog{r.log}, IDs: r.ids, State: &slowState{ready}, CaughtUp: ready})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "no disk") {
		t.Errorf("Run() = %v, want why", err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := w.Run(ended); err != nil {
		t.Errorf("Run() after the end = %v, want nil", err)
	}
}

// A watch that rests is told to end like any other.
func TestEndWhileResting(t *testing.T) {
	r := newRig(t, treePlan())
	r.record(requested("C", "18.00"))
	r.record(requested("C", "18.00"))
	r.findings()
	ready := make(chan struct{})
	close(ready)
	w, err := quality.New(quality.Options{Plan: r.plan, Log: r.log, IDs: r.ids, State: &slowState{ready}, CaughtUp: ready, Rest: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- w.Run(ctx) }()
	for w.Through() == 0 {
		select {
		case <-eventtest.Context(t).Done():
			t.Fatal("nothing was read")
		default:
			runtime.Gosched()
		}
	}
	end()
	if err := <-done; err != nil || w.Ready() || w.Through() != 1 {
		t.Errorf("Run() = %v at commit %d, ready: %v", err, w.Through(), w.Ready())
	}
}

func TestOptionsNameTheMissingField(t *testing.T) {
	r := newRig(t, treePlan())
	good := quality.Options{Plan: r.plan, Log: r.log, IDs: r.ids, State: &slowState{}, CaughtUp: make(chan struct{})}
	for name, change := range map[string]func(*quality.Options){
		"Plan": func(o *quality.Options) { o.Plan = nil }, "Log": func(o *quality.Options) { o.Log = nil }, "IDs": func(o *quality.Options) { o.IDs = nil },
		"State": func(o *quality.Options) { o.State = nil }, "CaughtUp": func(o *quality.Options) { o.CaughtUp = nil },
	} {
		o := good
		change(&o)
		if _, err := quality.New(o); err == nil || !strings.Contains(err.Error(), "Options."+name) {
			t.Errorf("New() without %s = %v, want an error that names it", name, err)
		}
	}
}

func TestPagesEndWhereTheySay(t *testing.T) {
	r := newRig(t, treePlan())
	r.record(requested("C", "18.00"))
	r.page(quality.Query{Limit: 1})
	for _, after := range []string{"x", "....", "DQ-09/amount_small.1-0.0.0", "DQ-09/nothing.1-0.0000000000000000.0", "DQ-09/amount_small.1-0.0000000000000000.256"} {
		if _, err := r.watch.List(quality.Query{Limit: 1, After: after}); !errors.Is(err, quality.ErrAfter) {
			t.Errorf("List(after %q) = %v, want ErrAfter", after, err)
		}
	}
	if p := r.page(quality.Query{Limit: 1, After: "DQ-09/amount_small.0-0.0000000000000000.0"}); len(p.Findings) != 1 || p.Next != "" {
		t.Errorf("after one that is gone: %+v", p)
	}
}
