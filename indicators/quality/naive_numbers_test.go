package quality_test

import (
	"slices"
	"strings"
)

// naiveNumber leaves letters and digits of a number.
func naiveNumber(s string) string {
	for _, c := range []string{"-", ".", " "} {
		s = strings.ReplaceAll(s, c, "")
	}
	return strings.ToUpper(s)
}

func naivePatentNumber(s string) string {
	return strings.TrimPrefix(strings.TrimPrefix(naiveNumber(s), "ZL"), "CN")
}

// partner is the fact before one, of the same unit if there is one, among facts that are held against each other.
func partner(f *live, list []*live) *live {
	for _, o := range list {
		if o.n < f.n && o.org == f.org {
			return o
		}
	}
	return list[0]
}

// repeats goes through facts with one number.
func (n *naive) repeats(list []*live, exact func(*live) string) {
	for _, f := range list[min(1, len(list)):] {
		o := partner(f, list)
		related := slices.Contains(pathOf(f.org), o.org) || slices.Contains(pathOf(o.org), f.org)
		switch {
		case exact(f) != exact(o):
			n.add("DQ-13/number_spelled_twice", "error", f, o)
		case !related || said(f) != said(o):
			n.add("DQ-13/number_differs", "error", f, o)
		default:
			n.add("DQ-13/number_repeated", "info", f, o)
		}
	}
}

// group sorts facts by a key; those without one are left out.
func group(list []*live, key func(*live) string) map[string][]*live {
	groups := map[string][]*live{}
	for _, f := range list {
		if k := key(f); k != "" {
			groups[k] = append(groups[k], f)
		}
	}
	return groups
}

func (n *naive) numbers() {
	for _, number := range []struct{ typ, field string }{
		{"HighTechRecognized", "certificate_no"}, {"TechSmeListed", "registry_no"}, {"TechContractRegistered", "contract_no"}, {"AchievementConverted", "achievement_id"},
	} {
		groups := group(n.of(number.typ), func(f *live) string {
			if number.typ == "AchievementConverted" {
				return f.str(number.field)
			}
			return naiveNumber(f.str(number.field)) + "/" + f.str("direction")
		})
		for _, list := range groups {
			n.repeats(list, func(f *live) string { return f.str(number.field) })
		}
	}
	n.shared("DQ-13/registry_shared", "warn", n.of("AchievementConverted"), "registry_no", "achievement_id")
	n.shared("DQ-13/code_shared", "error", n.of("EnterpriseRegistered"), "uscc", "enterprise_id")
	trainings := group(n.of("EnvoyTrainingHeld"), func(f *live) string {
		if f.str("village_id") == "" {
			return ""
		}
		return f.day.String() + f.str("village_id") + f.str("topic")
	})
	for _, list := range trainings {
		for _, f := range list[1:] {
			n.add("DQ-13/training_repeated", "warn", f, partner(f, list))
		}
	}
}

// shared finds a number that names another thing in an earlier fact.
func (n *naive) shared(check, severity string, facts []*live, number, thing string) {
	for _, list := range group(facts, func(f *live) string { return f.str(number) }) {
		for i, f := range list {
			if i > 0 && !slices.ContainsFunc(list[:i], func(o *live) bool { return o.str(thing) == f.str(thing) }) {
				n.add(check, severity, f, partner(f, list))
			}
		}
	}
}

func (n *naive) patent(f *live) {
	if f.typ == "PatentGranted" {
		if filed, ok := f.date("filed_on"); ok && filed.After(f.day) {
			n.add("DQ-19/filed_after_grant", "warn", f)
		}
	}
	no := naivePatentNumber(f.str("application_no") + f.str("patent_no"))
	if f.typ != "PatentGranted" && f.typ != "PatentFiled" || no == "" {
		return
	}
	kinds := map[string]string{"2018100000001": "invention", "2018200000001": "utility"}
	if kind := kinds[no]; kind != "" && kind != f.str("kind") {
		n.add("DQ-19/kind_and_number", "warn", f)
	}
	same := func(typ, field string) (list []*live) {
		for _, o := range n.of(typ) {
			if naivePatentNumber(o.str(field)) == no {
				list = append(list, o)
			}
		}
		return list
	}
	filings, grants := same("PatentFiled", "application_no"), same("PatentGranted", "patent_no")
	switch {
	case f.typ == "PatentFiled":
		if f == filings[0] {
			n.repeats(filings, func(f *live) string { return f.str("application_no") })
		}
		return
	case len(filings) == 0:
		n.add("DQ-19/grant_without_filing", "info", f)
	case filings[0].str("kind") != f.str("kind"):
		n.add("DQ-19/kind_differs", "warn", f, filings[0])
	}
	if f == grants[0] {
		n.repeats(grants, func(f *live) string { return f.str("patent_no") })
	}
}

// nameClasses are the names of the tests, and those that mean the same firm; "?" is garbled.
var nameClasses = map[string]string{
	"漓源粮油有限公司": "a", "钦州市漓源粮油公司": "a", "漓源粮油": "a", "绿牌环保科技有限公司": "b", "广西绿牌环保科技有限责任公司": "b", "绿牌环境公司": "c", "绿牌环?": "?",
}

type named struct {
	f        *live
	id, name string
	onRecord bool
}

// is tells firms apart by id, or else by name.
func (m named) is(o named) bool {
	if m.id != "" || o.id != "" {
		return m.id == o.id
	}
	return m.name == o.name
}

func (n *naive) names() {
	var all []named
	for _, f := range n.facts {
		switch f.typ {
		case "EnterpriseRegistered":
			all = append(all, named{f, f.str("enterprise_id"), f.str("name"), true})
		case "EnterpriseRenamed":
			all = append(all, named{f, f.str("enterprise_id"), f.str("new_name"), true})
		case "ProjectSubmitted", "SubsidyApplied":
			for _, e := range f.entities() {
				if m := (named{f, textOf(e, "id"), textOf(e, "name"), false}); !slices.Contains(all, m) {
					all = append(all, m)
				}
			}
		}
	}
	for i, m := range all {
		if nameClasses[m.name] == "?" {
			n.garbled(m, all)
			continue
		}
		var inUnit, before *named
		sameInUnit, sameBefore := false, false
		for j := range all[:i] {
			o := &all[j]
			if nameClasses[o.name] != nameClasses[m.name] {
				continue
			}
			if o.f.org == m.f.org {
				sameInUnit = sameInUnit || o.is(m)
				if inUnit == nil {
					inUnit = o
				}
			}
			sameBefore = sameBefore || o.is(m)
			if before == nil {
				before = o
			}
		}
		switch {
		case sameInUnit:
		case inUnit != nil:
			n.add("DQ-03/variant", "warn", m.f, inUnit.f)
		case before != nil && !sameBefore:
			n.add("DQ-03/variant", "warn", m.f, before.f)
		}
	}
}

// garbled is 绿牌环?, which may have been any name on record that has 绿牌环 in it.
func (n *naive) garbled(m named, all []named) {
	var others []named
	for _, o := range all {
		if nameClasses[o.name] == "?" || !strings.Contains(o.name, "绿牌环") || !o.onRecord {
			continue
		}
		if o.is(m) {
			n.add("DQ-03/garbled", "warn", m.f, o.f)
			return
		}
		others = append(others, o)
	}
	if len(others) == 0 || slices.ContainsFunc(others, func(o named) bool { return !o.is(others[0]) }) {
		n.add("DQ-03/garbled", "warn", m.f)
	} else {
		n.add("DQ-03/garbled", "warn", m.f, others[0].f)
	}
}

func (n *naive) totals() {
	values := n.of("ReferenceValueSet")
	last := func(org string, year int) (last *live) {
		for _, v := range values {
			if v.str("key") == "population" && v.org == org && v.day.Year() == year && (last == nil || !v.day.Before(last.day)) {
				last = v
			}
		}
		return last
	}
	for _, v := range values {
		var below []*live
		sum := int64(0)
		for org, parent := range parents {
			if parent == v.org {
				part := last(org, v.day.Year())
				if part == nil {
					below = nil
					break
				}
				below = append(below, part)
				sum += naiveInt(part.str("value"))
			}
		}
		whole := naiveInt(v.str("value"))
		if v.str("key") == "population" && last(v.org, v.day.Year()) == v && len(below) > 0 && len(below) == len(childrenOf(v.org)) && max(whole-sum, sum-whole)*200 > whole {
			n.add("DQ-18/total_differs", "warn", append([]*live{v}, below...)...)
		}
	}
}

func childrenOf(org string) (list []string) {
	for o, parent := range parents {
		if parent == org {
			list = append(list, o)
		}
	}
	return list
}

func naiveInt(s string) (n int64) {
	for _, c := range s {
		n = n*10 + int64(c-'0')
	}
	return n
}

// evidence: the tests give a weight to hightech_pool_entries and to projects_submitted only.
func (n *naive) evidence() {
	groups := map[string][]*live{}
	for _, f := range n.facts {
		indicator := map[string]string{"EnterpriseIncubated": "hightech_pool_entries", "ProjectSubmitted": "projects_submitted"}[f.typ]
		if list, _ := f.data["evidence"].([]any); indicator == "" || len(list) > 0 || f.typ == "EnterpriseIncubated" && f.str("pool") != "hnte" {
			continue
		}
		for _, t := range n.of("TargetSet") {
			if t.str("indicator") == indicator && t.num("year", 0) == int64(f.day.Year()) && slices.Contains(pathOf(f.org), t.org) && strings.Trim(t.str("weight"), "0.") != "" {
				k := f.typ + f.org + f.day.Format("2006")
				groups[k] = append(groups[k], f)
				break
			}
		}
	}
	for _, list := range groups {
		n.add("DQ-20/missing", "warn", list...)
	}
}
