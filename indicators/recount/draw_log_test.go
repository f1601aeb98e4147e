package recount_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events"
)

// record is one entry of a log that is drawn. What it is about stands at target, an index into the log, which may lie behind
// it: a control event may come first.
type record struct {
	kind   string       // fact, void, correction, again, nil, closed, plan; none for what is not there
	event  events.Event // of all but the control events that act upon others
	target int          // of void, correction and again
	patch  object       // of a correction
	// was is the version of the target that a void or correction meets, now the one that a correction leaves.
	was, now events.Event
}

// groups are types whose events act upon each other. At least half of a log's facts are of one group.
var groups = [][]string{
	{"PatentGranted", "PatentGranted", "PatentLapsed"}, {"HighTechRecognized", "HighTechRecognized", "HighTechRevoked"},
	{"CarrierStageChanged"}, {"VillageListed", "EnvoyAssigned", "EnvoyReleased"}, {"ProjectSubmitted", "ProjectStageChanged"},
	{"SubsidyApplied", "SubsidyDecided", "SubsidyDisbursed"}, {"HighTechApplied", "EnterpriseIncubated", "TechSmeListed"},
	{"EnvoyServiceRecorded", "EnvoyTrainingHeld"}, {"ReferenceValueSet"}, {"TargetSet"}, {"TechContractRegistered", "AchievementConverted"},
	{"PatentFiled", "OutreachHeld", "EnterpriseVisited", "TenantMoved"}, {"PatentGranted"}, {"EnvoyServiceRecorded"},
}

// longGroups are types of which there are many in some logs.
var longGroups = [][]string{
	{"EnterpriseVisited"}, {"EnvoyTrainingHeld"}, {"HighTechRecognized", "HighTechRecognized", "HighTechRecognized", "HighTechRevoked"},
	{"HighTechApplied"}, {"SubsidyApplied"},
}

// fewDays are days on which something begins or ends; manyDays are all of two years.
var fewDays, manyDays = func() (few, many []string) {
	few = []string{"2015-01-01", "2015-03-31", "2015-07-01", "2015-12-31", "2016-01-01", "2016-02-29", "2016-02-29", "2017-06-30", "2017-10-01", "2017-12-31"}
	for m := time.January; m <= time.December; m++ {
		for _, day := range []int{1, 15, 31} {
			d := time.Date(2018, m, min(day, time.Date(2018, m+1, 0, 0, 0, 0, 0, time.UTC).Day()), 0, 0, 0, 0, time.UTC)
			few = append(few, d.Format(time.DateOnly))
		}
	}
	for d := date("2017-01-01"); d.Year() < 2019; d = d.AddDate(0, 0, 1) {
		many = append(many, d.Format(time.DateOnly))
	}
	return few, many
}()

// kinds of records, by how frequent they are. The first is what a log shrinks to.
var kinds = func() (list []string) {
	for _, k := range []struct {
		kind string
		n    int
	}{{"none", 2}, {"fact", 68}, {"void", 11}, {"correction", 11}, {"nil", 3}, {"again", 3}, {"closed", 1}} {
		for range k.n {
			list = append(list, k.kind)
		}
	}
	return list
}()

// logSize is how many events a log has, less the few that are not there.
const logSize = 200

// newDrawer returns a drawer for the units of a tree.
func newDrawer(t *rapid.T, units []string) *drawer {
	d := &drawer{t: t, units: units, days: fewDays, spread: 1}
	for range 6 {
		d.ids = append(d.ids, one(t, "indicator", delivered(nil).written().indicators...).id)
	}
	group, often := one(t, "group", groups...), 1
	if d.seldom() { // many days and names of few types make long series
		group, often = one(t, "long group", longGroups...), 9
		d.days, d.spread = manyDays, 20
	}
	d.types = append(d.types, businessTypes...)
	for range often * len(businessTypes) / len(group) {
		d.types = append(d.types, group...)
	}
	return d
}

// drawLog draws a log. Its versions are worked out from the patches, in the order of the log.
func drawLog(t *rapid.T, units []string, size int) []record {
	d := newDrawer(t, units)
	log := make([]record, size)
	for i := range log {
		log[i].kind = one(t, "kind", kinds...)
		switch log[i].kind {
		case "fact":
			typ := one(t, "type", d.types...)
			log[i].event = d.event(i, typ, drawData[typ](d))
		case "nil":
			log[i].event = d.event(i, "NilReported", d.nilReport())
		case "closed":
			log[i].event = d.event(i, "PeriodClosed", object{"quarter": pick(d, "2018Q1", "2018Q2"), "reason": "报送"})
		}
	}
	for i := range log {
		if log[i].acts() {
			log[i].target = d.target(log, i)
		}
	}
	log = sound(log)
	d.drawPatches(log)
	versions(log)
	return log
}

// target draws what a control event acts upon: most often something that stands before it, and often what another one acts
// upon already, or that one itself.
func (d *drawer) target(log []record, i int) int {
	target := one(d.t, "target", places[:len(log)]...)
	if i > 0 && target > i && target%3 > 0 {
		target = one(d.t, "target before", places[:i]...)
	}
	if d.maybe() {
		return target
	}
	for j := i - 1; j > 0 && j > i-40; j-- {
		if log[j].acts() && log[j].kind != "again" && d.maybe() {
			if log[j].kind == log[i].kind && log[i].kind == "void" && d.maybe() {
				return j
			}
			return log[j].target
		}
	}
	return target
}

func (d *drawer) event(i int, typ string, data object) events.Event {
	e := events.Event{Type: typ, Source: "kaohe:" + d.units[i%2], ID: fmt.Sprintf("编号 %d", i), Org: pick(d, d.units...), Schema: typ + ".v1"}
	e.Time, e.Data = midnight(d.day()), canonical(data)
	return e
}

func midnight(day string) string { return day + "T00:00:00+08:00" }

// canonical writes an object as the log keeps it: members sorted, nothing escaped without need.
func canonical(o object) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(o); err != nil {
		panic(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'})
}

// sound strikes out what no intake would write: control events about nothing, about other control events than voids, or,
// through others, about themselves; and repeats of what is still to come. It closes the gaps.
func sound(log []record) []record {
	place, kept := make([]int, len(log)), []record(nil)
	for i := range log {
		if !log[i].standsIn(log, i) {
			log[i].kind = "none"
		}
	}
	for again := true; again; { // what is about something struck out goes, too
		again = false
		for i := range log {
			if log[i].acts() && log[log[i].target].kind == "none" {
				log[i].kind, again = "none", true
			}
		}
	}
	for i, r := range log {
		if place[i] = len(kept); r.kind != "none" {
			kept = append(kept, r)
		}
	}
	for i := range kept {
		if kept[i].acts() {
			kept[i].target = place[kept[i].target]
		}
	}
	return kept
}

// acts reports whether the record is about another one.
func (r *record) acts() bool { return r.kind == "void" || r.kind == "correction" || r.kind == "again" }

func (r *record) standsIn(log []record, i int) bool {
	to := &log[r.target]
	switch r.kind {
	case "correction":
		return to.kind == "fact"
	case "again":
		return r.target < i && to.kind != "again" && to.kind != "none"
	case "void":
		at := r.target
		for range log {
			if log[at].kind != "void" {
				break
			}
			at = log[at].target
		}
		return log[at].kind == "fact"
	}
	return true
}
