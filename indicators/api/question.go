package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

// MaxQuestion is how long a question may take: all that it waits for, reads and computes. It is less than the minute after
// which servers and clients break a connection, so that what takes too long is answered with the reason.
const MaxQuestion = 50 * time.Second

// bounded makes the one deadline that holds for a whole question.
func bounded(answer http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), MaxQuestion)
		defer cancel()
		answer(w, r.WithContext(ctx))
	}
}

// question is what the parameters say, as far as that can be read without a plan: units and indicators are those of the
// plan that the answer follows, which known_at decides.
type question struct {
	quarter        *indicators.Quarter // nil for that of the day
	asOf           *events.Day         // nil for the day that the answer rests on
	year           int                 // 0 for that of the day
	org, indicator string
	below          bool
	known          string // the point of the log, which parsePoint reads once a zone is known; empty for all that is known
	currentPlan    bool
	atLeast        string // a position, a sequence, "end", or empty
}

// question reads the parameters, of which only those with the names are understood: a misspelt as_of must not silently
// mean today.
func (*API) question(values url.Values, names ...string) (q question, bad *badParameter) {
	for name, list := range values {
		if !slices.Contains(names, name) {
			return q, &badParameter{name: name, got: list[0], hint: didYouMean(events.Suggest(name, names)), expected: events.Text{
				ZH: "参数 " + strings.Join(names, "、") + " 之一", EN: "one of the parameters " + strings.Join(names, ", ")}}
		}
		if len(list) > 1 {
			return q, &badParameter{name: name, got: list[1], expected: events.Text{ZH: "只给一次", EN: "it once"}}
		}
	}
	q = question{org: values.Get("org"), indicator: values.Get("indicator"), atLeast: values.Get("at_least")}
	for _, read := range []func(*question, url.Values) *badParameter{readDay, readQuarter, readYear, readBelow, readPoint} {
		if bad := read(&q, values); bad != nil {
			return q, bad
		}
	}
	return q, nil
}

func readDay(q *question, values url.Values) *badParameter {
	s := values.Get("as_of")
	if s == "" {
		return nil
	}
	day, err := events.ParseDay(s)
	if err != nil {
		return &badParameter{name: "as_of", got: s, expected: events.Text{ZH: "日期，如 2018-03-31", EN: "a day like 2018-03-31"}}
	}
	q.asOf = &day
	return nil
}

func readQuarter(q *question, values url.Values) *badParameter {
	s := values.Get("quarter")
	if s == "" {
		return nil
	}
	quarter, err := indicators.ParseQuarter(s)
	if err != nil {
		return &badParameter{name: "quarter", got: s, expected: events.Text{ZH: "季度，如 2018Q1", EN: "a quarter like 2018Q1"}}
	}
	q.quarter = &quarter
	return nil
}

func readYear(q *question, values url.Values) *badParameter {
	s := values.Get("year")
	if s == "" {
		return nil
	}
	year, err := strconv.ParseUint(s, 10, 16)
	if err != nil || len(s) != 4 || year == 0 {
		return &badParameter{name: "year", got: s, expected: events.Text{ZH: "年份，如 2018", EN: "a year like 2018"}}
	}
	q.year = int(year)
	return nil
}

func readBelow(q *question, values url.Values) *badParameter {
	s := values.Get("below")
	if q.below = s == "true"; q.below || s == "" || s == "false" {
		return nil
	}
	return &badParameter{name: "below", got: s, expected: events.Text{ZH: " true 或 false", EN: "true or false"}}
}

// readPoint reads known_at and plan.
func readPoint(q *question, values url.Values) *badParameter {
	knownAt, plan := values.Get("known_at"), values.Get("plan")
	switch {
	case plan != "" && plan != "then" && plan != "current":
		return &badParameter{name: "plan", got: plan, expected: events.Text{ZH: " then（当时的方案）或 current（现在的方案）", EN: "then (the plan of that time) or current (today's)"}}
	case plan != "" && knownAt == "":
		return &badParameter{name: "plan", got: plan, expected: events.Text{ZH: "与 known_at 一起给出", EN: "it together with known_at"}}
	case knownAt == "":
		return nil
	}
	if q.known, q.currentPlan = knownAt, plan == "current"; parsePoint(knownAt, time.UTC) != nil {
		return nil
	}
	bad := &badParameter{name: "known_at", got: knownAt, expected: events.Text{
		ZH: "时间（如 2018-04-02T10:00:00+08:00）、日期（如 2018-04-02）、位置（如 12-0）或提交序号（如 12）",
		EN: "a time like 2018-04-02T10:00:00+08:00, a day like 2018-04-02, a position like 12-0 or a commit's sequence like 12"}}
	if strings.Contains(knownAt, " ") {
		bad.hint = events.Text{ZH: "网址中的 + 要写成 %2B", EN: "a + in an address is written %2B"}
	}
	return bad
}

// parsePoint reads a position or a commit's sequence, a time, or a day, which means its end; a day and a time without a
// zone are those of the zone given. It returns nil for anything else.
func parsePoint(s string, zone *time.Location) *KnownAt {
	if p, err := events.ParsePosition(s); err == nil && p.Seq() > 0 {
		return &KnownAt{Seq: p.Seq()}
	}
	if seq, err := strconv.ParseUint(s, 10, 54); err == nil && seq > 0 {
		return &KnownAt{Seq: seq}
	}
	if day, err := events.ParseDay(s); err == nil {
		year, month, next := (day + 1).Date()
		return &KnownAt{Time: time.Date(year, month, next, 0, 0, 0, 0, zone).Add(-time.Nanosecond)}
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return &KnownAt{Time: t}
		}
	}
	return nil
}
