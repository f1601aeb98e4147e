package recount_test

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"
)

// drawer draws what facts say. There are few names and units, so that facts meet.
type drawer struct {
	t     *rapid.T
	units []string
	days  []string
	types []string
	ids   []string // of indicators
	// spread multiplies how many names there are.
	spread int
}

type object = map[string]any

func pick[T any](d *drawer, of ...T) T { return one(d.t, "pick", of...) }

func (d *drawer) maybe() bool { return rapid.Bool().Draw(d.t, "maybe") }

// seldom is true once in eight times.
func (d *drawer) seldom() bool { return pick(d, false, false, false, false, false, false, false, true) }

// name draws one of n names with a prefix.
func (d *drawer) name(prefix string, n int) string {
	return fmt.Sprintf("%s%d", prefix, one(d.t, prefix, places[1:n*d.spread+1]...))
}

func (d *drawer) day() string { return one(d.t, "day", d.days...) }

func (d *drawer) yuan() string {
	return pick(d, "0.00", "100000.00", "99999.99", "50000.00", "0.01", "1234567.89", "18000000.00")
}

// count draws the number of occurrences: mostly 1, at times unknown.
func (d *drawer) count() any { return pick[any](d, 1, 1, 1, 2, 5, 64, nil) }

// optional puts a field in, or leaves it out.
func (d *drawer) optional(o object, field string, draw func() any) {
	if d.maybe() {
		o[field] = draw()
	}
}

var levels = []string{"national", "region", "city", "district"}

func (d *drawer) level() any { return pick(d, levels...) }

// drawData draws the data of a type, valid by its schema and with its defaults.
var drawData = map[string]func(*drawer) object{
	"AchievementConverted": func(d *drawer) object {
		o := object{"achievement_id": d.name("A", 8), "owner_id": d.name("E", 5)}
		d.optional(o, "amount_yuan", func() any { return d.yuan() })
		return o
	},
	"CarrierStageChanged": func(d *drawer) object {
		o := object{"carrier_id": d.name("K", 3), "kind": pick(d, "incubator", "incubator", "agri_park", "makerspace"),
			"to_stage": pick(d, "planning", "preparing", "filed", "recognized", "operating", "withdrawn", "withdrawn")}
		d.optional(o, "level", d.level)
		return o
	},
	"EnterpriseIncubated": func(d *drawer) object {
		return object{"enterprise_id": d.name("E", 5), "pool": pick(d, "hnte", "hnte", "sme")}
	},
	"EnterpriseRegistered": func(d *drawer) object {
		return object{"enterprise_id": d.name("E", 5), "name": "卓能", "reason_missing": "原文未载明"}
	},
	"EnterpriseRenamed": func(d *drawer) object {
		return object{"enterprise_id": d.name("E", 5), "new_name": pick(d, "卓能", "九联"), "kind": "alias"}
	},
	"EnterpriseVisited": func(d *drawer) object {
		return object{"topic": "高企政策", "count": d.count()}
	},
	"EnvoyAssigned": func(d *drawer) object {
		o := object{"envoy_id": d.name("N", 3)}
		if d.seldom() {
			o["enterprise_id"] = d.name("E", 5)
		} else {
			o["village_id"] = d.name("V", 4)
		}
		d.optional(o, "to", func() any { return d.day() })
		return o
	},
	"EnvoyReleased": func(d *drawer) object {
		o := object{"envoy_id": d.name("N", 3), "reason": "term_ended"}
		if d.seldom() {
			o["enterprise_id"] = d.name("E", 5)
		} else {
			o["village_id"] = d.name("V", 4)
		}
		return o
	},
	"EnvoyServiceRecorded": func(d *drawer) object {
		o := object{"kind": pick(d, "guidance", "tech_promoted", "key_problem_solved", "remote"), "count": d.count()}
		d.optional(o, "technology", func() any { return d.name("水稻", 3) })
		d.optional(o, "level", d.level)
		return o
	},
	"EnvoyTrainingHeld": func(d *drawer) object {
		o := object{"attendees": pick(d, 0, 27, 246), "sessions": pick(d, 1, 2, 9)}
		d.optional(o, "topic", func() any { return pick(d, "水稻", "防虫") })
		return o
	},
	"HighTechApplied": func(d *drawer) object {
		return object{"enterprise_id": d.name("E", 5), "kind": pick(d, "first", "renewal"), "batch": pick(d, "一", "二")}
	},
	"HighTechRecognized": func(d *drawer) object {
		o := object{"enterprise_id": d.name("E", 4), "certificate_no": d.name("GR", 6), "kind": pick(d, "first", "renewal")}
		if d.seldom() {
			o["valid_to"] = d.day()
		}
		return o
	},
	"HighTechRevoked": func(d *drawer) object {
		return object{"enterprise_id": d.name("E", 4), "certificate_no": d.name("GR", 6), "reason": "revoked"}
	},
	"OutreachHeld": func(d *drawer) object {
		return object{"kind": pick(d, "activity_week", "lecture", "demand_survey"), "count": d.count()}
	},
	"PatentFiled":   func(d *drawer) object { return d.patent("application_no") },
	"PatentGranted": func(d *drawer) object { return d.grant() },
	"PatentLapsed": func(d *drawer) object {
		return object{"patent_no": d.name("ZL", 5), "reason": pick(d, "fee_lapse", "expired")}
	},
	"ProjectStageChanged": func(d *drawer) object {
		o := object{"project_id": d.name("J", 4), "to_stage": pick(d, "approved", "approved", "rejected", "accepted")}
		d.optional(o, "level", d.level)
		d.optional(o, "approved_yuan", func() any { return d.yuan() })
		return o
	},
	"ProjectSubmitted": func(d *drawer) object {
		o := object{"programme": "GX-IDD-2018", "level": d.level(), "stage": pick(d, "proposal", "application"), "requested_yuan": d.yuan()}
		d.joint(o, "project_id", d.name("J", 4), "applicant_id")
		return o
	},
	"ReferenceValueSet": func(d *drawer) object {
		return object{"key": pick(d, "population", "population", "gdp_yuan", "rd_spending_yuan", "budget_yuan"),
			"value": pick(d, "0", "10000", "812345", "-3", "12.3456")}
	},
	"SubsidyApplied": func(d *drawer) object {
		o := object{"kind": pick(d, "conversion", "patent", "rd"), "requested_yuan": d.yuan()}
		d.joint(o, "subsidy_id", d.name("S", 4), "enterprise_id")
		return o
	},
	"SubsidyDecided": func(d *drawer) object {
		o := object{"subsidy_id": d.name("S", 4), "decision": pick(d, "approved", "approved", "rejected")}
		d.optional(o, "approved_yuan", func() any { return d.yuan() })
		d.optional(o, "kind", func() any { return pick(d, "conversion", "patent") })
		return o
	},
	"SubsidyDisbursed": func(d *drawer) object {
		o := object{"subsidy_id": d.name("S", 4), "amount_yuan": d.yuan()}
		d.optional(o, "seq", func() any { return pick(d, 1, 2) })
		d.optional(o, "kind", func() any { return pick(d, "conversion", "patent") })
		return o
	},
	"TargetSet": (*drawer).wanted,
	"TechContractRegistered": func(d *drawer) object {
		return object{"contract_no": d.name("T", 4), "kind": pick(d, "dev", "service"), "direction": pick(d, "output", "absorb"), "amount_yuan": d.yuan()}
	},
	"TechSmeListed": func(d *drawer) object {
		return object{"enterprise_id": d.name("E", 5), "year": pick(d, 2017, 2018), "registry_no": d.name("2018", 6)}
	},
	"TenantMoved": func(d *drawer) object {
		return object{"carrier_id": d.name("K", 3), "enterprise_id": d.name("E", 5), "action": pick(d, "in", "in", "graduated", "out")}
	},
	"VillageListed": func(d *drawer) object {
		o := object{"village_id": d.name("V", 4), "name": "那桑", "list": pick(d, "poverty_13fyp", "poverty_13fyp", "model"),
			"action": pick(d, "listed", "listed", "delisted")}
		if d.seldom() {
			o["delisted_on"] = d.day()
		}
		return o
	},
}

// patent draws a patent with a number, or several without.
func (d *drawer) patent(number string) object {
	o := object{"kind": pick(d, "invention", "invention", "utility", "design"), "count": d.count()}
	if one(d.t, "numbered", true, true, true, false) {
		o[number] = d.name("ZL", 5)
		if o["count"] != nil {
			o["count"] = 1
		}
	}
	return o
}

func (d *drawer) grant() object {
	o := d.patent("patent_no")
	if d.seldom() {
		o["valid_to"] = d.day()
	}
	if d.maybe() {
		o["filed_on"] = pick(d, "1998-02-28", "1996-02-29", "1998-03-31", "1998-07-01", "2010-05-05")
	}
	return o
}

// joint lets one apply, or several together.
func (d *drawer) joint(o object, number, id, one string) {
	if d.maybe() {
		o[number], o[one], o["count"] = id, d.name("E", 5), 1
		return
	}
	entities := []any{object{"name": "九联"}, object{"name": "卓能", "id": "E2"}, object{"name": "环科"}}
	o["entities"] = entities[:pick(d, 1, 2, 3)]
	o["count"] = pick[any](d, 3, 4, nil)
	if d.maybe() {
		o[number] = id
	}
}

// businessTypes are all types but the control events.
var businessTypes = func() (types []string) {
	for typ := range drawData {
		types = append(types, typ)
	}
	slices.Sort(types)
	return types
}()
