package intake_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/catalogue"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/intake"
)

// today is the acceptance day of all tests: 2018-04-02 in Shanghai.
var today = time.Date(2018, 4, 1, 20, 0, 0, 0, time.UTC)

// rig is an intake at work.
type rig struct {
	*intake.Intake
	log      events.Log
	reader   *reader
	registry *prometheus.Registry
	stop     func() // ends Run and waits for it; may be called again
}

// start runs an intake over a log with the types of testTypes, and waits until it is ready.
func start(tb testing.TB, log events.Log, change ...func(*intake.Options)) *rig {
	tb.Helper()
	r := newReader(log)
	o := options(tb, log, r)
	for _, c := range change {
		c(&o)
	}
	in, err := intake.New(o)
	if err != nil {
		tb.Fatalf("New() failed: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	reading, stopReading := context.WithCancel(context.Background())
	var running, readers sync.WaitGroup
	running.Go(func() {
		if err := in.Run(ctx); err != nil {
			tb.Errorf("Run() = %v, want nil", err)
		}
	})
	readers.Go(func() { r.run(reading) })
	stop := func() {
		cancel()
		running.Wait()
	}
	tb.Cleanup(func() {
		stop()
		stopReading()
		readers.Wait()
	})
	awaitReady(tb, in)
	return &rig{Intake: in, log: log, reader: r, registry: o.Registerer.(*prometheus.Registry), stop: stop}
}

var commitIDs atomic.Int64

func options(tb testing.TB, log events.Log, r *reader) intake.Options {
	return intake.Options{
		Log: log, IDs: r.ids, State: r, Catalogue: mustCatalogue(tb, testTypes), Orgs: testOrgs(tb), DefaultOrg: "450703", Zone: mustZone(tb),
		Now: func() time.Time { return today }, NewID: func() string { return fmt.Sprintf("commit-%d", commitIDs.Add(1)) },
		Resolve: map[string]intake.Resolver{"indicator": {
			Known: func(s string) bool { return s == "envoy_trainings" || s == "hightech_firms" },
			Names: func() []string { return []string{"envoy_trainings", "hightech_firms"} },
		}},
		Grace: time.Minute, Registerer: prometheus.NewRegistry(),
	}
}

// awaitReady waits by asking whether an event would be taken: there is nothing to be notified of.
func awaitReady(tb testing.TB, in *intake.Intake) {
	tb.Helper()
	ctx := eventtest.Context(tb)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !in.Ready() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			tb.Fatal("the intake does not become ready")
		}
	}
}

func mustZone(tb testing.TB) *time.Location {
	tb.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		tb.Fatal(err)
	}
	return zone
}

func testOrgs(tb testing.TB) *events.Orgs {
	tb.Helper()
	orgs, err := events.NewOrgs([]events.Org{
		{Code: "450000", Name: events.Text{EN: "Guangxi"}}, {Code: "450700", Parent: "450000"}, {Code: "450703", Parent: "450700"}})
	if err != nil {
		tb.Fatal(err)
	}
	return orgs
}

func mustCatalogue(tb testing.TB, files fstest.MapFS) *catalogue.Catalogue {
	tb.Helper()
	c, mistakes := catalogue.Load(files)
	for _, m := range mistakes {
		tb.Error(m.In(events.English))
	}
	if c == nil {
		tb.Fatal("the catalogue of the test is wrong")
	}
	return c
}

// testTypes is a small plan: a fact without identifying fields, one with, a target, and control events.
var testTypes = fstest.MapFS{
	"events/TrainingHeld.v1.json": schema("TrainingHeld", `"required":["attendees"],"properties":{
		"attendees":{"title":"人次","x-title-en":"Attendees","type":"integer","minimum":0,"maximum":100000},
		"topic":{"title":"主题","x-title-en":"Topic","type":"string","minLength":1,"maxLength":200},
		"level":{"title":"级别","x-title-en":"Level","type":"string","enum":["region","city"],
			"x-titles":{"region":{"zh":"自治区","en":"region"},"city":{"zh":"市","en":"city"}}},
		"cost_yuan":{"title":"费用","x-title-en":"Cost","type":"string","x-money":"yuan","pattern":"^(0|[1-9][0-9]{0,12})\\.[0-9]{2}$"},
		"sessions":{"title":"期数","x-title-en":"Sessions","type":"integer","minimum":1,"maximum":100,"default":1},
		"period_start":{"title":"起始","x-title-en":"From","type":"string","format":"date"}}`),
	"events/FirmRecognized.v1.json": schema("FirmRecognized", `"x-identity":["certificate_no","day"],"x-entity":["certificate_no"],"required":["firm"],"properties":{
		"firm":{"title":"企业","x-title-en":"Firm","type":"string","minLength":1,"maxLength":100},
		"certificate_no":{"title":"证书号","x-title-en":"Certificate","type":"string","minLength":1,"maxLength":100},
		"score":{"title":"得分","x-title-en":"Score","type":"integer","minimum":0,"maximum":100}}`),
	"events/TargetSet.v1.json": schema("TargetSet", `"required":["indicator"],"properties":{
		"indicator":{"title":"指标","x-title-en":"Indicator","type":"string","minLength":1,"maxLength":63,"x-ref":"indicator"}}`),
	"events/NilReported.v1.json": schema("NilReported", `"x-control":true,"required":["indicator","quarter"],"properties":{
		"indicator":{"title":"指标","x-title-en":"Indicator","type":"string","minLength":1,"maxLength":63,"x-ref":"indicator"},
		"quarter":{"title":"季度","x-title-en":"Quarter","type":"string","pattern":"^(19|20)[0-9]{2}Q[1-4]$"}}`),
	"events/EventVoided.v1.json": schema("EventVoided", `"x-control":true,"required":["target_source","target_id","reason"],"properties":{`+controlProperties+`}`),
	"events/EventCorrected.v1.json": schema("EventCorrected", `"x-control":true,"required":["target_source","target_id","patch","reason"],"properties":{
		"patch":{"title":"更正","x-title-en":"Patch","type":"object"},
		"now":{"title":"新内容","x-title-en":"Now","type":"object"},`+controlProperties+`}`),
	"events/PeriodClosed.v1.json": schema("PeriodClosed", `"x-control":true,"required":["quarter","reason"],"properties":{
		"quarter":{"title":"季度","x-title-en":"Quarter","type":"string","pattern":"^(19|20)[0-9]{2}Q[1-4]$"},
		"cutoff":{"title":"截止","x-title-en":"Cut-off","type":"string","format":"date"},
		"reason":{"title":"原因","x-title-en":"Reason","type":"string","minLength":1,"maxLength":1000},
		"as_of":{"title":"实际截止","x-title-en":"As of","type":"string","format":"date"},
		"scorecard":{"title":"记分卡","x-title-en":"Scorecard","type":"object","additionalProperties":true},
		"position":{"title":"位置","x-title-en":"Position","type":"string"},
		"plan":{"title":"方案","x-title-en":"Plan","type":"string"}`+"}"),
	"events/PlanActivated.v1.json": schema("PlanActivated", `"x-control":true,"required":["hash","archive"],"properties":{
		"hash":{"title":"校验值","x-title-en":"Hash","type":"string"},"archive":{"title":"文件","x-title-en":"Files","type":"string"}}`),
}

const controlProperties = `
		"target_source":{"title":"来源","x-title-en":"Source","type":"string","minLength":1,"maxLength":512},
		"target_id":{"title":"编号","x-title-en":"Id","type":"string","minLength":1,"maxLength":512},
		"reason":{"title":"原因","x-title-en":"Reason","type":"string","minLength":1,"maxLength":1000},
		"target":{"title":"位置","x-title-en":"Target","type":"string"},
		"was":{"title":"原内容","x-title-en":"Was","type":"object"}`

func schema(name, rest string) *fstest.MapFile {
	return &fstest.MapFile{Data: fmt.Appendf(nil, `{"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"%s.v1",
		"title":"%s","x-title-en":"%s","description":"测试","x-description-en":"Test","x-day":{"zh":"日期","en":"Day"},
		"type":"object","additionalProperties":false,%s}`, name, name, name, rest)}
}

// training is an event of the test plan, as a script would send it; more is further attributes.
func training(id string, attendees int, more ...string) []byte {
	attributes := ""
	if id != "" {
		attributes = fmt.Sprintf(`,"id":%q`, id)
	}
	if len(more) > 0 {
		attributes += "," + strings.Join(more, ",")
	}
	return fmt.Appendf(nil, `{"specversion":"1.0","type":"TrainingHeld","time":"2018-02-28"%s,"data":{"attendees":%d}}`, attributes, attendees)
}

// emit sends events and ends the test if there is no receipt.
func (r *rig) emit(tb testing.TB, raw ...[]byte) intake.Receipt {
	tb.Helper()
	receipt, err := r.Emit(eventtest.Context(tb), intake.Request{Events: raw, By: access.Local})
	if err != nil {
		tb.Fatalf("Emit() failed: %v", err)
	}
	return receipt
}

func (r *rig) emitAtomic(tb testing.TB, raw ...[]byte) intake.Receipt {
	tb.Helper()
	receipt, err := r.Emit(eventtest.Context(tb), intake.Request{Events: raw, By: access.Local, Atomic: true})
	if err != nil {
		tb.Fatalf("Emit(atomic) failed: %v", err)
	}
	return receipt
}

// catchUp waits until the intake's reader has read the whole log.
func (r *rig) catchUp(tb testing.TB) {
	tb.Helper()
	if _, err := r.State.Await(eventtest.Context(tb), eventtest.MustEnd(tb, r.log)); err != nil {
		tb.Fatal(err)
	}
}

// statuses writes a receipt as "new 1-0, recorded 1-0, refused invalid".
func statuses(r intake.Receipt) string {
	var all []string
	for _, o := range r.Events {
		s := string(o.Status)
		if o.Refusal != nil {
			s += " " + o.Refusal.Code
		} else {
			s += " " + o.Position.String()
		}
		all = append(all, s)
	}
	return strings.Join(all, ", ")
}

// stored is everything in a log, by position, having checked that no event is in it twice.
func stored(tb testing.TB, log events.Log) map[string]events.Event {
	tb.Helper()
	all, keys := map[string]events.Event{}, map[events.Key]string{}
	for _, c := range eventtest.MustChain(tb, log) {
		lines, err := c.Lines()
		if err != nil {
			tb.Fatal(err)
		}
		for i, line := range lines {
			var s events.Stored
			if err := s.ParseLine(line); err != nil || !json.Valid(line) {
				tb.Fatalf("line %d of commit %d is no event: %v", i, c.Seq, err)
			}
			at := events.At(c.Seq, i).String()
			if first, twice := keys[s.Key()]; twice {
				tb.Errorf("(%s, %s) stands at %s and at %s", s.Source, s.ID, first, at)
			}
			keys[s.Key()], all[at] = at, s.Event()
		}
	}
	return all
}

// gate is a log whose appends wait until they are let through.
type gate struct {
	events.Log
	entered chan struct{} // one token for each append that waits
	pass    chan error    // nil: append; else fail with it
}

func newGate() *gate {
	return &gate{Log: memory(), entered: make(chan struct{}, 100), pass: make(chan error)}
}

func (g *gate) Append(ctx context.Context, head events.Head, id string, body []byte) (events.Commit, error) {
	g.entered <- struct{}{}
	select {
	case err := <-g.pass:
		if err != nil {
			return events.Commit{}, err
		}
		return g.Log.Append(ctx, head, id, body)
	case <-ctx.Done():
		return events.Commit{}, fmt.Errorf("%w: %w", events.ErrUnknown, context.Cause(ctx))
	}
}

func memory() *eventtest.Memory { return eventtest.NewMemory(func() time.Time { return today }) }
