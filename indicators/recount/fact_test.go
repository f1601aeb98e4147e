package recount_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"time"
)

// fact is an event as the recount sees it.
type fact struct {
	Type, Source, ID string
	Day              time.Time
	Org              string
	Data             map[string]any
	place            int // in the log
}

// readFact reads a line of the log.
func readFact(line []byte, place int) fact {
	var e struct {
		Type, Source, ID, Time, Org string
		Data                        map[string]any
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if err := d.Decode(&e); err != nil {
		panic(fmt.Sprintf("%s: %v", line, err))
	}
	return fact{Type: e.Type, Source: e.Source, ID: e.ID, Day: date(e.Time[:10]), Org: e.Org, Data: e.Data, place: place}
}

// date reads a day; all days of the recount are midnights in UTC, so that they can be compared.
func date(s string) time.Time {
	day, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return day
}

// has reports whether a field is given and not null.
func (f fact) has(field string) bool { return f.Data[field] != nil }

// text returns a field as text, "" where it is missing.
func (f fact) text(field string) string {
	switch v := f.Data[field].(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		return fmt.Sprint(v)
	}
}

// amount returns a field as a number.
func (f fact) amount(field string) *big.Rat {
	r, ok := new(big.Rat).SetString(f.text(field))
	if !ok {
		panic(fmt.Sprintf("%s is no number: %v", field, f.Data))
	}
	return r
}

// count is how many occurrences the fact stands for: data.count, or the number of entities that it names, or 1. A count of
// null stands for an unknown number, which counts nothing and reports nothing (SEMANTICS 1.3, 1.4).
func (f fact) count() (n int64, known bool) {
	v, given := f.Data["count"]
	entities, _ := f.Data["entities"].([]any)
	switch {
	case given && v == nil:
		return 0, false
	case given:
		n, err := v.(json.Number).Int64()
		if err != nil {
			panic(err)
		}
		return n, true
	case len(entities) > 0:
		return int64(len(entities)), true
	}
	return 1, true
}

// within reports whether the fact happened from one day to another, both included.
func (f fact) within(from, to time.Time) bool {
	return !f.Day.Before(from) && !f.Day.After(to)
}

// tree says which unit stands directly above each; a root has "" there.
type tree map[string]string

// under reports whether a unit is another one or stands below it.
func (t tree) under(unit, above string) bool {
	for parent, known := t[unit]; known; parent, known = t[unit] {
		if unit == above {
			return true
		}
		unit = parent
	}
	return false
}

// children lists the units directly below one, in no order.
func (t tree) children(unit string) (list []string) {
	for child, parent := range t {
		if parent == unit {
			list = append(list, child)
		}
	}
	return list
}

// leaves lists the units below one that have none below themselves.
func (t tree) leaves(unit string) (list []string) {
	for _, child := range t.children(unit) {
		if len(t.children(child)) == 0 {
			list = append(list, child)
		}
		list = append(list, t.leaves(child)...)
	}
	return list
}
