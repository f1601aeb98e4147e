package recount_test

import (
	"bytes"
	"encoding/json"
	"reflect"

	"github.com/kaohe/kaohe/events"
)

// versions works out, in the order of the log, which version of its target each void meets, and which one each correction
// meets and leaves.
func versions(log []record) {
	now := make([]events.Event, len(log))
	for i := range log {
		now[i] = log[i].event
	}
	for i := range log {
		r := &log[i]
		if r.acts() && r.kind != "again" {
			r.was = now[r.target]
		}
		if r.kind == "correction" {
			r.now = corrected(r.was, r.patch)
			now[r.target] = r.now
		}
	}
}

// drawPatches draws what each correction changes.
func (d *drawer) drawPatches(log []record) {
	now := make([]events.Event, len(log))
	for i := range log {
		now[i] = log[i].event
	}
	for i := range log {
		if r := &log[i]; r.kind == "correction" {
			r.patch = d.patch(now[r.target])
			now[r.target] = corrected(now[r.target], r.patch)
		}
	}
}

// corrected returns an event with a patch applied.
func corrected(e events.Event, patch object) events.Event {
	document := object{"time": e.Time, "org": e.Org, "data": unmarshalled(e.Data)}
	now := merged(document, patch).(object)
	e.Time, e.Org, e.Data = now["time"].(string), now["org"].(string), canonical(now["data"].(object))
	return e
}

// patch draws what makes another version of a fact, valid as the first one is.
func (d *drawer) patch(e events.Event) object {
	patch := object{}
	what := one(d.t, "corrected", "data", "org", "day", "all")
	if what == "data" || what == "all" {
		now := canonical(unknownAsOne(drawData[e.Type](d)))
		patch["data"] = difference(unmarshalled(e.Data), unmarshalled(now))
	}
	if what == "day" || what == "all" {
		patch["time"] = midnight(d.day())
	}
	if what == "org" || what == "all" {
		patch["org"] = pick(d, d.units...)
	}
	return patch
}

// unknownAsOne returns data with a count of 1 where it is not known: a merge patch cannot set null. Where several are named
// the count is left out, which says as much.
func unknownAsOne(data object) object {
	if n, given := data["count"]; given && n == nil {
		if data["count"] = 1; data["entities"] != nil {
			data["count"] = len(data["entities"].([]any))
		}
	}
	return data
}

func unmarshalled(data []byte) object {
	var o object
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&o); err != nil {
		panic(err)
	}
	return o
}

// difference is the merge patch that makes one object of another (RFC 7386).
func difference(was, now object) object {
	patch := object{}
	for field := range was {
		if _, stays := now[field]; !stays {
			patch[field] = nil
		}
	}
	for field, value := range now {
		if old, there := was[field]; !there || !reflect.DeepEqual(old, value) {
			patch[field] = value
		}
	}
	return patch
}
