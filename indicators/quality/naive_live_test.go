package quality_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kaohe/kaohe/events"
)

// The naive checks: they look at all live events for every question, compare each with each, keep nothing, and share no code with the
// package: data is what encoding/json makes of it, days are time.Time, amounts float-free integers of fen read by Sscanf.

// live is an event that counts, in the version in force.
type live struct {
	typ, org, source string
	day              time.Time
	data             map[string]any
	n                int // place in the log, from 0
}

func (l *live) str(field string) string { s, _ := l.data[field].(string); return s }

func (l *live) num(field string, absent int64) int64 {
	n, ok := l.data[field].(json.Number)
	if !ok {
		return absent
	}
	i, _ := n.Int64()
	return i
}

// fen is an amount, -1 if there is none.
func (l *live) fen(field string) int64 {
	var yuan, fen int64
	if n, _ := fmt.Sscanf(l.str(field), "%d.%02d", &yuan, &fen); n != 2 {
		return -1
	}
	return yuan*100 + fen
}

func (l *live) date(field string) (time.Time, bool) {
	t, err := time.Parse("2006-01-02", l.str(field))
	return t, err == nil
}

func (l *live) entities() (list []map[string]any) {
	all, _ := l.data["entities"].([]any)
	for _, e := range all {
		list = append(list, e.(map[string]any))
	}
	return list
}

func textOf(m map[string]any, field string) string { s, _ := m[field].(string); return s }

// parents is the tree of the tests.
var parents = map[string]string{"450700": "450000", "450703": "450700", "450702": "450700", "450000": "", "440000": ""}

func pathOf(org string) (path []string) {
	for ; org != ""; org = parents[org] {
		path = append(path, org)
	}
	return path
}

// common is the lowest unit above all, or "".
func common(orgs ...string) string {
	for _, above := range pathOf(orgs[0]) {
		all := true
		for _, o := range orgs {
			all = all && slices.Contains(pathOf(o), above)
		}
		if all {
			return above
		}
	}
	return ""
}

// liveEvents goes through a log of events, and returns those that count.
func liveEvents(log []events.Event) (list []*live) {
	type key struct{ source, id string }
	first := map[key]int{}
	for i, e := range log {
		if _, twice := first[key{e.Source, e.ID}]; !twice {
			first[key{e.Source, e.ID}] = i
		}
	}
	voids, patches := map[key][]key{}, map[key][]map[string]any{}
	for i, e := range log {
		if first[key{e.Source, e.ID}] != i || e.Type != "EventVoided" && e.Type != "EventCorrected" {
			continue
		}
		data := decoded(e.Data)
		target := key{textOf(data, "target_source"), textOf(data, "target_id")}
		if e.Type == "EventVoided" {
			voids[target] = append(voids[target], key{e.Source, e.ID})
		} else {
			patches[target] = append(patches[target], data["patch"].(map[string]any))
		}
	}
	var dead func(k key) bool
	dead = func(k key) bool {
		return slices.ContainsFunc(voids[k], func(v key) bool { return !dead(v) })
	}
	for i, e := range log {
		k := key{e.Source, e.ID}
		if first[k] != i || e.Type == "EventVoided" || e.Type == "EventCorrected" || dead(k) {
			continue
		}
		l := &live{typ: e.Type, source: e.Source, n: i}
		version := map[string]any{"time": e.Time, "org": e.Org, "data": any(decoded(e.Data))}
		for _, p := range patches[k] {
			version = merged(version, p).(map[string]any)
		}
		l.org, l.data = version["org"].(string), version["data"].(map[string]any)
		l.day, _ = time.Parse("2006-01-02", version["time"].(string)[:10])
		if _, known := parents[l.org]; known {
			list = append(list, l)
		}
	}
	return list
}

func decoded(data []byte) map[string]any {
	var m map[string]any
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.UseNumber()
	if err := d.Decode(&m); err != nil {
		panic(err)
	}
	return m
}

// merged is RFC 7386.
func merged(target any, patch any) any {
	p, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	t, ok := target.(map[string]any)
	if !ok {
		t = map[string]any{}
	}
	t = maps.Clone(t)
	for name, v := range p {
		if v == nil {
			delete(t, name)
		} else {
			t[name] = merged(t[name], v)
		}
	}
	return t
}
