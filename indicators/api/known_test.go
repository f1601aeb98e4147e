package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
	"github.com/kaohe/kaohe/projections"
)

// history are guidances, one a commit, and the times at which they were recorded. The last two came late.
var history = []struct{ day, recorded string }{
	{"2018-01-10", "2018-01-11T09:00:00+08:00"},
	{"2018-02-10", "2018-02-11T23:59:59.9+08:00"},
	{"2018-01-20", "2018-02-12T00:00:00+08:00"},
	{"2017-12-20", "2018-03-05T09:00:00+08:00"},
}

// prefix folds the history up to a commit.
func prefix(tb testing.TB, seq int) *projections.View {
	tb.Helper()
	fold := mustFold(tb)
	for i, h := range history[:seq] {
		guideAt(tb, fold, uint64(i+1), h.day, mustTime(tb, h.recorded))
	}
	return fold.View()
}

func mustTime(tb testing.TB, s string) time.Time {
	tb.Helper()
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// remember answers questions about the past from the history, by the plan of the tests.
func remember(tb testing.TB) api.Options {
	tb.Helper()
	opts := options(tb, mustFold(tb))
	now := prefix(tb, len(history))
	opts.Figures = func() (*projections.View, *indicators.Plan) { return now, mustPlan(tb) }
	opts.Known = func(_ context.Context, at api.KnownAt, _ bool) (api.Known, error) {
		seq := int(at.Seq)
		for at.Seq == 0 && seq < len(history) && !mustTime(tb, history[seq].recorded).After(at.Time) {
			seq++
		}
		if seq == 0 || seq > len(history) {
			return api.Known{}, fmt.Errorf("commit %d: %w", seq, api.ErrNoSuchPoint)
		}
		view := prefix(tb, seq)
		return api.Known{View: view, Plan: opts.Plan, Day: events.DayOf(view.Recorded().In(opts.Plan.Zone))}, nil
	}
	return opts
}

func TestKnownAtShowsWhatWasRecordedByThen(t *testing.T) {
	for _, tt := range []struct {
		name, query         string
		commit              uint64
		quarter, asOf, want string
	}{
		{"nothing asked: all that is known", "", 0, "2018Q1", "2018-03-31", "3"},
		{"a commit, as of the day it was recorded", "known_at=2", 2, "2018Q1", "2018-02-11", "2"},
		{"a position, whose commit counts whole", "known_at=1-17", 1, "2018Q1", "2018-01-11", "1"},
		{"a time to the second of a commit", "known_at=2018-02-12T00:00:00%2B08:00", 3, "2018Q1", "2018-02-12", "3"},
		{"the same time elsewhere", "known_at=2018-02-11T16:00:00Z", 3, "2018Q1", "2018-02-12", "3"},
		{"a time without a zone is the plan's", "known_at=2018-02-11T23:59", 1, "2018Q1", "2018-01-11", "1"},
		{"a time with seconds and a blank", "known_at=2018-02-12+00:00:00", 3, "2018Q1", "2018-02-12", "3"},
		{"a day to its end in the plan's zone", "known_at=2018-02-11", 2, "2018Q1", "2018-02-11", "2"},
		{"both dates", "known_at=3&as_of=2018-01-31", 3, "2018Q1", "2018-01-31", "2"},
		{"an as-of day after the point", "known_at=1&as_of=2018-03-31", 1, "2018Q1", "2018-03-31", "1"},
		{"an earlier quarter, before its late fact came", "known_at=3&quarter=2017Q4", 3, "2017Q4", "2017-12-31", "0"},
		{"an earlier quarter, after its late fact came", "known_at=4&quarter=2017Q4", 4, "2017Q4", "2017-12-31", "1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rec := ask(t, remember(t), "/v1/scorecard?"+tt.query, "")
			var card indicators.Scorecard
			if err := json.Unmarshal(rec.Body.Bytes(), &card); err != nil || rec.Code != http.StatusOK {
				t.Fatalf("status %d, %v: %s", rec.Code, err, rec.Body)
			}
			row, _ := card.Row("envoy_guidances")
			if card.Quarter.String() != tt.quarter || card.AsOf.String() != tt.asOf || row.Quarter.Value.String() != tt.want {
				t.Errorf("%s as of %s: %s, want %s as of %s: %s", card.Quarter, card.AsOf, row.Quarter.Value, tt.quarter, tt.asOf, tt.want)
			}
			if card.Plan != mustPlan(t).Hash {
				t.Errorf("plan %q, want that of the tests", card.Plan)
			}
			switch {
			case tt.commit == 0 && card.KnownAt != nil:
				t.Errorf("known at %+v, want nothing", card.KnownAt)
			case tt.commit > 0 && (card.KnownAt == nil || card.KnownAt.Commit != tt.commit || !card.KnownAt.Recorded.Equal(mustTime(t, history[tt.commit-1].recorded))):
				t.Errorf("known at %+v, want commit %d", card.KnownAt, tt.commit)
			}
		})
	}
}

// A server whose business date was set shows nothing after it, whenever things were recorded.
func TestKnownAtKeepsABusinessDateThatWasSet(t *testing.T) {
	opts := remember(t)
	opts.Today = func() events.Day { return events.NewDay(2018, time.January, 15) }
	rec := ask(t, opts, "/v1/scorecard?known_at=3", "")
	if !strings.Contains(rec.Body.String(), `"as_of": "2018-01-15"`) {
		t.Errorf("known at 3 on 15 January: %.200s", rec.Body)
	}
}

func TestKnownAtByThePlanOfThen(t *testing.T) {
	opts := remember(t)
	then := *mustPlan(t)
	then.Hash = "then"
	known := opts.Known
	opts.Known = func(ctx context.Context, at api.KnownAt, current bool) (api.Known, error) {
		k, err := known(ctx, at, current)
		if !current {
			k.Plan = &then
		}
		return k, err
	}
	for query, want := range map[string]string{"": "then", "&plan=then": "then", "&plan=current": mustPlan(t).Hash} {
		for _, path := range []string{"/v1/scorecard", "/v1/targets"} {
			rec := ask(t, opts, path+"?known_at=2"+query, "")
			if !strings.Contains(rec.Body.String(), `"plan": "`+want+`"`) {
				t.Errorf("%s?known_at=2%s follows another plan than %s: %.300s", path, query, want, rec.Body)
			}
		}
	}
}

func TestPointsThatCannotBeShown(t *testing.T) {
	fail := func(err error) func(context.Context, api.KnownAt, bool) (api.Known, error) {
		return func(context.Context, api.KnownAt, bool) (api.Known, error) {
			return api.Known{}, fmt.Errorf("look back: %w", err)
		}
	}
	for _, tt := range []struct {
		name, lang string
		err        error
		status     int
		say        string
	}{
		{"beyond the log", "en", api.ErrNoSuchPoint, 404, "no_such_point: The log goes up to commit 4, recorded at 2018-03-05T09:00:00+08:00; ask for a commit up to 4,"},
		{"beyond the log, in Chinese", "zh", api.ErrNoSuchPoint, 404, "no_such_point: 日志到提交 4 为止，记录于 2018-03-05T09:00:00+08:00；请给出不大于 4 的提交"},
		{"a plan of another version", "en", api.ErrPlanUnreadable, 409, "plan_unreadable: What was recorded by then can be shown by today's plan: plan=current."},
		{"a long fold", "en", context.DeadlineExceeded, 503, "unavailable: folding the log up to that point takes too long"},
		{"a log that is away", "en", fmt.Errorf("no answer"), 503, "unavailable: the log cannot be reached"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			opts := remember(t)
			opts.Known = fail(tt.err)
			rec := ask(t, opts, "/v1/scorecard?known_at=9", tt.lang)
			var p api.Problem
			if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || rec.Code != tt.status || !strings.HasPrefix(p.Code+": "+p.Detail, tt.say) {
				t.Errorf("status %d, %v: %s, want %d and %q", rec.Code, err, rec.Body, tt.status, tt.say)
			}
		})
	}
	t.Run("an empty log", func(t *testing.T) {
		opts := options(t, mustFold(t))
		opts.Known = fail(api.ErrNoSuchPoint)
		if rec := ask(t, opts, "/v1/scorecard?known_at=1", "en"); rec.Code != 404 || !strings.Contains(rec.Body.String(), "The log is still empty.") {
			t.Errorf("status %d: %s", rec.Code, rec.Body)
		}
	})
}

// The past is not looked for before the log has been read, nor for a question that makes no sense.
func TestKnownAtIsLastToBeLookedFor(t *testing.T) {
	opts := options(t, mustFold(t)) // whose Known fails
	if rec := ask(t, opts, "/v1/scorecard?known_at=1&quarter=2018Q7", "en"); rec.Code != http.StatusBadRequest {
		t.Errorf("a bad quarter: status %d, want 400", rec.Code)
	}
	opts.Figures = func() (*projections.View, *indicators.Plan) { return nil, nil }
	if rec := ask(t, opts, "/v1/scorecard?known_at=1", "en"); rec.Code != http.StatusServiceUnavailable || !strings.Contains(rec.Body.String(), "not_ready") {
		t.Errorf("before the log is read: status %d: %s", rec.Code, rec.Body)
	}
}
