package metrics_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/metrics"
	"github.com/kaohe/kaohe/projections"
)

// chronicled is a log whose commits were recorded at chosen times, and the plans that it brings into force.
type chronicled struct {
	tb      testing.TB
	log     *eventtest.Memory
	now     time.Time
	head    events.Head
	times   []time.Time // when each commit was recorded
	inForce []string    // hash of the plan after each commit; empty before any
	plans   []*indicators.Plan
	archive *projections.Archive
}

// twoPlans are a plan and one that shows more.
func twoPlans(tb testing.TB) []*indicators.Plan {
	tb.Helper()
	return []*indicators.Plan{mustPlan(tb, 0, 1, 50000), mustPlan(tb, 1, 1, 50000)}
}

func newChronicled(tb testing.TB, plans []*indicators.Plan, start time.Time) *chronicled {
	c := &chronicled{tb: tb, now: start, plans: plans}
	c.log = eventtest.NewMemory(func() time.Time { return c.now })
	return c
}

// record appends a commit with one event.
func (c *chronicled) record(day, org, typ, data string) {
	c.tb.Helper()
	e := events.Event{Type: typ, Source: "test", ID: fmt.Sprint(c.head.Seq), Time: day + "T00:00:00+08:00", Org: org, Schema: typ + ".v1", Data: []byte(data)}
	body := events.AppendBatch(nil, [][]byte{e.AppendLine(nil)})
	commit, err := c.log.Append(context.Background(), c.head, fmt.Sprint("c", c.head.Seq), body)
	if err != nil {
		c.tb.Fatal(err)
	}
	c.head = commit.Head()
	hash := ""
	if n := len(c.inForce); n > 0 {
		hash = c.inForce[n-1]
	}
	c.times, c.inForce = append(c.times, c.now), append(c.inForce, hash)
}

// activate brings a plan into force.
func (c *chronicled) activate(plan *indicators.Plan) {
	c.tb.Helper()
	c.record("2018-01-01", "450000", "PlanActivated", `{"archive":"eA==","hash":"`+plan.Hash+`"}`)
	c.inForce[len(c.inForce)-1] = plan.Hash
}

// past opens the log as a history looks at it.
func (c *chronicled) past() metrics.Past {
	c.tb.Helper()
	var err error
	if c.archive, err = projections.OpenArchive(context.Background(), projections.ArchiveOptions{Log: c.log}); err != nil {
		c.tb.Fatal(err)
	}
	return metrics.Past{Now: c.view(c.plans[0], len(c.times)), Plan: c.plans[0], SeqAt: c.archive.SeqAt, Replay: c.archive.Replay, PlanOf: c.planOf}
}

func (c *chronicled) planOf(_ context.Context, a projections.Activation) (*indicators.Plan, error) {
	for _, p := range c.plans {
		if p.Hash == a.Hash {
			return p, nil
		}
	}
	return nil, errors.New("no such plan")
}

func (c *chronicled) view(plan *indicators.Plan, seq int) *projections.View {
	c.tb.Helper()
	v, err := c.archive.View(context.Background(), plan.Rules(), uint64(seq))
	if err != nil {
		c.tb.Fatal(err)
	}
	return v
}

// at is what a collector would have offered at the end of a day, by a view folded for that day alone; nil before the log began.
func (c *chronicled) at(day events.Day, currentPlan bool) offered {
	c.tb.Helper()
	seq, plan := 0, c.plans[0]
	for seq < len(c.times) && c.times[seq].Before(metrics.Began(day+1, plan.Zone)) {
		seq++
	}
	if seq == 0 {
		return nil
	}
	for _, p := range c.plans {
		if !currentPlan && p.Hash == c.inForce[seq-1] {
			plan = p
		}
	}
	s := &scene{c.view(plan, seq), plan, day}
	return scraped(c.tb, s.collector(c.tb))
}

func (c *chronicled) text(past metrics.Past, from, to events.Day, then bool) map[events.Day]offered {
	c.tb.Helper()
	h := mustHistory(c.tb, metrics.HistoryOptions{Zone: past.Plan.Zone, Labels: scrapeLabels, MaxSeries: 10_000, MaxRuns: 1_000_000})
	var err error
	if then {
		err = h.AddPast(context.Background(), past, from, to)
	} else {
		err = h.AddKnown(context.Background(), past.Now, past.Plan, from, to)
	}
	if err != nil {
		c.tb.Fatal(err)
	}
	return mustRead(c.tb, mustText(c.tb, h), past.Plan.Zone)
}

// draw appends random facts, recorded at random times.
func (c *chronicled) draw(t *rapid.T) {
	steps := []time.Duration{0, time.Second, 7 * time.Hour, 24 * time.Hour, 24*time.Hour - time.Nanosecond, 5 * 24 * time.Hour}
	units := rapid.SampledFrom([]string{"450700", "450702", "450703"})
	for range rapid.IntRange(0, 12).Draw(t, "commits") {
		c.now = c.now.Add(rapid.SampledFrom(steps).Draw(t, "later"))
		day := mustDate(c.tb, "2017-12-20") + events.Day(rapid.IntRange(0, 40).Draw(t, "day"))
		unit, n := units.Draw(t, "unit"), rapid.IntRange(1, 90).Draw(t, "number")
		switch rapid.IntRange(0, 5).Draw(t, "what") {
		case 0:
			c.activate(c.plans[rapid.IntRange(0, 1).Draw(t, "plan")])
		case 1:
			c.record(day.String(), unit, "TargetSet", fmt.Sprintf(`{"basis":"flow","indicator":"guidances","value":"%d","year":2018}`, n))
		case 2:
			c.record(day.String(), unit, "ReferenceValueSet", fmt.Sprintf(`{"key":"intensity","value":"0.%02d"}`, n))
		default:
			c.record(day.String(), unit, "EnvoyServiceRecorded", fmt.Sprintf(`{"count":%d,"kind":"guidance"}`, n))
		}
	}
}

// TestHistoriesOfRandomLogs holds each day of a history, as known now and as known then, by the plans of then and by today's,
// against what a collector says that reads a view made for that day alone.
func TestHistoriesOfRandomLogs(t *testing.T) {
	plans := twoPlans(t)
	rapid.Check(t, func(rt *rapid.T) {
		c := newChronicled(t, plans, time.Date(2017, 12, 29, 15, 59, 59, 0, time.UTC)) // a second before a day begins
		c.draw(rt)
		past := c.past()
		from := mustDate(t, "2017-12-24") + events.Day(rapid.IntRange(0, 9).Draw(rt, "from"))
		to := from + events.Day(rapid.IntRange(0, 4).Draw(rt, "days"))
		now, then := c.text(past, from, to, false), c.text(past, from, to, true)
		past.PlanOf = nil
		current := c.text(past, from, to, true)
		for day := from; day <= to; day++ {
			if diff := cmp.Diff(c.at(day, false), then[day]); diff != "" {
				rt.Fatalf("%v as known then (-want +got):\n%s", day, diff)
			}
			if diff := cmp.Diff(c.at(day, true), current[day]); diff != "" {
				rt.Fatalf("%v as known then, by today's plan (-want +got):\n%s", day, diff)
			}
			s := &scene{past.Now, past.Plan, day}
			if diff := cmp.Diff(scraped(t, s.collector(t)), now[day]); diff != "" {
				rt.Fatalf("%v as known now (-want +got):\n%s", day, diff)
			}
		}
	})
}

// TestHistoryTellsWhatWasKnown: a fact that came late counts from the day on which it was recorded, or on which it happened.
func TestHistoryTellsWhatWasKnown(t *testing.T) {
	c := newChronicled(t, twoPlans(t), time.Date(2018, 1, 10, 15, 59, 59, 999, time.UTC)) // still 10 January in China
	c.activate(c.plans[0])
	c.now = c.now.Add(48 * time.Hour)
	c.record("2018-01-09", "450700", "EnvoyServiceRecorded", `{"count":7,"kind":"guidance"}`)
	past := c.past()
	const series = `kaohe_indicator_value{indicator="guidances",instance="127.0.0.1:8470",job="kaohe",org="450000",span="year"}`
	now, then := c.text(past, mustDate(t, "2018-01-08"), mustDate(t, "2018-01-14"), false), c.text(past, mustDate(t, "2018-01-08"), mustDate(t, "2018-01-14"), true)
	for day, want := range map[string][2]string{"08": {"0.0", ""}, "09": {"7.0", ""}, "10": {"7.0", "0.0"}, "11": {"7.0", "0.0"}, "12": {"7.0", "7.0"}, "14": {"7.0", "7.0"}} {
		at := mustDate(t, "2018-01-"+day)
		if got := [2]string{now[at][series], then[at][series]}; got != want {
			t.Errorf("on the %s: now and then %q, want %q", day, got, want)
		}
	}
}

// TestHistoryReadsTheLogOnce: what was known on each of many days takes one pass over the log.
func TestHistoryReadsTheLogOnce(t *testing.T) {
	c := newChronicled(t, twoPlans(t), time.Date(2018, 1, 1, 0, 0, 0, 0, time.UTC))
	for range 100 {
		c.now = c.now.Add(24 * time.Hour)
		c.record("2018-01-09", "450700", "EnvoyServiceRecorded", `{"count":1,"kind":"guidance"}`)
	}
	past := c.past()
	commits := 0
	past.Replay = func(ctx context.Context, rules projections.Rules, after, through uint64, next func(time.Time, func() *projections.View) error) (*projections.View, error) {
		return c.archive.Replay(ctx, rules, after, through, func(recorded time.Time, state func() *projections.View) error {
			commits++
			return next(recorded, state)
		})
	}
	days := c.text(past, mustDate(t, "2018-01-01"), mustDate(t, "2018-04-30"), true)
	if commits > 100 || len(days) != 119 {
		t.Errorf("%d commits were read for %d days, want 100 at most for 119", commits, len(days))
	}
}

// TestHistoryOfAPastThatCannotBeRead passes on what is wrong.
func TestHistoryOfAPastThatCannotBeRead(t *testing.T) {
	wrong := errors.New("wrong")
	from, to := mustDate(t, "2018-01-08"), mustDate(t, "2018-01-14")
	for name, spoil := range map[string]func(*metrics.Past){
		"the plan": func(p *metrics.Past) {
			p.PlanOf = func(context.Context, projections.Activation) (*indicators.Plan, error) { return nil, wrong }
		},
		"a time": func(p *metrics.Past) {
			p.SeqAt = func(context.Context, *projections.View, time.Time) (uint64, error) { return 0, wrong }
		},
		"the log": func(p *metrics.Past) {
			p.Replay = func(context.Context, projections.Rules, uint64, uint64, func(time.Time, func() *projections.View) error) (*projections.View, error) {
				return nil, wrong
			}
		},
	} {
		c := newChronicled(t, twoPlans(t), time.Date(2018, 1, 10, 0, 0, 0, 0, time.UTC))
		c.activate(c.plans[1])
		past := c.past()
		spoil(&past)
		h := mustHistory(t, metrics.HistoryOptions{Zone: past.Plan.Zone, MaxSeries: 10_000, MaxRuns: 10_000})
		if err := h.AddPast(t.Context(), past, from, to); !errors.Is(err, wrong) {
			t.Errorf("%s: %v, want %v", name, err, wrong)
		}
	}
	c := newChronicled(t, twoPlans(t), time.Date(2018, 1, 10, 0, 0, 0, 0, time.UTC))
	c.activate(c.plans[1])
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h := mustHistory(t, metrics.HistoryOptions{Zone: c.plans[0].Zone, MaxSeries: 10_000, MaxRuns: 10_000})
	if err := h.AddPast(ctx, c.past(), from, to); err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("for somebody who has gone: %v", err)
	}
}
