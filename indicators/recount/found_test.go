package recount_test

import (
	"fmt"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections"
)

// story writes a log by hand: facts as day, unit, type and data; "void n" withdraws the nth line, from 0.
type story []record

func (s story) happens(day, org, typ string, data object) story {
	e := events.Event{Type: typ, Source: "kaohe:" + org, ID: fmt.Sprint(len(s)), Org: org, Schema: typ + ".v1", Time: midnight(day), Data: canonical(data)}
	return append(s, record{kind: "fact", event: e})
}

func (s story) voids(target int) story { return append(s, record{kind: "void", target: target}) }

// TestFound holds the fold against the recount where the random logs once found it wrong.
func TestFound(t *testing.T) {
	village := object{"village_id": "V1", "name": "那桑", "list": "poverty_13fyp", "action": "listed"}
	assigned := object{"envoy_id": "N1", "village_id": "V1"}
	for name, log := range map[string]story{
		"two units tell of one assignment, and the first withdraws it": story{}.
			happens("2018-01-01", "450703", "VillageListed", village).
			happens("2018-01-15", "450703", "EnvoyAssigned", assigned).
			happens("2018-01-15", "450702", "EnvoyAssigned", assigned).
			voids(1),
		"two units tell of one assignment, the later one of a longer one": story{}.
			happens("2018-01-01", "450703", "VillageListed", village).
			happens("2018-01-15", "450703", "EnvoyAssigned", object{"envoy_id": "N1", "village_id": "V1", "to": "2018-02-28"}).
			happens("2018-01-15", "450702", "EnvoyAssigned", assigned),
	} {
		t.Run(name, func(t *testing.T) {
			w := larger()
			versions(log)
			commits := written(log, together(log, 1))
			v, facts := folded(t, w, commits), live(flat(commits))
			for _, unit := range w.units {
				hold(t, w, v, facts, question{unit, date("2018-01-01"), date("2018-03-31")})
			}
		})
	}
}

// TestTermsThatEndInFebruary: three years from 29 February end with a February that has no such day (Civil Code, art. 202).
func TestTermsThatEndInFebruary(t *testing.T) {
	w := larger()
	log := story{}.
		happens("2016-02-29", "450703", "HighTechRecognized", object{"certificate_no": "GR1", "enterprise_id": "E1", "kind": "first"}).
		happens("2016-02-28", "450703", "HighTechRecognized", object{"certificate_no": "GR2", "enterprise_id": "E2", "kind": "first"})
	versions(log)
	commits := written(log, together(log, 1))
	v, facts := folded(t, w, commits), live(flat(commits))
	for _, day := range []string{"2018-02-27", "2018-02-28", "2018-03-01", "2019-02-27", "2019-02-28", "2019-03-01"} {
		hold(t, w, v, facts, question{"450703", quarterTo(date(day)).from, date(day)})
	}
}

// TestUnitsThatThePlanLacks: a plan that no longer has a unit leaves out its facts, those of them that were corrected to
// another unit excepted; and what was corrected to such a unit is no longer the other one's.
func TestUnitsThatThePlanLacks(t *testing.T) {
	for name, units := range map[string][2]string{
		"a fact of a unit that is gone is corrected to one that is there": {"450702", "450703"},
		"a fact is corrected to a unit that is gone":                      {"450703", "450702"},
	} {
		t.Run(name, func(t *testing.T) {
			w := asDelivered()
			log := story{}.happens("2018-01-15", units[0], "EnvoyTrainingHeld", object{"attendees": 27, "sessions": 2})
			log = append(log, record{kind: "correction", target: 0, patch: object{"org": units[1]}})
			versions(log)
			commits := written(log, together(log, 1))
			r := follow(t, projections.RunnerOptions{Log: logOf(t, commits), IDs: events.NewIDs(), Rules: w.plan.Rules()})
			defer r.stop(t)
			if _, err := r.Await(t.Context(), uint64(len(commits))); err != nil {
				t.Fatal(err)
			}
			<-r.CaughtUp()
			hold(t, w, r.View(), live(flat(commits)), question{"450703", date("2018-01-01"), date("2018-03-31")})
		})
	}
}
