package deploy_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kaohe/kaohe/deploy"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

type event struct {
	SpecVersion string          `json:"specversion"`
	Type        string          `json:"type"`
	Source      string          `json:"source"`
	ID          string          `json:"id"`
	Time        string          `json:"time"`
	Org         string          `json:"org"`
	Data        json.RawMessage `json:"data"`
}

func TestDemoEventsKeepTheirSchemas(t *testing.T) {
	compiled := make(map[string]*jsonschema.Schema)
	for name, schema := range schemas(t) {
		compiled[name] = mustCompile(t, name, schema)
	}
	seen := make(map[string]bool)
	for _, e := range append(demo(t, "facts.ndjson"), demo(t, "targets.ndjson")...) {
		if key := e.Source + " " + e.ID; seen[key] {
			t.Errorf("%s is there twice", key)
		} else {
			seen[key] = true
		}
		if e.SpecVersion != "1.0" || e.Org != "450703" || !strings.HasSuffix(e.Time, "T00:00:00+08:00") {
			t.Errorf("%s %s: envelope %q %q %q", e.Source, e.ID, e.SpecVersion, e.Org, e.Time)
		}
		schema, ok := compiled[e.Type]
		if !ok {
			t.Errorf("%s %s: no type %s", e.Source, e.ID, e.Type)
			continue
		}
		data, err := jsonschema.UnmarshalJSON(bytes.NewReader(e.Data))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(data); err != nil {
			t.Errorf("%s %s: %v", e.Source, e.ID, err)
		}
	}
}

// The schemas refuse what must never be recorded: what compiles may still let everything through.
func TestSchemasRefuse(t *testing.T) {
	for _, test := range []struct{ name, typ, data string }{
		{"a patent without a kind", "PatentGranted", `{}`},
		{"a kind that patents do not have", "PatentGranted", `{"kind":"inventon"}`},
		{"a field that nobody named", "PatentGranted", `{"kind":"invention","colour":"red"}`},
		{"a 30th of February", "HighTechRecognized", `{"enterprise_id":"e","certificate_no":"GR1","kind":"first","valid_to":"2021-02-30"}`},
		{"negative money", "SubsidyDisbursed", `{"subsidy_id":"s","amount_yuan":"-1.00"}`},
		{"money with three places", "SubsidyDisbursed", `{"subsidy_id":"s","amount_yuan":"1.005"}`},
		{"one number for two patents granted", "PatentGranted", `{"kind":"invention","patent_no":"ZL1","count":2}`},
		{"one number for two patents filed", "PatentFiled", `{"kind":"invention","application_no":"1","count":2}`},
		{"one number for two projects", "ProjectSubmitted", `{"programme":"p","level":"city","stage":"application","requested_yuan":"1.00","project_id":"p","applicant_id":"a","count":2}`},
		{"one number for two subsidies", "SubsidyApplied", `{"kind":"rd","requested_yuan":"1.00","subsidy_id":"s","enterprise_id":"e","count":2}`},
		{"a count of nothing", "PatentFiled", `{"kind":"design","count":0}`},
		{"an applicant who is not named", "ProjectSubmitted", `{"programme":"p","level":"city","stage":"application","requested_yuan":"1.00"}`},
		{"a firm without a code or a reason", "EnterpriseRegistered", `{"enterprise_id":"e","name":"甲公司"}`},
		{"a plan of three quarters", "TargetSet", `{"indicator":"i","year":2018,"value":"4","basis":"flow","quarterly_plan":["1","2","3"]}`},
		{"a nil of nothing", "NilReported", `{"quarter":"2018Q1"}`},
		{"a nil of two things", "NilReported", `{"quarter":"2018Q1","indicator":"i","event_type":"T"}`},
		{"a fifth quarter", "NilReported", `{"quarter":"2018Q5","indicator":"i"}`},
		{"a correction of nothing", "EventCorrected", `{"target_source":"s","target_id":"i","reason":"r","patch":{}}`},
		{"a correction of the type", "EventCorrected", `{"target_source":"s","target_id":"i","reason":"r","patch":{"type":"T"}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			data, err := jsonschema.UnmarshalJSON(strings.NewReader(test.data))
			if err != nil {
				t.Fatal(err)
			}
			if mustCompile(t, test.typ, schemas(t)[test.typ]).Validate(data) == nil {
				t.Errorf("%s takes %s", test.typ, test.data)
			}
		})
	}
}

// A number names one thing; what has none, or is joint, may stand for several.
func TestSchemasTakeCounts(t *testing.T) {
	for _, test := range []struct{ name, typ, data string }{
		{"a numbered patent", "PatentGranted", `{"kind":"invention","patent_no":"ZL1","count":1}`},
		{"a numbered patent of which nobody knows more", "PatentGranted", `{"kind":"invention","patent_no":"ZL1","count":null}`},
		{"patents without numbers", "PatentGranted", `{"kind":"invention","count":12}`},
		{"filings without numbers", "PatentFiled", `{"kind":"design","count":12}`},
		{"a joint subsidy", "SubsidyApplied", `{"kind":"rd","requested_yuan":"1.00","subsidy_id":"s","entities":[{"name":"a"},{"name":"b"}],"count":2}`},
		{"a joint project", "ProjectSubmitted", `{"programme":"p","level":"city","stage":"application","requested_yuan":"1.00","project_id":"p","entities":[{"name":"a"},{"name":"b"}],"count":3}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			data, err := jsonschema.UnmarshalJSON(strings.NewReader(test.data))
			if err != nil {
				t.Fatal(err)
			}
			if err := mustCompile(t, test.typ, schemas(t)[test.typ]).Validate(data); err != nil {
				t.Errorf("%s refuses %s: %v", test.typ, test.data, err)
			}
		})
	}
}

// Every fact quotes the sentence it comes from, and stands for no more than that.
func TestFactsQuoteTheirSource(t *testing.T) {
	got := make(map[string]int)
	for _, e := range demo(t, "facts.ndjson") {
		var data struct {
			SourceRef string `json:"source_ref"`
		}
		if err := json.Unmarshal(e.Data, &data); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(e.Source, "report:450703/2018Q1#") || !strings.HasPrefix(data.SourceRef, "《2018年科技局第一季度工作总结》") {
			t.Errorf("%s %s names no sentence: %q", e.Source, e.ID, data.SourceRef)
		}
		got[e.Type]++
	}
	want := map[string]int{
		"EnterpriseRegistered": 10, "EnterpriseVisited": 1, "EnterpriseIncubated": 1, "ProjectSubmitted": 2, "SubsidyApplied": 2,
		"OutreachHeld": 1, "VillageListed": 55, "EnvoyAssigned": 55, "EnvoyServiceRecorded": 3, "EnvoyTrainingHeld": 1, "ReferenceValueSet": 1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
}

// The source states no target, so each one says that it is an example.
func TestTargetsAreMarked(t *testing.T) {
	for _, e := range demo(t, "targets.ndjson") {
		var data struct {
			Illustrative bool     `json:"illustrative"`
			Plan         []string `json:"quarterly_plan"`
			Reason       string   `json:"reason"`
		}
		if err := json.Unmarshal(e.Data, &data); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(data.Reason, "示例") {
			t.Errorf("%s does not say that it is an example: %q", e.ID, data.Reason)
		}
		if e.Type == "TargetSet" && (!data.Illustrative || len(data.Plan) != 4) {
			t.Errorf("%s: illustrative %v, plan %v", e.ID, data.Illustrative, data.Plan)
		}
	}
}

func demo(t *testing.T, file string) (all []event) {
	t.Helper()
	text, err := fs.ReadFile(deploy.Demo(), file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		var e event
		d := json.NewDecoder(bytes.NewReader(line))
		d.DisallowUnknownFields()
		if err := d.Decode(&e); err != nil {
			t.Fatalf("%s: %v\n%s", file, err, line)
		}
		all = append(all, e)
	}
	return all
}

// The catalogue, which checks events in place of a general validator, understands every schema and takes every event.
func TestCatalogueTakesTheDemo(t *testing.T) {
	c, mistakes := catalogue.Load(deploy.Plan())
	for _, m := range mistakes {
		t.Error(m)
	}
	if c == nil {
		t.FailNow()
	}
	for _, e := range append(demo(t, "facts.ndjson"), demo(t, "targets.ndjson")...) {
		typ, ok := c.Type(e.Type)
		if !ok {
			t.Errorf("%s %s: no type %s", e.Source, e.ID, e.Type)
			continue
		}
		_, faults := typ.Normalise(e.Data)
		for _, f := range faults {
			t.Errorf("%s %s: %s", e.Source, e.ID, f.In(events.English))
		}
	}
}
