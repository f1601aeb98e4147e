package eventtest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/kaohe/kaohe/events"
)

// Mix makes up the facts of a province's years: all kinds of the default plan in about the proportions of real life, at the
// units of the default tree, about some thousand firms and villages. A million facts are ten years. Most facts come within
// days, one in ten up to a year late. The same seed gives the same facts. It is for benchmarks and load tests; which facts
// meet each other is left to chance.
type Mix struct {
	rand *rand.Rand
	n    int
}

// NewMix returns the mix with a seed.
func NewMix(seed uint64) *Mix {
	return &Mix{rand: rand.New(rand.NewPCG(seed, seed))}
}

// mixOrgs are the units of the default plan; most facts happen at the district.
var mixOrgs = []string{"450703", "450703", "450703", "450703", "450703", "450703", "450700", "450000"}

// mixFirstDay is the day on which the mix begins.
var mixFirstDay = events.NewDay(2016, time.January, 1)

// mixDaily is how many facts are recorded a day.
const mixDaily = 275

// day returns when the next fact happened.
func (m *Mix) day() events.Day {
	late := m.rand.IntN(10)
	if m.rand.IntN(10) == 0 {
		late = m.rand.IntN(365)
	}
	return max(mixFirstDay+events.Day(m.n/mixDaily-late), mixFirstDay)
}

// Next returns the next fact in canonical form. Its source and id are unique within the mix.
func (m *Mix) Next() events.Event {
	kind := mixKinds[m.rand.IntN(len(mixKinds))]
	m.n++
	data, err := json.Marshal(kind.data(m))
	if err != nil {
		panic(fmt.Sprintf("eventtest: data of %s: %v", kind.typ, err))
	}
	day := m.day()
	return events.Event{
		Type: kind.typ, Source: "kaohe:450703", ID: fmt.Sprintf("mix-%d", m.n), Time: day.String() + "T00:00:00+08:00",
		Org: mixOrgs[m.rand.IntN(len(mixOrgs))], Schema: kind.typ + ".v1", Data: data,
	}
}

// Raw returns the next fact as a structured CloudEvent, the way a client would send it.
func (m *Mix) Raw() []byte {
	e := m.Next()
	return []byte(fmt.Sprintf(`{"specversion":"1.0","type":%q,"source":%q,"id":%q,"time":%q,"org":%q,"data":%s}`,
		e.Type, e.Source, e.ID, e.Time[:10], e.Org, e.Data))
}

type mixKind struct {
	typ  string
	data func(*Mix) map[string]any
}

func (m *Mix) name(prefix string, of int) string {
	return fmt.Sprintf("%s%05d", prefix, m.rand.IntN(of))
}
func (m *Mix) new(prefix string) string { return fmt.Sprintf("%s%09d", prefix, m.n) }
func (m *Mix) one(of ...string) string  { return of[m.rand.IntN(len(of))] }
func (m *Mix) yuan() string             { return fmt.Sprintf("%d.00", 1000*(1+m.rand.IntN(5000))) }
func (m *Mix) firm() string             { return m.name("91450703MA5K", 4000) }
func (m *Mix) village() string          { return m.name("4507031", 15000) }

var mixKinds = []mixKind{
	{"EnvoyServiceRecorded", (*Mix).guidance}, {"EnvoyServiceRecorded", (*Mix).guidance}, {"EnvoyServiceRecorded", (*Mix).guidance},
	{"EnvoyServiceRecorded", func(m *Mix) map[string]any {
		return map[string]any{"kind": "tech_promoted", "technology": m.name("技术", 800), "village_id": m.village(), "envoy_id": m.name("E", 6000)}
	}},
	{"EnvoyTrainingHeld", func(m *Mix) map[string]any {
		return map[string]any{"attendees": m.rand.IntN(80), "sessions": 1 + m.rand.IntN(3), "village_id": m.village(), "topic": "水稻病虫害防治"}
	}},
	{"EnvoyAssigned", func(m *Mix) map[string]any {
		return map[string]any{"envoy_id": m.name("E", 6000), "village_id": m.village(), "level": m.one("region", "city", "district")}
	}},
	{"EnvoyReleased", func(m *Mix) map[string]any {
		return map[string]any{"envoy_id": m.name("E", 6000), "village_id": m.village(), "reason": "rematch"}
	}},
	{"VillageListed", func(m *Mix) map[string]any {
		return map[string]any{"village_id": m.village(), "name": "某某村", "list": "poverty_13fyp"}
	}},
	{"EnterpriseVisited", func(m *Mix) map[string]any {
		return map[string]any{"topic": "高企政策", "enterprise_id": m.firm(), "count": 1}
	}},
	{"EnterpriseVisited", func(m *Mix) map[string]any { return map[string]any{"topic": "项目申报", "enterprise_id": m.firm()} }},
	{"EnterpriseIncubated", func(m *Mix) map[string]any {
		return map[string]any{"enterprise_id": m.firm(), "pool": m.one("hnte", "hnte", "sme", "gazelle")}
	}},
	{"HighTechApplied", func(m *Mix) map[string]any {
		return map[string]any{"enterprise_id": m.firm(), "kind": m.one("first", "renewal"), "batch": "第一批"}
	}},
	{"HighTechRecognized", func(m *Mix) map[string]any {
		return map[string]any{"enterprise_id": m.firm(), "certificate_no": m.new("GR"), "kind": m.one("first", "renewal")}
	}},
	{"TechSmeListed", func(m *Mix) map[string]any {
		return map[string]any{"enterprise_id": m.firm(), "year": 2018, "registry_no": m.new("2018450703")}
	}},
	{"PatentFiled", func(m *Mix) map[string]any {
		return map[string]any{"kind": m.one("invention", "utility", "design"), "application_no": m.new("CN2018"), "applicant_id": m.firm()}
	}},
	{"PatentFiled", func(m *Mix) map[string]any { return map[string]any{"kind": "utility", "count": 1 + m.rand.IntN(5)} }},
	{"PatentGranted", func(m *Mix) map[string]any {
		return map[string]any{"kind": m.one("invention", "utility", "design"), "patent_no": m.new("ZL2018"), "owner_id": m.firm()}
	}},
	{"ProjectSubmitted", func(m *Mix) map[string]any {
		return map[string]any{"project_id": m.new("P"), "applicant_id": m.firm(), "programme": "GX-IDD", "level": m.one("region", "city", "district"),
			"stage": "application", "requested_yuan": m.yuan()}
	}},
	{"ProjectSubmitted", func(m *Mix) map[string]any {
		entities := []map[string]any{{"name": "企业" + m.name("", 900)}, {"name": "合作社" + m.name("", 900)}}
		return map[string]any{"entities": entities, "count": 3, "programme": "CITY", "level": "city", "stage": "proposal", "requested_yuan": m.yuan()}
	}},
	{"ProjectStageChanged", func(m *Mix) map[string]any {
		return map[string]any{"project_id": m.name("P", 90000), "to_stage": m.one("approved", "rejected", "accepted"), "approved_yuan": m.yuan()}
	}},
	{"SubsidyApplied", func(m *Mix) map[string]any {
		return map[string]any{"subsidy_id": m.new("S"), "enterprise_id": m.firm(), "kind": m.one("conversion", "patent", "rd"), "requested_yuan": m.yuan()}
	}},
	{"SubsidyDecided", func(m *Mix) map[string]any {
		return map[string]any{"subsidy_id": m.name("S", 90000), "decision": m.one("approved", "rejected"), "approved_yuan": m.yuan()}
	}},
	{"SubsidyDisbursed", func(m *Mix) map[string]any {
		return map[string]any{"subsidy_id": m.name("S", 90000), "amount_yuan": m.yuan()}
	}},
	{"AchievementConverted", func(m *Mix) map[string]any {
		return map[string]any{"achievement_id": m.new("A"), "owner_id": m.firm(), "amount_yuan": m.yuan()}
	}},
	{"TechContractRegistered", func(m *Mix) map[string]any {
		return map[string]any{"contract_no": m.new("C"), "kind": m.one("dev", "transfer", "service"), "amount_yuan": m.yuan(), "direction": m.one("output", "absorb")}
	}},
	{"CarrierStageChanged", func(m *Mix) map[string]any {
		return map[string]any{"carrier_id": m.name("K", 60), "kind": m.one("incubator", "makerspace", "agri_park"), "to_stage": m.one("preparing", "filed", "operating")}
	}},
	{"TenantMoved", func(m *Mix) map[string]any {
		return map[string]any{"carrier_id": m.name("K", 60), "enterprise_id": m.firm(), "action": m.one("in", "in", "graduated")}
	}},
	{"OutreachHeld", func(m *Mix) map[string]any {
		return map[string]any{"kind": m.one("lecture", "exhibition"), "count": 1, "participants": m.rand.IntN(500)}
	}},
}

func (m *Mix) guidance() map[string]any {
	return map[string]any{"kind": m.one("guidance", "guidance", "service_day", "key_problem_solved"), "count": 1 + m.rand.IntN(4),
		"envoy_id": m.name("E", 6000), "village_id": m.village()}
}
