package quality_test

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// naive is what the naive checks have found, as rig.short writes it.
type naive struct {
	facts []*live
	found []string
}

func naiveFindings(facts []*live) []string {
	n := &naive{facts: facts, found: []string{}}
	for _, f := range facts {
		n.alone(f)
		n.award(f)
		n.assignment(f)
		n.listedTwice(f)
		n.amountOf(f)
		n.patent(f)
	}
	n.certificates()
	n.services()
	n.names()
	n.cases()
	n.numbers()
	n.totals()
	n.evidence()
	slices.Sort(n.found)
	return n.found
}

// add notes a finding about some facts, the one that it is about first.
func (n *naive) add(check, severity string, facts ...*live) {
	var orgs []string
	var places []int
	for _, f := range facts {
		orgs = append(orgs, f.org)
		if !slices.Contains(places, f.n) {
			places = append(places, f.n)
		}
	}
	org := common(orgs...)
	if org == "" {
		return
	}
	slices.Sort(places[1:])
	n.found = append(n.found, fmt.Sprintf("%s %s %s: %s", check, severity, org, strings.Trim(fmt.Sprint(places), "[]")))
}

func (n *naive) of(types ...string) (list []*live) {
	for _, f := range n.facts {
		if slices.Contains(types, f.typ) {
			list = append(list, f)
		}
	}
	return list
}

// sorted returns facts by their day.
func byDate(list []*live) []*live {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b *live) int { return a.day.Compare(b.day) })
	return list
}

func (n *naive) alone(f *live) {
	if f.day.Year() < 2000 {
		n.add("DQ-14/before_2000", "warn", f)
	}
	if f.typ == "EnvoyTrainingHeld" {
		people, sessions := f.num("attendees", -1), f.num("sessions", 1)
		switch {
		case people == 0:
			n.add("DQ-12/attendees_none", "warn", f)
		case people > 500*sessions:
			n.add("DQ-12/attendees_many", "warn", f)
		case sessions > 1 && people < 5*sessions:
			n.add("DQ-12/attendees_per_session", "warn", f)
		}
	}
	if year := f.num("year", 0); (f.typ == "TechSmeListed" || f.typ == "HighTechApplied") && year != 0 && year != int64(f.day.Year()) {
		n.add("DQ-17/year_differs", "warn", f)
	}
	if ref := f.str("source_ref"); ref != "" && ref != fmt.Sprintf("%d年第%d季度", f.day.Year(), (int(f.day.Month())+2)/3) {
		n.add("DQ-17/quarter_differs", "warn", f)
	}
	if amount, part := f.fen("amount_yuan"), f.fen("tech_amount_yuan"); f.typ == "TechContractRegistered" && amount >= 0 && part > amount {
		n.add("DQ-11/technology_over_amount", "error", f)
	}
}

// holders are the firms that a fact is about, by id or else name.
func holders(f *live) (ids []string) {
	if id := f.str("enterprise_id"); id != "" {
		return []string{id}
	}
	for _, e := range f.entities() {
		if id := textOf(e, "id"); id != "" {
			ids = append(ids, id)
		} else {
			ids = append(ids, textOf(e, "name"))
		}
	}
	return ids
}

func (n *naive) award(f *live) {
	kind := map[string]string{"hnte_first": "first", "hnte_rerecognition": "renewal"}[f.str("kind")]
	if f.typ != "SubsidyApplied" || kind == "" {
		return
	}
	ids := holders(f)
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) { // who is named twice applies once
		check := "DQ-04/unrecognized"
		for _, c := range n.of("HighTechRecognized") {
			if c.str("enterprise_id") == id && !c.day.After(f.day) && !c.day.Before(f.day.AddDate(-1, 0, 0)) && n.firstOf(c) {
				if c.str("kind") == kind {
					check = ""
					break
				}
				check = "DQ-04/other_kind"
			}
		}
		if check != "" {
			n.add(check, "warn", f)
		}
	}
}

// firstOf reports whether a certificate's number was not recorded for the firm before.
func (n *naive) firstOf(c *live) bool {
	for _, o := range n.of("HighTechRecognized") {
		if o.n < c.n && o.str("enterprise_id") == c.str("enterprise_id") && o.str("certificate_no") == c.str("certificate_no") {
			return false
		}
	}
	return true
}

// lastDay is the last day on which a certificate holds.
func (n *naive) lastDay(c *live) time.Time {
	end, ok := c.date("valid_to")
	if !ok {
		end = c.day.AddDate(3, 0, -1)
	}
	for _, r := range n.of("HighTechRevoked") {
		if r.str("enterprise_id") == c.str("enterprise_id") && r.str("certificate_no") == c.str("certificate_no") && !r.day.Before(c.day) && r.day.AddDate(0, 0, -1).Before(end) {
			end = r.day.AddDate(0, 0, -1)
		}
	}
	return end
}

func (n *naive) certificates() {
	all := byDate(n.of("HighTechRecognized"))
	for i, c := range all {
		if !n.firstOf(c) {
			continue
		}
		var long, before *live
		for _, o := range all[:i] {
			if o.str("enterprise_id") != c.str("enterprise_id") || !n.firstOf(o) {
				continue
			}
			if long == nil || n.lastDay(o).After(n.lastDay(long)) {
				long = o
			}
			if o.day.Before(c.day) {
				before = o
			}
		}
		if long != nil && !c.day.After(n.lastDay(long)) && (c.str("kind") != "renewal" || !c.day.After(n.lastDay(long).AddDate(-1, 0, 0))) {
			n.add("DQ-05/overlap", "warn", c, long)
		}
		if c.str("kind") == "renewal" && before == nil {
			n.add("DQ-06/renewal_without_earlier", "warn", c)
		}
		if c.str("kind") == "first" && before != nil {
			n.add("DQ-06/first_after_earlier", "warn", c, before)
		}
	}
}

// far is the end of what has none.
var far = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// listedUntil is the last day of a listing, and who ended it.
func (n *naive) listedUntil(l *live) (end time.Time, by *live) {
	end = far
	if d, ok := l.date("delisted_on"); ok {
		end = d.AddDate(0, 0, -1)
	}
	for _, o := range n.of("VillageListed") {
		if o.str("action") == "delisted" && o.str("village_id") == l.str("village_id") && o.str("list") == l.str("list") && !o.day.Before(l.day) && o.day.AddDate(0, 0, -1).Before(end) {
			end, by = o.day.AddDate(0, 0, -1), o
		}
	}
	return end, by
}

func (n *naive) listings(village string) (list []*live) {
	for _, l := range n.of("VillageListed") {
		if l.str("village_id") == village && l.str("action") != "delisted" {
			list = append(list, l)
		}
	}
	return byDate(list)
}

func (n *naive) assignment(f *live) {
	if f.typ != "EnvoyAssigned" || f.str("village_id") == "" {
		return
	}
	lists := n.listings(f.str("village_id"))
	if len(lists) == 0 {
		n.add("DQ-07/village_unknown", "error", f)
		return
	}
	to, ok := f.date("to")
	if !ok {
		to = far
	}
	if to.Before(f.day) {
		to = f.day
	}
	var last time.Time
	var ender, ended *live
	for i, l := range lists {
		end, by := n.listedUntil(l)
		if !end.Before(l.day) && !l.day.After(to) && !end.Before(f.day) {
			return
		}
		if i == 0 || end.After(last) {
			last, ender, ended = end, by, l
		}
	}
	if ender != nil && slices.Contains(pathOf(ender.org), f.org) && slices.Contains(pathOf(ended.org), f.org) {
		n.add("DQ-07/village_not_listed", "error", f, ender)
	} else {
		n.add("DQ-07/village_not_listed", "error", f)
	}
}

func (n *naive) listedTwice(f *live) {
	if f.typ != "VillageListed" || f.str("action") == "delisted" {
		return
	}
	own, _ := n.listedUntil(f)
	var long *live
	var longest time.Time
	for _, o := range n.listings(f.str("village_id")) {
		if o == f {
			break
		}
		end, _ := n.listedUntil(o)
		if o.str("list") != f.str("list") && (long == nil || end.After(longest)) {
			long, longest = o, end
		}
	}
	if long != nil && !longest.Before(f.day) && !own.Before(f.day) {
		n.add("DQ-07/two_lists", "warn", f, long)
	}
}
