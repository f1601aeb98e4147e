package quality_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events"
)

// The logs of the property tests: few firms, villages, numbers and days, so that facts meet each other.

func pick(t *rapid.T, of ...string) string { return rapid.SampledFrom(of).Draw(t, "pick") }

// opt is a member of data, or nothing.
func opt(t *rapid.T, name string, of ...string) string {
	if !rapid.Bool().Draw(t, name) {
		return ""
	}
	return fmt.Sprintf(",%q:%s", name, pick(t, of...))
}

func yuans(t *rapid.T) string {
	return pick(t, `"0.00"`, `"18.00"`, `"40.00"`, `"1800.00"`, `"400000.00"`, `"500000.00"`, `"5000000000.00"`)
}

func day(t *rapid.T) string {
	return pick(t, "1999-12-31", "2017-03-15", "2017-12-01", "2018-01-05", "2018-01-10", "2018-02-01", "2018-03-15", "2018-05-01", "2019-02-01")
}

func quoted(of ...string) []string {
	out := make([]string, len(of))
	for i, s := range of {
		out[i] = fmt.Sprintf("%q", s)
	}
	return out
}

func drawnNames() []string { return quoted(slices.Sorted(maps.Keys(nameClasses))...) }

func entities(t *rapid.T) string {
	var list []string
	for range rapid.IntRange(1, 3).Draw(t, "entities") {
		list = append(list, fmt.Sprintf(`{"name":%s%s%s}`, pick(t, drawnNames()...), opt(t, "id", `"f1"`, `"f2"`), opt(t, "project_id", `"p1"`, `"p2"`)))
	}
	return strings.Join(list, ",")
}

// drawn are facts of all types that rules look at, as functions of what is drawn.
var drawn = map[string]func(t *rapid.T) string{
	"EnterpriseRegistered": func(t *rapid.T) string {
		return fmt.Sprintf(`"enterprise_id":%s,"name":%s%s`, pick(t, `"f1"`, `"f2"`, `"f3"`), pick(t, drawnNames()...), opt(t, "uscc", `"91450703MA5K000001"`, `"91450703MA5K00001U"`))
	},
	"EnterpriseRenamed": func(t *rapid.T) string {
		return fmt.Sprintf(`"enterprise_id":%s,"new_name":%s,"kind":"alias"`, pick(t, `"f1"`, `"f2"`), pick(t, drawnNames()...))
	},
	"EnterpriseIncubated": func(t *rapid.T) string {
		return fmt.Sprintf(`"enterprise_id":"f1","pool":%s%s`, pick(t, `"hnte"`, `"sme"`), opt(t, "evidence", `[]`, `["x"]`))
	},
	"HighTechApplied": func(t *rapid.T) string {
		return `"enterprise_id":"f1","kind":"first","batch":"1"` + opt(t, "year", "2017", "2018")
	},
	"HighTechRecognized": func(t *rapid.T) string {
		return fmt.Sprintf(`"enterprise_id":%s,"certificate_no":%s,"kind":%s%s`, pick(t, `"f1"`, `"f2"`), pick(t, `"G1"`, `"G-1"`, `"G2"`, `"G3"`),
			pick(t, `"first"`, `"renewal"`), opt(t, "valid_to", `"2018-02-01"`, `"2021-02-01"`))
	},
	"HighTechRevoked": func(t *rapid.T) string {
		return fmt.Sprintf(`"enterprise_id":%s,"certificate_no":%s,"reason":"revoked"`, pick(t, `"f1"`, `"f2"`), pick(t, `"G1"`, `"G2"`))
	},
	"TechSmeListed": func(t *rapid.T) string {
		return fmt.Sprintf(`"enterprise_id":%s,"year":%s,"registry_no":%s`, pick(t, `"f1"`, `"f2"`), pick(t, "2017", "2018"), pick(t, `"R1"`, `"R 1"`))
	},
	"PatentFiled": func(t *rapid.T) string {
		return fmt.Sprintf(`"kind":%s%s`, pick(t, `"invention"`, `"utility"`), opt(t, "application_no", `"201810000000.1"`, `"CN201820000000.1"`, `"X1"`))
	},
	"PatentGranted": func(t *rapid.T) string {
		return fmt.Sprintf(`"kind":%s%s%s`, pick(t, `"invention"`, `"utility"`), opt(t, "patent_no", `"ZL201810000000.1"`, `"ZL2018200000001"`, `"ZL201820000000.1"`, `"X1"`), opt(t, "filed_on", `"2018-02-15"`))
	},
	"ProjectSubmitted": func(t *rapid.T) string {
		who := `"project_id":` + pick(t, `"p1"`, `"p2"`) + `,"applicant_id":"f1"`
		if rapid.Bool().Draw(t, "joint") {
			who = `"entities":[` + entities(t) + `]`
		}
		return fmt.Sprintf(`%s,"programme":%s,"level":"city","stage":%s,"requested_yuan":%s%s`, who, pick(t, `"P"`, `"Q"`), pick(t, `"proposal"`, `"application"`), yuans(t), opt(t, "evidence", `["x"]`))
	},
	"ProjectStageChanged": func(t *rapid.T) string {
		return fmt.Sprintf(`"project_id":%s,"to_stage":%s%s%s`, pick(t, `"p1"`, `"p2"`), pick(t, `"application"`, `"review"`, `"approved"`, `"rejected"`, `"in_progress"`, `"terminated"`),
			opt(t, "approved_yuan", yuans(t)), opt(t, "this_year_yuan", yuans(t)))
	},
	"SubsidyApplied": func(t *rapid.T) string {
		who := `"subsidy_id":` + pick(t, `"s1"`, `"s2"`) + `,"enterprise_id":` + pick(t, `"f1"`, `"f2"`)
		if rapid.Bool().Draw(t, "joint") {
			who = `"entities":[` + strings.ReplaceAll(entities(t), "project_id", "x") + `]`
		}
		return fmt.Sprintf(`%s,"kind":%s,"requested_yuan":%s`, who, pick(t, `"rd"`, `"hnte_first"`, `"hnte_rerecognition"`), yuans(t))
	},
	"SubsidyDecided": func(t *rapid.T) string {
		return fmt.Sprintf(`"subsidy_id":%s,"decision":%s%s`, pick(t, `"s1"`, `"s2"`), pick(t, `"approved"`, `"rejected"`), opt(t, "approved_yuan", yuans(t)))
	},
	"SubsidyDisbursed": func(t *rapid.T) string {
		return fmt.Sprintf(`"subsidy_id":%s,"amount_yuan":%s%s`, pick(t, `"s1"`, `"s2"`), yuans(t), opt(t, "seq", "1", "2"))
	},
	"AchievementConverted": func(t *rapid.T) string {
		return fmt.Sprintf(`"achievement_id":%s,"owner_id":"f1"%s%s`, pick(t, `"a1"`, `"a2"`), opt(t, "registry_no", `"R1"`), opt(t, "amount_yuan", yuans(t)))
	},
	"TechContractRegistered": func(t *rapid.T) string {
		return fmt.Sprintf(`"contract_no":%s,"kind":"dev","direction":%s,"amount_yuan":%s%s`, pick(t, `"C1"`, `"C-1"`), pick(t, `"output"`, `"absorb"`), yuans(t), opt(t, "tech_amount_yuan", yuans(t)))
	},
	"VillageListed": func(t *rapid.T) string {
		return fmt.Sprintf(`"village_id":%s,"name":"n","list":%s,"action":%s%s`, pick(t, `"v1"`, `"v2"`), pick(t, `"l1"`, `"l2"`), pick(t, `"listed"`, `"listed"`, `"delisted"`), opt(t, "delisted_on", `"2018-02-01"`))
	},
	"EnvoyAssigned": func(t *rapid.T) string {
		return fmt.Sprintf(`"envoy_id":%s%s%s`, pick(t, `"e1"`, `"e2"`), pick(t, `,"village_id":"v1"`, `,"village_id":"v2"`, `,"enterprise_id":"f1"`), opt(t, "to", `"2018-01-31"`, `"2018-03-31"`))
	},
	"EnvoyReleased": func(t *rapid.T) string {
		return fmt.Sprintf(`"envoy_id":%s%s,"reason":"rematch"`, pick(t, `"e1"`, `"e2"`), pick(t, `,"village_id":"v1"`, `,"village_id":"v2"`, `,"enterprise_id":"f1"`))
	},
	"EnvoyServiceRecorded": func(t *rapid.T) string {
		return `"kind":"guidance"` + opt(t, "envoy_id", `"e1"`, `"e2"`, `"e3"`) + opt(t, "period_start", `"2018-01-01"`) + opt(t, "source_ref", `"2018年第1季度"`, `"2017年第4季度"`)
	},
	"EnvoyTrainingHeld": func(t *rapid.T) string {
		return `"attendees":` + pick(t, "0", "20", "600") + opt(t, "sessions", "2", "9") + opt(t, "envoy_id", `"e1"`) + opt(t, "village_id", `"v1"`) + opt(t, "topic", `"甲乙"`, `"丙丁"`)
	},
	"ReferenceValueSet": func(t *rapid.T) string {
		return fmt.Sprintf(`"key":%s,"value":%s`, pick(t, `"population"`, `"population"`, `"cows"`), pick(t, `"100"`, `"200"`, `"300"`))
	},
	"TargetSet": func(t *rapid.T) string {
		return fmt.Sprintf(`"indicator":%s,"year":%s,"value":"10","basis":"flow"%s`, pick(t, `"hightech_pool_entries"`, `"projects_submitted"`), pick(t, "2017", "2018"), opt(t, "weight", `"0"`, `"5"`))
	},
}

func drawFact(t *rapid.T) fact {
	typ := pick(t, slices.Sorted(maps.Keys(drawn))...)
	return fact{typ, day(t), pick(t, "450703", "450703", "450703", "450702", "450700", "440000"), "{" + drawn[typ](t) + "}"}
}

// drawEvent draws the next event of a log: a fact, mostly, or something that acts upon one.
func drawEvent(t *rapid.T, tb failingT, log []events.Event) events.Event {
	id := fmt.Sprintf("e%d", len(log))
	switch n := rapid.IntRange(0, 19).Draw(t, "event"); {
	case n < 13 || len(log) == 0:
		return newEvent(tb, drawFact(t), id)
	case n < 14: // once more
		return log[rapid.IntRange(0, len(log)-1).Draw(t, "again")]
	case n < 17:
		target := log[rapid.IntRange(0, len(log)-1).Draw(t, "voided")]
		if target.Type != "EventCorrected" {
			return newEvent(tb, void(target.ID), id)
		}
	case n < 18: // of what is to come
		return newEvent(tb, void(fmt.Sprintf("e%d", len(log)+1)), id)
	default:
		target := log[rapid.IntRange(0, len(log)-1).Draw(t, "corrected")]
		if target.Type != "EventCorrected" && target.Type != "EventVoided" {
			return newEvent(tb, correct(target.ID, drawPatch(t, target.Type)), id)
		}
	}
	return newEvent(tb, drawFact(t), id)
}

// drawPatch draws a correction: another day, another unit, or other data of the type.
func drawPatch(t *rapid.T, typ string) string {
	switch rapid.IntRange(0, 3).Draw(t, "patch") {
	case 0:
		return fmt.Sprintf(`{"time":"%sT00:00:00+08:00"}`, day(t))
	case 1:
		return fmt.Sprintf(`{"org":%q}`, pick(t, "450703", "450702", "999999"))
	default:
		return `{"data":{` + drawn[typ](t) + `}}`
	}
}
