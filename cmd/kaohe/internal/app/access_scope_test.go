package app_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// secret is in everything that the other unit has recorded: nobody else may read it.
const secret = "绝密"

// startNeighbours is a daemon whose two districts have recorded the same things: what one asks of the other can be asked of
// itself. where is the position of what has an id.
func startNeighbours(t *testing.T) (r *guardedRig, where map[string]string) {
	t.Helper()
	r, where = startGuarded(t), map[string]string{}
	for _, unit := range []struct{ by, org string }{{"qinbei", "450703"}, {"qinnan", "450702"}} {
		for _, e := range []struct{ id, event string }{
			{"training", fact("EnvoyTrainingHeld", unit.org, "training", `{"topic":"`+secret+`","attendees":30}`)},
			{"mistake", fact("EnvoyTrainingHeld", unit.org, "mistake", `{"topic":"`+secret+`","attendees":31}`)},
			{"target", target(unit.org, "target")},
			{"void", voiding(unit.org, "void", unit.org, "mistake")},
			{"closing", fact("PeriodClosed", unit.org, "closing", `{"quarter":"2018Q1","reason":"`+secret+`"}`)},
		} {
			where[unit.org+" "+e.id] = r.record(t, unit.by, e.event)
		}
	}
	return r, where
}

// TestTokensReachOnlyTheirUnits is a table of attempts of one district upon another. Each is made once more upon the district's
// own: what is refused there is refused because of the unit, and for nothing else.
func TestTokensReachOnlyTheirUnits(t *testing.T) {
	r, where := startNeighbours(t)
	post := func(event func(org string) string) func(string) (string, string, string) {
		return func(org string) (method, path, body string) { return http.MethodPost, "/v1/events", event(org) }
	}
	ask := func(path func(org string) string) func(string) (string, string, string) {
		return func(org string) (method, p, body string) { return http.MethodGet, path(org), "" }
	}
	for _, tt := range []struct {
		name    string
		request func(org string) (method, path, body string)
		status  int
		code    string
	}{
		{"record a fact", post(func(org string) string { return fact("EnvoyTrainingHeld", org, "x", `{"attendees":1}`) }), 403, "out_of_scope"},
		{"record a fact under its source", post(func(org string) string {
			return strings.Replace(fact("EnvoyTrainingHeld", "450703", "y", `{"attendees":1}`), "kaohe:450703", "kaohe:"+org+"/a", 1)
		}), 403, "out_of_scope"},
		{"report that nothing happened", post(func(org string) string {
			return fact("NilReported", org, "nil", `{"indicator":"conversions","quarter":"2018Q1"}`)
		}), 403, "out_of_scope"},
		{"set a target", post(func(org string) string { return target(org, "x2") }), 403, "out_of_scope"},
		{"set a reference value", post(func(org string) string {
			return fact("ReferenceValueSet", org, "ref", `{"key":"population_10k","value":"71"}`)
		}), 403, "out_of_scope"},
		{"correct a fact", post(func(org string) string {
			return correcting("450703", "c"+org, org, "training", `{"data":{"attendees":3}}`)
		}), 422, "unknown_target"},
		{"correct a fact in its name", post(func(org string) string {
			return correcting(org, "c2", org, "training", `{"data":{"attendees":4}}`)
		}), 403, "out_of_scope"},
		{"correct a target", post(func(org string) string {
			return correcting("450703", "c3"+org, org, "target", `{"data":{"value":"1"}}`)
		}), 422, "unknown_target"},
		{"move a fact of one's own there, or to a unit below", post(func(org string) string {
			return correcting("450703", "c4"+org, "450703", "training", `{"org":"`+strings.Replace(org, "450703", "450703.100", 1)+`"}`)
		}), 403, "out_of_scope"},
		{"void a void", post(func(org string) string { return voiding("450703", "v"+org, org, "void") }), 422, "unknown_target"},
		{"void a fact", post(func(org string) string { return voiding("450703", "v2"+org, org, "mistake") }), 422, "unknown_target"},
		{"void a target", post(func(org string) string { return voiding("450703", "v3"+org, org, "target") }), 422, "unknown_target"},
		{"close the quarter", post(func(org string) string {
			return fact("PeriodClosed", org, "closing2", `{"quarter":"2018Q1","reason":"again"}`)
		}), 403, "out_of_scope"},

		{"read the scorecard", ask(func(org string) string { return "/v1/scorecard?org=" + org }), 403, "out_of_scope"},
		{"read the scorecard of then", ask(func(org string) string { return "/v1/scorecard?known_at=3&org=" + org }), 403, "out_of_scope"},
		{"explain a figure", ask(func(org string) string { return "/v1/explain?indicator=envoy_trainings&org=" + org }), 403, "out_of_scope"},
		{"read the targets", ask(func(org string) string { return "/v1/targets?org=" + org }), 403, "out_of_scope"},
		{"read the targets below", ask(func(org string) string { return "/v1/targets?below=true&org=" + org }), 403, "out_of_scope"},
		{"read what became of published figures", ask(func(org string) string { return "/v1/restatement?quarter=2018Q1&org=" + org }), 403, "out_of_scope"},
		{"read a fact", ask(func(org string) string { return "/v1/events/" + where[org+" training"] }), 404, "no_event"},
		{"read a void", ask(func(org string) string { return "/v1/events/" + where[org+" void"] }), 404, "no_event"},
		{"read a target", ask(func(org string) string { return "/v1/events/" + where[org+" target"] }), 404, "no_event"},
		{"read a closing", ask(func(org string) string { return "/v1/events/" + where[org+" closing"] }), 404, "no_event"},
		{"read a fact by its id", ask(func(org string) string { return "/v1/events/by-id?source=kaohe:" + org + "&id=training" }), 404, "no_event"},
		{"read a void by its id", ask(func(org string) string { return "/v1/events/by-id?source=kaohe:" + org + "&id=void" }), 404, "no_event"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := r.commits(t)
			method, path, body := tt.request("450702")
			status, _, answer := r.send(t, "qinbei", method, path, body)
			if status != tt.status || code(t, answer) != tt.code {
				t.Errorf("another's: status %d, %s, want %d and %s", status, answer, tt.status, tt.code)
			}
			if strings.Contains(answer, secret) {
				t.Errorf("another's: it tells what the other has recorded: %s", answer)
			}
			if after := r.commits(t); after != before {
				t.Errorf("another's: something was recorded")
			}
			method, path, body = tt.request("450703")
			if status, _, answer := r.send(t, "qinbei", method, path, body); status != http.StatusOK {
				t.Errorf("one's own: status %d: %s", status, answer)
			}
		})
	}
	if n := r.metric(t, `kaohe_access_refused_total{ability="close",by="qinbei"}`); n != "1" {
		t.Errorf("denied closings are counted as %q, want 1", n)
	}
}

// TestHiddenEventsAreAsIfTheyWereNotThere: there is no difference between it and one that is not the asker's.
func TestHiddenEventsAreAsIfTheyWereNotThere(t *testing.T) {
	r, where := startNeighbours(t)
	at := where["450702 training"]
	_, _, hidden := r.send(t, "qinbei", http.MethodGet, "/v1/events/"+at, "")
	_, _, none := r.send(t, "qinbei", http.MethodGet, "/v1/events/99999-0", "")
	if strings.ReplaceAll(hidden, at, "P") != strings.ReplaceAll(none, "99999-0", "P") {
		t.Errorf("by position:\n%s\n%s", hidden, none)
	}
	_, _, hidden = r.send(t, "qinbei", http.MethodGet, "/v1/events/by-id?source=kaohe:450702&id=training", "")
	_, _, none = r.send(t, "qinbei", http.MethodGet, "/v1/events/by-id?source=kaohe:450702&id=missing!", "")
	if strings.ReplaceAll(hidden, "training", "I") != strings.ReplaceAll(none, "missing!", "I") {
		t.Errorf("by id:\n%s\n%s", hidden, none)
	}
}

// TestAbilities: each token may do what it was made for, and nothing else of its own unit either.
func TestAbilities(t *testing.T) {
	r := startGuarded(t)
	for _, tt := range []struct {
		by, method, path, body string
		status                 int
	}{
		{"script", "POST", "/v1/events", training("450703", "a"), 200},
		{"script", "POST", "/v1/events", target("450703", "b"), 403},
		{"script", "GET", "/v1/catalogue", "", 200},
		{"script", "GET", "/v1/scorecard", "", 403},
		{"script", "GET", "/v1/quarantine", "", 403},
		{"visitor", "POST", "/v1/events", training("450703", "a"), 403},
		{"visitor", "GET", "/v1/scorecard", "", 200},
		{"visitor", "GET", "/v1/quarantine", "", 403},
		{"visitor", "GET", "/metrics", "", 403},
		{"city", "GET", "/metrics", "", 403},
		{"city", "GET", "/v1/targets?below=true", "", 200},
		{"prometheus", "GET", "/metrics", "", 200},
		{"visitor", "GET", "/v1/backfill?from=2018-03-01", "", 403},
		{"city", "GET", "/v1/backfill?from=2018-03-01&org=450703", "", 403},
		{"prometheus", "GET", "/v1/backfill?from=2018-03-01", "", 200},
		{"prometheus", "GET", "/v1/quarantine", "", 200},
		{"prometheus", "POST", "/v1/events", training("450703", "a"), 403},
		{"admin", "POST", "/v1/events", training("450702", "a"), 200},
	} {
		if status, _, body := r.send(t, tt.by, tt.method, tt.path, tt.body); status != tt.status {
			t.Errorf("%s %s by %s: status %d, want %d: %s", tt.method, tt.path, tt.by, status, tt.status, body)
		}
	}
}

// TestOwnUnitIsMeant: who does not name a unit means its own, if the plan's default one is not for it to touch.
func TestOwnUnitIsMeant(t *testing.T) {
	r := startGuarded(t)
	for by, want := range map[string]string{"qinbei": "450703", "qinnan": "450702", "city": "450703", "admin": "450703"} {
		for _, path := range []string{"/v1/scorecard", "/v1/targets", "/v1/explain?indicator=conversions"} {
			var answer struct{ Org string }
			status, _, body := r.send(t, by, http.MethodGet, path, "")
			if err := json.Unmarshal([]byte(body), &answer); err != nil || answer.Org != want {
				t.Errorf("%s by %s: status %d, unit %s, want %s", path, by, status, answer.Org, want)
			}
		}
		var known struct {
			Default string `json:"default_org"`
		}
		_, _, body := r.send(t, by, http.MethodGet, "/v1/catalogue", "")
		if err := json.Unmarshal([]byte(body), &known); err != nil || known.Default != want {
			t.Errorf("catalogue for %s: default unit %s, want %s", by, known.Default, want)
		}
	}
}

// TestFiguresThatRestOnOthersEvents: a village of one's own that an envoy of another unit serves is covered. That an event does
// it is said, but not what that says.
func TestFiguresThatRestOnOthersEvents(t *testing.T) {
	r := startGuarded(t)
	r.record(t, "qinbei", fact("VillageListed", "450703", "v", `{"village_id":"v1","name":"村","list":"poverty_13fyp"}`))
	r.record(t, "qinbei", fact("PeriodClosed", "450703", "closing", `{"quarter":"2018Q1","reason":"r"}`))
	at := r.record(t, "qinnan", fact("EnvoyAssigned", "450702", "hidden-id", `{"envoy_id":"`+secret+`","village_id":"v1"}`))
	for _, tt := range []struct {
		path  string
		shows bool
	}{
		{"/v1/explain?indicator=envoy_coverage&quarter=2018Q1&org=450703", true},
		{"/v1/restatement?indicator=envoy_coverage&quarter=2018Q1&org=450703", false}, // says nothing of anybody's data
	} {
		path := tt.path + "&at_least=end"
		_, _, mine := r.send(t, "qinbei", http.MethodGet, path, "")
		_, _, all := r.send(t, "city", http.MethodGet, path, "")
		if !strings.Contains(mine, `"`+at+`"`) || strings.Contains(mine, secret) || strings.Contains(mine, "hidden-id") || strings.Contains(mine, "kaohe:450702") {
			t.Errorf("%s: one's own view lacks the position or tells too much:\n%s", tt.path, mine)
		}
		if !strings.Contains(all, "hidden-id") || strings.Contains(all, secret) != tt.shows {
			t.Errorf("%s: the city's view lacks the event:\n%s", tt.path, all)
		}
	}
}
