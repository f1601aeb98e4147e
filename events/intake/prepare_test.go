package intake_test

import (
	"strings"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
)

// offline is an intake that only prepares.
func offline(tb testing.TB, change ...func(*intake.Options)) *intake.Intake {
	tb.Helper()
	log := memory()
	o := options(tb, log, newReader(log))
	for _, c := range change {
		c(&o)
	}
	in, err := intake.New(o)
	if err != nil {
		tb.Fatal(err)
	}
	return in
}

func TestPrepareMakesEventsCanonical(t *testing.T) {
	tests := []struct{ name, raw, want string }{
		{"all defaults filled in",
			`{"specversion":"1.0","type":"TrainingHeld","id":"a","time":"2018-02-28","data":{"attendees":30}}`,
			`{"specversion":"1.0","type":"TrainingHeld","source":"kaohe:450703","id":"a","time":"2018-02-28T00:00:00+08:00","org":"450703","dataschema":"TrainingHeld.v1","data":{"attendees":30,"sessions":1}}`},
		{"everything given, any order, blanks",
			" {\n\"data\" : {\"topic\":\"种桑\", \"attendees\":30,\"cost_yuan\":100.5,\"sessions\":2}, \"dataschema\":\"TrainingHeld.v1\",\"org\":\"450700\"," +
				`"datacontenttype":"application/json; charset=utf-8","traceparent":"00-0-0-01","tracestate":"x","source":"urn:uuid:1","id":"b","type":"TrainingHeld","time":"2018-02-28T09:30:00+08:00","specversion":"1.0"}` + "\n",
			`{"specversion":"1.0","type":"TrainingHeld","source":"urn:uuid:1","id":"b","time":"2018-02-28T09:30:00+08:00","org":"450700","dataschema":"TrainingHeld.v1","data":{"attendees":30,"cost_yuan":"100.50","sessions":2,"topic":"种桑"}}`},
		{"the day is the one in the plan's zone",
			`{"specversion":"1.0","type":"TrainingHeld","id":"c","time":"2018-02-28T16:00:00.999Z","data":{"attendees":1}}`,
			`{"specversion":"1.0","type":"TrainingHeld","source":"kaohe:450703","id":"c","time":"2018-03-01T00:00:00+08:00","org":"450703","dataschema":"TrainingHeld.v1","data":{"attendees":1,"sessions":1}}`},
		{"summer time of 1990",
			`{"specversion":"1.0","type":"TrainingHeld","id":"c","time":"1990-07-01","data":{"attendees":1}}`,
			`{"specversion":"1.0","type":"TrainingHeld","source":"kaohe:450703","id":"c","time":"1990-07-01T00:00:00+09:00","org":"450703","dataschema":"TrainingHeld.v1","data":{"attendees":1,"sessions":1}}`},
		{"null is absent; escapes; today",
			`{"specversion":"1.0","type":"TrainingHeld","id":"\u4e00\/\"","org":null,"foo":null,"time":"2018-04-02","data":{"attendees":1}}`,
			`{"specversion":"1.0","type":"TrainingHeld","source":"kaohe:450703","id":"一/\"","time":"2018-04-02T00:00:00+08:00","org":"450703","dataschema":"TrainingHeld.v1","data":{"attendees":1,"sessions":1}}`},
		{"a period within one quarter",
			`{"specversion":"1.0","type":"TrainingHeld","id":"p","time":"2018-03-31","data":{"attendees":1,"period_start":"2018-01-01"}}`,
			`{"specversion":"1.0","type":"TrainingHeld","source":"kaohe:450703","id":"p","time":"2018-03-31T00:00:00+08:00","org":"450703","dataschema":"TrainingHeld.v1","data":{"attendees":1,"period_start":"2018-01-01","sessions":1}}`},
		{"a nil report on a day of its quarter",
			`{"specversion":"1.0","type":"NilReported","id":"n","time":"2018-03-31","data":{"indicator":"hightech_firms","quarter":"2018Q1"}}`,
			`{"specversion":"1.0","type":"NilReported","source":"kaohe:450703","id":"n","time":"2018-03-31T00:00:00+08:00","org":"450703","dataschema":"NilReported.v1","data":{"indicator":"hightech_firms","quarter":"2018Q1"}}`},
	}
	in := offline(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, refusal := in.Prepare([]byte(tt.raw))
			if refusal != nil {
				t.Fatalf("refused: %s", refusal.Text.EN)
			}
			if got := string(e.AppendLine(nil)); got != tt.want {
				t.Errorf("canonical line\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

// event writes an event of the test plan: what is good, changed by replacing old by new.
func event(old, new string) string {
	const good = `{"specversion":"1.0","type":"TrainingHeld","source":"s","id":"i","time":"2018-02-28","org":"450703","data":{"attendees":30}}`
	if !strings.Contains(good, old) {
		panic(old + " is not in the event")
	}
	return strings.Replace(good, old, new, 1)
}

// refusals are events that must be refused, with the fault that says why.
var refusals = []struct {
	name, raw           string
	code                string // of the refusal
	field, fault        string // of the fault; empty where the refusal itself says all
	expected, got, hint string // parts of what the fault says
}{
	{"no specversion", event(`"specversion":"1.0",`, ``), "invalid", "specversion", "missing", `"1.0"`, "", ""},
	{"old specversion", event(`"1.0"`, `"0.3"`), "invalid", "specversion", "enum", `"1.0"`, `"0.3"`, ""},
	{"no type", event(`"type":"TrainingHeld",`, ``), "unknown_type", "type", "missing", "type of event", "", ""},
	{"unknown type", event(`TrainingHeld`, `TrainingHold`), "unknown_type", "type", "unknown", "type of event", `"TrainingHold"`, "TrainingHeld"},
	{"type is a number", event(`"TrainingHeld"`, `7`), "unknown_type", "type", "type", "a string", "7", ""},
	{"unknown org", event(`450703`, `4507033`), "invalid", "org", "unknown", "unit of the plan", `"4507033"`, "450703"},
	{"org is a number", event(`"450703"`, `450703`), "invalid", "org", "type", "a string", "450703", ""},
	{"empty source", event(`"s"`, `""`), "invalid", "source", "length", "non-empty", `""`, ""},
	{"source is no URI reference", event(`"s"`, `"科技局"`), "invalid", "source", "format", "URI reference", `"科技局"`, "%XX"},
	{"source with a bad percent encoding", event(`"s"`, `"a%4"`), "invalid", "source", "format", "URI reference", `"a%4"`, ""},
	{"source with a blank", event(`"s"`, `"a b"`), "invalid", "source", "format", "URI reference", `"a b"`, ""},
	{"long source", event(`"s"`, `"`+strings.Repeat("s", 513)+`"`), "invalid", "source", "length", "512 bytes", "513 bytes", ""},
	{"empty id", event(`"i"`, `""`), "invalid", "id", "length", "non-empty", `""`, ""},
	{"long id", event(`"i"`, `"`+strings.Repeat("一", 171)+`"`), "invalid", "id", "length", "512 bytes", "513 bytes", ""},
	{"id is a number", event(`"i"`, `17`), "invalid", "id", "type", "a string", "17", ""},
	{"NUL in the id", event(`"i"`, `"a\u0000b"`), "invalid", "id", "control", "control characters", `"a\u0000b"`, ""},
	{"line end in the id", event(`"i"`, `"a\nb"`), "invalid", "id", "control", "control characters", `"a\nb"`, ""},
	{"invalid UTF-8 in the id", event(`"i"`, "\"a\xffb\""), "invalid", "id", "utf8", "valid UTF-8", "\"a\uFFFDb\"", ""},
	{"half a character in the id", event(`"i"`, `"a\ud800"`), "invalid", "id", "utf8", "valid UTF-8", `"a\ud800"`, ""},
	{"no time", event(`"time":"2018-02-28",`, ``), "invalid", "time", "missing", "day on which it happened", "", ""},
	{"30 February", event(`2018-02-28`, `2018-02-30`), "invalid", "time", "format", "February 2018 has 28 days", `"2018-02-30"`, ""},
	{"30 February with a time", event(`2018-02-28`, `2018-02-30T01:02:03Z`), "invalid", "time", "format", "February 2018 has 28 days", `"2018-02-30T01:02:03Z"`, ""},
	{"29 February of a common year", event(`2018-02-28`, `1900-02-29`), "invalid", "time", "format", "February 1900 has 28 days", `"1900-02-29"`, ""},
	{"month 13", event(`2018-02-28`, `2018-13-01`), "invalid", "time", "format", "month from 01 to 12", `"2018-13-01"`, ""},
	{"another order", event(`2018-02-28`, `28/02/2018`), "invalid", "time", "format", "2018-02-28", `"28/02/2018"`, ""},
	{"no zone", event(`2018-02-28`, `2018-02-28T09:30:00`), "invalid", "time", "format", "RFC 3339", `"2018-02-28T09:30:00"`, ""},
	{"blank for T", event(`2018-02-28`, `2018-02-28 09:30:00Z`), "invalid", "time", "format", "RFC 3339", `"2018-02-28 09:30:00Z"`, ""},
	{"a zone that does not exist", event(`2018-02-28`, `2018-02-28T09:30:00+24:00`), "invalid", "time", "format", "RFC 3339", `+24:00"`, ""},
	{"a comma", event(`2018-02-28`, `2018-02-28T09:30:00,5Z`), "invalid", "time", "format", "RFC 3339", `,5Z"`, ""},
	{"25 o'clock", event(`2018-02-28`, `2018-02-28T25:00:00Z`), "invalid", "time", "format", "RFC 3339", `"2018-02-28T25:00:00Z"`, ""},
	{"one digit for the hour", event(`2018-02-28`, `2018-02-28T9:30:00Z`), "invalid", "time", "format", "RFC 3339", `"2018-02-28T9:30:00Z"`, ""},
	{"a date in 1899", event(`2018-02-28`, `1899-12-31`), "invalid", "time", "range", "from 1990-01-01 to today, 2018-04-02", `"1899-12-31"`, ""},
	{"the day before the first", event(`2018-02-28`, `1989-12-31T23:59:59+08:00`), "invalid", "time", "range", "from 1990-01-01", "1989-12-31", ""},
	{"tomorrow", event(`2018-02-28`, `2018-04-03`), "invalid", "time", "range", "to today, 2018-04-02", `"2018-04-03"`, ""},
	{"tomorrow in the plan's zone", event(`2018-02-28`, `2018-04-02T16:00:00Z`), "invalid", "time", "range", "to today, 2018-04-02", `"2018-04-02T16:00:00Z"`, ""},
	{"other schema", event(`"org"`, `"dataschema":"TrainingHeld.v2","org"`), "invalid", "dataschema", "enum", "TrainingHeld.v1", `"TrainingHeld.v2"`, "left out"},
	{"XML", event(`"org"`, `"datacontenttype":"text/xml","org"`), "invalid", "datacontenttype", "enum", "application/json", `"text/xml"`, "left out"},
	{"subject", event(`"org"`, `"subject":"x","org"`), "invalid", "subject", "not_allowed", "no such attribute", `"x"`, "data"},
	{"principal", event(`"org"`, `"principal":"root","org"`), "invalid", "principal", "not_allowed", "no such attribute", `"root"`, "authenticated"},
	{"base64 data", event(`"org"`, `"data_base64":"e30=","org"`), "invalid", "data_base64", "not_allowed", "no such attribute", `"e30="`, "JSON object"},
	{"mistyped attribute", event(`"org"`, `"orgs":"450703","org"`), "invalid", "orgs", "unknown", "no such attribute", "", "did you mean org"},
	{"unknown attribute", event(`"org"`, `"recordedby":"me","org"`), "invalid", "recordedby", "unknown", "no such attribute", "", "into data"},
	{"attribute twice", event(`"org"`, `"id":"j","org"`), "invalid", "id", "duplicate", "once", "", ""},
	{"nth 0", event(`"id":"i"`, `"nth":0`), "invalid", "nth", "range", "integer of 1", "0", ""},
	{"nth is a fraction", event(`"id":"i"`, `"nth":1.5`), "invalid", "nth", "range", "integer of 1", "1.5", ""},
	{"nth is an object", event(`"id":"i"`, `"nth":{}`), "invalid", "nth", "range", "integer of 1", "{}", ""},
	{"nth beside an id", event(`"org"`, `"nth":2,"org"`), "invalid", "nth", "not_allowed", "either an id or nth", "2", ""},
	{"no data", event(`,"data":{"attendees":30}`, ``), "invalid", "data", "missing", "JSON object", "", ""},
	{"data is a list", event(`{"attendees":30}`, `[30]`), "invalid", "data", "type", "", "[30]", ""},
	{"missing field", event(`"attendees":30`, ``), "invalid", "data.attendees", "missing", "", "", ""},
	{"unknown field", event(`30`, `30,"attendes":1`), "invalid", "data.attendes", "unknown", "", "", "attendees"},
	{"wrong enum", event(`30`, `30,"level":"country"`), "invalid", "data.level", "enum", "region", `"country"`, ""},
	{"negative money", event(`30`, `30,"cost_yuan":-1`), "invalid", "data.cost_yuan", "money_negative", "", "-1", ""},
	{"three decimals", event(`30`, `30,"cost_yuan":"1.005"`), "invalid", "data.cost_yuan", "money_places", "", `"1.005"`, ""},
	{"30 February in the data", event(`30`, `30,"period_start":"2018-02-30"`), "invalid", "data.period_start", "format", "", `"2018-02-30"`, ""},
	{"NUL in the data", event(`30`, `30,"topic":"a\u0000b"`), "invalid", "data.topic", "control", "", `a\u0000b`, ""},
	{"invalid UTF-8 in the data", event(`30`, "30,\"topic\":\"a\xffb\""), "invalid", "data.topic", "utf8", "", "a\uFFFDb", ""},
	{"field twice", event(`30`, `30,"attendees":31`), "invalid", "data.attendees", "duplicate", "", "", ""},
	{"a period over two quarters", event(`30`, `30,"period_start":"2017-11-15"`), "invalid", "data.period_start", "several_quarters", "a day in 2018Q1", `"2017-11-15"`,
		"2017Q4 2017-11-15..2017-12-31, 2018Q1 2018-01-01..2018-02-28"},
	{"a period that begins after its end", event(`30`, `30,"period_start":"2018-03-01"`), "invalid", "data.period_start", "range", "to the event's own, 2018-02-28", `"2018-03-01"`, ""},
	{"an unknown indicator", `{"specversion":"1.0","type":"TargetSet","time":"2018-01-01","data":{"indicator":"envoy_training"}}`,
		"invalid", "data.indicator", "unknown", "a name that the plan has", `"envoy_training"`, "envoy_trainings"},
	{"a nil report of another quarter", `{"specversion":"1.0","type":"NilReported","time":"2018-04-01","data":{"indicator":"hightech_firms","quarter":"2018Q1"}}`,
		"invalid", "data.quarter", "day_outside", "2018Q2", `"2018Q1"`, "last day of the quarter"},
	{"nth where fields identify", `{"specversion":"1.0","type":"FirmRecognized","time":"2018-01-01","nth":2,"data":{"firm":"F","certificate_no":"GR1"}}`,
		"invalid", "nth", "not_allowed", "no such attribute", "2", "identifying fields"},
	{"a plan", `{"specversion":"1.0","type":"PlanActivated","time":"2018-01-01","data":{}}`, "control_not_accepted", "", "", "", "", ""},
	{"a closing where no figures are drawn up", `{"specversion":"1.0","type":"PeriodClosed","time":"2018-01-01","data":{"quarter":"2018Q1"}}`, "control_not_accepted", "", "", "", "", ""},
	{"a void that says where its target stands", `{"specversion":"1.0","type":"EventVoided","time":"2018-01-01","data":{"target":"1-0","target_source":"s","target_id":"i","reason":"r"}}`,
		"invalid", "data.target", "not_allowed", "no such attribute", `"1-0"`, "it is filled in"},
	{"not JSON", `{"specversion":`, "not_json", "", "", "", "", ""},
	{"a string", `"PatentGranted"`, "not_json", "", "", "", "", ""},
	{"two events", event("", "") + event("", ""), "not_json", "", "", "", "", ""},
	{"nothing", ``, "not_json", "", "", "", "", ""},
	{"2 MiB", event(`30`, `30,"topic":"`+strings.Repeat("x", 2<<20)+`"`), "too_large", "", "", "", "", ""},
}

func TestPrepareRefuses(t *testing.T) {
	in := offline(t)
	for _, tt := range refusals {
		t.Run(tt.name, func(t *testing.T) {
			_, r := in.Prepare([]byte(tt.raw))
			if r == nil {
				t.Fatal("accepted")
			}
			if r.Code != tt.code || r.Text.EN == "" || r.Text.ZH == "" {
				t.Errorf("refusal %q, text %+v, want code %q", r.Code, r.Text, tt.code)
			}
			if tt.field == "" {
				return
			}
			if len(r.Faults) != 1 {
				t.Fatalf("faults %+v, want one", r.Faults)
			}
			f := r.Faults[0]
			if f.Field != tt.field || f.Code != tt.fault {
				t.Errorf("fault %s %s, want %s %s", f.Field, f.Code, tt.field, tt.fault)
			}
			if !strings.Contains(f.Want.EN, tt.expected) || !strings.Contains(f.Got, tt.got) || !strings.Contains(f.Hint.EN, tt.hint) {
				t.Errorf("fault says %+v, want expected %q, got %q, hint %q", f, tt.expected, tt.got, tt.hint)
			}
			if f.Want.ZH == "" || (f.Hint.EN == "") != (f.Hint.ZH == "") {
				t.Errorf("fault %+v lacks a language", f)
			}
		})
	}
}

func TestPrepareListsAllFaults(t *testing.T) {
	in := offline(t)
	_, r := in.Prepare([]byte(`{"specversion":"1","type":"TrainingHeld","org":"1","time":"2018-02-30","x":1,"data":{"level":"z","cost_yuan":1.001}}`))
	if r == nil {
		t.Fatal("accepted")
	}
	var got []string
	for _, f := range r.Faults {
		got = append(got, f.Field)
	}
	const want = "specversion org time x data.level data.cost_yuan data.attendees"
	if s := strings.Join(got, " "); len(got) != 7 || !sameWords(s, want) {
		t.Errorf("faults at %s, want %s", s, want)
	}
	if !strings.Contains(r.Text.EN, "(and 6 more)") {
		t.Errorf("text %q does not count the others", r.Text.EN)
	}
}

func sameWords(a, b string) bool {
	for _, w := range strings.Fields(a) {
		if !strings.Contains(b, w) {
			return false
		}
	}
	return true
}

func TestNotJSONNamesThePlace(t *testing.T) {
	_, r := offline(t).Prepare([]byte("{\"specversion\":\"1.0\",\n \"data\": {\"主\" 7}}"))
	if r == nil || !strings.Contains(r.Text.EN, "line 2, column ") {
		t.Errorf("refusal %+v, want one that names line 2", r)
	}
}

func FuzzPrepare(f *testing.F) {
	for _, tt := range refusals {
		if len(tt.raw) < 1<<16 {
			f.Add([]byte(tt.raw))
		}
	}
	f.Add([]byte(event("", "")))
	f.Add(training("", 1, `"nth":3`))
	in := offline(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, refusal := in.Prepare(raw)
		if refusal != nil {
			if refusal.Code == "" || refusal.Text.In(events.English) == "" {
				t.Errorf("refusal %+v says nothing", refusal)
			}
			return
		}
		line := e.AppendLine(nil)
		var s events.Stored
		if err := s.ParseLine(line); err != nil {
			t.Fatalf("ParseLine(%q) = %v", line, err)
		}
		if again := s.Event(); string(again.AppendLine(nil)) != string(line) {
			t.Errorf("%q reads back as %q", line, again.AppendLine(nil))
		}
		twice, refusal := in.Prepare(line)
		if refusal != nil || !twice.SameContent(&e) || twice.Key() != e.Key() {
			t.Errorf("canonical %q prepared again is %q, refused %+v", line, twice.AppendLine(nil), refusal)
		}
	})
}
