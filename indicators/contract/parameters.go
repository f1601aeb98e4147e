package contract

import (
	"slices"

	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
	"github.com/kaohe/kaohe/indicators/quality"
)

// parameter is one that a request may have.
type parameter struct {
	key      string // of the component
	name, in string
	about    string
	schema   object
	example  any
	required bool
}

const position = `^(0|[1-9][0-9]{0,18})-(0|[1-9][0-9]{0,3})$`

func word(list ...string) object { return of("type", "string", "enum", list) }

func date() object { return of("type", "string", "format", "date") }

func listOf(items object) object { return of("type", "array", "items", items) }

func truth() object { return of("type", "boolean", "default", false) }

// parameters are all that there are, for one plan.
func (e *eventTypes) parameters() []parameter {
	ids := make([]string, len(e.plan.Indicators))
	for i, d := range e.plan.Indicators {
		ids[i] = d.ID
	}
	text := of("type", "string", "minLength", 1)
	list := []parameter{
		{"quarter", "quarter", "query", "The quarter; that of the day if it is left out.", of("type", "string", "pattern", "^[0-9]{4}[Qq][1-4]$"), "2018Q1", false},
		{"org", "org", "query", "The unit's code; the plan's default unit if it is left out, or the asker's own if that one is not for the asker.", word(e.orgCodes()...), nil, false},
		{"as_of", "as_of", "query", "The day of the figures; the business date if it is left out.", date(), "2018-03-31", false},
		{"known_at", "known_at", "query", "What was known then: a time, a day (its end), a position or the sequence of a commit.", text, "2018-04-02T10:00:00+08:00", false},
		{"plan", "plan", "query", "With known_at: by the plan of that time, or by today's.", word("then", "current"), nil, false},
		{"at_least", "at_least", "query", "What the answer must include, if that takes waiting: a position or the sequence of a commit from a receipt, or end for all that the log holds.", text, "end", false},
		{"indicator", "indicator", "query", "The indicator's id.", word(ids...), nil, true},
		{"of_indicator", "indicator", "query", "An indicator's id, to be told of that one alone.", word(ids...), nil, false},
		{"span", "span", "query", "The quarter, or the year to date.", word(indicators.SpanQuarter, indicators.SpanYear).with("default", indicators.SpanQuarter), nil, false},
		{"after", "after", "query", "The page after a position: next of the page before.", of("type", "string", "pattern", position), nil, false},
		{"limit", "limit", "query", "How many events of each part a page has.", of("type", "integer", "minimum", 1, "maximum", api.MaxPage, "default", api.DefaultPage), nil, false},
		{"findings_after", "after", "query", "What comes after a page: its next.", text, nil, false},
		{"findings_limit", "limit", "query", "How many findings a page has.", of("type", "integer", "minimum", 1, "maximum", api.MaxFindings, "default", api.DefaultFindings), nil, false},
		{"rule", "rule", "query", "A rule, to be told of that one alone.", word(indicators.QualityRules()...), nil, false},
		{"severity", "severity", "query", "A severity, to be told of that one alone.", word(severities()...), nil, false},
		{"below", "below", "query", "The units below, too.", truth(), nil, false},
		{"year", "year", "query", "The year; that of the day if it is left out.", of("type", "integer", "minimum", 1000, "maximum", 9999), 2018, false},
		{"from", "from", "query", "The first day.", date(), "2018-01-01", true},
		{"to", "to", "query", "The last day, the business date at most; the day before that if it is left out.", date(), "2018-03-31", false},
		{"known", "known", "query", "Each day by what is known now, or by what had been recorded when it ended.", word("now", "then").with("default", "now"), nil, false},
		{"plan_of_days", "plan", "query", "With known=then: by the plan of that time, or by today's.", word("then", "current"), nil, false},
		{"label", "label", "query", "A label that each series gets, as by a scrape: name=value, job=kaohe and instance=HOST:PORT of the request unless others are named. An empty value leaves it out.",
			listOf(of("type", "string", "pattern", "^_?[a-zA-Z][a-zA-Z0-9_]*=")), []string{"job=kaohe", "instance=127.0.0.1:8470"}, false},
		{"orgs", "org", "query", "The unit's code, to be told of that one alone; there may be several.", listOf(word(e.orgCodes()...)), nil, false},
		{"indicators", "indicator", "query", "An indicator's id, to be told of that one alone; there may be several.", listOf(word(ids...)), nil, false},
		{"revision", "revision", "query", "Which of several closings; the last one if it is left out.", of("type", "integer", "minimum", 1), nil, false},
		{"position", "position", "path", "Where the event stands: commit and place in it.", of("type", "string", "pattern", position), "12-0", true},
		{"source", "source", "query", "The event's source.", text, nil, true},
		{"id", "id", "query", "The event's id.", text, nil, true},
		{"atomic", "atomic", "query", "All events are recorded by one commit, or none.", truth(), nil, false},
		{"dry_run", "dry_run", "query", "Nothing is recorded. The receipt says what would become of each event now: valid instead of new.", truth(), nil, false},
		{"Content-Encoding", "Content-Encoding", "header", "How the body is compressed.", word("gzip", "identity"), nil, false},
		{"Accept-Language", "Accept-Language", "header", "The language of what is for people: zh or en, which is the default.", of("type", "string", "default", "en"), "zh-CN, zh;q=0.9", false},
	}
	return append(list, e.headerParameters()...)
}

func severities() (list []string) {
	for _, s := range quality.Severities() {
		list = append(list, string(s))
	}
	return list
}

// headerParameters are the attributes of an event in binary mode.
func (e *eventTypes) headerParameters() []parameter {
	encoded := of("type", "string", "minLength", 1)
	names := make([]string, 0, len(e.types))
	for _, t := range e.sendable() {
		names = append(names, t.Name)
	}
	return []parameter{
		{"ce-specversion", "ce-specversion", "header", "Binary mode: of CloudEvents, always 1.0.", word("1.0"), nil, false},
		{"ce-type", "ce-type", "header", "Binary mode: the type of event.", word(names...), nil, false},
		{"ce-time", "ce-time", "header", "Binary mode: the day or time when it happened.", encoded, "2018-02-28", false},
		{"ce-source", "ce-source", "header", "Binary mode: a URI reference; kaohe: and the unit's code if it is left out.", encoded, nil, false},
		{"ce-id", "ce-id", "header", "Binary mode: the id; derived from what the event says if it is left out.", encoded, "%E7%AC%AC%E4%B8%80%E6%9C%9F", false},
		{"ce-org", "ce-org", "header", "Binary mode: the unit's code; the default one if it is left out.", word(e.orgCodes()...), nil, false},
		{"ce-dataschema", "ce-dataschema", "header", "Binary mode: the schema of the data; it may be left out.", encoded, nil, false},
		{"ce-nth", "ce-nth", "header", "Binary mode: the how-manieth of several facts that say the same and have no id.", of("type", "integer", "minimum", 1), nil, false},
	}
}

func (p parameter) object() object {
	o := of("name", p.name, "in", p.in, "description", p.about)
	if p.required {
		o = o.with("required", true)
	}
	return o.with("schema", p.schema).with("example", p.example)
}

// header is one that an answer may have.
type header struct{ name, about string }

var headers = []header{
	{"Content-Language", "The language of what is for people, zh or en."},
	{"Content-Location", "The path of the event by its position."},
	{"Retry-After", "After how many seconds the same may be sent again."},
	{"WWW-Authenticate", "Bearer: a token is needed, or another one."},
	{"Allow", "The methods that may be used."},
	{"Accept-Post", "The media types that may be sent."},
	{"Accept", "The media types that may be sent."},
	{"Accept-Encoding", "The content codings that may be sent: " + intake.AcceptEncoding + "."},
}

// headersOf are those of a problem with a status.
func headersOf(status int, list []code) []string {
	names := slices.Clone(spoken)
	for _, c := range list {
		if c.retry {
			names = append(names, "Retry-After")
			break
		}
	}
	switch status {
	case 401:
		names = append(names, "WWW-Authenticate")
	case 415:
		names = append(names, "Accept", "Accept-Encoding")
	}
	return names
}

// carried refers to headers.
func carried(names []string) any {
	if len(names) == 0 {
		return nil
	}
	o := object{}
	for _, name := range names {
		o = o.with(name, of("$ref", "#/components/headers/"+name))
	}
	return o
}
