package app_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kaohe/kaohe/indicators/contract"
)

// describeNATS reads the document of a daemon's events.
func describeNATS(tb testing.TB, r *natsRig) *described {
	tb.Helper()
	raw, err := contract.AsyncAPI(contract.Options{Plan: r.Plan()})
	if err != nil {
		tb.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		tb.Fatal(err)
	}
	d := &described{doc: doc.(map[string]any), compiler: jsonschema.NewCompiler(), schemas: map[string]*jsonschema.Schema{}}
	d.compiler.AssertFormat()
	if err := d.compiler.AddResource(documentURL, doc); err != nil {
		tb.Fatal(err)
	}
	return d
}

// validMessage holds headers and payload of a message against what the document says of one with a name.
func (d *described) validMessage(t *testing.T, name string, header nats.Header, payload []byte) {
	t.Helper()
	message := d.at("components", "messages", name)
	if message == nil {
		t.Errorf("no message %s", name)
		return
	}
	if got := header.Get("Content-Type"); !strings.HasPrefix(got, message["contentType"].(string)) {
		t.Errorf("%s is sent as %q, documented is %v", name, got, message["contentType"])
	}
	heads := map[string]any{}
	for key := range header {
		heads[key] = header.Get(key)
	}
	if err := d.schema(t, "components", "messages", name, "headers", "schema").Validate(heads); err != nil {
		t.Errorf("headers of %s: %v", name, err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(payload))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	at := []string{"components", "messages", name, "payload", "schema"}
	if ref, ok := d.at(at[:4]...)["$ref"].(string); ok {
		at = append(strings.Split(strings.TrimPrefix(ref, "#/"), "/"), "schema")
	}
	if err := d.schema(t, at...).Validate(value); err != nil {
		t.Errorf("payload of %s: %v\n%.500s", name, err, payload)
	}
}

// TestAsyncAPIHasAllEndpoints: each endpoint of the service is documented, and no other.
func TestAsyncAPIHasAllEndpoints(t *testing.T) {
	r := startNATS(t)
	nc, _ := r.connect(t)
	m, err := nc.Request("$SRV.INFO.kaohe", nil, natsWait)
	if err != nil {
		t.Fatal(err)
	}
	var info micro.Info
	if err := json.Unmarshal(m.Data, &info); err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, e := range info.Endpoints {
		want = append(want, e.Subject)
	}
	for _, channel := range describeNATS(t, r).at("channels") {
		if address, _ := channel.(map[string]any)["address"].(string); strings.HasPrefix(address, "kaohe.v1.") {
			got = append(got, address)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("endpoints (-served +documented):\n%s", diff)
	}
}

// TestMessagesAreAsDocumented holds what goes over NATS against the document: requests, replies, announcements.
func TestMessagesAreAsDocumented(t *testing.T) {
	r := startNATS(t)
	d := describeNATS(t, r)
	nc, _ := r.connect(t)
	announced := subscribe(t, nc, "kaohe.event.>")
	reply := func(endpoint, payload string) *nats.Msg {
		t.Helper()
		m, err := nc.Request("kaohe.v1."+endpoint, []byte(payload), natsWait)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for _, payload := range []string{training("450703", "a"), training("450703.100", "b"), `{"specversion":"1.0","type":"EventVoided","time":"2018-04-01","data":{"target_source":"test:450703","target_id":"a","reason":"错"}}`} {
		m := reply("emit", payload)
		d.validMessage(t, "receipt", m.Header, m.Data)
		told := next(t, announced)
		var said struct{ Type string }
		if err := json.Unmarshal(told.Data, &said); err != nil {
			t.Fatal(err)
		}
		channel := d.at("channels", "announced."+said.Type)
		prefix, _, _ := strings.Cut(channel["address"].(string), "{units}")
		units, ok := strings.CutPrefix(told.Subject, prefix)
		if known := d.at("channels", "announced."+said.Type, "parameters", "units")["enum"].([]any); !ok || !slices.Contains(known, any(units)) {
			t.Errorf("announced on %s, documented is %v with %v", told.Subject, channel["address"], known)
		}
		d.validMessage(t, "recorded."+said.Type, told.Header, told.Data)
	}
	questions := map[string]string{
		"scorecard": `{"quarter":"2018Q1","at_least":"end"}`, "explain": `{"indicator":"trainings"}`, "targets": `{"year":2018,"below":true}`,
		"catalogue": "{}", "event": `{"position":"1-0"}`, "findings": "{}",
	}
	if _, ok := r.Plan().Indicator("trainings"); !ok {
		questions["explain"] = `{"indicator":"` + r.Plan().Indicators[0].ID + `"}`
	}
	for endpoint, payload := range questions {
		d.validMessage(t, "ask."+endpoint, nats.Header{"Content-Type": {"application/json"}}, []byte(payload))
		m := reply(endpoint, payload)
		d.validMessage(t, "answer."+endpoint, m.Header, m.Data)
	}
	for endpoint, payload := range map[string]string{"restatement": `{"quarter":"2018Q1"}`, "scorecard": `{"quarter":"x"}`, "event": `7`} {
		m := reply(endpoint, payload)
		d.validMessage(t, "problem", m.Header, m.Data)
	}
}
