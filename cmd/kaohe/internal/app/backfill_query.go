package app

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
)

// backfillQuery is what a request for the past asks for.
type backfillQuery struct {
	from, to          events.Day
	then, currentPlan bool
	labels            map[string]string
	orgs, indicators  []string
}

// badBackfill is a parameter that makes no sense.
type badBackfill struct {
	name, got string
	expected  events.Text
}

func (b *badBackfill) problem(lang events.Lang) api.Problem {
	expected := b.expected.In(lang)
	detail := fmt.Sprintf(events.Text{ZH: "%s 应为%s，收到 %q", EN: "%s: expected %s, got %q"}.In(lang), b.name, expected, b.got)
	p := api.NewProblem(http.StatusBadRequest, "parameter", events.Text{ZH: "参数有误", EN: "wrong parameter"}, events.Text{ZH: detail, EN: detail}, lang)
	p.Parameter, p.Expected, p.Got = b.name, expected, b.got
	return p
}

// repeated tells which parameters there are, and which of them may be given more than once.
var repeated = map[string]bool{"from": false, "to": false, "known": false, "plan": false, "label": true, "org": true, "indicator": true}

// readBackfill reads the parameters.
func readBackfill(r *http.Request, plan *indicators.Plan, today events.Day) (q backfillQuery, bad *badBackfill) {
	values := r.URL.Query()
	for name, list := range values {
		switch many, known := repeated[name]; {
		case !known:
			names := slices.Sorted(maps.Keys(repeated))
			return q, &badBackfill{name, list[0], events.Text{ZH: "参数 " + strings.Join(names, "、") + " 之一", EN: "one of the parameters " + strings.Join(names, ", ")}}
		case !many && len(list) > 1:
			return q, &badBackfill{name, list[1], events.Text{ZH: "只给一次", EN: "it once"}}
		case len(list) > maxRepeated:
			return q, &badBackfill{name, list[maxRepeated], events.Text{ZH: "不超过 1,000 次", EN: "it at most 1,000 times"}}
		}
	}
	if bad = q.readDays(values, today); bad == nil {
		bad = q.readKnown(values)
	}
	if bad == nil {
		bad = q.readLabels(values["label"], r.Host)
	}
	if bad == nil {
		bad = q.readNames(values, plan)
	}
	return q, bad
}

// maxRepeated is how often a parameter may be given.
const maxRepeated = 1000

// readDays reads from and to. Without to it is the day before today: of today itself there will be scrapes.
func (q *backfillQuery) readDays(values url.Values, today events.Day) *badBackfill {
	q.to = today - 1
	for name, day := range map[string]*events.Day{"from": &q.from, "to": &q.to} {
		s := values.Get(name)
		if s == "" && name == "to" {
			continue
		}
		d, err := events.ParseDay(s)
		if err != nil || d < events.FirstDay || d > today {
			return &badBackfill{name, s, events.Text{
				ZH: fmt.Sprintf(" %s 至业务日期 %s 之间的日期", events.FirstDay, today), EN: fmt.Sprintf("a day from %s to the business date, %s", events.FirstDay, today)}}
		}
		*day = d
	}
	switch {
	case q.from > q.to:
		return &badBackfill{"from", q.from.String(), events.Text{ZH: "不晚于 to（" + q.to.String() + "）的日期", EN: "a day not after to, " + q.to.String()}}
	case q.to-q.from >= maxBackfillDays:
		return &badBackfill{"from", q.from.String(), events.Text{ZH: "到 to 不超过 3,660 天，再早的分次取", EN: "at most 3,660 days up to to; ask for earlier ones apart"}}
	}
	return nil
}

func (q *backfillQuery) readKnown(values url.Values) *badBackfill {
	known, plan := values.Get("known"), values.Get("plan")
	q.then, q.currentPlan = known == "then", plan == "current"
	switch {
	case known != "" && known != "now" && !q.then:
		return &badBackfill{"known", known, events.Text{ZH: " now（现在所知）或 then（当天所知）", EN: "now (as known now) or then (as known when each day ended)"}}
	case plan != "" && plan != "then" && !q.currentPlan:
		return &badBackfill{"plan", plan, events.Text{ZH: " then（当时的方案）或 current（现在的方案）", EN: "then (the plan of that time) or current (today's)"}}
	case plan != "" && !q.then:
		return &badBackfill{"plan", plan, events.Text{ZH: "与 known=then 一起给出", EN: "it together with known=then"}}
	}
	return nil
}

// labelName is what may be the name of a label. Those that begin with two underscores are Prometheus's own.
var labelName = regexp.MustCompile(`^(_?[a-zA-Z][a-zA-Z0-9_]*)$`)

// Bounds of labels.
const (
	maxLabels     = 16
	maxLabelBytes = 256
)

// readLabels reads the labels that a scrape would add. Unless others are asked for they are those by which a scrape of this
// server, at the address of the request, is known to our dashboards. An empty value leaves a label out.
func (q *backfillQuery) readLabels(list []string, host string) *badBackfill {
	q.labels = map[string]string{"job": "kaohe", "instance": host}
	seen := map[string]bool{}
	for _, s := range list {
		name, value, ok := strings.Cut(s, "=")
		if !ok || seen[name] || !labelName.MatchString(name) || len(s) > maxLabelBytes || !utf8.ValidString(value) {
			return &badBackfill{"label", s, events.Text{ZH: "名称=值，如 job=kaohe，每个名称一次", EN: "name=value, such as job=kaohe, each name once"}}
		}
		if seen[name] = true; value == "" {
			delete(q.labels, name)
			continue
		}
		q.labels[name] = value
	}
	if len(q.labels) > maxLabels {
		return &badBackfill{"label", list[len(list)-1], events.Text{ZH: "不超过 16 个标签", EN: "at most 16 labels"}}
	}
	return nil
}

// readNames reads the units and indicators that are asked for. They are those of the present plan.
func (q *backfillQuery) readNames(values url.Values, plan *indicators.Plan) *badBackfill {
	q.orgs, q.indicators = values["org"], values["indicator"]
	for _, code := range q.orgs {
		if _, ok := plan.Orgs.Index(code); !ok {
			return &badBackfill{"org", code, events.Text{ZH: "方案中的单位代码", EN: "the code of a unit of the plan"}}
		}
	}
	for _, id := range q.indicators {
		if _, ok := plan.Indicator(id); !ok {
			return &badBackfill{"indicator", id, events.Text{ZH: "方案中的指标", EN: "the id of an indicator of the plan"}}
		}
	}
	return nil
}
