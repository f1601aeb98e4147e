package projections_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"sort"
	"strings"
	"time"
)

// The naive recount: it goes through all live events for every question, keeps nothing between two questions, and shares
// no code with the fold: dates are time.Time, amounts big.Rat, data is what encoding/json makes of it.

// fact is an event as the recount sees it.
type fact struct {
	Type string
	Day  time.Time
	Org  string
	Data map[string]any
	seq  int
}

func newFact(line []byte, seq int) fact {
	var e struct {
		Type, Time, Org string
		Data            map[string]any
	}
	d := json.NewDecoder(strings.NewReader(string(line)))
	d.UseNumber()
	if err := d.Decode(&e); err != nil {
		panic(err)
	}
	day, err := time.Parse("2006-01-02", e.Time[:10])
	if err != nil {
		panic(err)
	}
	return fact{e.Type, day, e.Org, e.Data, seq}
}

func (f fact) str(field string) string {
	switch v := f.Data[field].(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		return fmt.Sprint(v)
	}
}

// count is how many occurrences the fact stands for, or -1 if nobody knows.
func (f fact) count() int64 {
	v, given := f.Data["count"]
	entities, _ := f.Data["entities"].([]any)
	switch {
	case given && v == nil:
		return -1
	case given:
		n, _ := v.(json.Number).Int64()
		return n
	case len(entities) > 0:
		return int64(len(entities))
	}
	return 1
}

// below lists the test's tree: each unit with those above it.
var below = map[string][]string{
	"450000": {"450000"}, "450700": {"450700", "450000"}, "450702": {"450702", "450700", "450000"},
	"450703": {"450703", "450700", "450000"}, "450100": {"450100", "450000"},
}

func (f fact) at(org string) bool {
	for _, o := range below[f.Org] {
		if o == org {
			return true
		}
	}
	return false
}

// names are the fields that name an occurrence of a type; of facts that name the same one counts (SEMANTICS 1.6).
var names = map[string][]string{
	"ProjectSubmitted": {"project_id", "stage"}, "EnterpriseIncubated": {"enterprise_id", "pool", "day"},
	"HighTechRecognized": {"certificate_no"}, "HighTechRevoked": {"certificate_no", "day"}, "PatentGranted": {"patent_no"},
	"PatentLapsed": {"patent_no"}, "VillageListed": {"village_id", "list", "action", "day"}, "EnvoyAssigned": {"envoy_id", "village_id", "day"},
	"EnvoyReleased": {"envoy_id", "village_id", "day"},
}

// countedAt returns the facts that count at a unit: its own and those below, of the same ones the first in the log.
func countedAt(facts []fact, org string) (counted []fact) {
	seen := map[string]bool{}
	ordered := slices.Clone(facts)
	sort.SliceStable(ordered, func(i, j int) bool { return ordered[i].seq < ordered[j].seq })
	for _, f := range ordered {
		if !f.at(org) {
			continue
		}
		key, whole := f.Type, len(names[f.Type]) > 0
		for _, name := range names[f.Type] {
			value := f.str(name)
			if name == "day" {
				value = f.Day.String()
			}
			whole = whole && value != ""
			key += fmt.Sprintf("|%q", value)
		}
		if whole && seen[key] {
			continue
		}
		seen[key] = true
		counted = append(counted, f)
	}
	return counted
}

func naiveSum(facts []fact, org string, pass func(fact) bool, amount string, from, to time.Time) *big.Rat {
	sum := new(big.Rat)
	for _, f := range facts {
		if !f.at(org) || !pass(f) || f.Day.Before(from) || f.Day.After(to) || f.count() < 0 {
			continue
		}
		v := new(big.Rat).SetInt64(f.count())
		if amount != "" {
			if f.str(amount) == "" {
				continue
			}
			v, _ = new(big.Rat).SetString(f.str(amount))
		}
		sum.Add(sum, v)
	}
	return sum
}

func naiveDistinct(facts []fact, org string, pass func(fact) bool, thing string, from, to time.Time) int64 {
	named, unnamed := map[string]bool{}, int64(0)
	for _, f := range facts {
		if !f.at(org) || !pass(f) || f.Day.Before(from) || f.Day.After(to) || f.count() < 0 {
			continue
		}
		names := map[string]bool{}
		if thing == "entities" {
			list, _ := f.Data["entities"].([]any)
			for _, e := range list {
				m := e.(map[string]any)
				if id, ok := m["id"].(string); ok {
					names[id] = true
				} else {
					names[m["name"].(string)] = true
				}
			}
		} else if s := f.str(thing); s != "" {
			names[s] = true
		}
		for n := range names {
			named[n] = true
		}
		unnamed += max(f.count()-int64(len(names)), 0)
	}
	return int64(len(named)) + unnamed
}

// stockRule is a stock in the words of the recount.
type stockRule struct {
	opens, closes func(fact) bool
	pair          []string
	thing         string
	until, ends   string
	months        int
	from          string
}

// naiveInForce lists the things in force on a day at a unit (or anywhere), each with how many opening facts say so.
func naiveInForce(facts, closes []fact, org string, r stockRule, on time.Time) (things map[string]int, unnamed, opens int64) {
	things = map[string]int{}
	for _, f := range facts {
		if !r.opens(f) || (org != "" && !f.at(org)) || f.count() < 0 || f.Day.After(on) {
			continue
		}
		if last, ok := lastDay(f, r); ok && on.After(last) {
			continue
		}
		if naiveClosed(closes, f, r, on) {
			unnamed += f.count() - 1 // a closing event names one thing; the others of a joint fact stay
			continue
		}
		opens++
		if f.str(r.thing) == "" {
			unnamed += f.count()
			continue
		}
		things[f.str(r.thing)]++
		unnamed += f.count() - 1
	}
	return things, unnamed, opens
}

func lastDay(f fact, r stockRule) (time.Time, bool) {
	if r.until != "" && f.str(r.until) != "" {
		d, _ := time.Parse("2006-01-02", f.str(r.until))
		return d, true
	}
	if r.ends != "" && f.str(r.ends) != "" {
		d, _ := time.Parse("2006-01-02", f.str(r.ends))
		return d.AddDate(0, 0, -1), true
	}
	if r.months > 0 {
		from := f.Day
		if r.from != "" && f.str(r.from) != "" {
			from, _ = time.Parse("2006-01-02", f.str(r.from))
		}
		return termEnd(from, r.months), true
	}
	return time.Time{}, false
}

// termEnd goes on day by day until the same day of the month comes, or the last month is over.
func termEnd(from time.Time, months int) time.Time {
	month := time.Date(from.Year(), from.Month()+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	for d := month; ; d = d.AddDate(0, 0, 1) {
		if d.Day() == from.Day() || d.Month() != month.Month() {
			return d.AddDate(0, 0, -1)
		}
	}
}

func naiveClosed(facts []fact, open fact, r stockRule, on time.Time) bool {
	for _, c := range facts {
		if r.closes == nil || !r.closes(c) || c.count() < 0 || c.Day.Before(open.Day) || c.Day.After(on) {
			continue
		}
		same := true
		for _, field := range r.pair {
			same = same && open.str(field) != "" && open.str(field) == c.str(field)
		}
		if same {
			return true
		}
	}
	return false
}

func naiveLatest(facts []fact, org, key string, on time.Time) string {
	var best *fact
	for i, f := range facts {
		if f.Type == "ReferenceValueSet" && f.Org == org && f.str("key") == key && !f.Day.After(on) {
			if best == nil || f.Day.After(best.Day) || (f.Day.Equal(best.Day) && f.seq > best.seq) {
				best = &facts[i]
			}
		}
	}
	if best == nil {
		return ""
	}
	return best.str("value")
}
