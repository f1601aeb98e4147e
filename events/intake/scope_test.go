package intake_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/intake"
)

// Who sends, in the tests of this file: two districts of one city.
var (
	qinbei   = access.Principal{Name: "qinbei", Org: "450703", Can: access.All}
	qinnan   = access.Principal{Name: "qinnan", Org: "450702", Can: access.All}
	city     = access.Principal{Name: "city", Org: "450700", Can: access.All}
	emitter  = access.Principal{Name: "script", Org: "450703", Can: access.Emit}
	targeter = access.Principal{Name: "boss", Org: "450703", Can: access.Target}
	viewer   = access.Principal{Name: "visitor", Org: "450703", Can: access.Read}
	emitAll  = access.Principal{Name: "import", Org: access.Everywhere, Can: access.Emit}
	stranger = access.Principal{Name: "gone", Org: "110000", Can: access.All}
)

// districts is a tree with two units below the city.
func districts(o *intake.Options) {
	o.Orgs, _ = events.NewOrgs([]events.Org{{Code: "450000"}, {Code: "450700", Parent: "450000"}, {Code: "450703", Parent: "450700"}, {Code: "450702", Parent: "450700"}})
}

// happening is an event as somebody sends it.
func happening(typ, org, id, data string, more ...string) []byte {
	attributes := strings.Join(more, "")
	for _, a := range [][2]string{{"org", org}, {"id", id}} {
		if a[1] != "" {
			attributes += fmt.Sprintf(`,%q:%q`, a[0], a[1])
		}
	}
	return fmt.Appendf(nil, `{"specversion":"1.0","type":%q,"time":"2018-03-31"%s,"data":%s}`, typ, attributes, data)
}

func held(org, id string, more ...string) []byte {
	return happening("TrainingHeld", org, id, `{"attendees":30,"topic":"very private"}`, more...)
}

func goal(org, id string) []byte {
	return happening("TargetSet", org, id, `{"indicator":"hightech_firms"}`)
}

// about is a void or correction at an org of an event of the default source of another.
func about(typ, org, id, targetOrg, target, patch string) []byte {
	if patch != "" {
		patch = `,"patch":` + patch
	}
	return happening(typ, org, id, fmt.Sprintf(`{"target_source":"kaohe:%s","target_id":%q,"reason":"r"%s}`, targetOrg, target, patch))
}

func voids(org, id, targetOrg, target string) []byte {
	return about("EventVoided", org, id, targetOrg, target, "")
}

func corrects(org, id, targetOrg, target, patch string) []byte {
	return about("EventCorrected", org, id, targetOrg, target, patch)
}

// scoped is an intake whose log has facts, targets and voids of both districts.
func scoped(t *testing.T) *rig {
	t.Helper()
	r := start(t, memory(), closes, districts)
	receipt := r.emit(t, held("450703", "ours"), held("450702", "theirs"), goal("450703", "our goal"), goal("450702", "their goal"),
		held("450703", "ours, gone"), held("450702", "theirs, gone"), held("450703", "ours, gone by the city"),
		voids("450703", "our void", "450703", "ours, gone"), voids("450702", "their void", "450702", "theirs, gone"),
		voids("450700", "the city's void", "450703", "ours, gone by the city"),
		held("450703", "moved away"), corrects("450700", "move", "450703", "moved away", `{"org":"450702"}`),
		happening("FirmRecognized", "450702", "", `{"firm":"very private","certificate_no":"GR1"}`, `,"source":"urn:x"`, `,"id":"common"`),
	)
	if fresh, _, _ := receipt.Counts(); fresh != len(receipt.Events) {
		t.Fatalf("what stands before: %s", statuses(receipt))
	}
	return r
}

func (r *rig) emitBy(tb testing.TB, by access.Principal, raw ...[]byte) (intake.Receipt, []access.Denial) {
	tb.Helper()
	var denied []access.Denial
	ctx := access.WithReport(eventtest.Context(tb), func(d access.Denial) { denied = append(denied, d) })
	receipt, err := r.Emit(ctx, intake.Request{Events: raw, By: by})
	if err != nil {
		tb.Fatalf("Emit() failed: %v", err)
	}
	return receipt, denied
}

// TestWhoMayRecordWhat: each attempt upon another unit has a twin upon one's own.
func TestWhoMayRecordWhat(t *testing.T) {
	quarter := `{"quarter":"2018Q1","reason":"r"}`
	for _, tt := range []struct {
		name   string
		by     access.Principal
		raw    []byte
		want   string // new, or the code of the refusal
		denied string // what the door is told
	}{
		{"a fact of one's own", qinbei, held("450703", "x"), "new", ""},
		{"a fact of another unit", qinbei, held("450702", "x"), "out_of_scope", "emit 450702"},
		{"a fact of the unit above", qinbei, held("450700", "x"), "out_of_scope", "emit 450700"},
		{"a fact of a unit below", city, held("450702", "x"), "new", ""},
		{"a fact of a unit that there is not", qinbei, held("999999", "x"), "invalid", ""},
		{"a fact by who may not emit", viewer, held("450703", "x"), "out_of_scope", "emit 450703"},
		{"a fact by who may set targets", targeter, held("450703", "x"), "out_of_scope", "emit 450703"},
		{"a fact by nobody", access.Principal{}, held("450703", "x"), "out_of_scope", "emit 450703"},
		{"a fact of no unit by nobody", access.Principal{}, held("", "x"), "out_of_scope", "emit "},
		{"a fact of a unit that there is not by nobody", access.Principal{}, held("999999", "x"), "out_of_scope", "emit "},
		{"a fact by the token of a unit that the plan lacks", stranger, held("", "x"), "invalid", ""},
		{"a fact that is wrong in other ways, too", qinbei, happening("TrainingHeld", "450702", "x", `{"attendees":-1}`), "out_of_scope", "emit 450702"},

		{"under one's own source", qinbei, held("", "x", `,"source":"kaohe:450703/script"`), "new", ""},
		{"under the source of another unit", qinbei, held("", "x", `,"source":"kaohe:450702"`), "out_of_scope", "emit 450702"},
		{"under a source below that of another unit", qinbei, held("", "x", `,"source":"kaohe:450702/script"`), "out_of_scope", "emit 450702"},
		{"under the source of another unit in capitals", qinbei, held("", "x", `,"source":"KAOHE:450702?a"`), "out_of_scope", "emit 450702"},
		{"under a source of no unit", qinbei, held("", "x", `,"source":"kaohe:demo"`), "out_of_scope", "emit demo"},
		{"under a source of one's choice", qinbei, held("", "x", `,"source":"urn:script:patents"`), "new", ""},
		{"under the source of the unit below", city, held("450700", "x", `,"source":"kaohe:450702"`), "new", ""},

		{"a nil report of one's own", emitter, happening("NilReported", "450703", "", `{"indicator":"hightech_firms","quarter":"2018Q1"}`), "new", ""},
		{"a nil report of another unit", emitter, happening("NilReported", "450702", "", `{"indicator":"hightech_firms","quarter":"2018Q1"}`), "out_of_scope", "emit 450702"},

		{"a target of one's own", targeter, goal("450703", "x"), "new", ""},
		{"a target of another unit", targeter, goal("450702", "x"), "out_of_scope", "target 450702"},
		{"a target by who may emit", emitter, goal("450703", "x"), "out_of_scope", "target 450703"},

		{"closing one's own quarter", qinbei, happening("PeriodClosed", "450703", "", quarter), "new", ""},
		{"closing another's quarter", qinbei, happening("PeriodClosed", "450702", "", quarter), "out_of_scope", "close 450702"},
		{"closing the quarter of the unit above", qinbei, happening("PeriodClosed", "450700", "", quarter), "out_of_scope", "close 450700"},
		{"closing by who may emit", emitter, happening("PeriodClosed", "450703", "", quarter), "out_of_scope", "close 450703"},

		{"voiding one's own fact", emitter, voids("", "x", "450703", "ours"), "new", ""},
		{"voiding another's fact", emitter, voids("", "x", "450702", "theirs"), "unknown_target", "emit 450702"},
		{"voiding what is not there", emitter, voids("", "x", "450702", "nothing"), "unknown_target", ""},
		{"voiding one's own fact in another's name", qinbei, voids("450702", "x", "450703", "ours"), "out_of_scope", "target 450702"},
		{"voiding by who may only read", viewer, voids("", "x", "450703", "ours"), "out_of_scope", "emit 450703"},
		{"voiding a fact by who may set targets", targeter, voids("", "x", "450703", "ours"), "out_of_scope", "emit 450703"},
		{"voiding one's own target", targeter, voids("", "x", "450703", "our goal"), "new", ""},
		{"voiding another's target", targeter, voids("", "x", "450702", "their goal"), "unknown_target", "target 450702"},
		{"voiding a target by who may emit", emitter, voids("", "x", "450703", "our goal"), "out_of_scope", "target 450703"},
		{"voiding anybody's target by who may emit everywhere", emitAll, voids("", "x", "450702", "their goal"), "out_of_scope", "target 450702"},
		{"voiding anybody's fact by who may emit everywhere", emitAll, voids("", "x", "450702", "theirs"), "new", ""},

		{"voiding one's own void", emitter, voids("", "x", "450703", "our void"), "new", ""},
		{"voiding another's void", emitter, voids("", "x", "450702", "their void"), "unknown_target", "emit 450702"},
		{"voiding the city's void of one's own fact", emitter, voids("", "x", "450700", "the city's void"), "unknown_target", "emit 450700"},
		{"the city voids it", city, voids("", "x", "450700", "the city's void"), "new", ""},

		{"correcting one's own fact", emitter, corrects("", "x", "450703", "ours", `{"data":{"attendees":1}}`), "new", ""},
		{"correcting another's fact", emitter, corrects("", "x", "450702", "theirs", `{"data":{"attendees":1}}`), "unknown_target", "emit 450702"},
		{"taking another's fact over", emitter, corrects("", "x", "450702", "theirs", `{"org":"450703"}`), "unknown_target", "emit 450702"},
		{"giving one's own fact away", emitter, corrects("", "x", "450703", "ours", `{"org":"450702"}`), "out_of_scope", "emit 450702"},
		{"the city moves a fact", city, corrects("", "x", "450703", "ours", `{"org":"450702"}`), "new", ""},
		{"correcting one's own target", targeter, corrects("", "x", "450703", "our goal", `{"data":{"indicator":"envoy_trainings"}}`), "new", ""},
		{"correcting a target by who may emit", emitter, corrects("", "x", "450703", "our goal", `{"data":{"indicator":"envoy_trainings"}}`), "out_of_scope", "target 450703"},
		{"correcting what was moved away", qinbei, corrects("", "x", "450703", "moved away", `{"data":{"attendees":1}}`), "unknown_target", "emit 450702"},
		{"correcting what was moved here", qinnan, corrects("", "x", "450703", "moved away", `{"data":{"attendees":1}}`), "new", ""},
		{"a void of what cannot be voided, of one's own", qinbei, voids("", "x", "450703", "x"), "unknown_target", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := scoped(t)
			before := len(stored(t, r.log))
			receipt, denials := r.emitBy(t, tt.by, tt.raw)
			o, got := receipt.Events[0], string(receipt.Events[0].Status)
			if o.Refusal != nil {
				got = o.Refusal.Code
			}
			var denied []string
			for _, d := range denials {
				denied = append(denied, d.Ability.String()+" "+d.Org)
				if d.By != tt.by.Name {
					t.Errorf("denied to %q, want %q", d.By, tt.by.Name)
				}
			}
			if got != tt.want || strings.Join(denied, ", ") != tt.denied {
				t.Errorf("%s, denied %q, want %s, %q; %+v", got, denied, tt.want, tt.denied, o.Refusal)
			}
			if o.Refusal != nil && strings.Contains(fmt.Sprint(o.Refusal), "private") {
				t.Errorf("the refusal shows what others have recorded: %v", o.Refusal)
			}
			if after := len(stored(t, r.log)); (after > before) != (tt.want == "new") {
				t.Errorf("%d events before, %d after", before, after)
			}
			if tt.want != "new" {
				dry, err := r.Emit(eventtest.Context(t), intake.Request{Events: [][]byte{tt.raw}, By: tt.by, DryRun: true})
				if err != nil || dry.Events[0].Refusal == nil || dry.Events[0].Refusal.Code != tt.want {
					t.Errorf("a dry run: %s, %v, want %s", statuses(dry), err, tt.want)
				}
			}
		})
	}
}

// What is not the sender's cannot be told from what is not there.
func TestOthersTargetsAreAsIfTheyWereNotThere(t *testing.T) {
	r := scoped(t)
	receipt, _ := r.emitBy(t, qinbei, voids("", "x", "450702", "theirs"), voids("", "x", "450702", "nothing at all"), voids("", "x", "450702", "theirs, gone"))
	var texts []string
	for _, o := range receipt.Events {
		texts = append(texts, strings.NewReplacer("theirs, gone", "ID", "theirs", "ID", "nothing at all", "ID").Replace(fmt.Sprint(o.Refusal, o.Position)))
	}
	if len(slices.Compact(texts)) != 1 {
		t.Errorf("they differ:\n%s", strings.Join(texts, "\n"))
	}
}

func TestUnitOfEventsThatNameNone(t *testing.T) {
	for _, tt := range []struct {
		by   access.Principal
		want string
	}{{access.Local, "450703"}, {qinbei, "450703"}, {city, "450703"}, {qinnan, "450702"}, {emitAll, "450703"}} {
		r := start(t, memory(), districts)
		r.emitBy(t, tt.by, held("", "x"))
		if e := stored(t, r.log)["1-0"]; e.Org != tt.want || e.Principal != tt.by.Name || e.Source != "kaohe:"+tt.want {
			t.Errorf("by %q: org %s, principal %q, source %s, want %s", tt.by.Name, e.Org, e.Principal, e.Source, tt.want)
		}
	}
}

// TestPrincipalIsNoPartOfTheFact: two who send the same have recorded it once, with or without an id.
func TestPrincipalIsNoPartOfTheFact(t *testing.T) {
	for _, raw := range [][]byte{held("450703", "x"), held("450703", ""), happening("FirmRecognized", "450703", "", `{"firm":"f","certificate_no":"c"}`)} {
		r := start(t, memory(), districts)
		first, _ := r.emitBy(t, qinbei, raw)
		for _, by := range []access.Principal{city, emitter, access.Local} {
			again, denied := r.emitBy(t, by, raw)
			if statuses(first) != "new 1-0" || statuses(again) != "recorded 1-0" || len(denied) > 0 {
				t.Errorf("%s: %s by %s, then %s by %q", raw, statuses(first), qinbei.Name, statuses(again), by.Name)
			}
		}
		if e := stored(t, r.log)["1-0"]; e.Principal != qinbei.Name {
			t.Errorf("recorded by %q, want by who was first", e.Principal)
		}
	}
}

// TestConflictShowsOnlyWhatOneMayRead: an id that another unit has is taken, and nothing else is said.
func TestConflictShowsOnlyWhatOneMayRead(t *testing.T) {
	const common = `,"source":"urn:x","id":"common"`
	for _, tt := range []struct {
		name  string
		by    access.Principal
		raw   []byte
		shows bool
	}{
		{"another's event", qinbei, held("450703", "", common), false},
		{"one's own", qinnan, held("450702", "", common), true},
		{"one below", city, held("450703", "", common), true},
		{"one's own, but one may not read", access.Principal{Name: "script", Org: "450702", Can: access.Emit}, held("450702", "", common), false},
		{"on this machine", access.Local, held("450703", "", common), true},
		{"the void of another's event, by a source of all", qinbei, happening("TrainingHeld", "450703", "", `{"attendees":3}`, `,"source":"urn:y","id":"v"`), false},
		{"the void of one's own event, by a source of all", qinnan, happening("TrainingHeld", "450702", "", `{"attendees":3}`, `,"source":"urn:y","id":"v"`), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := scoped(t)
			r.emitBy(t, qinnan, happening("EventVoided", "450702", "", `{"target_source":"kaohe:450702","target_id":"theirs","reason":"very private"}`, `,"source":"urn:y","id":"v"`))
			receipt, _ := r.emitBy(t, tt.by, tt.raw)
			refusal := receipt.Events[0].Refusal
			if refusal == nil || refusal.Code != intake.CodeConflict {
				t.Fatalf("%s, want id_conflict", statuses(receipt))
			}
			shown, placed := strings.Contains(fmt.Sprint(refusal), "private") && len(refusal.Faults) > 0, receipt.Events[0].Position != 0
			if shown != tt.shows || placed != tt.shows {
				t.Errorf("shows its fields: %t, where it stands: %t, want %t: %v", shown, placed, tt.shows, refusal)
			}
		})
	}
}

func TestVoidedIdOfOthersSaysNothing(t *testing.T) {
	r := scoped(t)
	r.emitBy(t, qinnan, happening("EventVoided", "", "", `{"target_source":"urn:x","target_id":"common","reason":"r"}`))
	mine, _ := r.emitBy(t, qinbei, held("450703", "", `,"source":"urn:x","id":"common"`))
	theirs, _ := r.emitBy(t, qinnan, held("450702", "", `,"source":"urn:x","id":"common"`))
	if m, h := mine.Events[0].Refusal.Text.EN, theirs.Events[0].Refusal.Code; m != "another event has id common of source urn:x; use another id" || h != intake.CodeVoided {
		t.Errorf("another's voided id: %s, one's own: %s, want a conflict and voided", m, h)
	}
}

// TestScopeOfAtomicRequests: one event of another unit, and nothing is recorded.
func TestScopeOfAtomicRequests(t *testing.T) {
	r := start(t, memory(), districts)
	receipt, err := r.Emit(eventtest.Context(t), intake.Request{By: qinbei, Atomic: true, Events: [][]byte{held("450703", "a"), held("450702", "b")}})
	if err != nil || statuses(receipt) != "refused not_committed, refused out_of_scope" {
		t.Errorf("%s, %v", statuses(receipt), err)
	}
	if n := r.refusedFor(t, "out_of_scope"); n != 1 {
		t.Errorf("kaohe_intake_refused_total{reason=out_of_scope} = %v, want 1", n)
	}
}

// refusedFor returns how many events were refused for a reason, as it is counted.
func (r *rig) refusedFor(tb testing.TB, reason string) float64 {
	tb.Helper()
	families, err := r.registry.Gather()
	if err != nil {
		tb.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == "kaohe_intake_refused_total" && m.GetLabel()[0].GetValue() == reason {
				return m.GetCounter().GetValue()
			}
		}
	}
	return 0
}

// A chain of voids ends somewhere for those who may not void anything anywhere.
func TestLongChainsOfVoids(t *testing.T) {
	r := start(t, memory(), districts)
	r.emit(t, held("450703", "0"))
	for i := 1; i <= 20; i++ {
		r.emit(t, voids("450703", fmt.Sprint(i), "450703", fmt.Sprint(i-1)))
	}
	for _, tt := range []struct {
		by   access.Principal
		want string
	}{{qinbei, "refused unknown_target"}, {emitAll, "refused out_of_scope"}, {access.Local, "new 22-0"}} {
		if receipt, _ := r.emitBy(t, tt.by, voids("450703", "x", "450703", "20")); statuses(receipt) != tt.want {
			t.Errorf("by %q: %s, want %s", tt.by.Name, statuses(receipt), tt.want)
		}
	}
}

// In a dry run a control event may be about an event of the same request.
func TestScopeOfRehearsedCorrections(t *testing.T) {
	r := start(t, memory(), districts)
	for org, want := range map[string]string{"450702": "out_of_scope", "450703": "no_change"} {
		receipt, err := r.Emit(eventtest.Context(t), intake.Request{By: qinbei, DryRun: true, Events: [][]byte{
			held("450703", "a"), corrects("450703", "c", "450703", "a", `{"org":"`+org+`"}`)}})
		if err != nil || receipt.Events[1].Refusal == nil || receipt.Events[1].Refusal.Code != want {
			t.Errorf("to %s: %s, %v, want %s", org, statuses(receipt), err, want)
		}
	}
}

func TestDenialsReachNobodyWithoutADoor(t *testing.T) {
	r := start(t, memory(), districts)
	if receipt, err := r.Emit(context.Background(), intake.Request{Events: [][]byte{held("450702", "x")}, By: qinbei}); err != nil || statuses(receipt) != "refused out_of_scope" {
		t.Errorf("%s, %v", statuses(receipt), err)
	}
}
